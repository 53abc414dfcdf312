"""The queue's connection, opened again when it is lost.

Belongs here: committing one step of a round, and retrying a step that must not be lost.
Does not: the steps (`queue.py`).
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import psycopg
from psycopg.pq import TransactionStatus

from trueup.postgres.connection import UnusableDatabaseError, connect
from trueup.postgres.roles import role_of_name
from trueup.postgres.witness import SeenAttempt, Witness, refuse_old_or_copied

# How long answers are kept in memory during an outage of the database, and how long
# during a stop.
INSIST_SECONDS = 600.0
INSIST_SECONDS_WHEN_STOPPING = 3.0
# The role of a sender whose given connection is already lost.
ROLE = "sender"
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0
# A new ledger grows fast, a session that stays has seen it grow.
STEPS_BEFORE_NEW_PLANS = 8
PLANS_LAST_SECONDS = 10.0
PLANS_LAST_AT_MOST_SECONDS = 60.0
PLANS_LAST_SHARE_OF_AGE = 1 / 30

# Classes of SQLSTATE for which a retry may succeed: connection, rollback, resources,
# intervention, and a lock timeout. psycopg's OperationalError includes others, such as
# an error of our functions or an index entry that is too long. A server that has become
# read-only is a former primary, and a new connection may reach its successor.
_CURABLE_CLASSES = ("08", "40", "53", "57")
_LOCK_NOT_AVAILABLE = "55P03"
_READ_ONLY = "25006"
_IDLE_IN_TRANSACTION = "25P03"
_CURABLE_STATES = (_LOCK_NOT_AVAILABLE, _READ_ONLY, _IDLE_IN_TRANSACTION)
# After this, Postgres ends the session of a sender that was frozen, or whose machine is
# gone, in mid-transaction: its locks would hold up other senders, pauses and
# do-not-contact marks. It is well below the lease.
IDLE_IN_TRANSACTION_TIMEOUT = "30s"

Result = TypeVar("Result")
Step = Callable[[psycopg.Connection], Result]


class LostConnectionError(UnusableDatabaseError):
    """The connection was lost during a step; it may or may not be committed."""


class Session:
    """Runs steps, each as one committed transaction, and replaces a lost connection.

    Before the first step, and again on each new connection, the database is compared
    with this machine's witness. RefusedLedgerError is raised if it is older or a copy:
    a new connection may lead to a replica that lags behind.

    A connection inside a caller's own transaction is never replaced, because its work
    would be lost. It is not compared either, because its attempts may be rolled back.
    """

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._database: str | None = None
        self._role: str | None = ROLE
        self._is_ours = False
        self._step_count = 0
        self._began_at = self._planned_at = time.monotonic()
        self._witness = Witness()
        self._timeline: object | None = None
        self._is_compared = False
        self._may_reopen = connection.info.transaction_status in (
            TransactionStatus.IDLE,
            TransactionStatus.UNKNOWN,
        )
        try:
            # A new connection has the role of the lost one.
            self._role = role_of_name(
                connection.execute(
                    "select nullif(current_setting('role'), 'none')"
                ).fetchone()[0]
            )
            self._database = connection.info.dbname
            if self._may_reopen:
                self._end_when_idle_in_transaction()
        except psycopg.OperationalError:
            if not self._may_reopen:
                raise

    def commit(self, step: Step[Result]) -> Result:
        """Run one step in its own transaction, on a new connection if needed.

        Raises LostConnectionError if the connection was lost; then the step may or may
        not be committed. An error that a retry cannot cure is raised unchanged.
        """
        with self._lost_connections(), self._opened().transaction():
            self._compare()
            self._renew_plans()
            return step(self._connection)

    def ask(self, question: Step[Result]) -> Result:
        """Run a step that only reads, with the plans that it was given before.

        Raises LostConnectionError as commit() does.
        """
        with self._lost_connections():
            return question(self._opened())

    @contextlib.contextmanager
    def _lost_connections(self) -> Iterator[None]:
        """Turns errors that a retry can cure into LostConnectionError."""
        try:
            yield
        except UnusableDatabaseError as error:
            raise LostConnectionError(str(error)) from error
        except psycopg.Error as error:
            if not _is_curable(error):
                raise
            if error.sqlstate == _READ_ONLY and self._may_reopen:
                self._connection.close()
                raise LostConnectionError(
                    f"The database is read-only: {error.diag.message_primary}. The "
                    "sender goes on by itself once the database, or the one that took "
                    "over, can be written."
                ) from error
            raise LostConnectionError(
                f"The connection to the database was lost: {error} The sender goes on "
                "by itself once the database is back."
            ) from error

    def _opened(self) -> psycopg.Connection:
        """The connection; a new one if it is closed and may be replaced."""
        if self._connection.closed and self._may_reopen:
            self._reopen()
        return self._connection

    async def insist(
        self, step: Step[Result], is_stopping: Callable[[], bool]
    ) -> Result:
        """Run an idempotent step repeatedly until it is committed.

        Raises LostConnectionError after ten minutes, or after three seconds when
        stopping.
        """
        started = time.monotonic()
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                return self.commit(step)
            except LostConnectionError:
                longest = (
                    INSIST_SECONDS_WHEN_STOPPING if is_stopping() else INSIST_SECONDS
                )
                if not self._may_reopen or time.monotonic() - started > longest:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def note(self, newest: SeenAttempt) -> None:
        """Write an attempt that was committed to the witness, before its call."""
        if self._timeline is not None:
            self._witness.note(self._timeline, newest)

    def close(self) -> None:
        """Close the connection, if it was opened here."""
        if self._is_ours:
            self._connection.close()

    def _renew_plans(self) -> None:
        """Discard cached plans at the 8th, 16th, 32nd, … step, and every ten seconds.

        They were made for the table sizes of that time, and a new ledger grows fast.
        Statistics are renewed once a minute at most. After half an hour, plans last a
        minute.
        """
        self._step_count += 1
        now = time.monotonic()
        has_doubled = (
            self._step_count >= STEPS_BEFORE_NEW_PLANS
            and self._step_count & (self._step_count - 1) == 0
        )
        lasts = min(
            max(PLANS_LAST_SECONDS, (now - self._began_at) * PLANS_LAST_SHARE_OF_AGE),
            PLANS_LAST_AT_MOST_SECONDS,
        )
        if has_doubled or now - self._planned_at > lasts:
            self._connection.execute("discard plans")
            self._planned_at = now

    def _compare(self) -> None:
        if self._may_reopen and not self._is_compared:
            self._timeline = refuse_old_or_copied(self._connection, self._witness)
            self._is_compared = True

    def _reopen(self) -> None:
        self._is_compared = False
        self._connection = connect(
            self._database,
            autocommit=True,
            role=self._role,
            application_name="trueup sender",
        )
        self._is_ours = True
        self._end_when_idle_in_transaction()

    def _end_when_idle_in_transaction(self) -> None:
        self._connection.execute(
            "select set_config('idle_in_transaction_session_timeout', %s, false)",
            [IDLE_IN_TRANSACTION_TIMEOUT],
        )


def _is_curable(error: psycopg.Error) -> bool:
    """Whether the same step may succeed later, or on another connection."""
    state = error.sqlstate
    if state is None:
        return isinstance(
            error, psycopg.OperationalError
        )  # the connection itself broke
    return state.startswith(_CURABLE_CLASSES) or state in _CURABLE_STATES
