"""The day of the send in templates: `{{ "now" | date: "%A" }}`.

Belongs here: the allowed formats and their results. Does not: the day itself, which the
sender gets from the database with each job.
"""

import datetime
import re

# What stands for the moment of the send in front of `| date:`.
NOW = frozenset({"now", "today"})
# The moment whose names and figures are the longest, to measure texts by.
LONGEST_TIME = datetime.datetime(2026, 9, 30, 12, 30)  # a Wednesday

_DAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_FORMATS = {
    "%A": lambda at: _DAYS[at.weekday()],
    "%a": lambda at: _DAYS[at.weekday()][:3],
    "%B": lambda at: _MONTHS[at.month - 1],
    "%b": lambda at: _MONTHS[at.month - 1][:3],
    "%d": lambda at: f"{at.day:02}",
    "%-d": lambda at: f"{at.day}",
    "%e": lambda at: f"{at.day}",
    "%m": lambda at: f"{at.month:02}",
    "%-m": lambda at: f"{at.month}",
    "%Y": lambda at: f"{at.year:04}",
    "%y": lambda at: f"{at.year % 100:02}",
    "%H": lambda at: f"{at.hour:02}",
    "%-H": lambda at: f"{at.hour}",
    "%I": lambda at: f"{at.hour % 12 or 12:02}",
    "%-I": lambda at: f"{at.hour % 12 or 12}",
    "%M": lambda at: f"{at.minute:02}",
    "%p": lambda at: "AM" if at.hour < 12 else "PM",
    "%P": lambda at: "am" if at.hour < 12 else "pm",
}
_DIRECTIVE = re.compile(r"%-?.?", re.DOTALL)
_LONGEST_FORMAT = 60


def wrong_format(text: str) -> str | None:
    """The error in a format, or None."""
    for match in _DIRECTIVE.finditer(text):
        if match.group() not in _FORMATS:
            known = " ".join(_FORMATS)
            return f"date does not know {match.group()}. It knows {known}."
    if "%" not in text:
        return "date needs a format such as '%A', the day of the week."
    if len(text) > _LONGEST_FORMAT:
        return f"A format has at most {_LONGEST_FORMAT} characters. Shorten it."
    return None


def written(at: datetime.datetime, text: str) -> str:
    """The local time in this format, with English names."""
    return _DIRECTIVE.sub(lambda match: _FORMATS[match.group()](at), text)
