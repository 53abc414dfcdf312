"""Where a claim starts to look, and that no job is ever lost from its sight.

What a claim reads while vacuum is held back is measured by scripts/bench/sender.py.
"""

import concurrent.futures
import datetime as dt

import pytest

from tests.support.rows import (
    NOON,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)

HOUR = dt.timedelta(hours=1)


def end(connection, job_id):
    """As a decision would: the job is over, and its time with it."""
    connection.execute(
        "with ended as (update outreach.campaign_send_jobs"
        " set status = 'cancelled', run_at = null, claimed_by = null,"
        " lease_expires_at = null"
        " where job_id = %s returning enrollment_id)"
        " update outreach.campaign_prospects as enrollments"
        " set next_action_at = null from ended"
        " where enrollments.enrollment_id = ended.enrollment_id",
        [job_id],
    )


class Queue:
    """One account with three invites that are due an hour apart, the last at noon."""

    def __init__(self, connection):
        self.workspace_id = make_workspace(connection)
        self.account_id = make_account(connection, self.workspace_id)
        campaign_id, (step_id, _) = make_campaign(connection, self.workspace_id)
        make_enrollments(
            connection, self.workspace_id, self.account_id, campaign_id, step_id, 3
        )
        self.job_ids = [
            job_id
            for (job_id,) in connection.execute(
                "select job_id from outreach.campaign_send_jobs"
                " where workspace_id = %s order by job_id",
                [self.workspace_id],
            )
        ]
        for job_id, run_at in zip(
            self.job_ids, (NOON - 2 * HOUR, NOON - HOUR, NOON), strict=True
        ):
            self.date(connection, job_id, run_at)

    def date(self, connection, job_id, run_at):
        connection.execute(
            "with moved as (update outreach.campaign_send_jobs set run_at = %s"
            " where job_id = %s returning enrollment_id)"
            " update outreach.campaign_prospects as enrollments"
            " set next_action_at = %s from moved"
            " where enrollments.enrollment_id = moved.enrollment_id",
            [run_at, job_id, run_at],
        )

    def starts(self, connection):
        return dict(
            connection.execute(
                "select list, nullif(watermark_at, '-infinity')"
                " from outreach.send_queue_watermarks where workspace_id = %s",
                [self.workspace_id],
            ).fetchall()
        )


@pytest.fixture
def queue(connection):
    """The start stands at the second job, which is the next."""
    made = Queue(connection)
    first, second, _ = made.job_ids
    assert claim(connection, made.workspace_id) == [first]
    end(connection, first)
    assert claim(connection, made.workspace_id) == [second]
    assert made.starts(connection) == {"send_invite": NOON - HOUR, "leased": NOON}
    return made


def test_an_account_that_is_busy_is_found_from_the_start_on(connection, queue):
    assert claim(connection, queue.workspace_id) == []


def test_a_lease_that_is_over_already_is_found_before_the_start(connection, queue):
    connection.execute(
        "update outreach.campaign_send_jobs set lease_expires_at = %s"
        " where job_id = %s",
        [NOON - HOUR, queue.job_ids[1]],
    )
    assert claim(connection, queue.workspace_id) == []


def test_a_job_that_is_dated_back_is_claimed_next(connection, queue):
    _, second, third = queue.job_ids
    end(connection, second)
    queue.date(connection, third, NOON - 5 * HOUR)
    assert claim(connection, queue.workspace_id) == [third]


def test_a_job_that_comes_back_is_claimed_next(connection, queue):
    _, second, third = queue.job_ids
    connection.execute(
        "update outreach.campaign_send_jobs set status = 'unknown', claimed_by = null,"
        " lease_expires_at = null where job_id = %s",
        [second],
    )
    assert claim(connection, queue.workspace_id) == [third]
    end(connection, third)
    connection.execute(
        "update outreach.campaign_send_jobs set status = 'queued' where job_id = %s",
        [second],
    )
    assert claim(connection, queue.workspace_id) == [second]


def test_a_job_that_a_loader_dated_back_is_claimed_next(connection, queue):
    _, second, third = queue.job_ids
    end(connection, second)
    connection.execute("set local session_replication_role = replica")
    queue.date(connection, third, NOON - 5 * HOUR)
    connection.execute("set local session_replication_role = origin")
    assert claim(connection, queue.workspace_id) == [third]


