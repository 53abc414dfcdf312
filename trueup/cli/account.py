"""`trueup account`: the LinkedIn accounts of a workspace."""

import click
import psycopg

from trueup.cli.finding import account_of, workspace_id_of, workspace_of
from trueup.cli.options import (
    account_option,
    actor_option,
    commit_option,
    reason_option,
    script_connection,
    workspace_option,
)
from trueup.cli.output import Output, listing_options, rows_of
from trueup.cli.pausing import set_pause
from trueup.cli.sentences import NOTHING_WRITTEN, RefusalError, say
from trueup.heals.gate import sentence_of


@click.group()
def account() -> None:
    """LinkedIn accounts: list, connect, pause and resume them."""


@account.command("list")
@workspace_option("Only this workspace, by its name or id.")
@listing_options
def list_accounts(workspace: str | None, output: Output) -> None:
    """List the accounts with their status, time zone and pauses.

    --csv and --json also show why and since when each is paused.

    Example: trueup account list --workspace PIPL --csv
    """
    with script_connection("account list") as connection:
        wanted = workspace_id_of(connection, workspace)
        rows = rows_of(
            connection,
            "select accounts.* from outreach.workspaces"
            " cross join lateral outreach.list_accounts(workspaces.workspace_id)"
            " as accounts where %(wanted)s::bigint is null"
            " or workspaces.workspace_id = %(wanted)s"
            " order by accounts.workspace_id, accounts.account_id",
            {"wanted": wanted},
        )
    columns = ("account_id", "account", "workspace", "status", "timezone", "paused_by")
    output.dictionaries(rows, table=columns, none="There is no account yet.")


@account.command("show")
@click.argument("account")
@workspace_option()
@listing_options
def show_account(account: str, workspace: str | None, output: Output) -> None:
    """Show one account with its limits and sending windows.

    ACCOUNT is its name or id.

    Example: trueup account show Anisha
    """
    with script_connection("account show") as connection:
        found = account_of(connection, account, workspace)
        rows = rows_of(
            connection,
            "select * from outreach.show_account(%s, %s)",
            [found.workspace_id, found.found_id],
        )
    output.dictionaries(rows)


@account.command("connect")
@workspace_option()
@account_option("The account that logs in again, by its name or id.")
@click.option(
    "--timezone", metavar="ZONE", help="Where a new account lives: Europe/Berlin."
)
@actor_option
@commit_option
def connect_account(
    workspace: str | None,
    account: str | None,
    timezone: str | None,
    actor: str,
    commit: bool,
) -> None:
    """Print a page on which a person connects a LinkedIn account.

    With --account, that account logs in again, or is added again if it was deleted.
    With --timezone, a new account is created after the login. A dry run unless --commit
    is given and CONFIRM=yes is set.

    Example: CONFIRM=yes trueup account connect --account Anisha --commit
    """
    from trueup.inbound.accounts.hosted_auth import (
        NoHostedPageError,
        ask_for_hosted_page,
    )
    from trueup.inbound.settings import (
        UnusableSettingError,
        provider_of_environment,
        webhook_target_of_environment,
    )

    if (account is None) == (timezone is None):
        raise click.UsageError(
            "Give --account for one that logs in again, or --timezone for a new one."
        )
    try:
        dsn, api_key = provider_of_environment()
        target = webhook_target_of_environment()
        with script_connection("connect account") as connection:
            account_id = None
            if account is None:
                workspace_id = workspace_of(connection, workspace).workspace_id
            else:
                found = account_of(connection, account, workspace)
                workspace_id, account_id = found.workspace_id, found.found_id
            if not commit:
                _check(connection, dsn, workspace_id, account_id, timezone, actor)
                say(
                    f"A page would be asked for at {dsn}; who logs in on it is told "
                    f"to {target.notify_url}. {NOTHING_WRITTEN}"
                )
                return
            url = ask_for_hosted_page(
                connection,
                dsn,
                api_key,
                target,
                workspace_id,
                actor,
                account_id,
                timezone,
            )
    except (NoHostedPageError, UnusableSettingError, ValueError) as unusable:
        raise RefusalError(str(unusable)) from None
    except (
        psycopg.errors.NoDataFound,
        psycopg.errors.CheckViolation,
        psycopg.errors.ObjectNotInPrerequisiteState,
    ) as refusal:
        raise RefusalError(sentence_of(refusal)) from None
    click.echo(url)
    click.echo(
        "Good for one login, until the provider's next daily restart. The account "
        "appears once refreshed_accounts has run; a new one sends nothing until it has "
        "limits and sending windows.",
        err=True,
    )


@account.command("pause")
@click.argument("account")
@workspace_option()
@reason_option("Why; kept with the pause.")
@actor_option
def pause_account(account: str, workspace: str | None, reason: str, actor: str) -> None:
    """Pause every send of an account whose call has not begun.

    ACCOUNT is its name or id. Times of next actions stay as they are. Writes at once.

    Example: trueup account pause Anisha --reason "on holiday"
    """
    _pause(account, workspace, reason, actor, is_paused=True)


@account.command("resume")
@click.argument("account")
@workspace_option()
@reason_option("Why; kept with the pause.")
@actor_option
def resume_account(
    account: str, workspace: str | None, reason: str, actor: str
) -> None:
    """Resume an account that was paused.

    ACCOUNT is its name or id. Writes at once.

    Example: trueup account resume Anisha --reason "back from holiday"
    """
    _pause(account, workspace, reason, actor, is_paused=False)


def _pause(
    account: str, workspace: str | None, reason: str, actor: str, *, is_paused: bool
) -> None:
    with script_connection("pause account", role="operator") as connection:
        found = account_of(connection, account, workspace)
        set_pause(
            connection,
            "account",
            found.workspace_id,
            found.found_id,
            f"The account {found.name} ({found.found_id})",
            is_paused=is_paused,
            actor=actor,
            reason=reason,
        )


def _check(
    connection: psycopg.Connection,
    dsn: str,
    workspace_id: int,
    account_id: int | None,
    timezone: str | None,
    actor: str,
) -> None:
    """Raises every error that a commit would raise, and writes nothing."""
    with connection.transaction(force_rollback=True):
        connection.execute(
            "select outreach.assert_provider_dsn(%s, %s)", [workspace_id, dsn]
        )
        connection.execute(
            "select outreach.begin_hosted_auth(%s, %s, 'dry run', %s, %s, now())",
            [workspace_id, account_id, timezone, actor],
        )
