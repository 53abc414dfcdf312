"""What changes between a round's claim and its begin stops that call and no other."""

import types

import pytest

from tests.support.inbound_rows import deliver, reply, take_in
from tests.support.rows import NOON
from tests.support.sender_campaigns import (
    ACCEPTED,
    DAY,
    HOUR,
    INVITE,
    MESSAGE,
    SenderWorkspace,
)
from tests.support.sender_processes import one_round
from trueup.sender import queue


@pytest.fixture
def workspace(database, sandbox):
    """Somebody to invite, and somebody of another account and campaign beside them."""
    with database.connect(autocommit=True) as connection:
        workspace = SenderWorkspace(connection, sandbox)
        own = workspace.account_id
        workspace.account_id = workspace.add_account({})
        workspace.other = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
        workspace.account_id = own
        workspace.campaign_id = workspace.campaign(INVITE, ACCEPTED)
        workspace.enrollment = workspace.enroll(workspace.campaign_id)
        yield workspace


def pause(subject):
    def change(workspace):
        subject_id = {
            "account": workspace.account_id,
            "campaign": workspace.campaign_id,
            "enrollment": workspace.enrollment,
        }[subject]
        call(workspace, "set_pause", subject, subject_id, True, "me", "a holiday", NOON)

    return change


def do_not_contact(workspace):
    prospect_id = workspace.one(
        "select prospect_id from outreach.campaign_prospects where enrollment_id = %s",
        workspace.enrollment,
    )
    call(workspace, "mark_do_not_contact", prospect_id, "they asked", "me", NOON)


def save_template(workspace):
    workspace.save_text(workspace.step_ids[0], "A", "note", "Good day, {{firstName}}")


def relink(workspace):
    """The account was deleted at the provider and added again."""
    workspace.connection.execute(
        "update outreach.provider_accounts set provider_account_id = 'acc-new'"
        " where account_id = %s",
        [workspace.account_id],
    )


def change_person(workspace):
    workspace.connection.execute(
        "update outreach.prospects set provider_id = 'ACoAAnew' from"
        " outreach.campaign_prospects as enrollments where enrollment_id = %s"
        " and prospects.prospect_id = enrollments.prospect_id",
        [workspace.enrollment],
    )


def lower_limit(workspace):
    workspace.connection.execute(
        "update outreach.linkedin_account_limits set limit_count = 0"
        " where account_id = %s",
        [workspace.account_id],
    )


def call(workspace, function, *arguments):
    marks = ", ".join(["%s"] * (1 + len(arguments)))
    workspace.connection.execute(
        f"select outreach.{function}({marks})", [workspace.workspace_id, *arguments]
    )


def round_with(workspace, change, as_of=NOON):
    """One round, between whose claim and begin something changes."""
    waiting = [change]

    def change_after_the_claim():
        if waiting:
            waiting.pop()(workspace)
        return False

    work = types.SimpleNamespace(
        workspace_id=workspace.workspace_id,
        worker="w1",
        provider_dsn=workspace.sandbox.dsn,
        batch=100,
        as_of=as_of,
        is_stopping=change_after_the_claim,
    )
    return one_round(workspace, work=work)


@pytest.mark.parametrize(
    ("change", "refusal", "job_status"),
    [
        (pause("account"), "account_paused", "queued"),
        (pause("campaign"), "campaign_not_running", "queued"),
        (pause("enrollment"), "enrollment_paused", "queued"),
        (do_not_contact, "lease_lost", "cancelled"),
        (save_template, "template_changed", "queued"),
        (lower_limit, "day_limit", "queued"),
        (relink, "address_changed", "queued"),
        (change_person, "address_changed", "queued"),
    ],
)
def test_a_change_between_claim_and_begin_stops_that_call_and_no_other(
    workspace, sandbox, change, refusal, job_status
):
    done = round_with(workspace, change)
    assert (done.claimed, done.refused) == (2, {refusal: 1})
    assert workspace.jobs(workspace.enrollment) == [("send_invite", job_status)]
    assert workspace.due(workspace.enrollment) == (
        NOON if job_status == "queued" else None
    )
    people = [line["provider_id"] for line in sandbox.journal("invite_sent")]
    assert people == [workspace.person(workspace.other)]
    assert workspace.violations() == []


def test_a_template_saved_after_the_claim_is_sent(workspace, sandbox):
    round_with(workspace, save_template)
    workspace.drain()
    notes = {
        line["provider_id"]: line["message"] for line in sandbox.journal("invite_sent")
    }
    assert notes[workspace.person(workspace.enrollment)] == "Good day, Ada"
    assert workspace.violations() == []


def test_an_attempt_has_the_ids_that_are_called(workspace, sandbox):
    round_with(workspace, change_person)
    workspace.drain()
    assert workspace.one(
        "select array_agg(recipient_provider_id order by attempt_id)"
        " from outreach.send_attempts"
    ) == [line["provider_id"] for line in sandbox.journal("invite_sent")]
    assert workspace.violations() == []


def test_a_reply_between_claim_and_begin_lets_no_message_follow(workspace, sandbox):
    enrollment = workspace.enroll(
        workspace.campaign(INVITE, ACCEPTED, MESSAGE, MESSAGE)
    )
    workspace.drain()
    workspace.accept(enrollment, NOON + HOUR)
    first_at = workspace.due(enrollment)
    workspace.drain(first_at)
    assert len(sandbox.journal("message_sent")) == 2  # the invite's note opens the chat
    second_at = workspace.due(enrollment)

    def reply_comes(_desk):
        who = types.SimpleNamespace(
            provider_account=workspace.account,
            person=workspace.person(enrollment),
            owner=f"ACoAA{workspace.workspace_id}-{workspace.account_id}",
        )
        deliver(workspace.connection, reply(who, "m1", second_at), second_at)
        take_in(workspace.connection, second_at + DAY)

    done = round_with(workspace, reply_comes, as_of=second_at)
    assert done.refused == {"lease_lost": 1}
    assert workspace.status(enrollment) == "replied"
    assert workspace.jobs(enrollment)[-1] == ("send_message", "cancelled")
    assert len(sandbox.journal("message_sent")) == 2
    assert workspace.violations() == []


def test_only_a_claims_commit_does_not_wait_for_the_disk(workspace):
    connection, waits = workspace.connection, []
    connection.execute("set synchronous_commit = on")

    def step(name, *arguments):
        with connection.transaction():
            getattr(queue, name)(connection, workspace.workspace_id, "w1", *arguments)
            (is_waited_for,) = connection.execute("show synchronous_commit").fetchone()
            waits.append((name, is_waited_for))

    step("claim", 100, NOON, workspace.sandbox.dsn)
    step("begin", [], NOON)
    step("record", [], NOON)
    assert waits == [("claim", "off"), ("begin", "on"), ("record", "on")]
