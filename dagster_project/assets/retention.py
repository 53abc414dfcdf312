"""Retention: what is kept for a bounded time, here and in Dagster's own storage.

Belongs here: the assets `emptied_raw_columns` and `deleted_dagster_runs`, their
metadata, and which runs are deleted. What is emptied in the database is
`sql/functions/retention/`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg

from dagster_project.assets.freshness import FRESHNESS
from dagster_project.resources import Postgres
from trueup.postgres.retention import empty_raw_columns, retention_days

RUNS_AT_ONCE = 500
_FINISHED = [
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
]


@dg.asset(
    group_name="retention",
    kinds={"python", "postgres"},
    owners=["team:data"],
    freshness_policy=FRESHNESS["emptied_raw_columns"],
)
def emptied_raw_columns(postgres: dg.ResourceParam[Postgres]) -> dg.MaterializeResult:
    """Raw answers, webhooks, reads and proofs beyond their bounds, emptied.

    The bounds are rows of `outreach.retention_bounds`. The rows stay with the hash of
    what was emptied. What is unsettled, unread or may still decide a send is kept.
    """
    with postgres.connect() as connection:
        emptied = empty_raw_columns(connection)
    return dg.MaterializeResult(
        metadata={
            f"{what} {figure}": count
            for what, each in emptied.items()
            for figure, count in (("rows", each.rows), ("bytes", each.bytes))
        }
    )


@dg.asset(
    group_name="retention",
    kinds={"python"},
    owners=["team:data"],
    freshness_policy=FRESHNESS["deleted_dagster_runs"],
)
def deleted_dagster_runs(
    context: dg.AssetExecutionContext, postgres: dg.ResourceParam[Postgres]
) -> dg.MaterializeResult:
    """Finished runs of Dagster beyond their bound, deleted with their events.

    The newest run of each job, and the newest materialization of each asset and of
    each of its partitions are kept, however old they are: Dagster counts a partition
    whose events are gone as missing.
    """
    with postgres.connect() as connection:
        days = retention_days(connection, "dagster.runs")
    before = datetime.now(UTC) - timedelta(days=days)
    # A page of runs is found by the last run of the page before: delete after the walk.
    run_ids = list(old_runs(context.instance, before))
    for run_id in run_ids:
        context.instance.delete_run(run_id)
    return dg.MaterializeResult(metadata={"runs": len(run_ids), "kept_days": days})


def old_runs(instance: dg.DagsterInstance, before: datetime) -> Iterator[str]:
    """The finished runs created before a moment that nothing newer replaces."""
    needed = {*_newest_materializations(instance), *_newest_of_partitions(instance)}
    newest_of_job: dict[str, str] = {}
    filters = dg.RunsFilter(statuses=_FINISHED, created_before=before)
    cursor = None
    while runs := instance.get_runs(filters, limit=RUNS_AT_ONCE, cursor=cursor):
        for run in runs:
            if run.job_name not in newest_of_job:
                newest_of_job[run.job_name] = _newest_run(instance, run.job_name)
            if run.run_id != newest_of_job[run.job_name] and run.run_id not in needed:
                yield run.run_id
        cursor = runs[-1].run_id


def _newest_run(instance: dg.DagsterInstance, job_name: str) -> str:
    filters = dg.RunsFilter(job_name=job_name, statuses=_FINISHED)
    return instance.get_runs(filters, limit=1)[0].run_id


def _newest_materializations(instance: dg.DagsterInstance) -> Iterator[str]:
    keys = list(instance.get_asset_keys())
    for record in instance.get_asset_records(keys):
        run_id = record.asset_entry.last_run_id
        if run_id is not None:
            yield run_id
        event = record.asset_entry.last_materialization
        if event is not None:
            yield event.run_id


def _newest_of_partitions(instance: dg.DagsterInstance) -> Iterator[str]:
    """The run that materialized each partition of each asset last."""
    for key in instance.get_asset_keys():
        newest = instance.get_latest_storage_id_by_partition(
            key, dg.DagsterEventType.ASSET_MATERIALIZATION
        )
        storage_ids = list(newest.values())
        for start in range(0, len(storage_ids), RUNS_AT_ONCE):
            some_ids = storage_ids[start : start + RUNS_AT_ONCE]
            events = instance.fetch_materializations(
                dg.AssetRecordsFilter(asset_key=key, storage_ids=some_ids),
                limit=len(some_ids),
            )
            for record in events.records:
                yield record.run_id
