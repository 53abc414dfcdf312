"""Which wording somebody gets: by the weights, once, and kept (A/B variants)."""

import collections

import pytest
from psycopg.types.json import Jsonb

from tests.support.rows import NOON, begin, send_one
from tests.support.sender_campaigns import Desk, step
from trueup.sender.queue import claim
from trueup.sender.rendering import RenderedSend, render_send

TEXTS = {"A": {"note": "Hi {{firstName}}"}, "B": {"note": "Hello {{firstName}}"}}


class NoSandbox:
    """An address without a server: nothing here calls anybody."""

    dsn = "http://sandbox.test:1"

    def register_accounts(self, accounts):
        pass


@pytest.fixture
def desk(connection):
    return Desk(connection, NoSandbox(), limits={"send_invite": 5000})


def invite(texts=TEXTS, **weights):
    return step("send_invite", texts=texts, weights=weights)


def assign(desk, enrollment_ids):
    desk.connection.execute(
        "select outreach.assign_step_variants(%s, array(select job_id"
        " from outreach.campaign_send_jobs where enrollment_id = any(%s)), %s)",
        [desk.workspace_id, enrollment_ids, NOON],
    )


def assigned(desk):
    return dict(
        desk.all(
            "select enrollment_id, variant from outreach.enrollment_step_variants"
            " order by enrollment_id"
        )
    )


def test_people_are_spread_by_the_weights(desk):
    campaign = desk.campaign(invite(A=3, B=1))
    people = [desk.enroll(campaign) for _ in range(600)]
    assign(desk, people)
    counts = collections.Counter(assigned(desk).values())
    assert counts.total() == 600
    # Three quarters of 600, give or take four standard deviations.
    assert 450 - 43 < counts["A"] < 450 + 43


def test_a_wording_is_assigned_once_whatever_the_weights_become(desk):
    campaign = desk.campaign(invite(A=1, B=1))
    people = [desk.enroll(campaign) for _ in range(40)]
    assign(desk, people)
    before = assigned(desk)
    assert set(before.values()) == {"A", "B"}
    desk.connection.execute(
        "update outreach.campaign_steps set settings = %s where step_id = %s",
        [Jsonb({"weights": {"A": 1000, "B": 1}}), desk.step_ids[0]],
    )
    assign(desk, people)
    assert assigned(desk) == before


def test_the_draw_is_the_same_at_every_replay(desk):
    campaign = desk.campaign(invite(A=1, B=1))
    people = [desk.enroll(campaign) for _ in range(20)]
    assign(desk, people)
    before = assigned(desk)
    desk.connection.execute("delete from outreach.enrollment_step_variants")
    assign(desk, people)
    assert assigned(desk) == before


def test_a_wording_that_was_taken_away_is_drawn_anew(desk):
    campaign = desk.campaign(invite(A=1, B=1))
    people = [desk.enroll(campaign) for _ in range(10)]
    assign(desk, people)
    desk.connection.execute(
        "update outreach.campaign_step_templates set variant = 'C' where variant = 'B'"
    )
    desk.connection.execute(
        "update outreach.campaign_steps set settings = %s",
        [Jsonb({"weights": {"A": 1, "C": 1}})],
    )
    before = assigned(desk)
    assign(desk, people)
    after = assigned(desk)
    assert set(after.values()) <= {"A", "C"}
    assert all(after[each] == "A" for each in people if before[each] == "A")


def test_a_step_with_one_wording_assigns_none(desk):
    campaign = desk.campaign(invite({"A": {"note": "Hi"}}))
    assign(desk, [desk.enroll(campaign)])
    assert assigned(desk) == {}


def test_a_look_up_assigns_none(desk):
    campaign = desk.campaign(invite(A=1, B=1))
    assign(desk, [desk.enroll(campaign, is_known=False)])
    assert assigned(desk) == {}


def claimed(desk, count):
    return [
        claim(desk.connection, desk.workspace_id, "w1", 1, NOON, NoSandbox.dsn)[0]
        for _ in range(count)
    ]


def give(desk, enrollment_id, variant):
    desk.connection.execute(
        "insert into outreach.enrollment_step_variants values (%s, %s, %s, %s, %s)",
        [desk.workspace_id, enrollment_id, desk.step_ids[0], variant, NOON],
    )


@pytest.mark.parametrize(("variant", "note"), [("A", "Hi Ada"), ("B", "Hello Ada")])
def test_the_assigned_wording_is_rendered_and_kept_with_the_attempt(
    desk, variant, note
):
    enrollment = desk.enroll(desk.campaign(invite(A=1, B=1)))
    give(desk, enrollment, variant)
    (job,) = claimed(desk, 1)
    rendered = render_send(job)
    assert isinstance(rendered, RenderedSend)
    assert (rendered.variant, rendered.texts) == (variant, {"note": note})
    ((_, refusal),) = desk.all(
        "select attempt_id, refusal"
        " from outreach.begin_send_attempts(%s, 'w1', %s, %s)",
        desk.workspace_id,
        Jsonb([rendered.as_row()]),
        NOON,
    )
    assert refusal is None
    assert desk.one("select variant from outreach.send_attempts") == variant


def test_a_wording_may_be_an_invite_without_a_note(desk):
    enrollment = desk.enroll(desk.campaign(invite({"A": {"note": "Hi"}}, A=1, B=1)))
    give(desk, enrollment, "B")
    (job,) = claimed(desk, 1)
    rendered = render_send(job)
    assert isinstance(rendered, RenderedSend)
    assert (rendered.variant, rendered.texts) == ("B", {})


def test_the_texts_of_another_wording_are_refused_at_begin(desk):
    enrollment = desk.enroll(desk.campaign(invite(A=1, B=1)))
    give(desk, enrollment, "A")
    (job,) = claimed(desk, 1)
    other = desk.one(
        "select validation_stamp from outreach.campaign_step_templates"
        " where variant = 'B'"
    )
    (begun,) = begin(desk.connection, desk.workspace_id, [job.job_id], stamps=[other])
    assert begun[2] == "template_changed"


def test_a_claim_assigns_by_itself(desk):
    desk.enroll(desk.campaign(step("send_invite", texts={}, weights={"A": 1, "B": 1})))
    assert send_one(desk.connection, desk.workspace_id) == ["sent_proven"]
    assert len(assigned(desk)) == 1
