"""The heal of the cached daily counters (LL#273).

Belongs here: the order of workspaces and the report. What the truth is and how it is
set under the account's lock: `outreach.heal_daily_counters`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import psycopg
from psycopg.rows import class_row

HEALED_BY = "healed_daily_counters"


@dataclass(frozen=True)
class HealedCounter:
    """A row of `linkedin_counter_heals`: one counter before and after."""

    workspace_id: int
    heal_id: int
    account_id: int
    action: str
    counted_on: date
    before: int
    after: int
    actual: int
    in_flight: int
    kind: str
    healed_by: str
    healed_at: datetime


@dataclass(frozen=True)
class CounterHealReport:
    """What a heal did.

    account_names: of the healed accounts, by workspace and account id. untouched:
    counters of accounts' own today that were right.
    """

    healed: Sequence[HealedCounter]
    account_names: dict[tuple[int, int], str]
    untouched: int

    @property
    def downward(self) -> int:
        return sum(row.after < row.before for row in self.healed)

    @property
    def upward(self) -> int:
        return sum(row.after > row.before for row in self.healed)


def heal_daily_counters(
    connection: psycopg.Connection,
    *,
    healed_by: str = HEALED_BY,
    as_of: datetime | None = None,
) -> CounterHealReport:
    """Set every drifted counter of accounts' today and yesterday to the truth.

    The connection must be in autocommit: each workspace commits by itself, so that a
    large one holds nobody else's locks. Twice in a row, the second changes nothing.
    Raises ValueError when the connection is not in autocommit.
    """
    if not connection.autocommit:
        raise ValueError("heal_daily_counters commits by workspace: use autocommit")
    healed: list[HealedCounter] = []
    names: dict[tuple[int, int], str] = {}
    for (workspace_id,) in connection.execute(
        "select workspace_id from outreach.workspaces order by workspace_id"
    ).fetchall():
        rows = _heal_workspace(connection, workspace_id, healed_by, as_of)
        if rows:
            names |= _account_names(connection, workspace_id)
        healed += rows
    changed = {
        (row.workspace_id, row.account_id, row.action, row.counted_on) for row in healed
    }
    todays = connection.execute(
        "select workspace_id, account_id, action, counted_on"
        " from outreach.todays_daily_counters(%s)",
        (as_of,),
    ).fetchall()
    return CounterHealReport(
        healed=healed,
        account_names=names,
        untouched=sum(key not in changed for key in todays),
    )


def heal_table(report: CounterHealReport, most_rows: int = 60) -> str:
    """Before and after as a Markdown table, the largest corrections first."""
    lines = [
        "| account | action | day | before | after | actual | in flight | kind |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    rows = sorted(
        report.healed, key=lambda row: abs(row.after - row.before), reverse=True
    )
    for row in rows[:most_rows]:
        name = report.account_names[row.workspace_id, row.account_id]
        cells = (
            name.replace("|", "\\|"),
            row.action,
            row.counted_on.isoformat(),
            row.before,
            row.after,
            row.actual,
            row.in_flight,
            row.kind,
        )
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    if len(rows) > most_rows:
        lines.append(f"\nand {len(rows) - most_rows} more in linkedin_counter_heals")
    return "\n".join(lines)


def _heal_workspace(
    connection: psycopg.Connection,
    workspace_id: int,
    healed_by: str,
    as_of: datetime | None,
) -> list[HealedCounter]:
    with connection.cursor(row_factory=class_row(HealedCounter)) as cursor:
        return cursor.execute(
            "select * from outreach.heal_daily_counters(%s, %s, %s)",
            (workspace_id, healed_by, as_of),
        ).fetchall()


def _account_names(
    connection: psycopg.Connection, workspace_id: int
) -> dict[tuple[int, int], str]:
    rows = connection.execute(
        "select account_id, name from outreach.linkedin_accounts"
        " where workspace_id = %s",
        (workspace_id,),
    ).fetchall()
    return {(workspace_id, account_id): name for account_id, name in rows}
