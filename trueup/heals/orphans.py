"""The reconciler of enrollments without a job, or with two times (LL#274).

Belongs here: the order of workspaces and the report. Who should have a job, and when,
is `outreach.reconcile_orphans`; what an answer does is `outreach.settle_send_outcomes`.
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

    Paired: its two times are one. Settled: an answer that was kept and could not take
    effect then does so now. Shown: no claim saw its job, and the next one does.
    """

    workspace_id: int
    enrollment_id: int
    repair: str
    next_action_at: datetime | None


@dataclass(frozen=True)
class OrphanReport:
    """What a reconciliation changed."""

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
    """Make the missing jobs of every workspace, and set differing times to one.

    The connection must be in autocommit: each workspace commits by itself. Twice in a
    row, the second changes nothing. Raises ValueError when it is not in autocommit.
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
    """Let answers that were kept take effect, one by one, each at its own time."""
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
