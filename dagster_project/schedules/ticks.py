"""Schedules whose ticks first ask the database whether there is anything to do.

Belongs here: when a tick starts no run, its message, and how long a run may take. Does
not: which jobs there are, and their queries (the modules beside this one).
"""

from typing import TYPE_CHECKING, LiteralString

import dagster as dg

from dagster_project.resources import Postgres
from trueup.postgres import isolation

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def longest(seconds: int) -> dict[str, str]:
    """Tags that end a run as failed after that time."""
    return {"dagster/max_runtime": str(seconds)}


def is_unfinished(
    context: dg.ScheduleEvaluationContext | dg.SensorEvaluationContext, job_name: str
) -> bool:
    """Whether a run of the job waits or is under way."""
    filters = dg.RunsFilter(job_name=job_name, statuses=UNFINISHED)
    return bool(context.instance.get_run_ids(filters, limit=1))


def is_any(postgres: Postgres, query: LiteralString, *values: object) -> bool:
    """The answer of a yes-or-no query."""
    with postgres.connect() as connection:
        return isolation.is_any(connection, query, values)


def schedule_if_any(
    job: "UnresolvedAssetJobDefinition",
    *,
    name: str,
    cron: str,
    description: str,
    query: LiteralString,
    otherwise: str,
    still_running: str = "The run before this one is not over.",
) -> dg.ScheduleDefinition:
    """A schedule of the job, running, in UTC, that asks the query at each tick.

    A tick starts no run, and says why, where the last run is not over
    (`still_running`), and where the query finds nothing (`otherwise`).
    """

    @dg.schedule(
        job=job,
        name=name,
        cron_schedule=cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=description,
    )
    def tick(
        context: dg.ScheduleEvaluationContext,
        postgres: dg.ResourceParam[Postgres],
    ) -> dg.RunRequest | dg.SkipReason:
        if is_unfinished(context, job.name):
            return dg.SkipReason(still_running)
        if not is_any(postgres, query):
            return dg.SkipReason(otherwise)
        return dg.RunRequest()

    return tick
