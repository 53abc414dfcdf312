"""Connects the accounts that are stuck in connecting though the provider says OK.

LL#276: a reconnect that wrote the status past its function was refused, and 14 accounts
stayed in connecting. Each is asked about; those that work are flipped by the function,
each with its audit row, get their subscriptions and catch up. A dry run unless --commit
is given and CONFIRM=yes is set.
"""

import pathlib
import sys

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from trueup.cli.row_ids import ROW_ID
from trueup.heals.gate import (
    NOTHING_WRITTEN,
    Heal,
    Outcome,
    SentenceError,
    Subject,
    acted,
    gated,
    opened,
    run_heal,
    sentence_of,
)
from trueup.inbound.accounts.asking import (
    AccountRefresh,
    KnownAccount,
    known_accounts,
)
from trueup.inbound.accounts.reconnect import bring_back
from trueup.inbound.accounts.refresh import refresh_account
from trueup.inbound.settings import (
    UnusableSettingError,
    provider_of_environment,
    webhook_target_of_environment,
)
from trueup.sender import UnusableProviderError

REASON = "backfill of stuck connecting (LL#276)"
HEAL = Heal(
    "backfill_stuck_connecting",
    "select count(*) from outreach.linkedin_accounts"
    " where workspace_id = %(workspace_id)s and account_id = %(account_id)s"
    " and status = 'connecting'",
)


@click.command(help=__doc__)
@click.option("--workspace", type=ROW_ID, help="Only this workspace, by its id.")
@acted
@gated
def main(workspace: int | None, actor: str, commit: bool) -> None:
    """Ask about each stuck account; flip those that work."""
    try:
        dsn, api_key = provider_of_environment()
        with opened(HEAL.name) as connection:
            outcomes = _heal(connection, dsn, api_key, workspace, actor, commit)
            flipped = [
                outcome.result
                for outcome in outcomes
                if outcome.verdict == "kept"
                and outcome.result is not None
                and outcome.result.has_come_back
            ]
            if commit:
                back = [refresh.account_now for refresh in flipped]
                target = webhook_target_of_environment
                brought = bring_back(connection, dsn, api_key, back, target)
                for why in sorted(set(brought.not_told.values())):
                    click.echo(f"Not told by webhooks: {why}", err=True)
    except (UnusableProviderError, UnusableSettingError) as error:
        raise SentenceError(str(error)) from None
    except (
        psycopg.errors.NoDataFound,
        psycopg.errors.ObjectNotInPrerequisiteState,
    ) as refusal:
        raise SentenceError(sentence_of(refusal)) from None
    verb = "flipped" if commit else "would be flipped"
    click.echo(f"{len(flipped)} of {len(outcomes)} stuck accounts {verb} to connected.")
    if not commit:
        click.echo(NOTHING_WRITTEN)
    sys.exit(int(any(outcome.verdict == "failed" for outcome in outcomes)))


def _heal(
    connection: psycopg.Connection,
    dsn: str,
    api_key: str,
    workspace: int | None,
    actor: str,
    commit: bool,
) -> list[Outcome[AccountRefresh]]:
    if workspace is not None:
        connection.execute(
            "select outreach.assert_provider_dsn(%s, %s)", [workspace, dsn]
        )

    def refresh(account: KnownAccount) -> AccountRefresh:
        return refresh_account(
            connection,
            dsn,
            api_key,
            account.workspace_id,
            account.account_id,
            actor,
            REASON,
        )

    stuck = [
        Subject(
            account.workspace_id,
            account.label,
            {"workspace_id": account.workspace_id, "account_id": account.account_id},
            account,
        )
        for account in known_accounts(connection, dsn, workspace)
        if account.status == "connecting"
    ]
    outcomes = []
    for outcome in run_heal(
        connection, HEAL, stuck, refresh, actor=actor, commit=commit
    ):
        outcomes.append(outcome)
        said = outcome.error or outcome.verdict
        to_status = "connecting"
        if outcome.result is not None:
            said = outcome.result.provider_state or outcome.result.why or "nothing"
            to_status = outcome.result.to_status
        click.echo(
            f"workspace {outcome.subject.workspace_id}, {outcome.subject.label}: the "
            f"provider says {said}, so connecting → {to_status}"
        )
    return outcomes


if __name__ == "__main__":
    main()
