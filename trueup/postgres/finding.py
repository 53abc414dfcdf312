"""Finding one row by its id or its name.

Belongs here: reading candidates from a `find_…` function of sql/functions/finding/, the
choice by rank, and the errors for no match and for several. Does not: the arguments of
a command.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg.rows import class_row

_LARGEST_ID = 2**63 - 1
_MOST_LISTED = 10
_NEAR_RANK = 9


class UnknownNameError(Exception):
    """No row has that name, or several have; the text is a sentence for a person."""


@dataclass(frozen=True)
class Found:
    """A matching row; `detail` distinguishes it from rows of the same name."""

    workspace_id: int
    workspace_name: str
    found_id: int
    name: str
    detail: str
    rank: int


def candidates(
    connection: psycopg.Connection, query: LiteralString, *arguments: object
) -> list[Found]:
    """The rows of a `find_…` function."""
    with connection.cursor(row_factory=class_row(Found)) as cursor:
        return cursor.execute(query, arguments).fetchall()


def find_workspace(
    connection: psycopg.Connection,
    wanted: str | int | None,
    choice: str = "--workspace",
) -> Found:
    """A workspace by its name or id; the only one if None. Raises UnknownNameError.

    choice: how a person says which one they mean.
    """
    if wanted is not None:
        found = candidates(
            connection, "select * from outreach.find_workspaces(%s)", str(wanted)
        )
        return the_one("workspace", str(wanted), found, _listed(connection))
    known = connection.execute(
        "select workspace_id, name from outreach.workspaces order by workspace_id"
        " limit 2"
    ).fetchall()
    if not known:
        raise UnknownNameError(
            "The database has no workspace yet. Add one first: "
            'trueup workspace add "Client One"'
        )
    if len(known) > 1:
        (count,) = connection.execute(
            "select count(*) from outreach.workspaces"
        ).fetchone()
        raise UnknownNameError(
            f"The database has {count} workspaces. Say which with {choice}. "
            f"{_listed(connection)}"
        )
    ((workspace_id, name),) = known
    return Found(workspace_id, name, workspace_id, name, "", 1)


def matches(found: Sequence[Found]) -> list[Found]:
    """The candidates of the best rank, without names that are only similar."""
    best = min((one.rank for one in found), default=_NEAR_RANK)
    return [one for one in found if one.rank == best < _NEAR_RANK]


def the_one(
    kind: str,
    wanted: str,
    found: Sequence[Found],
    hint: str,
    choice: str = "Give the id of the one you mean.",
) -> Found:
    """The only match. Raises UnknownNameError if there is none or several.

    kind: the word for the row, such as "account". hint: where to look if no name is
        similar. choice: how to say which of several is meant.
    """
    meant = matches(found)
    if len(meant) == 1:
        return meant[0]
    if not meant:
        raise UnknownNameError(_unknown(kind, wanted, found, hint))
    lines = [
        f'  {one.found_id}: "{one.name}", {one.detail}, workspace {one.workspace_name}'
        for one in meant[:_MOST_LISTED]
    ]
    if len(meant) > _MOST_LISTED:
        lines.append(f"  and {len(meant) - _MOST_LISTED} more")
    raise UnknownNameError(
        "\n".join(
            (
                f"There are {len(meant)} {kind}s called {shown(wanted)}:",
                *lines,
                choice,
            )
        )
    )


def shown(wanted: str) -> str:
    """The typed argument, in quotes unless it is a number."""
    return wanted if wanted.lstrip("-").isdecimal() else f'"{wanted}"'


def _unknown(kind: str, wanted: str, near: Sequence[Found], hint: str) -> str:
    said = f"There is no {kind} {shown(wanted)}."
    if wanted.lstrip("-").isdecimal() and not 1 <= int(wanted[:30]) <= _LARGEST_ID:
        return f"{said} {wanted} is no id: ids are whole numbers from 1."
    if near:
        names = dict.fromkeys(f'"{one.name}"' for one in near)
        return f"{said} Did you mean {' or '.join(list(names)[:3])}?"
    return f"{said} {hint}"


def _listed(connection: psycopg.Connection) -> str:
    rows = connection.execute(
        "select name from outreach.workspaces order by workspace_id limit %s",
        [_MOST_LISTED + 1],
    ).fetchall()
    names = [f'"{name}"' for (name,) in rows[:_MOST_LISTED]]
    more = ", …" if len(rows) > _MOST_LISTED else ""
    return f"There are: {', '.join(names) or 'none'}{more}."
