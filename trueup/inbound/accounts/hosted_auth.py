"""The provider's hosted login pages, on which people connect their accounts.

Belongs here: requesting such a page, storing the notice of a login, and creating or
linking the account. The notice only has the token of its page, so the token is a
secret. The provider is queried for the identity of the person.
"""

import asyncio
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import psycopg

from trueup.inbound.accounts.answers import (
    ProviderAccount,
    read_account,
    refuse_unusable,
)
from trueup.inbound.lists.wide_reads import database_time
from trueup.inbound.settings import WebhookTarget
from trueup.unipile.addresses import settings_of
from trueup.unipile.provider import open_provider

# The provider ends every page at its daily restart, despite a later requested expiry.
VALID_FOR = timedelta(hours=12)
NOTICE_STATUSES = ("CREATION_SUCCESS", "RECONNECTED")
LONGEST_TEXT = 500
DEFAULT_PRESET = "recommended"  # of outreach.limit_presets
REFUSALS = (
    psycopg.errors.CheckViolation,
    psycopg.errors.ObjectNotInPrerequisiteState,
    psycopg.errors.UniqueViolation,
)

Received = Literal["kept", "told before", "unknown"]


class NoHostedPageError(Exception):
    """The provider returned no page; the text is a sentence."""


@dataclass(frozen=True)
class FinishedLogin:
    """The result of a login. account_id: None if it was refused or must wait."""

    workspace_id: int
    link_id: int
    account_id: int | None
    refusal: str | None = None
    waits_for: str | None = None


def ask_for_hosted_page(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    target: WebhookTarget | None,
    workspace_id: int,
    requested_by: str,
    account_id: int | None = None,
    timezone: str | None = None,
    as_of: datetime | None = None,
    limit_preset: str = DEFAULT_PRESET,
    account_age: str | None = None,
) -> str:
    """The address of a login page, valid for one login today.

    target: None if the provider cannot reach this machine; nobody tells of the login
        then (`adopting.py`). account_id: the account that logs in; None for a new one,
        which gets `timezone`, or its workspace's, and the limits of `limit_preset` for
        `account_age`, an interval such as "2 years". Raises NoHostedPageError, and
        psycopg's NoDataFound, CheckViolation or ObjectNotInPrerequisiteState with a
        sentence.
    """
    token = secrets.token_urlsafe(32)
    name = f"trueup-{workspace_id}-{token}"
    expires_at = (as_of or database_time(connection)) + VALID_FOR
    with connection.transaction():
        connection.execute(
            "select outreach.assert_provider_dsn(%s, %s)", [workspace_id, provider_dsn]
        )
        row = connection.execute(
            "select outreach.begin_hosted_auth(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                workspace_id,
                account_id,
                _hash(token),
                timezone,
                requested_by,
                expires_at,
                as_of,
                limit_preset,
                account_age,
            ],
        ).fetchone()
    assert row is not None

    async def ask() -> str:
        async with open_provider(provider_dsn, api_key) as provider:
            answer = await provider.hosted_auth_link(
                expires_on=_milliseconds(expires_at),
                name=name,
                notify_url=None if target is None else target.notify_url,
                reconnect_account=row[0],
            )
        url = (answer.body or {}).get("url")
        if not answer.is_success or not isinstance(url, str):
            said = answer.error_type or answer.detail or f"status {answer.http_status}"
            names = settings_of(provider_dsn)
            raise NoHostedPageError(
                f"The provider at {provider_dsn} gave no page to log in on: {said}. "
                f"Check {names.dsn} and {names.api_key}, then ask again."
            )
        return url

    return asyncio.run(ask())


@dataclass(frozen=True)
class Page:
    """The hosted page of a notice: its workspace, and the hash of its token."""

    workspace_id: int
    token_hash: str


@dataclass(frozen=True)
class Notice:
    """A notice from the web. page: None if its name is not one of our pages."""

    status: str
    provider_account_id: str
    page: Page | None


