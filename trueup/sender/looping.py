"""Draining the queue again and again, whatever the provider and the database do.

Belongs here: the waits between drains and after trouble. One drain is `drain.py`.
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
    wait, told = FIRST_WAIT_SECONDS, ""
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
            if told != str(unusable):
                told = str(unusable)
                on_trouble(told)
            is_stopping.wait(wait)
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)
            continue
        wait, told = FIRST_WAIT_SECONDS, ""
        if is_once and report.claimed == 0:
            break
        is_stopping.wait(0 if is_once else SECONDS_BETWEEN_DRAINS)
