"""Invites and waits over real HTTP: accepts, time-outs and withdrawals."""

import pytest

from tests.support.rows import NOON
from tests.support.sandboxes import api_of
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

WITHDRAWING = step("wait_accept", time_out="3 weeks", on_time_out="withdraw")


MOVING_ON = step("wait_accept", time_out="7 days", on_time_out="move_on")


@pytest.mark.parametrize(
    ("texts", "note"), [({"note": "Hi {{firstName}}"}, "Hi Ada"), ({}, None)]
)
def test_an_invite_goes_with_a_note_or_without(workspace, sandbox, texts, note):
    workspace.enroll(workspace.campaign(step("send_invite", texts=texts)))
    workspace.drain()
    assert [line["message"] for line in sandbox.journal("invite_sent")] == [note]


def test_a_wait_without_a_time_out_has_no_job(workspace):
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED, MESSAGE))
    workspace.drain()
    assert workspace.jobs(enrollment) == [("send_invite", "completed")]
    assert workspace.due(enrollment) is None


def test_an_invite_without_an_accept_is_withdrawn_in_time(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(INVITE, WITHDRAWING, MESSAGE))
    workspace.drain()
    due = workspace.due(enrollment)
    assert NOON + 21 * DAY <= due <= NOON + 21 * DAY + HOUR
    workspace.drain(due - MINUTE)
    assert sandbox.journal("invite_withdrawn") == []
    report = workspace.drain(due)
    assert report.done["withdraw_invite"] == 1
    (withdrawn,) = sandbox.journal("invite_withdrawn")
    assert withdrawn["provider_id"] == workspace.person(enrollment)
    assert workspace.status(enrollment) == "withdrawn"
    assert workspace.events(enrollment) == ["invite_sent", "invite_withdrawn"]
    assert workspace.all("select action from outreach.linkedin_daily_counters") == [
        ("send_invite",)
    ]
    assert workspace.violations() == []


def test_a_withdrawal_that_finds_a_connection_continues_the_sequence(
    workspace, sandbox
):
    enrollment = workspace.enroll(workspace.campaign(INVITE, WITHDRAWING, MESSAGE))
    workspace.drain()
    sandbox.accept(workspace.account, workspace.person(enrollment))
    later = workspace.due(enrollment)
    workspace.drain(later)
    assert workspace.jobs(enrollment)[1] == ("withdraw_invite", "cancelled")
    assert workspace.status(enrollment) == "ready_to_message"
    assert workspace.events(enrollment) == ["invite_sent", "invite_accepted"]
    workspace.drain(later + HOUR)
    assert workspace.status(enrollment) == "completed"
    assert workspace.violations() == []


def test_a_withdrawal_of_a_missing_invite_ends_the_wait(workspace):
    enrollment = workspace.enroll(workspace.campaign(INVITE, WITHDRAWING))
    workspace.drain()
    invitation = workspace.one(
        "select provider_reference from outreach.send_attempts"
        " inner join outreach.send_attempt_outcomes"
        " using (workspace_id, attempt_id)"
    )
    with api_of(workspace.sandbox) as api:
        api.delete(
            f"/users/invite/sent/{invitation}", params={"account_id": workspace.account}
        )
    workspace.drain(workspace.due(enrollment))
    assert workspace.outcomes()[-1] == "already_gone"
    assert workspace.status(enrollment) == "withdrawn"


def test_a_withdrawal_whose_account_is_gone_blames_no_person(workspace):
    enrollment = workspace.enroll(workspace.campaign(INVITE, WITHDRAWING))
    workspace.drain()
    workspace.sandbox.set_account_status(workspace.account, "CREDENTIALS")
    workspace.drain(workspace.due(enrollment))
    assert workspace.status(enrollment) == "pending_accept"
    assert workspace.jobs(enrollment)[1] == ("withdraw_invite", "queued")
    assert (
        workspace.one("select status from outreach.linkedin_accounts") == "disconnected"
    )


