"""Reading in version 2: inboxes, their chats, and the messages of a chat."""

import datetime
from typing import Any

from unipile_sandbox.calls import Call
from unipile_sandbox.clock import parse_iso
from unipile_sandbox.records import Chat
from unipile_sandbox.serving import Reply
from unipile_sandbox.shapes import TEXT, UTC_MS, Shape
from unipile_sandbox.v2 import shown
from unipile_sandbox.v2.checks import known_chat, working_account
from unipile_sandbox.v2.errors import V2Error
from unipile_sandbox.v2.ids import named, opaque
from unipile_sandbox.v2.paging import BY_EITHER, cursor_page, offset_page
from unipile_sandbox.v2.serving import V2Route
from unipile_sandbox.world import Sandbox

PRODUCT_OF_INBOX = {
    "CLASSIC_PRIMARY": "classic",
    "CLASSIC_INMAIL": "classic",
    "CLASSIC_ARCHIVED": "classic",
    "SALES_NAVIGATOR_PRIMARY": "sales_navigator",
    "RECRUITER_PRIMARY": "recruiter",
}


def list_inboxes(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call)
    rows = [
        {
            "object": "Inbox",
            "id": inbox_id,
            "disabled": account.products[product] != "running",
        }
        for inbox_id, product in PRODUCT_OF_INBOX.items()
        if product in account.products
    ]
    return Reply({"data": rows, "total_count": len(rows), "next_cursor": None})


def list_inbox_chats(sandbox: Sandbox, call: Call) -> Reply:
    """Newest activity first; Recruiter by cursor, the others by offset."""
    inbox_id = call.path["inbox_id"]
    product = PRODUCT_OF_INBOX.get(inbox_id)
    if product is None:
        raise V2Error("provider/resource_not_found", "Inbox not found.")
    account, world = working_account(sandbox, call, product), sandbox.world
    chats = [
        chat
        for chat in world.chats[account.provider_id].oldest_first()[::-1]
        if _inbox_of(chat) == inbox_id and _is_in_time(chat.at, call.query)
    ]
    page = cursor_page if product == "recruiter" else offset_page
    return Reply(
        page(sandbox.settings, chats, call.query, lambda one: shown.chat(sandbox, one))
    )


def _inbox_of(chat: Chat) -> str:
    if chat.product != "classic":
        return f"{chat.product.upper()}_PRIMARY"
    return "CLASSIC_INMAIL" if chat.content_type == "inmail" else "CLASSIC_PRIMARY"


def list_chats(sandbox: Sandbox, call: Call) -> Reply:
    """The list for providers that have no inboxes; LinkedIn has some."""
    working_account(sandbox, call)
    raise V2Error("provider/method_not_allowed", "LinkedIn's chats live in inboxes.")


def get_chat(sandbox: Sandbox, call: Call) -> Reply:
    _, chat = known_chat(sandbox, call)
    return Reply(shown.chat(sandbox, chat))


def get_user_chat(sandbox: Sandbox, call: Call) -> Reply:
    account = working_account(sandbox, call)
    chat = sandbox.world.chat_between(account.provider_id, call.path["user_id"])
    rows = [] if chat is None else [_lookup(chat)]
    return Reply({"object": "ChatLookup", "data": rows})


def _lookup(chat: Chat) -> dict[str, Any]:
    return {
        "chat_id": opaque("chat", chat.chat_id),
        "inbox_id": _inbox_of(chat),
        "has_history": True,
    }


def list_messages(sandbox: Sandbox, call: Call) -> Reply:
    """Newest first."""
    world = sandbox.world
    _, chat = known_chat(sandbox, call)
    sender = call.query.get("user_id")
    messages = [
        message
        for message in world.messages[chat.chat_id].oldest_first()[::-1]
        if sender in (None, message.sender) and _is_in_time(message.sent_at, call.query)
    ]
    page = cursor_page if chat.product == "recruiter" else offset_page
    return Reply(
        page(
            sandbox.settings,
            messages,
            call.query,
            lambda one: shown.message(sandbox, one),
        )
    )


def get_message(sandbox: Sandbox, call: Call) -> Reply:
    _, chat = known_chat(sandbox, call)
    if chat.product != "classic":
        raise V2Error(
            "provider/method_not_allowed", f"{chat.product} gives no single messages."
        )
    message_id = named("message", call.path["message_id"])
    message = sandbox.world.messages[chat.chat_id].get(message_id or "")
    if message is None:
        raise V2Error("provider/resource_not_found", "Message not found.")
    return Reply(shown.message(sandbox, message))


def list_participants(sandbox: Sandbox, call: Call) -> Reply:
    """Groups only, and this sandbox has none."""
    known_chat(sandbox, call)
    raise V2Error("provider/invalid_parameters", "The chat is no group.")


def _is_in_time(at: datetime.datetime, query: dict[str, Any]) -> bool:
    after, before = query.get("after"), query.get("before")
    return (after is None or at > parse_iso(after)) and (
        before is None or at < parse_iso(before)
    )


LIST: Shape = BY_EITHER | {"before": UTC_MS, "after": UTC_MS}
CHAT = "/{account_id}/chats/{chat_id}"

ROUTES = [
    V2Route("inboxes", "GET", "/{account_id}/inboxes", list_inboxes, BY_EITHER),
    V2Route(
        "chats",
        "GET",
        "/{account_id}/inboxes/{inbox_id}/chats",
        list_inbox_chats,
        LIST,
    ),
    V2Route("chats_without_inbox", "GET", "/{account_id}/chats", list_chats, BY_EITHER),
    V2Route("get_chat", "GET", CHAT, get_chat),
    V2Route("user_chat", "GET", "/{account_id}/users/{user_id}/chat", get_user_chat),
    V2Route(
        "chat_messages",
        "GET",
        f"{CHAT}/messages",
        list_messages,
        LIST | {"user_id": TEXT},
    ),
    V2Route("get_message", "GET", f"{CHAT}/messages/{{message_id}}", get_message),
    V2Route(
        "participants", "GET", f"{CHAT}/participants", list_participants, BY_EITHER
    ),
]
