"""Rounds of the queue until nothing is due or the time is up, once or again and again.

Belongs here: which workspaces, how long, when to stop, and the report. Does not: one
round (`round.py`), or the wait until something is due (`waiting.py`).
"""

import asyncio
import dataclasses
import itertools
import math
import random
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import psycopg

from trueup.postgres.isolation import isolate
from trueup.sender import provider_check, queue, spool, waiting
from trueup.sender.clocks import EventLoop, elapsed_seconds
from trueup.sender.pace import pause_after
from trueup.sender.round import Round, Work, release, run_round
from trueup.sender.session import (
    FIRST_PAUSE_SECONDS,
    LostConnectionError,
    Session,
)
from trueup.unipile.provider import Provider, open_provider

__all__ = ["BATCH", "DrainReport", "drain", "stay"]

BATCH = 100


@dataclasses.dataclass
class DrainReport:
    """The counts of a drain.

    refused: by reason, between claim and begin. outcomes: by outcome class, including
        look-ups and withdrawals; these reach no person and are also counted as done, by
        action. lost_connections: lost connections to the database. moved: a sentence
        for each workspace that was moved to another provider meanwhile.
    """

    rounds: int = 0
    claimed: int = 0
    parked: int = 0
    released: int = 0
    expired_unknown: int = 0
    waits_ended: int = 0
    lost_connections: int = 0
    moved: list[str] = dataclasses.field(default_factory=list)
    refused: Counter[str] = dataclasses.field(default_factory=Counter)
    outcomes: Counter[str] = dataclasses.field(default_factory=Counter)
    done: Counter[str] = dataclasses.field(default_factory=Counter)

    @property
    def sent(self) -> int:
        sent = self.outcomes["sent_proven"] + self.outcomes["sent_unproven"]
        return sent - self.done.total()

    @property
    def unknown(self) -> int:
        return self.outcomes["unknown"] + self.expired_unknown

    def add(self, done: Round) -> None:
        self.rounds += 1
        self.claimed += done.claimed
        self.parked += done.parked
        self.waits_ended += done.waits_ended
        self.refused.update(done.refused)
        self.outcomes.update(done.outcomes)
        self.done.update(done.done)

    def copy(self) -> "DrainReport":
        return self.since(DrainReport())

    def since(self, earlier: "DrainReport") -> "DrainReport":
        """The counts since an earlier copy of this report."""
        return DrainReport(
            rounds=self.rounds - earlier.rounds,
            claimed=self.claimed - earlier.claimed,
            parked=self.parked - earlier.parked,
            released=self.released - earlier.released,
            expired_unknown=self.expired_unknown - earlier.expired_unknown,
            waits_ended=self.waits_ended - earlier.waits_ended,
            lost_connections=self.lost_connections - earlier.lost_connections,
            moved=self.moved[len(earlier.moved) :],
            refused=self.refused - earlier.refused,
            outcomes=self.outcomes - earlier.outcomes,
            done=self.done - earlier.done,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was done; rounds that found nothing do not count."""
        return dataclasses.replace(self, rounds=0) == DrainReport()


def drain(
    connection: psycopg.Connection,
    *,
    worker: str,
    provider_dsn: str,
    api_key: str,
    until_seconds: float,
    as_of: datetime | None = None,
    batch: int = BATCH,
    share: queue.Share | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
    on_round: Callable[[DrainReport], None] = lambda _: None,
) -> DrainReport:
    """Send the due jobs of every workspace of this provider's address.

    share: only of the workspaces with these ids. Senders may have the same workspaces
        in their shares: a job is claimed by one of them.

    Ends when no workspace has a job to claim, when no new round fits before
    `until_seconds`, or when `is_stopping()` is true. Then calls in progress get four
    seconds, hanging calls are cancelled and recorded as unanswered, and claimed jobs
    that have not begun are queued again.

    A random part is added to the worker's name. Host and process id are equal in two
    containers, and a sender takes back only what it claimed or began itself.

    The connection must be in autocommit, so that each step commits separately. A lost
    connection is opened again with the environment's settings, and answers are kept in
    memory meanwhile. A workspace that is moved to another provider is left out from
    then on.

    Raises UnusableProviderError if the provider cannot be reached or refuses the key;
    then no more jobs are claimed, and no account is held. Raises
    RefusedLedgerError if the database is older than this machine's last send, or a
    copy.
    """
    return _work(
        connection,
        worker=worker,
        work=Work(0, "", provider_dsn, batch, as_of, is_stopping, share),
        api_key=api_key,
        until_seconds=until_seconds,
        is_relieved=None,
        on_ready=lambda: None,
        on_round=on_round,
    )


def stay(
    connection: psycopg.Connection,
    *,
    worker: str,
    provider_dsn: str,
    api_key: str,
    is_stopping: Callable[[], bool],
    is_relieved: Callable[[], bool] = lambda: False,
    as_of: datetime | None = None,
    batch: int = BATCH,
    share: queue.Share | None = None,
    on_ready: Callable[[], None] = lambda: None,
    on_round: Callable[[DrainReport], None] = lambda _: None,
) -> DrainReport:
    """Send the due jobs of every workspace, and wait for the next ones, until stopped.

    Like drain(), which says how it stops. Between two drains it looks each second
    whether a job is due, so that a job is called a second or two after its time.

    share: as in drain().
    is_relieved: whether another sender waits to go on; then no new round is started,
        and calls in progress have all their time.
    on_ready: is called once the provider has taken the key, before the first claim.
    on_round: also when a workspace was moved; the report counts since the start.

    Raises LostConnectionError if the database does not answer, and what drain() raises.
    """
    return _work(
        connection,
        worker=worker,
        work=Work(0, "", provider_dsn, batch, as_of, is_stopping, share),
        api_key=api_key,
        until_seconds=math.inf,
        is_relieved=is_relieved,
        on_ready=on_ready,
        on_round=on_round,
    )


def _work(
    connection: psycopg.Connection,
    *,
    worker: str,
    work: Work,
    api_key: str,
    until_seconds: float,
    is_relieved: Callable[[], bool] | None,
    on_ready: Callable[[], None],
    on_round: Callable[[DrainReport], None],
) -> DrainReport:
    session = Session(connection)
    named = dataclasses.replace(work, worker=f"{worker} {secrets.token_hex(4)}")
    ends_at = elapsed_seconds() + until_seconds
    drained = _Drain(session, named, ends_at, is_relieved or (lambda: False), on_round)
    try:
        with asyncio.Runner(loop_factory=EventLoop) as runner:
            runner.run(drained.run(api_key, on_ready, stays=is_relieved is not None))
    finally:
        session.close()
    return drained.report


@dataclasses.dataclass
class _Drain:
    """One drain, or several with waits between them, on one session."""

    session: Session
    work: Work
    ends_at: float
    is_relieved: Callable[[], bool]
    on_round: Callable[[DrainReport], None]
    report: DrainReport = dataclasses.field(default_factory=DrainReport)
    _fruitless_seconds: float = 0.0

    async def run(
        self, api_key: str, on_ready: Callable[[], None], *, stays: bool
    ) -> None:
        await _record_spooled(self.session, self.work)
        async with open_provider(self.work.provider_dsn, api_key) as provider:
            await provider_check.check(self.session, provider, self.work)
            on_ready()
            since = await self._now()
            await self._send_all_due(provider)
            while stays and not self._is_over():
                await waiting.until_due(
                    self.session,
                    dataclasses.replace(self.work, is_stopping=self._is_over),
                    since,
                    self._fruitless_seconds,
                )
                since = await self._now()
                await _record_spooled(self.session, self.work)
                await self._send_all_due(provider)

    def _is_over(self) -> bool:
        """Whether no new round may be started."""
        return (
            self.work.is_stopping()
            or self.is_relieved()
            or elapsed_seconds() >= self.ends_at
        )

    async def _now(self) -> datetime:
        return self.work.as_of or await self.session.insist(
            queue.clock, self.work.is_stopping
        )

    async def _send_all_due(self, provider: Provider) -> None:
        """Rounds until no workspace has a job to claim, or the time is up."""
        has_claimed = True
        while has_claimed:
            has_claimed = False
            started_at = elapsed_seconds()
            works = await self._due_works()
            now = elapsed_seconds()
            # Others become due meanwhile. To ask takes a small part of the time only.
            asks_again_at = now + pause_after(now - started_at)
            while works:
                works = await self._pass(provider, works)
                has_claimed = has_claimed or bool(works)
                if self._is_over():
                    return
                if elapsed_seconds() >= asks_again_at:
                    break
            # The last rounds claim nothing.
            self._fruitless_seconds = elapsed_seconds() - started_at

    async def _due_works(self) -> list[Work]:
        """The workspaces that have something to do, without their expired leases."""
        work = self.work
        due = await self.session.insist(
            lambda connection: queue.due_workspaces(
                connection, work.provider_dsn, work.share, work.as_of
            ),
            work.is_stopping,
        )
        works = []
        for each in due:
            works.append(dataclasses.replace(work, workspace_id=each.workspace_id))
            if each.has_expired_leases:
                await _expire_leases(self.session, works[-1], self.report)
        return works

    async def _pass(self, provider: Provider, works: list[Work]) -> list[Work]:
        """One round of each workspace; those that may have more to claim.

        The order is another one each time: none is always the last, and senders of the
        same workspaces rarely meet.
        """
        claiming = []
        for each in random.sample(works, len(works)):
            if self._is_over():
                break
            try:
                done = await _round(self.session, provider, each, self.report)
            except queue.MovedWorkspaceError as moved:
                self.report.moved.append(str(moved))
                self.on_round(self.report)
                continue
            self.on_round(self.report)
            if done is None or done.claimed > 0:
                claiming.append(each)
            if done is not None:
                await provider_check.after_round(self.session, provider, each, done)
        return claiming


async def _round(
    session: Session, provider: Provider, work: Work, report: DrainReport
) -> Round | None:
    """One round; None if the connection was lost before any attempt was begun."""
    try:
        done = await run_round(session, provider, work)
    except LostConnectionError:
        # It is not known whether the claim was committed, so its jobs are released.
        await asyncio.sleep(FIRST_PAUSE_SECONDS)
        report.released += await release(session, work)
        report.lost_connections += 1
        return None
    report.add(done)
    return done


async def _expire_leases(session: Session, work: Work, report: DrainReport) -> None:
    released, unknown = await session.insist(
        lambda connection: queue.expire_leases(
            connection, work.workspace_id, work.as_of
        ),
        work.is_stopping,
    )
    report.released += released
    report.expired_unknown += unknown


async def _record_spooled(session: Session, work: Work) -> None:
    """Record what an earlier sender of this machine wrote down and could not record.

    A file whose attempts this database does not have belongs to another database, and
    stays.
    """
    for path in spool.files():
        refused = await session.insist(
            lambda connection, path=path: _record_file(connection, path, work.as_of),
            work.is_stopping,
        )
        if refused is None:
            continue
        for answer, why in refused:
            spool.set_aside(path, answer, why)
        spool.remove(path)


def _record_file(
    connection: psycopg.Connection, path: Path, as_of: datetime | None
) -> list[tuple[spool.SpooledAnswer, str]] | None:
    """What the database does not take, and why; None where the file is not its own."""
    refused: list[tuple[spool.SpooledAnswer, str]] = []
    has_known = False
    answers = sorted(spool.read(path), key=_whose)
    for (workspace_id, worker), grouped in itertools.groupby(answers, _whose):
        group = list(grouped)
        known = queue.attempts_of(
            connection, workspace_id, worker, [each.attempt_id for each in group]
        )
        has_known = has_known or bool(known)
        refused += [
            (each, f"the database has no attempt {each.attempt_id} of {worker}")
            for each in group
            if each.attempt_id not in known
        ]
        refused += _record_group(
            connection, [each for each in group if each.attempt_id in known], as_of
        )
    return refused if has_known else None


def _record_group(
    connection: psycopg.Connection,
    answers: Sequence[spool.SpooledAnswer],
    as_of: datetime | None,
) -> list[tuple[spool.SpooledAnswer, str]]:
    """Record answers of one worker in one workspace; what is refused, and why."""
    refused: list[tuple[spool.SpooledAnswer, str]] = []

    def record(some: Sequence[spool.SpooledAnswer]) -> None:
        workspace_id, worker = _whose(some[0])
        rows = [each.answer for each in some]
        queue.record(connection, workspace_id, worker, rows, as_of)

    def refuse(answer: spool.SpooledAnswer, error: psycopg.Error) -> None:
        refused.append((answer, str(error.diag.message_primary)))

    isolate(connection, answers, record, refuse)
    return refused


def _whose(answer: spool.SpooledAnswer) -> tuple[int, str]:
    return answer.workspace_id, answer.worker
