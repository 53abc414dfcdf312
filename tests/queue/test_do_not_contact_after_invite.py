"""Do-not-contact while an invite is out: it may be accepted, and nothing follows."""

import pytest

from tests.support.rows import NOON
from tests.support.sender_campaigns import (
    ACCEPTED,
    DAY,
    HOUR,
    INMAIL,
    INVITE,
    MESSAGE,
    step,
)

WITHDRAWING = step("wait_accept", time_out="7 days", on_time_out="withdraw")
MOVING_ON = step("wait_accept", time_out="7 days", on_time_out="move_on")
LATER = NOON + 30 * DAY


def invite(workspace, *steps):
    """Somebody whose invite is out, and who is not to be contacted any more."""
    enrollment = workspace.enroll(workspace.campaign(INVITE, *steps))
    workspace.drain()
    mark(workspace, enrollment)
    return enrollment


def mark(workspace, enrollment):
    workspace.connection.execute(
        "select outreach.mark_do_not_contact(workspace_id, prospect_id, 'asked', 'me',"
        " %s) from outreach.campaign_prospects where enrollment_id = %s",
        [NOON + HOUR, enrollment],
    )


def test_an_invite_that_is_out_stays_pending_and_holds_its_slot(workspace, sandbox):
    enrollment = invite(workspace, ACCEPTED, MESSAGE)
    assert workspace.status(enrollment) == "pending_accept"
    outstanding = (
        "select invite_count from"
        " outreach.outstanding_invite_counts(%s, array[%s]::bigint[])"
    )
    assert workspace.one(outstanding, workspace.workspace_id, workspace.account_id) == 1
    workspace.drain(LATER)
    assert workspace.routes() == ["send_invite"]
    assert workspace.violations() == []


def test_an_accept_that_comes_later_is_kept_and_no_message_follows(workspace, sandbox):
    enrollment = invite(workspace, ACCEPTED, MESSAGE)
    workspace.accept(enrollment, NOON + DAY)
    assert workspace.events(enrollment)[-2:] == ["invite_accepted", "send_cancelled"]
    assert workspace.status(enrollment) == "failed"
    workspace.drain(LATER)
    assert workspace.routes() == ["send_invite"]
    assert workspace.violations() == []


def test_an_invite_is_still_taken_back_when_its_wait_ends(workspace, sandbox):
    enrollment = invite(workspace, WITHDRAWING, MESSAGE)
    workspace.drain(LATER)
    assert workspace.status(enrollment) == "withdrawn"
    assert len(sandbox.journal("invite_withdrawn")) == 1
    assert sandbox.journal("message_sent") == []
    assert workspace.violations() == []


@pytest.mark.parametrize("steps", [(MOVING_ON, INMAIL), (INMAIL,)])
def test_nothing_but_the_accept_is_waited_for(workspace, sandbox, steps):
    enrollment = invite(workspace, *steps)
    assert workspace.status(enrollment) == "pending_accept"
    workspace.drain(LATER)
    assert workspace.status(enrollment) == "pending_accept"
    assert workspace.routes() == ["send_invite"]
    assert workspace.violations() == []
