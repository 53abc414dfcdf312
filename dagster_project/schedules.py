"""Jobs, named for what a person wants to do, and when they run by themselves.

Belongs here: which assets and checks a job takes, its time limit, its cron line, and
when a tick is skipped. Imports no dagster_dbt: the sender's location loads this.
"""

from datetime import datetime, timedelta
from typing import LiteralString

import dagster as dg

from dagster_project.partitions import local_todays
from dagster_project.resources import Postgres, Provider

# What became of a send may be learned days after it: by then its date is history.
LATE_WORD = timedelta(days=7)
COUNTERS = ("daily_account_counters", "account_counter_drift")
_MODELS = dg.AssetSelection.groups("staging", "intermediate", "marts")
_TEMPLATES = dg.AssetSelection.assets("template_validations")
_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def _longest(seconds: int) -> dict[str, str]:
    """A run still going after so long is ended and marked as failed."""
    return {"dagster/max_runtime": str(seconds)}


send_due_jobs = dg.define_asset_job(
    "send_due_jobs",
    selection=dg.AssetSelection.assets("send_queue"),
    description="Send what is due, within limits and windows, for up to 45 seconds.",
    run_tags=_longest(180),
)

resolve_unknown_sends = dg.define_asset_job(
    "resolve_unknown_sends",
    selection=dg.AssetSelection.assets("resolved_unknown_sends"),
    description="Ask the provider what became of calls that nobody answered.",
    run_tags=_longest(900),
)

reconcile_orphans = dg.define_asset_job(
    "reconcile_orphans",
    selection=dg.AssetSelection.assets("reconciled_orphans"),
    description="Make the job of each enrollment that should have one and has none.",
    run_tags=_longest(600),
)

SENDER_JOBS = [send_due_jobs, resolve_unknown_sends, reconcile_orphans]

materialize_everything = dg.define_asset_job(
    "materialize_everything",
    selection=_TEMPLATES | _MODELS | dg.AssetSelection.groups("heals"),
    description=(
        "Build every model, run every check, then heal. For a new database and after "
        "a change of models; the dates are those of the daily counters."
    ),
    run_tags=_longest(1800),
)

true_up_counters = dg.define_asset_job(
    "true_up_counters",
    selection=dg.AssetSelection.assets(*COUNTERS, "healed_daily_counters"),
    description=(
        "Recompute the daily counters from their rows, check the cached ones against "
        "them, and heal those that differ."
    ),
    run_tags=_longest(900),
)

recheck_counters = dg.define_asset_job(
    "recheck_counters",
    selection=dg.AssetSelection.checks_for_assets(*COUNTERS),
    description="Run the counters' checks again, so that what was healed turns green.",
    run_tags=_longest(600),
)

# Views are live and need no refresh.
refresh_stats = dg.define_asset_job(
    "refresh_stats",
    selection=(
        (dg.AssetSelection.groups("marts") & dg.AssetSelection.kind("table"))
        - dg.AssetSelection.assets("daily_account_counters")
    )
    | _TEMPLATES
    | dg.AssetSelection.all_asset_checks(),
    description=(
        "Judge every saved template anew, rebuild the stored statistics of campaigns "
        "and run every check."
    ),
    run_tags=_longest(1800),
)

MODEL_JOBS = [
    materialize_everything,
    true_up_counters,
    recheck_counters,
    refresh_stats,
]


