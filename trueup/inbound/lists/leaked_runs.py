"""The heal of leaked accepts for a person's command, through the gate (LL#275).

Belongs here: its proof query, and one subject for each account.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import psycopg

from trueup.heals.gate import ACCOUNT_LOCK, Heal, Outcome, Subject, run_heal
from trueup.inbound.lists.leaked_accepts import LeakedAccept, find_leaks, revert

HEAL = Heal(
    "revert_leaked_accepts",
    "select count(*) from outreach.leaked_accepts(%(workspace_id)s)"
    " where account_id = %(account_id)s and obstacle is null",
    ACCOUNT_LOCK,
)


@dataclass(frozen=True)
class LeakRun:
    """The outcome for each account, and each leak after the run."""

    outcomes: Sequence[Outcome[list[LeakedAccept]]]
    leaks: Sequence[LeakedAccept]


def revert_leaks(
    connection: psycopg.Connection, workspace_id: int | None, *, commit: bool
) -> LeakRun:
    """Reverses the leaked accepts of one workspace, or of all."""
    leaks = find_leaks(connection, workspace_id)
    outcomes = list(
        run_heal(
            connection,
            HEAL,
            _subjects(leaks),
            lambda mine: revert(connection, mine),
            actor=HEAL.name,
            commit=commit,
        )
    )
    reverted = {
        (leak.workspace_id, leak.enrollment_id): leak
        for outcome in outcomes
        for leak in outcome.result or []
    }
    return LeakRun(
        outcomes,
        [reverted.get((leak.workspace_id, leak.enrollment_id), leak) for leak in leaks],
    )


def _subjects(leaks: Iterable[LeakedAccept]) -> list[Subject]:
    """The leaks that can be reversed, account by account."""

    def account_of(leak: LeakedAccept) -> tuple[int, int, str]:
        return leak.workspace_id, leak.account_id, leak.account_name

    reversible = sorted((leak for leak in leaks if not leak.obstacle), key=account_of)
    return [
        Subject(
            workspace_id,
            f"{account_name} (account {account_id})",
            {"workspace_id": workspace_id, "account_id": account_id},
            list(mine),
        )
        for (workspace_id, account_id, account_name), mine in itertools.groupby(
            reversible, key=account_of
        )
    ]
