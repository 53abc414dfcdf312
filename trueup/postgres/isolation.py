"""Running a step over many rows so that a failing row does not affect the others.

Belongs here: which errors concern a row, and repeating a step with smaller batches
inside the caller's transaction. Does not: the step itself, and the handling of the
failing row.
"""

from collections.abc import Callable, Sequence
from typing import LiteralString, TypeVar

import psycopg

# First characters of the SQLSTATEs that do not concern a row: a lost connection, an
# unsupported feature, an invalid transaction state or a rollback, an error in the SQL
# itself, insufficient resources, a lock timeout, and operator intervention.
_OF_NO_ROW = ("08", "0A", "25", "40", "42", "53", "55P03", "57")

Row = TypeVar("Row")


def is_of_a_row(error: psycopg.Error) -> bool:
    """Whether the error concerns a row, so that the step may succeed for other rows."""
    return error.sqlstate is not None and not error.sqlstate.startswith(_OF_NO_ROW)


def isolate(
    connection: psycopg.Connection,
    rows: Sequence[Row],
    step: Callable[[Sequence[Row]], object],
    quarantine: Callable[[Row, psycopg.Error], object],
) -> None:
    """Runs `step` over all rows; if it fails, over each half, and so on.

    A row that makes the step fail alone is passed to `quarantine`. Each attempt is a
    savepoint of the caller's transaction. An error that does not concern a row is
    raised.
    """
    if not rows:
        return
    try:
        with connection.transaction():
            step(rows)
    except psycopg.Error as error:
        if not is_of_a_row(error):
            raise
        if len(rows) == 1:
            quarantine(rows[0], error)
            return
        middle = len(rows) // 2
        for half in (rows[:middle], rows[middle:]):
            isolate(connection, half, step, quarantine)


def is_any(
    connection: psycopg.Connection, query: LiteralString, values: Sequence[object]
) -> bool:
    """The result of a query that returns whether there is any work.

    True if a row makes the query fail: the following run quarantines that row.
    """
    try:
        with connection.transaction():
            row = connection.execute(query, values).fetchone()
    except psycopg.Error as error:
        if not is_of_a_row(error):
            raise
        return True
    return row is not None and bool(row[0])
