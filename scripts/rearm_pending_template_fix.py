#!/usr/bin/env python
"""Re-arms prospects parked for a template that validates today, retroactively.

A dry run unless --commit is given and CONFIRM=yes is set: it says per campaign how many
would be re-armed, how many still fail and why.
"""

import os
import pathlib
import sys

import click
import psycopg
import rich.console
import rich.table

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from dagster_project.campaigns.backlog import (
    ParkedCampaign,
    parked_campaigns,
    rearm_parked,
)
from dagster_project.campaigns.rearming import Rearming
from dagster_project.postgres.connection import UnusableDatabaseError, connect


@click.command(help=__doc__)
@click.option("--campaign", help="Only this campaign, by its name or id.")
@click.option("--commit", is_flag=True, help="Write; needs CONFIRM=yes as well.")
def main(campaign: str | None, commit: bool) -> None:
    """Prints what was or would be done; 1 if some still fail, 2 if it cannot start."""
    if commit and os.environ.get("CONFIRM") != "yes":
        click.echo(
            "--commit writes, and asks for CONFIRM=yes in the environment as well. "
            "Nothing was written.",
            err=True,
        )
        sys.exit(2)
    try:
        with connect(autocommit=True, application_name="rearm") as connection:
            chosen = _chosen(connection, campaign)
            done = list(rearm_parked(connection, chosen, is_dry_run=not commit))
    except (UnusableDatabaseError, psycopg.OperationalError) as error:
        click.echo(str(error).strip(), err=True)
        sys.exit(2)
    _print(done, commit=commit)
    sys.exit(1 if any(rearming.still_parked for _, rearming in done) else 0)


def _chosen(connection: psycopg.Connection, wanted: str | None) -> list[ParkedCampaign]:
    parked = parked_campaigns(connection)
    if wanted is None:
        return parked
    known = connection.execute(
        "select exists (select from outreach.campaigns"
        " where name = %s or campaign_id::text = %s)",
        [wanted, wanted],
    ).fetchone()[0]
    if not known:
        click.echo(
            f'There is no campaign "{wanted}". Give its name or its id.', err=True
        )
        sys.exit(2)
    return [
        one for one in parked if wanted in (one.campaign_name, str(one.campaign_id))
    ]


def _print(done: list[tuple[ParkedCampaign, Rearming]], *, commit: bool) -> None:
    console = rich.console.Console(soft_wrap=True)
    if not done:
        console.print("Nobody is parked for a template.")
        return
    table = rich.table.Table(title_justify="left")
    table.add_column("workspace")
    table.add_column("campaign")
    table.add_column("re-armed" if commit else "would be re-armed", justify="right")
    table.add_column("still fail", justify="right")
    for campaign, rearming in done:
        table.add_row(
            campaign.workspace_name,
            campaign.campaign_name,
            str(rearming.rearmed),
            str(rearming.still_parked_count),
        )
    console.print(table)
    for campaign, rearming in done:
        for row in rearming.still_parked:
            console.print(
                f"{campaign.campaign_name}, step {row.step_id}: {row.count} still fail."
                f" {row.reason}",
                markup=False,
                highlight=False,
            )
    if not commit:
        console.print("Nothing was written: add --commit and set CONFIRM=yes.")


if __name__ == "__main__":
    main()
