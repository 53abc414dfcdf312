"""Webhooks as received, read into `linkedin_events`.

Belongs here: taking deliveries from the inbox in batches, each one transaction. What a
body says is with `webhook_payloads`; receiving it is `trueup.web`.
"""

import dataclasses
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from trueup.inbound.webhooks.payloads import Delivery, read_delivery

BATCH = 500


@dataclasses.dataclass(frozen=True)
class Intake:
    """What deliveries came to.

    new_events: happenings told for the first time. already_known: those known already.
    quarantined: kept in the inbox with the reason, such as an unknown account.
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
    """Read every delivery that waits in the inbox, oldest first.

    Each batch is one transaction. Safe to run twice, and beside another. as_of only
    dates what is set aside; events are dated by their receipt.
    """
    total = Intake()
    while True:
        taken = _take_in_batch(connection, as_of, batch)
        total += taken
        if taken.deliveries == 0:
            return total


def _take_in_batch(
    connection: psycopg.Connection, as_of: datetime | None, batch: int
) -> Intake:
    try:
        return _take_in(connection, as_of, batch, read_delivery)
    except psycopg.DataError as error:
        if batch > 1:
            # One of them cannot be stored: the others are not to wait for it.
            return _take_in_batch(connection, as_of, 1)
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
        row = connection.execute(
            "select new_events, already_known, quarantined"
            " from outreach.take_in_webhook_events(%s, %s)",
            [Jsonb([read(delivery) for delivery in deliveries]), as_of],
        ).fetchone()
    assert row is not None
    return Intake(len(deliveries), *row)
