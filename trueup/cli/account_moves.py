"""`trueup account migrate-to-v2`: accounts move to version 2 of the provider's API.

Belongs here: options, the workspace's own address of version 2, and what is printed.
Does not: the plan and the steps of a move (`trueup.inbound.accounts.moving`).
"""

from typing import TYPE_CHECKING

import click
import psycopg

from trueup.cli.finding import account_of, workspace_id_of
from trueup.cli.options import (
    account_option,
    actor_option,
    commit_option,
    script_connection,
    workspace_option,
)
from trueup.cli.output import print_table
from trueup.cli.sentences import NOTHING_WRITTEN, RefusalError, say
from trueup.postgres.error_sentences import sentence_of

if TYPE_CHECKING:
    from trueup.inbound.accounts.moving import Moved, Plan


@click.command("migrate-to-v2")
@workspace_option("Only the accounts of this workspace, by its name or id.")
@account_option("Only this account, by its name or id.")
@click.option(
    "--people",
    type=click.IntRange(min=0),
    metavar="NUMBER",
    help="The number of people of a workspace that gets an address of version 2 by "
    "this; the dry run says it.",
)
@click.option(
    "--also-disconnected",
    is_flag=True,
    help="Also move accounts that version 2 has logged out. They send nothing until a "
    "person logs in there.",
)
@click.option(
    "--wait",
    type=click.IntRange(0, 600),
    metavar="SECONDS",
    default=60,
    show_default=True,
    help="How long to wait for a send of an account that is under way.",
)
@actor_option
@commit_option
def migrate_to_v2(
    workspace: str | None,
    account: str | None,
    people: int | None,
    also_disconnected: bool,
    wait: int,
    actor: str,
    commit: bool,
) -> None:
    """Move accounts to version 2 of the API, one by one.

    Migrate them in the provider's dashboard first. An account keeps its ledger, queue,
    limits and history: only its address and its id at the provider change. It is paused
    before, and goes on once version 2 has answered for its owner. Accounts that version
    2 does not show, or has logged out, stay at version 1. Repeat the command until
    all have moved. Ends with 1 if an account that should have moved did not.

    Example: CONFIRM=yes trueup account migrate-to-v2 --account Anisha --commit
    """
    from trueup.inbound.accounts.moving import move_accounts, plan_moves
    from trueup.inbound.settings import UnusableSettingError, provider_of_version
    from trueup.unipile.addresses import UnusableProviderError

    try:
        with script_connection("migrate to v2", role="operator") as connection:
            workspace_id, account_id = _chosen(connection, workspace, account)
            dsn, api_key = provider_of_version(2)
            plans = plan_moves(connection, dsn, api_key, workspace_id, account_id)
            if not plans:
                say("No account is called at version 1; there is nothing to move.")
                return
            if not commit:
                _print_plans(plans)
                _print_closed_workspaces(connection, dsn, plans)
                click.echo(NOTHING_WRITTEN)
                return
            _open_workspaces(connection, dsn, plans, people, actor)
            moved = list(
                move_accounts(
                    connection,
                    dsn,
                    api_key,
                    plans,
                    actor,
                    with_disconnected=also_disconnected,
                    wait_seconds=wait,
                )
            )
    except (UnusableProviderError, UnusableSettingError, LookupError) as unusable:
        raise RefusalError(str(unusable)) from None
    _print_moved(moved, is_including_disconnected=also_disconnected)


def _chosen(
    connection: psycopg.Connection, workspace: str | None, account: str | None
) -> tuple[int | None, int | None]:
    if account is not None:
        found = account_of(connection, account, workspace)
        return found.workspace_id, found.found_id
    return workspace_id_of(connection, workspace), None


def _print_closed_workspaces(
    connection: psycopg.Connection, dsn: str, plans: list["Plan"]
) -> None:
    """Says the number of people of each workspace without this address."""
    rows = connection.execute(
        "select workspaces.name, (select count(*) from outreach.prospects"
        "  where prospects.workspace_id = workspaces.workspace_id)"
        " from outreach.workspaces where workspaces.workspace_id = any(%s)"
        " and %s is distinct from workspaces.v2_provider_dsn"
        " and %s <> workspaces.provider_dsn order by workspaces.workspace_id",
        [list({plan.account.workspace_id for plan in plans}), dsn, dsn],
    ).fetchall()
    for name, count in rows:
        say(
            f'Workspace "{name}" has {count} people, whom its accounts would contact '
            f"at {dsn}. With --commit give --people {count}."
        )


def _open_workspaces(
    connection: psycopg.Connection,
    dsn: str,
    plans: list["Plan"],
    people: int | None,
    actor: str,
) -> None:
    """Gives each workspace the address of version 2. Raises RefusalError."""
    for workspace_id in sorted({plan.account.workspace_id for plan in plans}):
        try:
            connection.execute(
                "select outreach.open_workspace_to_provider(%s, %s, %s, %s, %s)",
                [workspace_id, dsn, people, actor, "accounts move to version 2"],
            )
        except psycopg.errors.ObjectNotInPrerequisiteState as refusal:
            raise RefusalError(sentence_of(refusal)) from None


def _print_plans(plans: list["Plan"]) -> None:
    rows = [
        (plan.account.label, plan.verdict, plan.v2_id or "", plan.why) for plan in plans
    ]
    print_table(("account", "what", "id at version 2", "why"), rows)
    ready = sum(plan.verdict in ("ready", "to finish") for plan in plans)
    say(f"{ready} of {len(plans)} accounts would move to version 2.")


def _print_moved(moved: list["Moved"], *, is_including_disconnected: bool) -> None:
    rows = [
        (
            one.plan.account.label,
            "moved" if one.status is not None else "stayed",
            one.status or one.plan.verdict,
            one.why,
        )
        for one in moved
    ]
    print_table(("account", "what", "is", "why"), rows)
    gone = [one for one in moved if one.status is not None]
    say(f"{len(gone)} of {len(moved)} accounts moved to version 2.")
    wanted = {"ready", "to finish"}
    if is_including_disconnected:
        wanted.add("disconnected")
    if any(one.status is None and one.plan.verdict in wanted for one in moved):
        raise SystemExit(1)
