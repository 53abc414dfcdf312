"""Accounts that stay in connecting although the provider says they work (LL#276).

Belongs here: querying each through the gate, and restoring those that work.
"""

from collections.abc import Iterator

import psycopg

from trueup.heals.gate import Heal, Outcome, Subject, run_heal
from trueup.inbound.accounts.asking import AccountRefresh, KnownAccount, known_accounts
from trueup.inbound.accounts.reconnect import restore_accounts
from trueup.inbound.accounts.refresh import refresh_account
from trueup.inbound.settings import webhook_target_of_environment

REASON = "backfill of stuck connecting (LL#276)"
HEAL = Heal(
    "backfill_stuck_connecting",
    "select count(*) from outreach.linkedin_accounts"
    " where workspace_id = %(workspace_id)s and account_id = %(account_id)s"
    " and status = 'connecting'",
)


def connect_stuck(
    connection: psycopg.Connection,
    dsn: str,
    api_key: str,
    workspace_id: int | None,
    *,
    actor: str,
    commit: bool,
) -> Iterator[Outcome[AccountRefresh]]:
    """Queries each account in connecting, and flips those that work."""
    if workspace_id is not None:
        connection.execute(
            "select outreach.assert_provider_dsn(%s, %s)", [workspace_id, dsn]
        )

    def refresh(account: KnownAccount) -> AccountRefresh:
        return refresh_account(
            connection,
            dsn,
            api_key,
            account.workspace_id,
            account.account_id,
            actor,
            REASON,
        )

    stuck = [
        Subject(
            account.workspace_id,
            account.label,
            {"workspace_id": account.workspace_id, "account_id": account.account_id},
            account,
        )
        for account in known_accounts(connection, dsn, workspace_id)
        if account.status == "connecting"
    ]
    yield from run_heal(connection, HEAL, stuck, refresh, actor=actor, commit=commit)


def flipped(outcomes: list[Outcome[AccountRefresh]]) -> list[AccountRefresh]:
    """The accounts that were, or would be, flipped to connected."""
    return [
        outcome.result
        for outcome in outcomes
        if outcome.verdict == "kept"
        and outcome.result is not None
        and outcome.result.has_reconnected
    ]


def restore_flipped(
    connection: psycopg.Connection,
    dsn: str,
    api_key: str,
    refreshes: list[AccountRefresh],
) -> list[str]:
    """Registers and catches up the accounts; returns why some have no subscriptions."""
    back = [refresh.account_now for refresh in refreshes]
    brought = restore_accounts(
        connection, dsn, api_key, back, webhook_target_of_environment
    )
    return sorted(set(brought.unsubscribed.values()))
