"""An answer that arrives after a person decided the call, and after the next call."""

import datetime as dt
import types

import pytest

from demo.journal_comparison import find_violations
from tests.support.rows import (
    NOON,
    REFUSED,
    begin,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    record,
)

HOUR = dt.timedelta(hours=1)
ACTIONS = ("send_invite", "send_message", "comment")
UNSENT = {
    "account_limit": {"http_status": 429, "error_type": "too_many_requests"},
    "retry_safe": {"reached": "not_sent"},
    "permanent_prospect": {"http_status": 422, "error_type": "blocked_recipient"},
    "content_bad": {"http_status": 400, "error_type": "too_many_characters"},
    "account_down": {"http_status": 401, "error_type": "disconnected_account"},
    "ambiguous_resend": {"http_status": 422, "error_type": "cannot_resend_yet"},
}


@pytest.fixture
def sent_twice(connection, action):
    """A step that was sent, decided unsent by a person, and is being sent again."""
    workspace_id = make_workspace(connection)
    account_id = make_account(
        connection, workspace_id, limits=[(each, "day", 80) for each in ACTIONS]
    )
    next_action = "wait_accept" if action == "send_invite" else action
    campaign_id, (step_id, _) = make_campaign(
        connection, workspace_id, (action, next_action)
    )
    (enrollment_id,) = make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id
    )
    if action != "send_invite":
        connection.execute(
            "select outreach.record_enrollment_event(%s, %s, 'advanced', 'test', %s,"
            " to_status => 'ready_to_message')",
            [workspace_id, enrollment_id, NOON],
        )
    first = begin_due(connection, workspace_id, NOON)
    record(connection, workspace_id, first, **REFUSED | {"http_status": 504})
    connection.execute(
        "select outreach.resolve_unknown_send(%s, %s, false, 'Ines', 'not there', %s)",
        [workspace_id, first, NOON + HOUR],
    )
    second = begin_due(connection, workspace_id, NOON + 2 * HOUR)
    return types.SimpleNamespace(
        workspace_id=workspace_id,
        enrollment_id=enrollment_id,
        step_id=step_id,
        first=first,
        second=second,
    )


def begin_due(connection, workspace_id, as_of):
    job_ids = claim(connection, workspace_id, as_of=as_of)
    ((_, attempt_id, _),) = begin(connection, workspace_id, job_ids, as_of=as_of)
    return attempt_id


def state(connection, sent):
    """The step's job, the status, whether the enrollment went on, and its blocker."""
    connection.execute("set constraints all immediate")
    return connection.execute(
        "select jobs.status, enrollments.linkedin_status,"
        " enrollments.current_step_id <> %s, enrollments.failed_classification,"
        " verdicts.blocker"
        " from outreach.campaign_prospects as enrollments"
        " inner join outreach.campaign_send_jobs as jobs using (enrollment_id)"
        " cross join outreach.send_verdicts(%s, array[enrollments.enrollment_id], %s)"
        " as verdicts"
        " where enrollments.enrollment_id = %s and jobs.step_id = %s",
        [
            sent.step_id,
            sent.workspace_id,
            NOON + 5 * HOUR,
            sent.enrollment_id,
            sent.step_id,
        ],
    ).fetchone()


def done(action, outcome):
    """What `state` is after a step that was sent."""
    status = "pending_accept" if action == "send_invite" else "ready_to_message"
    blocker = "waiting_for_accept" if action == "send_invite" else None
    if outcome == "account_down":
        blocker = "account_not_connected"
    return "completed", status, True, None, blocker


@pytest.mark.parametrize("outcome", UNSENT)
@pytest.mark.parametrize("action", ACTIONS)
def test_a_refusal_after_the_late_answer_completes_the_step(
    connection, action, outcome, sent_twice
):
    record(connection, sent_twice.workspace_id, sent_twice.first, as_of=NOON + 3 * HOUR)
    refused = record(
        connection,
        sent_twice.workspace_id,
        sent_twice.second,
        as_of=NOON + 4 * HOUR,
        **REFUSED | UNSENT[outcome],
    )

    assert refused == outcome
    assert state(connection, sent_twice) == done(action, outcome)
    assert find_violations(connection, None) == []


@pytest.mark.parametrize("outcome", ["account_limit", "retry_safe", "content_bad"])
@pytest.mark.parametrize("action", ACTIONS)
def test_a_late_answer_after_the_refusal_completes_the_step(
    connection, action, outcome, sent_twice
):
    record(
        connection,
        sent_twice.workspace_id,
        sent_twice.second,
        as_of=NOON + 3 * HOUR,
        **REFUSED | UNSENT[outcome],
    )
    record(connection, sent_twice.workspace_id, sent_twice.first, as_of=NOON + 4 * HOUR)

    assert state(connection, sent_twice) == done(action, outcome)
    assert find_violations(connection, None) == []


@pytest.mark.parametrize("action", ["send_message"])
def test_a_late_answer_completes_the_job_that_took_the_place_of_its_own(
    connection, action, sent_twice
):
    record(
        connection,
        sent_twice.workspace_id,
        sent_twice.second,
        as_of=NOON + 3 * HOUR,
        **REFUSED | UNSENT["retry_safe"],
    )
    connection.execute(
        "update outreach.campaign_send_jobs set status = 'cancelled', run_at = null"
        " where enrollment_id = %s",
        [sent_twice.enrollment_id],
    )
    connection.execute(
        "select outreach.queue_send_job(%s, %s, %s)",
        [sent_twice.workspace_id, sent_twice.enrollment_id, NOON + 4 * HOUR],
    )
    record(connection, sent_twice.workspace_id, sent_twice.first, as_of=NOON + 5 * HOUR)
    connection.execute("set constraints all immediate")

    assert connection.execute(
        "select array_agg(status order by job_id) from outreach.campaign_send_jobs"
        " where enrollment_id = %s",
        [sent_twice.enrollment_id],
    ).fetchone()[0] == ["cancelled", "completed", "queued"]
