"""The sensor that keeps alerts about checks and runs, and delivers them.

Belongs here: what of Dagster's event log is new, and how a check or a run ended. Does
not: rows and messages of alerts (`trueup.alerts`).
"""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import dagster as dg
import psycopg

from dagster_project.interrupted_runs import INTERRUPTED_TAG
from dagster_project.resources import AlertAddresses, Postgres
from dagster_project.schedules.endpoints import ENDPOINT_JOBS
from dagster_project.schedules.inbound import INBOUND_JOBS
from dagster_project.schedules.models import MODEL_JOBS
from dagster_project.schedules.queue import QUEUE_JOBS
from dagster_project.schedules.retention import RETENTION_JOBS
from dagster_project.schedules.staying import STAYING_JOBS, keep_working
from trueup.alerts.delivery import (
    UnusableAlertAddressError,
    deliver,
    through_apprise,
)
from trueup.alerts.records import (
    CheckOutcome,
    RunOutcome,
    resolve_job_alerts,
    resolve_removed,
    sync,
)

# Runs that a person starts from the asset graph, and backfills, have this job name.
BY_HAND = "__ASSET_JOB"
WATCHED_JOBS = [
    *(
        job.name
        for jobs in (
            MODEL_JOBS,
            QUEUE_JOBS,
            INBOUND_JOBS,
            ENDPOINT_JOBS,
            RETENTION_JOBS,
            STAYING_JOBS,
        )
        for job in jobs
    ),
    BY_HAND,
]
_LONGEST_REASON = 500
# Of one job, one after the other.
_INTERRUPTED_AT_MOST = 4


@dataclass(frozen=True)
class Check:
    """An asset check to watch, with the table of its failing rows if it keeps one."""

    key: dg.AssetCheckKey
    description: str
    test_table: str | None


def checks_of(
    assets: dg.AssetsDefinition, test_tables: Mapping[str, str]
) -> list[Check]:
    """The checks of an assets definition, with where dbt keeps their failing rows."""
    return [
        Check(spec.key, spec.description or spec.name, test_tables.get(spec.name))
        for spec in assets.check_specs
    ]


def admin_alerts_about(checks: Sequence[Check]) -> dg.SensorDefinition:
    """The sensor that opens, resolves and delivers alerts about checks and runs."""

    @dg.sensor(
        name="admin_alerts",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Opens a row of linkedin_admin_alerts for each subject of a failed check "
            "and for each job whose last run failed, resolves it when that passes "
            "again, and delivers both once to TRUEUP_ALERT_URLS."
        ),
    )
    def admin_alerts(
        context: dg.SensorEvaluationContext,
        postgres: dg.ResourceParam[Postgres],
        alert_addresses: dg.ResourceParam[AlertAddresses],
    ) -> dg.SensorResult:
        seen: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
        said = []
        with postgres.connect() as connection:
            opened, resolved = _sync(context, connection, checks, seen)
            said.append(f"{opened} alerts opened, {resolved} resolved")
            said.append(_deliver(context, connection, alert_addresses.text()))
        return dg.SensorResult(
            skip_reason=dg.SkipReason("; ".join(said) + "."), cursor=json.dumps(seen)
        )

    return admin_alerts


def _sync(
    context: dg.SensorEvaluationContext,
    connection: psycopg.Connection,
    checks: Sequence[Check],
    seen: dict[str, str],
) -> tuple[int, int]:
    """Sync what ended since `seen`, which names the last result seen of each.

    Only the newest result of each counts. One that cannot be synced is tried again at
    the next evaluation; the others go on.
    """
    opened = resolved = 0
    for name, result, outcome in (
        *_ended_checks(context.instance, checks, seen),
        *_ended_runs(context.instance, seen),
    ):
        try:
            synced = sync(connection, outcome)
        except psycopg.Error as error:
            context.log.error(f"The alerts of {name} were not synced: {error}")
            continue
        seen[name] = result
        opened += synced.opened
        resolved += synced.resolved
    for name in _gone(checks, seen):
        resolved += resolve_removed(connection, name.partition(" ")[2])
        del seen[name]
    return opened, resolved + resolve_job_alerts(connection)


