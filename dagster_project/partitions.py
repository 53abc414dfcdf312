"""Partitions by date, and which dates are today in some time zone.

Belongs here: the partitions of `daily_account_counters`, and which of them a run
covers. A partition is a date on each account's own calendar, not a range of UTC.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import dagster as dg

# The outcome of a send can become known days later.
LATE_WORD = timedelta(days=7)
_RANGE_START = "dagster/asset_partition_range_start"
_RANGE_END = "dagster/asset_partition_range_end"
# Time zones reach from 12 hours behind UTC to 14 hours ahead.
_BEHIND_UTC = timedelta(hours=12)
_AHEAD_OF_UTC = timedelta(hours=14)


def local_dates_from(
    first_date: date | None, as_of: datetime
) -> dg.DailyPartitionsDefinition:
    """One partition for each date since the first on which a send counts.

    They begin a week before today at the latest, because each night's run covers that
    week. The last one is tomorrow in UTC, which is already today at UTC+14 for half of
    the day; without the offset the last one would be yesterday.
    """
    week_ago = local_todays(as_of)[0] - LATE_WORD
    start = min(first_date or week_ago, week_ago)
    return dg.DailyPartitionsDefinition(
        start_date=start.isoformat(), timezone="UTC", end_offset=2
    )


def local_todays(as_of: datetime) -> tuple[date, date]:
    """The first and the last date that is today in some time zone at that moment.

    `as_of` needs a time zone. From 10:00 to 12:00 UTC that is three dates, else two.
    """
    if as_of.tzinfo is None:
        raise ValueError(f"as_of {as_of.isoformat()} needs a time zone")
    utc = as_of.astimezone(UTC)
    return (utc - _BEHIND_UTC).date(), (utc + _AHEAD_OF_UTC).date()


def todays_range_tags(
    as_of: datetime, days_before: timedelta = timedelta(0)
) -> dict[str, str]:
    """Tags of one run over each date that is today somewhere, and days before."""
    first, last = local_todays(as_of)
    return {
        _RANGE_START: (first - days_before).isoformat(),
        _RANGE_END: last.isoformat(),
    }


def span_before_today(tags: Mapping[str, str], as_of: datetime) -> timedelta | None:
    """How long before the earliest local today a run's dates begin, at most a week.

    None for a run over no range of dates.
    """
    if _RANGE_START not in tags:
        return None
    first, _ = local_todays(as_of)
    before = first - date.fromisoformat(tags[_RANGE_START])
    return min(max(before, timedelta(0)), LATE_WORD)
