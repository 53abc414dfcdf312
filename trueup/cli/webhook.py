"""`trueup webhook`: the provider's events."""

import datetime as dt

import click
import psycopg

from trueup.cli.finding import account_of
from trueup.cli.options import (
    account_option,
    commit_option,
    script_connection,
    workspace_option,
)
from trueup.cli.sentences import NOTHING_WRITTEN, RefusalError, SentenceError, say


@click.group()
def webhook() -> None:
    """Inbound events: read again what was missed."""


@webhook.command("replay")
@workspace_option()
@account_option("The account, by its name or id.", required=True)
@click.option(
    "--since",
    metavar="MOMENT",
    required=True,
    help="From when events are counted: 2026-04-28 or 2026-04-28T09:00Z; UTC unless it "
    "says otherwise.",
)
@commit_option
def replay_missed_events(
    workspace: str | None, account: str, since: str, commit: bool
) -> None:
    """Read events that an account may have missed.

    The provider stores no events to replay. The command walks relations, pending
    invitations and chats, and creates the missing events. A dry run unless --commit is
    given and CONFIRM=yes is set; it walks too, and stores nothing.

    Example: trueup webhook replay --account Anisha --since 2026-04-28
    """
    from trueup.inbound.accounts.asking import known_accounts
    from trueup.inbound.accounts.providers import provider_for
    from trueup.inbound.lists.replay import replay_account
    from trueup.inbound.lists.wide_reads import database_time
    from trueup.inbound.settings import UnusableSettingError
    from trueup.unipile.addresses import UnusableProviderError

    since_at = _moment(since)
    try:
        with script_connection("replay_missed_events") as connection:
            found = account_of(connection, account, workspace)
            dsn, api_key = provider_for(connection, found.workspace_id, found.found_id)
            linked = known_accounts(connection, dsn, found.workspace_id, found.found_id)
            if not linked:
                raise SentenceError(
                    f"{found.name} (account {found.found_id}) is not linked at the "
                    f"provider {dsn}. Connect it with `trueup account connect` first."
                )
            if since_at > database_time(connection):
                raise SentenceError(f"--since is {since_at.isoformat()}, yet to come.")
            replay = replay_account(
                connection, dsn, api_key, linked[0], since_at, commit=commit
            )
    except (UnusableProviderError, UnusableSettingError) as error:
        raise SentenceError(str(error)) from None
    except (
        psycopg.errors.NoDataFound,
        psycopg.errors.ObjectNotInPrerequisiteState,
    ) as refusal:
        raise SentenceError(str(refusal.diag.message_primary)) from None
    for why in replay.not_read:
        raise RefusalError(
            f"{linked[0].label} was not read: {why}. Reconnect it with "
            "`trueup account connect`, then replay again."
        )
    verb = "became events" if commit else "would become events"
    told = ", ".join(f"{count} {event_type}" for event_type, count in replay.events)
    say(
        f"{linked[0].label}: {told or '0'} since {since_at:%Y-%m-%d %H:%M %Z} {verb}; "
        f"{replay.reads} lists read, {replay.incomplete} of them not to the end."
    )
    if not commit:
        click.echo(NOTHING_WRITTEN)


def _moment(text: str) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise SentenceError(
            f"--since is {text!r}, which is no date or time. Write it as 2026-04-28 "
            "or 2026-04-28T09:00Z."
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