def todays_range_tags(
    as_of: datetime, days_before: timedelta = timedelta(0)
) -> dict[str, str]:
    """Tags of one run over each date that is a local today somewhere, and before."""
    first, last = local_todays(as_of)
    return {
        "dagster/asset_partition_range_start": (first - days_before).isoformat(),
        "dagster/asset_partition_range_end": last.isoformat(),
    }


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
    if _is_unfinished(context, send_due_jobs.name):
        return dg.SkipReason("The round before this one is still sending.")
    with postgres.connect() as connection:
        row = connection.execute(
            "select outreach.has_due_jobs(provider_dsn => %s)", (provider.dsn(),)
        ).fetchone()
    if row is None or not row[0]:
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
    if _is_unfinished(context, resolve_unknown_sends.name):
        return dg.SkipReason("The run before this one is still asking.")
    if not _is_any(
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
    if _is_unfinished(context, reconcile_orphans.name):
        return dg.SkipReason("The run before this one is not over.")
    if not _is_any(
        postgres,
        "select exists (select from outreach.workspaces cross join lateral"
        " outreach.orphaned_enrollments(workspaces.workspace_id))"
        " or exists (select from outreach.workspaces cross join lateral"
        " outreach.unpaired_enrollments(workspaces.workspace_id))",
    ):
        return dg.SkipReason("Every enrollment has the job that it should have.")
    return dg.RunRequest()


SENDER_SCHEDULES = [
    send_due_jobs_each_minute,
    resolve_unknown_sends_each_20_minutes,
    reconcile_orphans_each_half_hour,
]


@dg.schedule(
    job=true_up_counters,
    cron_schedule="*/30 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Every 30 minutes, for each date that is a local today somewhere at that time."
    ),
)
def true_up_counters_each_half_hour(
    context: dg.ScheduleEvaluationContext, postgres: dg.ResourceParam[Postgres]
) -> dg.RunRequest | dg.SkipReason:
    return _unless_waiting(
        context, postgres, true_up_counters.name, todays_range_tags(_moment(context))
    )


@dg.schedule(
    job=refresh_stats,
    # Not at the full hour, when the counters have their turn.
    cron_schedule="7 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every hour, seven minutes past.",
)
def refresh_stats_each_hour(
    context: dg.ScheduleEvaluationContext, postgres: dg.ResourceParam[Postgres]
) -> dg.RunRequest | dg.SkipReason:
    return _unless_waiting(context, postgres, refresh_stats.name, {})


@dg.schedule(
    job=true_up_counters,
    cron_schedule="40 3 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Every day at 3:40, for the last week too: what became of a send may be "
        "learned after its day."
    ),
)
def true_up_last_week_each_day(
    context: dg.ScheduleEvaluationContext, postgres: dg.ResourceParam[Postgres]
) -> dg.RunRequest | dg.SkipReason:
    tags = todays_range_tags(_moment(context), days_before=LATE_WORD)
    return _unless_waiting(context, postgres, true_up_counters.name, tags)


MODEL_SCHEDULES = [
    true_up_counters_each_half_hour,
    true_up_last_week_each_day,
    refresh_stats_each_hour,
]


def are_models_built(postgres: Postgres) -> bool:
    """Whether the models' views are in the database."""
    with postgres.connect() as connection:
        row = connection.execute(
            "select to_regclass('analytics.account_counter_drift') is not null"
        ).fetchone()
    return row is not None and row[0]


def _unless_waiting(
    context: dg.ScheduleEvaluationContext,
    postgres: Postgres,
    job_name: str,
    tags: dict[str, str],
) -> dg.RunRequest | dg.SkipReason:
    if _is_unfinished(context, job_name):
        return dg.SkipReason("The run before this one is not over.")
    if not are_models_built(postgres):
        return dg.SkipReason(
            "The models are not built yet: the job materialize_everything does it."
        )
    return dg.RunRequest(tags=tags)


def _is_any(postgres: Postgres, query: LiteralString) -> bool:
    """The answer of a query that asks whether there is anything to do."""
    with postgres.connect() as connection:
        row = connection.execute(query).fetchone()
    return row is not None and row[0]


def _is_unfinished(context: dg.ScheduleEvaluationContext, job_name: str) -> bool:
    filters = dg.RunsFilter(job_name=job_name, statuses=_UNFINISHED)
    return bool(context.instance.get_run_ids(filters, limit=1))


def _moment(context: dg.ScheduleEvaluationContext) -> datetime:
    """The tick's time: of a late tick, the time that it stands for."""
    return context.scheduled_execution_time
