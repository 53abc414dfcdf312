"""Sensors that run checks of a mart again after an asset changed what it shows.

Belongs here: which asset is followed by which checks. Does not: the checks (`dbt/`).
"""

import dagster as dg

from dagster_project.resources import Postgres
from dagster_project.schedules.models import (
    is_built,
    recheck_counters,
    recheck_coverage,
)


def _figure(asset_event: dg.EventLogEntry, name: str) -> object:
    """A figure of a materialization's metadata, None where it has none."""
    materialization = asset_event.asset_materialization
    figure = materialization and materialization.metadata.get(name)
    return figure.value if figure else None


def _recheck_after(
    asset: str, mart: str, name: str, job_name: str, *figures: str
) -> dg.SensorDefinition:
    """The sensor that runs checks of a mart again after an asset changed what it shows.

    figures: of the asset's metadata; one above 0 says that something was changed.
    """

    @dg.asset_sensor(
        asset_key=dg.AssetKey(asset),
        name=name,
        job_name=job_name,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            f"After a run of {asset} that changed something, runs the checks of what "
            "it changed again: they ran before it and were red."
        ),
    )
    def recheck(
        context: dg.SensorEvaluationContext,  # noqa: ARG001
        asset_event: dg.EventLogEntry,
        postgres: dg.ResourceParam[Postgres],
    ) -> dg.RunRequest | dg.SkipReason:
        if not is_built(postgres, mart):
            return dg.SkipReason(f"{mart} is not built yet; its build checks it.")
        if not any(_figure(asset_event, figure) for figure in figures):
            return dg.SkipReason(f"The run of {asset} changed nothing.")
        return dg.RunRequest(run_key=asset_event.run_id)

    return recheck


recheck_after_heal = _recheck_after(
    "healed_daily_counters",
    "account_counter_drift",
    "recheck_after_heal",
    recheck_counters.name,
    "rows_healed",
)
recheck_after_move = _recheck_after(
    "healed_next_actions",
    "stale_next_actions",
    "recheck_after_move",
    recheck_counters.name,
    "rows_healed",
)
recheck_after_audit = _recheck_after(
    "webhook_subscriptions",
    "webhook_coverage",
    "recheck_after_audit",
    recheck_coverage.name,
    "registered",
    "deleted",
)
