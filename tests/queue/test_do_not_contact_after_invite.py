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
    Desk,
    step,
)
from unipile_sandbox.control import start_sandbox

WITHDRAWING = step("wait_accept", time_out="7 days", on_time_out="withdraw")
MOVING_ON = step("wait_accept", time_out="7 days", on_time_out="move_on")
LATER = NOON + 30 * DAY


@pytest.fixture(scope="module")
def running_sandbox(tmp_path_factory):
    journal = tmp_path_factory.mktemp("do_not_contact") / "journal.jsonl"
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


def invite(desk, *steps):
    """Somebody whose invite is out, and who is not to be contacted any more."""
    enrollment = desk.enroll(desk.campaign(INVITE, *steps))
    desk.drain()
    mark(desk, enrollment)
    return enrollment


def mark(desk, enrollment):
    desk.connection.execute(
        "select outreach.mark_do_not_contact(workspace_id, prospect_id, 'asked', 'me',"
        " %s) from outreach.campaign_prospects where enrollment_id = %s",
        [NOON + HOUR, enrollment],
    )


def test_an_invite_that_is_out_stays_pending_and_holds_its_slot(desk, sandbox):
    enrollment = invite(desk, ACCEPTED, MESSAGE)
    assert desk.status(enrollment) == "pending_accept"
    outstanding = "select outreach.outstanding_invites(%s, %s)"
    assert desk.one(outstanding, desk.workspace_id, desk.account_id) == 1
    desk.drain(LATER)
    assert desk.routes() == ["send_invite"]
    assert desk.violations() == []


def test_an_accept_that_comes_later_is_kept_and_no_message_follows(desk, sandbox):
    enrollment = invite(desk, ACCEPTED, MESSAGE)
    desk.accept(enrollment, NOON + DAY)
    assert desk.events(enrollment)[-2:] == ["invite_accepted", "send_cancelled"]
    assert desk.status(enrollment) == "failed"
    desk.drain(LATER)
    assert desk.routes() == ["send_invite"]
    assert desk.violations() == []


def test_an_invite_is_still_taken_back_when_its_wait_ends(desk, sandbox):
    enrollment = invite(desk, WITHDRAWING, MESSAGE)
    desk.drain(LATER)
    assert desk.status(enrollment) == "withdrawn"
    assert len(sandbox.journal("invite_withdrawn")) == 1
    assert sandbox.journal("message_sent") == []
    assert desk.violations() == []


@pytest.mark.parametrize("steps", [(MOVING_ON, INMAIL), (INMAIL,)])
def test_nothing_but_the_accept_is_waited_for(desk, sandbox, steps):
    enrollment = invite(desk, *steps)
    assert desk.status(enrollment) == "pending_accept"
    desk.drain(LATER)
    assert desk.status(enrollment) == "pending_accept"
    assert desk.routes() == ["send_invite"]
    assert desk.violations() == []
