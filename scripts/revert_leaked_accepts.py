#!/usr/bin/env python
"""Reverses accepts that were credited to campaigns whose invite they cannot answer.

A dry run unless --commit is given and CONFIRM=yes is set. Each gets an accept_reverted
event, loses its accept time and goes back to pending_accept if its own invite was
sent, else to ready_to_invite. What the provider told stays as it is (LL#275).
"""

import os
import pathlib
import sys
from collections import Counter
from collections.abc import Iterable

import click
import psycopg
import rich.console
import rich.table

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from dagster_project.inbound.leaked_accepts import LeakedAccept, find_leaks, revert
from dagster_project.postgres.connection import UnusableDatabaseError, connect


@click.command(help=__doc__)
@click.option("--workspace", help="Only this workspace, by its name or id.")
@click.option("--commit", is_flag=True, help="Write; needs CONFIRM=yes as well.")
def main(workspace: str | None, commit: bool) -> None:
    """Prints what was or would be done; 1 if some are left, 2 if it cannot start."""
    if commit and os.environ.get("CONFIRM") != "yes":
        click.echo(
            "--commit writes, and asks for CONFIRM=yes in the environment as well. "
            "Nothing was written.",
            err=True,
        )
        sys.exit(2)
    try:
        with connect(autocommit=True, application_name="revert") as connection:
            leaks = find_leaks(connection, _chosen(connection, workspace))
            done = revert(connection, leaks) if commit else leaks
    except (UnusableDatabaseError, psycopg.OperationalError) as error:
        click.echo(str(error).strip(), err=True)
        sys.exit(2)
    _print(done, commit=commit)
    sys.exit(1 if any(leak.obstacle for leak in done) else 0)


def _chosen(connection: psycopg.Connection, wanted: str | None) -> int | None:
    if wanted is None:
        return None
    rows = connection.execute(
        "select workspace_id from outreach.workspaces"
        " where name = %s or workspace_id::text = %s",
        [wanted, wanted],
    ).fetchall()
    if len(rows) != 1:
        is_none = "There is no workspace" if not rows else "There are several named"
        click.echo(f'{is_none} "{wanted}". Give its id.', err=True)
        sys.exit(2)
    return rows[0][0]


def _print(leaks: Iterable[LeakedAccept], *, commit: bool) -> None:
    console = rich.console.Console(soft_wrap=True)
    counts = Counter(
        (leak.campaign_name, leak.why, leak.obstacle or f"to {leak.verdict}")
        for leak in leaks
    )
    if not counts:
        console.print("No accept stands on a campaign that it cannot belong to.")
        return
    table = rich.table.Table(title_justify="left")
    for heading in ("campaign", "why", "back" if commit else "would go back"):
        table.add_column(heading)
    table.add_column("accepts", justify="right")
    for (campaign, why, outcome), count in sorted(counts.items()):
        table.add_row(campaign, why, outcome, str(count))
    console.print(table)
    if not commit:
        console.print("Nothing was written: add --commit and set CONFIRM=yes.")


if __name__ == "__main__":
    main()
