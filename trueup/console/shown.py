"""How values read on a page: moments with their zone, durations, counts and words.

Belongs here: the filters of the templates.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from markupsafe import Markup, escape

from trueup.console.paging import counted
from trueup.postgres.timezone_files import zone_of

WEEKDAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_SPANS = (
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "min"),
)
# They make text appear in another order than it is written, or not at all.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)


def moment(at: datetime | None, zone: str | None = None) -> Markup:
    """A `time` element in a zone, by default UTC; a dash for None."""
    if at is None:
        return Markup('<span class="none">—</span>')
    return _time(at, moment_words(at, zone))


def moment_words(at: datetime, zone: str | None = None) -> str:
    """A moment in a zone, by default UTC, such as 1 Dec 2026, 09:00 CET."""
    local = at.astimezone((zone_of(zone) if zone else None) or UTC)
    return f"{local.day} {local:%b %Y, %H:%M} {zone_name(at, zone)}"


def both_zones(at: datetime | None, zone: str) -> Markup:
    """A `time` element in a zone, and after it the same moment in UTC."""
    if at is None or zone_name(at, zone) == "UTC":
        return moment(at)
    utc = at.astimezone(UTC)
    is_same_day = utc.date() == at.astimezone(zone_of(zone) or UTC).date()
    there = f"{utc:%H:%M}" if is_same_day else f"{utc.day} {utc:%b, %H:%M}"
    return Markup(
        f'{moment(at, zone)} <span class="other-zone">({escape(there)} UTC)</span>'
    )


def date_of(at: datetime, zone: str | None = None) -> Markup:
    """A `time` element that shows the date alone; its tooltip has the time."""
    local = at.astimezone((zone_of(zone) if zone else None) or UTC)
    return _time(at, f"{local.day} {local:%b %Y}")


def local_time(at: datetime, zone: str) -> Markup:
    """A `time` element with the weekday and the time of day, without the date."""
    local = at.astimezone(zone_of(zone) or UTC)
    return _time(at, f"{local:%A %H:%M} {zone_name(at, zone)}")


def clock(at: datetime | None, zone: str | None = None, *, now: datetime) -> Markup:
    """A `time` element that leaves the date out if it is today in that zone."""
    if at is None:
        return Markup('<span class="none">—</span>')
    known = (zone_of(zone) if zone else None) or UTC
    local, today = at.astimezone(known), now.astimezone(known).date()
    days = (local.date() - today).days
    name = zone_name(at, zone)
    if days == 0:
        words = f"today {local:%H:%M} {name}"
    elif days == 1:
        words = f"tomorrow {local:%H:%M} {name}"
    elif 1 < days < 7:
        words = f"{local:%A %H:%M} {name}"
    else:
        words = f"{local.day} {local:%b %Y, %H:%M} {name}"
    return _time(at, words)


def ago(at: datetime | None, now: datetime) -> Markup:
    """A `time` element such as "3 minutes ago" or "in 2 hours"."""
    if at is None:
        return Markup('<span class="none">—</span>')
    words = duration(abs(now - at))
    if words == "moments":
        return _time(at, "just now" if at <= now else "in moments")
    return _time(at, f"{words} ago" if at <= now else f"in {words}")


def duration(span: timedelta) -> str:
    """A length of time in its largest unit."""
    for unit, word in _SPANS:
        number = span // unit
        if number:
            has_plural = number != 1 and word != "min"
            return f"{number:,} {word}{'s' if has_plural else ''}"
    return "moments"


def span(length: timedelta | None) -> str:
    """A length of time as people type it, such as 5 minutes; empty for none."""
    seconds = round(length.total_seconds()) if length else 0
    for unit, size in (("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds and seconds % size == 0:
            number = seconds // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return ""


def zone_name(at: datetime, zone: str | None) -> str:
    """The zone's short name at that moment, such as CEST; its offset without one."""
    known = zone_of(zone) if zone else None
    if known is None:
        return "UTC"
    name = at.astimezone(known).strftime("%Z")
    return name if name.isalpha() else f"UTC{name}"


def time_of_day(since_midnight: timedelta) -> str:
    """09:00; the end of a day is 24:00, which a `datetime.time` cannot be."""
    minutes = since_midnight // timedelta(minutes=1)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def weekday(number: int) -> str:
    """1 is Monday."""
    return WEEKDAYS[number - 1]


def visible(text: object) -> Markup:
    """Text of others, with what cannot be seen, or turns its direction, written out.

    It stands in an element of its own, so that it changes no other text's direction.
    """
    return Markup(f"<bdi>{escape(plain(text))}</bdi>")


def email(text: object) -> Markup:
    """An address as `visible` shows it, which a narrow line breaks before its @."""
    return Markup(visible(text).replace("@", Markup("<wbr>@")))


