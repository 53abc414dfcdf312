"""Events that other programs are told by signed webhooks.

Belongs here: the asset `endpoint_deliveries` and its metadata. How they are sent:
`trueup.endpoints`.
"""

from collections import Counter

import dagster as dg

from dagster_project.assets.names import markdown_table
from dagster_project.resources import Postgres
from trueup.endpoints.delivering import EndpointReport, deliver_due
from trueup.sender.stopping import stopping_on_signals


@dg.asset(
    group_name="inbound",
    kinds={"python", "postgres"},
    owners=["team:data"],
    deps=["resolved_accepts", "refreshed_accounts", "reported_accounts", "send_queue"],
    pool="endpoint_deliveries",
)
def endpoint_deliveries(postgres: dg.ResourceParam[Postgres]) -> dg.MaterializeResult:
    """Replies, accepts, changed accounts and reached limits, told to each endpoint.

    A delivery that is not taken is tried again after 1, 4, 16 and 64 minutes, 4 hours,
    and then each 12 hours, with the same id. After ten tries it is given up, with an
    alert.
    """
    with (
        stopping_on_signals(passes_on=True) as is_stopping,
        postgres.connect(role="operator") as connection,
    ):
        report = deliver_due(connection, is_stopping=is_stopping.is_set)
    return dg.MaterializeResult(metadata=delivery_metadata(report))


def delivery_metadata(
    report: EndpointReport,
) -> dict[str, int | dg.MarkdownMetadataValue]:
    """The counts of a round, and why deliveries were not taken."""
    metadata: dict[str, int | dg.MarkdownMetadataValue] = {
        "called": report.called,
        "taken": report.taken,
    }
    if report.errors:
        rows = Counter(report.errors).most_common(20)
        table = markdown_table(("not taken", "count"), rows)
        metadata["not_taken"] = dg.MetadataValue.md(table)
    return metadata
