"""outreach.send_forecast against the claim, and each reason why a send goes later."""

import datetime as dt
import os

import pytest
from psycopg.errors import InvalidParameterValue

from tests.support.random_worlds import World, insert_worlds
from tests.support.rows import (
    NOON,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)

WORLDS = int(os.environ.get("TRUEUP_WORLDS", "100"))
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
OFFICE = [(None, "09:00", "17:00")]


def forecast(connection, workspace_id, *columns, horizon="30 days"):
    """These columns of each enrollment, in the order of enrollments."""
    chosen = ", ".join(columns)
    rows = connection.execute(
        f"select {chosen} from outreach.send_forecast(%s, %s, %s)"
        " order by enrollment_id",
        [workspace_id, NOON, horizon],
    ).fetchall()
    return [row[0] if len(columns) == 1 else row for row in rows]


class Queue:
    """An account, and a campaign that invites and waits."""

    def __init__(self, connection, actions=("send_invite", "wait_accept"), **account):
        self.connection = connection
        self.workspace_id = make_workspace(connection)
        self.account_id = make_account(connection, self.workspace_id, **account)
        self.campaign_id, self.step_ids = make_campaign(
            connection, self.workspace_id, actions
        )

    def enroll(self, count=1, run_at=NOON):
        return make_enrollments(
            self.connection,
            self.workspace_id,
            self.account_id,
            self.campaign_id,
            self.step_ids[0],
            count,
            run_at,
        )

    def forecast(self, *columns, **options):
        return forecast(self.connection, self.workspace_id, *columns, **options)

    def change(self, statement):
        self.connection.execute(statement, [self.workspace_id])


def test_a_claim_takes_what_the_forecast_expects_now(connection):
    worlds = [World(seed) for seed in range(1, WORLDS + 1)]
    insert_worlds(connection, worlds)
    expected, ending = {}, set()
    for world in worlds:
        rows = forecast(
            connection, world.workspace_id, "account_id", "job_id", "outlook",
            "expected_at", "blocker", horizon="1 minute",
        )  # fmt: skip
        for account_id, job_id, outlook, expected_at, blocker in rows:
            if outlook == "expected" and blocker == "due_now" and expected_at == NOON:
                expected[account_id] = job_id
            if outlook == "ending":
                ending.add(job_id)

    taken = {}
    for world in worlds:
        for job_id in claim(connection, world.workspace_id, dsn=world.provider_dsn):
            taken[world.accounts_of_jobs[job_id]] = job_id

    resumed = {
        job_id
        for (job_id,) in connection.execute(
            "select jobs.job_id from outreach.campaign_send_jobs as jobs"
            " inner join outreach.campaign_prospects as enrollments"
            " using (workspace_id, enrollment_id)"
            " inner join outreach.prospects using (workspace_id, prospect_id)"
            " where (provider_id is null) = (jobs.action <> 'resolve_profile')"
        )
    }
    differing = {
        account_id: (expected.get(account_id), taken.get(account_id))
        for account_id in expected.keys() | taken.keys()
        if expected.get(account_id) != taken.get(account_id)
        # A job that has to be ended, or a look-up that it lacks, is claimed first.
        and taken.get(account_id) not in ending | resumed
        and expected.get(account_id) not in resumed
    }
    assert differing == {}
    assert len(expected) > WORLDS / 4


def test_a_day_limit_carries_sends_over_to_the_next_days(connection):
    queue = Queue(connection, windows=OFFICE, limits=[("send_invite", "day", 2)])
    queue.enroll(5)

    assert [(at.date() - NOON.date()).days for at in queue.forecast("expected_at")] == [
        0,
        0,
        1,
        1,
        2,
    ]
    assert queue.forecast("blocker")[2:] == ["day_limit"] * 3


def test_a_gap_is_kept_between_sends(connection):
    queue = Queue(connection, minimum_gap="10 minutes")
    queue.enroll(3)
    first, second, third = queue.forecast("expected_at")

    assert first == NOON
    assert 10 * MINUTE <= second - first < 11 * MINUTE
    assert 10 * MINUTE <= third - second < 11 * MINUTE
    assert queue.forecast("blocker") == ["due_now", "minimum_gap", "minimum_gap"]


