"""The models' jobs and schedules: building, checking, healing.

Belongs here: the assets and checks of each job, its time limit, its cron line, and when
a tick is skipped.
"""

from datetime import datetime

import dagster as dg

from dagster_project.partitions import LATE_WORD, todays_range_tags
from dagster_project.resources import Postgres
from dagster_project.schedules.ticks import is_any, is_unfinished, longest

# A run with this tag computes all rows of the marts that else compute what changed.
ALL_ROWS_TAG = "trueup/all_rows"
COUNTERS = ("daily_account_counters", "account_counter_drift")
COVERAGE = "webhook_coverage"
# With the look that they read.
_NEXT_ACTION_CHECKS = dg.AssetSelection.assets(
    "int_checked_next_actions"
) | dg.AssetSelection.checks_for_assets("stale_next_actions", "enrollment_blockers")
_MARTS = dg.AssetSelection.tag("trueup/layer", "marts")
# What the marts and checks of a refresh share, so that each is computed once: looks at
# marts that are slow to compute, and tables to which a run adds what is new.
_SHARED = dg.AssetSelection.tag("trueup/layer", "intermediate") & (
    dg.AssetSelection.kind("table")
)
_MODELS = (
    dg.AssetSelection.tag("trueup/layer", "staging")
    | dg.AssetSelection.tag("trueup/layer", "intermediate")
    | _MARTS
)
# The view of the verdicts as well: a run's checks wait for what is made in it alone.
_TEMPLATES = dg.AssetSelection.assets(
    "template_validations", "stg_template_validations"
)
_TIMEZONES = dg.AssetSelection.assets("compared_timezone_rules")

materialize_everything = dg.define_asset_job(
    "materialize_everything",
    selection=(_TEMPLATES | _TIMEZONES | _MODELS | dg.AssetSelection.groups("heals")),
    description=(
        "Build every model, run every check, then heal. For a new database and after "
        "a change of models; the dates are those of the daily counters."
    ),
    run_tags=longest(1800),
)

true_up_counters = dg.define_asset_job(
    "true_up_counters",
    selection=(
        dg.AssetSelection.assets(
            *COUNTERS, "healed_daily_counters", "healed_next_actions"
        )
        | _NEXT_ACTION_CHECKS
    ),
    description=(
        "Recompute the daily counters from their rows, check the cached ones against "
        "them, heal those that differ, then move the next actions that are stale."
    ),
    run_tags=longest(900),
)

recheck_counters = dg.define_asset_job(
    "recheck_counters",
    selection=dg.AssetSelection.checks_for_assets(*COUNTERS) | _NEXT_ACTION_CHECKS,
    description=(
        "Run the checks of the counters and the next actions again, so that what was "
        "healed turns green."
    ),
    run_tags=longest(600),
)

recheck_coverage = dg.define_asset_job(
    "recheck_coverage",
    selection=dg.AssetSelection.checks_for_assets(COVERAGE),
    description="Run the coverage's check again, so that what was repaired is green.",
    run_tags=longest(600),
)

# Views are live and need no refresh, except the one that checks depend on.
refresh_stats = dg.define_asset_job(
    "refresh_stats",
    selection=(
        (_MARTS & dg.AssetSelection.kind("table"))
        - dg.AssetSelection.assets("daily_account_counters")
    )
    | _SHARED
    | _TEMPLATES
    | _TIMEZONES
    | dg.AssetSelection.assets("rearmed_enrollments")
    | dg.AssetSelection.all_asset_checks(),
    description=(
        "Judge every saved template anew, re-arm those whom that lets go on, compare "
        "the time zones' rules, rebuild the stored statistics of campaigns and run "
        "every check."
    ),
    run_tags=longest(1800),
)

MODEL_JOBS = [
    materialize_everything,
    true_up_counters,
    recheck_counters,
    recheck_coverage,
    refresh_stats,
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
    # Not at the full hour, when the counters are built.
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
    # After the half-hourly run, which may take 15 minutes, so that none is skipped.
    cron_schedule="50 3 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Every day at 3:50, for the last week too: what became of a send may be "
        "learned after its day."
    ),
)
def true_up_last_week_each_day(
    context: dg.ScheduleEvaluationContext, postgres: dg.ResourceParam[Postgres]
) -> dg.RunRequest | dg.SkipReason:
    tags = todays_range_tags(_moment(context), days_before=LATE_WORD)
    return _unless_waiting(context, postgres, true_up_counters.name, tags)


@dg.schedule(
    job=refresh_stats,
    cron_schedule="37 4 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Every day at 4:37, over all rows: the runs of each hour compute what changed, "
        "and a new name of a person is no event."
    ),
)
def refresh_all_rows_each_day(
    context: dg.ScheduleEvaluationContext, postgres: dg.ResourceParam[Postgres]
) -> dg.RunRequest | dg.SkipReason:
    tags = {ALL_ROWS_TAG: "true"}
    return _unless_waiting(context, postgres, refresh_stats.name, tags)


MODEL_SCHEDULES = [
    true_up_counters_each_half_hour,
    true_up_last_week_each_day,
    refresh_stats_each_hour,
    refresh_all_rows_each_day,
]


def is_built(postgres: Postgres, mart: str) -> bool:
    """Whether a mart of this name is in the database."""
    return is_any(postgres, "select to_regclass('analytics.' || %s) is not null", mart)


def _unless_waiting(
    context: dg.ScheduleEvaluationContext,
    postgres: Postgres,
    job_name: str,
    tags: dict[str, str],
) -> dg.RunRequest | dg.SkipReason:
    if is_unfinished(context, job_name):
        return dg.SkipReason("The run before this one is not over.")
    if not is_built(postgres, "account_counter_drift"):
        return dg.SkipReason(
            "The models are not built yet: the job materialize_everything does it."
        )
    return dg.RunRequest(tags=tags)


def _moment(context: dg.ScheduleEvaluationContext) -> datetime:
    """The tick's time: of a late tick, the time that it stands for."""
    return context.scheduled_execution_time
