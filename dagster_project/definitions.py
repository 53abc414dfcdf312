"""Code location `models`: dbt models and their checks, heals, alerts.

Belongs here: the list of definitions. Each is made in the module it is imported from.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg
import psycopg

from dagster_project.assets.dbt_models import dbt_models_from, test_tables_in
from dagster_project.assets.heals import healed_daily_counters, healed_next_actions
from dagster_project.assets.sources import source_tables_from
from dagster_project.assets.templates import rearmed_enrollments, template_validations
from dagster_project.assets.timezones import compared_timezone_rules
from dagster_project.dbt_project import DbtCommand, fingerprint_of, read_manifest
from dagster_project.partitions import local_dates_from
from dagster_project.resources import AlertAddresses, Postgres
from dagster_project.schedules.models import MODEL_JOBS, MODEL_SCHEDULES
from dagster_project.sensors.admin_alerts import admin_alerts_about, checks_of
from dagster_project.sensors.builds import models_to_build_of
from dagster_project.sensors.rechecks import (
    recheck_after_audit,
    recheck_after_heal,
    recheck_after_move,
)
from trueup.postgres.connection import UnusableDatabaseError

_logger = logging.getLogger(__name__)


def definitions_from(
    manifest: Mapping[str, Any], first_date: date | None = None
) -> dg.Definitions:
    """Everything in this location, for the dbt project that `manifest` describes.

    first_date: where the partitions by date begin; None before the first send.
    """
    local_dates = local_dates_from(first_date, datetime.now(UTC))
    dbt_models = dbt_models_from(manifest, local_dates)
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
    return definitions_from(read_manifest(), first_date_on_record(Postgres()))


def first_date_on_record(postgres: Postgres) -> date | None:
    """The first date on which a send counts, or None without a send or a database."""
    try:
        with postgres.connect() as connection:
            row = connection.execute("select outreach.first_counted_date()").fetchone()
    except (UnusableDatabaseError, psycopg.Error) as error:
        _logger.warning("The partitions begin a week ago: %s", error)
        return None
    return None if row is None else row[0]
