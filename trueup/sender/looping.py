"""Draining the queue repeatedly, despite outages of provider and database.

Belongs here: the waits for the database at the start, between drains, and after an
outage. Does not: one drain (`drain.py`).
"""

import threading
from collections.abc import Callable, Sequence

import psycopg

from trueup.postgres.connection import UnusableDatabaseError
from trueup.postgres.witness import RefusedLedgerError
from trueup.sender import BATCH, DrainReport, UnusableProviderError, drain

SECONDS_BETWEEN_DRAINS = 5
# Seconds before the next attempt, doubled after each failure up to the maximum.
FIRST_WAIT_SECONDS = 1
LONGEST_WAIT_SECONDS = 60


class _Waits:
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
    waits = _Waits(is_stopping, on_trouble)
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
    providers: Sequence[tuple[str, str]],
    seconds: float,
    is_once: bool,
    is_stopping: threading.Event,
    on_round: Callable[[DrainReport], None],
    on_trouble: Callable[[str], None],
    batch: int = BATCH,
) -> None:
    """Sends until `is_stopping` is set, or once until nothing is due.

    providers: the address and key of each provider, which are drained in turn; each
        gets its share of `seconds`.

    If `is_once`, it raises UnusableDatabaseError, UnusableProviderError and
    RefusedLedgerError. Otherwise each failure is passed to `on_trouble` once, and
    retried after a wait; a provider that is unusable keeps the other from nothing. A
    workspace that was moved to another provider is reported there too.
    """
    waits = _Waits(is_stopping, on_trouble)
    while not is_stopping.is_set():
        claimed = 0
        troubles: list[Exception] = []
        for provider_dsn, api_key in providers:
            try:
                report = drain(
                    connection,
                    worker=worker,
                    provider_dsn=provider_dsn,
                    api_key=api_key,
                    until_seconds=seconds / len(providers),
                    batch=batch,
                    is_stopping=is_stopping.is_set,
                    on_round=on_round,
                )
            except (UnusableDatabaseError, RefusedLedgerError) as unusable:
                troubles = [unusable]
                break
            except UnusableProviderError as unusable:
                troubles.append(unusable)
                continue
            claimed += report.claimed
            for sentence in report.moved:
                on_trouble(sentence)
        if troubles:
            if is_once:
                raise troubles[0]
            waits.wait_out(*troubles)
            continue
        waits.end()
        if is_once and claimed == 0:
            break
        is_stopping.wait(0 if is_once else SECONDS_BETWEEN_DRAINS)