def read_notice(body: bytes) -> Notice | None:
    """Parse a notice; None if the body is no notice. Makes no call."""
    try:
        notice = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(notice, dict):
        return None
    name, status = notice.get("name"), notice.get("status")
    provider_account_id = notice.get("account_id")
    if not (
        _is_text(name)
        and _is_text(provider_account_id)
        and isinstance(status, str)
        and status in NOTICE_STATUSES
    ):
        return None
    workspace, _, token = name.removeprefix("trueup-").partition("-")
    is_number = workspace.isascii() and workspace.isdecimal() and len(workspace) < 19
    if not name.startswith("trueup-") or not is_number:
        return Notice(status, provider_account_id, page=None)
    return Notice(status, provider_account_id, Page(int(workspace), _hash(token)))


def keep_notice(
    connection: psycopg.Connection, notice: Notice, as_of: datetime | None = None
) -> Received:
    """Store a notice of one of our pages, in one statement and without a call."""
    assert notice.page is not None
    row = connection.execute(
        "select outreach.record_hosted_auth_notice(%s, %s, %s, %s, %s)",
        [
            notice.page.workspace_id,
            notice.page.token_hash,
            notice.status,
            notice.provider_account_id,
            as_of,
        ],
    ).fetchone()
    assert row is not None
    return row[0]


def finish_logins(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    as_of: datetime | None = None,
) -> list[FinishedLogin]:
    """Create or link the account of each new login.

    The accounts start as connecting; `reconnect.reconnect_account` continues from
    there. Raises UnusableProviderError if the provider is unreachable or refuses the
    key.
    """
    return asyncio.run(_finish_logins(connection, provider_dsn, api_key, as_of))


async def _finish_logins(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    as_of: datetime | None,
) -> list[FinishedLogin]:
    waiting = connection.execute(
        "select workspace_id, link_id, provider_account_id"
        " from outreach.hosted_auths_to_finish(%s)",
        [provider_dsn],
    ).fetchall()
    finished = []
    async with open_provider(provider_dsn, api_key) as provider:
        for workspace_id, link_id, provider_account_id in waiting:
            answer = await provider.get_account(provider_account_id)
            refuse_unusable(answer, provider_dsn)
            if answer.is_success and answer.body is not None:
                shown = read_account(answer.body)
                one = _finish(connection, workspace_id, link_id, shown, as_of)
            elif answer.is_missing:
                refusal = (
                    f"The provider has no account {provider_account_id}, which the "
                    "notice named. Connect it again."
                )
                one = _refuse(connection, workspace_id, link_id, refusal, as_of)
            else:
                why = answer.error_type or answer.detail or f"{answer.http_status}"
                one = FinishedLogin(workspace_id, link_id, None, waits_for=why)
            finished.append(one)
    return finished


def _finish(
    connection: psycopg.Connection,
    workspace_id: int,
    link_id: int,
    shown: ProviderAccount,
    as_of: datetime | None,
) -> FinishedLogin:
    if shown.identity is None:
        refusal = (
            f"The provider does not say which LinkedIn member account "
            f"{shown.provider_account_id} is. Connect it again."
        )
        return _refuse(connection, workspace_id, link_id, refusal, as_of)
    try:
        with connection.transaction():
            row = connection.execute(
                "select outreach.finish_hosted_auth(%s, %s, %s, %s, %s, %s, %s)",
                [
                    workspace_id,
                    link_id,
                    shown.identity,
                    shown.name or shown.provider_account_id,
                    shown.has_premium,
                    as_of,
                    list(shown.premium_features),
                ],
            ).fetchone()
    except REFUSALS as refused:
        said = refused.diag
        sentence = f"{said.message_primary}. {said.message_hint or ''}".strip()
        return _refuse(connection, workspace_id, link_id, sentence, as_of)
    assert row is not None
    return FinishedLogin(workspace_id, link_id, row[0])


def _refuse(
    connection: psycopg.Connection,
    workspace_id: int,
    link_id: int,
    refusal: str,
    as_of: datetime | None,
) -> FinishedLogin:
    connection.execute(
        "select outreach.refuse_hosted_auth(%s, %s, %s, %s)",
        [workspace_id, link_id, refusal, as_of],
    )
    return FinishedLogin(workspace_id, link_id, None, refusal=refusal)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _is_text(value: object) -> bool:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        return False
    return value.isascii() and value.isprintable()


def _milliseconds(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + (
        f"{at.microsecond // 1_000:03d}Z"
    )
