"""What version 2 shows of accounts, people, invitations, chats, messages, comments.

Belongs here: shapes only.
"""

import dataclasses
from typing import Any

from unipile_sandbox.chance import chance
from unipile_sandbox.clock import iso
from unipile_sandbox.core import Core
from unipile_sandbox.people import Person
from unipile_sandbox.records import (
    Account,
    Chat,
    Comment,
    Invitation,
    Message,
    ReceivedRequest,
    Relation,
)
from unipile_sandbox.state import World
from unipile_sandbox.v2.ids import APPLICATION_ID, opaque

Shown = dict[str, Any]


def account(found: Account) -> Shown:
    metadata: Shown = {
        "products_connection_status": dict(found.products),
        "custom_data": dict(found.custom_data),
    }
    if found.v1_account_id is not None:
        metadata["v1_account_id"] = found.v1_account_id
    body = {
        "object": "Account",
        "id": found.account_id,
        "application_id": APPLICATION_ID,
        "user_id": found.provider_id,
        "name": found.name,
        "created_at": iso(found.created_at),
        "status": found.status,
        "is_locked": found.is_locked,
        "provider": "linkedin",
        "metadata": metadata,
        "initial_sync": {"status": "completed", "started_at": iso(found.created_at)},
    }
    if found.scope_id is not None:
        body["account_scope_id"] = found.scope_id
    return body


def user(person: Person) -> Shown:
    return {
        "object": "User",
        "id": person.provider_id,
        "type": "individual",
        "public_identifier": person.public_identifier,
        "display_name": person.name,
        "profile_url": person.profile_url,
        "public_picture_url": person.picture_url,
        "description": person.headline,
    }


def relation(world: World, found: Relation, undated_odds: float) -> Shown:
    """Its id names the connection; the person is in `user`.

    undated_odds: how many relations have no time, which the contract allows.
    """
    body = {
        "object": "UserRelation",
        "id": opaque("relation", found.provider_id),
        "user": user(world.people.person(found.provider_id)),
        "created_at": iso(found.created_at),
    }
    if chance(world.seed, "undated", found.provider_id) < undated_odds:
        del body["created_at"]
    return body


def received_request(world: World, found: ReceivedRequest) -> Shown:
    return {
        "object": "RelationRequest",
        "id": opaque("request", found.request_id),
        "type": "received",
        "user": user(world.people.person(found.provider_id)),
        "created_at": iso(found.received_at),
    }


def sent_request(world: World, invitation: Invitation) -> Shown:
    body = {
        "object": "RelationRequest",
        "id": opaque("request", invitation.invitation_id),
        "type": "sent",
        "user": user(world.people.person(invitation.provider_id)),
        "created_at": iso(invitation.sent_at),
    }
    if invitation.message is not None:
        body["message"] = invitation.message
    return body


def _shown_by(core: Core, product: str, provider_id: str) -> Person:
    """A person as a product shows them: others than the classic one have ids apart."""
    person = core.world.people.person(provider_id)
    if product == "classic" or not core.settings.v2_product_ids:
        return person
    shown_id = provider_id.replace("ACo", "ACw", 1)
    return dataclasses.replace(person, provider_id=shown_id)


def chat(core: Core, found: Chat) -> Shown:
    world = core.world
    person = _shown_by(core, found.product, found.provider_id)
    last, _ = world.messages[found.chat_id].newest_first(None, 1)
    body = {
        "object": "Chat",
        "id": opaque("chat", found.chat_id),
        "name": found.subject or person.name,
        "type": "1to1",
        "is_group": False,
        "is_1to1": True,
        "is_channel": False,
        "user_id": person.provider_id,
        "user": user(person),
        "unread_count": found.unread_count,
        "folders": [],
        "is_pinned": False,
        "is_readonly": False,
        "is_archived": False,
        "muted_until": None,
        "provider": "linkedin",
    }
    if last:
        body["last_message"] = message(core, last[0])
        body["last_message_timestamp"] = iso(last[0].sent_at)
    return body


def message(core: Core, found: Message) -> Shown:
    product = core.world.chat_by_id[found.chat_id].product
    sender = _shown_by(core, product, found.sender)
    return {
        "object": "Message",
        "id": opaque("message", found.message_id),
        "text": found.text,
        "sender_id": sender.provider_id,
        "chat_id": opaque("chat", found.chat_id),
        "timestamp": iso(found.sent_at),
        "is_sender": found.sender == found.owner,
        "is_hidden": False,
        "is_seen": False,
        "is_delivered": True,
        "is_deleted": False,
        "is_edited": False,
        "is_pinned": False,
        "is_event": found.is_event,
        "is_mentionned": False,
        "reactions_counter": [],
        "sender": user(sender),
        "provider": "linkedin",
        "attachments": [],
    }


def comment(world: World, reader: Account, found: Comment) -> Shown:
    return {
        "object": "Comment",
        "id": opaque("comment", found.comment_id),
        "author": user(world.people.person(found.author)),
        "created_at": iso(found.posted_at),
        "text": found.text,
        "is_sender": found.author == reader.provider_id,
        "can_reply": True,
        "can_react": True,
        "reply_counter": 0,
        "reactions_counter": [],
    }
