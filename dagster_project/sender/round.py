"""One round of the queue over one workspace.

Belongs here: the order claim, render, begin, call, record, and what is committed when.
Three database steps, each one committed transaction for the whole round; only between
the second and the third is anybody called.
"""

import asyncio
import dataclasses
import time
from collections import Counter
from datetime import datetime

import psycopg

from dagster_project.sender import calls, queue
from dagster_project.sender.rendering import (
    FailedRendering,
    RenderedSend,
    render_send,
)
from dagster_project.unipile.client import UnipileClient

# A lease lasts 120 seconds (outreach.begin_send_attempts). A call starts at most 30
# seconds after its begin was asked for and is given up after 45 more: what a slow
# worker still does, it does well inside its lease.
CALL_WITHIN_SECONDS = 30.0
CALL_GIVEN_UP_AFTER_SECONDS = 45.0


@dataclasses.dataclass
class Round:
    """What one round did, by count; `outcomes` by outcome class."""

    claimed: int = 0
    parked: int = 0
    refused: Counter[str] = dataclasses.field(default_factory=Counter)
    outcomes: Counter[str] = dataclasses.field(default_factory=Counter)


async def run_round(
    connection: psycopg.Connection,
    provider: UnipileClient,
    *,
    workspace_id: int,
    worker: str,
    batch: int,
    provider_dsn: str,
    as_of: datetime | None,
) -> Round:
    """Send at most one due job of each account, at most `batch` in all."""
    done = Round()

    with connection.transaction():
        claimed = queue.claim(
            connection, workspace_id, worker, batch, as_of, provider_dsn
        )
    done.claimed = len(claimed)
    if not claimed:
        return done

    rendered: dict[int, RenderedSend] = {}
    failed: list[FailedRendering] = []
    for send in claimed:
        result = render_send(send)
        if isinstance(result, RenderedSend):
            rendered[send.job_id] = result
        else:
            failed.append(result)

    begin_asked_at = time.monotonic()
    with connection.transaction():
        if failed:
            rows = [failure.as_row() for failure in failed]
            done.parked = len(queue.park(connection, workspace_id, worker, rows, as_of))
        rows = [send.as_row() for send in rendered.values()]
        begun = queue.begin(connection, workspace_id, worker, rows, as_of)

    attempts = {
        send.attempt_id: rendered[send.job_id]
        for send in begun
        if send.attempt_id is not None
    }
    done.refused.update(send.refusal for send in begun if send.refusal is not None)
    if not attempts:
        return done

    answers = await asyncio.gather(
        *(
            _call_in_time(provider, send, attempt_id, begin_asked_at)
            for attempt_id, send in attempts.items()
        )
    )

    with connection.transaction():
        rows = [calls.as_row(answer) for answer in answers]
        recorded = queue.record(connection, workspace_id, worker, rows, as_of)
    done.outcomes.update(outcome.outcome for outcome in recorded)
    return done


async def _call_in_time(
    provider: UnipileClient,
    send: RenderedSend,
    attempt_id: int,
    begin_asked_at: float,
) -> calls.CallAnswer:
    """Call, unless this worker slept so long that its lease may soon be another's."""
    if time.monotonic() - begin_asked_at > CALL_WITHIN_SECONDS:
        return calls.uncalled(
            attempt_id, "the worker came to this call too late in its lease"
        )
    async with asyncio.timeout(CALL_GIVEN_UP_AFTER_SECONDS):
        return await calls.call(provider, send, attempt_id)
