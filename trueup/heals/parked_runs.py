"""The re-arming of parked people for a person's command (LL#277).

Belongs here: its proof query and its locks. The subject is a campaign, because one text
parks its people of all accounts.
"""

import psycopg

from trueup.campaigns.backlog import ParkedCampaign, parked_campaigns
from trueup.campaigns.rearming import Rearming, rearm_campaign
from trueup.heals.gate import Heal, Outcome, Subject, run_heal

HEAL = Heal(
    "rearm_pending_template_fix",
    "select count(*) from outreach.campaign_prospects"
    " where workspace_id = %(workspace_id)s and campaign_id = %(campaign_id)s"
    " and linkedin_status = 'pending_template_fix'",
    "select from outreach.linkedin_accounts where workspace_id = %(workspace_id)s"
    " and account_id in (select account_id from outreach.campaign_prospects"
    " where workspace_id = %(workspace_id)s and campaign_id = %(campaign_id)s"
    " and linkedin_status = 'pending_template_fix')"
    " order by account_id for no key update",
)


def rearm_parked_people(
    connection: psycopg.Connection, campaign_id: int | None, *, commit: bool
) -> list[Outcome[Rearming]]:
    """Re-arms the parked people of one campaign, or of all."""

    def rearm(parked: ParkedCampaign) -> Rearming:
        return rearm_campaign(
            connection, parked.workspace_id, parked.campaign_id, actor=HEAL.name
        )

    subjects = [
        _subject(one)
        for one in parked_campaigns(connection)
        if campaign_id in (None, one.campaign_id)
    ]
    return list(
        run_heal(connection, HEAL, subjects, rearm, actor=HEAL.name, commit=commit)
    )


def is_whole(outcomes: list[Outcome[Rearming]]) -> bool:
    """Whether all of them were re-armed."""
    return all(
        outcome.result is not None and not outcome.result.still_parked
        for outcome in outcomes
        if outcome.verdict != "unneeded"
    )


def _subject(parked: ParkedCampaign) -> Subject:
    keys = {"workspace_id": parked.workspace_id, "campaign_id": parked.campaign_id}
    label = f"{parked.workspace_name}, {parked.campaign_name}"
    return Subject(parked.workspace_id, label, keys, parked)
