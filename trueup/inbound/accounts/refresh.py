"""Refreshing the statuses of accounts: which accounts, and when.

Belongs here: one account for a person, the accounts with status webhooks, and all
accounts by the provider's list. A status webhook is only a reason to query the
provider. Does not: the query itself (`asking.py`), or the steps after a reconnect
(`reconnect.py`).
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

import psycopg

from trueup.inbound.accounts.answers import (
    read_account,
    refuse_unusable,
)
from trueup.inbound.accounts.asking import (
    AccountRefresh,
    apply_found,
    check_account,
    found_account,
    known_accounts,
)
from trueup.inbound.lists.wide_reads import (
    database_time,
    keep_wide_walk,
)
from trueup.unipile.addresses import UnusableProviderError
from trueup.unipile.provider import open_provider

POLL_ACTOR = "accounts poll"


@dataclass
class RefreshReport:
    """The result of a round over the accounts."""

    refreshes: list[AccountRefresh] = field(default_factory=list)
    is_complete: bool = True

    def of(self, outcome: str) -> list[AccountRefresh]:
        return [one for one in self.refreshes if one.outcome == outcome]


def refresh_account(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    workspace_id: int,
    account_id: int,
    actor: str,
    reason: str,
    as_of: datetime | None = None,
) -> AccountRefresh:
    """Query one account at the provider, and flip its status if it differs.

    Raises UnusableProviderError if the provider is unreachable or refuses the key, and
    LookupError for an account that is not linked at this address.
    """

    async def ask() -> AccountRefresh:
        async with open_provider(provider_dsn, api_key) as provider:
            return await check_account(
                connection,
                provider,
                provider_dsn,
                (workspace_id, account_id),
                actor,
                reason,
                as_of,
            )

    return asyncio.run(ask())


def refresh_reported_accounts(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    as_of: datetime | None = None,
) -> RefreshReport:
    """Query each account with a status webhook since its last query."""
    told = connection.execute(
        "select workspace_id, account_id from outreach.accounts_to_refresh(%s)",
        [provider_dsn],
    ).fetchall()
    report = RefreshReport()
    for workspace_id, account_id in told:
        report.refreshes.append(
            refresh_account(
                connection,
                provider_dsn,
                api_key,
                workspace_id,
                account_id,
                POLL_ACTOR,
                "asked after a webhook or a login",
                as_of,
            )
        )
    return report


def refresh_accounts(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    as_of: datetime | None = None,
    actor: str = POLL_ACTOR,
    reason: str = "poll",
) -> RefreshReport:
    """Walk the provider's accounts, and flip each of our statuses that differs.

    An account that is not listed is queried by its id, because only that answer proves
    a deletion. A complete list without any of our accounts (if we have several) belongs
    to another workspace: UnusableProviderError, and nothing is changed.
    """
    return asyncio.run(
        _refresh_all(connection, provider_dsn, api_key, as_of, actor, reason)
    )


async def _refresh_all(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    as_of: datetime | None,
    actor: str,
    reason: str,
) -> RefreshReport:
    report = RefreshReport()
    async with open_provider(provider_dsn, api_key) as provider:
        accounts = known_accounts(connection, provider_dsn)
        asked_at = as_of or database_time(connection)
        ours = {account.provider_account_id for account in accounts}
        identities = {account.linkedin_identity for account in accounts}
        walk = await provider.accounts()
        if walk.stopped_by is not None:
            refuse_unusable(walk.stopped_by, provider_dsn)
        listed = [read_account(item) for item in walk.items]
        listed_ours = [
            one
            for one in listed
            if one.provider_account_id in ours or one.identity in identities
        ]
        keep_wide_walk(
            connection,
            provider_dsn,
            "accounts",
            None,
            walk,
            [one.reduced() for one in listed_ours],
            asked_at,
            as_of,
        )
        report.is_complete = walk.is_complete
        standing = [account for account in accounts if account.status != "deleted"]
        if walk.is_complete and len(standing) > 1 and not listed_ours:
            raise UnusableProviderError(
                f"The provider at {provider_dsn} lists none of our {len(standing)} "
                "accounts, so UNIPILE_API_KEY belongs to another workspace of the "
                "provider's, or its data is gone. Set the right key; no status was "
                "changed."
            )
        for account in accounts:
            found = await found_account(provider, provider_dsn, account, listed_ours)
            if found is not None:
                report.refreshes.append(
                    apply_found(connection, account, found, actor, reason, asked_at)
                )
            elif not walk.is_complete:
                why = f"the list broke off ({walk.why_stopped})"
                report.refreshes.append(
                    AccountRefresh(account, "unproven", account.status, why=why)
                )
            elif account.status != "deleted":
                report.refreshes.append(
                    await check_account(
                        connection,
                        provider,
                        provider_dsn,
                        (account.workspace_id, account.account_id),
                        actor,
                        reason,
                        as_of,
                        listed_ours,
                    )
                )
    return report
