"""The heal of the cached daily counters (LL#273).

Belongs here: the order of accounts and the report. Does not: which accounts drifted
(`outreach.drifted_accounts`), or the repair under the account's lock
(`outreach.heal_drifted_account`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import psycopg
from psycopg.rows import class_row

HEALED_BY = "healed_daily_counters"
# Yesterday too, at any time of today.
LOOK_BACK = timedelta(hours=24)


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
    """The result of a heal.

    account_names: of the drifted accounts, by workspace and account id. untouched: the
        number of accounts without drift.
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


@dataclass(frozen=True)
class DriftedAccount:
    """An account with a drifted counter.

    local_date: its own today. days_before: the number of earlier days that were
        checked.
    """

    workspace_id: int
    workspace_name: str
    account_id: int
    account_name: str
    local_date: date
    days_before: int


def drifted_accounts(
    connection: psycopg.Connection,
    as_of: datetime | None = None,
    look_back: timedelta = LOOK_BACK,
) -> list[DriftedAccount]:
    """Accounts whose counters a heal would set, in the order of their locks."""
    with connection.cursor(row_factory=class_row(DriftedAccount)) as cursor:
        return cursor.execute(
            "select workspaces.workspace_id, workspaces.name as workspace_name,"
            " accounts.account_id, accounts.name as account_name, drifted.local_date,"
            " drifted.days_before"
            " from outreach.drifted_accounts("
            "null, coalesce(%s, clock_timestamp()), %s)"
            " as drifted inner join outreach.linkedin_accounts as accounts"
            " using (workspace_id, account_id)"
            " inner join outreach.workspaces using (workspace_id)"
            " order by workspaces.workspace_id, accounts.account_id",
            (as_of, look_back),
        ).fetchall()


def heal_account(
    connection: psycopg.Connection,
    account: DriftedAccount,
    healed_by: str,
    as_of: datetime | None = None,
) -> list[HealedCounter]:
    """Set one account's drifted counters under its lock; the caller commits."""
    with connection.cursor(row_factory=class_row(HealedCounter)) as cursor:
        return cursor.execute(
            "select * from outreach.heal_drifted_account(%s, %s, %s, %s, %s, %s)",
            (
                account.workspace_id,
                account.account_id,
                account.local_date,
                healed_by,
                as_of,
                account.days_before,
            ),
        ).fetchall()


def heal_daily_counters(
    connection: psycopg.Connection,
    *,
    healed_by: str = HEALED_BY,
    as_of: datetime | None = None,
    look_back: timedelta = LOOK_BACK,
) -> CounterHealReport:
    """Set the drifted counters of the accounts' last days to the truth.

    The connection must be in autocommit: each account commits separately, so that a
    heal holds one account's lock at a time. It is idempotent. Raises ValueError if the
    connection is not in autocommit.
    """
    if not connection.autocommit:
        raise ValueError("heal_daily_counters commits by account: use autocommit")
    drifted = drifted_accounts(connection, as_of, look_back)
    healed: list[HealedCounter] = []
    for account in drifted:
        healed += heal_account(connection, account, healed_by, as_of)
    accounts = connection.execute(
        "select count(*) from outreach.linkedin_accounts"
    ).fetchone()
    assert accounts is not None
    changed = {(row.workspace_id, row.account_id) for row in healed}
    return CounterHealReport(
        healed=healed,
        account_names={
            (account.workspace_id, account.account_id): account.account_name
            for account in drifted
        },
        untouched=accounts[0] - len(changed),
    )


def heal_table(report: CounterHealReport, most_rows: int = 60) -> str:
    """The values before and after as a Markdown table, largest corrections first."""
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
