"""Heals: repairs of stored figures, after the models that recompute them.

Belongs here: the asset `healed_daily_counters` and its metadata. What it does is in
`dagster_project.heals` and `sql/functions/`.
"""

import dagster as dg

from dagster_project.assets.freshness import FRESHNESS
from dagster_project.heals.daily_counters import heal_daily_counters, heal_table
from dagster_project.resources import Postgres


@dg.asset(
    group_name="heals",
    kinds={"python", "postgres"},
    owners=["team:data"],
    freshness_policy=FRESHNESS["healed_daily_counters"],
    deps=["daily_account_counters", "account_counter_drift"],
)
def healed_daily_counters(postgres: dg.ResourceParam[Postgres]) -> dg.MaterializeResult:
    """Cached daily counters, set to what their event and attempt rows say.

    Each drifted account of today or yesterday is locked, counted again in a later
    statement, set, and logged in `linkedin_counter_heals` with before and after.
    Run twice, or beside live senders, it is still right.
    """
    with postgres.connect(role="operator") as connection:
        report = heal_daily_counters(connection)
    return dg.MaterializeResult(
        metadata={
            "rows_healed": len(report.healed),
            "healed_downward": report.downward,
            "healed_upward": report.upward,
            "untouched": report.untouched,
            "before_and_after": dg.MetadataValue.md(heal_table(report)),
        }
    )
