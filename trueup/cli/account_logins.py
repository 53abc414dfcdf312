"""The steps of `trueup account connect`: a login page, and what follows a login.

Belongs here: calling `trueup.inbound.accounts`, and what is printed. Does not: options.
"""

import dataclasses
import shlex

import click
import psycopg

from trueup.cli.output import rows_of
from trueup.cli.sentences import RefusalError, say
from trueup.inbound.settings import WebhookTarget
from trueup.postgres.error_sentences import sentence_of
from trueup.postgres.finding import Found

_ONE_LOGIN = (
    "Open this page and log in to LinkedIn. It is good for one login, until the "
    "provider's next daily restart."
)
_TOLD = "within minutes of the login, while scripts/up runs"


@dataclasses.dataclass(frozen=True)
class Reach:
    """The provider, and where it reaches this machine; target: None if it cannot."""

    dsn: str
    api_key: str = dataclasses.field(repr=False)
    target: WebhookTarget | None


@dataclasses.dataclass(frozen=True)
class NewAccount:
    """What a person says of a new account; None for what they do not say.

    account_age: an interval for Postgres. link_id: the number of a login page.
    """

    workspace_id: int
    timezone: str | None
    preset: str | None
    account_age: str | None
    link_id: int | None
    actor: str


def print_page_for_new_account(
    connection: psycopg.Connection, reach: Reach, new: NewAccount
) -> None:
    """Prints a login page, what the account gets, and what comes next."""
    from trueup.inbound.accounts.hosted_auth import (
        DEFAULT_PRESET,
        ask_for_hosted_page,
    )

    workspace, first = _first_settings(connection, new)
    url = ask_for_hosted_page(
        connection,
        reach.dsn,
        reach.api_key,
        reach.target,
        new.workspace_id,
        new.actor,
        timezone=new.timezone,
        limit_preset=new.preset or DEFAULT_PRESET,
        account_age=new.account_age,
    )
    click.echo(url)
    next_step = (
        f"It appears in `trueup account list` {_TOLD}."
        if reach.target
        else "The provider tells nobody of the login, because TRUEUP_WEBHOOK_URL is "
        "not set, here or for scripts/up. After the login run:\n"
        "  scripts/trueup account connect --logged-in "
        f"--workspace {shlex.quote(workspace)}"
    )
    for line in (_ONE_LOGIN, *first, next_step):
        say(line, err=True)


def print_page_for_known_account(
    connection: psycopg.Connection, reach: Reach, found: Found, actor: str
) -> None:
    """Prints a login page of an account that logs in again, and what comes next."""
    from trueup.inbound.accounts.hosted_auth import ask_for_hosted_page

    workspace_id, account_id = found.workspace_id, found.found_id
    url = ask_for_hosted_page(
        connection,
        reach.dsn,
        reach.api_key,
        reach.target,
        workspace_id,
        actor,
        account_id,
    )
    click.echo(url)
    say(_ONE_LOGIN, err=True)
    if reach.target:
        say(f"The account is connected again {_TOLD}.", err=True)
    else:
        say(
            "After the login run:\n  scripts/trueup account connect --logged-in "
            f"--account {shlex.quote(found.name)}",
            err=True,
        )


def add_account_that_logged_in(
    connection: psycopg.Connection, reach: Reach, new: NewAccount, named: str | None
) -> None:
    """Adds the account at the provider that no workspace has. Raises RefusalError."""
    from trueup.inbound.accounts.adopting import (
        StatedSettings,
        adopt_account,
        unlinked_accounts,
    )

    unlinked = unlinked_accounts(connection, reach.dsn, reach.api_key)
    chosen = [
        one for one in unlinked if named in (None, one.name, one.provider_account_id)
    ]
    if len(chosen) != 1:
        listed = ", ".join(
            f'"{one.name}" ({one.provider_account_id})' for one in unlinked
        )
        raise RefusalError(
            "Several accounts at the provider are in no workspace. Say which with "
            f"--provider-account: {listed}."
            if len(chosen) > 1
            else f"No such account at the provider is in no workspace. There are: "
            f"{listed or 'none'}. Log in on the page of `trueup account connect` first."
        )
    (account,) = chosen
    try:
        adoption = adopt_account(
            connection,
            reach.dsn,
            reach.api_key,
            new.workspace_id,
            account,
            new.actor,
            StatedSettings(new.link_id, new.timezone, new.preset, new.account_age),
        )
    except psycopg.errors.ObjectNotInPrerequisiteState as refused:
        if not (refused.diag.message_hint or "").startswith("Say which page: "):
            raise
        raise RefusalError(
            f"{sentence_of(refused)} Repeat the command with --link and its number, "
            "or with the settings: --account-age (new, if not known), --timezone, "
            "--preset."
        ) from None
    login = adoption.login
    if login.account_id is None:
        raise RefusalError(
            login.refusal
            or f"The provider does not show the account yet: {login.waits_for}. Run "
            "the same command again."
        )
    say(f"Settings of {account.name}: {adoption.settings}.")
    found = Found(new.workspace_id, "", login.account_id, account.name, "", 1)
    refresh_account_that_logged_in(connection, reach, found, new.actor)


def refresh_account_that_logged_in(
    connection: psycopg.Connection, reach: Reach, found: Found, actor: str
) -> None:
    """Asks the provider for the account's status, and prints it."""
    from trueup.inbound.accounts.refresh import refresh_account

    refresh = refresh_account(
        connection,
        reach.dsn,
        reach.api_key,
        found.workspace_id,
        found.found_id,
        actor,
        "logged in",
    )
    say(
        f"{found.name} ({found.found_id}) is {refresh.to_status}. See what it does:\n"
        f"  scripts/trueup account show {shlex.quote(found.name)}"
    )


def _first_settings(
    connection: psycopg.Connection, new: NewAccount
) -> tuple[str, list[str]]:
    """The workspace, and what a new account gets there.

    Raises psycopg's NoDataFound and CheckViolation.
    """
    from trueup.inbound.accounts.hosted_auth import DEFAULT_PRESET

    preset = new.preset or DEFAULT_PRESET
    rows = rows_of(
        connection,
        "select * from outreach.first_settings(%s, %s, %s, %s, current_date)",
        [new.workspace_id, new.timezone, preset, new.account_age],
    )
    free, paid = (f"{row['invites_per_day']} to {row['goal_per_day']}" for row in rows)
    first = rows[0]
    age = f"an account of {new.account_age}" if new.account_age else "a new account"
    return first["workspace"], [
        f"The account joins workspace {first['workspace']}, lives in "
        f"{first['timezone_of_account']}, and sends {first['sending_windows']} there.",
        f'Its limits are the preset "{preset}" for {age}: the daily invites grow '
        f"from {free} if it is a free account, from {paid} if it is a paid one. See "
        "and change it with `trueup account show`, `limits`, `windows` and `timezone`.",
    ]
