"""The inbound jobs and schedules: what the provider tells, and what it is asked.

Belongs here: which assets a job takes, its time limit, its cron line, and when a tick
is skipped. Imports no dagster_dbt: the sender's location loads this.
"""

from typing import LiteralString

import dagster as dg

from dagster_project.inbound.settings import (
    UnusableSettingError,
    webhook_target_of_environment,
)
from dagster_project.resources import Postgres, Provider
from dagster_project.schedules.ticks import is_any, is_unfinished, longest

take_in_webhooks = dg.define_asset_job(
    "take_in_webhooks",
    selection=dg.AssetSelection.assets("inbound_events", "resolved_accepts"),
    description="Read the webhooks that came, credit accepts and record replies.",
    run_tags=longest(600),
)

poll_lists = dg.define_asset_job(
    "poll_lists",
    selection=dg.AssetSelection.assets("polled_lists", "resolved_accepts"),
    description=(
        "Ask the provider for the lists of each account whose turn has come, and "
        "credit what no webhook told."
    ),
    run_tags=longest(1800),
)

refresh_accounts = dg.define_asset_job(
    "refresh_accounts",
    selection=dg.AssetSelection.assets("refreshed_accounts", "resolved_accepts"),
    description=(
        "Finish logins, make each account's status what the provider says, and bring "
        "back who is connected again."
    ),
    run_tags=longest(1800),
)

audit_webhooks = dg.define_asset_job(
    "audit_webhooks",
    selection=dg.AssetSelection.assets("webhook_subscriptions"),
    description="Compare our subscriptions at the provider with what we need; repair.",
    run_tags=longest(600),
)

INBOUND_JOBS = [take_in_webhooks, poll_lists, refresh_accounts, audit_webhooks]


@dg.schedule(
    job=take_in_webhooks,
    cron_schedule="* * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every minute, unless no webhook waits to be read.",
)
def take_in_webhooks_each_minute(
    context: dg.ScheduleEvaluationContext,
    postgres: dg.ResourceParam[Postgres],
    provider: dg.ResourceParam[Provider],
) -> dg.RunRequest | dg.SkipReason:
    return _run_if(
        context,
        postgres,
        provider,
        take_in_webhooks.name,
        "select has_unread from outreach.has_inbound_work(%s)",
        "No webhook waits to be read.",
    )


@dg.schedule(
    job=poll_lists,
    cron_schedule="* * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Every account four times a day, at minutes of its own that differ each time, "
        "and at once after it was connected: each minute asks whose turn it is."
    ),
)
def poll_lists_at_random_minutes(
    context: dg.ScheduleEvaluationContext,
    postgres: dg.ResourceParam[Postgres],
    provider: dg.ResourceParam[Provider],
) -> dg.RunRequest | dg.SkipReason:
    return _run_if(
        context,
        postgres,
        provider,
        poll_lists.name,
        "select has_due_polls from outreach.has_inbound_work(%s)",
        "No account's turn has come.",
    )


@dg.schedule(
    job=refresh_accounts,
    cron_schedule="* * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "All accounts four times a day at random minutes; within a minute those that a "
        "webhook told of, and whoever logged in."
    ),
)
def refresh_accounts_at_random_minutes(
    context: dg.ScheduleEvaluationContext,
    postgres: dg.ResourceParam[Postgres],
    provider: dg.ResourceParam[Provider],
) -> dg.RunRequest | dg.SkipReason:
    return _run_if(
        context,
        postgres,
        provider,
        refresh_accounts.name,
        "select outreach.has_accounts_to_ask(%s)",
        "Nothing was told of an account, and the turn of all has not come.",
    )


@dg.schedule(
    job=audit_webhooks,
    cron_schedule="* * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Once a day, and as soon as an account was connected or our address changed."
    ),
)
def audit_webhooks_each_day(
    context: dg.ScheduleEvaluationContext,
    postgres: dg.ResourceParam[Postgres],
    provider: dg.ResourceParam[Provider],
) -> dg.RunRequest | dg.SkipReason:
    try:
        target = webhook_target_of_environment()
    except UnusableSettingError as error:
        return dg.SkipReason(str(error))
    return _run_if(
        context,
        postgres,
        provider,
        audit_webhooks.name,
        "select outreach.is_webhook_audit_due(%s, %s)",
        "The provider's list was read today, and no account was connected since.",
        target.url,
    )


INBOUND_SCHEDULES = [
    take_in_webhooks_each_minute,
    poll_lists_at_random_minutes,
    refresh_accounts_at_random_minutes,
    audit_webhooks_each_day,
]


def _run_if(
    context: dg.ScheduleEvaluationContext,
    postgres: Postgres,
    provider: Provider,
    job_name: str,
    query: LiteralString,
    else_says: str,
    *values: object,
) -> dg.RunRequest | dg.SkipReason:
    """A run if the query, given the provider's address and `values`, says so."""
    missing = provider.missing_setting()
    if missing is not None:
        return dg.SkipReason(missing)
    if is_unfinished(context, job_name):
        return dg.SkipReason("The run before this one is not over.")
    if not is_any(postgres, query, provider.dsn(), *values):
        return dg.SkipReason(else_says)
    return dg.RunRequest()
