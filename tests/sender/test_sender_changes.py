"""What changes between a round's claim and its begin stops that call and no other."""

import types

import pytest

from tests.support.inbound_rows import deliver, reply, take_in
from tests.support.rows import NOON
from tests.support.sender_campaigns import ACCEPTED, DAY, HOUR, INVITE, MESSAGE, Desk
from tests.support.sender_processes import one_round
from trueup.sender import queue
from unipile_sandbox.control import start_sandbox


@pytest.fixture(scope="module")
def running_sandbox(tmp_path_factory):
    journal = tmp_path_factory.mktemp("changes") / "journal.jsonl"
    with start_sandbox(journal) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox):
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture
def desk(database, sandbox):
    """Somebody to invite, and somebody of another account and campaign beside them."""
    with database.connect(autocommit=True) as connection:
        desk = Desk(connection, sandbox)
        own = desk.account_id
        desk.account_id = desk.add_account({})
        desk.other = desk.enroll(desk.campaign(INVITE, ACCEPTED))
        desk.account_id = own
        desk.campaign_id = desk.campaign(INVITE, ACCEPTED)
        desk.enrollment = desk.enroll(desk.campaign_id)
        yield desk


def pause(subject):
    def change(desk):
        subject_id = {
            "account": desk.account_id,
            "campaign": desk.campaign_id,
            "enrollment": desk.enrollment,
        }[subject]
        call(desk, "set_pause", subject, subject_id, True, "me", "a holiday", NOON)

    return change


def do_not_contact(desk):
    prospect_id = desk.one(
        "select prospect_id from outreach.campaign_prospects where enrollment_id = %s",
        desk.enrollment,
    )
    call(desk, "mark_do_not_contact", prospect_id, "they asked", "me", NOON)


def save_template(desk):
    desk.save_text(desk.step_ids[0], "A", "note", "Good day, {{firstName}}")


def lower_limit(desk):
    desk.connection.execute(
        "update outreach.linkedin_account_limits set limit_count = 0"
        " where account_id = %s",
        [desk.account_id],
    )


def call(desk, function, *arguments):
    marks = ", ".join(["%s"] * (1 + len(arguments)))
    desk.connection.execute(
        f"select outreach.{function}({marks})", [desk.workspace_id, *arguments]
    )


def round_with(desk, change, as_of=NOON):
    """One round, between whose claim and begin something changes."""
    waiting = [change]

    def change_after_the_claim():
        if waiting:
            waiting.pop()(desk)
        return False

    work = types.SimpleNamespace(
        workspace_id=desk.workspace_id,
        worker="w1",
        provider_dsn=desk.sandbox.dsn,
        batch=100,
        as_of=as_of,
        is_stopping=change_after_the_claim,
    )
    return one_round(desk, work=work)


@pytest.mark.parametrize(
    ("change", "refusal", "job_status"),
    [
        (pause("account"), "account_paused", "queued"),
        (pause("campaign"), "campaign_paused", "queued"),
        (pause("enrollment"), "enrollment_paused", "queued"),
        (do_not_contact, "lease_lost", "cancelled"),
        (save_template, "template_changed", "queued"),
        (lower_limit, "limit_day", "queued"),
    ],
)
def test_a_change_between_claim_and_begin_stops_that_call_and_no_other(
    desk, sandbox, change, refusal, job_status
):
    done = round_with(desk, change)
    assert (done.claimed, done.refused) == (2, {refusal: 1})
    assert desk.jobs(desk.enrollment) == [("send_invite", job_status)]
    assert desk.due(desk.enrollment) == (NOON if job_status == "queued" else None)
    people = [line["provider_id"] for line in sandbox.journal("invite_sent")]
    assert people == [desk.person(desk.other)]
    assert desk.violations() == []


def test_a_template_saved_after_the_claim_is_what_is_sent(desk, sandbox):
    round_with(desk, save_template)
    desk.drain()
    notes = {
        line["provider_id"]: line["message"] for line in sandbox.journal("invite_sent")
    }
    assert notes[desk.person(desk.enrollment)] == "Good day, Ada"
    assert desk.violations() == []


def test_a_reply_between_claim_and_begin_lets_no_message_follow(desk, sandbox):
    enrollment = desk.enroll(desk.campaign(INVITE, ACCEPTED, MESSAGE, MESSAGE))
    desk.drain()
    desk.accept(enrollment, NOON + HOUR)
    first_at = desk.due(enrollment)
    desk.drain(first_at)
    assert len(sandbox.journal("message_sent")) == 2  # the invite's note opens the chat
    second_at = desk.due(enrollment)

    def reply_comes(_desk):
        who = types.SimpleNamespace(
            provider_account=desk.account,
            person=desk.person(enrollment),
            owner=f"ACoAA{desk.workspace_id}-{desk.account_id}",
        )
        deliver(desk.connection, reply(who, "m1", second_at), second_at)
        take_in(desk.connection, second_at + DAY)

    done = round_with(desk, reply_comes, as_of=second_at)
    assert done.refused == {"lease_lost": 1}
    assert desk.status(enrollment) == "replied"
    assert desk.jobs(enrollment)[-1] == ("send_message", "cancelled")
    assert len(sandbox.journal("message_sent")) == 2
    assert desk.violations() == []


def test_only_a_claims_commit_does_not_wait_for_the_disk(desk):
    connection, waits = desk.connection, []
    connection.execute("set synchronous_commit = on")

    def step(name, *arguments):
        with connection.transaction():
            getattr(queue, name)(connection, desk.workspace_id, "w1", *arguments)
            (is_waited_for,) = connection.execute("show synchronous_commit").fetchone()
            waits.append((name, is_waited_for))

    step("claim", 100, NOON, desk.sandbox.dsn)
    step("begin", [], NOON)
    step("record", [], NOON)
    assert waits == [("claim", "off"), ("begin", "on"), ("record", "on")]
