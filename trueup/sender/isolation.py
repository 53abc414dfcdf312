"""Steps over many rows of which one may fail: the others are done without it.

Belongs here: which errors speak of a row, repeating a step with fewer rows until the
failing ones are found, and nothing about what the step does.
"""

from collections.abc import Callable, Sequence
from typing import LiteralString, TypeVar

import psycopg

# Classes of SQLSTATE that speak of the server, the connection, the transaction or our
# own code, never of one row: connection, feature not supported, transaction state,
# rollback, syntax and access rules, resources, intervention.
_CLASSES_OF_NO_ROW = ("08", "0A", "25", "40", "42", "53", "57")

Item = TypeVar("Item")
Result = TypeVar("Result")


def is_of_a_row(error: psycopg.Error) -> bool:
    """Whether the same step over other rows may succeed."""
    state = error.sqlstate
    return (
        state is not None
        and not state.startswith(_CLASSES_OF_NO_ROW)
        and state != psycopg.errors.LockNotAvailable.sqlstate
    )


def apart(
    items: Sequence[Item],
    step: Callable[[Sequence[Item]], list[Result]],
    set_aside: Callable[[Item, psycopg.Error], list[Result]],
) -> list[Result]:
    """Run a step over all items; where a row makes it fail, over smaller batches.

    step: commits what it does with items, or leaves nothing of it. set_aside: takes an
    item that fails by itself. What speaks of no row is raised, and so is what the step
    raises without any item.
    """
    try:
        return step(items)
    except psycopg.Error as error:
        if not is_of_a_row(error):
            raise
        step([])
        return _halves(items, step, set_aside, error)


def _halves(
    items: Sequence[Item],
    step: Callable[[Sequence[Item]], list[Result]],
    set_aside: Callable[[Item, psycopg.Error], list[Result]],
    error: psycopg.Error,
) -> list[Result]:
    """What apart() does once the step failed over these items."""
    if len(items) == 1:
        return set_aside(items[0], error)
    results = []
    middle = len(items) // 2
    for half in (items[:middle], items[middle:]):
        try:
            results += step(half)
        except psycopg.Error as error_of_half:
            if not is_of_a_row(error_of_half):
                raise
            results += _halves(half, step, set_aside, error_of_half)
    return results


def is_any(
    connection: psycopg.Connection, query: LiteralString, values: Sequence[object]
) -> bool:
    """The answer of a query that asks whether there is anything to do.

    Yes, where a row makes the query fail: the run that follows sets that row aside.
    """
    try:
        with connection.transaction():
            row = connection.execute(query, values).fetchone()
    except psycopg.Error as error:
        if not is_of_a_row(error):
            raise
        return True
    return row is not None and bool(row[0])


def message_of(error: psycopg.Error) -> str:
    """What the database said, without the place in a query."""
    return error.diag.message_primary or str(error)
