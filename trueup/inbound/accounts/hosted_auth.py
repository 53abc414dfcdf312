"""The provider's hosted login pages, on which people connect their accounts.

Belongs here: requesting such a page, storing the notice of a login, and creating or
linking the account. The notice only has the token of its page, so the token is a
secret. The provider is queried for the identity of the person.
"""

import asyncio
import hashlib
import json
import secrets
from dataclasses import dataclass, replace
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
from trueup.postgres.error_sentences import sentence_of
from trueup.unipile.addresses import settings_of
from trueup.unipile.answer import Answer
from trueup.unipile.provider import Provider, open_provider

# The provider ends every page at its daily restart, despite a later requested expiry.
VALID_FOR = timedelta(hours=12)
# What tells of a login, and of which version of the provider's API it is: notices of
# version 1, whose only proof is the page's token, and signed events of version 2.
NOTICE_STATUSES = {
    "CREATION_SUCCESS": 1,
    "RECONNECTED": 1,
    "account.add": 2,
    "account.reconnect": 2,
}
LONGEST_TEXT = 500
# The web app's own port, for a browser on this machine.
LOCAL_LANDING_URL = "http://127.0.0.1:8481/webhooks/unipile/v2/connected"
DEFAULT_PRESET = "recommended"  # of outreach.limit_presets
REFUSALS = (
    psycopg.errors.CheckViolation,
    psycopg.errors.DataError,
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
            "select outreach.begin_hosted_auth(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
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
                provider_dsn,
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
                success_redirect_url=(
                    _landing_url(target) if provider.version == 2 else None
                ),
            )
        url = (answer.body or {}).get("url")
        if not answer.is_success or not isinstance(url, str):
            said = answer.error_type or answer.detail or f"status {answer.http_status}"
            names = settings_of(provider_dsn)
            raise NoHostedPageError(
                f"The provider at {provider_dsn} gave no page to log in on: {said}. "
                f"Check {names.dsn} and {names.api_key}, then ask again."
            )
        if not url.startswith(("https://", "http://")):
            # It becomes a link on a page of ours.
            raise NoHostedPageError(
                f"The provider at {provider_dsn} gave no page to log in on: its answer "
                "names no web address. Ask again, and tell the provider if it stays so."
            )
        return url

    return asyncio.run(ask())


def _landing_url(target: WebhookTarget | None) -> str:
    """Where a page of version 2 sends the browser: it shows a sentence, no more."""
    return LOCAL_LANDING_URL if target is None else target.landing_url


@dataclass(frozen=True)
class Page:
    """The hosted page of a notice: its workspace, and the hash of its token."""

    workspace_id: int
    token_hash: str


@dataclass(frozen=True)
class Notice:
    """What tells of a login. page: None if its name is not one of our pages."""

    status: str
    provider_account_id: str
    page: Page | None

    @property
    def api_version(self) -> int:
        return NOTICE_STATUSES[self.status]


def read_notice(body: bytes) -> Notice | None:
    """Parse a notice of version 1; None if the body is none. Makes no call."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    notice = notice_of(told.get("status"), told.get("account_id"), told.get("name"))
    return notice if notice is not None and notice.api_version == 1 else None


def notice_of(
    status: object, provider_account_id: object, name: object
) -> Notice | None:
    """A notice of a login on the page of this name; None if a part is missing."""
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
        "select outreach.record_hosted_auth_notice(%s, %s, %s, %s, %s, %s)",
        [
            notice.page.workspace_id,
            notice.page.token_hash,
            notice.status,
            notice.provider_account_id,
            as_of,
            notice.api_version,
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
            shown = None
            if answer.is_success and answer.body is not None:
                shown = read_account(answer.body)
                if provider.version == 2:
                    answer, shown = await _with_owner(provider, provider_dsn, shown)
            if shown is not None:
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


async def _with_owner(
    provider: Provider, provider_dsn: str, shown: ProviderAccount
) -> tuple[Answer, ProviderAccount | None]:
    """The account with its owner's id as LinkedIn says it; None if it does not yet."""
    answer = await provider.own_profile(shown.provider_account_id)
    refuse_unusable(answer, provider_dsn)
    identity = (answer.body or {}).get("provider_id")
    if not answer.is_success or identity is None:
        return answer, None
    return answer, replace(shown, identity=identity)


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
        sentence = sentence_of(refused)
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
