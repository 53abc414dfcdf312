"""Each alert: red on a bad row, green without it, and what its failing rows say."""

import datetime as dt

import pytest
from psycopg import sql

from tests.support.dbt_runner import run_dbt
from tests.support.ledger_rows import insert_attempt, loading, set_counter
from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    send_one,
)

TODAY = NOON.date()
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
WITHOUT_EVENTS = "counter_without_events_for_two_hours"
DIFFERS = "counter_differs_from_the_truth"
OVER_CAP = "an_account_is_over_a_cap"
OUTSIDE = "a_send_is_outside_its_window"
PROVIDER_COUNTS = "the_provider_counts_more_invites_than_we_do"
NOT_FRESH = "a_source_is_not_fresh"
TIMES = "next_action_at_and_run_at_differ"
ALERTS = (WITHOUT_EVENTS, DIFFERS, OVER_CAP, OUTSIDE, PROVIDER_COUNTS, TIMES)


def subject(account, action=", send_invite"):
    return f"Anisha (account {account[1]}){action}"


def found(modelled, connection, alert):
    """(status, {(workspace_id, subject)}, messages) of one alert, as of NOON."""
    status = run_dbt(modelled, "test", alert, as_of=NOON)[alert]
    kept = sql.SQL("select workspace_id, subject, message from analytics_failures.{}")
    rows = connection.execute(kept.format(sql.Identifier(alert))).fetchall()
    connection.commit()
    return status, {row[:2] for row in rows}, [row[2] for row in rows]


def test_all_is_green_where_all_is_right(modelled, opened, anisha):
    campaign_id, (step_id, _) = make_campaign(opened, anisha[0])
    make_enrollments(opened, *anisha, campaign_id, step_id, count=2, run_at=NOON)
    send_one(opened, anisha[0], as_of=NOON)
    opened.commit()
    statuses = run_dbt(modelled, "test", *ALERTS, as_of=NOON)
    assert statuses == dict.fromkeys(ALERTS, "pass")


def test_a_counter_without_events_is_found_after_two_hours(modelled, opened, anisha):
    with loading(opened):
        set_counter(opened, anisha, TODAY, 38, NOON - 2 * HOUR - MINUTE)
    assert found(modelled, opened, WITHOUT_EVENTS) == (
        "warn",
        {(anisha[0], subject(anisha))},
        ["The counter says 38, the rows of the day say 0, since 2026-05-04 09:59 UTC."],
    )


def test_a_counter_without_events_has_two_hours(modelled, opened, anisha):
    with loading(opened):
        set_counter(opened, anisha, TODAY, 38, NOON - 2 * HOUR)
    assert found(modelled, opened, WITHOUT_EVENTS) == ("pass", set(), [])


def test_a_counter_of_0_or_with_one_event_is_left_alone(modelled, opened, anisha):
    other = (anisha[0], make_account(opened, anisha[0], name="Pinki"))
    with loading(opened):
        set_counter(opened, anisha, TODAY, 0, NOON - 3 * HOUR)
        set_counter(opened, other, TODAY, 38, NOON - 3 * HOUR)
        insert_attempt(opened, other, NOON - 3 * HOUR)
    assert found(modelled, opened, WITHOUT_EVENTS) == ("pass", set(), [])


def test_the_alert_goes_green_when_the_counter_is_healed(modelled, opened, anisha):
    with loading(opened):
        set_counter(opened, anisha, TODAY, 38, NOON - 3 * HOUR)
    assert found(modelled, opened, DIFFERS)[0] == "warn"
    assert found(modelled, opened, WITHOUT_EVENTS)[0] == "warn"
    opened.execute(
        "select outreach.heal_daily_counters(%s, 'test', %s)", [anisha[0], NOON]
    )
    opened.commit()
    assert found(modelled, opened, DIFFERS) == ("pass", set(), [])
    assert found(modelled, opened, WITHOUT_EVENTS) == ("pass", set(), [])


@pytest.mark.parametrize(
    ("count", "kind"), [(142, "inflation"), (1, "shortfall")], ids=str
)
def test_inflation_and_shortfall_are_found_at_once(
    modelled, opened, anisha, count, kind
):
    with loading(opened):
        for _ in range(2):
            insert_attempt(opened, anisha, NOON)
        set_counter(opened, anisha, TODAY, count, NOON)
    assert found(modelled, opened, DIFFERS) == (
        "warn",
        {(anisha[0], subject(anisha))},
        [f"The counter says {count}, the rows of the day say 2 ({kind})."],
    )


