"""Code location `models`: dbt models and their checks, heals, alerts.

Belongs here: the list of definitions. Each is made in the module it is imported from.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from dagster_project.assets.dbt_models import dbt_models_from, test_tables_in
from dagster_project.assets.heals import healed_daily_counters, healed_next_actions
from dagster_project.assets.sources import source_tables_from
from dagster_project.assets.templates import rearmed_enrollments, template_validations
from dagster_project.assets.timezones import compared_timezone_rules
from dagster_project.dbt_project import DbtCommand, fingerprint_of, read_manifest
from dagster_project.resources import AlertAddresses, Postgres
from dagster_project.schedules.models import MODEL_JOBS, MODEL_SCHEDULES
from dagster_project.sensors import (
    admin_alerts_about,
    checks_of,
    models_to_build_of,
    recheck_after_audit,
    recheck_after_heal,
    recheck_after_move,
)


def definitions_from(manifest: Mapping[str, Any]) -> dg.Definitions:
    """Everything in this location, for the dbt project that `manifest` describes."""
    dbt_models = dbt_models_from(manifest)
    return dg.Definitions(
        assets=[
            *source_tables_from(manifest),
            template_validations,
            compared_timezone_rules,
            dbt_models,
            healed_daily_counters,
            healed_next_actions,
            rearmed_enrollments,
        ],
        jobs=MODEL_JOBS,
        schedules=MODEL_SCHEDULES,
        sensors=[
            admin_alerts_about(checks_of(dbt_models, test_tables_in(manifest))),
            recheck_after_heal,
            recheck_after_move,
            recheck_after_audit,
            models_to_build_of(fingerprint_of(manifest)),
        ],
        resources={
            "postgres": Postgres(),
            "alert_addresses": AlertAddresses(),
            "dbt": DbtCommand.of_this_environment(),
        },
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads; importing this module reads nothing."""
    return definitions_from(read_manifest())
