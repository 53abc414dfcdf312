"""The earliest moment inside a sending window (design: Time)."""

import datetime as dt

import pytest
from psycopg.errors import (
    DatetimeFieldOverflow,
    NoDataFound,
    ObjectNotInPrerequisiteState,
)

from tests.support.rows import make_account, make_workspace

EVERY_DAY = None
OFFICE_HOURS = [(day, "09:00", "17:00") for day in range(1, 6)]


def utc(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.fixture
def workspace_id(connection):
    return make_workspace(connection)


@pytest.fixture
def clamp(connection, workspace_id):
    """clamp(timezone, windows, at), at and the answer as UTC without a zone."""

    def clamp_in(timezone, windows, at):
        account_id = make_account(
            connection, workspace_id, timezone=timezone, windows=windows
        )
        return clamp_account(connection, workspace_id, account_id, utc(at)).strftime(
            "%Y-%m-%d %H:%M:%S"
        )

    return clamp_in


def clamp_account(connection, workspace_id, account_id, at):
    return connection.execute(
        "select outreach.clamp_to_sending_window("
        " workspace_id => %s, account_id => %s, at => %s)",
        [workspace_id, account_id, at],
    ).fetchone()[0]


def window_at(connection, workspace_id, account_id, at):
    return connection.execute(
        "select timezone, weekday, opens::text, closes::text"
        " from outreach.limits_at(%s, array[%s::bigint], array['send_invite'], %s)"
        " where timezone is not null",
        [workspace_id, account_id, at],
    ).fetchone()


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-05-04 12:34:56", "2026-05-04 12:34:56"),
        ("2026-05-04 09:00:00", "2026-05-04 09:00:00"),
        ("2026-05-04 08:59:59", "2026-05-04 09:00:00"),
        ("2026-05-04 16:59:59", "2026-05-04 16:59:59"),
        ("2026-05-04 17:00:00", "2026-05-05 09:00:00"),
        ("2026-05-08 17:00:00", "2026-05-11 09:00:00"),
        ("2026-05-09 12:00:00", "2026-05-11 09:00:00"),
        ("2026-05-10 23:59:59", "2026-05-11 09:00:00"),
    ],
)
def test_a_window_is_open_from_its_opening_until_just_before_its_closing(
    clamp, at, expected
):
    assert clamp("UTC", OFFICE_HOURS, at) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-05-04 11:59:59", "2026-05-04 11:59:59"),
        ("2026-05-04 12:00:00", "2026-05-04 13:00:00"),
        ("2026-05-04 14:00:00", "2026-05-11 10:00:00"),
    ],
)
def test_a_weekday_may_have_several_windows(clamp, at, expected):
    windows = [(1, "13:00", "14:00"), (1, "10:00", "11:00"), (1, "11:00", "12:00")]
    assert clamp("UTC", windows, at) == expected


def test_a_window_until_24_00_runs_on_into_one_from_00_00(clamp):
    windows = [(1, "23:00", "24:00"), (2, "00:00", "01:00")]
    assert clamp("UTC", windows, "2026-05-04 23:59:59") == "2026-05-04 23:59:59"
    assert clamp("UTC", windows, "2026-05-05 00:00:00") == "2026-05-05 00:00:00"
    assert clamp("UTC", windows[:1], "2026-05-05 00:00:00") == "2026-05-11 23:00:00"


def test_weekday_and_time_are_those_of_the_accounts_own_zone(clamp):
    # Monday 07:30 in Auckland is still Sunday in UTC.
    windows = [(1, "07:30", "08:00")]
    assert (
        clamp("Pacific/Auckland", windows, "2026-05-02 12:00") == "2026-05-03 19:30:00"
    )


def test_a_window_that_would_open_in_the_spring_gap_opens_right_after_it(clamp):
    windows = [(EVERY_DAY, "02:30", "04:00")]
    assert clamp("Europe/Berlin", windows, "2026-03-29 00:00") == "2026-03-29 01:00:00"
    # The day before it opens on time, 02:30 at UTC+1.
    assert clamp("Europe/Berlin", windows, "2026-03-28 00:00") == "2026-03-28 01:30:00"


def test_a_window_wholly_in_the_spring_gap_does_not_open_that_day(clamp):
    windows = [(EVERY_DAY, "02:10", "02:50")]
    assert clamp("Europe/Berlin", windows, "2026-03-29 00:00") == "2026-03-30 00:10:00"
    sundays = [(7, "02:10", "02:50")]
    assert clamp("Europe/Berlin", sundays, "2026-03-29 00:00") == "2026-04-05 00:10:00"


