"""8 senders race for the last slots of 50 accounts: nobody passes a limit."""

import concurrent.futures
import threading

import pytest

from tests.conftest import Database
from tests.support.rows import (
    NOON,
    begin,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    record,
)
from trueup.postgres.connection import connect
from trueup.postgres.copies import copy_database, drop_database

ACCOUNTS = 50
SENDERS = 8
LAST_SLOTS = 3
RUNS = 20


@pytest.fixture(scope="module")
def before_the_race(template_database):
    """A database with all accounts and their people, which each run copies."""
    name = "trueup_before_the_race"
    copy_database(template_database, name)
    with connect(name) as connection:
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
    yield name, workspace_id
    drop_database(name)


@pytest.fixture
def race(before_the_race):
    """A database of the run's own, and its workspace."""
    name, workspace_id = before_the_race
    copy = Database("trueup_race")
    copy_database(name, copy.name)
    yield copy, workspace_id
    drop_database(copy.name)


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
            with connection.transaction():
                for _, attempt_id, _ in begun:
                    if attempt_id is not None:
                        sent += 1
                        record(connection, workspace_id, attempt_id, worker)


@pytest.mark.parametrize("run", range(RUNS))
def test_racing_senders_never_pass_a_limit(race, run):
    database, workspace_id = race
    start = threading.Barrier(SENDERS)
    with concurrent.futures.ThreadPoolExecutor(SENDERS) as senders:
        racing = [
            senders.submit(
                send_until_nothing_is_left, database, workspace_id, f"w{number}", start
            )
            for number in range(SENDERS)
        ]
        sent = sum(sender.result() for sender in racing)

    with database.connect() as connection:
        per_account = connection.execute(
            "select account_id, count(*) from outreach.send_attempts"
            " where workspace_id = %s and counted_on = %s group by account_id",
            [workspace_id, NOON.date()],
        ).fetchall()
        counters = connection.execute(
            "select sum(count) from outreach.linkedin_daily_counters"
            " where workspace_id = %s",
            [workspace_id],
        ).fetchone()[0]
    assert [count for _, count in per_account if count > LAST_SLOTS] == []
    assert sum(count for _, count in per_account) == sent == counters
    assert sent == ACCOUNTS * LAST_SLOTS
