"""The heal of daily counters for a person's command, through the gate (LL#273).

Belongs here: its proof query, and one subject for each drifted account.
"""

import datetime as dt

import psycopg

from trueup.heals.daily_counters import (
    DriftedAccount,
    HealedCounter,
    drifted_accounts,
    heal_account,
)
from trueup.heals.gate import ACCOUNT_LOCK, Heal, Outcome, Subject, run_heal

HEAL = Heal(
    "heal_inflated_counters",
    "select count(*) from outreach.daily_counter_truths(%(workspace_id)s,"
    " %(account_id)s, %(from_date)s, %(to_date)s)"
    " where kind <> 'none'",
    ACCOUNT_LOCK,
)


def heal_counters(
    connection: psycopg.Connection,
    account_id: int | None,
    *,
    actor: str,
    commit: bool,
) -> list[Outcome[list[HealedCounter]]]:
    """Heals today's and yesterday's counters of one or all drifted accounts."""
    subjects = [
        _subject(one)
        for one in drifted_accounts(connection)
        if account_id in (None, one.account_id)
    ]
    return list(
        run_heal(
            connection,
            HEAL,
            subjects,
            lambda drifted: heal_account(connection, drifted, actor),
            actor=actor,
            commit=commit,
        )
    )


def _subject(account: DriftedAccount) -> Subject:
    keys = {
        "workspace_id": account.workspace_id,
        "account_id": account.account_id,
        "from_date": account.local_date - dt.timedelta(days=account.days_before),
        "to_date": account.local_date,
    }
    label = f"{account.workspace_name}, {account.account_name}"
    label += f" (account {account.account_id})"
    return Subject(account.workspace_id, label, keys, account)
