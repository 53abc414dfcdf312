"""Emptying raw columns that are older than their bounds in `outreach.retention_bounds`.

Belongs here: the order and the size of the transactions. What is emptied and what is
kept is `sql/functions/retention/`.
"""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

import psycopg

MOST_ROWS = 10_000
_OF_A_WORKSPACE: LiteralString = "select * from outreach.empty_raw_columns(%s, %s, %s)"
_OF_ENDPOINTS: LiteralString = (
    "select * from outreach.empty_endpoint_bodies(%s, %s, %s)"
)
_OF_NO_WORKSPACE: LiteralString = (
    "select * from outreach.empty_global_raw_columns(%s, %s)"
)


@dataclasses.dataclass
class Emptied:
    """How many rows of a raw column were emptied, and their bytes as stored."""

    rows: int = 0
    bytes: int = 0


def empty_raw_columns(
    connection: psycopg.Connection,
    as_of: datetime | None = None,
    *,
    most_rows: int = MOST_ROWS,
) -> dict[str, Emptied]:
    """Empties what is beyond its bound, in all workspaces; by column, how much.

    The connection must be in autocommit, and its user must own the tables. Each
    transaction empties at most `most_rows` of each column.
    """
    if not connection.autocommit:
        raise ValueError("old columns are emptied in many transactions: use autocommit")
    emptied: dict[str, Emptied] = {}
    for (workspace_id,) in connection.execute(
        "select workspace_id from outreach.workspaces order by workspace_id"
    ).fetchall():
        values = [workspace_id, as_of, most_rows]
        _empty(connection, _OF_A_WORKSPACE, values, most_rows, emptied)
        _empty(connection, _OF_ENDPOINTS, values, most_rows, emptied)
    _empty(connection, _OF_NO_WORKSPACE, [as_of, most_rows], most_rows, emptied)
    return emptied


def _empty(
    connection: psycopg.Connection,
    query: LiteralString,
    values: Sequence[object],
    most_rows: int,
    emptied: dict[str, Emptied],
) -> None:
    is_over = False
    while not is_over:
        is_over = True
        for what, rows, byte_count in connection.execute(query, values).fetchall():
            so_far = emptied.setdefault(what, Emptied())
            so_far.rows += rows
            so_far.bytes += int(byte_count)
            is_over = is_over and rows < most_rows


def retention_days(connection: psycopg.Connection, what: str) -> int:
    """The bound of one kind of raw data, in days."""
    row = connection.execute(
        "select days from outreach.retention_bounds where what = %s", [what]
    ).fetchone()
    if row is None:
        raise LookupError(f"outreach.retention_bounds has no row for {what}.")
    return row[0]
