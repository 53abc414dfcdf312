"""Re-arming parked people of all campaigns, or of one.

Belongs here: which campaigns have parked people, and one transaction for each. Does
not: which people are re-armed (`rearming.py`).
"""

import dataclasses
from collections.abc import Iterator
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from trueup.campaigns.rearming import Rearming, rearm_campaign


@dataclasses.dataclass(frozen=True)
class ParkedCampaign:
    """A campaign with parked people."""

    workspace_id: int
    workspace_name: str
    campaign_id: int
    campaign_name: str
    parked_count: int


def parked_campaigns(connection: psycopg.Connection) -> list[ParkedCampaign]:
    """Every campaign with people who wait for a template to be fixed."""
    with connection.cursor(row_factory=class_row(ParkedCampaign)) as cursor:
        return cursor.execute("select * from outreach.parked_campaigns()").fetchall()


def rearm_parked(
    connection: psycopg.Connection,
    campaigns: list[ParkedCampaign],
    *,
    is_dry_run: bool,
    as_of: datetime | None = None,
    actor: str = "rearm_pending_template_fix",
) -> Iterator[tuple[ParkedCampaign, Rearming]]:
    """Re-arm the people whose template validates today, campaign by campaign.

    Each campaign is its own transaction; a dry run does the same and rolls it back. The
    connection must be in autocommit.
    """
    for campaign in campaigns:
        with connection.transaction(force_rollback=is_dry_run):
            rearming = rearm_campaign(
                connection,
                campaign.workspace_id,
                campaign.campaign_id,
                as_of=as_of,
                actor=actor,
            )
        yield campaign, rearming
