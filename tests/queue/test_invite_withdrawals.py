"""Withdrawals of old invites by a person: at any step, within a limit of their own."""

import re

import pytest
from psycopg.errors import CheckViolation

from tests.support.command_line import invoke
from tests.support.rows import NOON
from tests.support.sender_campaigns import (
    ACCEPTED,
    DAY,
    HOUR,
    INMAIL,
    INVITE,
    MESSAGE,
    MINUTE,
    step,
)

WITHDRAWING = step("wait_accept", time_out="60 days", on_time_out="withdraw")
MOVING_ON = step("wait_accept", time_out="7 days", on_time_out="move_on")
LATE_INMAIL = {**INMAIL, "delay": "60 days"}
LATER = NOON + 30 * DAY


def invite(workspace, *steps, at=NOON):
    """Somebody whose invite is out since `at`."""
    enrollment = workspace.enroll(workspace.campaign(INVITE, *steps), run_at=at)
    workspace.drain(at)
    return enrollment


def pending(workspace, at=LATER, **scope):
    """Verdict and explanation of each pending invite, by its enrollment."""
    return {
        enrollment_id: (verdict, what)
        for enrollment_id, verdict, what in workspace.all(
            "select enrollment_id, verdict, what_happens"
            " from outreach.pending_invites(%s, %s, %s, %s, %s)",
            workspace.workspace_id,
            scope.get("account_id"),
            scope.get("campaign_id"),
            scope.get("older_than"),
            at,
        )
    }


def withdraw(workspace, *enrollments, at=LATER):
    return [
        row[0]
        for row in workspace.all(
            "select enrollment_id"
            " from outreach.withdraw_invites(%s, %s, 'ines', 'too old', %s)",
            workspace.workspace_id,
            list(enrollments),
            at,
        )
    ]


@pytest.mark.parametrize(
    ("steps", "reach", "what"),
    [
        ((ACCEPTED, MESSAGE), NOON, "it is withdrawn, and the sequence ends"),
        (
            (WITHDRAWING, MESSAGE),
            NOON,
            "its withdrawal comes sooner, and the sequence ends with it",
        ),
        (
            (MOVING_ON, LATE_INMAIL),
            NOON + 8 * DAY,
            "it is withdrawn, and the sequence ends without the send inmail that waits",
        ),
        (
            (MOVING_ON, MESSAGE),
            NOON + 8 * DAY,
            "it is withdrawn, and the sequence ends",
        ),
    ],
)
def test_an_invite_is_withdrawn_at_any_step(workspace, sandbox, steps, reach, what):
    enrollment = invite(workspace, *steps)
    workspace.drain(reach)
    assert pending(workspace)[enrollment][1] == what

    assert withdraw(workspace, enrollment) == [enrollment]
    assert workspace.due(enrollment) == LATER
    workspace.drain(LATER)

    assert workspace.status(enrollment) == "withdrawn"
    (withdrawn,) = sandbox.journal("invite_withdrawn")
    assert withdrawn["provider_id"] == workspace.person(enrollment)
    assert workspace.jobs(enrollment)[-1] == ("withdraw_invite", "completed")
    # Nothing of the sequence follows, whenever it was due.
    workspace.drain(LATER + 90 * DAY)
    assert sandbox.journal("inmail_sent") == sandbox.journal("message_sent") == []
    assert pending(workspace) == {}
    assert workspace.violations() == []
    assert workspace.one("select count(*) from outreach.consistency_violations()") == (
        0
    )


@pytest.mark.parametrize("is_accepted", [False, True])
def test_a_failed_sequence_leaves_an_invite_that_can_be_withdrawn(
    workspace, sandbox, is_accepted
):
    enrollment = invite(workspace, MOVING_ON, INMAIL, MESSAGE)
    sandbox.script_fault("start_chat", status=422, type="not_allowed_inmail")
    for days in (8, 9):
        workspace.drain(NOON + days * DAY)
    assert workspace.status(enrollment) == "failed"

    withdraw(workspace, enrollment)
    if is_accepted:
        workspace.accept(enrollment, LATER + MINUTE)
    workspace.drain(LATER + HOUR)
    workspace.drain(LATER + DAY)

    # An accept stops the withdrawal, and does not continue what has failed.
    assert workspace.status(enrollment) == ("failed" if is_accepted else "withdrawn")
    assert len(sandbox.journal("invite_withdrawn")) == (not is_accepted)
    assert ("send_message", "completed") not in workspace.jobs(enrollment)
    assert workspace.violations() == []
    assert workspace.one("select count(*) from outreach.consistency_violations()") == (
        0
    )


