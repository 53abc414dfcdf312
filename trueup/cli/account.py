"""`trueup account`: the LinkedIn accounts of a workspace."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, LiteralString

import click
import psycopg

from trueup.cli import account_moves, account_settings
from trueup.cli.account_logins import (
    NewAccount,
    Reach,
    add_account_that_logged_in,
    print_page_for_known_account,
    print_page_for_new_account,
    refresh_account_that_logged_in,
)
from trueup.cli.account_settings import (
    allowances_of,
    local_text,
    print_limits,
    shown_account,
    window_sentence,
    zone_sentence,
)
from trueup.cli.finding import account_of, workspace_id_of, workspace_of
from trueup.cli.options import (
    account_option,
    actor_option,
    reason_option,
    script_connection,
    workspace_option,
)
from trueup.cli.output import Output, listing_options, rows_of
from trueup.cli.pausing import set_pause
from trueup.cli.sentences import RefusalError, say
from trueup.cli.spans import AGE
from trueup.postgres.error_sentences import sentence_of
from trueup.postgres.finding import Found


@click.group()
def account() -> None:
    """LinkedIn accounts: connect them, set their limits, windows and zones, pause."""


for command in (
    account_settings.limits,
    account_settings.windows,
    account_settings.timezone,
    account_moves.migrate_to_v2,
):
    account.add_command(command)


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
    output.dictionaries(
        rows,
        table=columns,
        none="There is no account yet.",
        cut=("account", "workspace", "paused_by"),
        optional=("paused_by",),
    )


@account.command("show")
@click.argument("account")
@workspace_option()
@listing_options
def show_account(account: str, workspace: str | None, output: Output) -> None:
    """Show one account: status, activity, windows, limits.

    ACCOUNT is its name or id. Moments are in the account's own time; --csv and --json
    have all columns.

    Example: trueup account show Anisha
    """
    with script_connection("account show") as connection:
        found = account_of(connection, account, workspace)
        shown = shown_account(connection, found)
        shown |= _mart_row(connection, _LAST_ACTIVITY, found)
        shown |= _mart_row(connection, _WEBHOOK_COVERAGE, found)
        limits = allowances_of(connection, found)
    if not output.is_table:
        output.dictionaries([shown])
        return
    zone = shown["timezone"]
    for name, text in (
        ("account", f"{shown['account']} ({shown['account_id']})"),
        ("workspace", shown["workspace"]),
        ("type", shown["account_type"].replace("_", " ")),
        ("opened on", shown["opened_on"] or "unknown, which counts as new"),
        ("status", f"{shown['status']}, {_since(shown['status_since'], zone)}"),
        ("because", shown["status_reason"]),
        ("paused", _pause_text(shown)),
        ("last activity", _activity_text(shown)),
        ("lives in", zone_sentence(shown)),
        ("sends", f"{shown['sending_windows'] or 'never'}. {window_sentence(shown)}"),
        ("webhooks", _coverage_text(shown)),
    ):
        if text:
            say(f"{name}: {text}")
    say("")
    print_limits(limits, zone)


_LAST_ACTIVITY = (
    "select last_activity_at, last_activity_source"
    " from analytics.account_last_activity where workspace_id = %s and account_id = %s"
)
_WEBHOOK_COVERAGE = (
    "select coverage as webhook_coverage, missing_events as missing_webhook_events"
    " from analytics.webhook_coverage where workspace_id = %s and account_id = %s"
)
_NOT_BUILT = "unknown until the models are built, which scripts/up does"


def _mart_row(
    connection: psycopg.Connection, query: LiteralString, found: Found
) -> dict[str, object]:
    """The account's row of a mart; empty where the mart has none or is not built."""
    try:
        rows = rows_of(connection, query, [found.workspace_id, found.found_id])
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return {}
    return rows[0] if rows else {}


def _since(moment: dt.datetime | None, zone: str) -> str:
    # An account that was loaded with its status has no row of a change.
    return f"since {local_text(moment, zone)}" if moment else "since an unknown moment"


def _pause_text(shown: Mapping[str, Any]) -> str:
    if shown["paused_at"] is None:
        return ""
    since = _since(shown["paused_at"], shown["timezone"])
    return f"{since} by {shown['paused_by']}: {shown['paused_reason']}"


