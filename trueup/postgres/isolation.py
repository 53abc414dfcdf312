"""One step over many rows, in which a row that fails costs no other row.

Belongs here: which errors speak of a row, and repeating a step with smaller batches
inside the caller's transaction. Does not: what the step does, and what becomes of the
row that fails.
"""

from collections.abc import Callable, Sequence
from typing import LiteralString, TypeVar

import psycopg

# SQLSTATEs that say nothing about a row, by their first characters: a lost connection,
# a feature that the server does not have, a transaction in another state or rolled
# back, a fault in the SQL itself, resources, a lock that was not had in time, and an
# operator's intervention.
_OF_NO_ROW = ("08", "0A", "25", "40", "42", "53", "55P03", "57")

Row = TypeVar("Row")


def is_of_a_row(error: psycopg.Error) -> bool:
    """Whether the same step over other rows may succeed."""
    return error.sqlstate is not None and not error.sqlstate.startswith(_OF_NO_ROW)


def isolate(
    connection: psycopg.Connection,
    rows: Sequence[Row],
    step: Callable[[Sequence[Row]], object],
    set_aside: Callable[[Row, psycopg.Error], object],
) -> None:
    """Runs `step` over all rows; if it fails, over each half of them, and so on.

    A row with which the step fails alone is given to `set_aside`. Each try is a
    savepoint of the caller's transaction. An error that says nothing about a row is
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
            set_aside(rows[0], error)
            return
        middle = len(rows) // 2
        for half in (rows[:middle], rows[middle:]):
            isolate(connection, half, step, set_aside)


def is_any(
    connection: psycopg.Connection, query: LiteralString, values: Sequence[object]
) -> bool:
    """The answer of a query that asks whether there is anything to do.

    Yes, if a row makes the query fail: the run that follows sets that row aside.
    """
    try:
        with connection.transaction():
            row = connection.execute(query, values).fetchone()
    except psycopg.Error as error:
        if not is_of_a_row(error):
            raise
        return True
    return row is not None and bool(row[0])
