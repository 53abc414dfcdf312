"""enrollment_blockers against the sender's own rules: total, unique, and right."""

import datetime as dt

import pytest

from tests.support.dbt_runner import run_dbt
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
    send_one,
)

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
ORPHAN = "an_enrollment_has_no_live_job"
NOT_ONE = "an_enrollment_has_not_one_blocker"
LOOK = "int_checked_blockers"


class Queue:
    """An account with three due invites at 12:00, 12:01 and 12:02."""

    def __init__(self, connection, **account):
        self.workspace_id = make_workspace(connection)
        self.account_id = make_account(connection, self.workspace_id, **account)
        self.campaign_id, (self.step_id, *_) = make_campaign(
            connection, self.workspace_id
        )
        self.enrollment_ids = [
            make_enrollments(
                connection,
                self.workspace_id,
                self.account_id,
                self.campaign_id,
                self.step_id,
                run_at=NOON - (3 - number) * MINUTE,
            )[0]
            for number in range(3)
        ]


@pytest.fixture
def queue(opened):
    return Queue(opened)


def blockers(connection, queue):
    """(blocker, lifts_at, jobs_ahead_count) by enrollment, in order."""
    return connection.execute(
        "select blocker, lifts_at, jobs_ahead_count"
        " from analytics.enrollment_blockers where workspace_id = %s"
        " order by enrollment_id",
        [queue.workspace_id],
    ).fetchall()


def test_the_oldest_is_due_now_and_the_others_are_behind_it(opened, queue):
    assert blockers(opened, queue) == [
        ("due_now", NOON, 0),
        ("behind_others", None, 1),
        ("behind_others", None, 2),
    ]


def test_what_is_due_now_is_what_a_claim_takes(opened, queue):
    (job_id,) = claim(opened, queue.workspace_id)
    assert opened.execute(
        "select enrollment_id from outreach.campaign_send_jobs where job_id = %s",
        [job_id],
    ).fetchone() == (queue.enrollment_ids[0],)
    assert [row[0] for row in blockers(opened, queue)] == [
        "being_sent",
        "behind_others",
        "behind_others",
    ]


@pytest.mark.parametrize(
    ("statement", "blocker"),
    [
        (
            "select outreach.set_do_not_contact(workspace_id, array[prospect_id],"
            " true, 'asked', 'me', now()) from outreach.prospects"
            " where workspace_id = %s",
            "do_not_contact",
        ),
        (
            "update outreach.campaigns set status = 'paused' where workspace_id = %s",
            "campaign_not_running",
        ),
        (
            "delete from outreach.provider_accounts where workspace_id = %s",
            "account_not_connected",
        ),
        (
            "update outreach.linkedin_accounts set paused_at = now(),"
            " paused_by = 'me', paused_reason = 'holiday' where workspace_id = %s",
            "account_paused",
        ),
        (
            "update outreach.campaign_prospects set paused_at = now(),"
            " paused_by = 'me', paused_reason = 'asked' where workspace_id = %s",
            "enrollment_paused",
        ),
        (
            "delete from outreach.linkedin_account_sending_windows"
            " where workspace_id = %s",
            "outside_window",
        ),
        (
            "delete from outreach.linkedin_account_limits where workspace_id = %s",
            "no_limit_set",
        ),
    ],
)
def test_what_a_person_must_change_lifts_at_no_known_time(
    opened, queue, statement, blocker
):
    opened.execute(statement, [queue.workspace_id])
    assert blockers(opened, queue) == [(blocker, None, None)] * 3


def test_a_disconnected_account_blocks_all_of_its_own(opened, queue):
    flip(opened, queue.workspace_id, queue.account_id, "disconnected")
    assert {row[0] for row in blockers(opened, queue)} == {"account_not_connected"}


def test_a_closed_window_lifts_when_the_clamp_says(opened):
    queue = Queue(opened, windows=((None, "13:00", "14:00"),))
    assert blockers(opened, queue) == [("outside_window", NOON + HOUR, None)] * 3


def test_a_spent_day_lifts_at_the_next_local_days_window(opened):
    queue = Queue(
        opened,
        timezone="Asia/Karachi",
        windows=((None, "09:00", "24:00"),),
        limits=(("send_invite", "day", 1),),
    )
    send_one(opened, queue.workspace_id)
    # 09:00 in Karachi is 04:00 UTC.
    assert blockers(opened, queue) == [
        ("waiting_for_accept", None, None),
        ("day_limit", NOON + 16 * HOUR, None),
        ("day_limit", NOON + 16 * HOUR, None),
    ]
    assert claim(opened, queue.workspace_id) == []


def test_a_spent_week_lifts_168_hours_after_the_attempt_that_fills_it(opened):
    queue = Queue(
        opened, limits=(("send_invite", "day", 80), ("send_invite", "week", 1))
    )
    send_one(opened, queue.workspace_id, NOON - MINUTE)
    lifts_at = NOON - MINUTE + 168 * HOUR
    assert blockers(opened, queue)[1] == ("week_limit", lifts_at, None)
    assert claim(opened, queue.workspace_id, as_of=lifts_at - MINUTE) == []
    assert len(claim(opened, queue.workspace_id, as_of=lifts_at)) == 1


def test_a_hold_lifts_when_it_ends(opened, queue):
    send_one(
        opened,
        queue.workspace_id,
        **REFUSED | {"http_status": 429, "retry_after": "90"},
    )
    until = NOON + dt.timedelta(seconds=90)
    assert blockers(opened, queue) == [("account_held", until, None)] * 3


