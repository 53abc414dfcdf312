"""Reading: chats, their messages, and the people in them.

These answer for a disconnected account too: they come from what the provider stored.
"""

import datetime
from collections.abc import Callable
from typing import Any

from unipile_sandbox.calls import Call
from unipile_sandbox.clock import iso, parse_iso
from unipile_sandbox.errors import ProviderError
from unipile_sandbox.index import Index
from unipile_sandbox.paging import page_of
from unipile_sandbox.payloads import attendee_id
from unipile_sandbox.records import Account, Chat, Message
from unipile_sandbox.routes.checks import (
    PROVIDERS,
    known_account,
    known_chat,
)
from unipile_sandbox.serving import ApiRoute, Reply
from unipile_sandbox.shapes import (
    TEXT,
    UTC_MS,
    Rule,
    Shape,
    limit_rule,
)
from unipile_sandbox.world import Sandbox


def list_chats(sandbox: Sandbox, call: Call) -> Reply:
    chats: Index[tuple[Account, Chat]] = Index()
    is_linkedin = call.query.get("account_type", "LINKEDIN") == "LINKEDIN"
    for account in _accounts(sandbox, call) if is_linkedin else []:
        for chat in sandbox.world.chats[account.provider_id].oldest_first():
            is_wanted = not call.query.get("unread") or chat.unread_count > 0
            if is_wanted and _is_in_time(chat.at, call.query):
                chats.put(chat.chat_id, chat.at, (account, chat))
    return Reply(
        page_of(chats, "ChatList", call.query, 100, lambda pair: _show_chat(*pair))
    )


def get_chat(sandbox: Sandbox, call: Call) -> Reply:
    chat = known_chat(sandbox, call.path["chat_id"])
    account = _account_of(sandbox, chat)
    last, _ = sandbox.world.messages[chat.chat_id].newest_first(None, 1)
    shown = {"lastMessage": _show_message(account, last[0]) if last else None}
    return Reply(_show_chat(account, chat) | shown)


def _show_chat(account: Account, chat: Chat) -> dict[str, Any]:
    shown = {
        "object": "Chat",
        "id": chat.chat_id,
        "account_id": account.account_id,
        "account_type": "LINKEDIN",
        "provider_id": f"2-{chat.chat_id}",
        "attendee_provider_id": chat.provider_id,
        "name": None,
        "type": 0,
        "timestamp": iso(chat.at),
        "unread_count": chat.unread_count,
        "archived": 0,
        "muted_until": None,
        "read_only": 0,
        "disabledFeatures": [],
        "folder": ["INBOX", "INBOX_LINKEDIN_CLASSIC"],
    }
    optional = {"subject": chat.subject, "content_type": chat.content_type}
    return shown | {key: text for key, text in optional.items() if text is not None}


def list_chat_messages(sandbox: Sandbox, call: Call) -> Reply:
    chat = known_chat(sandbox, call.path["chat_id"])
    account = _account_of(sandbox, chat)
    return _messages(sandbox, call, [(account, chat)])


def list_messages(sandbox: Sandbox, call: Call) -> Reply:
    pairs = [
        (account, chat)
        for account in _accounts(sandbox, call)
        for chat in sandbox.world.chats[account.provider_id].oldest_first()
    ]
    return _messages(sandbox, call, pairs)


def _messages(sandbox: Sandbox, call: Call, pairs: list[tuple[Account, Chat]]) -> Reply:
    found: Index[tuple[Account, Message]] = Index()
    sender = call.query.get("sender_id")
    for account, chat in pairs:
        for message in sandbox.world.messages[chat.chat_id].oldest_first():
            known_as = (None, message.sender, attendee_id(account, message.sender))
            if sender in known_as and _is_in_time(message.sent_at, call.query):
                found.put(message.message_id, message.sent_at, (account, message))
    return Reply(
        page_of(found, "MessageList", call.query, 100, lambda m: _show_message(*m))
    )


def get_message(sandbox: Sandbox, call: Call) -> Reply:
    message = sandbox.world.message_by_id.get(call.path["message_id"])
    if message is None:
        raise ProviderError("resource_not_found", "Message not found.")
    chat = known_chat(sandbox, message.chat_id)
    return Reply(_show_message(_account_of(sandbox, chat), message))


def _show_message(account: Account, message: Message) -> dict[str, Any]:
    return {
        "object": "Message",
        "id": message.message_id,
        "provider_id": f"urn:li:msg_message:{message.message_id}",
        "account_id": account.account_id,
        "chat_id": message.chat_id,
        "chat_provider_id": f"2-{message.chat_id}",
        "sender_id": message.sender,
        "sender_attendee_id": attendee_id(account, message.sender),
        "text": message.text,
        "timestamp": iso(message.sent_at),
        "is_sender": int(message.sender == message.owner),
        "attachments": [],
        "reactions": [],
        "seen": 0,
        "seen_by": {},
        "hidden": 0,
        "deleted": 0,
        "edited": 0,
        "is_event": int(message.is_event),
        "delivered": 1,
        "behavior": None,
        "original": message.text,
    }


