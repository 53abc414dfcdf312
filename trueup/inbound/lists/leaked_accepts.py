"""Finding and reversing accepts on campaigns that they cannot belong to (LL#275).

Belongs here: reversing each in its own transaction. Does not: the definition of a leak
and of a reversal, which is in `sql/functions/accepts/`.
"""

import dataclasses
from collections.abc import Iterable
from datetime import datetime

import psycopg
from psycopg.rows import class_row

ACTOR = "revert_leaked_accepts"


@dataclasses.dataclass(frozen=True)
class LeakedAccept:
    """A leaked accept. verdict: the status after its reversal.

    obstacle: why it cannot be reversed now; None if it can be, or was.
    """

    workspace_id: int
    account_id: int
    account_name: str
    enrollment_id: int
    campaign_name: str
    why: str
    verdict: str
    obstacle: str | None


def find_leaks(
    connection: psycopg.Connection, only_workspace_id: int | None = None
) -> list[LeakedAccept]:
    """Every leaked accept of one workspace, or of all."""
    with connection.cursor(row_factory=class_row(LeakedAccept)) as cursor:
        return cursor.execute(
            "select campaigns.workspace_id, leaked.account_id,"
            " accounts.name as account_name, leaked.enrollment_id,"
            " campaigns.name as campaign_name, leaked.why, leaked.verdict,"
            " leaked.obstacle from outreach.workspaces"
            " cross join lateral outreach.leaked_accepts(workspaces.workspace_id)"
            " as leaked inner join outreach.campaigns on campaigns.workspace_id ="
            " workspaces.workspace_id and campaigns.campaign_id = leaked.campaign_id"
            " inner join outreach.linkedin_accounts as accounts"
            " on accounts.workspace_id = workspaces.workspace_id"
            " and accounts.account_id = leaked.account_id"
            " where %(only)s::bigint is null or workspaces.workspace_id = %(only)s",
            {"only": only_workspace_id},
        ).fetchall()


def revert(
    connection: psycopg.Connection,
    leaks: Iterable[LeakedAccept],
    as_of: datetime | None = None,
) -> list[LeakedAccept]:
    """Reverse the leaks without an obstacle; returns all leaks after that."""
    done = []
    for leak in leaks:
        after = leak
        if leak.obstacle is None:
            row = connection.execute(
                "select outreach.revert_accept(%s, %s, %s, %s)",
                [leak.workspace_id, leak.enrollment_id, ACTOR, as_of],
            ).fetchone()
            assert row is not None
            if row[0] is None:
                after = dataclasses.replace(leak, obstacle="it changed meanwhile")
        done.append(after)
    return done
