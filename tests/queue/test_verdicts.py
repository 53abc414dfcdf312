"""Why something is not sent now, and until when: one rule at a time."""

import datetime as dt

import pytest

from tests.support.rows import (
    NOON,
    begin,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
TOMORROW = NOON + 12 * HOUR


class Queue:
    """An account with due invites, an hour apart, the last at noon."""

    def __init__(self, connection, count=2, **account):
        self.connection = connection
        self.workspace_id = make_workspace(connection)
        self.account_id = make_account(connection, self.workspace_id, **account)
        self.campaign_id, (self.step_id, self.wait_id) = make_campaign(
            connection, self.workspace_id
        )
        self.enrollment_ids = [
            self.enroll(NOON - (count - 1 - number) * HOUR) for number in range(count)
        ]

    def enroll(self, run_at):
        return make_enrollments(
            self.connection,
            self.workspace_id,
            self.account_id,
            self.campaign_id,
            self.step_id,
            run_at=run_at,
        )[0]

    def blockers(self, at=NOON):
        """(blocker, lifts_at, jobs_ahead_count) of each enrollment, in order."""
        return self.connection.execute(
            "select blocker, lifts_at, jobs_ahead_count"
            " from outreach.enrollment_blockers(%s, %s) order by enrollment_id",
            [self.workspace_id, at],
        ).fetchall()

    def load(self, statement, *values):
        """A statement past the triggers, as a loader writes."""
        self.connection.execute("set constraints all immediate")
        self.connection.execute("set local session_replication_role = replica")
        self.connection.execute(statement, values)
        self.connection.execute("set local session_replication_role = origin")

    def mark_do_not_contact(self):
        self.connection.execute(
            "select outreach.set_do_not_contact(workspace_id, array[prospect_id],"
            " true, 'asked', 'me', now()) from outreach.prospects"
            " where workspace_id = %s",
            [self.workspace_id],
        )


def test_a_do_not_contact_persons_due_withdrawal_goes_out(connection):
    queue = Queue(connection, count=1)
    queue.load(
        "with moved as (update outreach.campaign_send_jobs"
        " set action = 'withdraw_invite', step_id = %s where workspace_id = %s"
        " returning enrollment_id) update outreach.campaign_prospects as enrollments"
        " set linkedin_status = 'pending_accept', current_step_id = %s,"
        " linkedin_invited_at = %s from moved"
        " where enrollments.enrollment_id = moved.enrollment_id",
        queue.wait_id,
        queue.workspace_id,
        queue.wait_id,
        NOON - 99 * HOUR,
    )
    # A job of another action is in another list, which needs its watermark.
    queue.load(
        "insert into outreach.send_queue_watermarks"
        " values (%s, %s, 'withdraw_invite', '-infinity')",
        queue.workspace_id,
        queue.account_id,
    )
    queue.mark_do_not_contact()
    assert queue.blockers() == [("due_now", NOON, 0)]
    assert queue.blockers(NOON - HOUR) == [("waiting_for_accept", NOON, None)]
    ((_, attempt_id, refusal),) = begin(
        connection, queue.workspace_id, claim(connection, queue.workspace_id)
    )
    assert attempt_id is not None
    assert refusal is None


def test_of_a_spent_day_and_a_running_gap_the_day_is_named(connection):
    queue = Queue(
        connection, limits=[("send_invite", "day", 1)], minimum_gap="10 minutes"
    )
    assert send_one(connection, queue.workspace_id) == ["sent_proven"]
    assert queue.blockers()[1] == ("day_limit", TOMORROW, None)


@pytest.mark.parametrize(
    ("gap", "blocker", "lifts_at"),
    [
        ("5 hours", "day_limit", TOMORROW),
        ("30 hours", "minimum_gap", NOON + 30 * HOUR),
    ],
)
def test_the_limit_that_lifts_last_is_named(connection, gap, blocker, lifts_at):
    queue = Queue(connection, limits=[("send_invite", "day", 1)], minimum_gap=gap)
    send_one(connection, queue.workspace_id)
    assert queue.blockers()[1] == (blocker, lifts_at, None)


def test_a_week_that_lifts_after_the_day_is_named(connection):
    limits = [("send_invite", "day", 1), ("send_invite", "week", 1)]
    queue = Queue(connection, limits=limits)
    send_one(connection, queue.workspace_id)
    assert queue.blockers()[1] == ("week_limit", NOON + 168 * HOUR, None)


def test_a_limit_that_no_clock_lifts_is_named_before_one_that_does(connection):
    limits = [("send_invite", "day", 1), ("send_invite", "outstanding", 1)]
    queue = Queue(connection, limits=limits)
    send_one(connection, queue.workspace_id)
    assert queue.blockers()[1] == ("outstanding_limit", None, None)


def test_a_limit_of_nothing_lifts_at_no_known_time(connection):
    queue = Queue(connection, count=1, limits=[("send_invite", "day", 0)])
    assert queue.blockers() == [("day_limit", None, None)]


def test_a_hold_precedes_the_window_and_the_window_the_limits(connection):
    queue = Queue(connection, count=1, limits=(), windows=((None, "15:00", "16:00"),))
    assert queue.blockers() == [("outside_window", NOON + 3 * HOUR, None)]
    connection.execute(
        "insert into outreach.linkedin_account_holds values"
        " (%s, %s, 'send_invite', %s, 'test')",
        [queue.workspace_id, queue.account_id, NOON + HOUR],
    )
    assert queue.blockers() == [("account_held", NOON + HOUR, None)]
    assert queue.blockers(NOON + HOUR)[0][0] == "outside_window"
    assert queue.blockers(NOON + 3 * HOUR) == [("no_limit_set", None, None)]


def test_an_attempt_known_unsent_fills_no_limit_but_the_gap(connection):
    queue = Queue(
        connection, limits=[("send_invite", "day", 1)], minimum_gap="10 minutes"
    )
    send_one(
        connection,
        queue.workspace_id,
        is_well_formed=False,
        provider_reference=None,
        http_status=422,
        error_type="blocked_recipient",
    )
    assert queue.blockers() == [("minimum_gap", NOON + 10 * MINUTE, None)]


def test_a_week_lifts_when_the_attempt_at_the_limits_place_is_168_hours_old(connection):
    limits = [("send_invite", "day", 80), ("send_invite", "week", 2)]
    queue = Queue(connection, count=4, limits=limits)
    for hours in (2, 1):
        send_one(connection, queue.workspace_id, NOON - hours * HOUR)
    assert queue.blockers()[3] == ("week_limit", NOON + 166 * HOUR, None)


def test_a_ceiling_on_outstanding_invites_holds_no_message(connection):
    limits = [
        ("send_invite", "day", 80),
        ("send_invite", "outstanding", 0),
        ("send_message", "day", 80),
    ]
    queue = Queue(connection, count=1, limits=limits)
    campaign_id, (step_id,) = make_campaign(
        connection, queue.workspace_id, ["send_message"]
    )
    (enrollment_id,) = make_enrollments(
        connection, queue.workspace_id, queue.account_id, campaign_id, step_id
    )
    queue.load(
        "update outreach.campaign_prospects set linkedin_status = 'ready_to_message'"
        " where enrollment_id = %s",
        enrollment_id,
    )
    assert queue.blockers() == [("outstanding_limit", None, None), ("due_now", NOON, 0)]


def test_a_job_that_can_never_be_sent_is_ended_in_its_turn(connection):
    queue = Queue(connection)
    connection.execute(
        "update outreach.prospects set do_not_contact_at = now(),"
        " do_not_contact_reason = 'asked' where prospect_id = (select prospect_id"
        " from outreach.campaign_prospects where enrollment_id = %s)",
        [queue.enrollment_ids[0]],
    )
    assert queue.blockers() == [
        ("do_not_contact", None, None),
        ("behind_others", None, 1),
    ]
    begun = begin(connection, queue.workspace_id, claim(connection, queue.workspace_id))
    assert [refusal for _, _, refusal in begun] == ["do_not_contact"]
    assert queue.blockers() == [("due_now", NOON, 0)]


# Each is the first that holds although all those after it hold as well.
IN_ORDER = {
    "do_not_contact": "select outreach.lift_do_not_contact(workspace_id, prospect_id,"
    " 'asked', 'me') from outreach.prospects where workspace_id = %s",
    "campaign_not_running": "update outreach.campaigns set status = 'running'"
    " where workspace_id = %s",
    "account_not_connected": "insert into outreach.provider_accounts (workspace_id,"
    " account_id, linkedin_identity, provider_account_id, provider_dsn,"
    " provider_version) select workspace_id, account_id, 'again' || account_id,"
    " 'again' || account_id, workspaces.provider_dsn, 1 from outreach.linkedin_accounts"
    " inner join outreach.workspaces using (workspace_id) where workspace_id = %s",
    "account_paused": "update outreach.linkedin_accounts set paused_at = null,"
    " paused_by = null, paused_reason = null where workspace_id = %s",
    "enrollment_paused": "update outreach.campaign_prospects set paused_at = null,"
    " paused_by = null, paused_reason = null where workspace_id = %s",
    "template_fix": "update outreach.campaign_prospects"
    " set linkedin_status = 'ready_to_message' where workspace_id = %s",
    "status_ready_to_message": "update outreach.campaign_prospects"
    " set linkedin_status = 'ready_to_invite' where workspace_id = %s",
    "profile_not_resolved": "update outreach.prospects"
    " set provider_id = 'known' || prospect_id where workspace_id = %s",
    "person_cooled": "delete from outreach.prospect_cooldowns where workspace_id = %s",
    "account_held": "delete from outreach.linkedin_account_holds"
    " where workspace_id = %s",
    "outside_window": "insert into outreach.linkedin_account_sending_windows"
    " select workspace_id, account_id, 1, '00:00', '24:00'"
    " from outreach.linkedin_accounts where workspace_id = %s",
    "no_limit_set": "insert into outreach.linkedin_account_limits"
    " select workspace_id, account_id, 'send_invite', 'day', 0, '0'"
    " from outreach.linkedin_accounts where workspace_id = %s",
    "day_limit": "update outreach.linkedin_account_limits set limit_count = 9"
    " where workspace_id = %s",
    "due_now": "select %s",
}


def test_the_first_reason_that_holds_is_named(connection):
    queue = Queue(connection, count=1, limits=(), windows=())
    for statement in (
        "update outreach.campaigns set status = 'paused' where workspace_id = %s",
        "delete from outreach.provider_accounts where workspace_id = %s",
        "update outreach.linkedin_accounts set paused_at = now(), paused_by = 'me',"
        " paused_reason = 'holiday' where workspace_id = %s",
        "update outreach.campaign_prospects set paused_at = now(), paused_by = 'me',"
        " paused_reason = 'asked', linkedin_status = 'pending_template_fix'"
        " where workspace_id = %s",
        "update outreach.prospects set provider_id = null where workspace_id = %s",
        "insert into outreach.prospect_cooldowns (workspace_id, account_id,"
        " prospect_id, action, cooled_until, reason) select workspace_id, account_id,"
        " prospect_id, 'send_invite', '2027-01-01', 'x'"
        " from outreach.campaign_prospects where workspace_id = %s",
        "insert into outreach.linkedin_account_holds select workspace_id, account_id,"
        " 'send_invite', '2027-01-01', 'x' from outreach.linkedin_accounts"
        " where workspace_id = %s",
    ):
        queue.load(statement, queue.workspace_id)
    queue.mark_do_not_contact()
    said = []
    for statement in IN_ORDER.values():
        said.append(queue.blockers()[0][0])
        queue.load(statement, queue.workspace_id)
    assert said == list(IN_ORDER)


@pytest.mark.parametrize(
    ("job_status", "blocker"),
    [("sending", "being_sent"), ("claimed", "being_sent"), ("unknown", "unknown_send")],
)
def test_a_job_in_hand_is_named_as_such(connection, job_status, blocker):
    queue = Queue(connection, count=1)
    worker, lease_ends_at = ("w", NOON) if job_status != "unknown" else (None, None)
    queue.load(
        "update outreach.campaign_send_jobs set status = %s, claimed_by = %s,"
        " lease_expires_at = %s where workspace_id = %s",
        job_status,
        worker,
        lease_ends_at,
        queue.workspace_id,
    )
    assert queue.blockers() == [(blocker, None, None)]


def test_without_a_due_job_the_reason_says_what_is_waited_for(connection):
    queue = Queue(connection, count=1)
    queue.enroll(NOON + MINUTE)
    queue.enroll(None)
    waiting = queue.enroll(None)
    queue.load(
        "update outreach.campaign_prospects set linkedin_status = 'pending_accept'"
        " where enrollment_id = %s",
        waiting,
    )
    assert queue.blockers() == [
        ("due_now", NOON, 0),
        ("not_due_yet", NOON + MINUTE, None),
        ("no_live_job", None, None),
        ("waiting_for_accept", None, None),
    ]


def test_a_step_that_is_not_due_says_by_how_much_steps_are_spread(connection):
    (minutes, said) = connection.execute(
        "select extract(epoch from outreach.longest_send_jitter())::integer / 60,"
        " explanation from outreach.blockers() where blocker = 'not_due_yet'"
    ).fetchone()
    assert f"spread by up to {minutes} minutes" in said


def test_a_budget_of_no_reads_is_named_before_the_first_read(connection):
    queue = Queue(connection, count=1)
    of_workspace = " where workspace_id = %s"
    queue.load(f"delete from outreach.reply_polls{of_workspace}", queue.workspace_id)
    queue.load(
        f"update outreach.provider_accounts set provider_version = 2,"
        f" provider_dsn = provider_dsn || '/v2'{of_workspace}",
        queue.workspace_id,
    )
    assert queue.blockers()[0][:2] == ("replies_not_read", None)

    queue.load(
        "update outreach.provider_read_budgets set calls_per_day = 0"
        " where purpose = %s",
        "replies",
    )

    assert queue.blockers()[0][:2] == ("read_budget_spent", TOMORROW)


def test_a_session_plans_its_judgement_of_jobs_once(connection):
    planned = []
    connection.add_notice_handler(
        lambda notice: planned.extend(
            [
                line
                for line in (notice.context or "").splitlines()
                if "PL/pgSQL" in line
            ][:1]
        )
    )
    connection.execute("set local client_min_messages = log")
    for number in range(8):
        # The sixth call makes the plan of all later ones.
        connection.execute(
            "select set_config('log_planner_stats', %s, true)",
            [str(number in (0, 7))],
        )
        connection.execute("select * from outreach.job_blockers(1, array[1], now())")

    assert sum("job_blockers" in where and "QUERY" in where for where in planned) == 1
