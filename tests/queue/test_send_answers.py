"""What an answer of the provider, or none, does to a job and to its account."""

import datetime as dt

import pytest

from tests.support.queued_jobs import counter, enrollment, jobs
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
    send_one,
)

MINUTE = dt.timedelta(minutes=1)


HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("answer", "outcome", "job_status", "linkedin_status"),
    [
        ({"reached": "unanswered"}, "unknown", "unknown", "ready_to_invite"),
        ({"http_status": 504}, "unknown", "unknown", "ready_to_invite"),
        (
            {"http_status": 200, "provider_reference": None},
            "unknown",
            "unknown",
            "ready_to_invite",
        ),
        ({"reached": "not_sent"}, "retry_safe", "queued", "ready_to_invite"),
        (
            {"http_status": 503, "error_type": "network_down"},
            "retry_safe",
            "queued",
            "ready_to_invite",
        ),
        (
            {"http_status": 429, "error_type": "too_many_requests"},
            "account_limit",
            "queued",
            "ready_to_invite",
        ),
        (
            {"http_status": 401, "error_type": "disconnected_account"},
            "account_down",
            "queued",
            "ready_to_invite",
        ),
        (
            {"http_status": 401, "error_type": "missing_credentials"},
            "our_key_bad",
            "queued",
            "ready_to_invite",
        ),
        (
            {"http_status": 422, "error_type": "blocked_recipient"},
            "permanent_prospect",
            "failed",
            "failed",
        ),
        (
            {"http_status": 422, "error_type": "already_invited_recently"},
            "already_pending",
            "cancelled",
            "pending_accept",
        ),
        (
            {"http_status": 422, "error_type": "already_connected"},
            "already_connected",
            "cancelled",
            "completed",
        ),
        (
            {"http_status": 400, "error_type": "too_many_characters"},
            "content_bad",
            "parked",
            "pending_template_fix",
        ),
        (
            {"http_status": 422, "error_type": "a_slug_nobody_knows"},
            "permanent_prospect",
            "failed",
            "failed",
        ),
        (
            {"http_status": 507, "error_type": "a_slug_nobody_knows"},
            "unknown",
            "unknown",
            "ready_to_invite",
        ),
    ],
)
def test_each_answer_has_its_outcome(
    connection, queue, answer, outcome, job_status, linkedin_status
):
    assert send_one(connection, queue.workspace_id, **(REFUSED | answer)) == [outcome]
    connection.execute("set constraints all immediate")
    assert jobs(connection, queue.workspace_id)[0] == job_status
    assert enrollment(connection, queue, "linkedin_status") == linkedin_status


def test_a_held_account_waits_until_retry_after(connection, queue):
    send_one(
        connection,
        queue.workspace_id,
        **REFUSED | {"http_status": 429, "retry_after": "90"},
    )
    assert enrollment(connection, queue, "next_action_at") == NOON
    soon = NOON + dt.timedelta(seconds=89)
    assert claim(connection, queue.workspace_id, as_of=soon) == []
    assert len(claim(connection, queue.workspace_id, as_of=NOON + 2 * MINUTE)) == 1


@pytest.mark.parametrize(("remaining", "claimed"), [("0", 0), ("1", 1)])
def test_a_sent_call_that_used_up_a_limit_holds_the_account(
    connection, queue, remaining, claimed
):
    limit = {"x-ratelimit-remaining": remaining, "x-ratelimit-reset": "600"}
    assert send_one(connection, queue.workspace_id, facts={"rate_limit": limit}) == [
        "sent_proven"
    ]
    assert len(claim(connection, queue.workspace_id, as_of=NOON)) == claimed
    held = claim(connection, queue.workspace_id, as_of=NOON + 10 * MINUTE)
    assert len(held) == 1 - claimed


def test_retry_after_may_be_a_date(connection):
    moments = connection.execute(
        "select outreach.retry_after_moment(header, %s)"
        " from unnest(%s::text[]) as header",
        [NOON, ["Mon, 04 May 2026 13:00:00 GMT", "soon", "", "99999999999", None]],
    ).fetchall()
    assert [row[0] for row in moments] == [NOON + HOUR, None, None, None, None]


