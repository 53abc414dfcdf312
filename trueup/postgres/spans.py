"""Spans of time as people and our own pages write them: 5m, 5 min, 21 days, 1 h 30 min.

Belongs here: reading them as intervals of Postgres. Does not: printing them.
"""

import re

WORDS = {
    "second": ("s", "sec", "second", "seconds"),
    "minute": ("m", "min", "minute", "minutes"),
    "hour": ("h", "hour", "hours"),
    "day": ("d", "day", "days"),
    "week": ("w", "week", "weeks"),
    "month": ("mo", "month", "months"),
    "year": ("y", "year", "years"),
}
_PART = r"(\d{1,6}) ?([a-z]+)"
_SPAN = re.compile(rf"{_PART}(?: {_PART})*", re.ASCII)


def interval_of(text: str, *units: str) -> str | None:
    """The span as an interval, such as "5 minutes"; None if it is none.

    units: those that it may have, such as "day".
    """
    written = text.strip().lower()
    if _SPAN.fullmatch(written) is None:
        return None
    known = {word: unit for unit in units for word in WORDS[unit]}
    parts = re.findall(_PART, written)
    if any(word not in known for _, word in parts):
        return None
    return " ".join(
        f"{number} {known[word]}{'' if int(number) == 1 else 's'}"
        for number, word in parts
    )
