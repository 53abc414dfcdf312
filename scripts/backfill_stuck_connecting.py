"""Connects the accounts that are stuck in connecting though the provider says OK.

LL#276: a reconnect that wrote the status past its function was refused, and 14 accounts
stayed in connecting. Each is asked about; those that work are flipped by the function,
each with its audit row, get their subscriptions and catch up. A dry run unless --commit
is given and CONFIRM=yes is set.
"""

import getpass
import os
import pathlib
import sys

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from dagster_project.inbound.account_asking import AccountRefresh, known_accounts
from dagster_project.inbound.accounts import refresh_account
from dagster_project.inbound.reconnect import bring_back
from dagster_project.inbound.settings import (
    UnusableSettingError,
    provider_of_environment,
    webhook_target_of_environment,
)
from dagster_project.postgres.connection import UnusableDatabaseError, connect
from dagster_project.sender import UnusableProviderError

REASON = "backfill of stuck connecting (LL#276)"


@click.command(help=__doc__)
@click.option("--workspace", type=int, help="Only this workspace, by its id.")
@click.option("--actor", default=getpass.getuser, help="Who flips; you by default.")
@click.option("--commit", is_flag=True, help="Do it; without, only show what would be.")
def main(workspace: int | None, actor: str, commit: bool) -> None:
    """Ask about each stuck account; flip those that work."""
    if commit and os.environ.get("CONFIRM") != "yes":
        raise click.ClickException(
            "--commit flips statuses, so it also needs CONFIRM=yes in the environment. "
            "Run it without --commit first to see which."
        )
    try:
        dsn, api_key = provider_of_environment()
        with connect(autocommit=True, application_name="backfill") as connection:
            refreshes = _refresh(connection, dsn, api_key, workspace, actor, commit)
            if commit:
                back = [one.account_now for one in refreshes if one.has_come_back]
                target = webhook_target_of_environment
                brought = bring_back(connection, dsn, api_key, back, target)
                for why in sorted(set(brought.not_told.values())):
                    click.echo(f"Not told by webhooks: {why}", err=True)
    except (
        UnusableDatabaseError,
        UnusableProviderError,
        UnusableSettingError,
    ) as error:
        raise click.ClickException(str(error)) from None
    except (
        psycopg.errors.NoDataFound,
        psycopg.errors.ObjectNotInPrerequisiteState,
    ) as refusal:
        said = refusal.diag
        sentence = f"{said.message_primary}. {said.message_hint or ''}".strip()
        raise click.ClickException(sentence) from None
    flipped = sum(one.has_come_back for one in refreshes)
    verb = "flipped" if commit else "would be flipped"
    click.echo(f"{flipped} of {len(refreshes)} stuck accounts {verb} to connected.")
    if not commit:
        click.echo("Nothing was changed: add --commit and set CONFIRM=yes.")


def _refresh(
    connection: psycopg.Connection,
    dsn: str,
    api_key: str,
    workspace: int | None,
    actor: str,
    commit: bool,
) -> list[AccountRefresh]:
    refreshes = []
    if workspace is not None:
        connection.execute(
            "select outreach.assert_provider_dsn(%s, %s)", [workspace, dsn]
        )
    for account in known_accounts(connection, dsn, workspace):
        if account.status != "connecting":
            continue
        with connection.transaction(force_rollback=not commit):
            refresh = refresh_account(
                connection,
                dsn,
                api_key,
                account.workspace_id,
                account.account_id,
                actor,
                REASON,
            )
        refreshes.append(refresh)
        said = refresh.provider_state or refresh.why or "nothing"
        click.echo(
            f"workspace {account.workspace_id}, {account.label}: the provider says "
            f"{said}, so {account.status} → {refresh.to_status}"
        )
    return refreshes


if __name__ == "__main__":
    main()
