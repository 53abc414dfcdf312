"""Heals: repairs of stored figures, after the models that recompute them.

Belongs here: the assets `healed_daily_counters` and `healed_next_actions` and their
metadata. What they do is in `trueup.heals` and `sql/functions/`.
"""

from datetime import UTC, datetime, timedelta

import dagster as dg

from dagster_project.assets.freshness import FRESHNESS
from dagster_project.partitions import span_before_today
from dagster_project.resources import Postgres
from trueup.heals.daily_counters import (
    LOOK_BACK,
    heal_daily_counters,
    heal_table,
)
from trueup.heals.next_actions import heal_next_actions, next_action_table

# The last look at a day comes after its midnight; four ticks of it, should some fail.
AFTER_MIDNIGHT = timedelta(hours=2)


@dg.asset(
    group_name="heals",
    kinds={"python", "postgres"},
    owners=["team:data"],
    freshness_policy=FRESHNESS["healed_daily_counters"],
    deps=["daily_account_counters", "account_counter_drift"],
)
def healed_daily_counters(
    context: dg.AssetExecutionContext, postgres: dg.ResourceParam[Postgres]
) -> dg.MaterializeResult:
    """Cached daily counters, set to what their event and attempt rows say.

    Every half hour of each account's today, and of its yesterday until two hours into
    the day; once a day of the last week; of both where it is run alone. Each drifted
    account is locked, counted again in a later statement, set, and logged in
    `linkedin_counter_heals` with before and after. Run twice, or beside live senders,
    it is still right.
    """
    span = span_before_today(context.run.tags, datetime.now(UTC))
    look_back = LOOK_BACK if span is None else max(span, AFTER_MIDNIGHT)
    with postgres.connect(role="operator") as connection:
        report = heal_daily_counters(connection, look_back=look_back)
    return dg.MaterializeResult(
        metadata={
            "rows_healed": len(report.healed),
            "healed_downward": report.downward,
            "healed_upward": report.upward,
            "accounts_untouched": report.untouched,
            "looked_back_hours": look_back / timedelta(hours=1),
            "before_and_after": dg.MetadataValue.md(heal_table(report)),
        }
    )


@dg.asset(
    group_name="heals",
    kinds={"python", "postgres"},
    owners=["team:data"],
    freshness_policy=FRESHNESS["healed_next_actions"],
    # A counter healed down for inflation is what makes a next action too far ahead.
    deps=["stale_next_actions", "healed_daily_counters"],
)
def healed_next_actions(postgres: dg.ResourceParam[Postgres]) -> dg.MaterializeResult:
    """Next actions that stood at a moment which nothing justifies, put at their clamp.

    The enrollment and its job move together, with one event each; a missing job is made
    once. What is late is moved once on a step: a repeat would hide a sender that does
    not send, so it stays listed and its alert stays open. Nobody is called.
    """
    with postgres.connect() as connection:
        report = heal_next_actions(connection)
    return dg.MaterializeResult(
        metadata={
            "rows_healed": report.moved,
            **{f"healed_{kind}": count for kind, count in report.kinds.items()},
            "left": report.left,
            "before_and_after": dg.MetadataValue.md(next_action_table(report)),
        }
    )
