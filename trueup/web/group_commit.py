"""Storing webhooks: many requests share one commit, and each waits for it.

Belongs here: the queue, its writer, and the handling of a batch that could not be
stored. Does not: the format of a request.
"""

import asyncio
import concurrent.futures
import contextlib
import logging
from dataclasses import dataclass
from typing import Protocol

import psycopg

from trueup.postgres.connection import UnusableDatabaseError, connect

# The most webhooks that wait. Beyond it the provider is asked to repeat the delivery.
LONGEST_QUEUE = 10_000
LARGEST_BATCH = 1_000

_logger = logging.getLogger(__name__)


class NotKeptError(Exception):
    """A webhook could not be stored; the text says why."""


@dataclass(frozen=True)
class Webhook:
    """A webhook as it was received.

    api_version: of the provider's API, 1 or 2. event_id: the provider's id of the
        event; None in version 1.
    """

    body: bytes
    content_type: str | None
    api_version: int = 1
    event_id: str | None = None


class Store(Protocol):
    """Stores batches of webhooks; called from one thread at a time."""

    def keep(self, webhooks: list[Webhook]) -> None:
        """Returns once all are committed. Raises NotKeptError if that is uncertain."""

    def close(self) -> None:
        """Closes open resources."""


class PostgresStore:
    """Stores webhooks in `linkedin_webhook_deliveries`, with one commit per batch."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection | None = None

    def keep(self, webhooks: list[Webhook]) -> None:
        try:
            if self._connection is None:
                self._connection = connect(
                    autocommit=True, application_name="trueup web"
                )
            self._connection.execute(
                "select outreach.record_webhook_deliveries(%s::bytea[], %s::text[],"
                " null, %s::integer[], %s::text[])",
                [
                    [webhook.body for webhook in webhooks],
                    [webhook.content_type for webhook in webhooks],
                    [webhook.api_version for webhook in webhooks],
                    [webhook.event_id for webhook in webhooks],
                ],
            )
        except (psycopg.Error, UnusableDatabaseError) as error:
            self.close()
            raise NotKeptError(f"{error}".splitlines()[0]) from None

    def close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
            self._connection = None


class GroupCommit:
    """Collects webhooks from many requests and stores them in batches."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[Webhook, asyncio.Future[None]]] = []
        self._has_more = asyncio.Event()
        # One thread owns the connection, and batches are stored one after another.
        self._thread = concurrent.futures.ThreadPoolExecutor(max_workers=1)

    async def keep(self, webhook: Webhook) -> None:
        """Returns once the webhook is committed. Raises NotKeptError otherwise."""
        if len(self._waiting) >= LONGEST_QUEUE:
            raise NotKeptError("too many webhooks are waiting")
        kept = asyncio.get_running_loop().create_future()
        self._waiting.append((webhook, kept))
        self._has_more.set()
        await kept

    async def run(self) -> None:
        """Store webhooks until cancelled; waiting ones are stored before the end."""
        try:
            while True:
                await self._has_more.wait()
                await self._keep_batch()
        finally:
            while self._waiting:
                await self._keep_batch()
            await asyncio.get_running_loop().run_in_executor(
                self._thread, self._store.close
            )
            self._thread.shutdown()

    async def _keep_batch(self) -> None:
        batch = self._waiting[:LARGEST_BATCH]
        del self._waiting[:LARGEST_BATCH]
        if not self._waiting:
            self._has_more.clear()
        webhooks = [webhook for webhook, _ in batch]
        problem: NotKeptError | None = NotKeptError("the receiver is stopping")
        try:
            await asyncio.shield(
                asyncio.get_running_loop().run_in_executor(
                    self._thread, self._store.keep, webhooks
                )
            )
            problem = None
        except NotKeptError as error:
            _logger.warning("%s webhooks were not kept: %s", len(batch), error)
            problem = error
        finally:
            for _, kept in batch:
                if kept.done():
                    continue  # its caller has disconnected
                if problem is None:
                    kept.set_result(None)
                else:
                    kept.set_exception(problem)
