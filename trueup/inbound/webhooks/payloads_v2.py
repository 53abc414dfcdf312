"""Parsing a webhook of version 2 into the fields of the database's functions.

Belongs here: the envelope, and the payload of each wanted event. Does not: version 1
(`payloads.py`), or which name means which event, which are rows of
`outreach.provider_webhook_events`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from trueup.inbound.lists.provider_reads import moment_of
from trueup.inbound.webhooks.fields import (
    UnreadablePayloadError,
    id_of,
    object_of,
    parse_body,
    text_of,
)
from trueup.unipile.public_identifiers import comparable

Fields = dict[str, Any]


@dataclass(frozen=True)
class Envelope:
    """The parts of an event that say where it is from; None where it has them not."""

    event_id: str | None = None
    application_id: str | None = None
    is_production: bool | None = None


def read_envelope(body: bytes) -> Envelope:
    """The parts of the envelope; without them if the body is no event."""
    try:
        fields = parse_body(body)
        if not isinstance(fields, dict):
            return Envelope()
        is_production = fields.get("application_production")
        return Envelope(
            id_of(fields, "id"),
            id_of(fields, "application_id"),
            is_production if isinstance(is_production, bool) else None,
        )
    except UnreadablePayloadError:
        return Envelope()


def read_event(event: object, meanings: Mapping[str, str]) -> Fields:
    """Parse one event. Raises UnreadablePayloadError with the reason.

    meanings: the wanted event that each of the provider's names means. A name that is
    not there is never taken for another one.
    """
    if not isinstance(event, dict):
        raise UnreadablePayloadError("not an object")
    name, event_id = id_of(event, "type"), id_of(event, "id")
    meaning = meanings.get(name or "", "")
    payload = event.get("payload")
    if payload is None and meaning == "account_status":
        # That it came is all that such an event tells.
        payload = {}
    if not isinstance(payload, dict):
        raise UnreadablePayloadError("no payload")
    account_id = id_of(event, "account_id")
    if event_id is None or name is None:
        raise UnreadablePayloadError("no event")
    if account_id is None:
        raise UnreadablePayloadError("no account")
    read = _READERS.get(meaning)
    if read is None:
        raise UnreadablePayloadError("unknown event")
    told = {"event_id": event_id, "type": name, "created_at": event.get("created_at")}
    reading = read(payload, name, event_id)
    return {
        "provider_account_id": account_id,
        "api_version": 2,
        **reading,
        "payload": told | reading.get("payload", {}),
    }


def _account_status(payload: Fields, name: str, event_id: str) -> Fields:
    # Only a reason to query the account: an event may be about one of its products.
    login = {}
    state = text_of(payload, "state")
    account_id = id_of(object_of(payload, "account"), "id")
    if state is not None and account_id is not None:
        login = {"login": {"state": state, "account_id": account_id, "status": name}}
    about = {key: payload[key] for key in ("product", "reason") if key in payload}
    return {
        "event_type": "account_status",
        "subject": event_id,
        "reference": name,
        "occurred_at": moment_of(payload.get("timestamp")),
        "payload": about,
        **login,
    }


def _new_relation(payload: Fields, _name: str, _event_id: str) -> Fields:
    user = object_of(payload, "user")
    provider_id = id_of(user, "id")
    public_identifier = comparable(id_of(user, "public_identifier"))
    if provider_id is None and public_identifier is None:
        raise UnreadablePayloadError("no person")
    return {
        "event_type": "new_relation",
        "subject": provider_id or public_identifier,
        "provider_id": provider_id,
        "public_identifier": public_identifier,
        "occurred_at": moment_of(payload.get("created_at")),
        "payload": {"relation": payload},
    }


def _message(payload: Fields, _name: str, _event_id: str) -> Fields:
    message_id = id_of(payload, "id")
    if message_id is None:
        raise UnreadablePayloadError("no message id")
    sender = object_of(payload, "sender")
    # Lines such as "joined the group" are messages that nobody wrote.
    is_written = payload.get("is_event") is not True
    writer = id_of(payload, "sender_id") or id_of(sender, "id")
    is_own = payload.get("is_sender") is True
    # Kept without its writer, it would be no reply, and no poll would read it again.
    if is_written and not is_own and writer is None:
        raise UnreadablePayloadError("no sender")
    return {
        "event_type": "message_received" if is_written else "message_event",
        "subject": message_id,
        "provider_id": writer,
        "reference": message_id,
        "occurred_at": moment_of(payload.get("timestamp")),
        "is_own": is_own,
        "payload": {
            "chat_id": id_of(payload, "chat_id"),
            "message": text_of(payload, "text"),
            "sender": {"attendee_name": text_of(sender, "display_name")},
        },
    }


_READERS: dict[str, Callable[[Fields, str, str], Fields]] = {
    "account_status": _account_status,
    "new_relation": _new_relation,
    "message_received": _message,
}
