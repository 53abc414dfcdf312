"""A wait for an accept whose job got lost still times out, at its own time."""

import pytest

from tests.support.ledger_rows import loading
from tests.support.rows import NOON
from tests.support.sender_campaigns import ACCEPTED, DAY, INMAIL, INVITE, Desk, step
from trueup.heals.orphans import reconcile_orphans
from unipile_sandbox.control import start_sandbox

LATER = NOON + 30 * DAY


@pytest.fixture(scope="module")
def running_sandbox(tmp_path_factory):
    journal = tmp_path_factory.mktemp("time_outs") / "journal.jsonl"
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


def live(desk, enrollment):
    return desk.connection.execute(
        "select action, run_at from outreach.campaign_send_jobs"
        " where enrollment_id = %s and status = 'queued'",
        [enrollment],
    ).fetchall()


def lose_the_job(desk, enrollment):
    with loading(desk.connection):
        desk.connection.execute(
            "delete from outreach.campaign_send_jobs"
            " where enrollment_id = %s and status = 'queued'",
            [enrollment],
        )
        desk.connection.execute(
            "update outreach.campaign_prospects set next_action_at = null"
            " where enrollment_id = %s",
            [enrollment],
        )


@pytest.mark.parametrize(
    ("on_time_out", "action"),
    [("withdraw", "withdraw_invite"), ("move_on", "end_wait")],
)
def test_a_lost_time_out_is_made_again_once_at_the_same_time(desk, on_time_out, action):
    waiting = step("wait_accept", time_out="7 days", on_time_out=on_time_out)
    enrollment = desk.enroll(desk.campaign(INVITE, waiting, INMAIL))
    desk.drain()
    [(planned, run_at)] = live(desk, enrollment)
    assert planned == action

    lose_the_job(desk, enrollment)
    assert reconcile_orphans(desk.connection, as_of=NOON + DAY).recreated == 1
    assert live(desk, enrollment) == [(action, run_at)]
    assert reconcile_orphans(desk.connection, as_of=NOON + DAY).recreated == 0

    desk.drain(LATER)
    assert desk.violations() == []


def test_a_wait_without_a_time_out_has_no_job_to_lose(desk):
    enrollment = desk.enroll(desk.campaign(INVITE, ACCEPTED))
    desk.drain()

    assert reconcile_orphans(desk.connection, as_of=LATER).recreated == 0
    assert live(desk, enrollment) == []


def test_a_lost_inmail_to_somebody_whose_invite_is_out_is_made_again(desk):
    moving_on = step("wait_accept", time_out="7 days", on_time_out="move_on")
    later_inmail = INMAIL | {"delay": "20 days"}
    enrollment = desk.enroll(desk.campaign(INVITE, moving_on, later_inmail))
    desk.drain()
    desk.drain(NOON + 8 * DAY)
    [(planned, run_at)] = live(desk, enrollment)
    assert planned == "send_inmail"

    lose_the_job(desk, enrollment)
    reconcile_orphans(desk.connection, as_of=NOON + 9 * DAY)
    assert live(desk, enrollment) == [("send_inmail", run_at)]
