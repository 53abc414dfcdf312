"""Telling people of alerts, through Apprise, each once per opening.

Belongs here: which news goes out in which message, and noting that it was answered.
Does not: when an alert opens or is resolved (see `records.py`).
"""

import itertools
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import apprise
import psycopg
from psycopg.rows import class_row

SETTING = "TRUEUP_ALERT_URLS"
MOST_LINES = 20
# Named after this module, so that two deliverers never tell the same news at once.
_LOCK = "trueup.alerts.delivery"

Tell = Callable[["Message"], "Answer"]
"""Sends a message and says whether somebody answered."""


class UnusableAlertAddressError(Exception):
    """TRUEUP_ALERT_URLS cannot be used; its text says what to do."""


@dataclass(frozen=True)
class News:
    """An alert whose present state nobody was told."""

    workspace_id: int
    alert_id: int
    code: str
    subject: str
    message: str
    what_to_do: str | None
    failing_rows: str | None
    news: Literal["opened", "resolved"]
    read_at: datetime


@dataclass(frozen=True)
class Message:
    """What goes out: all news of one kind about one code."""

    title: str
    body: str
    is_good: bool


@dataclass(frozen=True)
class Answer:
    """is_told: at least one address answered. error: what the others said instead."""

    is_told: bool
    error: str | None = None


@dataclass(frozen=True)
class DeliveryReport:
    """Alerts told, alerts still owed, and why."""

    told: int = 0
    owed: int = 0
    error: str | None = None


def deliver(connection: psycopg.Connection, tell: Tell) -> DeliveryReport:
    """Tell what is owed, one message for each code and kind of news.

    The connection must be in autocommit: each message is noted as soon as it was
    answered. Stops at the first that was not; that and the rest stay owed.
    """
    with _alone(connection) as is_alone:
        owed = _owed(connection) if is_alone else []
        told = 0
        error = None
        for _, group in itertools.groupby(
            owed, key=lambda item: (item.code, item.news)
        ):
            items = list(group)
            answer = tell(message_about(items))
            connection.execute(
                "select outreach.record_alert_delivery(%s, %s, %s, %s, %s)",
                (
                    [item.workspace_id for item in items],
                    [item.alert_id for item in items],
                    items[0].read_at,
                    answer.is_told,
                    answer.error,
                ),
            )
            error = answer.error or error
            if not answer.is_told:
                break
            told += len(items)
    return DeliveryReport(told=told, owed=len(owed) - told, error=error)


def message_about(items: Sequence[News]) -> Message:
    """One message about alerts of the same code and kind of news.

    An opening also says what to do, and in which table the failing rows are.
    """
    first = items[0]
    lines = [f"- {_line(item)}" for item in items[:MOST_LINES]]
    if len(items) > MOST_LINES:
        lines.append(f"- and {len(items) - MOST_LINES} more in linkedin_admin_alerts")
    name = first.code.replace("_", " ")
    is_good = first.news == "resolved"
    if not is_good:
        lines += _advice(items)
    what = "resolved" if is_good else "alert"
    count = f" ({len(items)})" if len(items) > 1 else ""
    return Message(
        title=f"trueup {what}: {name}{count}", body="\n".join(lines), is_good=is_good
    )


def through_apprise(addresses: str) -> Tell:
    """A `Tell` for Apprise addresses, parted by commas or spaces.

    Once one of them answered, the message counts as told: the others are not tried
    again, so that nobody hears the same thing every half minute because of them.
    Raises UnusableAlertAddressError for an address that Apprise does not know.
    """
    channels = []
    for address in _addresses_in(addresses):
        channel = apprise.Apprise.instantiate(address)
        if channel is None:
            scheme = address.partition("://")[0] if "://" in address else "without ://"
            raise UnusableAlertAddressError(
                f"{SETTING} holds an address ({scheme}) that Apprise does not know. "
                "Give addresses as Apprise writes them, such as json://host:port/ or "
                "a Slack incoming-webhook address, parted by commas."
            )
        channels.append(channel)

    def tell(message: Message) -> Answer:
        kind = apprise.NotifyType.WARNING
        if message.is_good:
            kind = apprise.NotifyType.SUCCESS
        reasons = []
        is_told = False
        for channel in channels:
            with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as log:
                is_answered = channel.notify(
                    title=message.title, body=message.body, notify_type=kind
                )
                if not is_answered:
                    reasons.append(log.getvalue().strip() or "no reason was given")
            is_told = is_told or bool(is_answered)
        return Answer(is_told=is_told, error="; ".join(reasons) or None)

    return tell


def _addresses_in(text: str) -> list[str]:
    return [part for part in re.split(r"[,\s]+(?=\S+://)|\s+", text.strip()) if part]


def _line(item: News) -> str:
    place = item.subject
    if item.workspace_id != 0:
        place = f"workspace {item.workspace_id}, {item.subject}"
    # What was wrong is no longer so.
    return place if item.news == "resolved" else f"{place}: {item.message}"


def _advice(items: Sequence[News]) -> list[str]:
    """What to do, once for all of them: they are of one test or one kind of run."""
    lines = []
    advice = next((item.what_to_do for item in items if item.what_to_do), None)
    if advice and any(item.message != advice for item in items[:MOST_LINES]):
        lines += ["", advice]
    kept = next((item.failing_rows for item in items if item.failing_rows), None)
    if kept:
        lines += ["", f"The failing rows are kept in {kept}."]
    return lines


def _owed(connection: psycopg.Connection) -> list[News]:
    with connection.cursor(row_factory=class_row(News)) as cursor:
        owed = cursor.execute(
            "select * from outreach.admin_alerts_to_tell()"
        ).fetchall()
    return sorted(owed, key=lambda item: (item.code, item.news))


@contextmanager
def _alone(connection: psycopg.Connection) -> Iterator[bool]:
    """Whether this is the only deliverer, for as long as the block runs."""
    row = connection.execute(
        "select pg_try_advisory_lock(hashtextextended(%s, 0))", (_LOCK,)
    ).fetchone()
    is_alone = row is not None and bool(row[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            connection.execute(
                "select pg_advisory_unlock(hashtextextended(%s, 0))", (_LOCK,)
            )
