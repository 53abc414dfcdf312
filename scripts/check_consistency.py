"""Looks for rows that contradict one another or a promise; exits with 1 on any.

Prints what was duplicated, lost, stuck, over a limit, outside a window, unpaired,
misplaced or miscounted. With --journal it also compares the ledger with what a sandbox
really did.
"""

import collections
import pathlib
import sys

import click
import psycopg
import rich.console
import rich.table

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from demo.journal_comparison import compare_with_journal
from trueup.postgres.connection import UnusableDatabaseError, connect_migrated

MOST_ROWS = 50


@click.command(help=__doc__)
@click.option(
    "--journal",
    type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path),
    help="A sandbox's journal to compare with.",
)
def main(journal: pathlib.Path | None) -> None:
    """Check, print, and exit with 1 when something is wrong."""
    try:
        with connect_migrated() as connection:
            violations = find_violations(connection, journal)
    except UnusableDatabaseError as unusable:
        raise click.ClickException(str(unusable)) from None
    table = rich.table.Table("kind", "workspace", "what", "how")
    for violation in violations[:MOST_ROWS]:
        table.add_row(*(str(cell) for cell in violation))
    counts = collections.Counter(violation[0] for violation in violations)
    console = rich.console.Console()
    if violations:
        console.print(table)
    kinds = ("duplicated", "lost", "stuck", "over_limit", "outside_window")
    for kind in (*kinds, "unpaired", "misplaced", "miscounted"):
        console.print(f"{counts[kind]} {kind.replace('_', ' ')}")
    sys.exit(1 if violations else 0)


def find_violations(
    connection: psycopg.Connection, journal: pathlib.Path | None
) -> list[tuple[str, int, str, str]]:
    """Rows of kind, workspace id, what it concerns, and how it is wrong."""
    violations = connection.execute(
        "select kind, workspace_id, subject, detail"
        " from outreach.consistency_violations()"
    ).fetchall()
    if journal is not None:
        violations += compare_with_journal(connection, journal)
    return violations


if __name__ == "__main__":
    main()
