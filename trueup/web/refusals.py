"""Counting the webhooks that are refused.

Belongs here: counts in memory, and storing them now and then, so that a flood of forged
webhooks costs no row each. Does not: deciding who is refused.
"""

import asyncio
import collections
import logging
from collections.abc import Callable, Mapping

import psycopg

from trueup.postgres.connection import UnusableDatabaseError, connect

STORE_AFTER_SECONDS = 5.0

_logger = logging.getLogger(__name__)

Store = Callable[[Mapping[str, int]], None]


def store_refusals(counts: Mapping[str, int]) -> None:
    """Add counts by reason to the table of refusals. Raises errors of Postgres."""
    with connect(autocommit=True, application_name="trueup web") as connection:
        connection.execute(
            "select outreach.count_webhook_refusals(%s, %s)",
            [list(counts), list(counts.values())],
        )


class Refusals:
    """Counts by reason that are stored a few seconds after the first."""

    def __init__(
        self, store: Store = store_refusals, seconds: float = STORE_AFTER_SECONDS
    ) -> None:
        self._store = store
        self._seconds = seconds
        self._counts: collections.Counter[str] = collections.Counter()
        self._has_some = asyncio.Event()

    def count(self, reason: str) -> None:
        self._counts[reason] += 1
        self._has_some.set()

    async def run(self) -> None:
        """Store counts until cancelled; the last ones are stored before the end."""
        try:
            while True:
                await self._has_some.wait()
                await asyncio.sleep(self._seconds)
                await self._keep()
        finally:
            if self._counts:
                await asyncio.shield(self._keep())

    async def _keep(self) -> None:
        counts, self._counts = self._counts, collections.Counter()
        self._has_some.clear()
        try:
            await asyncio.get_running_loop().run_in_executor(None, self._store, counts)
        except (psycopg.Error, UnusableDatabaseError) as error:
            _logger.warning("%s refusals wait to be counted: %s", counts.total(), error)
            self._counts.update(counts)
            self._has_some.set()
