"""Draining the queue again and again, whatever the provider and the database do.

Belongs here: the waits for the database at the start, between drains, and after
trouble. One drain is `drain.py`.
"""

import threading
from collections.abc import Callable

import psycopg

from trueup.postgres.connection import UnusableDatabaseError
from trueup.sender import DrainReport, UnusableProviderError, drain

SECONDS_BETWEEN_DRAINS = 5
# Before the next try where one failed: twice as long each time, up to the longest.
FIRST_WAIT_SECONDS = 1
LONGEST_WAIT_SECONDS = 60


class _Waits:
    """Waits after trouble, each twice as long as the one before, and tells it once."""

    def __init__(
        self, is_stopping: threading.Event, on_trouble: Callable[[str], None]
    ) -> None:
        self._is_stopping = is_stopping
        self._on_trouble = on_trouble
        self.end()

    def end(self) -> None:
        """Notes that the trouble is over."""
        self._seconds, self._told = FIRST_WAIT_SECONDS, ""

    def wait_out(self, trouble: Exception) -> None:
        """Tells the trouble unless it was told last, and waits."""
        if self._told != str(trouble):
            self._told = str(trouble)
            self._on_trouble(self._told)
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

    Once, it raises UnusableDatabaseError. Otherwise each trouble is given to
    `on_trouble` once, and tried again after a wait, as send_until_stopped() does.
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
    provider_dsn: str,
    api_key: str,
    seconds: float,
    is_once: bool,
    is_stopping: threading.Event,
    on_round: Callable[[DrainReport], None],
    on_trouble: Callable[[str], None],
) -> None:
    """Sends until `is_stopping` is set, or once until nothing is due.

    Once, it raises UnusableDatabaseError and UnusableProviderError. Otherwise each
    trouble is given to `on_trouble` once, and tried again after a wait.
    """
    waits = _Waits(is_stopping, on_trouble)
    while not is_stopping.is_set():
        try:
            report = drain(
                connection,
                worker=worker,
                provider_dsn=provider_dsn,
                api_key=api_key,
                until_seconds=seconds,
                is_stopping=is_stopping.is_set,
                on_round=on_round,
            )
        except (UnusableDatabaseError, UnusableProviderError) as unusable:
            if is_once:
                raise
            waits.wait_out(unusable)
            continue
        waits.end()
        if is_once and report.claimed == 0:
            break
        is_stopping.wait(0 if is_once else SECONDS_BETWEEN_DRAINS)
