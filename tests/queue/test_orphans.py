"""Enrollments without a job get one once; nothing that is over comes back (LL#277)."""

import contextlib
import datetime as dt

import pytest

from demo.journal_comparison import find_violations
from tests.support.ledger_rows import loading
from tests.support.rows import (
    NOON,
    REFUSED,
    begin,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)
from trueup.heals.orphans import reconcile_orphans

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


class Queue:
    """An account that sends from 9 to 17, and a campaign with an invite first."""

    def __init__(self, connection):
        self.workspace_id = make_workspace(connection)
        self.account_id = make_account(
            connection,
            self.workspace_id,
            windows=((None, "09:00", "17:00"),),
        )
        self.campaign_id, (self.step_id, *_) = make_campaign(
            connection,
            self.workspace_id,
            ("send_invite", "wait_accept", "send_message"),
        )

    def enroll(self, connection, count=1, run_at=None):
        return make_enrollments(
            connection,
            self.workspace_id,
            self.account_id,
            self.campaign_id,
            self.step_id,
            count=count,
            run_at=run_at,
        )


@pytest.fixture
def queue(connection):
    return Queue(connection)


def reconcile(connection, queue, as_of=NOON):
    changed = connection.execute(
        "select enrollment_id, repair, next_action_at"
        " from outreach.reconcile_orphans(%s, %s, 'test')",
        [queue.workspace_id, as_of],
    ).fetchall()
    connection.execute("set constraints all immediate")
    return changed


@contextlib.contextmanager
def past_the_triggers(connection):
    """As an incident's rows entered: no rule looks, now or at commit."""
    connection.execute("set constraints all immediate")
    connection.execute("set constraints all deferred")
    connection.execute("set local session_replication_role = replica")
    yield
    connection.execute("set local session_replication_role = origin")


def jobs(connection, queue):
    return connection.execute(
        "select enrollment_id, status, run_at from outreach.campaign_send_jobs"
        " where workspace_id = %s order by job_id",
        [queue.workspace_id],
    ).fetchall()


def events(connection, queue):
    return connection.execute(
        "select event_type, actor, details ->> 'reason' from outreach.campaign_events"
        " where workspace_id = %s and event_type <> 'enrolled' order by event_id",
        [queue.workspace_id],
    ).fetchall()


def test_an_enrollment_without_a_job_gets_one_now(connection, queue):
    (orphan,) = queue.enroll(connection)
    assert reconcile(connection, queue) == [(orphan, "recreated", NOON)]
    assert jobs(connection, queue) == [(orphan, "queued", NOON)]
    assert events(connection, queue) == [("rescheduled", "test", "orphan")]
    assert find_violations(connection, None) == []


def test_an_orphans_job_waits_for_the_window(connection, queue):
    queue.enroll(connection)
    evening = NOON + 8 * HOUR
    assert reconcile(connection, queue, evening)[0][2] == NOON + 21 * HOUR


def test_an_orphans_job_keeps_a_later_time(connection, queue):
    (orphan,) = queue.enroll(connection)
    with past_the_triggers(connection):
        connection.execute(
            "update outreach.campaign_prospects set next_action_at = %s",
            [NOON + 2 * HOUR],
        )
    assert reconcile(connection, queue) == [(orphan, "recreated", NOON + 2 * HOUR)]


def test_a_second_look_changes_nothing(connection, queue):
    queue.enroll(connection, count=2)
    assert len(reconcile(connection, queue)) == 2
    assert reconcile(connection, queue) == []


@pytest.mark.parametrize(
    "answer",
    [
        {"http_status": 422, "error_type": "blocked_recipient"},
        {"http_status": 504},
        {"http_status": 400, "error_type": "too_many_characters"},
        {"http_status": 422, "error_type": "already_connected"},
    ],
    ids=["failed", "unknown", "parked", "cancelled"],
)
def test_failed_unknown_parked_and_cancelled_jobs_are_never_recreated(
    connection, queue, answer
):
    queue.enroll(connection, run_at=NOON)
    send_one(connection, queue.workspace_id, **(REFUSED | answer))
    before = jobs(connection, queue)
    assert reconcile(connection, queue) == []
    assert jobs(connection, queue) == before


def test_a_sent_job_is_never_recreated(connection, queue):
    queue.enroll(connection, run_at=NOON)
    send_one(connection, queue.workspace_id)
    assert reconcile(connection, queue) == []


def test_a_job_in_progress_is_not_changed(connection, queue):
    queue.enroll(connection, run_at=NOON)
    begin(connection, queue.workspace_id, claim(connection, queue.workspace_id))
    assert reconcile(connection, queue) == []


def test_a_step_whose_look_up_is_done_and_whose_send_is_missing_gets_it(
    connection, queue
):
    (orphan,) = queue.enroll(connection, run_at=NOON)
    with past_the_triggers(connection):
        connection.execute(
            "update outreach.campaign_send_jobs set action = 'resolve_profile',"
            " status = 'completed', run_at = null, completed_at = %s",
            [NOON],
        )
        connection.execute(
            "update outreach.campaign_prospects set next_action_at = null"
        )
    assert reconcile(connection, queue) == [(orphan, "recreated", NOON)]
    assert [row[1] for row in jobs(connection, queue)] == ["completed", "queued"]


