"""Parsing a webhook's body into the fields of the database's functions.

Belongs here: the payload formats of version 1, and why a body cannot be parsed (version
2: `payloads_v2.py`). Does not: whose account it is, or whether the event is new, which
the database decides.
"""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from trueup.inbound.lists.notes import note_request_sha256
from trueup.inbound.lists.provider_reads import moment_of
from trueup.inbound.webhooks.fields import (
    UnreadablePayloadError,
    id_of,
    object_of,
    parse_body,
    text_of,
)
from trueup.inbound.webhooks.payloads_v2 import read_event
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


@dataclasses.dataclass(frozen=True)
class Delivery:
    """A webhook as it was received. api_version: of the provider's API, 1 or 2."""

    delivery_id: int
    body: bytes
    received_at: datetime
    api_version: int = 1


def read_delivery(
    delivery: Delivery, meanings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A row for `outreach.take_in_webhook_events`; never raises for a bad body.

    meanings: the wanted event of each of the names of version 2.
    """
    try:
        payload = parse_body(delivery.body)
        if delivery.api_version == 2:
            reading = read_event(payload, meanings or {})
        else:
            reading = read_payload(payload, delivery.received_at)
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
    message = id_of(status, "message")
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
    provider_id = id_of(payload, "user_provider_id")
    public_identifier = comparable(id_of(payload, "user_public_identifier"))
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
    message_id = id_of(payload, "message_id")
    if message_id is None:
        raise UnreadablePayloadError("no message id")
    sender = id_of(object_of(payload, "sender"), "attendee_provider_id")
    # Kept without its writer, it would be no reply, and no poll would read it again.
    if event == "message_received" and sender is None:
        raise UnreadablePayloadError("no sender")
    owner = id_of(object_of(payload, "account_info"), "user_id")
    is_own = sender is not None and sender == owner
    recipient = _other_attendee(payload, owner or sender)
    text = text_of(payload, "message")
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
            id_of(attendee, "attendee_provider_id")
            if isinstance(attendee, dict)
            else None
        )
        if found is not None and found != owner:
            return found
    return None


def _account_of(fields: dict[str, Any]) -> str:
    account_id = id_of(fields, "account_id")
    if account_id is None:
        raise UnreadablePayloadError("no account")
    return account_id
