"""Sending until a stop, despite outages of provider and database.

Belongs here: the waits for the database at the start, and after an outage. Does not:
the rounds, and the waits until a job is due (`drain.py`).
"""

import threading
from collections.abc import Callable, Sequence

import psycopg

from trueup.postgres.connection import UnusableDatabaseError
from trueup.postgres.witness import RefusedLedgerError
from trueup.sender import BATCH, DrainReport, drain, stay
from trueup.sender.queue import Share
from trueup.unipile.addresses import UnusableProviderError

# Seconds before the next attempt, doubled after each failure up to the maximum.
FIRST_WAIT_SECONDS = 1
LONGEST_WAIT_SECONDS = 60


class Waits:
    """Doubling waits after failures, which are reported once."""

    def __init__(
        self, is_stopping: threading.Event, on_trouble: Callable[[str], None]
    ) -> None:
        self._is_stopping = is_stopping
        self._on_trouble = on_trouble
        self.end()

    def end(self) -> None:
        """Reset after a success."""
        self._seconds, self._reported = FIRST_WAIT_SECONDS, ""

    def wait_out(self, *troubles: Exception) -> None:
        """Report the failures unless they are the last reported ones, and wait."""
        said = "\n".join(str(trouble) for trouble in troubles)
        if self._reported != said:
            self._reported = said
            self._on_trouble(self._reported)
        self._is_stopping.wait(self._seconds)
        self._seconds = min(2 * self._seconds, LONGEST_WAIT_SECONDS)


def connect_until_stopped(
    connect: Callable[[], psycopg.Connection],
    *,
    is_once: bool,
    is_stopping: threading.Event,
    on_trouble: Callable[[str], None],
) -> psycopg.Connection | None:
    """The connection that `connect` opens; None if `is_stopping` is set before.

    If `is_once`, it raises UnusableDatabaseError. Otherwise each failure is passed to
    `on_trouble` once, and retried after a wait, as in send_until_stopped().
    """
    waits = Waits(is_stopping, on_trouble)
    while not is_stopping.is_set():
        try:
            return connect()
        except UnusableDatabaseError as unusable:
            if is_once:
                raise
            waits.wait_out(unusable)
    return None


def send_until_stopped(
    connection: psycopg.Connection,
    *,
    worker: str,
    provider: tuple[str, str],
    is_stopping: threading.Event,
    on_round: Callable[[DrainReport], None],
    on_trouble: Callable[[str], None],
    on_ready: Callable[[], None] = lambda: None,
    is_relieved: Callable[[], bool] = lambda: False,
    batch: int = BATCH,
    share: Share | None = None,
) -> None:
    """Sends through one provider, and waits for the next due job, until a stop.

    provider: the address and the key. share: as in drain().

    Each failure is passed to `on_trouble` once, and retried after a wait; `on_ready` is
    called when sending begins and after each failure that is over. A workspace that was
    moved to another provider is passed to `on_trouble` too. `is_relieved` ends it as in
    stay().
    """
    waits = Waits(is_stopping, on_trouble)
    provider_dsn, api_key = provider

    def ready() -> None:
        waits.end()
        on_ready()

    while not is_stopping.is_set() and not is_relieved():
        try:
            stay(
                connection,
                worker=worker,
                provider_dsn=provider_dsn,
                api_key=api_key,
                batch=batch,
                share=share,
                is_stopping=is_stopping.is_set,
                is_relieved=is_relieved,
                on_ready=ready,
                on_round=_telling_moves(on_round, on_trouble),
            )
        except (
            UnusableDatabaseError,
            UnusableProviderError,
            RefusedLedgerError,
        ) as unusable:
            waits.wait_out(unusable)


def send_once(
    connection: psycopg.Connection,
    *,
    worker: str,
    providers: Sequence[tuple[str, str]],
    seconds: float,
    is_stopping: threading.Event,
    on_round: Callable[[DrainReport], None],
    on_trouble: Callable[[str], None],
    batch: int = BATCH,
    share: Share | None = None,
) -> None:
    """Sends until nothing is due at any provider, or until a stop.

    providers: the address and key of each provider, which are drained in turn; each
        gets its part of `seconds`. share: as in drain().

    A workspace that was moved to another provider is passed to `on_trouble`. A provider
    that is unusable keeps the other from nothing. Raises UnusableDatabaseError,
    UnusableProviderError and RefusedLedgerError.
    """
    claimed = 1
    while claimed > 0 and not is_stopping.is_set():
        claimed = 0
        troubles: list[UnusableProviderError] = []
        for provider_dsn, api_key in providers:
            try:
                report = drain(
                    connection,
                    worker=worker,
                    provider_dsn=provider_dsn,
                    api_key=api_key,
                    until_seconds=seconds / len(providers),
                    batch=batch,
                    share=share,
                    is_stopping=is_stopping.is_set,
                    on_round=_telling_moves(on_round, on_trouble),
                )
            except UnusableProviderError as unusable:
                troubles.append(unusable)
                continue
            claimed += report.claimed
        if troubles:
            raise troubles[0]


def _telling_moves(
    on_round: Callable[[DrainReport], None], on_trouble: Callable[[str], None]
) -> Callable[[DrainReport], None]:
    """Passes each workspace that was moved on once."""
    told = 0

    def on_each_round(report: DrainReport) -> None:
        nonlocal told
        for sentence in report.moved[told:]:
            on_trouble(sentence)
        told = len(report.moved)
        on_round(report)

    return on_each_round
