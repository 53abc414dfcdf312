"""Claim, begin and record, one rule at a time (design, "The sender")."""

import datetime as dt

import psycopg
import pytest

from tests.support.rows import (
    NOON,
    REFUSED,
    begin,
    claim,
    flip,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    record,
    send_one,
)

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def queue(connection):
    """One account with three invites that are due."""
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    enrollment_ids = make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id, count=3
    )

    class Queue:
        pass

    Queue.workspace_id = workspace_id
    Queue.account_id = account_id
    Queue.campaign_id = campaign_id
    Queue.step_id = step_id
    Queue.enrollment_ids = enrollment_ids
    return Queue


def jobs(connection, workspace_id):
    return [
        row[0]
        for row in connection.execute(
            "select status from outreach.campaign_send_jobs"
            " where workspace_id = %s order by job_id",
            [workspace_id],
        )
    ]


def enrollment(connection, queue, column, index=0):
    return connection.execute(
        psycopg.sql.SQL(
            "select {} from outreach.campaign_prospects"
            " where workspace_id = %s and enrollment_id = %s"
        ).format(psycopg.sql.Identifier(column)),
        [queue.workspace_id, queue.enrollment_ids[index]],
    ).fetchone()[0]


def counter(connection, queue):
    return connection.execute(
        "select coalesce(sum(count), 0) from outreach.linkedin_daily_counters"
        " where workspace_id = %s",
        [queue.workspace_id],
    ).fetchone()[0]


def set_limit(connection, queue, per, limit_count, gap="0"):
    connection.execute(
        "insert into outreach.linkedin_account_limits values"
        " (%s, %s, 'send_invite', %s, %s, %s) on conflict"
        " (workspace_id, account_id, action, per) do update set"
        " limit_count = excluded.limit_count, minimum_gap = excluded.minimum_gap",
        [queue.workspace_id, queue.account_id, per, limit_count, gap],
    )


def test_a_round_takes_one_job_of_an_account_the_oldest_first(connection, queue):
    assert len(claim(connection, queue.workspace_id)) == 1
    assert jobs(connection, queue.workspace_id) == ["claimed", "queued", "queued"]
    assert claim(connection, queue.workspace_id, "w2") == []


def test_a_sent_invite_completes_its_job_and_waits_for_the_accept(connection, queue):
    assert send_one(connection, queue.workspace_id) == ["sent_proven"]
    connection.execute("set constraints all immediate")
    assert jobs(connection, queue.workspace_id)[0] == "completed"
    assert enrollment(connection, queue, "linkedin_status") == "pending_accept"
    assert enrollment(connection, queue, "linkedin_invited_at") == NOON
    assert enrollment(connection, queue, "next_action_at") is None
    assert counter(connection, queue) == 1


def test_a_claim_before_the_time_takes_nothing(connection, queue):
    assert claim(connection, queue.workspace_id, as_of=NOON - MINUTE) == []


def test_a_claim_under_another_provider_is_refused(connection, queue):
    with pytest.raises(psycopg.Error, match="was loaded for the provider at"):
        claim(connection, queue.workspace_id, dsn="https://api1.example.com:13111")


def test_a_claim_that_names_no_provider_is_refused(connection, queue):
    with pytest.raises(psycopg.Error, match="not at no address"):
        claim(connection, queue.workspace_id, dsn=None)


def test_a_begin_without_a_claim_is_refused(connection, queue):
    job_ids = claim(connection, queue.workspace_id)
    assert begin(connection, queue.workspace_id, job_ids, worker="w2") == [
        (job_ids[0], None, "lease_lost")
    ]


def test_a_begin_of_a_claim_that_the_database_forgot_is_refused(connection, queue):
    with connection.transaction(force_rollback=True):
        job_ids = claim(connection, queue.workspace_id)
    assert begin(connection, queue.workspace_id, job_ids) == [
        (job_ids[0], None, "lease_lost")
    ]


def test_a_begin_after_the_lease_is_refused(connection, queue):
    job_ids = claim(connection, queue.workspace_id)
    begun = begin(connection, queue.workspace_id, job_ids, as_of=NOON + 5 * MINUTE)
    assert begun == [(job_ids[0], None, "lease_lost")]


@pytest.mark.parametrize(
    ("statement", "refusal", "job_status"),
    [
        (
            "update outreach.linkedin_accounts set paused_at = now(),"
            " paused_by = 'me', paused_reason = 'holiday' where workspace_id = %s",
            "account_paused",
            "queued",
        ),
        (
            "update outreach.campaigns set status = 'paused' where workspace_id = %s",
            "campaign_not_running",
            "queued",
        ),
        (
            "delete from outreach.linkedin_account_sending_windows"
            " where workspace_id = %s",
            "outside_window",
            "queued",
        ),
        (
            "update outreach.linkedin_account_limits set limit_count = 0"
            " where workspace_id = %s",
            "day_limit",
            "queued",
        ),
        (
            "delete from outreach.linkedin_account_limits where workspace_id = %s",
            "no_limit_set",
            "queued",
        ),
        (
            "insert into outreach.linkedin_account_holds select workspace_id,"
            " account_id, 'send_invite', '2027-01-01', 'x'"
            " from outreach.linkedin_accounts where workspace_id = %s",
            "account_held",
            "queued",
        ),
        (
            "update outreach.prospects set do_not_contact_at = now(),"
            " do_not_contact_reason = 'asked' where workspace_id = %s",
            "do_not_contact",
            "cancelled",
        ),
    ],
)
def test_what_changes_between_claim_and_begin_is_heeded(
    connection, queue, statement, refusal, job_status
):
    job_ids = claim(connection, queue.workspace_id)
    connection.execute(statement, [queue.workspace_id])
    begun = begin(connection, queue.workspace_id, job_ids)
    connection.execute("set constraints all immediate")
    assert begun == [(job_ids[0], None, refusal)]
    assert jobs(connection, queue.workspace_id)[0] == job_status
    assert counter(connection, queue) == 0