@pytest.mark.parametrize(
    ("drop", "outcome"), [("after", "already_gone"), ("before", "sent_proven")]
)
def test_an_unanswered_withdrawal_is_repeated(workspace, sandbox, drop, outcome):
    enrollment = workspace.enroll(workspace.campaign(INVITE, WITHDRAWING))
    workspace.drain()
    sandbox.script_fault("cancel_invite", drop=drop)
    later = workspace.due(enrollment)
    workspace.drain(later)
    assert workspace.jobs(enrollment)[1] == ("withdraw_invite", "queued")
    workspace.drain(later + MINUTE)
    assert workspace.outcomes()[1:] == ["unknown", outcome]
    assert workspace.status(enrollment) == "withdrawn"
    assert len(sandbox.journal("invite_withdrawn")) == 1
    assert workspace.violations() == []


def test_the_end_of_a_wait_makes_no_call(workspace):
    enrollment = workspace.enroll(workspace.campaign(INVITE, MOVING_ON, INMAIL))
    workspace.drain()
    later = workspace.due(enrollment)
    report = workspace.drain(later)
    assert report.waits_ended == 1
    assert workspace.routes() == ["send_invite"]
    assert workspace.jobs(enrollment)[1:] == [
        ("end_wait", "cancelled"),
        ("send_inmail", "queued"),
    ]
    assert workspace.status(enrollment) == "pending_accept"
    workspace.drain(later + HOUR)
    assert workspace.events(enrollment) == ["invite_sent", "wait_ended", "inmail_sent"]
    # The invite is still out: it still counts as outstanding, and an accept is heard.
    assert workspace.status(enrollment) == "pending_accept"
    workspace.accept(enrollment, later + DAY)
    assert workspace.status(enrollment) == "completed"
    assert workspace.violations() == []


def test_a_message_to_somebody_who_has_not_accepted_waits_for_the_accept(workspace):
    enrollment = workspace.enroll(
        workspace.campaign(INVITE, MOVING_ON, INMAIL, MESSAGE)
    )
    workspace.drain()
    later = workspace.due(enrollment)
    workspace.drain(later)
    workspace.drain(later + HOUR)
    assert workspace.due(enrollment) is None
    workspace.accept(enrollment, later + DAY)
    workspace.drain(later + DAY + HOUR)
    assert workspace.events(enrollment)[-2:] == ["invite_accepted", "message_sent"]
    assert workspace.violations() == []


def test_an_accept_ends_the_wait_and_lets_its_delay_pass(workspace):
    message = step("send_message", "2 days", {"message": "Thanks"})
    enrollment = workspace.enroll(workspace.campaign(INVITE, WITHDRAWING, message))
    workspace.drain()
    accepted_at = NOON + DAY
    assert workspace.receive_accept(enrollment, accepted_at) == workspace.step_ids[2]
    assert workspace.jobs(enrollment)[1:] == [
        ("withdraw_invite", "cancelled"),
        ("send_message", "queued"),
    ]
    due = workspace.due(enrollment)
    assert NOON + 3 * DAY <= due <= NOON + 3 * DAY + HOUR
    assert workspace.receive_accept(enrollment, NOON + 2 * DAY) is None
    assert (workspace.events(enrollment), workspace.due(enrollment)) == (
        ["invite_sent", "invite_accepted"],
        due,
    )


def test_no_wait_is_skipped(workspace):
    campaign = workspace.campaign(
        INVITE,
        ACCEPTED,
        step("wait", "2 days"),
        step("wait", "3 days"),
        step("send_message", "1 day", {"message": "Thanks"}),
    )
    enrollment = workspace.enroll(campaign)
    workspace.drain()
    workspace.receive_accept(enrollment, NOON)
    assert NOON + 6 * DAY <= workspace.due(enrollment) <= NOON + 6 * DAY + HOUR


def test_an_accept_before_the_invites_answer_waits_for_it(workspace, sandbox):
    sandbox.script_fault("send_invite", drop="after")
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED, MESSAGE))
    workspace.drain()
    assert workspace.jobs(enrollment) == [("send_invite", "unknown")]
    workspace.receive_accept(enrollment, NOON + HOUR)
    assert workspace.status(enrollment) == "ready_to_invite"
    attempt_id = workspace.one("select attempt_id from outreach.send_attempts")
    workspace.connection.execute(
        "select outreach.record_decision(%s, %s, 'decided_sent', 'read', 'test',"
        " 'found', %s)",
        [workspace.workspace_id, attempt_id, NOON + 2 * HOUR],
    )
    assert workspace.status(enrollment) == "ready_to_message"
    assert workspace.jobs(enrollment)[1] == ("send_message", "queued")