@pytest.mark.parametrize(
    ("unsent_at", "status"), [(NOON - HOUR, "pass"), (NOON - HOUR - MINUTE, "warn")]
)
def test_a_release_is_found_after_an_hour(modelled, opened, anisha, unsent_at, status):
    with loading(opened):
        insert_attempt(
            opened, anisha, NOON - 5 * HOUR, means=("unsent",), recorded_at=unsent_at
        )
        insert_attempt(opened, anisha, NOON - 5 * HOUR)
        set_counter(opened, anisha, TODAY, 2, NOON - 5 * HOUR)
    assert found(modelled, opened, DIFFERS)[0] == status


def test_a_third_attempt_under_a_limit_of_two_is_found(modelled, opened, anisha):
    with loading(opened):
        for minutes in range(3):
            attempt_id = insert_attempt(
                opened, anisha, NOON + minutes * MINUTE, limit_per_day=2
            )
    assert found(modelled, opened, OVER_CAP) == (
        "fail",
        {(anisha[0], subject(anisha))},
        [f"Attempt {attempt_id} is number 3 of 2026-05-04, the limit was 2 a day."],
    )


def test_known_unsent_attempts_and_other_days_spend_nothing(modelled, opened, anisha):
    yesterday = TODAY - dt.timedelta(days=1)
    with loading(opened):
        insert_attempt(opened, anisha, NOON, means=("unsent",), limit_per_day=1)
        insert_attempt(opened, anisha, NOON, yesterday, limit_per_day=1)
        insert_attempt(opened, anisha, NOON, limit_per_day=1)
        insert_attempt(opened, anisha, NOON, action="send_message", limit_per_day=1)
    assert found(modelled, opened, OVER_CAP) == ("pass", set(), [])


def say_usage(connection, attempt_id, usage):
    connection.execute(
        "update outreach.send_attempt_outcomes"
        " set facts = jsonb_build_object('usage', %s::integer) where attempt_id = %s",
        [usage, attempt_id],
    )


@pytest.mark.parametrize(
    ("own", "usage", "status"),
    [
        # 90 percent of the published 200 invites a week are 180.
        (10, 90, "warn"),
        (79, 90, "warn"),
        (80, 90, "pass"),
        # Many on the day: its own limit may be the provider's too.
        (60, 95, "warn"),
        (10, None, "pass"),
    ],
)
def test_a_provider_that_counts_far_more_than_we_do_is_found(
    modelled, opened, anisha, own, usage, status
):
    with loading(opened):
        for number in range(own):
            attempt_id = insert_attempt(
                opened,
                anisha,
                NOON - (own - number) * HOUR,
                limit_per_day=1000,
            )
        if usage is not None:
            say_usage(opened, attempt_id, usage)
    assert found(modelled, opened, PROVIDER_COUNTS)[0] == status


def test_a_day_that_is_nearly_spent_explains_the_providers_share(
    modelled, opened, anisha
):
    with loading(opened):
        for number in range(20):
            attempt_id = insert_attempt(
                opened, anisha, NOON - (20 - number) * MINUTE, limit_per_day=25
            )
        say_usage(opened, attempt_id, 95)
    assert found(modelled, opened, PROVIDER_COUNTS)[0] == "pass"


def test_an_alert_about_the_providers_count_says_both(modelled, opened, anisha):
    with loading(opened):
        attempt_id = insert_attempt(opened, anisha, NOON - HOUR)
        say_usage(opened, attempt_id, 50)
    assert found(modelled, opened, PROVIDER_COUNTS) == (
        "warn",
        {(anisha[0], f"Anisha (account {anisha[1]})")},
        [
            "The provider says that 50 percent of its limit of invites is used; we"
            " count 1 in 7 x 24 hours and 1 of 80 on the day."
        ],
    )


def test_a_limit_lowered_later_breaks_no_law(modelled, opened, anisha):
    with loading(opened):
        insert_attempt(opened, anisha, NOON, limit_per_day=2)
        insert_attempt(opened, anisha, NOON + MINUTE, limit_per_day=2)
    opened.execute("update outreach.linkedin_account_limits set limit_count = 1")
    opened.commit()
    assert found(modelled, opened, OVER_CAP) == ("pass", set(), [])


