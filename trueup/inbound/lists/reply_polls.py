"""Polling new messages: every few minutes, and seldom where a webhook tells of them.

Belongs here: one walk of an account's newest messages, and the report. Does not: when
an account is due (`outreach.accounts_to_poll_for_replies`), or what a message ends
(`outreach.take_in_polled_messages`). The provider serves messages from its own store;
the other lists are read seldom (`polls.py`).
"""

import asyncio
import dataclasses
from collections.abc import Sequence
from datetime import datetime

import psycopg
from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from trueup.inbound.accounts.asking import check_account
from trueup.inbound.lists.freshness import staleness_of
from trueup.inbound.lists.polls import text_of
from trueup.inbound.lists.provider_reads import (
    Item,
    database_time,
    moment_of,
    note_calls,
)
from trueup.sender.queue import workspaces_of
from trueup.unipile.addresses import UnusableProviderError, settings_of
from trueup.unipile.api_client import Inbox
from trueup.unipile.provider import Provider, open_provider
from trueup.unipile.walk import Walk

ACTOR = "polled_replies"
# Far longer than any id of the provider, and shorter than the limit of an index entry.
LONGEST_ID = 500


@dataclasses.dataclass(frozen=True)
class PolledAccount:
    """An account whose messages since `read_since` are to be read in these inboxes.

    asked_at: when this was so; the account's turn comes later in the round.
    """

    workspace_id: int
    account_id: int
    provider_account_id: str
    linkedin_identity: str
    read_since: datetime
    inboxes: list[Inbox]
    asked_at: datetime


@dataclasses.dataclass
class ReplyPollReport:
    """The result of one round over the accounts.

    incomplete: accounts whose walk did not reach the end; a due step of theirs waits
        until one does. not_polled: why an account's messages were not read. changed:
        accounts of whose messages webhooks tell now, or do not any more.
    """

    accounts: int = 0
    new_messages: int = 0
    replies: int = 0
    stopped: int = 0
    marked: int = 0
    incomplete: int = 0
    changed: int = 0
    not_polled: dict[tuple[int, int], str] = dataclasses.field(default_factory=dict)


def keep_replies_read(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    webhook_address: str | None,
    as_of: datetime | None = None,
) -> ReplyPollReport:
    """Note of whose messages webhooks tell, then poll the accounts that are due.

    webhook_address: our own, None without one. See poll_replies.
    """
    changed = 0
    for workspace_id in workspaces_of(connection, provider_dsn):
        row = connection.execute(
            "select outreach.note_reply_polls(%s, %s, %s, %s)",
            [workspace_id, provider_dsn, webhook_address, as_of],
        ).fetchone()
        assert row is not None
        changed += row[0]
    report = poll_replies(connection, provider_dsn, api_key, as_of)
    report.changed = changed
    return report


def poll_replies(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    as_of: datetime | None = None,
) -> ReplyPollReport:
    """Read the new messages of every account that is due, and act on replies.

    The connection must be in autocommit, because each account is committed separately.
    Raises UnusableProviderError if the provider is unreachable or refuses the key, and
    ValueError if the connection is not in autocommit.
    """
    accounts = accounts_to_poll(connection, provider_dsn, as_of)
    return poll_accounts(connection, provider_dsn, api_key, accounts, as_of)


def accounts_to_poll(
    connection: psycopg.Connection, provider_dsn: str, as_of: datetime | None = None
) -> list[PolledAccount]:
    """The accounts of this provider that are due."""
    with connection.cursor(row_factory=class_row(PolledAccount)) as cursor:
        return cursor.execute(
            "select * from outreach.accounts_to_poll_for_replies(%s, %s)",
            [provider_dsn, as_of],
        ).fetchall()


def poll_accounts(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    accounts: Sequence[PolledAccount],
    as_of: datetime | None = None,
) -> ReplyPollReport:
    """Read the new messages of these accounts; see poll_replies."""
    if not connection.autocommit:
        raise ValueError("poll_accounts commits account by account: use autocommit")
    report = ReplyPollReport()
    if accounts:
        asyncio.run(_poll(connection, provider_dsn, api_key, accounts, as_of, report))
    return report


