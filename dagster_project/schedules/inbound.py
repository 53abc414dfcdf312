"""Jobs and schedules of inbound data: webhooks, polls, account checks.

Belongs here: the assets of each job, its time limit, its cron line, and the query of
its tick. Imports no dagster_dbt: the sender's location loads this.
"""

from collections.abc import Sequence

import dagster as dg

from dagster_project.resources import Provider
from dagster_project.schedules.ticks import (
    longest,
    provider_address,
    schedule_if_any,
)
from trueup.inbound.settings import (
    webhook_address,
    webhook_target_of_environment,
)

take_in_webhooks = dg.define_asset_job(
    "take_in_webhooks",
    selection=dg.AssetSelection.assets(
        "inbound_events", "reported_accounts", "resolved_accepts"
    ),
    description=(
        "Read the webhooks that came, credit accepts, record replies, and ask at once "
        "about accounts whose status they report."
    ),
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

poll_replies = dg.define_asset_job(
    "poll_replies",
    selection=dg.AssetSelection.assets("polled_replies"),
    description=(
        "Read the new messages of each account that no webhook tells of, and end the "
        "sequences of people who replied."
    ),
    run_tags=longest(600),
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

INBOUND_JOBS = [
    take_in_webhooks,
    poll_lists,
    poll_replies,
    refresh_accounts,
    audit_webhooks,
]


def provider_and_our_address(provider: Provider) -> Sequence[Sequence[object]]:
    our_address = webhook_target_of_environment().url
    return [(dsn, our_address) for dsn in provider.dsns()]


def provider_and_our_address_if_any(provider: Provider) -> Sequence[Sequence[object]]:
    return [(dsn, webhook_address()) for dsn in provider.dsns()]


take_in_webhooks_each_minute = schedule_if_any(
    take_in_webhooks,
    name="take_in_webhooks_each_minute",
    cron="* * * * *",
    description="Every minute, unless no webhook waits to be read.",
    query="select has_unread from outreach.has_inbound_work(%s)",
    values=provider_address,
    otherwise="No webhook waits to be read.",
)

poll_lists_when_due = schedule_if_any(
    poll_lists,
    name="poll_lists_when_due",
    cron="* * * * *",
    description=(
        "Asks every minute whose turn it is: each account's is four times a day, at "
        "minutes of its own that differ each time, and at once after it was connected."
    ),
    query="select has_due_polls from outreach.has_inbound_work(%s)",
    values=provider_address,
    otherwise="No account's turn has come.",
)

poll_replies_when_due = schedule_if_any(
    poll_replies,
    name="poll_replies_when_due",
    cron="* * * * *",
    description=(
        "Asks every minute whose turn it is, of the accounts of whose messages no "
        "webhook tells: twice as often as outreach.reply_polls.read_within says."
    ),
    query="select outreach.has_reply_polls_due(%s, %s)",
    values=provider_and_our_address_if_any,
    otherwise="No account's turn has come, or webhooks tell of messages.",
)

refresh_accounts_when_due = schedule_if_any(
    refresh_accounts,
    name="refresh_accounts_when_due",
    cron="* * * * *",
    description=(
        "Asks every minute whether an account has to be checked: all have to four "
        "times a day at random minutes, and at once those that a webhook named or "
        "that logged in."
    ),
    query="select outreach.has_accounts_to_ask(%s)",
    values=provider_address,
    otherwise="Nothing was told of an account, and the turn of all has not come.",
)

audit_webhooks_when_due = schedule_if_any(
    audit_webhooks,
    name="audit_webhooks_when_due",
    cron="* * * * *",
    description=(
        "Asks every minute whether an audit is due: once a day, and at once after an "
        "account was connected or our address changed."
    ),
    query="select outreach.is_webhook_audit_due(%s, %s)",
    values=provider_and_our_address,
    otherwise=(
        "The provider's list was read today, and no account was connected since."
    ),
)

INBOUND_SCHEDULES = [
    take_in_webhooks_each_minute,
    poll_lists_when_due,
    poll_replies_when_due,
    refresh_accounts_when_due,
    audit_webhooks_when_due,
]
