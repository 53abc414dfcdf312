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

# A day is healed for the last time after its midnight: four ticks, as some may fail.
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
    """Cached daily counters, set to the counts of their event and attempt rows.

    Every half hour it heals each account's today, and its yesterday until two hours
    into the day. Once a day it heals the last week. Run by hand, it heals today and
    yesterday. Each drifted account is locked, counted again in a later statement, set,
    and logged in `linkedin_counter_heals` with before and after. Running it twice, or
    beside senders, gives the same result.
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
    # A next action is too far ahead only after a counter was healed downward.
    deps=["stale_next_actions", "healed_daily_counters"],
)
def healed_next_actions(postgres: dg.ResourceParam[Postgres]) -> dg.MaterializeResult:
    """Next actions at a moment that nothing justifies, moved to their clamp.

    The enrollment and its job move together, with one event each. A missing job is
    made once. A late job is moved once per step: moving it again would hide a sender
    that does not send, so it stays listed and its alert stays open. The provider is not
    called.
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
