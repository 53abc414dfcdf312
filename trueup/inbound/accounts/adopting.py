"""Accounts at the provider that are in no workspace: nobody told of their login.

Belongs here: listing them, and taking one into a workspace when a person says that the
login was made. A provider that can reach this machine tells it: `hosted_auth.py`.
"""

import asyncio
import secrets
from datetime import datetime

import psycopg

from trueup.inbound.accounts.answers import (
    ProviderAccount,
    read_account,
    refuse_unusable,
)
from trueup.inbound.accounts.hosted_auth import (
    DEFAULT_PRESET,
    VALID_FOR,
    FinishedLogin,
    finish_logins,
)
from trueup.inbound.lists.wide_reads import database_time
from trueup.unipile.addresses import version_of
from trueup.unipile.provider import open_provider


def unlinked_accounts(
    connection: psycopg.Connection, provider_dsn: str, api_key: str
) -> list[ProviderAccount]:
    """The LinkedIn accounts at the provider that no workspace has, the newest first.

    Raises UnusableProviderError if the provider is unreachable or refuses the key.
    """

    async def ask() -> list[ProviderAccount]:
        async with open_provider(provider_dsn, api_key) as provider:
            walk = await provider.accounts()
        if walk.stopped_by is not None:
            refuse_unusable(walk.stopped_by, provider_dsn)
        return [
            read_account(item)
            for item in walk.items
            if item.get("type", "LINKEDIN") == "LINKEDIN"
        ]

    listed = asyncio.run(ask())
    known = connection.execute(
        "select linkedin_identity, provider_account_id from outreach.provider_accounts"
    ).fetchall()
    ours = {text for row in known for text in row}
    unlinked = [
        one
        for one in listed
        if one.provider_account_id not in ours and one.identity not in ours
    ]
    return sorted(unlinked, key=lambda one: one.created_at, reverse=True)


def adopt_account(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    workspace_id: int,
    account: ProviderAccount,
    actor: str,
    timezone: str | None = None,
    limit_preset: str = DEFAULT_PRESET,
    account_age: str | None = None,
    as_of: datetime | None = None,
) -> FinishedLogin:
    """Takes an account of `unlinked_accounts` into a workspace.

    The settings are those of the newest login page of the workspace that waits, if
    there is one, else those given here. Raises psycopg's CheckViolation, NoDataFound or
    ObjectNotInPrerequisiteState with a sentence, and UnusableProviderError.
    """
    now = as_of or database_time(connection)
    with connection.transaction():
        connection.execute(
            "select outreach.assert_provider_dsn(%s, %s)", [workspace_id, provider_dsn]
        )
        (token_hash,) = connection.execute(
            "select outreach.open_hosted_auth(%s, %s, %s)",
            [workspace_id, now, provider_dsn],
        ).fetchone()
        if token_hash is None:
            token_hash = secrets.token_hex(32)
            connection.execute(
                "select outreach.begin_hosted_auth(%s, null, %s, %s, %s, %s, %s, %s,"
                " %s, %s)",
                [
                    workspace_id,
                    token_hash,
                    timezone,
                    actor,
                    now + VALID_FOR,
                    now,
                    limit_preset,
                    account_age,
                    provider_dsn,
                ],
            )
        connection.execute(
            "select outreach.record_hosted_auth_notice(%s, %s, %s, %s, %s, %s)",
            [
                workspace_id,
                token_hash,
                "CREATION_SUCCESS",
                account.provider_account_id,
                now,
                version_of(provider_dsn),
            ],
        )
    finished = finish_logins(connection, provider_dsn, api_key, as_of)
    return max(
        (one for one in finished if one.workspace_id == workspace_id),
        key=lambda one: one.link_id,
    )