def test_the_oldest_job_goes_first(connection):
    queue = Queue(connection, limits=[("send_invite", "day", 1)])
    queue.enroll(run_at=NOON - HOUR)
    queue.enroll(run_at=NOON - 2 * HOUR)

    assert queue.forecast("jobs_ahead_count") == [1, 0]


def test_a_job_waits_for_its_window(connection):
    queue = Queue(connection, windows=[(None, "15:00", "16:00")])
    queue.enroll()

    assert queue.forecast("expected_at", "blocker") == [
        (NOON + 3 * HOUR, "outside_window")
    ]


def test_a_week_limit_lifts_when_the_first_send_is_a_week_old(connection):
    queue = Queue(
        connection, limits=[("send_invite", "day", 80), ("send_invite", "week", 1)]
    )
    queue.enroll(2)

    first, second = queue.forecast("expected_at")
    assert second == first + 7 * DAY
    assert queue.forecast("blocker") == ["due_now", "week_limit"]


def test_a_month_limit_lifts_on_the_first_day_of_the_month(connection):
    queue = Queue(
        connection, limits=[("send_invite", "day", 80), ("send_invite", "month", 1)]
    )
    queue.enroll(2)

    assert queue.forecast("expected_at")[1] == dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    assert queue.forecast("blocker") == ["due_now", "month_limit"]


def test_a_limit_that_grows_is_read_for_each_coming_day(connection):
    queue = Queue(connection, windows=OFFICE, limits=[("send_invite", "day", 1)])
    queue.change(
        "update outreach.linkedin_account_limits set goal_count = 3,"
        " growth_per_day = 1, ramp_starts_on = '2026-05-04' where workspace_id = %s"
    )
    queue.enroll(6)

    assert [(at.date() - NOON.date()).days for at in queue.forecast("expected_at")] == [
        0,
        1,
        1,
        2,
        2,
        2,
    ]


def test_a_hold_ends_before_the_action_goes_on(connection):
    queue = Queue(connection)
    queue.enroll()
    queue.change(
        "insert into outreach.linkedin_account_holds (workspace_id, account_id, action,"
        " held_until, reason) select workspace_id, account_id, 'send_invite',"
        " '2026-05-04 18:00Z', 'test' from outreach.linkedin_accounts"
        " where workspace_id = %s"
    )

    assert queue.forecast("expected_at", "blocker") == [
        (NOON + 6 * HOUR, "account_held")
    ]


def test_a_send_waits_until_replies_may_be_read_again(connection):
    queue = Queue(connection)
    queue.enroll()
    queue.change(
        "update outreach.reply_polls set read_until = '2026-05-04 11:00Z'"
        " where workspace_id = %s"
    )
    assert queue.forecast("expected_at", "blocker") == [
        (NOON + MINUTE, "replies_not_read")
    ]

    queue.change(
        "insert into outreach.provider_read_spending (workspace_id, account_id,"
        " purpose, counted_on, calls, held_until, noted_at)"
        " select workspace_id, account_id, 'replies', '2026-05-04', 7,"
        " '2026-05-04 18:00Z', '2026-05-04 11:00Z'"
        " from outreach.linkedin_accounts where workspace_id = %s"
    )
    queue.change(
        "insert into outreach.provider_read_budgets (provider_version, purpose,"
        " calls_per_day) select 1, 'replies', 300 where %s > 0"
    )
    assert queue.forecast("expected_at", "blocker") == [
        (NOON + 6 * HOUR, "read_budget_spent")
    ]


def test_pending_invites_block_until_somebody_acts(connection):
    queue = Queue(
        connection,
        limits=[("send_invite", "day", 80), ("send_invite", "outstanding", 1)],
    )
    queue.enroll(2)

    assert queue.forecast("outlook", "blocker") == [
        ("expected", "due_now"),
        ("blocked", "outstanding_limit"),
    ]


def test_an_invite_that_is_withdrawn_makes_room_for_the_next(connection):
    queue = Queue(
        connection,
        limits=[("send_invite", "day", 80), ("send_invite", "outstanding", 1)],
    )
    queue.change(
        "update outreach.campaign_steps set settings = "
        """'{"time_out": "1 day", "on_time_out": "withdraw"}'"""
        " where workspace_id = %s and action = 'wait_accept'"
    )
    queue.enroll(2)

    first, second = queue.forecast("expected_at")
    assert first + DAY <= second < first + DAY + HOUR


