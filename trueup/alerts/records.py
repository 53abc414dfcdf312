"""Rows of `linkedin_admin_alerts`, opened and resolved by the latest results.

Belongs here: which results of a check or a run open and resolve which rows. Does not:
delivery (see `delivery.py`).
"""

from dataclasses import dataclass
from typing import Literal

import psycopg
from psycopg.types.json import Jsonb

RUN_FAILED = "run_failed"
RUN_HAS_FAILED = (
    "What to do: open the run in Dagster, fix the error of its first failed step, and "
    "start the job again; its next success closes this alert."
)
CHECK_ERRORED = (
    "What to do: open the run in Dagster, read the error of the check's query, and "
    "start the job again; the check's next result closes this alert."
)


@dataclass(frozen=True)
class CheckOutcome:
    """How a check ended: `errored` means that its query failed.

    `test_table` is the table of the test's failing rows in `analytics_failures`;
    without it the subject of the alert is the asset.
    """

    name: str
    asset: str
    state: Literal["passed", "failed", "errored"]
    description: str
    run_id: str
    test_table: str | None = None


@dataclass(frozen=True)
class RunOutcome:
    """How the last finished run of a job ended."""

    job: str
    run_id: str
    is_success: bool
    error: str = ""


@dataclass(frozen=True)
class Synced:
    """Numbers of rows opened and resolved, and of rows that are open now."""

    opened: int
    open: int
    resolved: int


def sync(connection: psycopg.Connection, outcome: CheckOutcome | RunOutcome) -> Synced:
    """Update the alerts of a check or a job to its latest result."""
    if isinstance(outcome, CheckOutcome):
        return sync_check(connection, outcome)
    return sync_run(connection, outcome)


def sync_check(connection: psycopg.Connection, outcome: CheckOutcome) -> Synced:
    """Update the alerts of a check to the rows that it found."""
    if outcome.state == "failed" and outcome.test_table:
        row = connection.execute(
            "select * from outreach.sync_test_alerts(%s, %s, %s)",
            (outcome.name, outcome.test_table, outcome.description),
        ).fetchone()
        return _synced(row)
    if outcome.state == "errored":
        # The check has no result, so the alerts of its previous result stay open.
        connection.execute(
            "select outreach.open_admin_alert(0, %s, %s, %s, %s)",
            (
                outcome.name,
                outcome.asset,
                f"The check could not run; see run {outcome.run_id}.",
                Jsonb({"run_id": outcome.run_id, "what_to_do": CHECK_ERRORED}),
            ),
        )
        return Synced(opened=1, open=1, resolved=0)
    findings = []
    if outcome.state == "failed":
        details = {"run_id": outcome.run_id, "what_to_do": outcome.description}
        findings.append(
            {
                "subject": outcome.asset,
                "message": outcome.description,
                "details": details,
            }
        )
    row = connection.execute(
        "select * from outreach.sync_admin_alerts(%s, %s)",
        (outcome.name, Jsonb(findings)),
    ).fetchone()
    return _synced(row)


def sync_run(connection: psycopg.Connection, outcome: RunOutcome) -> Synced:
    """Open an alert for a failed run; the job's next success resolves it."""
    if outcome.is_success:
        row = connection.execute(
            "select outreach.resolve_admin_alert(0, %s, %s)",
            (RUN_FAILED, outcome.job),
        ).fetchone()
        return Synced(opened=0, open=0, resolved=int(row is not None and row[0]))
    connection.execute(
        "select outreach.open_admin_alert(0, %s, %s, %s, %s)",
        (
            RUN_FAILED,
            outcome.job,
            f"Run {outcome.run_id} failed: {outcome.error or 'no reason was kept'}",
            Jsonb({"run_id": outcome.run_id, "what_to_do": RUN_HAS_FAILED}),
        ),
    )
    return Synced(opened=1, open=1, resolved=0)


def resolve_removed(connection: psycopg.Connection, name: str) -> int:
    """Resolve the alerts of a removed check or job; returns their number."""
    row = connection.execute(
        "select count(*) filter (where outreach.resolve_admin_alert("
        "alerts.workspace_id, alerts.code, alerts.subject))"
        " from outreach.linkedin_admin_alerts as alerts where resolved_at is null"
        " and case code when %s then subject else code end = %s",
        (RUN_FAILED, name),
    ).fetchone()
    return 0 if row is None else row[0]


def resolve_job_alerts(connection: psycopg.Connection) -> int:
    """Resolve the alerts about jobs that are no longer stuck; returns their number."""
    row = connection.execute("select outreach.resolve_job_alerts()").fetchone()
    return 0 if row is None else row[0]


def _synced(row: tuple[int, int, int] | None) -> Synced:
    opened, is_open, resolved = row or (0, 0, 0)
    return Synced(opened=opened, open=is_open, resolved=resolved)