def test_an_account_that_disconnects_between_claim_and_begin_sends_nothing(
    connection, queue
):
    job_ids = claim(connection, queue.workspace_id)
    flip(connection, queue.workspace_id, queue.account_id, "disconnected")
    begun = begin(connection, queue.workspace_id, job_ids)
    assert begun == [(job_ids[0], None, "account_not_connected")]


def test_a_changed_template_is_rendered_again(connection, queue):
    job_ids = claim(connection, queue.workspace_id)
    begun = begin(connection, queue.workspace_id, job_ids, stamps=["an old stamp"])
    assert begun == [(job_ids[0], None, "template_changed")]
    assert jobs(connection, queue.workspace_id)[0] == "queued"


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


def test_a_call_that_nobody_answered_becomes_unknown_when_its_lease_ends(
    connection, queue
):
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


def test_a_late_worker_is_heard_and_decides(connection, queue):
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


def test_an_answer_told_twice_makes_one_event(connection, queue):
    job_ids = claim(connection, queue.workspace_id)
    ((_, attempt_id, _),) = begin(connection, queue.workspace_id, job_ids)
    record(connection, queue.workspace_id, attempt_id)
    record(connection, queue.workspace_id, attempt_id)
    assert connection.execute(
        "select count(*) from outreach.campaign_events"
        " where workspace_id = %s and event_type = 'invite_sent'",
        [queue.workspace_id],
    ).fetchone() == (1,)


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


def test_has_due_jobs_is_true_only_when_something_can_go(connection, queue):
    def has_due_jobs(as_of):
        return connection.execute(
            "select outreach.has_due_jobs(%s)", [as_of]
        ).fetchone()[0]

    assert has_due_jobs(NOON) is True
    assert has_due_jobs(NOON - MINUTE) is False
    set_limit(connection, queue, "day", 0)
    assert has_due_jobs(NOON) is False


def test_a_retry_after_of_no_time_is_still_a_minute(connection, queue):
    send_one(
        connection,
        queue.workspace_id,
        **REFUSED | {"http_status": 429, "retry_after": "0"},
    )
    assert claim(connection, queue.workspace_id, as_of=NOON) == []
    assert len(claim(connection, queue.workspace_id, as_of=NOON + MINUTE)) == 1


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


def test_an_account_invites_a_person_for_one_campaign_only(connection, queue):
    send_one(connection, queue.workspace_id)
    campaign_id, (step_id, _) = make_campaign(connection, queue.workspace_id)
    (enrollment_id,) = connection.execute(
        "insert into outreach.campaign_prospects (workspace_id, campaign_id,"
        " prospect_id, account_id, current_step_id)"
        " select workspace_id, %s, prospect_id, account_id, %s"
        " from outreach.campaign_prospects"
        " where workspace_id = %s and enrollment_id = %s returning enrollment_id",
        [campaign_id, step_id, queue.workspace_id, queue.enrollment_ids[0]],
    ).fetchone()
    connection.execute(
        "select outreach.queue_send_job(%s, %s, %s)",
        [queue.workspace_id, enrollment_id, NOON - HOUR],
    )
    job_ids = claim(connection, queue.workspace_id)
    begun = begin(connection, queue.workspace_id, job_ids)
    connection.execute("set constraints all immediate")
    assert [refusal for _, _, refusal in begun] == ["invited_by_another_campaign"]
    assert connection.execute(
        "select linkedin_status, failed_classification"
        " from outreach.campaign_prospects where enrollment_id = %s",
        [enrollment_id],
    ).fetchone() == ("failed", "invited_by_another_campaign")


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


def test_an_ended_lease_at_another_provider_is_not_due_here(connection, queue):
    claim(connection, queue.workspace_id)
    later = NOON + 5 * MINUTE
    due = "select outreach.has_due_jobs(%s, %s)"
    elsewhere = connection.execute(due, [later, "http://elsewhere:1"]).fetchone()
    assert elsewhere == (False,)


@pytest.mark.parametrize(
    ("action", "is_free"), [("resolve_profile", True), ("send_invite", False)]
)
def test_a_look_up_that_is_done_leaves_its_step_free_to_send(
    connection, queue, action, is_free
):
    connection.execute("set constraints all immediate")
    connection.execute("set local session_replication_role = replica")
    connection.execute(
        "update outreach.campaign_send_jobs set action = %s, status = 'completed',"
        " run_at = null, completed_at = now() where enrollment_id = %s",
        [action, queue.enrollment_ids[0]],
    )
    assert connection.execute(
        "select outreach.is_step_free_to_send(%s, %s, %s)",
        [queue.workspace_id, queue.enrollment_ids[0], queue.step_id],
    ).fetchone() == (is_free,)