@pytest.mark.parametrize(
    "steps", [(ACCEPTED, MESSAGE), (MOVING_ON, LATE_INMAIL, MESSAGE)]
)
def test_an_accept_that_comes_first_stops_the_withdrawal(workspace, sandbox, steps):
    enrollment = invite(workspace, *steps)
    workspace.drain(NOON + 8 * DAY)
    withdraw(workspace, enrollment)

    workspace.accept(enrollment, LATER + MINUTE)
    workspace.drain(LATER + HOUR)

    assert sandbox.journal("invite_withdrawn") == []
    assert workspace.jobs(enrollment)[-1] == ("send_message", "completed")
    assert workspace.status(enrollment) == "completed"


def test_an_accept_that_nobody_told_us_is_not_withdrawn(workspace, sandbox):
    enrollment = invite(workspace, ACCEPTED, MESSAGE)
    withdraw(workspace, enrollment)
    sandbox.accept(workspace.account, workspace.person(enrollment))

    workspace.drain(LATER)

    assert sandbox.journal("invite_withdrawn") == []
    assert "invite_accepted" in workspace.events(enrollment)


def test_an_accepted_invite_is_none_of_the_pending_ones(workspace, sandbox):
    enrollment = invite(workspace, ACCEPTED, MESSAGE)
    workspace.accept(enrollment, NOON + DAY)

    assert pending(workspace) == {}
    assert withdraw(workspace, enrollment) == []


def test_who_replied_and_whose_call_is_under_way_is_left_alone(workspace):
    replied, unknown = (invite(workspace, ACCEPTED, MESSAGE) for _ in range(2))
    workspace.connection.execute(
        "select outreach.record_enrollment_event(workspace_id, enrollment_id,"
        " 'reply_received', 'test', %s, to_status => 'replied')"
        " from outreach.campaign_prospects where enrollment_id = %s",
        [NOON + DAY, replied],
    )
    with workspace.connection.transaction():
        workspace.connection.execute(
            "select outreach.queue_withdrawal(workspace_id, enrollment_id, %s, 'ines',"
            " 'too old', %s) from outreach.campaign_prospects where enrollment_id = %s",
            [NOON + DAY, NOON + DAY, unknown],
        )
        workspace.connection.execute(
            "update outreach.campaign_send_jobs set status = 'unknown'"
            " where enrollment_id = %s and action = 'withdraw_invite'",
            [unknown],
        )

    assert pending(workspace) == {
        replied: ("keep", "it stays: the person has replied"),
        unknown: ("keep", "it stays in the queue: its withdrawal is due"),
    }
    assert withdraw(workspace, replied, unknown) == []
    assert workspace.status(replied) == "replied"


def test_the_list_has_what_counts_as_outstanding_the_oldest_first(workspace):
    old, young = (invite(workspace, ACCEPTED, at=NOON + days * DAY) for days in (0, 20))

    assert list(pending(workspace)) == [old, young]
    assert list(pending(workspace, older_than="21 days")) == [old]
    assert pending(workspace, account_id=-1) == pending(workspace, campaign_id=-1) == {}
    assert workspace.all(
        "select enrollment_id, all_count, withdrawn_count"
        " from outreach.pending_invites(%s, at => %s, most_rows => 1)",
        workspace.workspace_id,
        LATER,
    ) == [(old, 2, 2)]
    assert workspace.one(
        "select invite_count from"
        " outreach.outstanding_invite_counts(%s, array[%s]::bigint[])",
        workspace.workspace_id,
        workspace.account_id,
    ) == len(pending(workspace))


