"""Reads again what an account may have missed, from the provider's lists.

The provider keeps no events to replay: relations, pending invitations and chats are
walked, and what they tell and nobody told before becomes an event. A dry run unless
--commit is given and CONFIRM=yes is set; it walks too, and keeps nothing.
"""

import contextlib
import datetime as dt
import pathlib
import sys

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from trueup.cli.row_ids import ROW_ID
from trueup.heals.gate import (
    NOTHING_WRITTEN,
    SentenceError,
    gated,
    opened,
)
from trueup.inbound.accounts.asking import KnownAccount, known_accounts
from trueup.inbound.lists.polls import poll_accounts
from trueup.inbound.lists.provider_reads import ReadAccount
from trueup.inbound.lists.wide_reads import database_time
from trueup.inbound.settings import (
    UnusableSettingError,
    provider_of_environment,
)
from trueup.sender import UnusableProviderError

NEW_EVENTS = (
    "select event_type, count(*) from outreach.linkedin_events"
    " where workspace_id = %s and account_id = %s and event_id > %s"
    " and coalesce(occurred_at, received_at) >= %s group by 1 order by 1"
)


@click.command(help=__doc__)
@click.option("--account", type=ROW_ID, required=True, help="The account's id.")
@click.option(
    "--since",
    required=True,
    help="From when events are counted, such as 2026-04-28 or 2026-04-28T09:00Z; "
    "UTC unless it says otherwise.",
)
@gated
def main(account: int, since: str, commit: bool) -> None:
    """Walk the lists; say what was new since the moment given."""
    since_at = _moment(since)
    try:
        dsn, api_key = provider_of_environment()
        with opened("replay_missed_events") as connection:
            known = _account(connection, dsn, account)
            _replay(connection, dsn, api_key, known, since_at, commit)
    except (UnusableProviderError, UnusableSettingError) as error:
        raise SentenceError(str(error)) from None
    if not commit:
        click.echo(NOTHING_WRITTEN)


def _replay(
    connection: psycopg.Connection,
    dsn: str,
    api_key: str,
    account: KnownAccount,
    since_at: dt.datetime,
    commit: bool,
) -> None:
    reader = ReadAccount(
        account.workspace_id,
        account.account_id,
        account.provider_account_id,
        account.linkedin_identity,
    )
    newest = connection.execute(
        "select coalesce(max(event_id), 0) from outreach.linkedin_events"
        " where workspace_id = %s",
        [account.workspace_id],
    ).fetchone()[0]
    if since_at > database_time(connection):
        raise SentenceError(f"--since is {since_at.isoformat()}, yet to come.")
    dry_run = connection.transaction(force_rollback=True)
    # Each walk commits by itself, unless a dry run is around all of them.
    with contextlib.nullcontext() if commit else dry_run:
        report = poll_accounts(
            connection, dsn, api_key, [reader], received_via="replay"
        )
        found = connection.execute(
            NEW_EVENTS, [account.workspace_id, account.account_id, newest, since_at]
        ).fetchall()
    for why in report.not_polled.values():
        raise click.ClickException(
            f"{account.label} was not read: {why}. Reconnect it with "
            "scripts/connect_account.py, then replay again."
        )
    verb = "became events" if commit else "would become events"
    told = ", ".join(f"{count} {event_type}" for event_type, count in found) or "0"
    click.echo(
        f"{account.label}: {told} since {since_at:%Y-%m-%d %H:%M %Z} {verb}; "
        f"{report.reads} lists read, {report.incomplete} of them not to the end."
    )


def _account(connection: psycopg.Connection, dsn: str, account_id: int) -> KnownAccount:
    found = [
        one for one in known_accounts(connection, dsn) if one.account_id == account_id
    ]
    if not found:
        raise SentenceError(
            f"There is no account {account_id} that is linked at the provider {dsn}. "
            "Look the id up in the mart account_status."
        )
    return found[0]


def _moment(text: str) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise SentenceError(
            f"--since is {text!r}, which is no date or time. Write it as 2026-04-28 "
            "or 2026-04-28T09:00Z."
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


if __name__ == "__main__":
    main()