async def _poll(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    accounts: Sequence[PolledAccount],
    as_of: datetime | None,
    report: ReplyPollReport,
) -> None:
    async with open_provider(provider_dsn, api_key) as provider:
        listed = await provider.accounts()
        if not listed.is_complete:
            names = settings_of(provider_dsn)
            raise UnusableProviderError(
                f"The provider at {provider_dsn} does not list its accounts "
                f"({listed.why_stopped}). Check {names.dsn} and {names.api_key}; "
                "replies are read again in a minute."
            )
        states = {item["id"]: staleness_of(item) for item in listed.items}
        for account in accounts:
            why_not = states.get(
                account.provider_account_id, "the provider does not know the account"
            )
            key = account.workspace_id, account.account_id
            if why_not is None:
                is_doubtful = not await _poll_account(
                    connection, provider, account, as_of, report
                )
            else:
                report.not_polled[key] = why_not
                is_doubtful = account.provider_account_id in states
            # A product of it may not run any more, whose inbox is not to be read then.
            if is_doubtful:
                await check_account(
                    connection,
                    provider,
                    provider_dsn,
                    key,
                    ACTOR,
                    "poll of its messages",
                    as_of,
                )


async def _poll_account(
    connection: psycopg.Connection,
    provider: Provider,
    account: PolledAccount,
    as_of: datetime | None,
    report: ReplyPollReport,
) -> bool:
    """Read an account's messages; returns whether no answer ended the walk."""
    started_at = as_of or database_time(connection)
    walk = await provider.messages(
        account.provider_account_id, account.read_since, inboxes=account.inboxes
    )
    note_calls(connection, account, "replies", walk, as_of)
    messages = await _new_messages(connection, provider, account, walk)
    with connection.transaction():
        row = connection.execute(
            "select new_events, replies, stopped, marked"
            " from outreach.take_in_polled_messages(%s, %s, %s, %s, %s, %s, %s, %s,"
            " %s, %s)",
            [
                account.workspace_id,
                account.account_id,
                started_at,
                as_of or database_time(connection),
                walk.pages,
                walk.why_stopped,
                Jsonb(messages),
                ACTOR,
                account.asked_at,
                account.inboxes,
            ],
        ).fetchone()
    assert row is not None
    new_messages, replies, stopped, marked = row
    report.accounts += 1
    report.incomplete += not walk.is_complete
    report.new_messages += new_messages
    report.replies += replies
    report.stopped += stopped
    report.marked += marked
    return walk.stopped_by is None


async def _new_messages(
    connection: psycopg.Connection,
    provider: Provider,
    account: PolledAccount,
    walk: Walk,
) -> list[Item]:
    """The messages of a walk that are not stored yet, as rows for SQL."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        unknown = set(
            cursor.execute(
                "select * from outreach.unknown_messages(%s, %s, %s)",
                [
                    account.workspace_id,
                    account.account_id,
                    [item["id"] for item in walk.items],
                ],
            ).fetchall()
        )
    people: dict[str, str | None] = {}
    messages = []
    for item in walk.items:
        if item["id"] not in unknown:
            continue
        sender, chat_id = item.get("sender_id"), item.get("chat_id")
        is_own = bool(item.get("is_sender")) or sender == account.linkedin_identity
        if is_own and isinstance(chat_id, str) and chat_id not in people:
            people[chat_id] = await _person_of(provider, account, item)
        messages.append(
            {
                "reference": item["id"],
                "provider_id": _id(sender),
                "recipient_id": people.get(chat_id) if is_own else None,
                "happened_at": moment_of(item.get("timestamp")),
                "is_own": is_own,
                "chat_id": _id(chat_id),
                "message": text_of(item),
            }
        )
    return messages


def _id(given: object) -> str | None:
    """An id that an index can hold."""
    is_id = isinstance(given, str) and len(given) <= LONGEST_ID
    return given if is_id else None


async def _person_of(
    provider: Provider, account: PolledAccount, message: Item
) -> str | None:
    """Who is at the other end of a chat; None where the provider does not say."""
    if "attendee_provider_id" in message:
        return _id(message["attendee_provider_id"])
    answer = await provider.chat(
        account.provider_account_id, message["chat_id"], inboxes=account.inboxes
    )
    person = (answer.body or {}).get("attendee_provider_id")
    return _id(person) if answer.is_success else None
