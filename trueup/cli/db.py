"""`trueup db`: the database itself."""

import collections
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from trueup.cli.options import actor_option, commit_option, script_connection
from trueup.cli.output import Output, listing_options, print_table
from trueup.cli.sentences import NOTHING_WRITTEN, SentenceError, say

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


@db.command("adopt")
@actor_option
@commit_option
def adopt_database(actor: str, commit: bool) -> None:
    """Let senders work with a database that was moved, or from a new machine.

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
            note_newest(connection, witness, timeline)


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
