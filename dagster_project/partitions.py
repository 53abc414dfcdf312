"""Dates as partitions, and which dates are somebody's today.

Belongs here: the partitions of `daily_account_counters`. A partition is a date on an
account's own calendar, never a range of UTC.
"""

from datetime import UTC, date, datetime, timedelta

import dagster as dg

FIRST_DATE = "2024-01-01"
# The last place on earth to begin a day is 12 hours behind UTC, the first 14 ahead.
_BEHIND_UTC = timedelta(hours=12)
_AHEAD_OF_UTC = timedelta(hours=14)

# end_offset: without it the last partition is yesterday's, with 1 today's, and with 2
# tomorrow's, which is already today at UTC+14 for half of the day.
LOCAL_DATES = dg.DailyPartitionsDefinition(
    start_date=FIRST_DATE, timezone="UTC", end_offset=2
)


def local_todays(as_of: datetime) -> tuple[date, date]:
    """The first and the last date that is a local today somewhere at that moment.

    `as_of` needs a time zone. From 10:00 to 12:00 UTC that is three dates, else two.
    """
    if as_of.tzinfo is None:
        raise ValueError(f"as_of {as_of.isoformat()} needs a time zone")
    utc = as_of.astimezone(UTC)
    return (utc - _BEHIND_UTC).date(), (utc + _AHEAD_OF_UTC).date()
