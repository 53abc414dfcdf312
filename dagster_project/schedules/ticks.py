"""What ticks of all schedules ask before they start a run.

Belongs here: whether a run is under way, whether there is anything to do, and how long
a run may take. Which schedule asks what: the modules beside this one.
"""

from typing import LiteralString

import dagster as dg

from dagster_project.resources import Postgres

_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def longest(seconds: int) -> dict[str, str]:
    """The tags by which a run still going after so long is ended as failed."""
    return {"dagster/max_runtime": str(seconds)}


def is_unfinished(context: dg.ScheduleEvaluationContext, job_name: str) -> bool:
    """Whether a run of the job waits or is under way."""
    filters = dg.RunsFilter(job_name=job_name, statuses=_UNFINISHED)
    return bool(context.instance.get_run_ids(filters, limit=1))


def is_any(postgres: Postgres, query: LiteralString, *values: object) -> bool:
    """The answer of a query that asks whether there is anything to do."""
    with postgres.connect() as connection:
        row = connection.execute(query, values).fetchone()
    return row is not None and bool(row[0])
