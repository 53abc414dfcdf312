"""Who is re-armed stands as before the parking, or as an accept made them since."""

import pytest

from tests.support.rows import NOON
from tests.support.sender_campaigns import (
    DAY,
    HOUR,
    INMAIL,
    INVITE,
    MESSAGE,
    step,
)

MOVING_ON = step("wait_accept", time_out="7 days", on_time_out="move_on")
BAD = {"status": 400, "type": "too_many_characters"}


@pytest.fixture
def parked(workspace, sandbox):
    """Somebody whose invite is pending and whose InMail was refused for its text."""
    workspace.running = workspace.campaign(INVITE, MOVING_ON, INMAIL, MESSAGE)
    enrollment = workspace.enroll(workspace.running)
    workspace.drain()
    workspace.drain(workspace.due(enrollment))
    assert workspace.status(enrollment) == "pending_accept"
    sandbox.script_fault("start_chat", **BAD)
    workspace.drain(workspace.due(enrollment))
    assert workspace.status(enrollment) == "pending_template_fix"
    return enrollment


def rearm(workspace, at):
    workspace.save_text(workspace.step_ids[2], "A", "subject", "Hi")
    workspace.save_text(
        workspace.step_ids[2], "A", "body", "A shorter one, {{firstName}}"
    )
    return workspace.all(
        "select * from outreach.rearm_campaign(%s, %s, 'me', %s)",
        workspace.workspace_id,
        workspace.running,
        at,
    )


def test_a_parked_inmail_of_a_pending_invite_is_pending_again(
    workspace, sandbox, parked
):
    assert rearm(workspace, NOON + 8 * DAY) == [(parked,)]
    assert workspace.status(parked) == "pending_accept"
    workspace.drain(NOON + 9 * DAY)
    assert len(sandbox.journal("message_sent")) == 1
    # The message that comes next waits for the accept, as it would have without a park.
    assert workspace.jobs(parked)[-1] == ("send_inmail", "completed")
    assert workspace.status(parked) == "pending_accept"
    assert workspace.violations() == []


def test_an_accept_of_meanwhile_makes_a_connection_of_it(workspace, parked):
    workspace.accept(parked, NOON + 8 * DAY)
    assert rearm(workspace, NOON + 8 * DAY + HOUR) == [(parked,)]
    assert workspace.status(parked) == "ready_to_message"
    assert workspace.violations() == []
