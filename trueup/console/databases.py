"""The console's connections to Postgres: few, kept, and one role each.

Belongs here: lending a connection, its time-outs, and the error for a database that is
away. Does not: queries.
"""

import contextlib
import threading
from collections.abc import Iterator
from typing import LiteralString

import psycopg

from trueup.postgres.connection import UnusableDatabaseError, connect_migrated

READING_ROLE = "console"
ACTING_ROLE = "operator"
MOST_READERS = 8
MOST_ACTORS = 4
READ_SECONDS = 5
ACT_SECONDS = 30
_LOCK_SECONDS = 5
_WAIT_SECONDS = 5.0
_SNAPSHOT = "begin isolation level repeatable read, read only"


class DatabaseAwayError(Exception):
    """The database does not answer in time; the text is a sentence for a person."""


class Pool:
    """At most `most` connections as one role, opened when needed and kept open.

    A connection that breaks is closed, and those that wait beside it are closed too,
    because they lead to the same server. first: the statement with which a connection
    is lent, which shows whether it still works.
    """

    def __init__(
        self, role: str, most: int, statement_seconds: int, first: LiteralString
    ) -> None:
        self._role = role
        self._statement_seconds = statement_seconds
        self._first = first
        self._free = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._idle: list[psycopg.Connection] = []

    @contextlib.contextmanager
    def lend(self) -> Iterator[psycopg.Connection]:
        """A connection in autocommit, after the pool's first statement.

        Raises DatabaseAwayError.
        """
        if not self._free.acquire(timeout=_WAIT_SECONDS):
            raise DatabaseAwayError(
                "Too many pages are being made at once; load this one again."
            )
        connection = None
        try:
            connection = self._take()
            yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            if connection is not None and not connection.broken:
                raise
            self.close()
            raise DatabaseAwayError(
                "The database went away while this page was made."
            ) from error
        finally:
            if connection is not None:
                self._give_back(connection)
            self._free.release()

    def close(self) -> None:
        """Closes the connections that nobody has."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            with contextlib.suppress(psycopg.Error):
                connection.close()

    def _take(self) -> psycopg.Connection:
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                connection = self._open()
                connection.execute(self._first)
                return connection
            try:
                connection.execute(self._first)
            except psycopg.Error:
                with contextlib.suppress(psycopg.Error):
                    connection.close()
            else:
                return connection

    def _give_back(self, connection: psycopg.Connection) -> None:
        is_clean = (
            not connection.closed
            and connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        )
        if is_clean:
            with self._lock:
                self._idle.append(connection)
            return
        with contextlib.suppress(psycopg.Error):
            connection.close()

    def _open(self) -> psycopg.Connection:
        try:
            connection = connect_migrated(
                autocommit=True, role=self._role, application_name="trueup console"
            )
            connection.execute(
                "select set_config('statement_timeout', %s, false),"
                " set_config('lock_timeout', %s, false)",
                [f"{self._statement_seconds}s", f"{_LOCK_SECONDS}s"],
            )
        except (UnusableDatabaseError, psycopg.Error) as error:
            raise DatabaseAwayError(f"{error}".strip()) from error
        return connection


class Databases:
    """The pools of those who read, who preview and who act."""

    def __init__(self) -> None:
        self.readers = Pool(READING_ROLE, MOST_READERS, READ_SECONDS, _SNAPSHOT)
        # A preview reads what a claim reads.
        self.previewers = Pool(ACTING_ROLE, MOST_ACTORS, ACT_SECONDS, _SNAPSHOT)
        self.actors = Pool(ACTING_ROLE, MOST_ACTORS, ACT_SECONDS, "select 1")

    def reading(self) -> contextlib.AbstractContextManager[psycopg.Connection]:
        """One read-only snapshot, so that the figures of a page agree."""
        return _snapshot_of(self.readers)

    def previewing(self) -> contextlib.AbstractContextManager[psycopg.Connection]:
        """The same as `operator`."""
        return _snapshot_of(self.previewers)

    @contextlib.contextmanager
    def acting(self) -> Iterator[psycopg.Connection]:
        """A connection in autocommit as `operator`; each statement is committed."""
        with self.actors.lend() as connection:
            yield connection

    def close(self) -> None:
        """Closes all connections."""
        for pool in (self.readers, self.previewers, self.actors):
            pool.close()


@contextlib.contextmanager
def _snapshot_of(pool: Pool) -> Iterator[psycopg.Connection]:
    with pool.lend() as connection:
        try:
            yield connection
        finally:
            connection.rollback()
