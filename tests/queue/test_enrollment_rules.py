"""Flips of an enrollment have their event; next_action_at and run_at are one time."""

import datetime as dt

import psycopg
import pytest
from psycopg.errors import CheckViolation

from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)

LATER = NOON + dt.timedelta(days=1)


@pytest.fixture
def enrollment(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    (enrollment_id,) = make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id
    )
    connection.execute("set constraints all immediate")
    connection.execute("set constraints all deferred")
    return workspace_id, enrollment_id


def check_now(connection):
    connection.execute("set constraints all immediate")


def test_a_new_enrollment_starts_its_history(connection, enrollment):
    assert connection.execute(
        "select event_type, status_seq, from_status, to_status"
        " from outreach.campaign_events"
        " where workspace_id = %s and enrollment_id = %s",
        enrollment,
    ).fetchall() == [("enrolled", 0, None, "ready_to_invite")]


def test_a_bare_flip_of_an_enrollment_fails(connection, enrollment):
    connection.execute(
        "update outreach.campaign_prospects set linkedin_status = 'replied'"
        " where workspace_id = %s and enrollment_id = %s",
        enrollment,
    )
    with pytest.raises(CheckViolation, match="from ready_to_invite to replied"):
        check_now(connection)


def test_an_event_of_a_flip_that_did_not_happen_fails(connection, enrollment):
    connection.execute(
        "insert into outreach.campaign_events (workspace_id, enrollment_id,"
        " campaign_id, prospect_id, account_id, event_type, occurred_at, status_seq,"
        " from_status, to_status, actor)"
        " select workspace_id, enrollment_id, campaign_id, prospect_id, account_id,"
        " 'reply_received', now(), 1, 'ready_to_invite', 'replied', 'test'"
        " from outreach.campaign_prospects"
        " where workspace_id = %s and enrollment_id = %s",
        enrollment,
    )
    with pytest.raises(CheckViolation, match="has no flip"):
        check_now(connection)


def test_an_event_and_its_flip_are_written_together(connection, enrollment):
    connection.execute(
        "select outreach.record_enrollment_event(%s, %s, 'reply_received', 'test',"
        " %s, to_status => 'replied')",
        [*enrollment, NOON],
    )
    check_now(connection)
    assert connection.execute(
        "select status_seq, from_status, to_status from outreach.campaign_events"
        " where workspace_id = %s and enrollment_id = %s and status_seq > 0",
        enrollment,
    ).fetchall() == [(1, "ready_to_invite", "replied")]


@pytest.mark.parametrize(
    "statement",
    [
        "update outreach.campaign_prospects set next_action_at = %s"
        " where workspace_id = %s and enrollment_id = %s",
        "update outreach.campaign_send_jobs set run_at = %s"
        " where workspace_id = %s and enrollment_id = %s",
    ],
)
def test_one_time_cannot_move_without_the_other(connection, enrollment, statement):
    connection.execute(statement, [LATER, *enrollment])
    with pytest.raises(CheckViolation, match=r"outreach\.reschedule_enrollment\(\)"):
        check_now(connection)


def test_a_job_that_ends_takes_the_enrollments_time_with_it(connection, enrollment):
    connection.execute(
        "update outreach.campaign_send_jobs set status = 'cancelled', run_at = null"
        " where workspace_id = %s and enrollment_id = %s",
        enrollment,
    )
    with pytest.raises(CheckViolation, match="but its live job at no time"):
        check_now(connection)


def test_a_live_job_cannot_be_deleted_from_under_its_enrollment(connection, enrollment):
    connection.execute(
        "delete from outreach.campaign_send_jobs"
        " where workspace_id = %s and enrollment_id = %s",
        enrollment,
    )
    with pytest.raises(CheckViolation, match="but its live job at no time"):
        check_now(connection)


def test_rescheduling_moves_both_times_and_says_so(connection, enrollment):
    connection.execute(
        "select outreach.reschedule_enrollment(%s, %s, %s, 'me', 'asked to wait')",
        [*enrollment, LATER],
    )
    check_now(connection)
    assert connection.execute(
        "select enrollments.next_action_at, jobs.run_at"
        " from outreach.campaign_prospects as enrollments"
        " inner join outreach.campaign_send_jobs as jobs using"
        " (workspace_id, enrollment_id)"
        " where workspace_id = %s and enrollment_id = %s",
        enrollment,
    ).fetchone() == (LATER, LATER)
    assert connection.execute(
        "select actor, details ->> 'reason' from outreach.campaign_events"
        " where workspace_id = %s and enrollment_id = %s"
        " and event_type = 'rescheduled'",
        enrollment,
    ).fetchall() == [("me", "asked to wait")]


def test_only_a_queued_job_is_rescheduled(connection, enrollment):
    connection.execute(
        "update outreach.campaign_send_jobs set status = 'claimed', claimed_by = 'w',"
        " lease_expires_at = now() where workspace_id = %s and enrollment_id = %s",
        enrollment,
    )
    with pytest.raises(psycopg.Error, match="is claimed, only a queued job"):
        connection.execute(
            "select outreach.reschedule_enrollment(%s, %s, %s, 'me', 'x')",
            [*enrollment, LATER],
        )


def test_an_enrollment_has_one_live_job(connection, enrollment):
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute(
            "select outreach.queue_send_job(%s, %s, %s)", [*enrollment, NOON]
        )


@pytest.mark.parametrize(
    "table",
    [
        "send_attempts",
        "send_attempt_outcomes",
        "campaign_events",
        "linkedin_events",
        "provider_reads",
        "linkedin_account_status_audit",
        "linkedin_counter_heals",
    ],
)
@pytest.mark.parametrize("verb", ["delete from {}", "truncate {} cascade"])
def test_history_is_append_only(connection, table, verb):
    statement = psycopg.sql.SQL(verb).format(psycopg.sql.Identifier("outreach", table))
    with pytest.raises(CheckViolation, match="append-only"):
        connection.execute(statement)
