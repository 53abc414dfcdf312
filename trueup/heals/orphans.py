"""The reconciler of enrollments without a job, or with two times (LL#274).

Belongs here: the order of workspaces and the report. Who should have a job, and when,
is `outreach.reconcile_orphans`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg

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
        rows = connection.execute(
            "select enrollment_id, repair, next_action_at"
            " from outreach.reconcile_orphans(%s, %s, %s)",
            [workspace_id, as_of, actor],
        ).fetchall()
        reconciled += [Reconciled(workspace_id, *row) for row in rows]
    return OrphanReport(reconciled)