def test_withdrawals_have_a_daily_limit_of_their_own(workspace, sandbox):
    enrollments = [invite(workspace, ACCEPTED) for _ in range(4)]
    workspace.connection.execute(
        "insert into outreach.linkedin_account_limits"
        " values (%s, %s, 'withdraw_invite', 'day', 2, '1 hour')",
        [workspace.workspace_id, workspace.account_id],
    )
    withdraw(workspace, *enrollments)

    counts = []
    for hours in (0, 0.5, 1, 2, 24, 25, 26):
        workspace.drain(LATER + hours * HOUR)
        counts.append(len(sandbox.journal("invite_withdrawn")))

    assert counts == [1, 1, 2, 2, 3, 4, 4]
    # No counter of sends knows of them, and each stands in the ledger.
    assert workspace.counter("withdraw_invite") == 0
    assert workspace.one(
        "select count(*) from outreach.send_attempts where action = 'withdraw_invite'"
        " and limit_per_day = 2"
    ) == (4)
    assert workspace.violations() == []


def test_an_account_without_such_a_limit_gets_its_presets(workspace):
    withdraw(workspace, invite(workspace, ACCEPTED))

    assert workspace.one(
        "select limit_count from outreach.linkedin_account_limits"
        " where action = 'withdraw_invite' and per = 'day'"
    ) == (10)
    assert workspace.one(
        "select actor from outreach.linkedin_account_setting_audit"
    ) == ("ines")


def test_a_paused_campaign_holds_its_withdrawals_and_says_so(workspace, sandbox):
    enrollment = invite(workspace, ACCEPTED)
    workspace.connection.execute("update outreach.campaigns set status = 'paused'")
    assert pending(workspace)[enrollment] == (
        "withdraw",
        "it is withdrawn, and the sequence ends, once the campaign goes on: it is"
        " paused",
    )
    withdraw(workspace, enrollment)
    workspace.drain(LATER)
    assert sandbox.journal("invite_withdrawn") == []


def test_a_withdrawal_without_a_reason_is_refused(workspace):
    with pytest.raises(CheckViolation, match="needs an actor and a reason"):
        workspace.all(
            "select outreach.withdraw_invites(%s, '{}', 'ines', '')",
            workspace.workspace_id,
        )


def test_the_command_lists_first_and_queues_with_two_words(
    database, workspace, sandbox, monkeypatch
):
    enrollment = invite(workspace, ACCEPTED, MESSAGE)
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("CONFIRM", raising=False)

    listed = invoke("invite", "list", "--account", "Anisha", "--older-than", "21d")
    dry = invoke("invite", "withdraw", "--older-than", "21d")
    jobs = workspace.jobs(enrollment)
    monkeypatch.setenv("CONFIRM", "yes")
    done = invoke("invite", "withdraw", "--older-than", "3w", "--commit")
    again = invoke("invite", "withdraw", "--older-than", "21d", "--commit")
    marked = invoke("invite", "list")
    none = invoke("invite", "list", "--older-than", "999999mo")

    assert "Ada" in listed.output
    assert "queued" not in listed.output
    assert re.search(r"Ada.* queued, \d{4}-\d{2}-\d{2}\n", marked.output)
    assert "it is withdrawn, and the sequence ends" in dry.output
    assert "1 invite of those older than 21 days would be withdrawn." in dry.output
    assert "Nothing was written" in dry.output
    assert jobs == [("send_invite", "completed")]
    assert done.output == (
        "1 invite of those older than 3 weeks is queued to be withdrawn.\n"
    )
    assert "0 invites of those older than 21 days are queued" in again.output
    assert "1 stays as it is" in again.output
    assert none.output == "No such invite is pending.\n"
    assert workspace.jobs(enrollment)[-1] == ("withdraw_invite", "queued")


def test_a_withdrawal_that_cannot_be_queued_is_a_sentence(
    database, workspace, monkeypatch
):
    invite(workspace, ACCEPTED)
    monkeypatch.setenv("PGDATABASE", database.name)
    arguments = ("invite", "withdraw", "--older-than", "21d")

    unexplained = invoke(*arguments, "--reason", "")
    workspace.connection.execute(
        "delete from outreach.linkedin_account_sending_windows"
    )
    windowless = invoke(*arguments)

    assert "'--reason': It is empty; write a word." in unexplained.output
    assert "Give it one with `trueup account windows`." in windowless.output
    assert (unexplained.exit_code, windowless.exit_code) == (2, 1)
