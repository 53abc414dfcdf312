"""An account's time zone: which exist, when a change takes effect, whose day it is."""

import datetime as dt

import pytest
from psycopg.errors import (
    CheckViolation,
    DatetimeFieldOverflow,
    NoDataFound,
    NullValueNotAllowed,
)

from tests.support.rows import make_account, make_workspace


def utc(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.fixture
def workspace_id(connection):
    return make_workspace(connection)


@pytest.fixture
def account(connection, workspace_id):
    account_id = make_account(connection, workspace_id, timezone="America/New_York")
    return workspace_id, account_id


def move(connection, account, new_timezone, at=None, actor="Ada"):
    return connection.execute(
        "select outreach.set_account_timezone("
        " workspace_id => %s, account_id => %s, new_timezone => %s, actor => %s,"
        " at => %s)",
        [*account, new_timezone, actor, at],
    ).fetchone()[0]


def zones(connection, account):
    return connection.execute(
        "select timezone, next_timezone, next_timezone_at"
        " from outreach.linkedin_accounts where workspace_id = %s and account_id = %s",
        account,
    ).fetchone()


def local_date(connection, account, at):
    return connection.execute(
        "select outreach.account_local_date(%s, %s, %s)", [*account, at]
    ).fetchone()[0]


def test_a_changed_zone_takes_effect_at_the_old_zones_next_midnight(
    connection, account
):
    midnight = utc("2026-05-05 04:00")
    assert move(connection, account, "Asia/Tokyo", utc("2026-05-04 15:00")) == midnight
    assert zones(connection, account) == ("America/New_York", "Asia/Tokyo", midnight)


@pytest.mark.parametrize(
    ("timezone", "at", "midnight"),
    [
        # At midnight itself the next one is a day away.
        ("UTC", "2026-05-04 00:00:00", "2026-05-05 00:00:00"),
        ("UTC", "2026-05-04 23:59:59.999999", "2026-05-05 00:00:00"),
        # Days of 23 and of 25 hours.
        ("Europe/Berlin", "2026-03-28 23:00", "2026-03-29 22:00"),
        ("Europe/Berlin", "2026-10-24 22:00", "2026-10-25 23:00"),
        # The clock goes from 00:00 to 01:00: the day begins at 01:00.
        ("America/Santiago", "2026-09-05 20:00", "2026-09-06 04:00"),
        ("Asia/Beirut", "2026-03-28 20:00", "2026-03-28 22:00"),
        # Back from 24:00 to 23:00: the old day lasts an hour longer.
        ("America/Santiago", "2026-04-05 02:30", "2026-04-05 04:00"),
        ("America/Santiago", "2026-04-05 03:30", "2026-04-05 04:00"),
        # Back from 01:00 to 00:00: only the first of the two midnights counts.
        ("America/Havana", "2025-11-02 03:00", "2025-11-02 04:00"),
        ("America/Havana", "2025-11-02 04:30", "2025-11-03 05:00"),
        # From 23:00 to 24:00 on the evening before.
        ("America/Nuuk", "2026-03-28 20:00", "2026-03-29 01:00"),
        # From Thursday to Saturday.
        ("Pacific/Apia", "2011-12-29 20:00", "2011-12-30 10:00"),
        # An offset of -00:44:30.
        ("Africa/Monrovia", "1971-06-01 12:00", "1971-06-02 00:44:30"),
    ],
)
def test_midnight_is_the_first_instant_of_the_next_local_date(
    connection, timezone, at, midnight
):
    # A session in a zone of its own, whose days are others.
    connection.execute("set local timezone to 'America/New_York'")
    found, date_before, date_after = connection.execute(
        "select midnight,"
        " ((midnight - interval '1 microsecond') at time zone %(zone)s)::date,"
        " (midnight at time zone %(zone)s)::date"
        " from outreach.next_local_midnight(%(zone)s, %(at)s) as midnight",
        {"zone": timezone, "at": utc(at)},
    ).fetchone()
    assert found == utc(midnight)
    assert date_before < date_after


def test_a_change_that_took_effect_becomes_the_zone_before_the_next(
    connection, account
):
    move(connection, account, "Asia/Tokyo", utc("2026-05-04 15:00"))
    midnight_in_tokyo = utc("2026-05-06 15:00")
    assert move(connection, account, "UTC", utc("2026-05-06 12:00")) == (
        midnight_in_tokyo
    )
    assert zones(connection, account) == ("Asia/Tokyo", "UTC", midnight_in_tokyo)


def test_a_change_replaces_one_that_is_still_to_come(connection, account):
    move(connection, account, "Asia/Tokyo", utc("2026-05-04 15:00"))
    midnight = utc("2026-05-05 04:00")
    assert move(connection, account, "UTC", utc("2026-05-04 16:00")) == midnight
    assert zones(connection, account) == ("America/New_York", "UTC", midnight)


def test_going_back_to_the_present_zone_calls_off_a_change_to_come(connection, account):
    move(connection, account, "Asia/Tokyo", utc("2026-05-04 15:00"))
    at = utc("2026-05-04 16:00")
    assert move(connection, account, "America/New_York", at) == at
    assert zones(connection, account) == ("America/New_York", None, None)


def test_without_a_moment_the_change_is_one_of_now(connection, account):
    next_midnight = connection.execute(
        "select outreach.next_local_midnight('America/New_York', clock_timestamp())"
    ).fetchone()[0]
    assert move(connection, account, "Asia/Tokyo") >= next_midnight


def test_the_local_date_is_the_old_zones_until_the_change(connection, account):
    move(connection, account, "Asia/Tokyo", utc("2026-05-04 15:00"))
    assert local_date(connection, account, utc("2026-05-05 03:59")) == dt.date(
        2026, 5, 4
    )
    assert local_date(connection, account, utc("2026-05-05 04:00")) == dt.date(
        2026, 5, 5
    )
    # Tokyo's midnight, in the middle of New York's morning.
    assert local_date(connection, account, utc("2026-05-05 15:00")) == dt.date(
        2026, 5, 6
    )


def test_an_operator_may_move_an_account(connection, account):
    connection.execute("set local role operator")
    assert move(connection, account, "UTC", utc("2026-05-04 15:00")) == (
        utc("2026-05-05 04:00")
    )


def test_an_account_that_does_not_exist_is_not_moved(connection, workspace_id):
    with pytest.raises(NoDataFound, match="has no LinkedIn account -1"):
        move(connection, (workspace_id, -1), "UTC")


def test_the_local_date_of_nobody_is_an_error(connection, workspace_id):
    with pytest.raises(NoDataFound, match="has no LinkedIn account -1"):
        local_date(connection, (workspace_id, -1), utc("2026-05-04"))


@pytest.mark.parametrize("new_timezone", ["", None])
def test_no_time_zone_is_refused(connection, account, new_timezone):
    with pytest.raises(NullValueNotAllowed, match="needs a time zone"):
        move(connection, account, new_timezone)


def test_a_change_says_who_made_it(connection, account):
    with pytest.raises(NullValueNotAllowed, match="has no actor"):
        move(connection, account, "UTC", actor=" ")


def test_a_change_at_no_moment_is_refused(connection, account):
    with pytest.raises(DatetimeFieldOverflow, match="cannot change at infinity"):
        move(connection, account, "UTC", "infinity")


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("Europe/Berln", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("Asia/Calcuta", "Asia/Calcutta"),
        ("Berlin5", "Europe/Berlin"),  # a zone to Postgres, five hours behind UTC
    ],
)
def test_an_unknown_time_zone_is_refused_with_the_nearest_name(
    connection, account, wrong, meant
):
    with pytest.raises(CheckViolation) as failure:
        move(connection, account, wrong)
    said = failure.value.diag
    assert said.message_primary == (
        f"LinkedIn account {account[1]} (Anisha) of workspace {account[0]} cannot live"
        f' in time zone "{wrong}": it does not exist'
    )
    assert said.message_hint.startswith(f"Did you mean {meant}? ")


def test_a_time_zone_like_no_other_is_refused_without_a_guess(connection, workspace_id):
    with pytest.raises(CheckViolation) as failure:
        make_account(connection, workspace_id, timezone="qqq")
    assert failure.value.diag.message_hint == (
        "outreach.timezones lists the names, such as Europe/Berlin."
    )


def test_a_long_time_zone_is_compared_by_its_beginning_only(connection, account):
    digits = "".join(f"{number:05}" for number in range(20_000))
    with pytest.raises(CheckViolation) as failure:
        move(connection, account, "Europe/Berlin".ljust(100) + digits)
    said = failure.value.diag
    assert said.message_hint.startswith("Did you mean Europe/Berlin? ")
    assert len(said.message_primary) < 300


def test_a_next_time_zone_must_exist_too(connection, account):
    with pytest.raises(CheckViolation, match='in time zone "Mars/Olympus"'):
        connection.execute(
            "update outreach.linkedin_accounts set next_timezone = 'Mars/Olympus',"
            " next_timezone_at = now() where workspace_id = %s and account_id = %s",
            account,
        )
