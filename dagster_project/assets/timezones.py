"""The time zone rules of Postgres, compared with those of the package tzdata.

Belongs here: the asset `compared_timezone_rules` and its metadata. The comparison and
its alerts: `trueup.alerts.timezone_rules`.
"""

import dagster as dg

from dagster_project.assets.freshness import FRESHNESS
from dagster_project.resources import Postgres
from trueup.alerts.timezone_rules import compare_timezone_rules


@dg.asset(
    group_name="sources_accounts",
    kinds={"python", "postgres"},
    owners=["team:data"],
    freshness_policy=FRESHNESS["compared_timezone_rules"],
)
def compared_timezone_rules(
    postgres: dg.ResourceParam[Postgres],
) -> dg.MaterializeResult:
    """Time zones in use whose rules in Postgres are not those of the package tzdata.

    The next two years are compared. Each zone that differs is an alert.
    """
    with postgres.connect(role="operator") as connection, connection.transaction():
        found = compare_timezone_rules(connection)
    return dg.MaterializeResult(
        metadata={
            "differing": len(found),
            "zones": dg.MetadataValue.md("\n".join(f"- {one.says}" for one in found)),
        }
    )
