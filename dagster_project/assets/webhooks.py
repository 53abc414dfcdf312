"""Our subscriptions at the provider.

Belongs here: the asset `webhook_subscriptions` and its metadata. How they are compared
and repaired: `trueup.inbound.webhooks.subscriptions`.
"""

import dagster as dg

from dagster_project.assets.freshness import FRESHNESS
from dagster_project.assets.providers import each_provider, summed
from dagster_project.resources import Postgres, Provider
from trueup.inbound.settings import webhook_target_of_environment
from trueup.inbound.webhooks.audits import AuditReport
from trueup.inbound.webhooks.subscriptions import audit_webhooks


@dg.asset(
    group_name="inbound",
    kinds={"python", "postgres"},
    owners=["team:data"],
    freshness_policy=FRESHNESS["webhook_subscriptions"],
    pool="webhook_subscriptions",
)
def webhook_subscriptions(
    postgres: dg.ResourceParam[Postgres], provider: dg.ResourceParam[Provider]
) -> dg.MaterializeResult:
    """The provider's webhook subscriptions, read, compared and repaired (LL#280).

    Registers each wanted event that an account's subscriptions do not cover, deletes
    our own stale subscriptions, and opens an alert for each repair. An incomplete read
    of the list changes nothing.
    """
    with postgres.connect() as connection:
        reports = each_provider(
            provider,
            lambda dsn, api_key: audit_webhooks(
                connection, dsn, api_key, webhook_target_of_environment()
            ),
        )
    report = summed(reports)
    return dg.MaterializeResult(metadata=audit_metadata(report))


def audit_metadata(
    report: AuditReport,
) -> dict[str, int | bool | dg.MarkdownMetadataValue]:
    """The counts of an audit, with its repairs and failures."""
    metadata: dict[str, int | bool | dg.MarkdownMetadataValue] = {
        "accounts": report.accounts,
        "subscriptions": report.subscriptions,
        "registered": len(report.registered),
        "deleted": len(report.deleted),
        "failures": len(report.failures),
        "is_all_covered": report.is_all_covered,
    }
    lines = [
        *(f"| registered | {event} |" for event in report.registered),
        *(f"| deleted | {one.webhook_id}: {one.reason} |" for one in report.deleted),
        *(f"| failed | {failure} |" for failure in report.failures),
    ]
    if report.problem is not None:
        lines.append(f"| not audited | {report.problem} |")
    if lines:
        table = ["| repair | of what |", "| --- | --- |", *lines]
        metadata["repairs"] = dg.MetadataValue.md("\n".join(table))
    return metadata
