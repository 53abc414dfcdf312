"""Turns: of the processes that do the same work, one does it and the next one waits.

Belongs here: taking a turn, giving it back, and seeing that another process waits for
it. Does not: the work.

A turn is an advisory lock of a session. Postgres frees it as soon as the process or the
server ends. The session of a process that is frozen, or whose machine is gone, is ended
by `idle_session_timeout`. A turn keeps two processes from doing the same work; that no
send is repeated does not depend on it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

# Holders look each two seconds whether they are wanted.
LOST_AFTER = "60s"
TAKING = "1s"

# The key is also in sql/functions/queue/turn_states.sql.
_TAKE = "select pg_advisory_lock(hashtextextended('trueup turn ' || %s, 0))"
_GIVE_BACK = "select pg_advisory_unlock(hashtextextended('trueup turn ' || %s, 0))"


class LostTurnsError(Exception):
    """The session with the turns has ended, so another process may have them."""


class Turns:
    """The turns of this process, on a connection in autocommit of their own."""

    def __init__(
        self,
        connection: psycopg.Connection,
        *,
        taking: str = TAKING,
    ) -> None:
        self._connection = connection
        self._names: list[str] = []
        with _lost():
            connection.execute(
                "select set_config('idle_session_timeout', %s, false),"
                " set_config('lock_timeout', %s, false)",
                [LOST_AFTER, taking],
            )

    def take(self, name: str) -> bool:
        """Wait a second for the turn; False if another process still has it.

        Raises LostTurnsError if the session has ended.
        """
        with _lost():
            try:
                self._connection.execute(_TAKE, [name])
            except psycopg.errors.LockNotAvailable:
                return False
        self._names.append(name)
        return True

    def give_back(self, name: str) -> None:
        """Give up the turn. Raises LostTurnsError if the session has ended."""
        with _lost():
            self._connection.execute(_GIVE_BACK, [name])
        self._names.remove(name)

    def is_wanted(self) -> bool:
        """Whether another process waits for one of these turns.

        Raises LostTurnsError if the session has ended. A holder that does not ask loses
        its turns.
        """
        with _lost():
            states = states_of_turns(self._connection, self._names)
        return any(state.is_wanted for state in states.values())


@dataclass(frozen=True)
class TurnState:
    """Whether a process has a turn, and whether another one waits for it."""

    is_taken: bool
    is_wanted: bool


def states_of_turns(
    connection: psycopg.Connection, names: Sequence[str]
) -> dict[str, TurnState]:
    """The state of each turn in the database of this connection."""
    rows = connection.execute(
        "select name, is_taken, is_wanted from outreach.turn_states(%s)", [list(names)]
    ).fetchall()
    return {name: TurnState(*state) for name, *state in rows}


@contextmanager
def _lost() -> Iterator[None]:
    try:
        yield
    except psycopg.OperationalError as error:
        if isinstance(error, psycopg.errors.LockNotAvailable):
            raise
        raise LostTurnsError(f"The turn was lost: {error}") from error
