"""The queue's jobs and schedules: sending, and what keeps the queue whole.

Belongs here: which assets a job takes, its time limit, its cron line, and when a tick
is skipped. Imports no dagster_dbt: the sender's location loads this.
"""

import dagster as dg

from dagster_project.resources import Postgres, Provider
from dagster_project.schedules.ticks import is_any, is_unfinished, longest

send_due_jobs = dg.define_asset_job(
    "send_due_jobs",
    selection=dg.AssetSelection.assets("send_queue"),
    description="Send what is due, within limits and windows, for up to 45 seconds.",
    run_tags=longest(180),
)

resolve_unknown_sends = dg.define_asset_job(
    "resolve_unknown_sends",
    selection=dg.AssetSelection.assets("resolved_unknown_sends"),
    description="Ask the provider what became of calls that nobody answered.",
    run_tags=longest(900),
)

reconcile_orphans = dg.define_asset_job(
    "reconcile_orphans",
    selection=dg.AssetSelection.assets("reconciled_orphans"),
    description="Make the job of each enrollment that should have one and has none.",
    run_tags=longest(600),
)

QUEUE_JOBS = [send_due_jobs, resolve_unknown_sends, reconcile_orphans]


@dg.schedule(
    job=send_due_jobs,
    cron_schedule="* * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every minute, unless nothing is due or the last round still runs.",
)
def send_due_jobs_each_minute(
    context: dg.ScheduleEvaluationContext,
    postgres: dg.ResourceParam[Postgres],
    provider: dg.ResourceParam[Provider],
) -> dg.RunRequest | dg.SkipReason:
    missing = provider.missing_setting()
    if missing is not None:
        return dg.SkipReason(missing)
    if is_unfinished(context, send_due_jobs.name):
        return dg.SkipReason("The round before this one is still sending.")
    has_due_jobs = "select outreach.has_due_jobs(provider_dsn => %s)"
    if not is_any(postgres, has_due_jobs, provider.dsn()):
        return dg.SkipReason("Nothing is due that limits and windows let go now.")
    return dg.RunRequest()


@dg.schedule(
    job=resolve_unknown_sends,
    cron_schedule="11-59/20 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every 20 minutes, unless nothing is unknown that may be asked about.",
)
def resolve_unknown_sends_each_20_minutes(
    context: dg.ScheduleEvaluationContext, postgres: dg.ResourceParam[Postgres]
) -> dg.RunRequest | dg.SkipReason:
    if is_unfinished(context, resolve_unknown_sends.name):
        return dg.SkipReason("The run before this one is still asking.")
    if not is_any(
        postgres,
        "select exists (select from outreach.workspaces cross join lateral"
        " outreach.unknown_sends_to_ask(workspaces.workspace_id, clock_timestamp()))",
    ):
        return dg.SkipReason("Nothing is unknown that may be asked about now.")
    return dg.RunRequest()


@dg.schedule(
    job=reconcile_orphans,
    cron_schedule="15,45 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every 30 minutes, unless every enrollment has the job it should have.",
)
def reconcile_orphans_each_half_hour(
    context: dg.ScheduleEvaluationContext, postgres: dg.ResourceParam[Postgres]
) -> dg.RunRequest | dg.SkipReason:
    if is_unfinished(context, reconcile_orphans.name):
        return dg.SkipReason("The run before this one is not over.")
    if not is_any(
        postgres,
        "select exists (select from outreach.workspaces cross join lateral"
        " outreach.orphaned_enrollments(workspaces.workspace_id))"
        " or exists (select from outreach.workspaces cross join lateral"
        " outreach.unpaired_enrollments(workspaces.workspace_id))"
        " or exists (select from outreach.workspaces cross join lateral"
        " outreach.unsettled_answers(workspaces.workspace_id))"
        " or exists (select from outreach.workspaces cross join lateral"
        " outreach.hidden_jobs(workspaces.workspace_id))",
    ):
        return dg.SkipReason("Every enrollment has the job that it should have.")
    return dg.RunRequest()


QUEUE_SCHEDULES = [
    send_due_jobs_each_minute,
    resolve_unknown_sends_each_20_minutes,
    reconcile_orphans_each_half_hour,
]
