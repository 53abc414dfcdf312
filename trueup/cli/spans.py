"""Spans of time as arguments: 5m, 21d, 2y, "6 months".

Belongs here: reading and printing them. Does not: dates and moments (`options.py`).
"""

import datetime as dt

import click

from trueup.postgres.spans import interval_of


class Span(click.ParamType):
    """A number with its unit, as an interval that Postgres reads, such as "5 minutes".

    units: those that the argument accepts, such as "day".
    """

    name = "span"

    def __init__(self, *units: str, example: str) -> None:
        self.units = units
        self.example = example

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The interval; fails with a sentence if it is malformed."""
        interval = interval_of(value, *self.units)
        if interval is None:
            self.fail(f"{value} is no such span; write {self.example}.", param, ctx)
        return interval


class Age(Span):
    """The age of an account. "new" is its first day."""

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The interval; fails with a sentence if it is malformed."""
        if value.strip().lower() == "new":
            return "0 days"
        return super().convert(value, param, ctx)


GAP = Span("second", "minute", "hour", example="5m or 90s")
AGE = Age("day", "week", "month", "year", example="2y, 18mo, 10d, or new")
OLDER_THAN = Span("minute", "hour", "day", "week", "month", example="21d, 3w or 12h")


def span_text(span: dt.timedelta) -> str:
    """A span for people, such as "4 days" or "1 min 30 s"; "" if it is zero."""
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = (
        (span.days, "day" if span.days == 1 else "days"),
        (hours, "h"),
        (minutes, "min"),
        (seconds, "s"),
    )
    return " ".join(f"{count} {unit}" for count, unit in parts if count)
