"""clamp_to_sending_window() equals a look at every minute, in every time zone.

Every name in outreach.timezones, on the days of 2026 and 2027 on which its offset
changes, and second by second on the strangest days of history.
"""

import datetime as dt
from collections import defaultdict

import pytest

from tests.support.rows import make_account, make_workspace
from tests.support.window_search import EPOCH, clock_of, clock_text

FIRST_DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
LAST_DAY = dt.datetime(2028, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
# Where nothing changes: New Year's Eve, and the night of many others' spring.
QUIET_MOMENTS = (
    dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC),
    dt.datetime(2027, 1, 1, tzinfo=dt.UTC),
)
EDGES = [edge + by for edge in (-60, -30, 0, 30, 60) for by in (-1, 0, 1)]

ALWAYS = {
    "ends_at_24": ("21:15", "24:00"),
    "weekend_only": ("01:30", "02:30"),
    "several_a_day": ("00:00", "00:15", "02:20", "02:40", "09:00", "17:30"),
}


def daily(*times, weekdays=range(1, 8)):
    return tuple(
        (weekday, opens, closes)
        for weekday in weekdays
        for opens, closes in zip(times[::2], times[1::2], strict=True)
    )


def daily_from(minute, length):
    """Each day's window from a minute on, in two where it passes midnight."""
    first, last = minute % 1440, minute % 1440 + length
    if last <= 1440:
        return daily(clock_text(first), clock_text(last))
    return daily("00:00", clock_text(last - 1440), clock_text(first), "24:00")


