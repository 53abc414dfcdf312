"""Jobs and schedules of the queue: sending, and repairing the queue.

Belongs here: the assets of each job, its time limit, its cron line, and the query of
its tick. Imports no dagster_dbt: the sender's location loads this.
"""

import dagster as dg

from dagster_project.schedules.ticks import (
    longest,
    schedule_if_any,
)

send_due_jobs = dg.define_asset_job(
    "send_due_jobs",
    selection=dg.AssetSelection.assets("send_queue"),
    description=(
        "Send what is due once, within limits and windows, for up to 45 seconds; "
        "keep_working does it all the time."
    ),
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

resolve_unknown_sends_each_20_minutes = schedule_if_any(
    resolve_unknown_sends,
    name="resolve_unknown_sends_each_20_minutes",
    cron="11-59/20 * * * *",
    description=(
        "Every 20 minutes, unless nothing is unknown that may be asked about."
    ),
    query=(
        "select exists (select 1 from outreach.workspaces cross join lateral"
        " outreach.unknown_sends_to_ask(workspaces.workspace_id,"
        " clock_timestamp()))"
    ),
    otherwise="Nothing is unknown that may be asked about now.",
    still_running="The run before this one is still asking.",
)

reconcile_orphans_each_half_hour = schedule_if_any(
    reconcile_orphans,
    name="reconcile_orphans_each_half_hour",
    cron="15,45 * * * *",
    description=(
        "Every 30 minutes, unless every enrollment has the job it should have."
    ),
    query=(
        "select exists (select 1 from outreach.workspaces cross join lateral"
        " outreach.orphaned_enrollments(workspaces.workspace_id))"
        " or exists (select 1 from outreach.workspaces cross join lateral"
        " outreach.unpaired_enrollments(workspaces.workspace_id))"
        " or exists (select 1 from outreach.workspaces cross join lateral"
        " outreach.unsettled_answers(workspaces.workspace_id))"
        " or exists (select 1 from outreach.workspaces cross join lateral"
        " outreach.jobs_below_watermark(workspaces.workspace_id))"
    ),
    otherwise="Every enrollment has the job that it should have.",
)

QUEUE_SCHEDULES = [
    resolve_unknown_sends_each_20_minutes,
    reconcile_orphans_each_half_hour,
]