def test_a_person_who_is_left_alone_blocks_nobody_else(opened, queue):
    opened.execute(
        "insert into outreach.prospect_cooldowns (workspace_id, account_id,"
        " prospect_id, action, cooled_until, reason)"
        " select workspace_id, account_id, prospect_id, 'send_invite', %s,"
        " 'cannot_resend_yet' from outreach.campaign_prospects"
        " where enrollment_id = %s",
        [NOON + HOUR, queue.enrollment_ids[0]],
    )
    assert blockers(opened, queue) == [
        ("person_cooled", NOON + HOUR, None),
        ("due_now", NOON, 0),
        ("behind_others", None, 1),
    ]


def test_a_gap_lifts_when_it_has_passed(opened):
    queue = Queue(opened, minimum_gap="10 minutes")
    send_one(opened, queue.workspace_id)
    assert (
        blockers(opened, queue)[1:] == [("minimum_gap", NOON + 10 * MINUTE, None)] * 2
    )


def test_the_outstanding_ceiling_lifts_with_the_next_accept(opened):
    queue = Queue(
        opened, limits=(("send_invite", "day", 80), ("send_invite", "outstanding", 1))
    )
    send_one(opened, queue.workspace_id)
    assert blockers(opened, queue)[1] == ("outstanding_limit", None, None)


@pytest.mark.parametrize(
    ("answer", "first"),
    [
        ({"http_status": 504}, "unknown_send"),
        ({"http_status": 400, "error_type": "too_many_characters"}, "template_fix"),
    ],
)
def test_a_send_that_went_wrong_blocks_itself_alone(opened, queue, answer, first):
    send_one(opened, queue.workspace_id, **(REFUSED | answer))
    assert [row[0] for row in blockers(opened, queue)] == [
        first,
        "due_now",
        "behind_others",
    ]


def test_a_call_under_way_is_being_sent_whatever_was_asked_meanwhile(opened, queue):
    begin(opened, queue.workspace_id, claim(opened, queue.workspace_id))
    opened.execute(
        "update outreach.campaigns set status = 'paused' where workspace_id = %s",
        [queue.workspace_id],
    )
    assert [row[0] for row in blockers(opened, queue)] == [
        "being_sent",
        "campaign_not_running",
        "campaign_not_running",
    ]


def test_who_has_failed_or_is_done_is_blocked_by_nothing(opened, queue):
    refused = {"http_status": 422, "error_type": "blocked_recipient"}
    send_one(opened, queue.workspace_id, **(REFUSED | refused))
    assert len(blockers(opened, queue)) == 2


def test_an_analyst_sees_when_a_blocker_lifts(opened):
    queue = Queue(opened, windows=((None, "13:00", "14:00"),))
    opened.commit()
    opened.execute("set role analyst")
    assert blockers(opened, queue)[0][1] == NOON + HOUR


def test_an_orphan_is_found_until_it_has_its_job(modelled, opened, queue):
    make_enrollments(
        opened,
        queue.workspace_id,
        queue.account_id,
        queue.campaign_id,
        queue.step_id,
        run_at=None,
    )
    opened.commit()
    assert run_dbt(modelled, "test", ORPHAN, as_of=NOON)[ORPHAN] == "warn"
    opened.execute(
        "select outreach.reconcile_orphans(%s, %s)", [queue.workspace_id, NOON]
    )
    opened.commit()
    assert run_dbt(modelled, "test", ORPHAN, as_of=NOON)[ORPHAN] == "pass"


def test_every_active_enrollment_has_exactly_one_blocker(modelled, opened):
    """Every status of an enrollment, beside every status of a live job and none."""
    queue = Queue(opened)
    opened.commit()
    opened.execute("set session_replication_role = replica")
    for linkedin_status in (
        "ready_to_invite",
        "pending_accept",
        "ready_to_message",
        "pending_template_fix",
        "completed",
        "replied",
        "failed",
        "withdrawn",
    ):
        for job_status in ("queued", "parked", "unknown", "claimed", "failed", None):
            (enrollment_id,) = make_enrollments(
                opened,
                queue.workspace_id,
                queue.account_id,
                queue.campaign_id,
                queue.step_id,
                run_at=None if job_status is None else NOON,
            )
            opened.execute(
                "update outreach.campaign_prospects set linkedin_status = %s"
                " where enrollment_id = %s",
                [linkedin_status, enrollment_id],
            )
            opened.execute(
                "update outreach.campaign_send_jobs set status = %(status)s::text,"
                " failed_classification = 'test',"
                " run_at = case when %(status)s::text in ('queued', 'claimed',"
                " 'unknown') then run_at end,"
                " claimed_by = case when %(status)s::text = 'claimed' then 'w' end,"
                " lease_expires_at = case when %(status)s::text = 'claimed'"
                " then run_at end where enrollment_id = %(enrollment_id)s",
                {"status": job_status, "enrollment_id": enrollment_id},
            )
    opened.commit()
    rows = blockers(opened, queue)
    assert len(rows) == 3 + 4 * 6
    assert all(row[0] for row in rows)
    # The alert reads a look that the same run takes before.
    statuses = run_dbt(modelled, "build", LOOK, NOT_ONE, as_of=NOON)
    looked_at = opened.execute(
        "select count(*) from analytics_intermediate.int_checked_blockers"
        " where is_active and is_in_mart"
    ).fetchone()
    assert (statuses[NOT_ONE], looked_at) == ("pass", (3 + 4 * 6,))
