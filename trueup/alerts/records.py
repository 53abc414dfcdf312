"""Rows of `linkedin_admin_alerts`: what is open follows what was last found.

Belongs here: which findings of a check or a run open and resolve which rows. Does not:
telling anybody (see `delivery.py`).
"""

from dataclasses import dataclass
from typing import Literal

import psycopg
from psycopg.types.json import Jsonb

RUN_FAILED = "run_failed"
RUN_HAS_FAILED = (
    "What to do: open the run in Dagster, mend what its first failed step says, and "
    "start the job again; its next success closes this alert."
)
CHECK_ERRORED = (
    "What to do: open the run in Dagster, see what the database said of the check's "
    "query, and start the job again; the check's next result closes this alert."
)


@dataclass(frozen=True)
class CheckOutcome:
    """How a check ended: `errored` means that it could not look.

    `test_table` is where dbt keeps the test's failing rows, in `analytics_failures`;
    without one an alert is named after the asset.
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
    """What changed: rows opened and resolved, and rows that now stand open."""

    opened: int
    open: int
    resolved: int


def sync(connection: psycopg.Connection, outcome: CheckOutcome | RunOutcome) -> Synced:
    """Make the open alerts of a check or a job say how it last ended."""
    if isinstance(outcome, CheckOutcome):
        return sync_check(connection, outcome)
    return sync_run(connection, outcome)


def sync_check(connection: psycopg.Connection, outcome: CheckOutcome) -> Synced:
    """Make the open alerts of a check say what it found when it last ran."""
    if outcome.state == "failed" and outcome.test_table:
        row = connection.execute(
            "select * from outreach.sync_test_alerts(%s, %s, %s)",
            (outcome.name, outcome.test_table, outcome.description),
        ).fetchone()
        return _synced(row)
    if outcome.state == "errored":
        # It has not looked: what was found before stands until it does.
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


def resolve_gone(connection: psycopg.Connection, name: str) -> int:
    """Close the alerts of a check or a job that this project has no more; how many."""
    row = connection.execute(
        "select count(*) filter (where outreach.resolve_admin_alert("
        "alerts.workspace_id, alerts.code, alerts.subject))"
        " from outreach.linkedin_admin_alerts as alerts where resolved_at is null"
        " and case code when %s then subject else code end = %s",
        (RUN_FAILED, name),
    ).fetchone()
    return 0 if row is None else row[0]


def resolve_job_alerts(connection: psycopg.Connection) -> int:
    """Close the alerts about single jobs that have gone on since; how many."""
    row = connection.execute("select outreach.resolve_job_alerts()").fetchone()
    return 0 if row is None else row[0]


def _synced(row: tuple[int, int, int] | None) -> Synced:
    opened, is_open, resolved = row or (0, 0, 0)
    return Synced(opened=opened, open=is_open, resolved=resolved)