def fail_for_good(connection, job_status="failed"):
    """As the old sender did it: the job ends, and its enrollment stays ready."""
    with past_the_triggers(connection):
        connection.execute(
            "update outreach.campaign_send_jobs set status = %s, run_at = null,"
            " claimed_by = null, lease_expires_at = null,"
            " failed_classification = 'template_error' where status = 'queued'",
            [job_status],
        )
        connection.execute(
            "update outreach.campaign_prospects set next_action_at = null"
        )


@pytest.mark.parametrize("job_status", ["failed", "cancelled"])
def test_failed_recreated_failed_is_no_loop(connection, queue, job_status):
    queue.enroll(connection, count=28, run_at=NOON)
    fail_for_good(connection, job_status)
    for _ in range(3):
        assert reconcile(connection, queue) == []
    assert {row[1] for row in jobs(connection, queue)} == {job_status}


def test_a_job_is_recreated_once_whatever_becomes_of_it(connection, queue):
    queue.enroll(connection)
    assert len(reconcile(connection, queue)) == 1
    with past_the_triggers(connection):
        connection.execute("delete from outreach.campaign_send_jobs")
        connection.execute(
            "update outreach.campaign_prospects set next_action_at = null"
        )
    assert reconcile(connection, queue) == []


def test_an_attempt_that_may_have_arrived_is_not_repeated(connection, queue):
    queue.enroll(connection, run_at=NOON)
    begin(connection, queue.workspace_id, claim(connection, queue.workspace_id))
    with past_the_triggers(connection):
        connection.execute(
            "update outreach.campaign_send_jobs set status = 'cancelled',"
            " run_at = null, claimed_by = null, lease_expires_at = null"
        )
        connection.execute(
            "update outreach.campaign_prospects set next_action_at = null"
        )
    assert reconcile(connection, queue) == []


@pytest.mark.parametrize(
    "statement",
    [
        "update outreach.campaigns set status = 'paused' where workspace_id = %s",
        "select outreach.set_do_not_contact(workspace_id, array[prospect_id], true,"
        " 'asked', 'me', now()) from outreach.prospects where workspace_id = %s",
        "delete from outreach.linkedin_account_sending_windows where workspace_id = %s",
        "update outreach.campaign_steps set action = 'wait_accept'"
        " where workspace_id = %s",
    ],
    ids=["campaign paused", "do not contact", "no window", "a waiting step"],
)
def test_who_should_have_no_job_gets_none(connection, queue, statement):
    queue.enroll(connection)
    connection.execute(statement, [queue.workspace_id])
    assert reconcile(connection, queue) == []


@pytest.mark.parametrize(
    ("due", "job_at", "paired_at"),
    [
        (NOON - HOUR, NOON + 48 * HOUR, NOON),
        (NOON + HOUR, NOON - HOUR, NOON + HOUR),
        (None, NOON + HOUR, NOON + HOUR),
        (NOON + 6 * HOUR, NOON - HOUR, NOON + 21 * HOUR),
    ],
)
def test_two_times_become_one(connection, queue, due, job_at, paired_at):
    (enrollment_id,) = queue.enroll(connection, run_at=NOON)
    with past_the_triggers(connection):
        connection.execute(
            "update outreach.campaign_prospects set next_action_at = %s", [due]
        )
        connection.execute(
            "update outreach.campaign_send_jobs set run_at = %s", [job_at]
        )

    assert reconcile(connection, queue) == [(enrollment_id, "paired", paired_at)]
    assert jobs(connection, queue) == [(enrollment_id, "queued", paired_at)]
    assert events(connection, queue) == [("rescheduled", "test", "unpaired")]
    assert reconcile(connection, queue) == []
    assert find_violations(connection, None) == []


def test_a_parked_enrollment_with_a_time_loses_it(connection, queue):
    (enrollment_id,) = queue.enroll(connection, run_at=NOON)
    refused = {"http_status": 400, "error_type": "too_many_characters"}
    send_one(connection, queue.workspace_id, **(REFUSED | refused))
    with past_the_triggers(connection):
        connection.execute(
            "update outreach.campaign_prospects set next_action_at = %s", [NOON]
        )
    assert reconcile(connection, queue) == [(enrollment_id, "paired", None)]


def test_every_workspace_is_reconciled_and_reported(database):
    with database.connect(autocommit=True) as connection:
        with connection.transaction():
            for _ in range(2):
                queue = Queue(connection)
                queue.enroll(connection, count=3)
                queue.enroll(connection, run_at=NOON)
        with loading(connection):
            connection.execute(
                "update outreach.campaign_prospects set next_action_at = %s"
                " where next_action_at is not null",
                [NOON - MINUTE],
            )
        report = reconcile_orphans(connection, as_of=NOON)
        assert (report.recreated, report.paired) == (6, 2)
        assert reconcile_orphans(connection, as_of=NOON).reconciled == []
        assert find_violations(connection, None) == []


def test_reconciling_refuses_to_hold_the_locks_of_all_workspaces(connection):
    with pytest.raises(ValueError, match="autocommit"):
        reconcile_orphans(connection)
