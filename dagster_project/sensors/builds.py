"""The sensor that builds the models of a new database or of a changed dbt project.

Belongs here: whether a build or a refresh is needed now. Does not: what a build holds
(`dagster_project.schedules.models`).
"""

import json
from datetime import UTC, datetime, timedelta

import dagster as dg
import psycopg

from dagster_project.interrupted_runs import INTERRUPTED_TAG
from dagster_project.partitions import todays_range_tags
from dagster_project.resources import Postgres
from dagster_project.schedules.models import materialize_everything, refresh_stats
from dagster_project.schedules.ticks import is_unfinished

# Which database and which text of the dbt project a build was for.
BUILD_TAG = "trueup/build"
BUILD_AGAIN = timedelta(minutes=10)
_BUILT = "The models of this database are those of this dbt project."


def _reason_not_to_build(
    instance: dg.DagsterInstance, wanted: str, now: datetime
) -> str | None:
    """Why no build is needed now, or why it is too early for another one."""
    builds = instance.get_run_records(
        dg.RunsFilter(job_name=materialize_everything.name), limit=20
    )
    for build in builds:
        run = build.dagster_run
        if not run.is_finished:
            return "A build is under way."
        if BUILD_TAG not in run.tags:
            continue
        if run.is_success and run.tags[BUILD_TAG] == wanted:
            return _BUILT
        if INTERRUPTED_TAG in run.tags:
            return None
        if run.tags[BUILD_TAG] == wanted and now - build.create_timestamp < BUILD_AGAIN:
            return "The last build failed; the next one is tried after ten minutes."
        return None
    return None


def _refresh_of_first_rows(
    context: dg.SensorEvaluationContext, connection: psycopg.Connection, database: int
) -> dg.SensorResult | dg.SkipReason:
    """A refresh for marts whose first row could be built; once for each mart.

    The cursor names the marts for which one was asked: {database: [mart, …]}.
    """
    asked = json.loads(context.cursor or "{}").get(str(database), [])
    waiting = {
        mart
        for (mart,) in connection.execute(
            "select outreach.marts_before_their_first_row()"
        )
    }
    if waiting <= set(asked):
        return dg.SkipReason(_BUILT)
    if is_unfinished(context, refresh_stats.name):
        return dg.SkipReason("A refresh of the marts is under way.")
    return dg.SensorResult(
        run_requests=[dg.RunRequest(job_name=refresh_stats.name)],
        cursor=json.dumps({str(database): sorted(waiting.union(asked))}),
    )


def models_to_build_of(fingerprint: str) -> dg.SensorDefinition:
    """The sensor that builds all models of a new database or a changed project.

    `fingerprint` says which text of the dbt project this is.
    """

    @dg.sensor(
        name="models_to_build",
        jobs=[materialize_everything, refresh_stats],
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Builds everything once for each database and each text of the dbt "
            "project: views exist only after that. Refreshes the stored marts once "
            "when the first row of one could be built: the first account, campaign, "
            "person, send and reply of a new installation do not wait for the hour."
        ),
    )
    def models_to_build(
        context: dg.SensorEvaluationContext,
        postgres: dg.ResourceParam[Postgres],
    ) -> dg.RunRequest | dg.SensorResult | dg.SkipReason:
        with postgres.connect() as connection:
            row = connection.execute(
                "select oid from pg_catalog.pg_database"
                " where datname = current_database()"
            ).fetchone()
            assert row is not None
            wanted = f"{row[0]}-{fingerprint}"
            now = datetime.now(UTC)
            waits_for = _reason_not_to_build(context.instance, wanted, now)
            if waits_for is None:
                return dg.RunRequest(
                    job_name=materialize_everything.name,
                    tags={**todays_range_tags(now), BUILD_TAG: wanted},
                )
            if waits_for != _BUILT:
                return dg.SkipReason(waits_for)
            return _refresh_of_first_rows(context, connection, row[0])

    return models_to_build
