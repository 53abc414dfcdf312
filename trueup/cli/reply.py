"""`trueup reply`: who accepted and replied, their conversations, and answers.

Belongs here: finding the conversation that an argument names, and printing. Does not:
who may be answered and what holds an answer back (`sql/functions/replies/`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

import click
import psycopg

from trueup.cli.finding import (
    account_of,
    campaign_of,
    conversation_of,
    workspace_of,
)
from trueup.cli.options import (
    account_option,
    actor_option,
    campaign_option,
    script_connection,
    workspace_option,
)
from trueup.cli.output import Output, blocker_words, listing_options, rows_of
from trueup.cli.sentences import RefusalError, say
from trueup.postgres.error_sentences import sentence_of

_SHOWN = 60
_CLOCK = "%Y-%m-%d %H:%M"
ACCOUNT_HELP = "The account of the conversation, where several have one."


@click.group()
def reply() -> None:
    """Replies: list and read conversations, answer, stop a sequence."""


@reply.command("list")
@workspace_option()
@account_option()
@campaign_option()
@click.option("--unread", is_flag=True, help="Only conversations that are not read.")
@click.option(
    "--most",
    metavar="NUMBER",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    help="How many conversations at most.",
)
@listing_options
def list_replies(
    workspace: str | None,
    account: str | None,
    campaign: str | None,
    unread: bool,
    most: int,
    output: Output,
) -> None:
    """List who accepted or replied: unread first, then the newest.

    One row for each account and person. The latest message is theirs or ours, with its
    time in UTC; who accepted and wrote nothing is marked as accepted. --csv and --json
    have the whole message.

    Example: trueup reply list --unread
    """
    with script_connection("reply list") as connection:
        account_id = campaign_id = None
        if account is not None:
            found = account_of(connection, account, workspace)
            workspace, account_id = str(found.workspace_id), found.found_id
        if campaign is not None:
            found = campaign_of(connection, campaign, workspace)
            workspace, campaign_id = str(found.workspace_id), found.found_id
        rows = rows_of(
            connection,
            "select * from outreach.list_conversations(%s, %s, %s, %s, %s)",
            [
                workspace_of(connection, workspace).workspace_id,
                account_id,
                campaign_id,
                unread,
                most,
            ],
        )
    none = "Nothing is unread." if unread else "Nobody accepted or replied yet."
    if output.is_table:
        rows = [
            {
                "name": row["name"],
                "account": row["account"],
                "latest": f"{row['last_message_at'] or row['latest_at']:{_CLOCK}}",
                "unread": row["unread_count"],
                "last message": _last_of(row),
            }
            for row in rows
        ]
    output.dictionaries(rows, none=none, cut=("name", "account", "last message"))


@reply.command("show")
@click.argument("person")
@workspace_option()
@account_option(ACCOUNT_HELP)
@listing_options
def show_conversation(
    person: str, workspace: str | None, account: str | None, output: Output
) -> None:
    """Show all that an account and a person wrote, the oldest first.

    PERSON is a name, a profile's address, an email address, LinkedIn's id or an id.
    Times are the account's own. The text of a step is shown once the provider told of
    the message. An answer that is not sent yet says why.

    Example: trueup reply show "Ada Lovelace"
    """
    with script_connection("reply show") as connection:
        found, provider_id = conversation_of(connection, person, workspace, account)
        rows = rows_of(
            connection,
            "select * from outreach.conversation(%s, %s, %s)",
            [found.workspace_id, found.found_id, provider_id],
        )
        words = blocker_words(connection)
    if not output.is_table:
        output.dictionaries(rows)
        return
    say(f"{found.name}, {found.detail}, workspace {found.workspace_name}")
    for row in rows:
        who = "We" if row["is_own"] else found.name
        step = "" if row["campaign"] is None else f", {row['campaign']}"
        unread = ", unread" if row["is_unread"] else ""
        say(
            f"\n{row['local_at']:%Y-%m-%d %H:%M} {row['timezone']}  {who}: "
            f"{row['kind']}{step} ({row['status']}{unread})"
        )
        if row["body"] is not None:
            say(row["body"].rstrip())
        if row["blocker"] is not None:
            say(_waits(row["blocker"], row["lifts_at"], words))
        if row["failed_because"] is not None:
            say(f"It was not sent: {row['failed_because']}.")


@reply.command("answer")
@click.argument("person")
@click.argument("text", required=False)
@click.option(
    "--file",
    "text_file",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="Read the text from a file, or from standard input with -.",
)
@workspace_option()
@account_option(ACCOUNT_HELP)
@click.option(
    "--even-though-do-not-contact",
    "confirm",
    is_flag=True,
    help="Answer a person who is marked do-not-contact.",
)
@actor_option
def answer(
    person: str,
    text: str | None,
    text_file: IO[str] | None,
    workspace: str | None,
    account: str | None,
    confirm: bool,
    actor: str,
) -> None:
    """Answer a person in the account's chat with them. Writes at once.

    PERSON is as in `reply show`; TEXT is sent as it is, without placeholders. A sender
    sends it within a minute, once: outside the sending window too, whatever campaign is
    paused, and under the account's limit and gap of messages. What the person
    wrote before counts as read.

    Example: trueup reply answer "Ada Lovelace" "Thursday at ten suits me."
    """
    if (text is None) == (text_file is None):
        raise click.UsageError("Give the text, or a --file with it.")
    body = text if text_file is None else _text_of(text_file)
    with _answering("reply answer") as connection, connection.transaction():
        found, provider_id = conversation_of(connection, person, workspace, account)
        row = connection.execute(
            "select blocker, lifts_at from outreach.answer_reply("
            "%s, %s, %s, %s, %s, confirm => %s)",
            [
                found.workspace_id,
                found.found_id,
                provider_id,
                body,
                actor,
                confirm,
            ],
        ).fetchone()
        (was_unread,) = connection.execute(
            "select outreach.mark_replies_read(%s, %s, %s, %s)",
            [found.workspace_id, found.found_id, provider_id, actor],
        ).fetchone()
        words = blocker_words(connection)
    blocker, lifts_at = row
    what_next = "It goes with the sender's next round."
    if blocker is not None:
        what_next = _waits(blocker, lifts_at, words)
    say(f"The answer to {found.name} is queued. {what_next}")
    if was_unread:
        say("What they wrote is marked as read.")


@reply.command("mark-read")
@click.argument("person")
@workspace_option()
@account_option(ACCOUNT_HELP)
@actor_option
def mark_read(
    person: str, workspace: str | None, account: str | None, actor: str
) -> None:
    """Mark a conversation as read up to its newest message. Writes at once.

    PERSON is as in `reply show`.

    Example: trueup reply mark-read "Ada Lovelace"
    """
    with _answering("reply mark-read") as connection:
        found, provider_id = conversation_of(connection, person, workspace, account)
        (was_unread,) = connection.execute(
            "select outreach.mark_replies_read(%s, %s, %s, %s)",
            [found.workspace_id, found.found_id, provider_id, actor],
        ).fetchone()
    say(
        f"The conversation with {found.name} is read."
        if was_unread
        else f"Nothing was unread in the conversation with {found.name}."
    )


@reply.command("stop")
@click.argument("person")
@workspace_option()
@account_option(ACCOUNT_HELP)
@actor_option
def stop(person: str, workspace: str | None, account: str | None, actor: str) -> None:
    """Stop the campaigns of the account with a person. Writes at once.

    PERSON is as in `reply show`. Answers can still be sent. A call that has begun waits
    for its answer; a pending invite stays.

    Example: trueup reply stop "Ada Lovelace"
    """
    with _answering("reply stop") as connection:
        found, provider_id = conversation_of(connection, person, workspace, account)
        (count,) = connection.execute(
            "select count(*) from outreach.stop_conversation(%s, %s, %s, %s)",
            [found.workspace_id, found.found_id, provider_id, actor],
        ).fetchone()
    campaigns = "1 campaign" if count == 1 else f"{count} campaigns"
    say(
        f"{found.name} gets nothing more of {campaigns}."
        if count
        else f"No campaign of this account was going on with {found.name}."
    )


@reply.command("poll")
def poll() -> None:
    """Read the new messages of accounts whose turn has come.

    A run of Dagster does this every few minutes, and where a webhook tells of the
    messages before a step is due; due steps wait while it does not.

    Example: trueup reply poll
    """
    from trueup.inbound.lists.reply_polls import keep_replies_read
    from trueup.inbound.settings import (
        UnusableSettingError,
        providers_of_environment,
        webhook_address,
    )
    from trueup.unipile.addresses import UnusableProviderError

    try:
        with script_connection("reply poll") as connection:
            reports = [
                keep_replies_read(connection, dsn, api_key, webhook_address(dsn))
                for dsn, api_key in providers_of_environment()
            ]
    except (UnusableSettingError, UnusableProviderError) as unusable:
        raise RefusalError(str(unusable)) from None
    say(
        f"Accounts read: {sum(one.accounts for one in reports)}; "
        f"new messages: {sum(one.new_messages for one in reports)}; "
        f"replies to campaigns: {sum(one.replies for one in reports)}; "
        f"sequences ended: {sum(one.stopped for one in reports)}."
    )
    not_polled = [item for one in reports for item in one.not_polled.items()]
    for (workspace_id, account_id), why in sorted(not_polled):
        say(f"Account {account_id} of workspace {workspace_id} was not read: {why}.")


def _last_of(row: Mapping[str, Any]) -> str:
    """The newest message, whose it is, or that the person only accepted."""
    if row["last_message_at"] is None:
        return "(accepted)"
    said = _beginning_of(row["last_message"])
    if row["is_last_own"]:
        said = f"We: {said}"
    return f"(accepted) {said}" if row["replied_at"] is None else said


def _beginning_of(text: str | None) -> str:
    """The first words of a message, on one line."""
    words = " ".join((text or "").split())
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"


def _waits(blocker: str, lifts_at: datetime | None, words: Mapping[str, str]) -> str:
    until = "" if lifts_at is None else f" until {lifts_at:%Y-%m-%d %H:%M %Z}"
    return f"It waits{until}: {words.get(blocker, blocker)}"


def _text_of(file: IO[str]) -> str:
    try:
        return file.read().strip()
    except UnicodeDecodeError as error:
        raise RefusalError(f"{file.name} is not UTF-8: {error}.") from None


@contextmanager
def _answering(name: str) -> Iterator[psycopg.Connection]:
    """A connection of an operator; what a function refuses is a sentence."""
    with script_connection(name, role="operator") as connection:
        try:
            yield connection
        except psycopg.errors.RestrictViolation as refusal:
            raise RefusalError(
                f"{sentence_of(refusal)} To send it, add --even-though-do-not-contact."
            ) from None
        except (
            psycopg.errors.CheckViolation,
            psycopg.errors.NoDataFound,
            psycopg.errors.ObjectNotInPrerequisiteState,
        ) as refusal:
            raise RefusalError(sentence_of(refusal)) from None
