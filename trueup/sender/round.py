"""One round of the queue over one workspace.

Belongs here: the order claim, render, begin, call, record, and their commits. The three
database steps are one committed transaction each for the whole round; calls are made
only between the second and the third.
"""

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import psycopg

from trueup.postgres.witness import RefusedLedgerError, SeenAttempt
from trueup.sender import calls, fail_points, in_flight, queue, spool
from trueup.sender.clocks import elapsed_seconds
from trueup.sender.rendering import (
    FailedRendering,
    RenderedSend,
    render_send,
)
from trueup.sender.session import LostConnectionError, Session
from trueup.unipile.provider import Provider

# A lease lasts 120 seconds (outreach.begin_send_attempts). A call starts at most 30
# seconds after its job was claimed and is cancelled after 45 more, so that even a slow
# worker ends its calls inside its lease. Both this machine's clock and the database's
# must be inside the 30 seconds, because either can stop while a machine sleeps.
CALL_WITHIN_SECONDS = 30.0
CALL_GIVEN_UP_AFTER_SECONDS = 45.0
TOO_LATE = "the worker came to this call too late in its lease"

# Actions that reach no person: a look-up and a withdrawal.
REACHING_NOBODY = ("resolve_profile", "withdraw_invite")


@dataclasses.dataclass
class Round:
    """The counts of one round; `outcomes` by outcome class.

    done: look-ups and withdrawals, by action. waits_ended: waits for an accept that
    timed out and moved on.
    """

    claimed: int = 0
    parked: int = 0
    waits_ended: int = 0
    refused: Counter[str] = dataclasses.field(default_factory=Counter)
    outcomes: Counter[str] = dataclasses.field(default_factory=Counter)
    done: Counter[str] = dataclasses.field(default_factory=Counter)


@dataclasses.dataclass(frozen=True)
class Work:
    """The workspace, the worker, and the stop condition of a round.

    as_of: the clock of all steps; None for the database's own.
    share: the workspaces that the sender takes; None for all.
    """

    workspace_id: int
    worker: str
    provider_dsn: str
    batch: int
    as_of: datetime | None = None
    is_stopping: Callable[[], bool] = lambda: False
    share: queue.Share | None = None


async def run_round(session: Session, provider: Provider, work: Work) -> Round:
    """Send at most one due job per account, at most `batch` in total.

    Raises LostConnectionError if the connection is lost before an attempt was begun. If
    it is cancelled during calls, it records their results first.
    """
    done = Round()
    started_at = elapsed_seconds()
    claimed, claimed_at = session.commit(lambda connection: _claim(connection, work))
    if not claimed:
        return done
    fail_points.reached("after_claim")
    done.claimed = len(claimed)
    if work.is_stopping():
        await release(session, work)
        return done

    attempts = await _begin(session, work, claimed, done)
    if not attempts:
        return done
    fail_points.reached("after_begin")

    hindrance = _hindrance(session, claimed_at)
    answers, was_cancelled = await in_flight.answers_of(
        {
            attempt_id: _call_in_time(provider, send, attempt_id, started_at, hindrance)
            for attempt_id, send in attempts.items()
        },
        work.is_stopping,
    )
    recorded = await _record(session, work, answers)
    fail_points.reached("after_record")
    for each in recorded:
        action = attempts[each.attempt_id].action
        done.outcomes[each.outcome] += 1
        done.done[action] += action in REACHING_NOBODY and each.outcome == "sent_proven"
    if was_cancelled:
        raise asyncio.CancelledError
    return done


def _claim(
    connection: psycopg.Connection, work: Work
) -> tuple[list[queue.ClaimedSend], datetime]:
    """The claimed jobs, and the database's clock before the claim."""
    claimed_at = queue.clock(connection)
    claimed = queue.claim(
        connection,
        work.workspace_id,
        work.worker,
        work.batch,
        work.as_of,
        work.provider_dsn,
    )
    return claimed, claimed_at


def _hindrance(session: Session, claimed_at: datetime) -> str | None:
    """Why the round must make no calls by the database's clock; None if it may.

    If the database does not answer, no call is made, because its answer could not be
    recorded.
    """
    try:
        passed = session.commit(queue.clock) - claimed_at
    except LostConnectionError:
        return "the connection to the database was lost before the call"
    return TOO_LATE if passed.total_seconds() > CALL_WITHIN_SECONDS else None


async def release(session: Session, work: Work) -> int:
    """Release this worker's claims that have not begun; returns their number."""
    return await session.insist(
        lambda connection: queue.release_claims(
            connection, work.workspace_id, work.worker
        ),
        work.is_stopping,
    )


