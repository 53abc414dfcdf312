"""The reconciler of enrollments without a job, or with two times (LL#274).

Belongs here: the order of workspaces and the report. Does not: which enrollments need a
job, and when (`outreach.reconcile_orphans`), or the effect of an answer
(`outreach.settle_send_outcomes`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg

from trueup.sender.queue import settle

RECONCILED_BY = "reconciled_orphans"


@dataclass(frozen=True)
class Reconciled:
    """An enrollment's repair: recreated (a job was made), paired, settled or shown.

    Paired: its two times were made equal. Settled: a stored answer that could not take
    effect before has done so now. Shown: its job was hidden from claims and is visible
    again.
    """

    workspace_id: int
    enrollment_id: int
    repair: str
    next_action_at: datetime | None


@dataclass(frozen=True)
class OrphanReport:
    """The changes of a reconciliation."""

    reconciled: Sequence[Reconciled]

    @property
    def recreated(self) -> int:
        return sum(row.repair == "recreated" for row in self.reconciled)

    @property
    def paired(self) -> int:
        return sum(row.repair == "paired" for row in self.reconciled)

    @property
    def settled(self) -> int:
        return sum(row.repair == "settled" for row in self.reconciled)

    @property
    def shown(self) -> int:
        return sum(row.repair == "shown" for row in self.reconciled)


def reconcile_orphans(
    connection: psycopg.Connection,
    *,
    actor: str = RECONCILED_BY,
    as_of: datetime | None = None,
) -> OrphanReport:
    """Create the missing jobs of every workspace, and make differing times equal.

    The connection must be in autocommit: each workspace commits separately. It is
    idempotent. Raises ValueError if it is not in autocommit.
    """
    if not connection.autocommit:
        raise ValueError("reconcile_orphans commits by workspace: use autocommit")
    reconciled: list[Reconciled] = []
    for (workspace_id,) in connection.execute(
        "select workspace_id from outreach.workspaces order by workspace_id"
    ).fetchall():
        with connection.transaction():
            settled = _settle_kept_answers(connection, workspace_id, actor)
            rows = connection.execute(
                "select enrollment_id, repair, next_action_at"
                " from outreach.reconcile_orphans(%s, %s, %s)",
                [workspace_id, as_of, actor],
            ).fetchall()
        reconciled += [Reconciled(workspace_id, *row) for row in (*settled, *rows)]
    return OrphanReport(reconciled)


def _settle_kept_answers(
    connection: psycopg.Connection, workspace_id: int, actor: str
) -> list[tuple[int, str, datetime | None]]:
    """Apply stored answers one at a time, each at its own time."""
    kept = connection.execute(
        "select outcome_id, job_id from outreach.unsettled_answers(%s)"
        " order by account_id, job_id",
        [workspace_id],
    ).fetchall()
    for outcome_id, _ in kept:
        settle(connection, workspace_id, actor, [outcome_id])
    return connection.execute(
        "select enrollments.enrollment_id, 'settled', enrollments.next_action_at"
        " from outreach.campaign_send_jobs as jobs"
        " inner join outreach.campaign_prospects as enrollments"
        " using (workspace_id, enrollment_id)"
        " where jobs.workspace_id = %s and jobs.job_id = any(%s)"
        " and jobs.status <> 'unknown'",
        [workspace_id, [job_id for _, job_id in kept]],
    ).fetchall()