def test_an_account_that_is_down_is_flipped_with_the_reason(connection, queue):
    send_one(
        connection,
        queue.workspace_id,
        **REFUSED | {"http_status": 401, "error_type": "disconnected_account"},
    )
    connection.execute("set constraints all immediate")
    status, reason = connection.execute(
        "select to_status, reason from outreach.linkedin_account_status_audit"
        " where workspace_id = %s order by status_seq desc limit 1",
        [queue.workspace_id],
    ).fetchone()
    assert status == "disconnected"
    assert "disconnected_account" in reason
    assert claim(connection, queue.workspace_id) == []


def test_a_second_person_refused_in_a_row_holds_the_account(connection, queue):
    refused = REFUSED | {"http_status": 422, "error_type": "cannot_resend_yet"}
    send_one(connection, queue.workspace_id, **refused)
    # The first person is left alone and the next one tried: one refusal may be theirs.
    assert len(people_left_alone(connection, queue)) == 1
    send_one(connection, queue.workspace_id, **refused)
    assert jobs(connection, queue.workspace_id) == ["queued", "queued", "queued"]
    assert enrollment(connection, queue, "linkedin_status") == "ready_to_invite"
    assert len(people_left_alone(connection, queue)) == 1
    assert claim(connection, queue.workspace_id) == []
    assert claim(connection, queue.workspace_id, as_of=NOON + 23 * HOUR) == []
    assert len(claim(connection, queue.workspace_id, as_of=NOON + 24 * HOUR)) == 1


def people_left_alone(connection, queue):
    return connection.execute(
        "select prospect_id, cooled_until from outreach.prospect_cooldowns"
        " where workspace_id = %s",
        [queue.workspace_id],
    ).fetchall()


def test_an_unanswered_call_becomes_unknown_when_its_lease_ends(connection, queue):
    begin(connection, queue.workspace_id, claim(connection, queue.workspace_id))
    expired = connection.execute(
        "select released, unknown from outreach.expire_send_leases(%s, %s)",
        [queue.workspace_id, NOON + 2 * MINUTE],
    ).fetchone()
    connection.execute("set constraints all immediate")
    assert expired == (0, 1)
    assert jobs(connection, queue.workspace_id)[0] == "unknown"
    assert counter(connection, queue) == 1


def test_a_claim_that_was_never_begun_is_queued_again(connection, queue):
    claim(connection, queue.workspace_id)
    expired = connection.execute(
        "select released, unknown from outreach.expire_send_leases(%s, %s)",
        [queue.workspace_id, NOON + 2 * MINUTE],
    ).fetchone()
    assert expired == (1, 0)
    assert jobs(connection, queue.workspace_id)[0] == "queued"


def test_the_answer_of_a_late_worker_decides(connection, queue):
    job_ids = claim(connection, queue.workspace_id)
    ((_, attempt_id, _),) = begin(connection, queue.workspace_id, job_ids)
    connection.execute(
        "select outreach.expire_send_leases(%s, %s)",
        [queue.workspace_id, NOON + 2 * MINUTE],
    )
    late = NOON + 3 * MINUTE
    assert record(connection, queue.workspace_id, attempt_id, as_of=late) == (
        "sent_proven"
    )
    connection.execute("set constraints all immediate")
    assert jobs(connection, queue.workspace_id)[0] == "completed"


def test_a_repeated_answer_makes_one_event(connection, queue):
    job_ids = claim(connection, queue.workspace_id)
    ((_, attempt_id, _),) = begin(connection, queue.workspace_id, job_ids)
    record(connection, queue.workspace_id, attempt_id)
    record(connection, queue.workspace_id, attempt_id)
    assert connection.execute(
        "select count(*) from outreach.campaign_events"
        " where workspace_id = %s and event_type = 'invite_sent'",
        [queue.workspace_id],
    ).fetchone() == (1,)


