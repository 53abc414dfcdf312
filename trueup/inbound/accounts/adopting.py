"""Accounts at the provider that are in no workspace: nobody told of their login.

Belongs here: listing them, and taking one into a workspace when a person says that the
login was made. A provider that can reach this machine tells it: `hosted_auth.py`.
"""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime

import psycopg

from trueup.inbound.accounts.answers import (
    ProviderAccount,
    read_account,
    refuse_unusable,
)
from trueup.inbound.accounts.hosted_auth import (
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


@dataclass(frozen=True)
class StatedSettings:
    """What a person says of an account that logged in; None for what they do not say.

    link_id: the number of the login page whose settings it has; else its time zone, the
    preset of its limits, and its age, an interval such as "2 years".
    """

    link_id: int | None = None
    timezone: str | None = None
    limit_preset: str | None = None
    account_age: str | None = None


@dataclass(frozen=True)
class Adoption:
    """An account that was taken in. settings: which it has, and where they are from."""

    login: FinishedLogin
    settings: str


def adopt_account(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    workspace_id: int,
    account: ProviderAccount,
    actor: str,
    stated: StatedSettings | None = None,
    as_of: datetime | None = None,
) -> Adoption:
    """Takes an account of `unlinked_accounts` into a workspace.

    outreach.take_login_page decides whose settings it has. Raises psycopg's
    CheckViolation, NoDataFound or ObjectNotInPrerequisiteState with a sentence, and
    UnusableProviderError.
    """
    now = as_of or database_time(connection)
    stated = stated or StatedSettings()
    with connection.transaction():
        connection.execute(
            "select outreach.assert_provider_dsn(%s, %s)", [workspace_id, provider_dsn]
        )
        row = connection.execute(
            "select link_id, token_sha256, settings, settings_from"
            " from outreach.take_login_page(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                workspace_id,
                provider_dsn,
                stated.link_id,
                stated.timezone,
                stated.limit_preset,
                stated.account_age,
                secrets.token_hex(32),
                actor,
                now + VALID_FOR,
                now,
            ],
        ).fetchone()
        assert row is not None
        link_id, token_hash, settings, settings_from = row
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
    (login,) = (
        one
        for one in finished
        if (one.workspace_id, one.link_id) == (workspace_id, link_id)
    )
    return Adoption(login, f"{settings} (from {settings_from})")
