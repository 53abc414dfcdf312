"""The job that delivers events to endpoints, and its schedule.

Belongs here: its asset, its time limit and its cron line. Imports no dagster_dbt: the
sender's location loads this.
"""

import dagster as dg

from dagster_project.resources import Postgres
from dagster_project.schedules.ticks import is_any, is_unfinished, longest
from trueup.endpoints.delivering import queue_reached_limits

deliver_to_endpoints = dg.define_asset_job(
    "deliver_to_endpoints",
    selection=dg.AssetSelection.assets("endpoint_deliveries"),
    description="Send events to the endpoints of other programs, signed.",
    run_tags=longest(180),
)

ENDPOINT_JOBS = [deliver_to_endpoints]


@dg.schedule(
    job=deliver_to_endpoints,
    cron_schedule="* * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Every minute, unless no delivery is due. The tick itself notes which limits "
        "accounts have reached: a run for that would start after every send."
    ),
)
def deliver_to_endpoints_each_minute(
    context: dg.ScheduleEvaluationContext, postgres: dg.ResourceParam[Postgres]
) -> dg.RunRequest | dg.SkipReason:
    with postgres.connect(role="operator") as connection:
        queue_reached_limits(connection)
    if is_unfinished(context, deliver_to_endpoints.name):
        return dg.SkipReason("The run before this one is still delivering.")
    if not is_any(
        postgres,
        "select exists (select 1 from outreach.workspaces"
        " where outreach.has_endpoint_work(workspaces.workspace_id))",
    ):
        return dg.SkipReason("No delivery is due.")
    return dg.RunRequest()


ENDPOINT_SCHEDULES = [deliver_to_endpoints_each_minute]
