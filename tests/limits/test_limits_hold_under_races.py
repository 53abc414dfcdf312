"""8 senders race for the last slots of 50 accounts: nobody passes a limit."""

import concurrent.futures
import contextlib
import threading

import pytest

from tests.support.rows import (
    NOON,
    begin,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    record_all,
)
from trueup.postgres.connection import connect
from trueup.postgres.copies import copy_database, drop_database

ACCOUNTS = 50
SENDERS = 8
LAST_SLOTS = 3
RUNS = 20


@pytest.fixture(scope="module")
def sessions(template_database):
    """A session of each sender in a database that all runs share."""
    name = "trueup_races"
    copy_database(template_database, name)
    with contextlib.ExitStack() as opened:
        yield [
            opened.enter_context(connect(name, autocommit=True)) for _ in range(SENDERS)
        ]
    drop_database(name)


@pytest.fixture
def workspace_id(sessions):
    """A workspace of the run's own, with all accounts and their people."""
    connection = sessions[0]
    with connection.transaction():
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


def send_until_nothing_is_left(connection, workspace_id, worker, start):
    """Rounds of claim, begin and record until a claim comes back empty."""
    sent = 0
    start.wait()
    while True:
        with connection.transaction():
            job_ids = claim(connection, workspace_id, worker, batch=7)
        if not job_ids:
            return sent
        with connection.transaction():
            begun = begin(connection, workspace_id, job_ids, worker)
        attempt_ids = [attempt_id for _, attempt_id, _ in begun if attempt_id]
        sent += len(attempt_ids)
        with connection.transaction():
            record_all(connection, workspace_id, attempt_ids, worker)


@pytest.mark.parametrize("run", range(RUNS))
def test_racing_senders_never_pass_a_limit(sessions, workspace_id, run):
    start = threading.Barrier(SENDERS)
    with concurrent.futures.ThreadPoolExecutor(SENDERS) as senders:
        racing = [
            senders.submit(
                send_until_nothing_is_left, session, workspace_id, f"w{number}", start
            )
            for number, session in enumerate(sessions)
        ]
        sent = sum(sender.result() for sender in racing)

    per_account = (
        sessions[0]
        .execute(
            "select account_id, count(*) from outreach.send_attempts"
            " where workspace_id = %s and counted_on = %s group by account_id",
            [workspace_id, NOON.date()],
        )
        .fetchall()
    )
    (counters,) = (
        sessions[0]
        .execute(
            "select sum(count) from outreach.linkedin_daily_counters"
            " where workspace_id = %s",
            [workspace_id],
        )
        .fetchone()
    )
    assert [count for _, count in per_account if count > LAST_SLOTS] == []
    assert sum(count for _, count in per_account) == sent == counters
    assert sent == ACCOUNTS * LAST_SLOTS
