"""Which wording somebody gets: by the weights, once, and kept (A/B variants)."""

import collections

import pytest
from psycopg.types.json import Jsonb

from tests.support.rows import NOON, begin, send_one
from tests.support.sender_campaigns import NoSandbox, SenderWorkspace, step
from trueup.sender.queue import claim
from trueup.sender.rendering import RenderedSend, render_send

TEXTS = {"A": {"note": "Hi {{firstName}}"}, "B": {"note": "Hello {{firstName}}"}}


@pytest.fixture
def workspace(connection):
    return SenderWorkspace(connection, NoSandbox(), limits={"send_invite": 5000})


def invite(texts=TEXTS, **weights):
    return step("send_invite", texts=texts, weights=weights)


def assign(workspace, enrollment_ids):
    workspace.connection.execute(
        "select outreach.assign_step_variants(%s, array(select job_id"
        " from outreach.campaign_send_jobs where enrollment_id = any(%s)), %s)",
        [workspace.workspace_id, enrollment_ids, NOON],
    )


def assigned(workspace):
    return dict(
        workspace.all(
            "select enrollment_id, variant from outreach.enrollment_step_variants"
            " order by enrollment_id"
        )
    )


def test_people_are_spread_by_the_weights(workspace):
    campaign = workspace.campaign(invite(A=3, B=1))
    people = [workspace.enroll(campaign) for _ in range(600)]
    assign(workspace, people)
    counts = collections.Counter(assigned(workspace).values())
    assert counts.total() == 600
    # Three quarters of 600, give or take four standard deviations.
    assert 450 - 43 < counts["A"] < 450 + 43


def test_a_wording_is_assigned_once_whatever_the_weights_become(workspace):
    campaign = workspace.campaign(invite(A=1, B=1))
    people = [workspace.enroll(campaign) for _ in range(40)]
    assign(workspace, people)
    before = assigned(workspace)
    assert set(before.values()) == {"A", "B"}
    workspace.connection.execute(
        "update outreach.campaign_steps set settings = %s where step_id = %s",
        [Jsonb({"weights": {"A": 1000, "B": 1}}), workspace.step_ids[0]],
    )
    assign(workspace, people)
    assert assigned(workspace) == before


def test_the_draw_is_the_same_at_every_replay(workspace):
    campaign = workspace.campaign(invite(A=1, B=1))
    people = [workspace.enroll(campaign) for _ in range(20)]
    assign(workspace, people)
    before = assigned(workspace)
    workspace.connection.execute("delete from outreach.enrollment_step_variants")
    assign(workspace, people)
    assert assigned(workspace) == before


def test_a_wording_that_was_taken_away_is_drawn_anew(workspace):
    campaign = workspace.campaign(invite(A=1, B=1))
    people = [workspace.enroll(campaign) for _ in range(10)]
    assign(workspace, people)
    workspace.connection.execute(
        "update outreach.campaign_step_templates set variant = 'C' where variant = 'B'"
    )
    workspace.connection.execute(
        "update outreach.campaign_steps set settings = %s",
        [Jsonb({"weights": {"A": 1, "C": 1}})],
    )
    before = assigned(workspace)
    assign(workspace, people)
    after = assigned(workspace)
    assert set(after.values()) <= {"A", "C"}
    assert all(after[each] == "A" for each in people if before[each] == "A")


def test_a_step_with_one_wording_assigns_none(workspace):
    campaign = workspace.campaign(invite({"A": {"note": "Hi"}}))
    assign(workspace, [workspace.enroll(campaign)])
    assert assigned(workspace) == {}


def test_a_look_up_assigns_none(workspace):
    campaign = workspace.campaign(invite(A=1, B=1))
    assign(workspace, [workspace.enroll(campaign, is_known=False)])
    assert assigned(workspace) == {}


def claimed(workspace, count):
    return [
        claim(
            workspace.connection, workspace.workspace_id, "w1", 1, NOON, NoSandbox.dsn
        )[0]
        for _ in range(count)
    ]


def give(workspace, enrollment_id, variant):
    workspace.connection.execute(
        "insert into outreach.enrollment_step_variants values (%s, %s, %s, %s, %s)",
        [workspace.workspace_id, enrollment_id, workspace.step_ids[0], variant, NOON],
    )


@pytest.mark.parametrize(("variant", "note"), [("A", "Hi Ada"), ("B", "Hello Ada")])
def test_the_assigned_wording_is_rendered_and_kept_with_the_attempt(
    workspace, variant, note
):
    enrollment = workspace.enroll(workspace.campaign(invite(A=1, B=1)))
    give(workspace, enrollment, variant)
    (job,) = claimed(workspace, 1)
    rendered = render_send(job)
    assert isinstance(rendered, RenderedSend)
    assert (rendered.variant, rendered.texts) == (variant, {"note": note})
    ((_, refusal),) = workspace.all(
        "select attempt_id, refusal"
        " from outreach.begin_send_attempts(%s, 'w1', %s, %s)",
        workspace.workspace_id,
        Jsonb([rendered.as_row()]),
        NOON,
    )
    assert refusal is None
    assert workspace.one("select variant from outreach.send_attempts") == variant


def test_a_wording_may_be_an_invite_without_a_note(workspace):
    enrollment = workspace.enroll(
        workspace.campaign(invite({"A": {"note": "Hi"}}, A=1, B=1))
    )
    give(workspace, enrollment, "B")
    (job,) = claimed(workspace, 1)
    rendered = render_send(job)
    assert isinstance(rendered, RenderedSend)
    assert (rendered.variant, rendered.texts) == ("B", {})


def test_the_texts_of_another_wording_are_refused_at_begin(workspace):
    enrollment = workspace.enroll(workspace.campaign(invite(A=1, B=1)))
    give(workspace, enrollment, "A")
    (job,) = claimed(workspace, 1)
    other = workspace.one(
        "select validation_stamp from outreach.campaign_step_templates"
        " where variant = 'B'"
    )
    (begun,) = begin(
        workspace.connection, workspace.workspace_id, [job.job_id], stamps=[other]
    )
    assert begun[2] == "template_changed"


def test_a_claim_assigns_by_itself(workspace):
    workspace.enroll(
        workspace.campaign(step("send_invite", texts={}, weights={"A": 1, "B": 1}))
    )
    assert send_one(
        workspace.connection, workspace.workspace_id, dsn=workspace.dsn
    ) == ["sent_proven"]
    assert len(assigned(workspace)) == 1
