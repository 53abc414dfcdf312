"""The heal of next actions with a wrong time (LL#274, LL#279).

Belongs here: the order of accounts and the report. Does not: which are stale and their
right times (the mart `stale_next_actions`), or the move (`outreach.heal_next_actions`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

HEALED_BY = "healed_next_actions"


class ModelsNotBuiltError(Exception):
    """The mart `stale_next_actions` is not built; the text says what to do."""


@dataclass(frozen=True)
class StaleAccount:
    """An account with stale next actions, and how many of them a heal may move."""

    workspace_id: int
    workspace_name: str
    account_id: int
    account_name: str
    stale: int
    healable: int


@dataclass(frozen=True)
class HealedNextAction:
    """One next action before and after; None means that it must have no time."""

    enrollment_id: int
    kind: str
    was_due_at: datetime | None
    job_was_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True)
class NextActionReport:
    """The moved next actions by account, and those that were left."""

    healed: Sequence[tuple[StaleAccount, Sequence[HealedNextAction]]]
    left: int

    @property
    def moved(self) -> int:
        return sum(len(rows) for _, rows in self.healed)

    @property
    def kinds(self) -> Counter[str]:
        return Counter(row.kind for _, rows in self.healed for row in rows)


def stale_accounts(connection: psycopg.Connection) -> list[StaleAccount]:
    """Accounts with stale next actions, in the order in which they are locked.

    Raises ModelsNotBuiltError if dbt has not built the mart.
    """
    with connection.cursor(row_factory=class_row(StaleAccount)) as cursor:
        try:
            return cursor.execute(
                "select stale.workspace_id, workspaces.name as workspace_name,"
                " stale.account_id, stale.account_name, count(*) as stale,"
                " count(*) filter (where not stale.is_late_again) as healable"
                " from analytics.stale_next_actions as stale"
                " inner join outreach.workspaces"
                " on stale.workspace_id = workspaces.workspace_id"
                " group by 1, 2, 3, 4 order by 1, 3"
            ).fetchall()
        except (
            psycopg.errors.UndefinedTable,
            psycopg.errors.InvalidSchemaName,
        ):
            raise ModelsNotBuiltError(
                "The mart stale_next_actions is not built in this database. Run the "
                "job materialize_everything, or dbt build, first."
            ) from None


def heal_account(
    connection: psycopg.Connection,
    account: StaleAccount,
    *,
    actor: str = HEALED_BY,
    as_of: datetime | None = None,
) -> list[HealedNextAction]:
    """Move one account's stale next actions in one statement; the caller commits."""
    with connection.cursor(row_factory=class_row(HealedNextAction)) as cursor:
        return cursor.execute(
            "select * from outreach.heal_next_actions(%s, %s, %s, %s)",
            [account.workspace_id, account.account_id, actor, as_of],
        ).fetchall()


def heal_next_actions(
    connection: psycopg.Connection,
    *,
    actor: str = HEALED_BY,
    as_of: datetime | None = None,
) -> NextActionReport:
    """Move every stale next action to its clamp, a late one once only.

    as_of is the time of the events; the mart decides by its own clock. The connection
    must be in autocommit: each account commits separately. It is idempotent. Raises
    ValueError if it is not in autocommit, and ModelsNotBuiltError.
    """
    if not connection.autocommit:
        raise ValueError("heal_next_actions commits by account: use autocommit")
    stale = stale_accounts(connection)
    healed = [
        (account, heal_account(connection, account, actor=actor, as_of=as_of))
        for account in stale
        if account.healable
    ]
    moved = sum(len(rows) for _, rows in healed)
    return NextActionReport(
        healed=[(account, rows) for account, rows in healed if rows],
        left=sum(account.stale for account in stale) - moved,
    )


def next_action_table(report: NextActionReport, most_rows: int = 60) -> str:
    """The times before and after as a Markdown table."""
    lines = [
        "| account | enrollment | kind | was due | its job | is due |",
        "| --- | ---: | --- | --- | --- | --- |",
    ]
    rows = [(account, row) for account, moved in report.healed for row in moved]
    for account, row in rows[:most_rows]:
        cells = (
            account.account_name.replace("|", "\\|"),
            row.enrollment_id,
            row.kind.replace("_", " "),
            *(_moment(at) for at in (row.was_due_at, row.job_was_at, row.due_at)),
        )
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    if len(rows) > most_rows:
        lines.append(f"\nand {len(rows) - most_rows} more in campaign_events")
    return "\n".join(lines)


def _moment(at: datetime | None) -> str:
    return "—" if at is None else f"{at:%Y-%m-%d %H:%M %Z}"
