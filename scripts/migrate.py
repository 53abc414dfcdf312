#!/usr/bin/env python
"""Brings the database that the PG* variables name to what `sql/` says."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from trueup.postgres.connection import (
    UnusableDatabaseError,
    connect,
    database_name,
    ensure_database,
)
from trueup.postgres.migrate import MigrationReport, migrate
from trueup.postgres.migration_files import MigrationError


def as_table(report: MigrationReport) -> Table:
    """One line for each new migration, and one for all that was re-applied."""
    table = Table(title=f"database {report.database}", title_justify="left")
    table.add_column("file")
    table.add_column("what was done")
    for path in report.applied:
        table.add_row(path, "applied")
    table.add_row("migrations/", f"{report.already_applied_count} applied before")
    table.add_row("functions/", f"{report.function_count} re-applied")
    table.add_row("triggers/", f"{report.trigger_count} re-applied")
    return table


@click.command(help=__doc__)
def main() -> None:
    """Migrates, or says in a sentence why not and ends with 2."""
    try:
        ensure_database(database_name())
        with connect(application_name="migrate") as connection:
            report = migrate(connection)
    except (UnusableDatabaseError, MigrationError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    Console().print(as_table(report))


if __name__ == "__main__":
    main()