def test_a_retry_after_of_no_time_is_still_a_minute(connection, queue):
    send_one(
        connection,
        queue.workspace_id,
        **REFUSED | {"http_status": 429, "retry_after": "0"},
    )
    assert claim(connection, queue.workspace_id, as_of=NOON) == []
    assert len(claim(connection, queue.workspace_id, as_of=NOON + MINUTE)) == 1


def test_an_answer_is_kept_when_the_windows_are_gone_meanwhile(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    campaign_id, (step_id, _) = make_campaign(
        connection, workspace_id, ["send_invite", "send_inmail"]
    )
    make_enrollments(connection, workspace_id, account_id, campaign_id, step_id)
    job_ids = claim(connection, workspace_id)
    ((_, attempt_id, _),) = begin(connection, workspace_id, job_ids)
    connection.execute(
        "delete from outreach.linkedin_account_sending_windows where workspace_id = %s",
        [workspace_id],
    )
    assert record(connection, workspace_id, attempt_id) == "sent_proven"
    assert jobs(connection, workspace_id)[0] == "completed"


def test_proof_of_a_send_ends_a_job_that_was_parked_meanwhile(connection, queue):
    job_ids = claim(connection, queue.workspace_id)
    ((_, attempt_id, _),) = begin(connection, queue.workspace_id, job_ids)
    record(
        connection,
        queue.workspace_id,
        attempt_id,
        **REFUSED | {"http_status": 400, "error_type": "too_many_characters"},
    )
    assert jobs(connection, queue.workspace_id)[0] == "parked"
    record(connection, queue.workspace_id, attempt_id)
    connection.execute("set constraints all immediate")
    assert jobs(connection, queue.workspace_id)[0] == "completed"
    assert enrollment(connection, queue, "linkedin_status") == "pending_accept"


def test_a_send_and_its_next_step_write_the_enrollment_once(connection, queue):
    job_ids = claim(connection, queue.workspace_id)
    ((_, attempt_id, _),) = begin(connection, queue.workspace_id, job_ids)
    updates = (
        "select n_tup_upd from pg_catalog.pg_stat_xact_user_tables"
        " where relid = 'outreach.campaign_prospects'::regclass"
    )
    ((before,),) = connection.execute(updates).fetchall()
    record(connection, queue.workspace_id, attempt_id)
    ((after,),) = connection.execute(updates).fetchall()
    connection.execute("set constraints all immediate")
    assert after - before == 1
    assert enrollment(connection, queue, "linkedin_status") == "pending_accept"
    assert enrollment(connection, queue, "linkedin_invited_at") == NOON
    assert enrollment(connection, queue, "current_step_id") > queue.step_id


def test_a_send_and_its_next_step_may_both_change_the_status(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(
        connection, workspace_id, limits=[("send_message", "day", 80)]
    )
    campaign_id, (step_id,) = make_campaign(connection, workspace_id, ["send_message"])
    (enrollment_id,) = make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id
    )
    connection.execute(
        "select outreach.record_enrollment_event(%s, %s, 'advanced', 'test', %s,"
        " to_status => 'ready_to_message')",
        [workspace_id, enrollment_id, NOON],
    )
    job_ids = claim(connection, workspace_id)
    ((_, attempt_id, _),) = begin(connection, workspace_id, job_ids)
    record(
        connection,
        workspace_id,
        attempt_id,
        **REFUSED | {"http_status": 400, "error_type": "too_many_characters"},
    )
    record(connection, workspace_id, attempt_id)
    connection.execute("set constraints all immediate")
    assert connection.execute(
        "select event_type, from_status, to_status from outreach.campaign_events"
        " where workspace_id = %s order by event_id",
        [workspace_id],
    ).fetchall() == [
        ("enrolled", None, "ready_to_invite"),
        ("advanced", "ready_to_invite", "ready_to_message"),
        ("template_parked", "ready_to_message", "pending_template_fix"),
        ("message_sent", "pending_template_fix", "ready_to_message"),
        ("completed", "ready_to_message", "completed"),
    ]
