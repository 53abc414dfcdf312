"""Today's validation of every saved template, and the prospects that it re-arms.

Belongs here: the assets `template_validations` (dbt cannot run Liquid) and
`rearmed_enrollments`, and their metadata. Judging is in `trueup.templates`,
rows are the business of `trueup.campaigns`.
"""

import dagster as dg
import psycopg

from dagster_project.assets.freshness import FRESHNESS
from dagster_project.assets.names import markdown_table, names_of
from dagster_project.resources import Postgres
from trueup.campaigns import TemplateValidation, validate_saved_templates
from trueup.campaigns.backlog import (
    ParkedCampaign,
    parked_campaigns,
    rearm_parked,
)
from trueup.campaigns.rearming import Rearming

MOST_ROWS = 60


@dg.asset(
    group_name="sources_campaigns",
    kinds={"python", "postgres", "table"},
    owners=["team:data"],
    freshness_policy=FRESHNESS["template_validations"],
)
def template_validations(postgres: dg.ResourceParam[Postgres]) -> dg.MaterializeResult:
    """Every saved template, validated again by the validator of saving and sending.

    A template that was valid when it was saved can be invalid today: its campaign no
    longer declares a field, or the rules have become stricter.
    """
    with postgres.connect(role="operator") as connection, connection.transaction():
        validations = validate_saved_templates(connection)
        invalid = [validation for validation in validations if not validation.is_valid]
        errors = error_table(connection, invalid)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(validations),
            "invalid": len(invalid),
            "errors": dg.MetadataValue.md(errors),
        }
    )


@dg.asset(
    group_name="heals",
    kinds={"python", "postgres"},
    owners=["team:data"],
    freshness_policy=FRESHNESS["rearmed_enrollments"],
    deps=["template_validations", "template_fix_backlog"],
)
def rearmed_enrollments(postgres: dg.ResourceParam[Postgres]) -> dg.MaterializeResult:
    """Parked prospects whose template is valid today, queued again (LL#277).

    Saving a campaign re-arms its prospects. This finds the others: prospects parked
    before saving re-armed, and prospects whose missing value was imported since. A
    prospect that still fails stays parked, with the reason.
    """
    with postgres.connect(role="operator") as connection:
        done = list(
            rearm_parked(connection, parked_campaigns(connection), is_dry_run=False)
        )
    return dg.MaterializeResult(
        metadata={
            "rearmed": sum(rearming.rearmed for _, rearming in done),
            "still_parked": sum(rearming.still_parked_count for _, rearming in done),
            "before_and_after": dg.MetadataValue.md(rearmed_table(done)),
        }
    )


def rearmed_table(done: list[tuple[ParkedCampaign, Rearming]]) -> str:
    """Parked prospects by campaign, before and after, with the reasons, as Markdown."""
    rows = []
    for campaign, rearming in done[:MOST_ROWS]:
        after = rearming.still_parked_count
        why = "; ".join(f"{row.count}: {row.reason}" for row in rearming.still_parked)
        before = after + rearming.rearmed
        rows.append(
            (campaign.workspace_name, campaign.campaign_name, before, after, why)
        )
    headings = ("workspace", "campaign", "parked before", "after", "why")
    return markdown_table(headings, rows)


def error_table(
    connection: psycopg.Connection, invalid: list[TemplateValidation]
) -> str:
    """The first error of each template that no longer validates, as Markdown."""
    shown = invalid[:MOST_ROWS]
    keys = [(one.workspace_id, one.template.step_id) for one in shown]
    names = names_of(connection, "step", keys)
    rows = [
        (names[key], one.template.variant, one.template.field, one.errors[0].message)
        for key, one in zip(keys, shown, strict=True)
    ]
    return markdown_table(("step", "variant", "field", "error"), rows)