def _gone(checks: Sequence[Check], seen: Mapping[str, str]) -> list[str]:
    """What was seen and exists no more: no later result could resolve its alert."""
    watched = {f"check {check.key.name}" for check in checks}
    watched |= {f"job {job_name}" for job_name in WATCHED_JOBS}
    return sorted(seen.keys() - watched)


def _ended_checks(
    instance: dg.DagsterInstance, checks: Sequence[Check], seen: Mapping[str, str]
) -> Iterator[tuple[str, str, CheckOutcome]]:
    by_key = {check.key: check for check in checks}
    records = instance.event_log_storage.get_latest_asset_check_execution_by_key(
        list(by_key)
    )
    for key, record in records.items():
        event = record.event and record.event.dagster_event
        evaluation = event and event.event_specific_data
        # A run that only planned the check, or ended before it, has no evaluation.
        if not isinstance(evaluation, dg.AssetCheckEvaluation):
            continue
        name = f"check {key.name}"
        if seen.get(name) == record.run_id:
            continue
        yield name, record.run_id, check_outcome(by_key[key], evaluation, record.run_id)


def check_outcome(
    check: Check, evaluation: dg.AssetCheckEvaluation, run_id: str
) -> CheckOutcome:
    """How a check ended; dbt says `error` of a test whose query failed."""
    status = evaluation.metadata.get("status")
    if evaluation.passed:
        state = "passed"
    elif status is not None and status.value == "error":
        state = "errored"
    else:
        state = "failed"
    return CheckOutcome(
        name=check.key.name,
        asset=check.key.asset_key.to_user_string(),
        state=state,
        description=check.description,
        run_id=run_id,
        test_table=check.test_table,
    )


def _ended_runs(
    instance: dg.DagsterInstance, seen: Mapping[str, str]
) -> Iterator[tuple[str, str, RunOutcome]]:
    ended = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
    for job_name in WATCHED_JOBS:
        # The work goes on as soon as the next run does; its end may be an hour away.
        statuses = [*ended, dg.DagsterRunStatus.STARTED]
        filters = dg.RunsFilter(
            job_name=job_name,
            statuses=statuses if job_name == keep_working.name else ended,
        )
        name = f"job {job_name}"
        # A run that trueup's own end interrupted says nothing of its job.
        newest = (
            run
            for run in instance.get_runs(filters, limit=_INTERRUPTED_AT_MOST + 1)
            if INTERRUPTED_TAG not in run.tags
        )
        for run in itertools.islice(newest, 1):
            is_working = run.status == dg.DagsterRunStatus.STARTED
            result = f"{run.run_id} works" if is_working else run.run_id
            if seen.get(name) == result:
                continue
            is_success = run.status != dg.DagsterRunStatus.FAILURE
            yield (
                name,
                result,
                RunOutcome(
                    job="materialized by hand" if job_name == BY_HAND else job_name,
                    run_id=run.run_id,
                    is_success=is_success,
                    error="" if is_success else failure_reason(instance, run.run_id),
                ),
            )


def failure_reason(instance: dg.DagsterInstance, run_id: str) -> str:
    """Why a run failed: what its first failed step said, else what the run said."""
    failures = {dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE}
    records = instance.get_records_for_run(run_id, of_type=failures, limit=1).records
    event = records[0].event_log_entry.dagster_event if records else None
    if event is None:
        return ""
    data = event.event_specific_data
    description = getattr(getattr(data, "user_failure_data", None), "description", "")
    error = getattr(data, "error", None)
    reason = description or (error.message if error else "") or event.message or ""
    return " ".join(reason.split())[:_LONGEST_REASON]


def _deliver(
    context: dg.SensorEvaluationContext, connection: psycopg.Connection, addresses: str
) -> str:
    if not addresses:
        return "TRUEUP_ALERT_URLS is not set, so nothing is sent"
    try:
        report = deliver(connection, through_apprise(addresses))
    except UnusableAlertAddressError as error:
        context.log.error(str(error))
        return str(error).removesuffix(".")
    if report.error:
        context.log.warning("An alert's delivery was not answered: %s", report.error)
    return f"{report.delivered} delivered, {report.pending} pending"