def test_an_invite_whose_wording_has_a_note_waits_for_the_limit_of_notes(connection):
    queue = Queue(
        connection,
        limits=[("send_invite", "day", 80), ("send_invite_with_note", "week", 1)],
    )
    queue.change(
        "update outreach.campaign_steps set settings = "
        """'{"weights": {"with": 1, "without": 1}}'"""
        " where workspace_id = %s and action = 'send_invite'"
    )
    connection.execute("set local session_replication_role = replica")
    connection.execute(
        "insert into outreach.campaign_step_templates (workspace_id, step_id, variant,"
        " field, template, validation_stamp, validated_at)"
        " values (%s, %s, 'with', 'note', 'Hi', 'stamp', now())",
        [queue.workspace_id, queue.step_ids[0]],
    )
    enrollment_ids = queue.enroll(12)
    drawn = connection.execute(
        "select array_agg(variant order by enrollment_id)"
        " from outreach.drawn_variants(%s, %s, %s)",
        [queue.workspace_id, enrollment_ids, [queue.step_ids[0]] * 12],
    ).fetchone()[0]
    blockers = queue.forecast("blocker")

    assert blockers.count("week_limit") == drawn.count("with") - 1 > 0
    assert {
        variant
        for variant, blocker in zip(drawn, blockers, strict=True)
        if blocker == "week_limit"
    } == {"with"}


@pytest.mark.parametrize(
    ("statement", "blocker"),
    [
        (
            "update outreach.linkedin_accounts set paused_at = now(), paused_by = 'me',"
            " paused_reason = 'holiday' where workspace_id = %s",
            "account_paused",
        ),
        (
            "update outreach.campaigns set status = 'paused' where workspace_id = %s",
            "campaign_not_running",
        ),
        (
            "delete from outreach.linkedin_account_limits where workspace_id = %s",
            "no_limit_set",
        ),
        (
            "delete from outreach.linkedin_account_sending_windows"
            " where workspace_id = %s",
            "outside_window",
        ),
    ],
)
def test_what_only_a_person_lifts_has_no_time(connection, statement, blocker):
    queue = Queue(connection)
    queue.enroll(run_at=NOON + HOUR)
    queue.change(statement)

    assert queue.forecast("outlook", "expected_at", "blocker") == [
        ("blocked", None, blocker)
    ]


def test_a_person_who_must_not_be_contacted_is_an_ending(connection):
    queue = Queue(connection)
    queue.enroll(run_at=NOON + HOUR)
    queue.change(
        "select outreach.set_do_not_contact(workspace_id, array[prospect_id], true,"
        " 'asked', 'me', now()) from outreach.prospects where workspace_id = %s"
    )

    assert queue.forecast("outlook", "blocker") == [("ending", "do_not_contact")]


def test_what_goes_after_the_horizon_has_no_time(connection):
    queue = Queue(connection, limits=[("send_invite", "day", 1)])
    queue.enroll(3)

    assert queue.forecast("outlook", "blocker", horizon="1 day") == [
        ("expected", "due_now"),
        ("expected", "day_limit"),
        ("after_horizon", "day_limit"),
    ]


def test_a_look_up_is_followed_by_the_invite_that_it_is_for(connection):
    queue = Queue(
        connection,
        limits=[("send_invite", "day", 80), ("resolve_profile", "day", 80)],
    )
    (enrollment_id,) = queue.enroll(run_at=None)
    queue.change(
        "update outreach.prospects set provider_id = null where workspace_id = %s"
    )
    connection.execute(
        "select outreach.queue_send_job(%s, %s, %s)",
        [queue.workspace_id, enrollment_id, NOON],
    )

    ((action, expected_at, contact_action, contact_at),) = queue.forecast(
        "action", "expected_at", "contact_action", "contact_at"
    )
    assert (action, contact_action) == ("resolve_profile", "send_invite")
    assert expected_at <= contact_at < expected_at + MINUTE


