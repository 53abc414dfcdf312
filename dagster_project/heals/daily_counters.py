"""The heal of the cached daily counters (LL#273).

Belongs here: the order of accounts and the report. Which of them drifted, what the
truth is and how it is set under the account's lock: `outreach.drifted_accounts`,
`outreach.heal_drifted_account`.
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

    The connection must be in autocommit: each account commits by itself, so that a
    heal of many holds nobody else's locks. Twice in a row, the second changes nothing.
    Raises ValueError when the connection is not in autocommit.
    """
    if not connection.autocommit:
        raise ValueError("heal_daily_counters commits by account: use autocommit")
    drifted = connection.execute(
        "select workspace_id, account_id, local_date"
        " from outreach.drifted_accounts(null, coalesce(%s, clock_timestamp()))"
        " order by workspace_id, account_id",
        (as_of,),
    ).fetchall()
    healed: list[HealedCounter] = []
    for account in drifted:
        healed += _heal_account(connection, account, healed_by, as_of)
    todays = connection.execute(
        "select count(*) from outreach.todays_daily_counters(%s)", (as_of,)
    ).fetchone()
    assert todays is not None
    local_dates = {account[:2]: account[2] for account in drifted}
    healed_todays = sum(
        row.counted_on == local_dates[row.workspace_id, row.account_id]
        for row in healed
    )
    return CounterHealReport(
        healed=healed,
        account_names=_account_names(connection, healed),
        untouched=todays[0] - healed_todays,
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


def _heal_account(
    connection: psycopg.Connection,
    account: tuple[int, int, date],
    healed_by: str,
    as_of: datetime | None,
) -> list[HealedCounter]:
    with connection.cursor(row_factory=class_row(HealedCounter)) as cursor:
        return cursor.execute(
            "select * from outreach.heal_drifted_account(%s, %s, %s, %s, %s)",
            (*account, healed_by, as_of),
        ).fetchall()


def _account_names(
    connection: psycopg.Connection, healed: Sequence[HealedCounter]
) -> dict[tuple[int, int], str]:
    rows = connection.execute(
        "select distinct accounts.workspace_id, accounts.account_id, accounts.name"
        " from outreach.linkedin_accounts as accounts"
        " inner join unnest(%s::bigint[], %s::bigint[])"
        " as healed (workspace_id, account_id)"
        " using (workspace_id, account_id)",
        ([row.workspace_id for row in healed], [row.account_id for row in healed]),
    ).fetchall()
    return {(workspace_id, account_id): name for workspace_id, account_id, name in rows}