def plain(text: object) -> str:
    """The same for a place that can hold no element, such as a title.

    The result of a macro is escaped already; it is escaped again where it is shown.
    """
    written = text.unescape() if isinstance(text, Markup) else f"{text}"
    return _INVISIBLE.sub(lambda match: f"\\u{ord(match[0]):04x}", written)


def without_invisible(text: object) -> str:
    """The text for a field in which a person mends it."""
    return _INVISIBLE.sub("", f"{text or ''}")


def has_invisible(text: str) -> bool:
    """Whether the text has what `visible` would write out."""
    return _INVISIBLE.search(text) is not None


def plural(count: int, one: str, many: str | None = None) -> str:
    """1 person, 2 people, 10,000+ people."""
    word = one if count == 1 else many or f"{one}s"
    return f"{counted(count)} {word}"


def day(at: date) -> Markup:
    """A `time` element for a calendar day."""
    words = f"{at.day} {at:%b %Y}"
    return Markup(f'<time datetime="{at.isoformat()}">{escape(words)}</time>')


def isoweekday(at: datetime, zone: str) -> int:
    """The weekday of a moment in a zone, 1 for Monday."""
    return at.astimezone(zone_of(zone) or UTC).isoweekday()


def share_of_day(at: datetime, zone: str) -> float:
    """How much of its local day is over at a moment, from 0 to 100."""
    local = at.astimezone(zone_of(zone) or UTC)
    return round((local.hour * 60 + local.minute) / 14.4, 2)


def pairs(rows: Iterable[Mapping[str, Any]], value: str, words: str) -> list[Any]:
    """Two columns of rows, as the options of a choice."""
    return [(row[value], row[words]) for row in rows]


def suggestions(names: Iterable[str]) -> Markup:
    """The options of a `datalist`, escaped at once: it may have hundreds."""
    lines = str(escape("\n".join(names))).split("\n")
    return Markup("".join(f'<option value="{line}"></option>' for line in lines))


def reason_words(blocker: object) -> str:
    """What holds an enrollment back, as people call it."""
    return _REASONS.get(f"{blocker}") or words(blocker).capitalize()


_REASONS = {
    "campaign_not_running": "Campaign not running",
    "enrollment_paused": "Paused for this person",
    "no_live_job": "No job",
    "profile_not_resolved": "Waits for a profile look-up",
    "template_fix": "Waits for a mended text",
    "unknown_send": "Never answered",
}


def act_words(action: object) -> str:
    """What an account does, or what a person waits for, as people call it."""
    return _ACTS.get(f"{action}") or words(action)


_ACTS = {
    "answer": "answer",
    "answer_reply": "answer",
    "end_wait": "end of the wait",
    "send_inmail": "InMail",
    "send_invite": "invite",
    "send_message": "message",
    "wait_accept": "wait for the accept",
    "withdraw_invite": "withdrawal of the invite",
}


def actor_words(actor: str) -> str:
    """Who made a change: a person as they are called, or what works by itself."""
    if actor in _BY_ITSELF or actor.startswith("dagster "):
        return "by itself, on schedule"
    return words(actor)


# What the work that Dagster starts calls itself, beside "dagster RUN".
_BY_ITSELF = frozenset(
    ("accounts poll", "polled_replies", "resolved_accepts", "webhook audit")
)


def status_reason(text: str) -> str:
    """Why an account has its status, with the provider's own word explained."""
    told = _CREDENTIALS.sub("the provider asks for a new login (CREDENTIALS)", text)
    return told[:1].upper() + told[1:]


_CREDENTIALS = re.compile(r"\b[Tt]he provider says CREDENTIALS\b")


def words(name: object) -> str:
    """send_invite as "send invite"; a profile look-up is called so everywhere."""
    return _WORDS.get(f"{name}") or f"{name}".replace("_", " ")


_WORDS = {"resolve_profile": "profile look-up"}


def _time(at: datetime, text: str) -> Markup:
    utc = at.astimezone(UTC)
    day, time = f"{utc:%Y-%m-%d}", f"{utc:%H:%M:%S}"
    # Pages have hundreds of them, and Markup.format takes ten times as long.
    return Markup(
        f'<time datetime="{day}T{time}Z" title="{day} {time} UTC">{escape(text)}</time>'
    )


FILTERS: dict[str, Callable[..., Any]] = {
    "act_words": act_words,
    "actor_words": actor_words,
    "ago": ago,
    "both_zones": both_zones,
    "clock": clock,
    "counted": counted,
    "date_of": date_of,
    "day": day,
    "duration": duration,
    "email": email,
    "isoweekday": isoweekday,
    "local_time": local_time,
    "moment": moment,
    "pairs": pairs,
    "plain": plain,
    "plural": plural,
    "reason_words": reason_words,
    "share_of_day": share_of_day,
    "span": span,
    "status_reason": status_reason,
    "suggestions": suggestions,
    "time_of_day": time_of_day,
    "visible": visible,
    "weekday": weekday,
    "without_invisible": without_invisible,
    "words": words,
    "zone_name": zone_name,
}