@pytest.mark.parametrize(
    ("earlier", "status"), [(168 * HOUR, "pass"), (168 * HOUR - MINUTE, "fail")]
)
def test_a_week_is_168_hours(modelled, opened, anisha, earlier, status):
    with loading(opened):
        insert_attempt(opened, anisha, NOON - earlier, limit_per_week=1)
        insert_attempt(opened, anisha, NOON, limit_per_week=1)
    assert found(modelled, opened, OVER_CAP)[0] == status


# 09:00 in Karachi is 04:00 UTC; May 4, 2026 is a Monday.
@pytest.mark.parametrize(
    ("begun_at", "status"),
    [
        ("2026-05-04 04:00:00", "pass"),
        ("2026-05-04 03:59:59", "fail"),
        ("2026-05-04 11:59:59", "pass"),
        ("2026-05-04 12:00:00", "fail"),
        ("2026-05-03 04:00:00", "fail"),
    ],
)
def test_a_send_outside_its_stored_window_is_found(
    modelled, opened, anisha, begun_at, status
):
    with loading(opened):
        insert_attempt(
            opened,
            anisha,
            dt.datetime.fromisoformat(begun_at + "+00:00"),
            timezone="Asia/Karachi",
            window_weekday=1,
            window_opens="09:00",
            window_closes="17:00",
        )
    assert found(modelled, opened, OUTSIDE)[0] == status


def test_a_send_outside_its_window_says_where_it_was(modelled, opened, anisha):
    with loading(opened):
        attempt_id = insert_attempt(
            opened,
            anisha,
            NOON - 9 * HOUR,
            timezone="Asia/Karachi",
            window_opens="09:00",
            window_closes="17:00",
        )
    assert found(modelled, opened, OUTSIDE) == (
        "fail",
        {(anisha[0], subject(anisha))},
        [
            f"Attempt {attempt_id} began Monday 2026-05-04 08:00:00 in Asia/Karachi,"
            " outside weekday 1, 09:00:00 to 17:00:00."
        ],
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            "update outreach.campaign_prospects"
            " set next_action_at = next_action_at + interval '1 minute'",
            "is due at 2026-05-04 12:01:00 UTC, its job {} at 2026-05-04 12:00:00 UTC.",
        ),
        (
            "update outreach.campaign_send_jobs set run_at = null, status = 'parked'",
            "is due at 2026-05-04 12:00:00 UTC, its job {} at no time.",
        ),
        (
            "update outreach.campaign_send_jobs"
            " set run_at = null, status = 'cancelled'",
            "is due at 2026-05-04 12:00:00 UTC, without a live job.",
        ),
        (
            "update outreach.campaign_prospects set next_action_at = null",
            "is due at no time, its job {} at 2026-05-04 12:00:00 UTC.",
        ),
    ],
)
def test_two_times_that_differ_are_found(modelled, opened, anisha, change, message):
    campaign_id, (step_id, _) = make_campaign(opened, anisha[0])
    (enrollment_id,) = make_enrollments(opened, *anisha, campaign_id, step_id)
    opened.commit()
    (job_id,) = opened.execute(
        "select job_id from outreach.campaign_send_jobs"
    ).fetchone()
    assert found(modelled, opened, TIMES) == ("pass", set(), [])
    with loading(opened):
        opened.execute(change)
    assert found(modelled, opened, TIMES) == (
        "warn",
        {(anisha[0], subject(anisha, action=""))},
        [f"Enrollment {enrollment_id} {message.format(job_id)}"],
    )


def test_a_source_that_is_written_no_more_is_found_by_its_own_bound(
    modelled, opened, anisha
):
    def read(account, ended_at):
        opened.execute(
            "select outreach.record_provider_read(%s, %s, 'relations', null, %s, %s,"
            " true, 1, null, '[]')",
            [*account, ended_at, ended_at],
        )
        opened.commit()

    assert found(modelled, opened, NOT_FRESH) == ("pass", set(), [])
    read(anisha, NOON - 12 * HOUR - MINUTE)
    opened.execute(
        "select outreach.record_provider_wide_read('http://x.test:1', 'accounts', null,"
        " %(at)s, %(at)s, true, 1, 1, null, '[]')",
        {"at": NOON - 23 * HOUR},
    )
    opened.commit()
    assert found(modelled, opened, NOT_FRESH) == (
        "warn",
        {(0, "source whole_provider_reads")},
        [
            "Nothing was written to outreach.whole_provider_reads since"
            " 2026-05-03 23:59 UTC, which is longer ago than 12 hours."
        ],
    )
    read(anisha, NOON - 11 * HOUR)
    assert found(modelled, opened, NOT_FRESH) == ("pass", set(), [])
