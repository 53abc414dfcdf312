"""The heal of stale next actions: each kind once, and nothing that is held or sent."""

import datetime as dt

import pytest

from tests.support.dbt_runner import modelled_copy
from tests.support.ledger_rows import loading
from tests.support.rows import (
    NOON,
    begin,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)
from trueup.heals.next_actions import (
    ModelsNotBuiltError,
    heal_next_actions,
    next_action_table,
)

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
PUT = "update outreach.campaign_prospects set next_action_at = %s"
NINE_TO_FIVE = ((None, "09:00", "17:00"),)


class Queue:
    """An account and a campaign; the models are built as of NOON."""

    def __init__(self, connection, windows=NINE_TO_FIVE, timezone="UTC"):
        self.connection = connection
        self.workspace_id = make_workspace(connection)
        self.account_id = make_account(
            connection, self.workspace_id, windows=windows, timezone=timezone
        )
        self.campaign_id, (self.step_id, *_) = make_campaign(
            connection, self.workspace_id
        )
        connection.commit()

    def enroll(self, run_at):
        (enrollment_id,) = make_enrollments(
            self.connection,
            self.workspace_id,
            self.account_id,
            self.campaign_id,
            self.step_id,
            run_at=run_at,
        )
        self.connection.commit()
        return enrollment_id

    def write(self, statement, *parameters):
        """Past every rule, as an incident's rows entered."""
        with loading(self.connection):
            self.connection.execute(statement, parameters)

    def stale(self):
        rows = self.connection.execute(
            "select enrollment_id, kind, is_late_again, clamped_to"
            " from analytics.stale_next_actions order by enrollment_id"
        ).fetchall()
        self.connection.commit()
        return rows

    def heal(self):
        self.connection.autocommit = True
        report = heal_next_actions(self.connection, as_of=NOON)
        self.connection.autocommit = False
        return report

    def times(self, enrollment_id):
        """(next_action_at, its live job's status and run_at)."""
        row = self.connection.execute(
            "select enrollments.next_action_at, jobs.status, jobs.run_at"
            " from outreach.campaign_prospects as enrollments"
            " left join outreach.campaign_send_jobs as jobs"
            " on enrollments.workspace_id = jobs.workspace_id"
            " and enrollments.enrollment_id = jobs.enrollment_id"
            " and jobs.status in ('queued', 'claimed', 'sending', 'unknown', 'parked')"
            " where enrollments.enrollment_id = %s",
            [enrollment_id],
        ).fetchone()
        self.connection.commit()
        return row

    def leave_alone(self):
        """Nothing of the account moved in the last minutes."""
        self.write(
            "update outreach.linkedin_account_status_audit set flipped_at = %s",
            NOON - 24 * HOUR,
        )


@pytest.fixture(scope="module")
def built(template_database):
    with modelled_copy(template_database) as database:
        yield database


@pytest.fixture
def opened(built):
    with built.connect() as connection:
        yield connection
        connection.rollback()
        connection.autocommit = False
        connection.execute("set local session_replication_role = replica")
        connection.execute("truncate outreach.workspaces cascade")
        connection.commit()


@pytest.fixture
def queue(opened):
    queue = Queue(opened)
    queue.leave_alone()
    return queue


def test_a_late_next_action_is_moved_once_and_then_stays_listed(queue):
    late = queue.enroll(NOON - 6 * MINUTE)
    assert queue.stale() == [(late, "late", False, NOON)]
    assert queue.heal().moved == 1
    assert queue.times(late) == (NOON, "queued", NOON)

    queue.write(
        "update outreach.campaign_prospects set next_action_at = %s", NOON - HOUR
    )
    queue.write("update outreach.campaign_send_jobs set run_at = %s", NOON - HOUR)
    assert queue.stale() == [(late, "late", True, NOON)]
    report = queue.heal()
    assert (report.moved, report.left) == (0, 1)
    assert queue.times(late) == (NOON - HOUR, "queued", NOON - HOUR)


def test_the_head_of_a_busy_queue_is_not_late(queue):
    sent = queue.enroll(NOON - HOUR)
    queue.enroll(NOON - HOUR)
    claimed = claim(queue.connection, queue.workspace_id, as_of=NOON - MINUTE)
    begin(queue.connection, queue.workspace_id, claimed, as_of=NOON - MINUTE)
    queue.connection.commit()
    assert queue.times(sent)[1] == "sending"
    assert queue.stale() == []


