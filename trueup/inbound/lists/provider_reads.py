"""Walks of the provider's lists, stored as rows of `outreach.provider_reads`.

Belongs here: making a walk, reducing its items to the ids and times that decisions
need, and storing it with its completeness. Does not: decisions. Absence proves
something only in complete reads, which SQL checks.
"""

import dataclasses
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Protocol

import psycopg
from psycopg.types.json import Jsonb

from trueup.unipile.api_client import CLASSIC, Inbox
from trueup.unipile.profiles import relationship, says_relationship
from trueup.unipile.provider import Provider
from trueup.unipile.public_identifiers import comparable
from trueup.unipile.walk import BUDGET_SPENT, MAX_PAGES, Pages, Walk

Item = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class ReadAccount:
    """The account whose lists are read. linkedin_identity: its owner's provider id."""

    workspace_id: int
    account_id: int
    provider_account_id: str
    linkedin_identity: str


class _Account(Protocol):
    @property
    def workspace_id(self) -> int: ...
    @property
    def account_id(self) -> int: ...


@dataclasses.dataclass(frozen=True)
class KeptRead:
    """A stored walk. items: the stored items, without texts."""

    read_id: int
    is_complete: bool
    items: tuple[Item, ...]


async def read_sent_invitations(
    connection: psycopg.Connection,
    provider: Provider,
    account: ReadAccount,
    as_of: datetime | None = None,
) -> KeptRead:
    """Read an account's pending invitations."""
    return await keep_walk(
        connection,
        account,
        "sent_invitations",
        lambda most: provider.sent_invitations(
            account.provider_account_id, max_pages=most
        ),
        lambda items: [
            {
                "reference": item["id"],
                "provider_id": item.get("invited_user_id"),
                "public_identifier": comparable(item.get("invited_user_public_id")),
                "happened_at": moment_of(item.get("parsed_datetime")),
            }
            for item in items
        ],
        as_of=as_of,
    )


async def read_relations(
    connection: psycopg.Connection,
    provider: Provider,
    account: ReadAccount,
    as_of: datetime | None = None,
) -> KeptRead:
    """Read an account's first-degree connections."""
    return await keep_walk(
        connection,
        account,
        "relations",
        lambda most: provider.relations(account.provider_account_id, max_pages=most),
        lambda items: [
            {
                "provider_id": item["member_id"],
                "public_identifier": comparable(item.get("public_identifier")),
                "happened_at": moment_of(item.get("created_at")),
            }
            for item in items
        ],
        as_of=as_of,
    )


def inboxes_of(connection: psycopg.Connection, account: ReadAccount) -> list[Inbox]:
    """The inboxes in which replies to an account can lie; the classic one at least."""
    row = connection.execute(
        "select inboxes from outreach.inboxes_to_read(%s, array[%s])",
        [account.workspace_id, account.account_id],
    ).fetchone()
    return (row and row[0]) or list(CLASSIC)


async def read_chats(
    connection: psycopg.Connection,
    provider: Provider,
    account: ReadAccount,
    as_of: datetime | None = None,
    *,
    subject: str | None = None,
) -> KeptRead:
    """Read an account's chats: the other person, and an InMail's subject.

    subject: the purpose of the read, if other lists are read with it.
    """
    return await keep_walk(
        connection,
        account,
        "chats",
        lambda most: provider.chats(
            account.provider_account_id,
            inboxes=inboxes_of(connection, account),
            max_pages=most,
        ),
        lambda items: [
            {
                "reference": item["id"],
                "provider_id": item.get("attendee_provider_id"),
                "subject": item.get("subject"),
                "happened_at": moment_of(item.get("timestamp")),
            }
            for item in items
        ],
        subject=subject,
        as_of=as_of,
    )


async def read_chat_messages(
    connection: psycopg.Connection,
    provider: Provider,
    account: ReadAccount,
    chat_id: str,
    request_of: Callable[[str], str],
    as_of: datetime | None = None,
) -> KeptRead:
    """Read the messages of a chat that the account's owner wrote.

    request_of: returns the hash of the request with such a text; the hash is stored
        instead of the text.
    """
    return await keep_walk(
        connection,
        account,
        "chat_messages",
        lambda _: provider.chat_messages(account.provider_account_id, chat_id),
        lambda items: [
            {
                "reference": item["id"],
                "request_sha256": request_of(item["text"]),
                "happened_at": moment_of(item.get("timestamp")),
            }
            for item in items
            if item.get("is_sender") and isinstance(item.get("text"), str)
        ],
        subject=chat_id,
        as_of=as_of,
    )