def test_later_steps_take_their_place_in_the_queue(connection):
    queue = Queue(
        connection,
        actions=("send_message", "send_message"),
        limits=[("send_message", "day", 1)],
    )
    queue.change(
        "update outreach.campaign_steps set delay = '1 hour'"
        " where workspace_id = %s and position = 1"
    )
    early, late = queue.enroll(), queue.enroll(run_at=NOON + 3 * HOUR)
    connection.execute("set local session_replication_role = replica")
    queue.change(
        "update outreach.campaign_prospects set linkedin_status = 'ready_to_message'"
        " where workspace_id = %s"
    )
    acts = connection.execute(
        "select enrollment_id, act_number from outreach.forecast_acts("
        "%s, null, %s, %s) order by expected_at",
        [queue.workspace_id, NOON, NOON + 10 * DAY],
    ).fetchall()

    assert acts == [(*early, 1), (*early, 2), (*late, 1), (*late, 2)]


@pytest.mark.parametrize(
    "timezone", ["Europe/Berlin", "America/New_York", "Asia/Kathmandu"]
)
def test_a_moment_is_in_a_span_if_the_clamp_leaves_it(connection, timezone):
    queue = Queue(
        connection,
        timezone=timezone,
        windows=[
            (None, "00:00", "02:30"),
            (None, "09:00", "17:00"),
            (7, "20:00", "24:00"),
        ],
    )
    queue.change(
        "update outreach.linkedin_accounts set next_timezone = 'Asia/Tokyo',"
        " next_timezone_at = '2026-11-05 23:00Z' where workspace_id = %s"
    )
    starts_at = dt.datetime(2026, 10, 20, tzinfo=dt.UTC)

    differing = connection.execute(
        "with spans as (select * from outreach.sending_spans("
        "%(workspace)s, %(account)s, %(from)s, %(until)s))"
        " select moment from generate_series(%(from)s, %(until)s - interval '1 second',"
        " interval '7 minutes') as moment where exists (select from spans"
        " where moment >= opens_at and moment < closes_at) <>"
        " (outreach.clamp_to_sending_window(%(workspace)s, %(account)s, moment)"
        " = moment)",
        {
            "workspace": queue.workspace_id,
            "account": queue.account_id,
            "from": starts_at,
            "until": starts_at + 21 * DAY,
        },
    ).fetchall()
    assert differing == []


def test_a_later_step_is_due_when_the_engine_would_queue_it(connection):
    queue = Queue(
        connection,
        actions=("send_message", "send_message"),
        limits=[("send_message", "day", 80)],
        timezone="Europe/Berlin",
        windows=[(1, "09:00", "15:00"), (4, "09:00", "11:00"), (4, "13:00", "13:20")],
    )
    queue.change(
        "update outreach.campaign_steps set delay = '71 hours'"
        " where workspace_id = %s and position = 1"
    )
    connection.execute("set local session_replication_role = replica")
    for minutes in range(0, 40):
        queue.enroll(run_at=NOON + minutes * MINUTE)
    queue.change(
        "update outreach.campaign_prospects set linkedin_status = 'ready_to_message'"
        " where workspace_id = %s"
    )

    differing = connection.execute(
        "with acts as (select * from outreach.forecast_acts(%(workspace)s, null,"
        " %(at)s, %(at)s + interval '9 days'))"
        " select firsts.enrollment_id, seconds.expected_at from acts as firsts"
        " inner join acts as seconds using (enrollment_id)"
        " where firsts.act_number = 1 and seconds.act_number = 2"
        " and seconds.blocker = 'not_due_yet' and seconds.expected_at <>"
        " outreach.jittered_moment(%(workspace)s, %(account)s, enrollment_id,"
        " firsts.expected_at + interval '71 hours')",
        {
            "workspace": queue.workspace_id,
            "account": queue.account_id,
            "at": NOON,
        },
    ).fetchall()
    seconds = connection.execute(
        "select count(*) from outreach.forecast_acts(%s, null, %s, %s)"
        " where act_number = 2 and blocker = 'not_due_yet'",
        [queue.workspace_id, NOON, NOON + 9 * DAY],
    ).fetchone()
    assert differing == []
    assert seconds[0] > 20


@pytest.mark.parametrize("horizon", [None, "infinity", "367 days"])
def test_a_forecast_of_more_than_a_year_is_refused_at_once(connection, horizon):
    if horizon == "infinity" and connection.info.server_version < 170_000:
        pytest.skip("Before Postgres 17 no interval is infinite.")
    queue = Queue(connection)
    queue.enroll()
    with pytest.raises(InvalidParameterValue, match="cannot be foreseen"):
        queue.forecast("outlook", horizon=horizon)
