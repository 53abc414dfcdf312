"""Who is re-armed stands as before the parking, or as an accept made them since."""

import pytest

from tests.support.rows import NOON
from tests.support.sender_campaigns import (
    DAY,
    HOUR,
    INMAIL,
    INVITE,
    MESSAGE,
    Desk,
    step,
)
from unipile_sandbox.control import start_sandbox

MOVING_ON = step("wait_accept", time_out="7 days", on_time_out="move_on")
BAD = {"status": 400, "type": "too_many_characters"}


@pytest.fixture(scope="module")
def running_sandbox(tmp_path_factory):
    journal = tmp_path_factory.mktemp("rearm") / "journal.jsonl"
    with start_sandbox(journal) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox):
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture
def desk(database, sandbox):
    with database.connect(autocommit=True) as connection:
        yield Desk(connection, sandbox)


@pytest.fixture
def parked(desk, sandbox):
    """Somebody whose invite is pending and whose InMail was refused for its text."""
    desk.running = desk.campaign(INVITE, MOVING_ON, INMAIL, MESSAGE)
    enrollment = desk.enroll(desk.running)
    desk.drain()
    desk.drain(desk.due(enrollment))
    assert desk.status(enrollment) == "pending_accept"
    sandbox.script_fault("start_chat", **BAD)
    desk.drain(desk.due(enrollment))
    assert desk.status(enrollment) == "pending_template_fix"
    return enrollment


def rearm(desk, at):
    desk.save_text(desk.step_ids[2], "A", "subject", "Hi")
    desk.save_text(desk.step_ids[2], "A", "body", "A shorter one, {{firstName}}")
    return desk.all(
        "select * from outreach.rearm_campaign(%s, %s, 'me', %s)",
        desk.workspace_id,
        desk.running,
        at,
    )


def test_a_parked_inmail_of_a_pending_invite_is_pending_again(desk, sandbox, parked):
    assert rearm(desk, NOON + 8 * DAY) == [(parked,)]
    assert desk.status(parked) == "pending_accept"
    desk.drain(NOON + 9 * DAY)
    assert len(sandbox.journal("message_sent")) == 1
    # The message that comes next waits for the accept, as it would have without a park.
    assert desk.jobs(parked)[-1] == ("send_inmail", "completed")
    assert desk.status(parked) == "pending_accept"
    assert desk.violations() == []


def test_an_accept_of_meanwhile_makes_a_connection_of_it(desk, parked):
    desk.accept(parked, NOON + 8 * DAY)
    assert rearm(desk, NOON + 8 * DAY + HOUR) == [(parked,)]
    assert desk.status(parked) == "ready_to_message"
    assert desk.violations() == []
