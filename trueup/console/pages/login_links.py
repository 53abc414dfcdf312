"""Login pages of the provider, for a new account or one that logs in again.

Belongs here: asking for one, the page that leads to it, and taking in an account whose
login nobody told. The link is good for one login, so it is shown and never part of an
address of ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from trueup.console.forms import RefusedError
from trueup.console.rendering import render
from trueup.console.serving import acting, actor_of
from trueup.inbound.accounts.adopting import (
    StatedSettings,
    adopt_account,
    unlinked_accounts,
)
from trueup.inbound.accounts.answers import ProviderAccount
from trueup.inbound.accounts.hosted_auth import (
    DEFAULT_PRESET,
    NoHostedPageError,
    ask_for_hosted_page,
)
from trueup.inbound.accounts.providers import provider_for
from trueup.inbound.accounts.refresh import refresh_account
from trueup.inbound.settings import (
    UnusableSettingError,
    login_target_if_set,
)
from trueup.unipile.addresses import UnusableProviderError


@dataclass(frozen=True)
class FirstSettings:
    """What a new account starts with. timezone: None for that of its workspace."""

    timezone: str | None
    limit_preset: str
    account_age: str | None


def show_login_link(
    request: Request,
    workspace_id: int,
    *,
    account_id: int | None = None,
    new: FirstSettings | None = None,
) -> Response:
    """A page with the link. account_id: who logs in again; new: else.

    Raises RefusedError if the provider gives no page, and psycopg's refusals.
    """
    try:
        target = login_target_if_set()
        with acting(request) as connection:
            dsn, api_key = provider_for(connection, workspace_id, account_id)
            url = ask_for_hosted_page(
                connection,
                dsn,
                api_key,
                target,
                workspace_id,
                actor_of(request),
                account_id,
                timezone=new and new.timezone,
                limit_preset=new.limit_preset if new else DEFAULT_PRESET,
                account_age=new and new.account_age,
            )
    except (NoHostedPageError, UnusableSettingError, ValueError) as unusable:
        raise RefusedError(str(unusable)) from None
    except psycopg.errors.ForeignKeyViolation:
        raise RefusedError(
            "This workspace does not exist. Choose one of the list."
        ) from None
    return render(
        request,
        "login_link.html",
        url=url,
        workspace_id=workspace_id,
        is_new=new is not None,
        is_told=target is not None,
    )


class TakenIn(NamedTuple):
    """An account that was added. settings: which it has, and where they are from."""

    name: str
    account_id: int
    settings: str


def take_in(
    request: Request, workspace_id: int, named: str, link_id: int | None
) -> TakenIn:
    """Adds an account that logged in at the provider and that no workspace has.

    named: its name or id at the provider; empty if there is only one. link_id: the
    login page whose settings it gets; None for the open one. Raises RefusedError, and
    psycopg's refusals.
    """
    try:
        with acting(request) as connection:
            dsn, api_key = provider_for(connection, workspace_id)
            unlinked = unlinked_accounts(connection, dsn, api_key)
            chosen = [
                one
                for one in unlinked
                if named in ("", one.name, one.provider_account_id)
            ]
            if len(chosen) != 1:
                raise RefusedError(
                    _which(unlinked, named, _newest_of(connection, workspace_id, named))
                )
            (account,) = chosen
            actor = actor_of(request)
            adoption = adopt_account(
                connection,
                dsn,
                api_key,
                workspace_id,
                account,
                actor,
                StatedSettings(link_id),
            )
            login = adoption.login
            if login.account_id is None:
                raise RefusedError(
                    login.refusal
                    or "The provider does not show the account yet: "
                    f"{login.waits_for}. Send this again in a moment."
                )
            refresh_account(
                connection,
                dsn,
                api_key,
                workspace_id,
                login.account_id,
                actor,
                "logged in",
            )
    except (UnusableSettingError, UnusableProviderError, LookupError) as unusable:
        raise RefusedError(str(unusable)) from None
    name = account.name or account.provider_account_id
    return TakenIn(name, login.account_id, adoption.settings)


def _newest_of(
    connection: psycopg.Connection, workspace_id: int, named: str
) -> str | None:
    """The newest account of the workspace, of those with this name if one is given."""
    row = connection.execute(
        "select name from outreach.linkedin_accounts where workspace_id = %s"
        " and %s in ('', name) order by account_id desc limit 1",
        [workspace_id, named],
    ).fetchone()
    return row[0] if row else None


def _which(unlinked: Sequence[ProviderAccount], named: str, newest: str | None) -> str:
    """newest: the newest account that is here, with this name if one is given."""
    if named and newest:
        return f"{newest} is here already."
    listed = ", ".join(f"{one.name} ({one.provider_account_id})" for one in unlinked)
    if not listed and newest:
        return (
            "Every account at the provider is in a workspace. The newest one of this "
            f"workspace is {newest}, which is here already."
        )
    if not listed:
        return (
            "The provider has no account that is in no workspace. Let its owner log in "
            "on a login page first."
        )
    if named:
        return f"No account of this name is in no workspace. There are: {listed}."
    return f"Several accounts are in no workspace. Say which: {listed}."
