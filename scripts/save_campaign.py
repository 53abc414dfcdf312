#!/usr/bin/env python
"""Validates campaign files and saves them, each with all its steps or not at all.

With --check nothing is saved and no database is needed: for CI.
"""

import pathlib
import sys

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from trueup.campaigns import (
    Campaign,
    RefusedCampaignError,
    SavedCampaign,
    check_campaign,
    read_campaign_file,
    save_campaign,
)
from trueup.postgres.connection import UnusableDatabaseError, connect_migrated


@click.command(help=__doc__)
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=pathlib.Path)
)
@click.option("--check", is_flag=True, help="Validate only; 1 if anything is wrong.")
def main(files: tuple[pathlib.Path, ...], check: bool) -> None:
    """Ends with 1 if a file was refused, with 2 if the database cannot be used."""
    campaigns = [_read(path) for path in files]
    if check:
        good = [campaign for campaign in campaigns if campaign and _is_valid(campaign)]
        for campaign in good:
            click.echo(f"{campaign.source}: {campaign.name} is valid.")
        sys.exit(0 if len(good) == len(files) else 1)
    has_failed = None in campaigns
    try:
        with connect_migrated(
            autocommit=True, application_name="save_campaign"
        ) as connection:
            for campaign in filter(None, campaigns):
                try:
                    click.echo(_told(campaign, save_campaign(connection, campaign)))
                except RefusedCampaignError as refused:
                    click.echo(f"{refused}\n", err=True)
                    has_failed = True
    except (UnusableDatabaseError, psycopg.OperationalError) as error:
        click.echo(str(error).strip(), err=True)
        sys.exit(2)
    sys.exit(1 if has_failed else 0)


def _read(path: pathlib.Path) -> Campaign | None:
    try:
        return read_campaign_file(path)
    except RefusedCampaignError as refused:
        click.echo(f"{refused}\n", err=True)
        return None


def _is_valid(campaign: Campaign) -> bool:
    try:
        check_campaign(campaign)
    except RefusedCampaignError as refused:
        click.echo(f"{refused}\n", err=True)
        return False
    return True


def _told(campaign: Campaign, saved: SavedCampaign) -> str:
    lines = [
        f"{campaign.source}: {saved.name} is saved as campaign {saved.campaign_id} "
        f"with {len(saved.step_ids)} steps ({saved.new_step_count} new, "
        f"{saved.removed_step_count} removed)."
    ]
    if saved.rearming.rearmed:
        lines.append(f"{saved.rearming.rearmed} parked prospects were re-armed.")
    lines += [
        f"{row.count} prospects stay parked: {row.reason}"
        for row in saved.rearming.still_parked
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