def test_the_repeated_autumn_hour_is_inside_twice(clamp):
    windows = [(EVERY_DAY, "02:15", "02:45")]
    assert clamp("Europe/Berlin", windows, "2026-10-25 00:00") == "2026-10-25 00:15:00"
    assert clamp("Europe/Berlin", windows, "2026-10-25 00:45") == "2026-10-25 01:15:00"
    assert clamp("Europe/Berlin", windows, "2026-10-25 01:44") == "2026-10-25 01:44:00"
    assert clamp("Europe/Berlin", windows, "2026-10-25 01:45") == "2026-10-26 01:15:00"


def test_a_day_that_a_zone_skips_has_no_windows(clamp):
    fridays = [(5, "09:00", "17:00")]
    # Apia went from Thursday 29 to Saturday 31 December 2011.
    assert clamp("Pacific/Apia", fridays, "2011-12-30 04:00") == "2012-01-05 19:00:00"


def test_the_sessions_own_time_zone_has_no_say(connection, clamp):
    connection.execute("set local timezone to 'America/New_York'")
    # Over New York's spring gap, during which Berlin's clock runs evenly.
    at = "2026-03-06 23:00"
    assert clamp("Europe/Berlin", OFFICE_HOURS, at) == "2026-03-09 04:00:00"


@pytest.fixture
def moving_account(connection, workspace_id):
    """Office hours in New York until 7 May 2026 there, in Tokyo from then on."""
    account_id = make_account(
        connection, workspace_id, timezone="America/New_York", windows=OFFICE_HOURS
    )
    connection.execute(
        "update outreach.linkedin_accounts set next_timezone = 'Asia/Tokyo',"
        " next_timezone_at = '2026-05-07 04:00Z'"
        " where workspace_id = %s and account_id = %s",
        [workspace_id, account_id],
    )
    return workspace_id, account_id


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-05-06 14:00", "2026-05-06 14:00"),  # 10:00 in New York
        ("2026-05-05 22:00", "2026-05-06 13:00"),  # New York's next opening
        ("2026-05-06 22:00", "2026-05-07 04:00"),  # 13:00 in Tokyo at the change
        ("2026-05-07 08:30", "2026-05-08 00:00"),  # Tokyo's next opening
    ],
)
def test_a_changed_zone_rules_from_its_moment_on(
    connection, moving_account, at, expected
):
    assert clamp_account(connection, *moving_account, utc(at)) == utc(expected)


def test_the_window_at_a_moment_says_how_it_was_read(connection, moving_account):
    before = window_at(connection, *moving_account, utc("2026-05-06 14:00"))
    assert before == ("America/New_York", 3, "09:00:00", "17:00:00")
    after = window_at(connection, *moving_account, utc("2026-05-07 04:00"))
    assert after == ("Asia/Tokyo", 4, "09:00:00", "17:00:00")
    assert window_at(connection, *moving_account, utc("2026-05-06 22:00")) is None
    # 09:00 and 17:00 in New York: the opening is inside, the closing is not.
    assert window_at(connection, *moving_account, utc("2026-05-05 13:00")) is not None
    assert window_at(connection, *moving_account, utc("2026-05-05 21:00")) is None


def test_no_moment_stays_no_moment(connection, moving_account):
    assert clamp_account(connection, *moving_account, None) is None


@pytest.mark.parametrize(
    "at", ["infinity", "-infinity", "12000-01-01Z", "0002-01-01BC"]
)
def test_a_moment_outside_the_calendar_is_refused(connection, moving_account, at):
    with pytest.raises(
        DatetimeFieldOverflow, match="no sending window can be computed"
    ):
        clamp_account(connection, *moving_account, at)


def test_an_account_without_windows_is_an_error_with_a_hint(connection, workspace_id):
    account_id = make_account(connection, workspace_id, windows=())
    with pytest.raises(ObjectNotInPrerequisiteState) as failure:
        clamp_account(connection, workspace_id, account_id, utc("2026-05-04"))
    said = failure.value.diag
    assert said.message_primary == (
        f"LinkedIn account {account_id} (Anisha) of workspace {workspace_id} has no"
        " sending window"
    )
    assert "`trueup account windows`" in said.message_hint


def test_an_account_that_does_not_exist_is_an_error_with_a_hint(
    connection, moving_account
):
    with pytest.raises(NoDataFound, match="has no LinkedIn account -1") as failure:
        clamp_account(connection, moving_account[0], -1, utc("2026-05-04"))
    assert "outreach.linkedin_accounts" in failure.value.diag.message_hint