def test_no_start_passes_a_job_that_is_not_committed_yet(database):
    with database.connect() as importer, database.connect() as sender:
        queue = Queue(sender)
        first, second, third = queue.job_ids
        end(sender, first)
        sender.commit()
        queue.date(importer, third, NOON - 5 * HOUR)
        assert claim(sender, queue.workspace_id) == [second]
        assert queue.starts(sender)["send_invite"] is None
        end(sender, second)
        sender.commit()
        importer.commit()
        assert claim(sender, queue.workspace_id) == [third]


def until_waiting(watcher, connection, work):
    """Return once work, under way on the connection, waits for another's lock."""
    while not watcher.execute(
        "select cardinality(pg_blocking_pids(%s)) > 0", [connection.info.backend_pid]
    ).fetchone()[0]:
        assert not work.done()
    watcher.commit()


def test_no_start_passes_the_job_of_two_who_queue_an_accounts_first_at_once(database):
    with (
        database.connect() as first_importer,
        database.connect() as second_importer,
        database.connect() as sender,
        concurrent.futures.ThreadPoolExecutor(1) as beside,
    ):
        workspace_id = make_workspace(sender)
        account_id = make_account(sender, workspace_id)
        campaign_id, (step_id, _) = make_campaign(sender, workspace_id)
        sender.commit()

        def enroll(importer, run_at):
            make_enrollments(
                importer, workspace_id, account_id, campaign_id, step_id, run_at=run_at
            )

        enroll(first_importer, NOON)
        second = beside.submit(enroll, second_importer, NOON - HOUR)
        until_waiting(sender, second_importer, second)
        first_importer.commit()
        second.result()
        (noon_job_id,) = claim(sender, workspace_id)
        sender.commit()
        second_importer.commit()
        end(sender, noon_job_id)
        assert len(claim(sender, workspace_id)) == 1


def test_a_job_that_is_put_off_while_it_is_claimed_is_left(database):
    with (
        database.connect() as operator,
        database.connect() as sender,
        concurrent.futures.ThreadPoolExecutor(1) as beside,
    ):
        queue = Queue(sender)
        first, *others = queue.job_ids
        for job_id in others:
            end(sender, job_id)
        sender.commit()
        queue.date(operator, first, NOON + HOUR)
        claimed = beside.submit(claim, sender, queue.workspace_id)
        with database.connect() as watcher:
            until_waiting(watcher, sender, claimed)
        operator.commit()
        assert claimed.result() == []


def is_hidden(connection, queue, job_id):
    return connection.execute(
        "select exists (select 1 from outreach.queue_violations(%s)"
        " where kind = 'stuck' and workspace_id = %s"
        " and subject = %s and detail like %s)",
        [
            NOON,
            queue.workspace_id,
            f"job {job_id}",
            "stands at %before the start of its list %",
        ],
    ).fetchone()[0]


def shown(connection, queue):
    """How many jobs the reconciler puts in sight again."""
    return connection.execute(
        "select count(*) from outreach.reconcile_orphans(%s, %s, 'test')"
        " where repair = 'shown'",
        [queue.workspace_id, NOON],
    ).fetchone()[0]


@pytest.mark.parametrize(
    "hide",
    [
        "update outreach.send_queue_watermarks set watermark_at = '2027-01-01'"
        " where workspace_id = %s",
        # As where a job was queued after the migration and before its triggers.
        "delete from outreach.send_queue_watermarks where workspace_id = %s",
    ],
    ids=["a start that is too late", "no start"],
)
def test_a_job_that_no_claim_sees_is_named_and_shown_again(connection, queue, hide):
    _, second, third = queue.job_ids
    end(connection, second)
    connection.execute(hide, [queue.workspace_id])
    assert claim(connection, queue.workspace_id) == []
    assert is_hidden(connection, queue, third)
    assert shown(connection, queue) == 1
    assert not is_hidden(connection, queue, third)
    assert shown(connection, queue) == 0
    assert claim(connection, queue.workspace_id) == [third]


def test_a_lease_that_no_claim_sees_is_named_and_shown_again(connection, queue):
    _, second, third = queue.job_ids
    connection.execute(
        "update outreach.send_queue_watermarks set watermark_at = '2027-01-01'"
        " where list = 'leased' and workspace_id = %s",
        [queue.workspace_id],
    )
    assert is_hidden(connection, queue, second)
    assert not is_hidden(connection, queue, third)
    assert shown(connection, queue) == 1
    assert not is_hidden(connection, queue, second)
    assert claim(connection, queue.workspace_id) == []
