"""The limits of an account: a day, a week, outstanding invites, the minimum gap."""

import datetime as dt

import psycopg
import pytest

from tests.support.queued_jobs import enrollment, set_limit
from tests.support.rows import (
    NOON,
    REFUSED,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)

MINUTE = dt.timedelta(minutes=1)


HOUR = dt.timedelta(hours=1)


def test_the_day_limit_holds_the_rest_with_their_times_unchanged(connection, queue):
    set_limit(connection, queue, "day", 2)
    assert send_one(connection, queue.workspace_id) == ["sent_proven"]
    assert send_one(connection, queue.workspace_id) == ["sent_proven"]
    assert send_one(connection, queue.workspace_id) == []
    assert enrollment(connection, queue, "next_action_at", 2) == NOON
    assert send_one(connection, queue.workspace_id, NOON + 12 * HOUR) == ["sent_proven"]


def test_the_week_limit_counts_the_last_168_hours(connection, queue):
    set_limit(connection, queue, "week", 1)
    assert send_one(connection, queue.workspace_id) == ["sent_proven"]
    a_week = NOON + dt.timedelta(hours=168)
    assert send_one(connection, queue.workspace_id, a_week - MINUTE) == []
    assert send_one(connection, queue.workspace_id, a_week) == ["sent_proven"]


def test_the_outstanding_ceiling_counts_invites_that_are_pending(connection, queue):
    set_limit(connection, queue, "outstanding", 1)
    assert send_one(connection, queue.workspace_id) == ["sent_proven"]
    assert send_one(connection, queue.workspace_id, NOON + 48 * HOUR) == []


def test_an_invite_stays_outstanding_after_a_reply_without_an_accept(connection, queue):
    set_limit(connection, queue, "outstanding", 1)
    assert send_one(connection, queue.workspace_id) == ["sent_proven"]
    connection.execute(
        "select outreach.record_enrollment_event(%s, %s, 'send_cancelled', 'test', %s,"
        " to_status => 'replied')",
        [queue.workspace_id, queue.enrollment_ids[0], NOON + HOUR],
    )
    assert send_one(connection, queue.workspace_id, NOON + 2 * HOUR) == []

    connection.execute(
        "select outreach.accept_enrollment(%s, %s, %s, 'test', at => %s)",
        [queue.workspace_id, queue.enrollment_ids[0], NOON + HOUR, NOON + 3 * HOUR],
    )
    later = NOON + 3 * HOUR
    assert send_one(connection, queue.workspace_id, later) == ["sent_proven"]


def test_the_minimum_gap_passes_between_two_sends(connection, queue):
    set_limit(connection, queue, "day", 80, gap="10 minutes")
    assert send_one(connection, queue.workspace_id) == ["sent_proven"]
    assert send_one(connection, queue.workspace_id, NOON + 9 * MINUTE) == []
    later = NOON + 10 * MINUTE
    assert send_one(connection, queue.workspace_id, later) == ["sent_proven"]


def test_an_inflated_counter_blocks_nobody(connection, queue):
    connection.execute(
        "insert into outreach.linkedin_daily_counters values"
        " (%s, %s, 'send_invite', %s, 142, %s)",
        [queue.workspace_id, queue.account_id, NOON.date(), NOON],
    )
    assert send_one(connection, queue.workspace_id) == ["sent_proven"]


def test_attempts_in_another_isolation_level_are_refused(database):
    with database.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with pytest.raises(psycopg.Error, match="READ COMMITTED only"):
            claim(connection, 1)


def test_an_attempt_keeps_what_it_was_judged_by(connection, queue):
    set_limit(connection, queue, "week", 200)
    send_one(connection, queue.workspace_id)
    assert connection.execute(
        "select counted_on, limit_per_day, limit_per_week, limit_outstanding,"
        " timezone, window_weekday, window_opens::text, window_closes::text"
        " from outreach.send_attempts where workspace_id = %s",
        [queue.workspace_id],
    ).fetchone() == (NOON.date(), 80, 200, None, "UTC", 1, "00:00:00", "24:00:00")


def test_an_unknown_send_counts_for_the_limit(connection, queue):
    set_limit(connection, queue, "day", 1)
    send_one(connection, queue.workspace_id, reached="unanswered")
    assert claim(connection, queue.workspace_id) == []


def test_a_known_unsent_one_frees_its_slot(connection, queue):
    set_limit(connection, queue, "day", 1)
    send_one(
        connection,
        queue.workspace_id,
        **REFUSED | {"http_status": 422, "error_type": "blocked_recipient"},
    )
    assert len(claim(connection, queue.workspace_id)) == 1


def test_a_send_counts_on_the_local_day_on_which_it_began(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id, timezone="Pacific/Kiritimati")
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    make_enrollments(connection, workspace_id, account_id, campaign_id, step_id)
    send_one(connection, workspace_id)
    assert connection.execute(
        "select counted_on from outreach.campaign_events"
        " where workspace_id = %s and event_type = 'invite_sent'",
        [workspace_id],
    ).fetchone() == (NOON.date() + dt.timedelta(days=1),)


def test_messages_are_not_held_by_the_invite_limit(connection, queue):
    set_limit(connection, queue, "day", 0)
    connection.execute(
        "insert into outreach.linkedin_account_limits values"
        " (%s, %s, 'send_message', 'day', 5, '0')",
        [queue.workspace_id, queue.account_id],
    )
    campaign_id, (step_id,) = make_campaign(
        connection, queue.workspace_id, ["send_message"]
    )
    make_enrollments(
        connection, queue.workspace_id, queue.account_id, campaign_id, step_id
    )
    (job_id,) = claim(connection, queue.workspace_id)
    assert connection.execute(
        "select action from outreach.campaign_send_jobs where job_id = %s", [job_id]
    ).fetchone() == ("send_message",)


def test_an_invite_stays_outstanding_whatever_step_comes_next(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(
        connection,
        workspace_id,
        limits=[
            ("send_invite", "day", 80),
            ("send_invite", "outstanding", 1),
            ("send_inmail", "day", 80),
        ],
    )
    campaign_id, (step_id, _) = make_campaign(
        connection, workspace_id, ["send_invite", "send_inmail"]
    )
    make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id, count=2
    )
    assert send_one(connection, workspace_id) == ["sent_proven"]
    invites = [
        job_id
        for job_id in claim(connection, workspace_id, as_of=NOON + HOUR)
        if connection.execute(
            "select action = 'send_invite' from outreach.campaign_send_jobs"
            " where job_id = %s",
            [job_id],
        ).fetchone()[0]
    ]
    assert invites == []
