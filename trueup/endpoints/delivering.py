"""Delivering what is due to the endpoints of every workspace.

Belongs here: the order begin, call, record. Each is committed by itself, so that a
process that is killed in between loses nothing. Does not: the call (`calling.py`).
"""

import asyncio
import dataclasses
import time
from collections.abc import Callable
from datetime import datetime

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from trueup.endpoints.calling import (
    EndpointAnswer,
    Try,
    call_endpoint,
    endpoint_client,
)
from trueup.postgres.witness import refuse_copy

# All of a batch are called at the same time.
BATCH = 20


@dataclasses.dataclass
class EndpointReport:
    """Numbers of calls, of those that were taken, and of limits newly reached."""

    called: int = 0
    taken: int = 0
    reached_limits: int = 0
    answers: list[EndpointAnswer] = dataclasses.field(default_factory=list)

    @property
    def errors(self) -> list[str]:
        """Why calls were not taken."""
        return [answer.error for answer in self.answers if answer.error is not None]


def deliver_due(
    connection: psycopg.Connection,
    *,
    as_of: datetime | None = None,
    until_seconds: float = 45.0,
    is_stopping: Callable[[], bool] = lambda: False,
) -> EndpointReport:
    """Call each endpoint with what is due, until nothing is or no new batch may begin.

    as_of: the database's clock by default. The connection must be in autocommit, and
    its role operator or the owner. Raises RefusedLedgerError where there is an endpoint
    and the database is a copy: the original tells it the same events.
    """
    ends_at = time.monotonic() + until_seconds
    report = EndpointReport()
    report.reached_limits = queue_reached_limits(connection, as_of)
    waiting = _workspaces(connection)
    if waiting:
        refuse_copy(connection)
    while waiting:
        # A batch of each in turn, so that no workspace waits for all of another's.
        for workspace_id in tuple(waiting):
            if is_stopping() or time.monotonic() >= ends_at:
                return report
            if not _deliver_batch(connection, workspace_id, as_of, None, report):
                waiting.remove(workspace_id)
    return report


def deliver_one(
    connection: psycopg.Connection,
    workspace_id: int,
    delivery_id: int,
    as_of: datetime | None = None,
) -> EndpointReport:
    """Send one delivery now, also to a paused endpoint.

    Raises RefusedLedgerError if the database is a copy.
    """
    refuse_copy(connection)
    report = EndpointReport()
    _deliver_batch(connection, workspace_id, as_of, delivery_id, report)
    return report


def queue_reached_limits(
    connection: psycopg.Connection, as_of: datetime | None = None
) -> int:
    """Queue the limits that accounts have reached; returns the number of new ones."""
    return sum(
        _count(
            connection.execute(
                "select outreach.queue_reached_limits(%s, %s)", [workspace_id, as_of]
            ).fetchone()
        )
        for workspace_id in _workspaces(connection)
    )


def _workspaces(connection: psycopg.Connection) -> list[int]:
    """The workspaces with an endpoint, paused ones too: their events are queued."""
    rows = connection.execute(
        "select distinct workspace_id from outreach.endpoints"
        " where removed_at is null order by 1"
    ).fetchall()
    return [workspace_id for (workspace_id,) in rows]


def _deliver_batch(
    connection: psycopg.Connection,
    workspace_id: int,
    as_of: datetime | None,
    delivery_id: int | None,
    report: EndpointReport,
) -> bool:
    """Begin, call and record one batch; whether anything was due."""
    if not connection.autocommit:
        raise ValueError("a try is committed before its call: use autocommit")
    with connection.cursor(row_factory=class_row(Try)) as cursor:
        begun = cursor.execute(
            "select * from outreach.begin_endpoint_tries(%s, %s, %s, %s)",
            [workspace_id, BATCH, as_of, delivery_id],
        ).fetchall()
    if not begun:
        return False
    answers = asyncio.run(_call_all(begun))
    report.called += len(answers)
    report.answers += answers
    report.taken += _count(
        connection.execute(
            "select outreach.record_endpoint_tries(%s, %s, %s)",
            [
                workspace_id,
                Jsonb([dataclasses.asdict(answer) for answer in answers]),
                as_of,
            ],
        ).fetchone()
    )
    return True


async def _call_all(begun: list[Try]) -> list[EndpointAnswer]:
    async with endpoint_client() as client:
        return await asyncio.gather(*(call_endpoint(client, one) for one in begun))


def _count(row: tuple[int] | None) -> int:
    return 0 if row is None else row[0]
