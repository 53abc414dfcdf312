"""`trueup db distribute` and `undistribute`: a Citus cluster, and the way back.

Belongs here: their options and sentences. Does not: what is done in the databases
(`trueup.postgres.distribution`).
"""

import click

from trueup.cli.options import script_connection
from trueup.cli.output import print_table
from trueup.cli.sentences import RefusalError, say

dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Only show what would be done."
)


@click.command("distribute")
@dry_run_option
def distribute_database(dry_run: bool) -> None:
    """Spread the database over the workers of a Citus cluster.

    Runs sql/citus.sql in the migrated database of the PG* variables, which is on the
    coordinator. Stop the senders and Dagster first. It is safe to repeat, and needed
    again after a migration that adds tables. Writes at once, unless --dry-run is
    given.

    Example: trueup db distribute --dry-run
    """
    from trueup.postgres.distribution import (
        UndistributableError,
        distribute,
        placements,
    )

    with script_connection("db distribute") as connection:
        if dry_run:
            print_table(
                ("table", "belongs", "state"),
                [
                    (each.table, each.placement, _state(each.is_placed))
                    for each in placements(connection)
                ],
            )
            click.echo("Nothing was written: this was a dry run.")
            return
        try:
            done = distribute(connection)
        except UndistributableError as error:
            raise RefusalError(str(error)) from None
        database = connection.info.dbname
    for line in done:
        say(line)
    if not done:
        say(f"Nothing to do: {database} is spread over its cluster already.")


@click.command("undistribute")
@click.option(
    "--into",
    "target_name",
    metavar="DATABASE",
    help="The database to copy into; it is made if it does not exist. By default the "
    "database's name with _plain.",
)
@dry_run_option
def undistribute_database(target_name: str | None, dry_run: bool) -> None:
    """Copy a spread database into a plain one on the same server.

    Stop the senders and Dagster first. The spread database is not changed. Citus
    cannot take tables with identity columns back, so their rows are copied, in one
    transaction. Then set PGDATABASE to the copy, run trueup db adopt, and build the
    marts. Writes at once, unless --dry-run is given.

    Example: trueup db undistribute --dry-run
    """
    from trueup.postgres.connection import connect, is_distributed
    from trueup.postgres.distribution import (
        UndistributableError,
        copy_back,
        rows_by_table,
    )
    from trueup.postgres.migrate import ensure_database, migrate
    from trueup.postgres.migration_files import MigrationError

    with script_connection("db undistribute") as source:
        name = target_name or f"{source.info.dbname}_plain"
        if not is_distributed(source):
            say(f"Nothing to do: {source.info.dbname} is not spread over a cluster.")
            return
        if dry_run:
            print_table(("table", "rows"), rows_by_table(source))
            say(f"Nothing was written: these rows would be copied into {name}.")
            return
        ensure_database(name)
        with connect(name, autocommit=True, application_name="undistribute") as target:
            try:
                migrate(target)
                count = copy_back(source, target)
                migrate(target)  # makes the triggers again, as their files say
            except (MigrationError, UndistributableError) as error:
                raise RefusalError(str(error)) from None
    say(
        f"{count} rows were copied into {name}. Set PGDATABASE to it, and run "
        "`trueup db adopt`."
    )


def _state(is_placed: bool) -> str:
    return "is there" if is_placed else "would be placed"