def window_sets(changes):
    """Sets of windows that a zone with these changes of offset makes hard."""
    sets = {
        daily(*times, weekdays=(6, 7) if name == "weekend_only" else range(1, 8))
        for name, times in ALWAYS.items()
    }
    for moment, before, after in changes:
        minute = (moment - EPOCH) // MINUTE + before
        length = abs(after - before)
        if after > before:
            sets.add(daily_from(minute + length // 2, length))  # opens in the gap
            sets.add(daily_from(minute + 5, length - 10))  # wholly in the gap
        else:
            sets.add(daily_from(minute - length + 10, length - 20))  # repeated
    return sorted(sets)


@pytest.fixture
def changes_of_zones(connection):
    """Each zone's changes of offset: (moment, minutes before, minutes after)."""
    changes = {
        zone: []
        for (zone,) in connection.execute("select timezone from outreach.timezones")
    }
    rows = connection.execute(
        """
        with

        days as (

            select
                timezone,
                day,
                (day at time zone timezone) - day at time zone 'UTC' as before,
                ((day + '24 hours') at time zone timezone)
                - (day + '24 hours') at time zone 'UTC' as after
            from outreach.timezones
            cross join generate_series(
                %s::timestamptz, %s::timestamptz, interval '24 hours'
            ) as day

        )

        select
            days.timezone,
            min(minute),
            extract(epoch from days.before)::int / 60,
            extract(epoch from days.after)::int / 60
        from days
        cross join generate_series(
            days.day, days.day + '24 hours', interval '1 minute'
        ) as minute
        where
            days.before <> days.after
            and (minute at time zone days.timezone) - minute at time zone 'UTC'
            = days.after
        group by days.timezone, days.day, days.before, days.after
        order by days.timezone, days.day
        """,
        [FIRST_DAY, LAST_DAY],
    )
    for zone, *change in rows:
        changes[zone].append(tuple(change))
    return changes


def make_accounts(connection, sets_of_zones):
    """One account for each zone and each set of its windows, in that order."""
    workspace_id = make_workspace(connection)
    pairs = [
        (zone, windows) for zone in sets_of_zones for windows in sets_of_zones[zone]
    ]
    account_ids = [
        row[0]
        for row in connection.execute(
            "insert into outreach.linkedin_accounts (workspace_id, name, timezone)"
            " select %s, 'Anisha', zone from unnest(%s::text[]) with ordinality"
            " as zones (zone, place) order by place returning account_id",
            [workspace_id, [zone for zone, _ in pairs]],
        )
    ]
    rows = [
        (account_id, *window)
        for account_id, (_, windows) in zip(account_ids, pairs, strict=True)
        for window in windows
    ]
    connection.execute(
        "insert into outreach.linkedin_account_sending_windows"
        " select %s, * from unnest(%s::bigint[], %s::smallint[], %s::time[],"
        " %s::time[])",
        [workspace_id, *map(list, zip(*rows, strict=True))],
    )
    connection.execute("analyze outreach.linkedin_accounts")
    connection.execute("analyze outreach.linkedin_account_sending_windows")
    accounts = defaultdict(list)
    for account_id, (zone, _) in zip(account_ids, pairs, strict=True):
        accounts[zone].append(account_id)
    return workspace_id, accounts


def clamped(connection, workspace_id, account_ids, moments):
    """Microseconds since 1970, by account, by moment."""
    return connection.execute(
        "select array_agg((extract(epoch from outreach.clamp_to_sending_window("
        " %s, account_id, at)) * 1000000)::bigint order by account_place, place)"
        " from unnest(%s::bigint[]) with ordinality"
        " as accounts (account_id, account_place)"
        " cross join unnest(%s::timestamptz[]) with ordinality as moments (at, place)",
        [workspace_id, account_ids, moments],
    ).fetchone()[0]


def test_it_equals_a_look_at_every_minute_in_every_zone(connection, changes_of_zones):
    sets_of_zones = {
        zone: window_sets(changes) for zone, changes in changes_of_zones.items()
    }
    workspace_id, accounts = make_accounts(connection, sets_of_zones)
    # Zones with the same clock share what the minutes showed, not the calls.
    alike = defaultdict(list)
    for zone, changes in changes_of_zones.items():
        offset = connection.execute(
            "select %s at time zone %s - %s at time zone 'UTC'",
            [FIRST_DAY, zone, FIRST_DAY],
        ).fetchone()[0]
        alike[(offset, *changes)].append(zone)

    compared = 0
    for (_, *changes), zones in alike.items():
        for change in [moment for moment, *_ in changes] or QUIET_MOMENTS:
            start = change - 2 * DAY
            clock = clock_of(connection, zones[0], start, 11 * DAY)
            searched = [clock.inside(windows) for windows in sets_of_zones[zones[0]]]
            for number, zone in enumerate(zones):
                moments = [change + edge * MINUTE for edge in EDGES]
                # Each name starts at another minute, so that all are covered.
                moments += [
                    change + minute * MINUTE
                    for minute in range(-1440 + number * 7 % 89, 1440, 89)
                ]
                expected = [
                    (clock.search(inside, at) - EPOCH) // dt.timedelta(microseconds=1)
                    for inside in searched
                    for at in moments
                ]
                found = clamped(connection, workspace_id, accounts[zone], moments)
                assert found == expected, zone
                compared += len(found)

    assert len(changes_of_zones) > 400
    assert sum(map(bool, changes_of_zones.values())) > 100
    assert compared > 100_000


@pytest.mark.parametrize(
    ("zone", "day", "windows"),
    [
        # A whole Friday, and a whole Saturday, that never were.
        ("Pacific/Apia", "2011-12-30", daily("09:00", "24:00", weekdays=[5, 6])),
        ("Pacific/Kwajalein", "1993-08-21", daily("08:00", "12:00", weekdays=[6, 7])),
        # A Friday twice: from Russia's side of the date line to America's.
        ("America/Juneau", "1867-10-18", daily("15:31", "15:32", weekdays=[5])),
        # Offsets with seconds.
        ("Africa/Monrovia", "1972-01-07", daily("00:10", "00:40", "00:44", "00:45")),
        ("Asia/Kolkata", "1906-01-01", daily("00:00", "00:09", "05:20", "05:31")),
        # Half an hour of summer time.
        ("Australia/Lord_Howe", "2026-04-04", daily("01:40", "01:50")),
        (
            "Australia/Lord_Howe",
            "2026-10-03",
            daily("02:10", "02:20", "02:25", "02:35"),
        ),
        # Back by 30 minutes for good, at 23:30 of the day before.
        ("Asia/Pyongyang", "2018-05-04", daily("23:40", "24:00")),
        # Summer time that begins and ends at midnight.
        ("America/Santiago", "2026-09-06", daily("00:10", "00:50", "00:55", "01:05")),
        ("America/Santiago", "2026-04-05", daily("23:10", "23:20", "23:50", "24:00")),
        ("Asia/Beirut", "2026-03-28", daily("00:00", "00:30")),
        ("Africa/Cairo", "2026-10-29", daily("23:00", "24:00")),
        ("America/Nuuk", "2026-03-28", daily("23:30", "24:00")),
        ("America/St_Johns", "2008-11-02", daily("00:00", "00:01", "23:30", "24:00")),
        # Summer time switched off for Ramadan, and winter as the exception.
        ("Africa/Casablanca", "2026-02-15", daily("02:15", "02:45")),
        ("Africa/Casablanca", "2026-03-22", daily("02:15", "02:45")),
        ("Europe/Dublin", "2026-10-25", daily("01:15", "01:45")),
    ],
)
def test_it_equals_a_look_at_every_second_of_a_strange_day(
    connection, zone, day, windows
):
    noon = dt.datetime.fromisoformat(f"{day}T12:00:00+00:00")
    start = noon - 2 * DAY
    clock = clock_of(connection, zone, start, 4 * DAY, step_seconds=1)
    searched = clock.inside(windows)
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id, timezone=zone, windows=windows)
    # 641 is prime: the moments fall on all seconds of a minute and of an hour.
    moments = [
        start + second * dt.timedelta(seconds=1) for second in range(0, 345_600, 641)
    ]
    moments += [at + dt.timedelta(microseconds=250_000) for at in moments]
    found = clamped(connection, workspace_id, [account_id], moments)
    compared = 0
    for at, microseconds in zip(moments, found, strict=True):
        expected = clock.search(searched, at)
        result = EPOCH + dt.timedelta(microseconds=microseconds)
        if expected is None:  # later than what was looked at
            assert result > start + 4 * DAY
        else:
            assert result == expected
            compared += 1
    assert compared > 100
