"""The heal of next actions for a person's command (LL#274, LL#279).

Belongs here: its proof query, and one subject for each account with stale next actions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from trueup.heals.gate import ACCOUNT_LOCK, Heal, Outcome, Subject, run_heal
from trueup.heals.next_actions import (
    HealedNextAction,
    StaleAccount,
    heal_account,
    stale_accounts,
)

HEAL = Heal(
    "heal_stale_next_actions",
    "select count(*) from analytics.stale_next_actions"
    " where workspace_id = %(workspace_id)s and account_id = %(account_id)s",
    ACCOUNT_LOCK,
)


@dataclass(frozen=True)
class NextActionRun:
    """The outcome for each account; `left` were moved before and are late again."""

    outcomes: Sequence[Outcome[list[HealedNextAction]]]
    left: int


def heal_next_actions_of(
    connection: psycopg.Connection,
    account_id: int | None,
    *,
    actor: str,
    commit: bool,
) -> NextActionRun:
    """Heals one account or all. Raises ModelsNotBuiltError if the mart is missing."""
    chosen = [
        one
        for one in stale_accounts(connection)
        if account_id in (None, one.account_id)
    ]
    outcomes = run_heal(
        connection,
        HEAL,
        [_subject(one) for one in chosen if one.healable],
        lambda one: heal_account(connection, one, actor=actor),
        actor=actor,
        commit=commit,
    )
    left = sum(one.stale - one.healable for one in chosen)
    return NextActionRun(list(outcomes), left)


def _subject(account: StaleAccount) -> Subject:
    keys = {"workspace_id": account.workspace_id, "account_id": account.account_id}
    label = f"{account.workspace_name}, {account.account_name}"
    label += f" (account {account.account_id})"
    return Subject(account.workspace_id, label, keys, account)
