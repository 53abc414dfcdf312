"""The queue of sends, worked by the sender.

Belongs here: the asset `send_queue`. How a send is claimed, rendered, begun, called and
recorded: `trueup.sender`.
"""

import time

import dagster as dg

from dagster_project.assets.providers import each_provider, summed
from dagster_project.resources import Postgres, Provider
from trueup.sender import DrainReport, drain
from trueup.sender.stopping import stopping_on_signals

# Of a run that a person starts. The run of keep_working sends all the time.
DRAIN_SECONDS = 45.0


@dg.asset(
    group_name="queue",
    kinds={"python", "postgres"},
    owners=["team:data"],
    pool="send_queue",
)
def send_queue(
    context: dg.AssetExecutionContext,
    postgres: dg.ResourceParam[Postgres],
    provider: dg.ResourceParam[Provider],
) -> dg.MaterializeResult:
    """Due jobs, sent through the provider within limits and windows.

    Each round claims at most one job per account, begins it under the account's lock,
    calls the provider and records the answer. The job keep_working does so all the
    time; a run of this asset alone does it once, for up to 45 seconds. A job that may
    not be done now stays queued with its time unchanged.
    """
    # A cancelled run records or releases its jobs before it ends.
    with (
        stopping_on_signals(passes_on=True) as is_stopping,
        postgres.connect(role="sender") as connection,
    ):
        ends_at = time.monotonic() + DRAIN_SECONDS

        def send(dsn: str, api_key: str) -> DrainReport:
            # The first provider leaves the others their share of the time.
            left = ends_at - time.monotonic()
            share = left / (1 if dsn == provider.dsns()[-1] else 2)
            return drain(
                connection,
                worker=f"dagster {context.run.run_id[:8]}",
                provider_dsn=dsn,
                api_key=api_key,
                until_seconds=share,
                is_stopping=is_stopping.is_set,
            )

        report = summed(each_provider(provider, send))
    return dg.MaterializeResult(metadata=drain_metadata(report))


def drain_metadata(report: DrainReport) -> dict[str, int | dg.MarkdownMetadataValue]:
    """The counts of a drain, and why claimed jobs were not sent."""
    metadata: dict[str, int | dg.MarkdownMetadataValue] = {
        "rounds": report.rounds,
        "claimed": report.claimed,
        "sent": report.sent,
        "refused": report.refused.total(),
        "unknown": report.unknown,
        "parked": report.parked,
        "released": report.released,
    }
    lines = [
        f"| {what} | {name} | {count} |"
        for what, counts in (("refused", report.refused), ("answer", report.outcomes))
        for name, count in counts.most_common()
    ]
    if report.moved:
        metadata["moved_workspaces"] = dg.MetadataValue.md("\n\n".join(report.moved))
    if lines:
        table = ["| | | count |", "| --- | --- | ---: |", *lines]
        metadata["outcomes"] = dg.MetadataValue.md("\n".join(table))
    return metadata