def list_attendees(sandbox: Sandbox, call: Call) -> Reply:
    people: Index[dict[str, Any]] = Index()
    for account in _accounts(sandbox, call):
        for chat in sandbox.world.chats[account.provider_id].oldest_first():
            shown = _show_attendee(sandbox, account, chat.provider_id)
            people.put(shown["id"], chat.at, shown)
    return Reply(page_of(people, "ChatAttendeeList", call.query, 100, dict))


def list_chat_attendees(sandbox: Sandbox, call: Call) -> Reply:
    chat = known_chat(sandbox, call.path["chat_id"])
    account = _account_of(sandbox, chat)
    items = [
        _show_attendee(sandbox, account, provider_id)
        for provider_id in (chat.owner, chat.provider_id)
    ]
    return Reply({"object": "ChatAttendeeList", "items": items})


def get_attendee(sandbox: Sandbox, call: Call) -> Reply:
    account, chat = _chats_with(sandbox, call)[0]
    return Reply(_show_attendee(sandbox, account, chat.provider_id))


def list_attendee_chats(sandbox: Sandbox, call: Call) -> Reply:
    chats: Index[tuple[Account, Chat]] = Index()
    for account, chat in _chats_with(sandbox, call):
        chats.put(chat.chat_id, chat.at, (account, chat))
    return Reply(
        page_of(chats, "ChatList", call.query, 100, lambda pair: _show_chat(*pair))
    )


def list_attendee_messages(sandbox: Sandbox, call: Call) -> Reply:
    return _messages(sandbox, call, _chats_with(sandbox, call))


def _show_attendee(
    sandbox: Sandbox, account: Account, provider_id: str
) -> dict[str, Any]:
    person = sandbox.world.people.person(provider_id)
    return {
        "object": "ChatAttendee",
        "id": attendee_id(account, provider_id),
        "account_id": account.account_id,
        "provider_id": provider_id,
        "name": person.name,
        "is_self": int(provider_id == account.provider_id),
        "hidden": 0,
        "picture_url": person.picture_url,
        "profile_url": person.profile_url,
        "specifics": {
            "provider": "LINKEDIN",
            "member_urn": person.member_urn,
            "occupation": person.headline,
        },
    }


def _chats_with(sandbox: Sandbox, call: Call) -> list[tuple[Account, Chat]]:
    """Chats with an attendee, named by the provider's id or by LinkedIn's."""
    wanted = call.path["attendee_id"]
    found = [
        (account, chat)
        for account in _accounts(sandbox, call)
        for chat in sandbox.world.chats[account.provider_id].oldest_first()
        if wanted in (chat.provider_id, attendee_id(account, chat.provider_id))
    ]
    if not found:
        raise ProviderError("resource_not_found", "Attendee not found.")
    return found


def _accounts(sandbox: Sandbox, call: Call) -> list[Account]:
    wanted = call.query.get("account_id")
    if wanted is not None:
        return [known_account(sandbox, part) for part in wanted.split(",")]
    accounts = sandbox.world.accounts.values()
    return [
        account
        for account in accounts
        if not account.is_deleted and account.version == 1
    ]


def _account_of(sandbox: Sandbox, chat: Chat) -> Account:
    return sandbox.world.accounts_of(chat.owner, 1)[-1]


def _is_in_time(at: datetime.datetime, query: dict[str, Any]) -> bool:
    after, before = query.get("after"), query.get("before")
    return (after is None or at > parse_iso(after)) and (
        before is None or at < parse_iso(before)
    )


LIST: Shape = {
    "account_id": TEXT,
    "limit": limit_rule(250),
    "cursor": TEXT,
    "before": UTC_MS,
    "after": UTC_MS,
}
CHATS: Shape = LIST | {
    "unread": Rule(kind=bool),
    "account_type": Rule(choices=PROVIDERS),
}
MESSAGES: Shape = LIST | {"sender_id": TEXT}
ATTENDEE = "/chat_attendees/{attendee_id}"
Handler = Callable[[Sandbox, Call], Reply]


def _get(
    name: str, path: str, handler: Handler, query: Shape | None = None
) -> ApiRoute:
    return ApiRoute(name, "GET", path, handler, query or {})


ROUTES = [
    _get("chats", "/chats", list_chats, CHATS),
    _get("get_chat", "/chats/{chat_id}", get_chat, {"account_id": TEXT}),
    _get("chat_messages", "/chats/{chat_id}/messages", list_chat_messages, MESSAGES),
    _get("chat_attendees", "/chats/{chat_id}/attendees", list_chat_attendees),
    _get("messages", "/messages", list_messages, MESSAGES),
    _get("get_message", "/messages/{message_id}", get_message),
    _get("attendees", "/chat_attendees", list_attendees, LIST),
    _get("get_attendee", ATTENDEE, get_attendee),
    _get("attendee_chats", f"{ATTENDEE}/chats", list_attendee_chats, LIST),
    _get("attendee_messages", f"{ATTENDEE}/messages", list_attendee_messages, LIST),
]
