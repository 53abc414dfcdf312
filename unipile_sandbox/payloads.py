"""The bodies of webhooks, as the provider's documentation shows them.

Belongs here: shapes only. `webhook_events` plans when and how often they are sent.
"""

from typing import Any

from unipile_sandbox.chance import chance_id
from unipile_sandbox.clock import iso
from unipile_sandbox.people import Person
from unipile_sandbox.records import Account, Chat, Message

Payload = dict[str, Any]


def new_relation(account: Account, person: Person) -> Payload:
    """It has no time, invitation or campaign, like the real one."""
    return {
        "event": "new_relation",
        "account_id": account.account_id,
        "account_type": "LINKEDIN",
        "webhook_name": "",
        "user_full_name": person.name,
        "user_provider_id": person.provider_id,
        "user_public_identifier": person.public_identifier,
        "user_profile_url": person.profile_url,
        "user_picture_url": person.picture_url,
    }


def account_status(account_id: str, message: str) -> Payload:
    return {
        "AccountStatus": {
            "account_id": account_id,
            "account_type": "LINKEDIN",
            "message": message,
        }
    }


def message_received(
    account: Account, chat: Chat, message: Message, sender: Person, other: Person
) -> Payload:
    """Own messages come as `message_received` too: see `account_info`."""
    return {
        "account_id": account.account_id,
        "account_type": "LINKEDIN",
        "account_info": {
            "type": "LINKEDIN",
            "feature": "classic",
            "user_id": account.provider_id,
        },
        "event": "message_received",
        "chat_id": chat.chat_id,
        "timestamp": iso(message.sent_at),
        "webhook_name": "",
        "message_id": message.message_id,
        "message": message.text,
        "sender": _attendee(account, sender),
        "attendees": [_attendee(account, other)],
        "attachments": [],
    }


def attendee_id(account: Account, provider_id: str) -> str:
    """The provider's own id for a person in an account's chats."""
    return chance_id(0, "attendee", account.account_id, provider_id)


def _attendee(account: Account, person: Person) -> Payload:
    return {
        "attendee_id": attendee_id(account, person.provider_id),
        "attendee_name": person.name,
        "attendee_provider_id": person.provider_id,
        "attendee_profile_url": person.profile_url,
    }
