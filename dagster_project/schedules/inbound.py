"""Jobs of inbound data, for a person to start: webhooks, polls, account checks.

Belongs here: the assets of each job and its time limit. The job keep_working does the
same all the time. Imports no dagster_dbt: the sender's location loads this.
"""

import dagster as dg

from dagster_project.schedules.ticks import longest

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
        "Read the new messages of each account whose turn has come, and end the "
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
