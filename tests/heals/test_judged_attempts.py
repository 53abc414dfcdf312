"""Attempts are judged by what was spent by then, and by the limits stored on them."""

import datetime as dt

import pytest

from tests.support.ledger_rows import insert_attempt, loading
from tests.support.rows import make_account, make_workspace

NINE = dt.datetime(2026, 5, 1, 9, tzinfo=dt.UTC)
MAY_1 = NINE.date()
MAY_2 = MAY_1 + dt.timedelta(days=1)


@pytest.fixture
def opened(database):
    with database.connect() as connection:
        yield connection


@pytest.fixture
def account(opened):
    workspace_id = make_workspace(opened)
    account = (workspace_id, make_account(opened, workspace_id))
    opened.commit()
    return account


def judged(connection, columns, since=dt.datetime(2026, 4, 24, 12, tzinfo=dt.UTC)):
    """The columns of each attempt begun since, in the order of the attempts."""
    return connection.execute(
        f"select {columns} from outreach.judged_attempts(%s) order by attempt_id",
        [since],
    ).fetchall()


def test_the_first_attempt_beyond_the_days_limit_is_over_it(opened, account):
    with loading(opened):
        for means, counted_on in (
            (("unsent", "sent"), MAY_1),
            (("unsent",), MAY_1),
            (("unknown",), MAY_1),
            ((), MAY_1),
            ((), MAY_2),
        ):
            insert_attempt(
                opened,
                account,
                NINE,
                counted_on,
                means=means,
                limit_per_day=2,
                limit_per_week=100,
            )
    assert judged(opened, "spent_on_day, is_over_day_limit") == [
        (1, False),
        (1, False),
        (2, False),
        (3, True),
        (1, False),
    ]


def test_an_attempt_exactly_168_hours_before_spends_nothing(opened, account):
    second = dt.timedelta(seconds=1)
    week = dt.timedelta(hours=168)
    may_2 = NINE + dt.timedelta(days=1)
    with loading(opened):
        for begun_at, limit_per_week in (
            (may_2 - 2 * week, 1),
            (may_2 - week, 1),
            (may_2 - second, 1),
            (may_2, None),
        ):
            insert_attempt(
                opened, account, begun_at, means=(), limit_per_week=limit_per_week
            )
    assert judged(opened, "spent_in_week, is_over_week_limit") == [
        (1, False),
        (2, True),
        (2, False),
    ]


def test_a_window_is_open_from_its_opening_until_just_before_its_closing(
    opened, account
):
    """On the account's own clock; 24:00 closes at midnight."""
    monday = dt.datetime(2026, 4, 27, tzinfo=dt.UTC)
    hour = dt.timedelta(hours=1)
    millisecond = dt.timedelta(milliseconds=1)
    with loading(opened):
        for begun_at, closes in (
            (monday + 4 * hour, "17:00"),
            (monday + 4 * hour - millisecond, "17:00"),
            (monday + 12 * hour - millisecond, "17:00"),
            (monday + 12 * hour, "17:00"),
            (monday + 28 * hour, "17:00"),
            (monday + 19 * hour - millisecond, "24:00"),
        ):
            insert_attempt(
                opened,
                account,
                begun_at,
                means=(),
                timezone="Asia/Karachi",
                window_weekday=1,
                window_opens="09:00",
                window_closes=closes,
            )
    assert judged(opened, "is_inside_window") == [
        (True,),
        (False,),
        (True,),
        (False,),
        (False,),
        (True,),
    ]


def test_one_pass_over_the_outcomes_says_what_each_attempt_says(opened, account):
    with loading(opened):
        for hours, means in enumerate(
            ((), ("sent",), ("unsent",), ("unknown",), ("unknown", "unsent", "sent"))
        ):
            begun_at = NINE + dt.timedelta(hours=hours)
            insert_attempt(opened, account, begun_at, means=means)
    by_pass, by_attempt = (
        opened.execute(
            f"select workspace_id, attempt_id, state from {source} order by 2", values
        ).fetchall()
        for source, values in (
            ("outreach.attempt_states_since(%s)", [NINE]),
            ("outreach.attempt_states where begun_at > %s", [NINE]),
        )
    )
    assert by_pass == by_attempt
    assert [state for *_, state in by_pass] == ["sent", "unsent", "unknown", "sent"]
