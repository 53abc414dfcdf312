"""Names instead of ids, for the tables in the metadata of runs.

Belongs here: looking names up, and a table as Markdown. Does not: what is in a table.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import psycopg

Kind = Literal["account", "enrollment", "attempt", "step"]
# (workspace_id, id) of a row.
Key = tuple[int, int]


def names_of(
    connection: psycopg.Connection, kind: Kind, keys: Iterable[Key]
) -> Mapping[Key, str]:
    """The name of each row, such as "Acme / Anisha"; its kind if the row is gone."""
    ids: dict[int, list[int]] = defaultdict(list)
    names: dict[Key, str] = {}
    for workspace_id, row_id in keys:
        ids[workspace_id].append(row_id)
        names[workspace_id, row_id] = f"an {kind}" if kind[0] in "ae" else f"a {kind}"
    for workspace_id, of_workspace in ids.items():
        rows = connection.execute(
            "select id, name from outreach.names_of(%s, %s, %s)",
            [workspace_id, kind, of_workspace],
        )
        names.update({(workspace_id, row_id): name for row_id, name in rows})
    return names


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in which a | in a value does not end its cell."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |"
        for line in lines
    )
