"""Delivering alerts through Apprise, once per opening.

Belongs here: the messages, and recording their delivery. Does not: when an alert opens
or is resolved (see `records.py`).
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
# The name of the lock that keeps two processes from sending the same alerts.
_LOCK = "trueup.alerts.delivery"

SendMessage = Callable[["Message"], "Answer"]
"""Sends a message and returns whether an address accepted it."""


class UnusableAlertAddressError(Exception):
    """TRUEUP_ALERT_URLS cannot be used; the text says what to do."""


@dataclass(frozen=True)
class Notification:
    """An alert whose present state is not delivered; see undelivered_admin_alerts."""

    workspace_id: int
    alert_id: int
    code: str
    subject: str
    message: str
    what_to_do: str | None
    failing_rows: str | None
    change: Literal["opened", "resolved"]
    read_at: datetime


@dataclass(frozen=True)
class Message:
    """One message: all openings, or all resolutions, of alerts with one code."""

    title: str
    body: str
    is_good: bool


@dataclass(frozen=True)
class Answer:
    """is_delivered: at least one address accepted it. error: the others' errors."""

    is_delivered: bool
    error: str | None = None


@dataclass(frozen=True)
class DeliveryReport:
    """Numbers of alerts delivered and still pending, and the last error."""

    delivered: int = 0
    pending: int = 0
    error: str | None = None


def deliver(connection: psycopg.Connection, send: SendMessage) -> DeliveryReport:
    """Send the pending alerts, one message for each code and change.

    The connection must be in autocommit: each delivery is recorded at once. Stops at
    the first message that no address accepts; it and the rest stay pending.
    """
    with _alone(connection) as is_alone:
        pending = _pending(connection) if is_alone else []
        delivered = 0
        error = None
        for _, group in itertools.groupby(
            pending, key=lambda item: (item.code, item.change)
        ):
            items = list(group)
            answer = send(message_about(items))
            connection.execute(
                "select outreach.record_alert_delivery(%s, %s, %s, %s, %s)",
                (
                    [item.workspace_id for item in items],
                    [item.alert_id for item in items],
                    items[0].read_at,
                    answer.is_delivered,
                    answer.error,
                ),
            )
            error = answer.error or error
            if not answer.is_delivered:
                break
            delivered += len(items)
    return DeliveryReport(
        delivered=delivered, pending=len(pending) - delivered, error=error
    )


def message_about(items: Sequence[Notification]) -> Message:
    """One message about alerts of the same code and change.

    The message of an opening includes the advice and the table of the failing rows.
    """
    first = items[0]
    lines = [f"- {_line(item)}" for item in items[:MOST_LINES]]
    if len(items) > MOST_LINES:
        lines.append(f"- and {len(items) - MOST_LINES} more in linkedin_admin_alerts")
    name = first.code.replace("_", " ")
    is_good = first.change == "resolved"
    if not is_good:
        lines += _advice(items)
    what = "resolved" if is_good else "alert"
    count = f" ({len(items)})" if len(items) > 1 else ""
    return Message(
        title=f"trueup {what}: {name}{count}", body="\n".join(lines), is_good=is_good
    )


def through_apprise(addresses: str) -> SendMessage:
    """A `SendMessage` for Apprise addresses, separated by commas or spaces.

    A message is delivered if one address accepts it. The others are not tried again,
    because a repeated message would reach the accepting address twice a minute. Raises
    UnusableAlertAddressError for an address that Apprise does not know.
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

    def send(message: Message) -> Answer:
        kind = apprise.NotifyType.WARNING
        if message.is_good:
            kind = apprise.NotifyType.SUCCESS
        reasons = []
        is_delivered = False
        for channel in channels:
            with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as log:
                is_answered = channel.notify(
                    title=message.title, body=message.body, notify_type=kind
                )
                if not is_answered:
                    reasons.append(log.getvalue().strip() or "no reason was given")
            is_delivered = is_delivered or bool(is_answered)
        return Answer(is_delivered=is_delivered, error="; ".join(reasons) or None)

    return send


def _addresses_in(text: str) -> list[str]:
    return [part for part in re.split(r"[,\s]+(?=\S+://)|\s+", text.strip()) if part]


def _line(item: Notification) -> str:
    place = item.subject
    if item.workspace_id != 0:
        place = f"workspace {item.workspace_id}, {item.subject}"
    # The message describes the fault, which is resolved.
    return place if item.change == "resolved" else f"{place}: {item.message}"


def _advice(items: Sequence[Notification]) -> list[str]:
    """The advice and the table of failing rows, which all alerts of a code share."""
    lines = []
    advice = next((item.what_to_do for item in items if item.what_to_do), None)
    if advice and any(item.message != advice for item in items[:MOST_LINES]):
        lines += ["", advice]
    kept = next((item.failing_rows for item in items if item.failing_rows), None)
    if kept:
        lines += ["", f"The failing rows are kept in {kept}."]
    return lines


def _pending(connection: psycopg.Connection) -> list[Notification]:
    with connection.cursor(row_factory=class_row(Notification)) as cursor:
        pending = cursor.execute(
            "select * from outreach.undelivered_admin_alerts()"
        ).fetchall()
    return sorted(pending, key=lambda item: (item.code, item.change))


@contextmanager
def _alone(connection: psycopg.Connection) -> Iterator[bool]:
    """Whether this is the only delivery; holds the lock until the block ends."""
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
