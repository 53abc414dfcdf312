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
from typing import TYPE_CHECKING, Literal

import psycopg
from psycopg.rows import class_row

if TYPE_CHECKING:
    # Each run of Dagster imports this module, and few need Apprise.
    import apprise

SETTING = "TRUEUP_ALERT_URLS"
MOST_LINES = 20
# The name of the lock that keeps two processes from sending the same alerts.
_LOCK = "trueup.alerts.delivery"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30})://")

SendMessage = Callable[["Message"], "Answer"]
"""Sends a message and returns whether an address accepted it."""


class UnusableAlertAddressError(Exception):
    """TRUEUP_ALERT_URLS cannot be used; the text says what to do."""


@dataclass(frozen=True)
class Notification:
    """An alert whose present state is not delivered; see undelivered_admin_alerts.

    workspace: its name; None for an alert that concerns no single workspace.
    """

    workspace_id: int
    alert_id: int
    code: str
    subject: str
    message: str
    what_to_do: str | None
    failing_rows: str | None
    change: Literal["opened", "resolved", "news"]
    read_at: datetime
    workspace: str | None


@dataclass(frozen=True)
class Message:
    """One message: the openings, the resolutions or the news of one code."""

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
    if first.change == "opened":
        lines += _advice(items)
    what = {"opened": "trueup alert", "resolved": "trueup resolved", "news": "trueup"}
    count = f" ({len(items)})" if len(items) > 1 else ""
    return Message(
        title=f"{what[first.change]}: {name}{count}",
        body="\n".join(lines),
        is_good=first.change != "opened",
    )


@dataclass(frozen=True)
class AddressAnswer:
    """Whether an address took a message. name: its place and kind, without secrets."""

    name: str
    is_taken: bool
    error: str | None = None


def through_apprise(addresses: str) -> SendMessage:
    """A `SendMessage` for Apprise addresses, separated by commas or spaces.

    A message is delivered if one address accepts it. The others are not tried again,
    because a repeated message would reach the accepting address twice a minute. Raises
    UnusableAlertAddressError for an address that Apprise does not know.
    """
    channels = _channels(addresses)

    def send(message: Message) -> Answer:
        answers = [_notify(channel, message) for channel in channels]
        reasons = [answer.error for answer in answers if answer.error]
        return Answer(
            is_delivered=any(answer.is_taken for answer in answers),
            error="; ".join(reasons) or None,
        )

    return send


def check_addresses(addresses: str) -> None:
    """Raise UnusableAlertAddressError for the first address that cannot be used."""
    _channels(addresses)


def send_test(addresses: str) -> list[AddressAnswer]:
    """Send a test message to each address. Raises UnusableAlertAddressError."""
    message = Message(
        title="trueup alert test",
        body="This is a test. Alerts of trueup reach this address.",
        is_good=True,
    )
    return [_notify(channel, message) for channel in _channels(addresses)]


@dataclass(frozen=True)
class _Channel:
    name: str
    service: "apprise.NotifyBase"


def _channels(addresses: str) -> list[_Channel]:
    """The services of the addresses. No error and no log line repeats an address."""
    import apprise

    log = logging.getLogger(apprise.logger.name)
    level = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        channels = []
        for number, address in enumerate(_addresses_in(addresses), start=1):
            service = apprise.Apprise.instantiate(address)
            if service is None:
                scheme = _SCHEME.match(address)
                kind = f"{scheme[1]}://" if scheme else "without ://"
                raise UnusableAlertAddressError(
                    f"{SETTING} holds an address that Apprise cannot use: number "
                    f"{number} ({kind}). Give addresses as Apprise writes them, such "
                    "as json://host:port/ or a Slack incoming-webhook address, parted "
                    "by commas."
                )
            name = f"address {number} ({service.service_name})"
            channels.append(_Channel(name, service))
        return channels
    finally:
        log.setLevel(level)


def _notify(channel: _Channel, message: Message) -> AddressAnswer:
    import apprise

    kind = apprise.NotifyType.WARNING
    if message.is_good:
        kind = apprise.NotifyType.SUCCESS
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as log:
        is_taken = channel.service.notify(
            title=message.title, body=message.body, notify_type=kind
        )
        if is_taken:
            return AddressAnswer(channel.name, is_taken=True)
        error = log.getvalue().strip() or "no reason was given"
    return AddressAnswer(channel.name, is_taken=False, error=error)


def _addresses_in(text: str) -> list[str]:
    return [part for part in re.split(r"[,\s]+(?=\S+://)|\s+", text.strip()) if part]


def _line(item: Notification) -> str:
    # The message describes the fault, which is resolved.
    is_described = item.change != "resolved"
    # A subject such as "person 36" says nothing that the message does not.
    workspace = item.workspace
    if workspace is None and item.workspace_id != 0:
        workspace = f"workspace {item.workspace_id}"
    is_named = is_described and item.subject in item.message
    names = [workspace] if is_named else [workspace, item.subject]
    place = ", ".join(name for name in names if name)
    told = [place, item.message] if is_described else [place]
    return ": ".join(part for part in told if part)


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
