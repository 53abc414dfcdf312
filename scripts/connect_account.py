"""Gives a page on which a person connects a LinkedIn account, or connects it again.

With --account it logs that one in again, or adds it again if it was deleted; without, a
new account of the workspace is made once somebody has logged in. A dry run unless
--commit is given and CONFIRM=yes is set.
"""

import pathlib
import sys

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from trueup.cli.row_ids import ROW_ID
from trueup.heals.gate import NOTHING_WRITTEN, acted, gated
from trueup.inbound.accounts.hosted_auth import (
    NoHostedPageError,
    ask_for_hosted_page,
)
from trueup.inbound.settings import (
    UnusableSettingError,
    provider_of_environment,
    webhook_target_of_environment,
)
from trueup.postgres.connection import UnusableDatabaseError, connect_migrated

REFUSALS = (
    psycopg.errors.NoDataFound,
    psycopg.errors.CheckViolation,
    psycopg.errors.ObjectNotInPrerequisiteState,
)


@click.command(help=__doc__)
@click.option("--workspace", type=ROW_ID, required=True, help="The workspace's id.")
@click.option("--account", type=ROW_ID, help="The account that logs in again.")
@click.option("--timezone", help="Where a new account lives, such as Europe/Berlin.")
@acted
@gated
def main(
    workspace: int,
    account: int | None,
    timezone: str | None,
    actor: str,
    commit: bool,
) -> None:
    """Print the page's address, or what is wrong."""
    if (account is None) == (timezone is None):
        raise click.UsageError(
            "Give --account for one that logs in again, or --timezone for a new one."
        )
    try:
        dsn, api_key = provider_of_environment()
        target = webhook_target_of_environment()
        with connect_migrated(
            autocommit=True, application_name="connect account"
        ) as connection:
            if not commit:
                _check(connection, dsn, workspace, account, timezone, actor)
                click.echo(
                    f"A page would be asked for at {dsn}; who logs in on it is told "
                    f"to {target.notify_url}. {NOTHING_WRITTEN}"
                )
                return
            url = ask_for_hosted_page(
                connection, dsn, api_key, target, workspace, actor, account, timezone
            )
    except (
        NoHostedPageError,
        UnusableDatabaseError,
        UnusableSettingError,
        ValueError,
    ) as unusable:
        raise click.ClickException(str(unusable)) from None
    except REFUSALS as refusal:
        said = refusal.diag
        sentence = f"{said.message_primary}. {said.message_hint or ''}".strip()
        raise click.ClickException(sentence) from None
    click.echo(url)
    click.echo(
        "Good for one login, until the provider's next daily restart. The account "
        "appears once refreshed_accounts has run; a new one sends nothing until it has "
        "limits and sending windows.",
        err=True,
    )


def _check(
    connection: psycopg.Connection,
    dsn: str,
    workspace: int,
    account: int | None,
    timezone: str | None,
    actor: str,
) -> None:
    """Everything that would be refused, and then nothing of it."""
    with connection.transaction(force_rollback=True):
        connection.execute(
            "select outreach.assert_provider_dsn(%s, %s)", [workspace, dsn]
        )
        connection.execute(
            "select outreach.begin_hosted_auth(%s, %s, 'dry run', %s, %s, now())",
            [workspace, account, timezone, actor],
        )


if __name__ == "__main__":
    main()
