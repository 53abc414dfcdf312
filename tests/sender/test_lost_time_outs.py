"""A wait for an accept whose job got lost still times out, at its own time."""

import pytest

from tests.support.ledger_rows import loading
from tests.support.rows import NOON
from tests.support.sender_campaigns import (
    ACCEPTED,
    DAY,
    INMAIL,
    INVITE,
    step,
)
from trueup.heals.orphans import reconcile_orphans

LATER = NOON + 30 * DAY


def live(workspace, enrollment):
    return workspace.connection.execute(
        "select action, run_at from outreach.campaign_send_jobs"
        " where enrollment_id = %s and status = 'queued'",
        [enrollment],
    ).fetchall()


def lose_the_job(workspace, enrollment):
    with loading(workspace.connection):
        workspace.connection.execute(
            "delete from outreach.campaign_send_jobs"
            " where enrollment_id = %s and status = 'queued'",
            [enrollment],
        )
        workspace.connection.execute(
            "update outreach.campaign_prospects set next_action_at = null"
            " where enrollment_id = %s",
            [enrollment],
        )


@pytest.mark.parametrize(
    ("on_time_out", "action"),
    [("withdraw", "withdraw_invite"), ("move_on", "end_wait")],
)
def test_a_lost_time_out_is_made_again_once_at_the_same_time(
    workspace, on_time_out, action
):
    waiting = step("wait_accept", time_out="7 days", on_time_out=on_time_out)
    enrollment = workspace.enroll(workspace.campaign(INVITE, waiting, INMAIL))
    workspace.drain()
    [(planned, run_at)] = live(workspace, enrollment)
    assert planned == action

    lose_the_job(workspace, enrollment)
    assert reconcile_orphans(workspace.connection, as_of=NOON + DAY).recreated == 1
    assert live(workspace, enrollment) == [(action, run_at)]
    assert reconcile_orphans(workspace.connection, as_of=NOON + DAY).recreated == 0

    workspace.drain(LATER)
    assert workspace.violations() == []


def test_a_wait_without_a_time_out_has_no_job_to_lose(workspace):
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    workspace.drain()

    assert reconcile_orphans(workspace.connection, as_of=LATER).recreated == 0
    assert live(workspace, enrollment) == []


def test_a_lost_inmail_to_somebody_whose_invite_is_out_is_made_again(workspace):
    moving_on = step("wait_accept", time_out="7 days", on_time_out="move_on")
    later_inmail = INMAIL | {"delay": "20 days"}
    enrollment = workspace.enroll(workspace.campaign(INVITE, moving_on, later_inmail))
    workspace.drain()
    workspace.drain(NOON + 8 * DAY)
    [(planned, run_at)] = live(workspace, enrollment)
    assert planned == "send_inmail"

    lose_the_job(workspace, enrollment)
    reconcile_orphans(workspace.connection, as_of=NOON + 9 * DAY)
    assert live(workspace, enrollment) == [("send_inmail", run_at)]
