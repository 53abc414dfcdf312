"""8 senders race for the last slots of 50 accounts: nobody passes a limit."""

import concurrent.futures
import threading

import pytest

from tests.rows import (
    NOON,
    begin,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    record,
)

ACCOUNTS = 50
SENDERS = 8
LAST_SLOTS = 3
RUNS = 20


@pytest.fixture
def race(database):
    with database.connect() as connection:
        workspace_id = make_workspace(connection)
        campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
        for _ in range(ACCOUNTS):
            account_id = make_account(
                connection,
                workspace_id,
                limits=[("send_invite", "day", LAST_SLOTS)],
            )
            make_enrollments(
                connection, workspace_id, account_id, campaign_id, step_id, count=6
            )
    return workspace_id


def send_until_nothing_is_left(database, workspace_id, worker, start):
    """Rounds of claim, begin and record until a claim comes back empty."""
    sent = 0
    with database.connect(autocommit=True) as connection:
        start.wait()
        while True:
            with connection.transaction():
                job_ids = claim(connection, workspace_id, worker, batch=7)
            if not job_ids:
                return sent
            with connection.transaction():
                begun = begin(connection, workspace_id, job_ids, worker)
            for _, attempt_id, _ in begun:
                if attempt_id is not None:
                    sent += 1
                    record(connection, workspace_id, attempt_id, worker)


@pytest.mark.parametrize("run", range(RUNS))
def test_racing_senders_never_pass_a_limit(database, race, run):
    start = threading.Barrier(SENDERS)
    with concurrent.futures.ThreadPoolExecutor(SENDERS) as senders:
        racing = [
            senders.submit(
                send_until_nothing_is_left, database, race, f"w{number}", start
            )
            for number in range(SENDERS)
        ]
        sent = sum(sender.result() for sender in racing)

    with database.connect() as connection:
        per_account = connection.execute(
            "select account_id, count(*) from outreach.send_attempts"
            " where workspace_id = %s and counted_on = %s group by account_id",
            [race, NOON.date()],
        ).fetchall()
        counters = connection.execute(
            "select sum(count) from outreach.linkedin_daily_counters"
            " where workspace_id = %s",
            [race],
        ).fetchone()[0]
    assert [count for _, count in per_account if count > LAST_SLOTS] == []
    assert sum(count for _, count in per_account) == sent == counters
    assert sent == ACCOUNTS * LAST_SLOTS


def test_two_direct_inserts_cannot_both_take_the_last_slot(database):
    with database.connect() as connection:
        workspace_id = make_workspace(connection)
        campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
        account_id = make_account(
            connection, workspace_id, limits=[("send_invite", "day", 1)]
        )
        make_enrollments(
            connection, workspace_id, account_id, campaign_id, step_id, count=2
        )
    insert = (
        "insert into outreach.send_attempts (workspace_id, job_id, enrollment_id,"
        " campaign_id, step_id, prospect_id, account_id, action, worker, begun_at,"
        " counted_on, provider_account_id, request_sha256, limit_per_day,"
        " minimum_gap, timezone, window_weekday, window_opens, window_closes)"
        " select jobs.workspace_id, jobs.job_id, jobs.enrollment_id,"
        " jobs.campaign_id, jobs.step_id, 1, jobs.account_id, jobs.action, 'w', %s,"
        " %s, 'acc', '0', 1, '0', 'UTC', 1, '00:00', '24:00'"
        " from outreach.campaign_send_jobs as jobs order by jobs.job_id"
        " offset %s limit 1"
    )

    def take_slot(number):
        with database.connect() as connection:
            try:
                connection.execute(insert, [NOON, NOON.date(), number])
            except Exception as refusal:
                return type(refusal).__name__
        return "taken"

    with concurrent.futures.ThreadPoolExecutor(2) as senders:
        results = sorted(senders.map(take_slot, range(2)))
    assert results == ["CheckViolation", "taken"]
