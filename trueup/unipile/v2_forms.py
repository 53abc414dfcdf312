"""The bodies of version 2 in the engine's form (`provider.py`).

Belongs here: the names of fields. Does not: calls. Each function returns None for a row
that has not the fields that are always there.
"""

from typing import Any

Row = dict[str, Any]


def account(row: Row) -> Row | None:
    """An account. Its one source has the account's own status, see `_word`."""
    identity = _text(row, "id")
    if identity is None:
        return None
    metadata = _object(row, "metadata")
    products = _object(metadata, "products_connection_status")
    name = _text(row, "name") or ""
    paid = sorted(name for name in products if name not in ("classic", "company"))
    provider = _text(row, "provider") or ""
    return {
        "object": "Account",
        "id": identity,
        "type": provider.upper(),
        "name": name,
        "created_at": _text(row, "created_at"),
        "connection_params": {
            "im": {
                "id": _text(row, "user_id"),
                "username": name,
                "premiumFeatures": paid,
            }
        },
        "sources": [{"id": identity, "status": _word(row)}],
        "product_states": {
            name: state for name, state in products.items() if isinstance(state, str)
        },
        "v1_account_id": _text(metadata, "v1_account_id"),
    }


def _word(row: Row) -> str | None:
    """The status; `locked` where Unipile lets no call through."""
    return "locked" if row.get("is_locked") is True else _text(row, "status")


def profile(body: Row) -> Row | None:
    """A profile of a person."""
    provider_id = _text(body, "id")
    if body.get("object") != "UserProfile" or provider_id is None:
        return None
    specifics = _object(body, "specifics")
    request = _object(specifics, "relation_request")
    status = _text(specifics, "relation_request_status")
    kind = _text(request, "type")
    found = {
        "object": "UserProfile",
        "provider_id": provider_id,
        "public_identifier": body.get("public_identifier"),
        "network_distance": specifics.get("network_distance"),
    }
    if request or status is not None:
        # A request without a status is one of the pending ones. A status without a
        # request does not say whose it is: we asked after our own.
        found["invitation"] = {
            "type": (kind or "sent").upper(),
            "status": status or "PENDING",
        }
    return found


def sent_invitation(row: Row) -> Row | None:
    """A pending request that the account sent; None for one that it received."""
    identity, user = _text(row, "id"), _object(row, "user")
    if identity is None or row.get("type") != "sent":
        return None
    return {
        "id": identity,
        "invited_user_id": _text(user, "id"),
        "invited_user_public_id": _text(user, "public_identifier"),
        "parsed_datetime": _text(row, "created_at"),
    }


def relation(row: Row) -> Row | None:
    user = _object(row, "user")
    member_id = _text(user, "id")
    if member_id is None:
        return None
    return {
        "member_id": member_id,
        "public_identifier": _text(user, "public_identifier"),
        "created_at": _text(row, "created_at"),
    }


def chat(row: Row) -> Row | None:
    identity = _text(row, "id")
    if identity is None:
        return None
    is_of_two = row.get("type") in (None, "1to1")
    person = _text(row, "user_id") or _text(_object(row, "user"), "id")
    return {
        "id": identity,
        "attendee_provider_id": person if is_of_two else None,
        "subject": _text(row, "name"),
        "timestamp": _text(row, "last_message_timestamp")
        or _text(_object(row, "last_message"), "timestamp"),
    }


def message(row: Row) -> Row | None:
    """A message; a line of the system, such as 'joined', is nobody's."""
    identity = _text(row, "id")
    if identity is None:
        return None
    return {
        "id": identity,
        "chat_id": _text(row, "chat_id"),
        "sender_id": _text(row, "sender_id") or _text(_object(row, "sender"), "id"),
        "is_sender": row.get("is_sender") is True,
        "is_event": row.get("is_event") is True,
        "text": row.get("text"),
        "timestamp": _text(row, "timestamp"),
    }


def comment(row: Row) -> Row | None:
    identity = _text(row, "id")
    if identity is None:
        return None
    return {
        "id": identity,
        "text": row.get("text"),
        "date": _text(row, "created_at"),
        "author_details": {"id": _text(_object(row, "author"), "id")},
    }


def webhook(row: Row) -> Row | None:
    """An endpoint, without its secret."""
    identity = _text(row, "id")
    if identity is None:
        return None
    account_ids = row.get("account_ids")
    return {
        "object": "Webhook",
        "id": identity,
        "enabled": row.get("enabled") is True,
        "name": _text(row, "description"),
        "request_url": _text(row, "url"),
        "events": row.get("trigger_events"),
        "account_ids": [
            {"id": one} for one in account_ids or [] if isinstance(one, str)
        ],
        "headers": [],
    }


def endpoint(row: Row) -> Row | None:
    """An endpoint as the API gives it, with its secret."""
    return row if _text(row, "id") is not None else None


def _object(row: Row, name: str) -> Row:
    found = row.get(name)
    return found if isinstance(found, dict) else {}


def _text(row: Row, name: str) -> str | None:
    found = row.get(name)
    return found if isinstance(found, str) and found else None
