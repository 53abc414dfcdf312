"""Parsing a webhook's body into the fields of the database's functions.

Belongs here: the provider's payload formats (version 1), and why a body cannot be
parsed. Does not: whose account it is, or whether the event is new, which the database
decides.
"""

import dataclasses
import json
import math
from datetime import datetime
from typing import Any

from trueup.inbound.lists.notes import note_request_sha256
from trueup.inbound.lists.provider_reads import moment_of
from trueup.unipile.public_identifiers import comparable

# Events about one message; only message_received can be a reply.
MESSAGE_EVENTS = frozenset(
    {
        "message_received",
        "message_read",
        "message_reaction",
        "message_edited",
        "message_deleted",
        "message_delivered",
    }
)

# The provider's ids have about 40 characters; an index has a maximum key size.
LONGEST_ID = 500


class UnreadablePayloadError(ValueError):
    """The body is no event; the text is the reason for its quarantine."""


@dataclasses.dataclass(frozen=True)
class Delivery:
    """A webhook as it was received."""

    delivery_id: int
    body: bytes
    received_at: datetime


def read_delivery(delivery: Delivery) -> dict[str, Any]:
    """A row for `outreach.take_in_webhook_events`; never raises for a bad body."""
    try:
        reading = read_payload(_parse(delivery.body), delivery.received_at)
    except UnreadablePayloadError as error:
        reading = {"quarantine_reason": str(error)}
    return {"delivery_id": delivery.delivery_id, **reading}


def read_payload(payload: Any, received_at: datetime) -> dict[str, Any]:  # noqa: ANN401
    """Parse one payload. Raises UnreadablePayloadError with the reason."""
    if not isinstance(payload, dict):
        raise UnreadablePayloadError("not an object")
    if "AccountStatus" in payload:
        return _account_status(payload, received_at)
    event = payload.get("event")
    if event == "new_relation":
        return _new_relation(payload)
    if isinstance(event, str) and event in MESSAGE_EVENTS:
        return _message(payload, event)
    raise UnreadablePayloadError("unknown event")


def _account_status(payload: dict[str, Any], received_at: datetime) -> dict[str, Any]:
    # Only a reason to query the account, because several changes in a minute look
    # alike.
    status = payload["AccountStatus"]
    if not isinstance(status, dict):
        raise UnreadablePayloadError("no account status")
    message = _id(status, "message")
    if message is None:
        raise UnreadablePayloadError("no account status")
    minute = int(received_at.timestamp() // 60)
    return {
        "event_type": "account_status",
        "provider_account_id": _account_of(status),
        "subject": f"{message} {minute}",
        "reference": message,
        "payload": payload,
    }


def _new_relation(payload: dict[str, Any]) -> dict[str, Any]:
    provider_id = _id(payload, "user_provider_id")
    public_identifier = comparable(_id(payload, "user_public_identifier"))
    if provider_id is None and public_identifier is None:
        raise UnreadablePayloadError("no person")
    return {
        "event_type": "new_relation",
        "provider_account_id": _account_of(payload),
        "subject": provider_id or public_identifier,
        "provider_id": provider_id,
        "public_identifier": public_identifier,
        "payload": payload,
    }


def _message(payload: dict[str, Any], event: str) -> dict[str, Any]:
    account_id = _account_of(payload)
    message_id = _id(payload, "message_id")
    if message_id is None:
        raise UnreadablePayloadError("no message id")
    sender = _id(_object(payload, "sender"), "attendee_provider_id")
    owner = _id(_object(payload, "account_info"), "user_id")
    is_own = sender is not None and sender == owner
    recipient = _other_attendee(payload, owner or sender)
    text = _text(payload, "message")
    return {
        "event_type": event,
        "provider_account_id": account_id,
        "subject": message_id,
        "provider_id": sender,
        "recipient_id": recipient,
        "reference": message_id,
        "occurred_at": moment_of(payload.get("timestamp")),
        "is_own": is_own,
        "note_sha256": note_request_sha256(account_id, recipient, text),
        "payload": payload,
    }


def _other_attendee(payload: dict[str, Any], owner: str | None) -> str | None:
    attendees = payload.get("attendees")
    for attendee in attendees if isinstance(attendees, list) else []:
        found = (
            _id(attendee, "attendee_provider_id")
            if isinstance(attendee, dict)
            else None
        )
        if found is not None and found != owner:
            return found
    return None


def _account_of(fields: dict[str, Any]) -> str:
    account_id = _id(fields, "account_id")
    if account_id is None:
        raise UnreadablePayloadError("no account")
    return account_id


def _object(fields: dict[str, Any], name: str) -> dict[str, Any]:
    found = fields.get(name)
    return found if isinstance(found, dict) else {}


def _text(fields: dict[str, Any], name: str) -> str | None:
    found = fields.get(name)
    return found if isinstance(found, str) and found else None


def _id(fields: dict[str, Any], name: str) -> str | None:
    found = _text(fields, name)
    if found is not None and len(found) > LONGEST_ID:
        raise UnreadablePayloadError(f"{name} is too long")
    return found


def _parse(body: bytes) -> Any:  # noqa: ANN401
    try:
        return _storable(json.loads(body))
    except (ValueError, RecursionError):
        raise UnreadablePayloadError("not JSON") from None


def _storable(value: Any) -> Any:  # noqa: ANN401
    """The value without characters that jsonb cannot store; ValueError for NaN.

    The body itself is stored unchanged, so nothing is lost.
    """
    if isinstance(value, str):
        return value.replace("\x00", "�").encode("utf-8", "replace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value
