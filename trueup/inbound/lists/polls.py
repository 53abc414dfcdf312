"""Polling the provider's lists a few times a day, and turning them into events.

Belongs here: which lists are walked for which account, in which order, and the report.
Does not: when an account is due (`outreach.accounts_to_poll`), or what a list proves
(the `take_in_…` functions). Webhooks report the same events sooner but not reliably.
"""

import asyncio
import dataclasses
from collections.abc import Iterable
from datetime import datetime

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from trueup.inbound.accounts.asking import check_account
from trueup.inbound.lists import provider_reads
from trueup.inbound.lists.freshness import staleness_reason
from trueup.inbound.lists.notes import note_request_sha256
from trueup.inbound.lists.provider_reads import Item, KeptRead, ReadAccount
from trueup.unipile.provider import Provider, open_provider


@dataclasses.dataclass
class PollReport:
    """The result of one round over the accounts.

    new_events: counts by list. incomplete: incomplete walks, which do not prove
        absence. gone_invites: invites that are not pending any more and were not
        accepted. not_polled: why an account's lists were not read.
    """

    accounts: int = 0
    reads: int = 0
    incomplete: int = 0
    gone_invites: int = 0
    new_events: dict[str, int] = dataclasses.field(default_factory=dict)
    not_polled: dict[tuple[int, int], str] = dataclasses.field(default_factory=dict)

    def add(self, list_name: str, read: KeptRead, new_events: int) -> None:
        self.reads += 1
        self.incomplete += not read.is_complete
        self.new_events[list_name] = self.new_events.get(list_name, 0) + new_events


def poll_due_accounts(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    as_of: datetime | None = None,
) -> PollReport:
    """Walk the lists of every account that is due.

    The connection must be in autocommit, because each walk is committed separately.
    Raises UnusableProviderError if the provider is unreachable or refuses the key.
    """
    return poll_accounts(
        connection,
        provider_dsn,
        api_key,
        accounts_to_poll(connection, provider_dsn, as_of),
        as_of,
    )


def accounts_to_poll(
    connection: psycopg.Connection, provider_dsn: str, as_of: datetime | None = None
) -> list[ReadAccount]:
    """The connected accounts of this provider that are due."""
    with connection.cursor(row_factory=class_row(ReadAccount)) as cursor:
        return cursor.execute(
            "select workspace_id, account_id, provider_account_id, linkedin_identity"
            " from outreach.accounts_to_poll(%s, %s)",
            [provider_dsn, as_of],
        ).fetchall()


def poll_accounts(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    accounts: list[ReadAccount],
    as_of: datetime | None = None,
    received_via: str = "poll",
) -> PollReport:
    """Walk the lists of these accounts now; see poll_due_accounts.

    received_via: 'poll', or 'replay' for a catch-up that a person started.
    """
    if not connection.autocommit:
        raise ValueError("polls commit walk by walk: use autocommit")
    return asyncio.run(
        _poll(connection, provider_dsn, api_key, accounts, as_of, received_via)
    )


async def _poll(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    accounts: list[ReadAccount],
    as_of: datetime | None,
    received_via: str,
) -> PollReport:
    report = PollReport()
    async with open_provider(provider_dsn, api_key) as provider:
        for account in accounts:
            answer = await provider.get_account(account.provider_account_id)
            why_not = staleness_reason(answer, provider_dsn)
            if why_not is None:
                await _poll_account(
                    connection, provider, account, as_of, received_via, report
                )
                report.accounts += 1
            else:
                report.not_polled[account.workspace_id, account.account_id] = why_not
                connection.execute(
                    "select outreach.record_provider_read(%(workspace)s, %(account)s,"
                    " 'inbox', null, coalesce(%(at)s, clock_timestamp()),"
                    " coalesce(%(at)s, clock_timestamp()), false, 0, %(why)s, '[]')",
                    {
                        "workspace": account.workspace_id,
                        "account": account.account_id,
                        "at": as_of,
                        "why": why_not,
                    },
                )
                # An account that is not there at all is left to the round over all
                # accounts, which knows a key of another workspace.
                if answer.is_success:
                    await check_account(
                        connection,
                        provider,
                        provider_dsn,
                        (account.workspace_id, account.account_id),
                        "polled_lists",
                        "poll of its lists",
                        as_of,
                    )
    return report


