"""`trueup db`: the database itself."""

import collections
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from trueup.cli.options import script_connection
from trueup.cli.output import Output, listing_options, print_table
from trueup.cli.sentences import SentenceError

if TYPE_CHECKING:
    from trueup.heals.consistency import Violation

MOST_ROWS = 50


@click.group()
def db() -> None:
    """The database: migrate it, check its rows."""


@db.command("migrate")
def migrate_database() -> None:
    """Migrate the database to the state of sql/.

    Uses the database of the PG* variables, and creates it if it does not exist. It is
    safe to repeat. Writes at once.

    Example: PGDATABASE=trueup trueup db migrate
    """
    from trueup.postgres.connection import (
        UnusableDatabaseError,
        connect,
        database_name,
        ensure_database,
    )
    from trueup.postgres.migrate import migrate
    from trueup.postgres.migration_files import MigrationError

    try:
        ensure_database(database_name())
        with connect(application_name="migrate") as connection:
            report = migrate(connection)
    except (UnusableDatabaseError, MigrationError) as error:
        raise SentenceError(str(error)) from None
    click.echo(f"database {report.database}")
    rows = [(path, "applied") for path in report.applied]
    rows += [
        ("migrations/", f"{report.already_applied_count} applied before"),
        ("functions/", f"{report.function_count} re-applied"),
        ("triggers/", f"{report.trigger_count} re-applied"),
    ]
    rows += [(leftover, "dropped: no file makes it") for leftover in report.dropped]
    print_table(("file", "what was done"), rows)


@db.command("check")
@listing_options
def check_consistency(output: Output) -> None:
    """Look for rows that contradict one another.

    Ends with 1 if there are any. Prints rows that are duplicated, lost, stuck, over a
    limit, outside a window, unpaired, misplaced or miscounted.

    Example: trueup db check
    """
    from trueup.heals.consistency import consistency_violations

    with script_connection("db check") as connection:
        violations = consistency_violations(connection)
    print_violations(violations, output)


def print_violations(violations: "Sequence[Violation]", output: Output) -> None:
    """Prints them and their number by kind; ends with 1 if there are any."""
    from trueup.heals.consistency import KINDS

    headings = ("kind", "workspace", "what", "how")
    if output.is_table:
        output.rows(headings, violations[:MOST_ROWS])
        counts = collections.Counter(violation[0] for violation in violations)
        for kind in KINDS:
            click.echo(f"{counts[kind]} {kind.replace('_', ' ')}")
    else:
        output.rows(headings, violations)
    sys.exit(1 if violations else 0)
