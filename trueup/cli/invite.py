"""`trueup invite`: the invites that are out and have no answer."""

from collections.abc import Mapping
from typing import Any

import click
import psycopg

from trueup.cli.finding import account_of, campaign_of, workspace_of
from trueup.cli.options import (
    account_option,
    actor_option,
    campaign_option,
    commit_option,
    reason_option,
    script_connection,
    workspace_option,
)
from trueup.cli.output import Output, listing_options, print_table, rows_of
from trueup.cli.sentences import NOTHING_WRITTEN, RefusalError, say
from trueup.cli.spans import OLDER_THAN
from trueup.postgres.error_sentences import sentence_of

_PENDING = (
    "select enrollment_id, person, account_id, account, campaign_id, campaign,"
    " invited_at, days_pending, verdict, what_happens, withdrawal_at"
    " from outreach.pending_invites(%s, %s, %s, %s::interval)"
)
_COLUMNS = ("person", "account", "campaign", "days_pending", "withdrawal")


@click.group()
def invite() -> None:
    """Invites without an answer: list them, withdraw old ones."""


@invite.command("list")
@workspace_option()
@account_option()
@campaign_option()
@click.option(
    "--older-than",
    type=OLDER_THAN,
    metavar="SPAN",
    help="Only invites that are pending for longer, such as 21d.",
)
@listing_options
def list_invites(
    workspace: str | None,
    account: str | None,
    campaign: str | None,
    older_than: str | None,
    output: Output,
) -> None:
    """List the pending invites with their age, the oldest first.

    An invite whose withdrawal is queued is marked with its day. --csv and --json also
    show when each was sent, and what a withdrawal would do.

    Example: trueup invite list --account Anisha --older-than 21d
    """
    with script_connection("invite list") as connection:
        workspace_id, scope = _scope(connection, workspace, account, campaign)
        rows = rows_of(connection, _PENDING, [workspace_id, *scope, older_than])
    if output.is_table:
        rows = [row | {"withdrawal": _queued(row)} for row in rows]
    output.dictionaries(
        rows,
        table=_COLUMNS,
        none="No such invite is pending.",
        cut=("person", "account", "campaign"),
        optional=("withdrawal",),
    )


def _queued(invite: Mapping[str, Any]) -> str | None:
    """The day on which the queued withdrawal of an invite is due, if there is one."""
    due = invite["withdrawal_at"]
    return None if due is None else f"queued, {due:%Y-%m-%d}"


@invite.command("withdraw")
@click.option(
    "--older-than",
    type=OLDER_THAN,
    metavar="SPAN",
    required=True,
    help="Withdraw what is pending for longer, such as 21d or 3w.",
)
@workspace_option()
@account_option()
@campaign_option()
@reason_option("Why; kept with each withdrawal.", default="pending for too long")
@actor_option
@commit_option
def withdraw_invites(
    older_than: str,
    workspace: str | None,
    account: str | None,
    campaign: str | None,
    reason: str,
    actor: str,
    commit: bool,
) -> None:
    """Withdraw invites that nobody answered for a long time.

    Each withdrawal is queued like any send, within the account's windows and its limit
    of withdraw_invite, and ends the person's sequence. An accept that comes first
    stops it; a person who replied is left alone. LinkedIn lets nobody invite the person
    again for three weeks. Lists them and changes nothing, unless --commit is given and
    CONFIRM=yes is set.

    Example: trueup invite withdraw --older-than 21d --account Anisha
    """
    with script_connection("invite withdraw", role="operator") as connection:
        workspace_id, scope = _scope(connection, workspace, account, campaign)
        rows = rows_of(connection, _PENDING, [workspace_id, *scope, older_than])
        wanted = [row["enrollment_id"] for row in rows if row["verdict"] != "keep"]
        try:
            with connection.transaction(force_rollback=not commit):
                queued = rows_of(
                    connection,
                    "select * from outreach.withdraw_invites(%s, %s, %s, %s)",
                    [workspace_id, wanted, actor, reason],
                )
        except (
            psycopg.errors.CheckViolation,
            psycopg.errors.ObjectNotInPrerequisiteState,
        ) as refusal:
            raise RefusalError(sentence_of(refusal)) from None
    if rows and not commit:
        print_table(
            ("person", "account", "days", "what happens"),
            [
                (
                    row["person"],
                    row["account"],
                    row["days_pending"],
                    row["what_happens"],
                )
                for row in rows
            ],
            cut=("person", "account"),
        )
    if not rows:
        say("No invite that old is pending.")
        return
    kept = len(rows) - len(queued)
    said = "is queued to be" if len(queued) == 1 else "are queued to be"
    verb = f"{said} withdrawn" if commit else "would be withdrawn"
    invites = "1 invite" if len(queued) == 1 else f"{len(queued)} invites"
    stay = "; 1 stays as it is" if kept == 1 else f"; {kept} stay as they are"
    say(f"{invites} of those older than {older_than} {verb}{stay if kept else ''}.")
    if not commit:
        say(NOTHING_WRITTEN)


def _scope(
    connection: psycopg.Connection,
    workspace: str | None,
    account: str | None,
    campaign: str | None,
) -> tuple[int, tuple[int | None, int | None]]:
    """The workspace's id, and the ids of the account and the campaign, if named."""
    account_id = campaign_id = None
    if account is not None:
        found = account_of(connection, account, workspace)
        workspace, account_id = str(found.workspace_id), found.found_id
    if campaign is not None:
        found = campaign_of(connection, campaign, workspace)
        workspace, campaign_id = str(found.workspace_id), found.found_id
    return workspace_of(connection, workspace).workspace_id, (account_id, campaign_id)
