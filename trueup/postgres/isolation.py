"""One step over many rows, in which a row that fails costs no other row.

Belongs here: repeating a step with smaller batches inside the caller's transaction.
Does not: what the step does, and what becomes of the row that fails.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import psycopg

# Classes of SQLSTATE that say nothing about a row: a lost connection, a feature that
# the server does not have, a transaction rolled back, a fault in the SQL itself,
# resources, and an operator's intervention.
_OF_NO_ROW = ("08", "0A", "40", "42", "53", "57")

Row = TypeVar("Row")


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
        if error.sqlstate is None or error.sqlstate.startswith(_OF_NO_ROW):
            raise
        if len(rows) == 1:
            set_aside(rows[0], error)
            return
        middle = len(rows) // 2
        for half in (rows[:middle], rows[middle:]):
            isolate(connection, half, step, set_aside)