async def _begin(
    session: Session, work: Work, claimed: list[queue.ClaimedSend], done: Round
) -> dict[int, RenderedSend]:
    """Render and begin the claimed jobs; returns the attempts to call now."""
    rendered: dict[int, RenderedSend] = {}
    failed: list[FailedRendering] = []
    for send in claimed:
        try:
            result = render_send(send)
        except Exception as error:  # one bad row must not block the others
            result = FailedRendering.of_error(send, error)
        if isinstance(result, RenderedSend):
            rendered[send.job_id] = result
        else:
            failed.append(result)

    def park_and_begin(
        connection: psycopg.Connection,
    ) -> tuple[list[int], list[queue.BegunSend], SeenAttempt | None]:
        parked = queue.park(
            connection,
            work.workspace_id,
            work.worker,
            [failure.as_row() for failure in failed],
            work.as_of,
        )
        begun = queue.begin(
            connection,
            work.workspace_id,
            work.worker,
            [send.as_row() for send in rendered.values()],
            work.as_of,
        )
        newest = queue.newest_begun(connection, work.workspace_id, begun)
        return parked, begun, newest

    try:
        parked, begun, newest = session.commit(park_and_begin)
    except LostConnectionError:
        await _take_back(session, work, claimed)
        return {}
    done.parked = len(parked)
    done.refused.update(send.refusal for send in begun if send.refusal is not None)
    done.waits_ended = done.refused.pop("wait_ended", 0)
    if newest is not None:
        await _note(session, work, newest, begun)
    return {
        send.attempt_id: rendered[send.job_id]
        for send in begun
        if send.attempt_id is not None
    }


async def _note(
    session: Session, work: Work, newest: SeenAttempt, begun: list[queue.BegunSend]
) -> None:
    """Write to the witness before anybody is called; without it, nobody is."""
    try:
        session.note(newest)
    except OSError as error:
        why = f"the witness could not be written: {error}"
        await _record(
            session,
            work,
            [calls.uncalled(each.attempt_id, why) for each in begun if each.attempt_id],
        )
        raise RefusedLedgerError(
            "unwritable",
            f"Nothing is sent, because {why}. Make the folder writable, or set "
            "TRUEUP_WITNESS_FOLDER to another one.",
        ) from None


async def _take_back(
    session: Session, work: Work, claimed: list[queue.ClaimedSend]
) -> None:
    """Release jobs after a lost connection during begin; no call was made.

    The release waits for the locks of that transaction, so that its attempts are
    visible afterwards if it still commits.
    """
    await release(session, work)
    attempt_ids = await session.insist(
        lambda connection: queue.uncalled_attempts(
            connection,
            work.workspace_id,
            work.worker,
            [send.job_id for send in claimed],
        ),
        work.is_stopping,
    )
    why = "the connection to the database was lost before the call"
    if attempt_ids:
        answers = [calls.uncalled(attempt_id, why) for attempt_id in attempt_ids]
        await _record(session, work, answers)


async def _record(
    session: Session, work: Work, answers: list[calls.CallAnswer]
) -> list[queue.RecordedOutcome]:
    """Record the answers despite outages of the database; this is idempotent.

    If they cannot be recorded at once, they are written to a file first. If this
    process then ends, the next sender on this machine records them.
    """
    rows = [calls.as_row(answer) for answer in answers]

    def record(connection: psycopg.Connection) -> list[queue.RecordedOutcome]:
        return queue.record(
            connection, work.workspace_id, work.worker, rows, work.as_of
        )

    try:
        return session.commit(record)
    except BaseException as error:
        with spool.written_down(
            spool.SpooledAnswer(work.workspace_id, work.worker, row) for row in rows
        ):
            if not isinstance(error, LostConnectionError):
                raise
            return await session.insist(record, work.is_stopping)


async def _call_in_time(
    provider: Provider,
    send: RenderedSend,
    attempt_id: int,
    started_at: float,
    hindrance: str | None,
) -> calls.CallAnswer:
    """Make the call, unless this worker was delayed so long that its lease may end."""
    if elapsed_seconds() - started_at > CALL_WITHIN_SECONDS:
        hindrance = TOO_LATE
    if hindrance is not None:
        return calls.uncalled(attempt_id, hindrance)
    async with asyncio.timeout(CALL_GIVEN_UP_AFTER_SECONDS):
        return await calls.call(provider, send, attempt_id)
