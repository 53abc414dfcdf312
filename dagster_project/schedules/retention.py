"""The job of retention and its schedule.

Belongs here: its assets, its time limit and its cron line. Imports no dagster_dbt: the
sender's location loads this.
"""

import dagster as dg

from dagster_project.schedules.ticks import is_unfinished, longest

keep_to_bounds = dg.define_asset_job(
    "keep_to_bounds",
    selection=dg.AssetSelection.assets("emptied_raw_columns", "deleted_dagster_runs"),
    description="Empty raw data and delete runs of Dagster beyond their bounds.",
    run_tags=longest(3600),
)

RETENTION_JOBS = [keep_to_bounds]


@dg.schedule(
    job=keep_to_bounds,
    cron_schedule="20 2 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every day at 2:20.",
)
def keep_to_bounds_each_day(
    context: dg.ScheduleEvaluationContext,
) -> dg.RunRequest | dg.SkipReason:
    if is_unfinished(context, keep_to_bounds.name):
        return dg.SkipReason("The run before this one is not over.")
    return dg.RunRequest()


RETENTION_SCHEDULES = [keep_to_bounds_each_day]
