"""Turning received webhooks into `linkedin_events`.

Belongs here: processing the inbox in batches, with one transaction per batch. Does not:
parsing a body (`payloads.py`), or receiving it (`trueup.web`).
"""

import dataclasses
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from trueup.inbound.accounts.hosted_auth import keep_notice, notice_of
from trueup.inbound.webhooks.payloads import Delivery, read_delivery

BATCH = 500


@dataclasses.dataclass(frozen=True)
class Intake:
    """Counts of processed deliveries.

    already_known: deliveries of events that were stored before. quarantined: left in
        the inbox with the reason, such as an unknown account.
    """

    deliveries: int = 0
    new_events: int = 0
    already_known: int = 0
    quarantined: int = 0

    def __add__(self, other: "Intake") -> "Intake":
        return Intake(
            self.deliveries + other.deliveries,
            self.new_events + other.new_events,
            self.already_known + other.already_known,
            self.quarantined + other.quarantined,
        )


def take_in_deliveries(
    connection: psycopg.Connection,
    as_of: datetime | None = None,
    batch: int = BATCH,
) -> Intake:
    """Process every delivery in the inbox, oldest first.

    Each batch is one transaction. It is safe to repeat and to run concurrently. as_of
    is the time of quarantined deliveries only; events have the time of their receipt.
    """
    meanings = dict(
        connection.execute(
            "select event, wanted_event from outreach.provider_webhook_events"
            " where api_version = 2"
        ).fetchall()
    )
    read = partial(read_delivery, meanings=meanings)
    total = Intake()
    while True:
        taken = _take_in_batch(connection, as_of, batch, read)
        total += taken
        if taken.deliveries == 0:
            return total


def _take_in_batch(
    connection: psycopg.Connection,
    as_of: datetime | None,
    batch: int,
    read: Callable[[Delivery], dict[str, Any]],
) -> Intake:
    try:
        return _take_in(connection, as_of, batch, read)
    except psycopg.DataError as error:
        if batch > 1:
            # One delivery cannot be stored, so the batch is processed one at a time.
            return _take_in_batch(connection, as_of, 1, read)
        reason = str(error).splitlines()[0]
        return _take_in(
            connection,
            as_of,
            1,
            lambda delivery: {
                "delivery_id": delivery.delivery_id,
                "quarantine_reason": f"the database refuses it: {reason}",
            },
        )


def _take_in(
    connection: psycopg.Connection,
    as_of: datetime | None,
    batch: int,
    read: Callable[[Delivery], dict[str, Any]],
) -> Intake:
    with (
        connection.transaction(),
        connection.cursor(row_factory=class_row(Delivery)) as cursor,
    ):
        deliveries = cursor.execute(
            "select * from outreach.unread_webhook_deliveries(%s)", [batch]
        ).fetchall()
        if not deliveries:
            return Intake()
        readings = [read(delivery) for delivery in deliveries]
        for reading in readings:
            _keep_login(connection, reading.pop("login", None), as_of)
        row = connection.execute(
            "select new_events, already_known, quarantined"
            " from outreach.take_in_webhook_events(%s, %s)",
            [Jsonb(readings), as_of],
        ).fetchone()
    assert row is not None
    return Intake(len(deliveries), *row)


def _keep_login(
    connection: psycopg.Connection, login: dict[str, str] | None, as_of: datetime | None
) -> None:
    """Keep that a person has logged in on one of our pages, if an event says so."""
    if login is None:
        return
    notice = notice_of(login["status"], login["account_id"], login["state"])
    if notice is not None and notice.page is not None:
        keep_notice(connection, notice, as_of)
