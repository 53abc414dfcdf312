#!/usr/bin/env python
"""Re-arms prospects parked for a template that validates today, retroactively.

A dry run unless --commit is given and CONFIRM=yes is set: it says per campaign how many
would be re-armed, how many still fail and why.
"""

import pathlib
import sys

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from trueup.campaigns.backlog import ParkedCampaign, parked_campaigns
from trueup.campaigns.rearming import Rearming, rearm_campaign
from trueup.heals.gate import (
    NOTHING_WRITTEN,
    Heal,
    Outcome,
    SentenceError,
    Subject,
    gated,
    opened,
    print_table,
    run_heal,
)

# A campaign is the subject here: one text parks its people, whoever sends to them.
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


@click.command(help=__doc__)
@click.option("--campaign", help="Only this campaign, by its name or id.")
@gated
def main(campaign: str | None, commit: bool) -> None:
    """Prints what was or would be done; 1 if some still fail, 2 if it cannot start."""
    with opened(HEAL.name) as connection:

        def rearm(parked: ParkedCampaign) -> Rearming:
            return rearm_campaign(
                connection, parked.workspace_id, parked.campaign_id, actor=HEAL.name
            )

        subjects = [_subject(one) for one in _chosen(connection, campaign)]
        outcomes = list(
            run_heal(connection, HEAL, subjects, rearm, actor=HEAL.name, commit=commit)
        )
    _print(outcomes, commit=commit)
    is_whole = all(
        outcome.result is not None and not outcome.result.still_parked
        for outcome in outcomes
        if outcome.verdict != "unneeded"
    )
    sys.exit(int(not is_whole))


def _subject(parked: ParkedCampaign) -> Subject:
    keys = {"workspace_id": parked.workspace_id, "campaign_id": parked.campaign_id}
    label = f"{parked.workspace_name}, {parked.campaign_name}"
    return Subject(parked.workspace_id, label, keys, parked)


def _chosen(connection: psycopg.Connection, wanted: str | None) -> list[ParkedCampaign]:
    parked = parked_campaigns(connection)
    if wanted is None:
        return parked
    known = connection.execute(
        "select exists (select 1 from outreach.campaigns"
        " where name = %s or campaign_id::text = %s)",
        [wanted, wanted],
    ).fetchone()[0]
    if not known:
        raise SentenceError(
            f'There is no campaign "{wanted}". Give its name or its id.'
        )
    return [
        one for one in parked if wanted in (one.campaign_name, str(one.campaign_id))
    ]


def _print(outcomes: list[Outcome[Rearming]], *, commit: bool) -> None:
    if not outcomes:
        click.echo("Nobody is parked for a template.")
        return
    done = [one for one in outcomes if one.result is not None]
    print_table(
        (
            "workspace, campaign",
            "re-armed" if commit else "would be re-armed",
            "still fail",
        ),
        [
            (
                outcome.subject.label,
                str(outcome.result.rearmed),
                str(outcome.result.still_parked_count),
            )
            for outcome in done
        ],
    )
    for outcome in done:
        for row in outcome.result.still_parked:
            click.echo(
                f"{outcome.subject.target.campaign_name}, step {row.step_id}: "
                f"{row.count} still fail. {row.reason}"
            )
    for outcome in outcomes:
        if outcome.error:
            click.echo(f"{outcome.subject.label}: {outcome.error}", err=True)
    if not commit:
        click.echo(NOTHING_WRITTEN)


if __name__ == "__main__":
    main()