async def read_post_comments(
    connection: psycopg.Connection,
    provider: Provider,
    account: ReadAccount,
    social_id: str,
    request_of: Callable[[str], str],
    as_of: datetime | None = None,
) -> KeptRead:
    """Read a post's comments by the account's owner; see read_chat_messages."""
    return await keep_walk(
        connection,
        account,
        "post_comments",
        lambda _: provider.post_comments(account.provider_account_id, social_id),
        lambda items: [
            {
                "reference": item["id"],
                "request_sha256": request_of(item["text"]),
                "happened_at": moment_of(item.get("date")),
            }
            for item in items
            if author_of(item) == account.linkedin_identity
            and isinstance(item.get("text"), str)
        ],
        subject=social_id,
        as_of=as_of,
    )


async def read_profile(
    connection: psycopg.Connection,
    provider: Provider,
    account: ReadAccount,
    provider_id: str,
    as_of: datetime | None = None,
) -> KeptRead:
    """Read how a person and the account are related, as a list of one item.

    LinkedIn counts it as a view of the profile, so it is made for few people.
    """

    async def look(_: int) -> Walk:
        answer = await provider.resolve_profile(
            account.provider_account_id, provider_id
        )
        profile = answer.body if answer.is_success and answer.body else {}
        is_theirs = (
            profile.get("object") == "UserProfile"
            and profile.get("provider_id") == provider_id
            and says_relationship(profile)
        )
        if not is_theirs:
            return Walk((), False, 0, answer)
        pages = Pages()
        pages.add(answer, [profile])
        return pages.ended()

    return await keep_walk(
        connection,
        account,
        "profile",
        look,
        lambda items: [
            {"provider_id": provider_id} | dataclasses.asdict(relationship(item))
            for item in items
        ],
        subject=provider_id,
        as_of=as_of,
    )


async def keep_walk(
    connection: psycopg.Connection,
    account: ReadAccount,
    list_name: str,
    start_walk: Callable[[int], Awaitable[Walk]],
    reduce: Callable[[Iterable[Item]], list[Item]],
    *,
    subject: str | None = None,
    as_of: datetime | None = None,
) -> KeptRead:
    """Make a walk and store it; its times are the database's clock, or as_of.

    start_walk: gets the number of pages that the account's budget allows. Without any,
        no call is made, and the read is stored as incomplete.

    An incomplete walk is stored too, because it proves the items that it found.
    """
    started_at = as_of or database_time(connection)
    allowed = _pages_allowed(connection, account, list_name, started_at)
    if allowed == 0:
        walk = Walk((), False, 0, None, BUDGET_SPENT)
    else:
        walk = await start_walk(MAX_PAGES if allowed is None else allowed)
        note_calls(connection, account, "lists", walk, as_of)
    items = reduce(walk.items)
    row = connection.execute(
        "select outreach.record_provider_read("
        "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            account.workspace_id,
            account.account_id,
            list_name,
            subject,
            started_at,
            as_of or database_time(connection),
            walk.is_complete,
            walk.pages,
            walk.why_stopped,
            Jsonb(items),
            Jsonb(list(walk.cache)) if walk.cache else None,
        ],
    ).fetchone()
    assert row is not None
    return KeptRead(row[0], walk.is_complete, tuple(items))


def _pages_allowed(
    connection: psycopg.Connection,
    account: ReadAccount,
    list_name: str,
    at: datetime,
) -> int | None:
    row = connection.execute(
        "select pages from outreach.read_pages_allowed("
        "%s, array[%s::bigint], %s, %s, 'lists')",
        [account.workspace_id, account.account_id, list_name, at],
    ).fetchone()
    return None if row is None else row[0]


def note_calls(
    connection: psycopg.Connection,
    account: _Account,
    purpose: str,
    walk: Walk,
    as_of: datetime | None,
) -> None:
    """Count a walk's calls for the account's budget; keep what it says of limits."""
    connection.execute(
        "select outreach.note_provider_calls(%s, %s, %s, %s, %s, %s)",
        [
            account.workspace_id,
            account.account_id,
            purpose,
            walk.calls,
            Jsonb(walk.limits),
            as_of,
        ],
    )


def moment_of(given: object) -> str | None:
    """A provider's time (ISO text or milliseconds since 1970) as ISO text, or None."""
    try:
        if isinstance(given, int | float) and not isinstance(given, bool):
            return datetime.fromtimestamp(given / 1_000, UTC).isoformat()
        if isinstance(given, str):
            at = datetime.fromisoformat(given)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
    except (ValueError, OverflowError, OSError):
        return None
    return None


def author_of(comment: Item) -> object:
    details = comment.get("author_details")
    return details.get("id") if isinstance(details, dict) else None


def database_time(connection: psycopg.Connection) -> datetime:
    """The database's clock, which dates each read."""
    row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None
    return row[0]