async def _poll_account(
    connection: psycopg.Connection,
    provider: Provider,
    account: ReadAccount,
    as_of: datetime | None,
    received_via: str,
    report: PollReport,
) -> None:
    # Pending invites first: one that is accepted in between is among the relations.
    read = await provider_reads.read_sent_invitations(
        connection, provider, account, as_of
    )
    report.add(
        "sent_invitations",
        read,
        _take_in(
            connection,
            "select outreach.take_in_sent_invitations(%s, %s)",
            account.workspace_id,
            read.read_id,
        ),
    )
    read = await provider_reads.read_relations(connection, provider, account, as_of)
    report.add(
        "relations",
        read,
        _take_in(
            connection,
            "select outreach.take_in_relations(%s, %s, %s)",
            account.workspace_id,
            read.read_id,
            received_via,
        ),
    )
    # Both lists are read now: an invite in neither was withdrawn by hand or expired.
    report.gone_invites += _take_in(
        connection,
        "select outreach.record_gone_invites(%s, %s, 'polled_lists', %s)",
        account.workspace_id,
        account.account_id,
        as_of,
    )
    inbox = await _read_inbox(connection, provider, account, as_of)
    report.add("inbox", inbox, 0)
    chats = connection.execute(
        "select chat_id, provider_id from outreach.chats_to_read(%s, %s)",
        [account.workspace_id, inbox.read_id],
    ).fetchall()
    for chat_id, person in chats:
        texts: dict[str, str] = {}
        read = await _read_messages(
            connection, provider, account, chat_id, person, as_of, texts
        )
        report.add(
            "inbox_messages",
            read,
            _take_in(
                connection,
                "select outreach.take_in_messages(%s, %s, %s, %s)",
                account.workspace_id,
                read.read_id,
                received_via,
                Jsonb(texts),
            ),
        )


async def _read_inbox(
    connection: psycopg.Connection,
    provider: Provider,
    account: ReadAccount,
    as_of: datetime | None,
) -> KeptRead:
    """Read an account's chats, not as `chats`, whose reads decide unknown sends."""
    return await provider_reads.keep_walk(
        connection,
        account,
        "inbox",
        lambda most: provider.chats(
            account.provider_account_id,
            inboxes=provider_reads.inboxes_of(connection, account),
            max_pages=most,
        ),
        lambda items: [
            {
                "reference": item["id"],
                "provider_id": item.get("attendee_provider_id"),
                "happened_at": provider_reads.moment_of(item.get("timestamp")),
            }
            for item in items
        ],
        as_of=as_of,
    )


async def _read_messages(
    connection: psycopg.Connection,
    provider: Provider,
    account: ReadAccount,
    chat_id: str,
    person: str,
    as_of: datetime | None,
    texts: dict[str, str],
) -> KeptRead:
    """Read a chat's messages without their texts: writers, times, opt-outs.

    texts: is filled with the texts by the messages' ids, for the events alone.
    """

    def reduced(items: Iterable[Item]) -> list[Item]:
        items = list(items)
        texts.update(
            (item["id"], text) for item in items if (text := text_of(item)) is not None
        )
        return _messages(connection, account, person, items)

    return await provider_reads.keep_walk(
        connection,
        account,
        "inbox_messages",
        lambda _: provider.chat_messages(account.provider_account_id, chat_id),
        reduced,
        subject=chat_id,
        as_of=as_of,
    )


def _messages(
    connection: psycopg.Connection,
    account: ReadAccount,
    person: str,
    items: Iterable[Item],
) -> list[Item]:
    items = list(items)
    texts = [_incoming_text(account, item) for item in items]
    rows = connection.execute(
        "select outreach.opt_out_phrase_of(reply)"
        " from unnest(%s::text[]) with ordinality as replies (reply, place)"
        " order by place",
        [texts],
    ).fetchall()
    return [
        _message(account, person, item)
        | ({} if phrase is None else {"opt_out_phrase": phrase})
        for item, (phrase,) in zip(items, rows, strict=True)
    ]


def _incoming_text(account: ReadAccount, item: Item) -> str | None:
    is_own = item.get("is_sender") or item.get("sender_id") == account.linkedin_identity
    return None if is_own else text_of(item)


def text_of(message: Item) -> str | None:
    """The text of a message; None if it has none."""
    text = message.get("text")
    return text if isinstance(text, str) else None


def _message(account: ReadAccount, person: str, item: Item) -> Item:
    sender = item.get("sender_id")
    is_own = bool(item.get("is_sender")) or sender == account.linkedin_identity
    text = item.get("text")
    return {
        "reference": item["id"],
        "provider_id": sender if isinstance(sender, str) else None,
        "recipient_id": person if is_own else None,
        "happened_at": provider_reads.moment_of(item.get("timestamp")),
        "is_own": is_own,
        "note_sha256": note_request_sha256(
            account.provider_account_id,
            person,
            text if is_own and isinstance(text, str) else None,
        ),
    }


def _take_in(connection: psycopg.Connection, call: str, *arguments: object) -> int:
    row = connection.execute(call, list(arguments)).fetchone()
    assert row is not None
    return row[0]
