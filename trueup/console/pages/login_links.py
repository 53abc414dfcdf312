"""Login pages of the provider, for a new account or one that logs in again.

Belongs here: asking for one, and the page that leads to it. The link is good for one
login, so it is shown and never part of an address of ours.
"""

from dataclasses import dataclass

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from trueup.console.forms import RefusedError
from trueup.console.rendering import render
from trueup.console.serving import acting, actor_of
from trueup.inbound.accounts.hosted_auth import (
    DEFAULT_PRESET,
    NoHostedPageError,
    ask_for_hosted_page,
)
from trueup.inbound.settings import (
    UnusableSettingError,
    provider_of_environment,
    webhook_target_of_environment,
)


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
        dsn, api_key = provider_of_environment()
        target = webhook_target_of_environment()
        with acting(request) as connection:
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
    return render(request, "login_link.html", url=url, is_new=new is not None)
