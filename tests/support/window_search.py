"""The first moment inside a sending window, found the dull way: look at each.

Belongs here: the search that outreach.clamp_to_sending_window() is compared with.
Local time comes from Postgres' own `at time zone`, so that only the algorithms
differ, never their time-zone data. Does not: rows, assertions.
"""

import datetime as dt
from dataclasses import dataclass

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
WEEK_SECONDS = 7 * 24 * 3600
SECOND = dt.timedelta(seconds=1)


@dataclass(frozen=True)
class Clock:
    """What an account's clock showed at each step from `start` on.

    `shown` counts steps since Monday 00:00 of the account's own week.
    """

    start: dt.datetime
    step: dt.timedelta
    shown: list[int]

    def first_inside(self, windows, at):
        """The first moment >= at inside windows, or None in what was looked at."""
        return self.search(self.inside(windows), at)

    def inside(self, windows):
        """A byte per moment: 1 where it is inside; windows are (day, from, to)."""
        a_week = bytearray(WEEK_SECONDS // int(self.step.total_seconds()))
        for weekday, opens, closes in windows:
            first = (weekday - 1) * dt.timedelta(days=1) + since_midnight(opens)
            last = (weekday - 1) * dt.timedelta(days=1) + since_midnight(closes)
            for place in range(first // self.step, last // self.step):
                a_week[place] = 1
        return bytes(map(a_week.__getitem__, self.shown))

    def search(self, inside, at):
        """As first_inside(), for the bytes of inside()."""
        steps, rest = divmod(at - self.start, self.step)
        if inside[steps]:
            return at
        found = inside.find(1, steps + (rest > dt.timedelta(0)))
        return None if found < 0 else self.start + found * self.step


def since_midnight(time):
    """'24:00' as a length of time."""
    hours, minutes = time.split(":")
    return dt.timedelta(hours=int(hours), minutes=int(minutes))


def clock_text(minute):
    """1440 as '24:00'."""
    return f"{minute // 60:02}:{minute % 60:02}"


def clock_of(connection, timezone, start, length, step_seconds=60, change=None):
    """A zone's clock; change is (next zone, from when), start a whole step."""
    next_timezone, next_timezone_at = change or (None, None)
    shown = connection.execute(
        """
        select array_agg(
            (
                date_part('epoch', moment at time zone zone)::bigint
                - extract(epoch from timestamp '0001-01-01')::bigint
            ) %% %(week)s / %(step)s
            order by moment
        )
        from generate_series(
            %(start)s::timestamptz,
            %(start)s::timestamptz + %(length)s,
            make_interval(secs => %(step)s)
        ) as moment
        cross join lateral (
            select
                case
                    when %(next_at)s::timestamptz <= moment then %(next)s
                    else %(zone)s
                end as zone
        ) as clocks
        """,
        {
            "zone": timezone,
            "start": start,
            "length": length,
            "step": step_seconds,
            "week": WEEK_SECONDS,
            "next": next_timezone,
            "next_at": next_timezone_at,
        },
    ).fetchone()[0]
    return Clock(start, step_seconds * SECOND, shown)
