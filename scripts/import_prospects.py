#!/usr/bin/env python
"""Enrolls the people of an export: CSV, Excel, or LinkedIn's own archive.

A dry run unless --commit is given and CONFIRM=yes is set. Bad rows are refused by line
with the reason, the rest goes in; run twice it adds nothing.
"""

import pathlib
import sys

import click
import psycopg
import rich.console
import rich.markup
import rich.progress
import rich.table

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from trueup.campaigns.workspaces import (
    UnknownNameError,
    find_account,
    find_campaign,
    find_workspace,
)
from trueup.heals.gate import NOTHING_WRITTEN, SentenceError, gated
from trueup.imports.prospect_rows import (
    Export,
    UnreadableExportError,
    read_export,
)
from trueup.imports.prospects import (
    SKIPPED,
    Import,
    UnusableCampaignError,
    import_prospects,
)
from trueup.postgres.connection import UnusableDatabaseError, connect_migrated

MOST_REFUSED_SHOWN = 50


@click.command(help=__doc__)
@click.argument("path", metavar="FILE", type=click.Path(path_type=pathlib.Path))
@click.option("--campaign", required=True, help="Its name or id.")
@click.option("--workspace", help="Its name or id; needed if there are several.")
@click.option(
    "--profile-column", help="The column of the people's addresses, by its name."
)
@click.option("--encoding", help="The file's encoding, such as cp1250.")
@click.option(
    "--connections-of",
    metavar="ACCOUNT",
    help="The account, by name or id, whose own connections the file lists.",
)
@gated
def main(
    path: pathlib.Path,
    campaign: str,
    workspace: str | None,
    profile_column: str | None,
    encoding: str | None,
    connections_of: str | None,
    commit: bool,
) -> None:
    """Ends with 1 if rows were refused, with 2 if nothing could be read or enrolled."""
    console = rich.console.Console(stderr=True)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SentenceError(
            f"{path} cannot be read: {error.strerror}. Check its name."
        ) from None
    try:
        with connect_migrated(
            autocommit=True, application_name="import_prospects"
        ) as connection:
            workspace_id = find_workspace(connection, workspace)
            campaign_id = find_campaign(connection, workspace_id, campaign)
            declared = connection.execute(
                "select custom_fields from outreach.campaigns"
                " where workspace_id = %s and campaign_id = %s",
                [workspace_id, campaign_id],
            ).fetchone()[0]
            exported_by = (
                find_account(connection, workspace_id, connections_of)
                if connections_of is not None
                else None
            )
            export = read_export(
                content, declared, profile_column=profile_column, encoding=encoding
            )
            _print_columns(console, export)
            done = _with_progress(
                connection,
                console,
                export,
                workspace_id,
                campaign_id,
                exported_by=exported_by,
                commit=commit,
            )
    except (
        UnknownNameError,
        UnreadableExportError,
        UnusableCampaignError,
        UnusableDatabaseError,
    ) as error:
        raise SentenceError(str(error)) from None
    except psycopg.errors.UniqueViolation:
        raise SentenceError(
            "Another import brought some of these people meanwhile. Run it again."
        ) from None
    except psycopg.Error as error:
        said = error.diag.message_primary or error
        raise SentenceError(f"{said}. Nothing was written.") from None
    _print(done, commit=commit)
    sys.exit(1 if done.refused else 0)


def _with_progress(
    connection: psycopg.Connection,
    console: rich.console.Console,
    export: Export,
    workspace_id: int,
    campaign_id: int,
    *,
    exported_by: int | None,
    commit: bool,
) -> Import:
    columns = (
        rich.progress.TextColumn("{task.description}"),
        rich.progress.BarColumn(),
        rich.progress.TaskProgressColumn(),
        rich.progress.TimeElapsedColumn(),
    )
    # Reading is about a quarter of the work; each of the other phases is a step.
    phases = ("comparing with who is known", "adding people", "enrolling")
    phases += ("checking and committing",)
    step = export.line_count / len(phases) * 3
    with rich.progress.Progress(*columns, console=console) as progress:
        task = progress.add_task("reading rows", total=export.line_count * 4)

        def show(phase: str, line: int) -> None:
            completed = line
            if phase in phases:
                completed = export.line_count + step * phases.index(phase)
            progress.update(task, description=phase, completed=completed)

        done = import_prospects(
            connection,
            workspace_id,
            campaign_id,
            export,
            is_dry_run=not commit,
            exported_by=exported_by,
            on_progress=show,
        )
        progress.update(task, description="done", completed=export.line_count * 4)
    return done


def _print_columns(console: rich.console.Console, export: Export) -> None:
    table = rich.table.Table(title="columns", title_justify="left")
    table.add_column("in the file")
    table.add_column("read as")
    for written, field in export.columns.named:
        table.add_row(rich.markup.escape(written), field)
    console.print(table)
    for note in export.notes:
        click.echo(note, err=True)


def _print(done: Import, *, commit: bool) -> None:
    for row in done.refused[:MOST_REFUSED_SHOWN]:
        click.echo(f"refused: {row}", err=True)
    if len(done.refused) > MOST_REFUSED_SHOWN:
        more = len(done.refused) - MOST_REFUSED_SHOWN
        click.echo(f"refused: {more} more", err=True)
    for name in done.missing_fields:
        click.echo(
            f"No column gives custom.{name}, which the campaign declares: a template "
            "that names it without a fallback parks these people.",
            err=True,
        )
    for lacked in done.lacked:
        click.echo(f"{lacked}.", err=True)
    verb = "enrolled" if commit else "would be enrolled"
    click.echo(
        f"{done.read} rows, {done.enrolled} {verb} ({done.new_people} new people)"
    )
    for kind, sentence in SKIPPED.items():
        if kind in done.skipped:
            click.echo(f"{done.skipped[kind]} not enrolled: {sentence}")
    click.echo(f"{len(done.refused)} refused")
    if done.hidden:
        click.echo(f"{done.hidden} passed over: LinkedIn does not name them")
    if done.cancelled_jobs:
        verb = "cancelled" if commit else "would be cancelled"
        click.echo(f"{done.cancelled_jobs} jobs of people not to be contacted {verb}")
    if not commit:
        click.echo(NOTHING_WRITTEN)


if __name__ == "__main__":
    main()