def _activity_text(shown: Mapping[str, Any]) -> str:
    if "last_activity_source" not in shown:
        return _NOT_BUILT
    if shown["last_activity_at"] is None:
        return "none yet"
    at = local_text(shown["last_activity_at"], shown["timezone"])
    return f"{at}, {shown['last_activity_source']}"


def _coverage_text(shown: Mapping[str, Any]) -> str:
    coverage = shown.get("webhook_coverage", _NOT_BUILT)
    missing = shown.get("missing_webhook_events")
    return f"{coverage}: {missing}" if missing else str(coverage)


@account.command("connect")
@workspace_option()
@account_option("The account that logs in again, by its name or id.")
@click.option(
    "--timezone",
    metavar="ZONE",
    help="Where a new account lives, such as Europe/Berlin; its workspace's zone by"
    " default.",
)
@click.option(
    "--account-age",
    type=AGE,
    metavar="AGE",
    help="How old the LinkedIn account is, such as 2y, 6mo or new: an older one starts"
    " with higher limits. New by default.",
)
@click.option(
    "--preset",
    metavar="NAME",
    help="The first limits of a new account: recommended, which is the default, or"
    " careful.",
)
@click.option(
    "--logged-in",
    is_flag=True,
    help="Say that the login was made, where the provider cannot reach this machine.",
)
@click.option(
    "--provider-account",
    metavar="NAME",
    help="With --logged-in, where several logged in: its name or id at the provider.",
)
@click.option(
    "--link",
    type=click.IntRange(1, 2**63 - 1),
    metavar="N",
    help="With --logged-in, where several login pages are open: the number of the page"
    " whose settings the account gets.",
)
@actor_option
def connect_account(
    workspace: str | None,
    account: str | None,
    timezone: str | None,
    account_age: str | None,
    preset: str | None,
    logged_in: bool,
    provider_account: str | None,
    link: int | None,
    actor: str,
) -> None:
    """Print a page on which a person connects a LinkedIn account.

    Without --account, the login adds a new account, with a time zone, sending windows
    and limits, so that it can send. With --account, that account logs in again, or is
    added again if it was deleted. Writes at once.

    With --logged-in, the new account gets the settings of the login page that is open.
    Where several are open with different settings, name one with --link, or give
    --timezone, --account-age or --preset: what you leave out is then the default.

    Example: trueup account connect --workspace PIPL --account-age 2y
    """
    from trueup.inbound.accounts.hosted_auth import NoHostedPageError
    from trueup.inbound.accounts.providers import provider_for
    from trueup.inbound.settings import (
        UnusableSettingError,
        login_target_if_set,
    )
    from trueup.unipile.addresses import UnusableProviderError

    if account is not None and (
        timezone or account_age or preset or provider_account or link
    ):
        raise click.UsageError(
            "--timezone, --account-age, --preset, --provider-account and --link are "
            "for a new account. For a known one use `trueup account timezone` and "
            "`trueup account limits`."
        )
    if (provider_account or link) and not logged_in:
        raise click.UsageError("--provider-account and --link belong to --logged-in.")
    if link and (timezone or account_age or preset):
        raise click.UsageError(
            "The login page of --link has its settings. Leave out --timezone, "
            "--account-age and --preset, or --link."
        )
    try:
        target = login_target_if_set()
        with script_connection("connect account") as connection:
            if account is None:
                workspace_id = workspace_of(connection, workspace).workspace_id
                reach = Reach(*provider_for(connection, workspace_id), target)
                new = NewAccount(
                    workspace_id, timezone, preset, account_age, link, actor
                )
                if logged_in:
                    add_account_that_logged_in(connection, reach, new, provider_account)
                else:
                    print_page_for_new_account(connection, reach, new)
            else:
                found = account_of(connection, account, workspace)
                key = found.workspace_id, found.found_id
                reach = Reach(*provider_for(connection, *key), target)
                if logged_in:
                    refresh_account_that_logged_in(connection, reach, found, actor)
                else:
                    print_page_for_known_account(connection, reach, found, actor)
    except (
        NoHostedPageError,
        UnusableProviderError,
        UnusableSettingError,
        LookupError,
        ValueError,
    ) as unusable:
        raise RefusalError(str(unusable)) from None
    except (
        psycopg.errors.NoDataFound,
        psycopg.errors.CheckViolation,
        psycopg.errors.ObjectNotInPrerequisiteState,
    ) as refusal:
        raise RefusalError(sentence_of(refusal)) from None


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
@reason_option("Why it goes on; kept with who resumed it.")
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
