"""Each alert: red on a bad row, green without it, and what its failing rows say.

Each case lies in a workspace of its own, side by side with all others in one database,
so that one look of dbt judges them all, and a second one what was changed since.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from psycopg import sql

from tests.support.dbt_runner import modelled_copy, run_dbt
from tests.support.ledger_rows import insert_attempt, loading, set_counter
from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
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
# What alerts read is built in the same call, before them, as in refresh_stats.
KEPT = ("int_judged_attempts", "int_checked_next_actions")


@dataclass(frozen=True)
class Case:
    """Rows of one workspace, and what an alert says of them."""

    alert: str
    # Makes the rows, given (connection, account); returns the messages that are due.
    arrange: Callable
    # Which action the subject names, if any.
    action: str = ", send_invite"


def counter(connection, account, count, updated_at, own=0):
    for _ in range(own):
        insert_attempt(connection, account, NOON)
    set_counter(connection, account, TODAY, count, updated_at)


def old_counter_without_events(connection, account):
    counter(connection, account, 38, NOON - 2 * HOUR - MINUTE)
    return [
        "The counter says 38, the rows of the day say 0, since 2026-05-04 09:59 UTC."
    ]


def counter_of_two_hours(connection, account):
    counter(connection, account, 38, NOON - 2 * HOUR)
    return []


def counter_of_0(connection, account):
    counter(connection, account, 0, NOON - 3 * HOUR)
    return []


def counter_with_one_event(connection, account):
    set_counter(connection, account, TODAY, 38, NOON - 3 * HOUR)
    insert_attempt(connection, account, NOON - 3 * HOUR)
    return []


def inflation(connection, account):
    counter(connection, account, 142, NOON, own=2)
    return ["The counter says 142, the rows of the day say 2 (inflation)."]


def shortfall(connection, account):
    counter(connection, account, 1, NOON, own=2)
    return ["The counter says 1, the rows of the day say 2 (shortfall)."]


def release(connection, account, unsent_at):
    insert_attempt(
        connection, account, NOON - 5 * HOUR, means=("unsent",), recorded_at=unsent_at
    )
    insert_attempt(connection, account, NOON - 5 * HOUR)
    set_counter(connection, account, TODAY, 2, NOON - 5 * HOUR)


def release_of_an_hour(connection, account):
    release(connection, account, NOON - HOUR)
    return []


def release_of_over_an_hour(connection, account):
    release(connection, account, NOON - HOUR - MINUTE)
    return ["The counter says 2, the rows of the day say 1 (release)."]


def third_under_a_limit_of_two(connection, account):
    for minutes in range(3):
        attempt_id = insert_attempt(
            connection, account, NOON + minutes * MINUTE, limit_per_day=2
        )
    return [f"Attempt {attempt_id} is number 3 of 2026-05-04, the limit was 2 a day."]


def unsent_attempts_and_other_days(connection, account):
    yesterday = TODAY - dt.timedelta(days=1)
    insert_attempt(connection, account, NOON, means=("unsent",), limit_per_day=1)
    insert_attempt(connection, account, NOON, yesterday, limit_per_day=1)
    insert_attempt(connection, account, NOON, limit_per_day=1)
    insert_attempt(connection, account, NOON, action="send_message", limit_per_day=1)
    return []


def limit_lowered_later(connection, account):
    insert_attempt(connection, account, NOON, limit_per_day=2)
    insert_attempt(connection, account, NOON + MINUTE, limit_per_day=2)
    connection.execute(
        "update outreach.linkedin_account_limits set limit_count = 1"
        " where workspace_id = %s",
        [account[0]],
    )
    return []


def two_under_a_weekly_limit_of_one(connection, account, earlier):
    insert_attempt(connection, account, NOON - earlier, limit_per_week=1)
    return insert_attempt(connection, account, NOON, limit_per_week=1)


def week_apart(connection, account):
    two_under_a_weekly_limit_of_one(connection, account, 168 * HOUR)
    return []


def less_than_a_week_apart(connection, account):
    attempt_id = two_under_a_weekly_limit_of_one(
        connection, account, 168 * HOUR - MINUTE
    )
    return [f"Attempt {attempt_id} is number 2 in 7 x 24 hours, the limit was 1."]


def say_usage(connection, account, attempt_id, usage):
    connection.execute(
        "update outreach.send_attempt_outcomes"
        " set facts = jsonb_build_object('usage', %s::integer)"
        " where workspace_id = %s and attempt_id = %s",
        [usage, account[0], attempt_id],
    )


def provider_counts(own, usage, own_on_day=None):
    """One own invite an hour; the provider gives a share of its limit, or none.

    own_on_day: how many of them are of the day, if the alert is due.
    """

    def arrange(connection, account):
        for number in range(own):
            attempt_id = insert_attempt(
                connection, account, NOON - (own - number) * HOUR, limit_per_day=1000
            )
        if usage is not None:
            say_usage(connection, account, attempt_id, usage)
        if own_on_day is None:
            return []
        return [
            f"The provider says that {usage} percent of its limit of invites is used;"
            f" we count {own} in 7 x 24 hours and {own_on_day} of 1000 on the day."
        ]

    return Case(PROVIDER_COUNTS, arrange, action="")


def day_nearly_spent(connection, account):
    for number in range(20):
        attempt_id = insert_attempt(
            connection, account, NOON - (20 - number) * MINUTE, limit_per_day=25
        )
    say_usage(connection, account, attempt_id, 95)
    return []


def one_invite_and_a_half_used_limit(connection, account):
    attempt_id = insert_attempt(connection, account, NOON - HOUR)
    say_usage(connection, account, attempt_id, 50)
    return [
        "The provider says that 50 percent of its limit of invites is used; we"
        " count 1 in 7 x 24 hours and 1 of 80 on the day."
    ]


def begun(moment, local=None):
    """A send of Karachi, where 09:00 is 04:00 UTC; May 4, 2026 is a Monday.

    local: when that is there, if it is outside of the window.
    """

    def arrange(connection, account):
        attempt_id = insert_attempt(
            connection,
            account,
            dt.datetime.fromisoformat(moment + "+00:00"),
            timezone="Asia/Karachi",
            window_weekday=1,
            window_opens="09:00",
            window_closes="17:00",
        )
        if local is None:
            return []
        return [
            f"Attempt {attempt_id} began {local} in Asia/Karachi, outside weekday 1,"
            " 09:00:00 to 17:00:00."
        ]

    return Case(OUTSIDE, arrange)


CASES = {
    "a counter without events for over two hours": Case(
        WITHOUT_EVENTS, old_counter_without_events
    ),
    "a counter without events has two hours": Case(
        WITHOUT_EVENTS, counter_of_two_hours
    ),
    "a counter of 0": Case(WITHOUT_EVENTS, counter_of_0),
    "a counter with one event": Case(WITHOUT_EVENTS, counter_with_one_event),
    "inflation at once": Case(DIFFERS, inflation),
    "shortfall at once": Case(DIFFERS, shortfall),
    "a release has an hour": Case(DIFFERS, release_of_an_hour),
    "a release after an hour": Case(DIFFERS, release_of_over_an_hour),
    "a third attempt under a limit of two": Case(OVER_CAP, third_under_a_limit_of_two),
    "what is known unsent or of another day": Case(
        OVER_CAP, unsent_attempts_and_other_days
    ),
    "a limit lowered later": Case(OVER_CAP, limit_lowered_later),
    "168 hours apart": Case(OVER_CAP, week_apart),
    "a minute less than 168 hours apart": Case(OVER_CAP, less_than_a_week_apart),
    # 90 percent of the published 200 invites a week are 180.
    "10 beside 180": provider_counts(10, 90, own_on_day=10),
    "79 beside 180": provider_counts(79, 90, own_on_day=12),
    "80 beside 180": provider_counts(80, 90),
    "60 beside 190": provider_counts(60, 95, own_on_day=12),
    "10 and no word of the provider": provider_counts(10, None),
    # Many on the day: its own limit may be the provider's too.
    "a day that is nearly spent": Case(PROVIDER_COUNTS, day_nearly_spent, action=""),
    "both counts are said": Case(
        PROVIDER_COUNTS, one_invite_and_a_half_used_limit, action=""
    ),
    "at the opening": begun("2026-05-04 04:00:00"),
    "before the opening": begun("2026-05-04 03:59:59", "Monday 2026-05-04 08:59:59"),
    "before the closing": begun("2026-05-04 11:59:59"),
    "at the closing": begun("2026-05-04 12:00:00", "Monday 2026-05-04 17:00:00"),
    "on another weekday": begun("2026-05-03 04:00:00", "Sunday 2026-05-03 09:00:00"),
}
# How each makes the two times of an enrollment differ, and what is then said.
DIFFERENCES = {
    "the action is later": (
        "update outreach.campaign_prospects"
        " set next_action_at = next_action_at + interval '1 minute'",
        "is due at 2026-05-04 12:01:00 UTC, its job {} at 2026-05-04 12:00:00 UTC.",
    ),
    "the job is parked": (
        "update outreach.campaign_send_jobs set run_at = null, status = 'parked'",
        "is due at 2026-05-04 12:00:00 UTC, its job {} at no time.",
    ),
    "the job is cancelled": (
        "update outreach.campaign_send_jobs set run_at = null, status = 'cancelled'",
        "is due at 2026-05-04 12:00:00 UTC, without a live job.",
    ),
    "the action has no time": (
        "update outreach.campaign_prospects set next_action_at = null",
        "is due at no time, its job {} at 2026-05-04 12:00:00 UTC.",
    ),
}


def subject(account, action=", send_invite"):
    return f"Anisha (account {account[1]}){action}"


@dataclass(frozen=True)
class Look:
    """What one call of dbt made of the alerts."""

    statuses: dict
    # {alert: {workspace_id: [(subject, message)]}}
    rows: dict

    def of(self, alert, account):
        return self.rows[alert].get(account[0], [])


def look(database, connection):
    """The alerts as of NOON, after what they read was built in the same call."""
    statuses = run_dbt(database, "build", *KEPT, *ALERTS, as_of=NOON)
    return Look(
        {alert: statuses[alert] for alert in ALERTS},
        {alert: failing_rows(connection, alert) for alert in ALERTS},
    )


def failing_rows(connection, alert):
    kept = sql.SQL("select workspace_id, subject, message from analytics_failures.{}")
    rows = {}
    for workspace_id, *row in connection.execute(kept.format(sql.Identifier(alert))):
        rows.setdefault(workspace_id, []).append(tuple(row))
    return rows


def make_anisha(connection):
    """(workspace_id, account_id) of an account whose time zone is UTC."""
    workspace_id = make_workspace(connection)
    return workspace_id, make_account(connection, workspace_id)


class Differing:
    """An enrollment whose two times agree, and later differ."""

    def __init__(self, connection, change, message):
        self.account = make_anisha(connection)
        campaign_id, (step_id, _) = make_campaign(connection, self.account[0])
        (enrollment_id,) = make_enrollments(
            connection, *self.account, campaign_id, step_id
        )
        (job_id,) = connection.execute(
            "select job_id from outreach.campaign_send_jobs where workspace_id = %s",
            [self.account[0]],
        ).fetchone()
        self.message = f"Enrollment {enrollment_id} {message.format(job_id)}"
        self._change = change

    def differ(self, connection):
        connection.execute(f"{self._change} where workspace_id = %s", [self.account[0]])


@dataclass(frozen=True)
class Looks:
    """All cases, looked at twice: healed and made to differ in between."""

    # (account, messages that are due) by the name of the case.
    cases: dict
    healed: tuple[int, int]
    differing: dict
    first: Look
    second: Look


@pytest.fixture(scope="module")
def looks(template_database):
    with modelled_copy(template_database) as database, database.connect() as connection:
        connection.autocommit = True
        healed = make_anisha(connection)
        accounts = {name: make_anisha(connection) for name in CASES}
        differing = {
            name: Differing(connection, *parts) for name, parts in DIFFERENCES.items()
        }
        with loading(connection):
            set_counter(connection, healed, TODAY, 38, NOON - 3 * HOUR)
            cases = {
                name: (accounts[name], case.arrange(connection, accounts[name]))
                for name, case in CASES.items()
            }
        first = look(database, connection)
        connection.execute(
            "select outreach.heal_daily_counters(%s, 'test', %s)", [healed[0], NOON]
        )
        with loading(connection):
            for each in differing.values():
                each.differ(connection)
        yield Looks(cases, healed, differing, first, look(database, connection))


@pytest.mark.parametrize("name", CASES)
def test_an_alert_lists_what_is_bad_and_nothing_else(looks, name):
    account, messages = looks.cases[name]
    case = CASES[name]
    wanted = [(subject(account, case.action), message) for message in messages]
    assert looks.first.of(case.alert, account) == wanted


def test_what_must_never_happen_fails_and_the_rest_warns(looks):
    assert looks.first.statuses == {
        WITHOUT_EVENTS: "warn",
        DIFFERS: "warn",
        OVER_CAP: "fail",
        OUTSIDE: "fail",
        PROVIDER_COUNTS: "warn",
        TIMES: "pass",
    }
    assert looks.second.statuses == looks.first.statuses | {TIMES: "warn"}


def test_the_alert_goes_green_when_the_counter_is_healed(looks):
    for alert in (DIFFERS, WITHOUT_EVENTS):
        (row,) = looks.first.of(alert, looks.healed)
        assert row[0] == subject(looks.healed)
        assert looks.second.of(alert, looks.healed) == []


@pytest.mark.parametrize("name", DIFFERENCES)
def test_two_times_that_differ_are_found(looks, name):
    each = looks.differing[name]
    assert looks.first.of(TIMES, each.account) == []
    assert looks.second.of(TIMES, each.account) == [
        (subject(each.account, action=""), each.message)
    ]


def test_all_is_green_where_all_is_right(modelled, opened, anisha):
    campaign_id, (step_id, _) = make_campaign(opened, anisha[0])
    make_enrollments(opened, *anisha, campaign_id, step_id, count=2, run_at=NOON)
    send_one(opened, anisha[0], as_of=NOON)
    opened.commit()
    assert look(modelled, opened).statuses == dict.fromkeys(ALERTS, "pass")


def test_a_source_that_is_written_no_more_is_found_by_its_own_bound(
    modelled, opened, anisha
):
    def read(account, ended_at, is_complete=True):
        opened.execute(
            "select outreach.record_provider_read(%s, %s, 'relations', null, %s, %s,"
            " %s, 1, %s, '[]')",
            [*account, ended_at, ended_at, is_complete, None if is_complete else "429"],
        )
        opened.commit()

    def found():
        status = run_dbt(modelled, "test", NOT_FRESH, as_of=NOON)[NOT_FRESH]
        rows = failing_rows(opened, NOT_FRESH)
        opened.commit()
        return status, rows

    assert found() == ("pass", {})
    read(anisha, NOON - 12 * HOUR - MINUTE)
    opened.execute(
        "select outreach.record_provider_wide_read('http://x.test:1', 'accounts', null,"
        " %(at)s, %(at)s, true, 1, 1, null, '[]')",
        {"at": NOON - 23 * HOUR},
    )
    # A walk that did not reach the end of its list is none.
    read(anisha, NOON - 11 * HOUR, is_complete=False)
    assert found() == (
        "warn",
        {
            0: [
                (
                    "source whole_provider_reads",
                    "Nothing that counts was written to outreach.whole_provider_reads"
                    " since 2026-05-03 23:59 UTC, which is longer ago than 12 hours.",
                )
            ]
        },
    )
    read(anisha, NOON - 11 * HOUR)
    assert found() == ("pass", {})