def test_a_held_or_recently_due_next_action_is_not_late(queue):
    queue.enroll(NOON - 5 * MINUTE)
    held = queue.enroll(NOON - HOUR)
    queue.connection.execute(
        "select outreach.set_pause(%s, 'enrollment', %s, true, 'ines', 'asked')",
        [queue.workspace_id, held],
    )
    queue.connection.commit()
    assert queue.stale() == []


@pytest.mark.parametrize("subject", ["account", "campaign", "enrollment"])
def test_a_next_action_paused_until_now_is_not_late(queue, subject):
    subject_id = {
        "account": queue.account_id,
        "campaign": queue.campaign_id,
        "enrollment": queue.enroll(NOON - 48 * HOUR),
    }[subject]
    for is_paused, at in ((True, NOON - 50 * HOUR), (False, NOON - MINUTE)):
        queue.connection.execute(
            "select outreach.set_pause(%s, %s, %s, %s, 'Ada', 'a holiday', %s)",
            [queue.workspace_id, subject, subject_id, is_paused, at],
        )
    queue.leave_alone()

    assert queue.stale() == []


def test_a_next_action_outside_every_window_moves_to_the_next_opening(queue):
    outside = queue.enroll(NOON + 6 * HOUR)
    inside = queue.enroll(NOON + 4 * HOUR)
    opening = NOON + 21 * HOUR
    assert queue.stale() == [(outside, "outside_windows", False, opening)]
    assert queue.heal().kinds == {"outside_windows": 1}
    assert queue.times(outside) == (opening, "queued", opening)
    assert queue.times(inside)[0] == NOON + 4 * HOUR


def test_an_account_without_any_window_is_left_to_its_blocker(opened):
    queue = Queue(opened, windows=())
    queue.leave_alone()
    queue.enroll(NOON + 6 * HOUR)
    assert queue.stale() == []


def test_an_enrollment_with_a_job_in_sending_takes_the_jobs_time(queue):
    sending = queue.enroll(NOON - HOUR)
    claimed = claim(queue.connection, queue.workspace_id)
    begin(queue.connection, queue.workspace_id, claimed)
    queue.connection.commit()
    queue.write(PUT, NOON)
    assert queue.stale() == [(sending, "unpaired", False, NOON - HOUR)]
    queue.heal()
    assert queue.times(sending) == (NOON - HOUR, "sending", NOON - HOUR)


def test_an_enrollment_that_is_over_loses_its_time(queue):
    over = queue.enroll(None)
    queue.write(
        "update outreach.campaign_prospects set linkedin_status = 'completed',"
        " next_action_at = %s",
        NOON - HOUR,
    )
    assert queue.stale() == [(over, "unpaired", False, None)]
    report = queue.heal()
    assert queue.times(over) == (None, None, None)
    assert "| unpaired | 2026-05-04 11:00 UTC | — | — |" in next_action_table(report)
    assert queue.stale() == []


def test_who_failed_for_good_gets_no_job_again(queue):
    failed = queue.enroll(NOON)
    queue.write(
        "update outreach.campaign_send_jobs set status = 'failed', run_at = null,"
        " failed_classification = 'permanent_prospect'"
    )
    queue.write(
        "update outreach.campaign_prospects set next_action_at = %s", NOON - HOUR
    )
    assert queue.heal().moved == 0
    assert queue.times(failed) == (NOON - HOUR, None, None)


@pytest.mark.parametrize(
    "timezone", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe"]
)
def test_outside_every_window_is_what_the_clamp_moves_on_dst_days_too(opened, timezone):
    """The model asks set by set; the clamp is the only definition of a window."""
    queue = Queue(
        opened,
        timezone=timezone,
        windows=((None, "01:15", "02:45"), (None, "13:00", "24:00")),
    )
    for days in range(0, 366, 3):
        queue.enroll(NOON + dt.timedelta(days=days, minutes=37 * days))
    judged = opened.execute(
        "select count(*), count(*) filter (where is_outside_windows), bool_and("
        " coalesce(is_outside_windows, false) = (outreach.clamp_to_sending_window("
        " enrollments.workspace_id, enrollments.account_id,"
        " enrollments.next_action_at) <> enrollments.next_action_at))"
        " from outreach.campaign_prospects as enrollments"
        " left join analytics.stale_next_actions"
        " using (workspace_id, enrollment_id)"
        " where enrollments.next_action_at > %s",
        [NOON],
    ).fetchone()
    assert judged[0] == 121
    assert 0 < judged[1] < 121
    assert judged[2] is True


def test_a_database_without_the_models_is_a_sentence(database):
    with (
        database.connect(autocommit=True) as connection,
        pytest.raises(ModelsNotBuiltError, match="materialize_everything"),
    ):
        heal_next_actions(connection)
