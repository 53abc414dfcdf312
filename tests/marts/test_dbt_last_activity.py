"""account_last_activity and send_queue_health: what an account did, and what waits."""

import datetime as dt

import pytest

from tests.support.rows import (
    NOON,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def mark(opened):
    """(workspace_id, account_id), its last health check 47 minutes ago."""
    workspace_id = make_workspace(opened)
    account_id = make_account(opened, workspace_id, name="Mark Eagar")
    opened.execute(
        "update outreach.linkedin_accounts set last_sync_at = %s", [NOON - 47 * MINUTE]
    )
    return workspace_id, account_id


def enroll(connection, account, count, run_at):
    campaign_id, (step_id, _) = make_campaign(connection, account[0])
    make_enrollments(
        connection, *account, campaign_id, step_id, count=count, run_at=run_at
    )


def send_invites(connection, account, moments):
    """One real send at each moment, in order."""
    enroll(connection, account, len(moments), moments[0])
    for moment in moments:
        assert send_one(connection, account[0], as_of=moment) == ["sent_proven"]


def hear(connection, account, event_type, received_at):
    connection.execute(
        "insert into outreach.linkedin_events (workspace_id, account_id, event_type,"
        " received_at, received_via, dedupe_key, payload)"
        " values (%s, %s, %s, %s, 'webhook', %s, '{}')",
        [*account, event_type, received_at, f"{event_type} {received_at}"],
    )


def last_activity(connection):
    return connection.execute(
        "select last_activity_at, last_activity_source, tooltip"
        " from analytics.account_last_activity"
    ).fetchone()


def test_six_sends_in_ten_minutes_outweigh_a_health_check(opened, mark):
    hear(opened, mark, "message_received", NOON - MINUTE)
    send_invites(
        opened, mark, [NOON - minutes * MINUTE for minutes in range(10, 4, -1)]
    )
    assert last_activity(opened) == (
        NOON - 5 * MINUTE,
        "last completed send",
        "Last completed send at 11:55 UTC",
    )


def test_after_7_days_without_sends_the_newest_event_speaks(opened, mark):
    send_invites(opened, mark, [NOON - 7 * DAY])
    hear(opened, mark, "invite_accepted", NOON - 3 * DAY)
    hear(opened, mark, "message_received", NOON - 2 * DAY)
    assert last_activity(opened) == (
        NOON - 2 * DAY,
        "last LinkedIn event",
        "Last LinkedIn event at 2026-05-02 12:00 UTC",
    )


def test_a_send_just_under_7_days_ago_still_speaks(opened, mark):
    send_invites(opened, mark, [NOON - 7 * DAY + MINUTE])
    hear(opened, mark, "message_received", NOON - 2 * DAY)
    assert last_activity(opened)[1] == "last completed send"


def test_a_status_told_by_the_provider_is_no_activity(opened, mark):
    hear(opened, mark, "account_status", NOON - MINUTE)
    assert last_activity(opened) == (
        NOON - 47 * MINUTE,
        "last health check",
        "Last health check at 2026-05-04 11:13 UTC",
    )


def test_a_job_that_was_not_completed_is_no_send(opened, mark):
    enroll(opened, mark, 1, NOON - MINUTE)
    send_one(
        opened,
        mark[0],
        as_of=NOON - MINUTE,
        http_status=None,
        reached="unknown",
        is_well_formed=False,
        provider_reference=None,
    )
    assert last_activity(opened)[1] == "last health check"


def test_an_account_that_never_did_anything_says_so(opened, mark):
    opened.execute("update outreach.linkedin_accounts set last_sync_at = null")
    assert last_activity(opened) == (None, "no activity yet", "No activity yet")
    assert mark


def test_the_queues_health_counts_what_waits_and_what_was_sent(opened, mark):
    enroll(opened, mark, 4, NOON - 30 * MINUTE)
    enroll(opened, mark, 2, NOON + MINUTE)
    send_one(opened, mark[0], as_of=NOON - 20 * MINUTE)
    claim(opened, mark[0], as_of=NOON)
    row = opened.execute(
        "select account_name, is_sendable, due_count, queued_count, claimed_count,"
        " oldest_due_at, invites_sent_today_count, invites_spent_today_count,"
        " invite_limit_today from analytics.send_queue_health"
    ).fetchone()
    assert row == ("Mark Eagar", True, 2, 4, 1, NOON - 30 * MINUTE, 1, 1, 80)


def test_a_paused_account_says_why_it_does_not_send(opened, mark):
    opened.execute(
        "update outreach.linkedin_accounts set paused_at = %s, paused_by = 'Ines',"
        " paused_reason = 'on leave' where account_id = %s",
        [NOON, mark[1]],
    )
    row = opened.execute(
        "select is_sendable, not_sendable_because from analytics.send_queue_health"
    ).fetchone()
    assert row == (False, "paused: on leave")


def test_no_account_is_compared_with_the_invites_of_every_other(opened):
    for _ in range(20):
        workspace_id = make_workspace(opened)
        for _ in range(10):
            make_account(opened, workspace_id)
    opened.execute("analyze")
    query = "explain (analyze) select * from analytics.send_queue_health"
    plan = [line.strip() for (line,) in opened.execute(query)]
    assert not [line for line in plan if "Removed by Join Filter" in line]
