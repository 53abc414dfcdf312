"""The state of the sandbox's world, built from journal lines alone.

Belongs here: how a line changes the state. Only `apply` changes it, while the sandbox
runs and at a restart, so the journal on disk and the state in memory cannot differ. The
actions that write the lines are in `world`.
"""

import dataclasses
from collections import defaultdict
from typing import Any

from unipile_sandbox.clock import parse_iso
from unipile_sandbox.index import Index
from unipile_sandbox.journal import Line
from unipile_sandbox.people import People
from unipile_sandbox.records import (
    Account,
    ApiKey,
    Chat,
    Comment,
    Conversation,
    Delivery,
    Endpoint,
    Invitation,
    Message,
    PlannedEvent,
    PlannedReply,
    ReceivedRequest,
    Relation,
    Webhook,
)


class World:
    """All state. Relations, invitations and chats belong to a LinkedIn identity
    (`owner`), not to an account_id, which changes when the account is added again."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.clear()

    def clear(self) -> None:
        self.people = People(self.seed)
        self.accounts: dict[str, Account] = {}
        self.accounts_by_owner: dict[str, list[Account]] = defaultdict(list)
        self.account_index: Index[Account] = Index()
        self.account_index_v2: Index[Account] = Index()
        self.pending: dict[str, Index[Invitation]] = defaultdict(Index)
        self.pending_by_person: dict[tuple[str, str], Invitation] = {}
        self.pending_by_id: dict[str, Invitation] = {}
        self.received: dict[str, Index[ReceivedRequest]] = defaultdict(Index)
        self.keys: dict[str, ApiKey] = {}
        self.withdrawn_at: dict[tuple[str, str], Any] = {}
        self.declined: set[tuple[str, str]] = set()
        self.relations: dict[str, Index[Relation]] = defaultdict(Index)
        self.planned_replies: dict[str, PlannedReply] = {}
        self.chats: dict[str, Index[Chat]] = defaultdict(Index)
        self.chat_by_id: dict[str, Chat] = {}
        self.messages: dict[str, Index[Message]] = defaultdict(Index)
        self.message_by_id: dict[str, Message] = {}
        self.comments: dict[str, Index[Comment]] = defaultdict(Index)
        self.webhooks: Index[Webhook] = Index()
        self.endpoints: Index[Endpoint] = Index()
        self.conversations: list[Conversation] = []
        self.planned: dict[str, PlannedEvent] = {}
        self.deliveries: dict[str, Delivery] = {}
        self.checkpoints: dict[str, dict[str, Any]] = {}
        self.hosted_links: dict[str, dict[str, Any]] = {}
        self.request_count = 0

    def apply(self, line: Line) -> None:
        change = getattr(self, f"_on_{line['kind']}", None)
        if change is not None:
            change(line)

    def owner_of(self, account_id: str) -> str:
        return self.accounts[account_id].provider_id

    def accounts_of(self, owner: str, version: int | None = None) -> list[Account]:
        """The accounts under which an identity is connected, of a version or all."""
        return [
            account
            for account in self.accounts_by_owner[owner]
            if not account.is_deleted and version in (None, account.version)
        ]

    def index_of(self, account: Account) -> Index[Account]:
        return self.account_index if account.version == 1 else self.account_index_v2

    def is_related(self, owner: str, provider_id: str) -> bool:
        return self.relations[owner].get(provider_id) is not None

    def chat_between(self, owner: str, provider_id: str) -> Chat | None:
        return self.chats[owner].get(provider_id)

    # One method for each kind of line

    def _on_reset(self, _line: Line) -> None:
        self.clear()

    def _on_request(self, _line: Line) -> None:
        self.request_count += 1

    def _on_account_registered(self, line: Line) -> None:
        account = Account(
            account_id=line["account_id"],
            name=line["name"],
            provider_id=line["provider_id"],
            public_identifier=line["public_identifier"],
            status=line["status"],
            created_at=parse_iso(line["at"]),
            premium_features=tuple(line["premium_features"]),
            version=line.get("version", 1),
            products=dict(line.get("products", {})),
            v1_account_id=line.get("v1_account_id"),
            scope_id=line.get("scope_id"),
        )
        self.accounts[account.account_id] = account
        self.accounts_by_owner[account.provider_id].append(account)
        self.index_of(account).put(account.account_id, account.created_at, account)
        self.people.remember_name(account.provider_id, account.public_identifier)
        first, _, last = account.name.partition(" ")
        names = {"first_name": first, "last_name": last}
        self.people.remember_overrides(account.provider_id, names)
        self.checkpoints.pop(account.account_id, None)

    def _on_account_status(self, line: Line) -> None:
        account = self.accounts[line["account_id"]]
        account.status = line["status"]
        account.is_locked = line.get("is_locked", account.is_locked)
        account.products = dict(line.get("products", account.products))
        account.error_reason = line.get("error_reason", account.error_reason)

    def _on_account_patched(self, line: Line) -> None:
        self.accounts[line["account_id"]].custom_data = line["custom_data"]

    def _on_account_deleted(self, line: Line) -> None:
        account = self.accounts[line["account_id"]]
        account.is_deleted = True
        self.index_of(account).remove(account.account_id)

    def _on_checkpoint_opened(self, line: Line) -> None:
        self.checkpoints[line["account_id"]] = line["intent"]

    def _on_checkpoint_closed(self, line: Line) -> None:
        self.checkpoints.pop(line["account_id"], None)

    def _on_hosted_link_made(self, line: Line) -> None:
        self.hosted_links[line["token"]] = line["wanted"]

    def _on_person_named(self, line: Line) -> None:
        self.people.remember_name(line["provider_id"], line["public_identifier"])

    def _on_person_overridden(self, line: Line) -> None:
        self.people.remember_overrides(line["provider_id"], line["overrides"])

    def _on_invite_sent(self, line: Line) -> None:
        accepts_at = line["accepts_at"]
        invitation = Invitation(
            invitation_id=line["invitation_id"],
            owner=self.owner_of(line["account_id"]),
            account_id=line["account_id"],
            provider_id=line["provider_id"],
            message=line["message"],
            sent_at=parse_iso(line["at"]),
            accepts_at=None if accepts_at is None else parse_iso(accepts_at),
        )
        self.pending[invitation.owner].put(
            invitation.invitation_id, invitation.sent_at, invitation
        )
        key = (invitation.owner, invitation.provider_id)
        self.pending_by_person[key] = invitation
        self.pending_by_id[invitation.invitation_id] = invitation

    def _on_invite_withdrawn(self, line: Line) -> None:
        key = (self.owner_of(line["account_id"]), line["provider_id"])
        self._forget_pending(key)
        self.withdrawn_at[key] = parse_iso(line["at"])

    def _on_invite_declined(self, line: Line) -> None:
        key = (self.owner_of(line["account_id"]), line["provider_id"])
        self._forget_pending(key)
        self.declined.add(key)

    def _on_invite_expired(self, line: Line) -> None:
        self._forget_pending((self.owner_of(line["account_id"]), line["provider_id"]))

    def _on_invite_accepted(self, line: Line) -> None:
        owner, provider_id = self.owner_of(line["account_id"]), line["provider_id"]
        self._forget_pending((owner, provider_id))
        relation = Relation(owner, provider_id, parse_iso(line["created_at"]))
        self.relations[owner].put(provider_id, relation.created_at, relation)
        if line.get("replies_at") is not None:
            self.planned_replies[line["invitation_id"]] = PlannedReply(
                invitation_id=line["invitation_id"],
                account_id=line["account_id"],
                provider_id=provider_id,
                due_at=parse_iso(line["replies_at"]),
            )

    def _on_request_received(self, line: Line) -> None:
        request = ReceivedRequest(
            request_id=line["request_id"],
            owner=self.owner_of(line["account_id"]),
            provider_id=line["provider_id"],
            received_at=parse_iso(line["at"]),
        )
        index = self.received[request.owner]
        index.put(request.request_id, request.received_at, request)

    def _on_request_refused(self, line: Line) -> None:
        owner = self.owner_of(line["account_id"])
        self.received[owner].remove(line["request_id"])

    _on_request_accepted = _on_request_refused

    def _on_key_made(self, line: Line) -> None:
        expires_at = line["expires_at"]
        self.keys[line["secret"]] = ApiKey(
            key_id=line["key_id"],
            secret=line["secret"],
            kind=line["key_kind"],
            name=line["name"],
            application_id=line["application_id"],
            scope_id=line["scope_id"],
            expires_at=None if expires_at is None else parse_iso(expires_at),
        )

    def _on_key_deleted(self, line: Line) -> None:
        self.keys = {
            secret: key
            for secret, key in self.keys.items()
            if key.key_id != line["key_id"]
        }

    def _on_relation_deleted(self, line: Line) -> None:
        owner = self.owner_of(line["account_id"])
        self.relations[owner].remove(line["provider_id"])

    # A person connected without our invitation, or we accepted theirs.
    _on_stranger_connected = _on_invite_accepted

    def _forget_pending(self, key: tuple[str, str]) -> None:
        invitation = self.pending_by_person.pop(key, None)
        if invitation is not None:
            self.pending[key[0]].remove(invitation.invitation_id)
            del self.pending_by_id[invitation.invitation_id]

    def _on_chat_started(self, line: Line) -> None:
        chat = Chat(
            chat_id=line["chat_id"],
            owner=self.owner_of(line["account_id"]),
            provider_id=line["provider_id"],
            subject=line["subject"],
            content_type=line["content_type"],
            at=parse_iso(line["at"]),
            product=line.get("product", "classic"),
        )
        self.chat_by_id[chat.chat_id] = chat
        self.chats[chat.owner].put(chat.provider_id, chat.at, chat)

    def _on_chat_marked(self, line: Line) -> None:
        self.chat_by_id[line["chat_id"]].unread_count = 0 if line["is_read"] else 1

    def _on_message_sent(self, line: Line) -> None:
        self._add_message(line, sender=self.owner_of(line["account_id"]))

    def _on_message_received(self, line: Line) -> None:
        self._add_message(line, sender=line["provider_id"])
        self.chat_by_id[line["chat_id"]].unread_count += 1
        self.planned_replies.pop(line.get("answers_invitation_id"), None)

    def _add_message(self, line: Line, sender: str) -> None:
        chat = self.chat_by_id[line["chat_id"]]
        message = Message(
            message_id=line["message_id"],
            chat_id=chat.chat_id,
            owner=chat.owner,
            sender=sender,
            text=line["text"],
            sent_at=parse_iso(line["sent_at"]),
            is_event=line.get("is_event", False),
        )
        self.messages[chat.chat_id].put(message.message_id, message.sent_at, message)
        self.message_by_id[message.message_id] = message
        chat.at = max(chat.at, message.sent_at)
        self.chats[chat.owner].put(chat.provider_id, chat.at, chat)

    def _on_comment_posted(self, line: Line) -> None:
        comment = Comment(
            comment_id=line["comment_id"],
            social_id=line["social_id"],
            author=self.owner_of(line["account_id"]),
            text=line["text"],
            posted_at=parse_iso(line["at"]),
        )
        index = self.comments[comment.social_id]
        index.put(comment.comment_id, comment.posted_at, comment)

    def _on_webhook_created(self, line: Line) -> None:
        webhook = Webhook(
            webhook_id=line["webhook_id"],
            source=line["source"],
            request_url=line["request_url"],
            name=line["name"],
            format=line["format"],
            events=tuple(line["events"]),
            account_ids=tuple(line["account_ids"]),
            is_enabled=line["is_enabled"],
            headers=tuple(line["headers"]),
            data=tuple(line["data"]),
            created_at=parse_iso(line["at"]),
        )
        self.webhooks.put(webhook.webhook_id, webhook.created_at, webhook)

    def _on_webhook_deleted(self, line: Line) -> None:
        self.webhooks.remove(line["webhook_id"])

    def _on_endpoint_created(self, line: Line) -> None:
        endpoint = Endpoint(
            endpoint_id=line["endpoint_id"],
            url=line["url"],
            trigger_events=tuple(line["trigger_events"]),
            account_ids=tuple(line["account_ids"]),
            description=line["description"],
            is_enabled=True,
            secret=line["secret"],
        )
        self.endpoints.put(endpoint.endpoint_id, parse_iso(line["at"]), endpoint)

    def _on_endpoint_patched(self, line: Line) -> None:
        wanted = dict(line["wanted"])
        if "enabled" in wanted:
            wanted["is_enabled"] = wanted.pop("enabled")
        for name in ("trigger_events", "account_ids"):
            if name in wanted:
                wanted[name] = tuple(wanted[name])
        endpoint = self.endpoints.get(line["endpoint_id"])
        assert endpoint is not None, "only a known endpoint is patched"
        changed = dataclasses.replace(endpoint, **wanted)
        self.endpoints.replace(endpoint.endpoint_id, changed)

    def _on_endpoint_deleted(self, line: Line) -> None:
        self.endpoints.remove(line["endpoint_id"])

    def _on_webhook_planned(self, line: Line) -> None:
        self.planned[line["event_id"]] = PlannedEvent(
            event_id=line["event_id"],
            source=line["source"],
            event=line["event"],
            account_id=line["account_id"],
            payload=line["payload"],
            due_at=parse_iso(line["due_at"]),
            form=line.get("form", "plain"),
        )

    def _on_webhook_dispatched(self, line: Line) -> None:
        event = self.planned.pop(line["event_id"])
        for copy in line["deliveries"]:
            self.deliveries[copy["delivery_id"]] = Delivery(
                delivery_id=copy["delivery_id"],
                webhook_id=copy["webhook_id"],
                payload=event.payload,
                attempt=1,
                due_at=event.due_at,
                form=event.form,
            )

    def _on_webhook_delivered(self, line: Line) -> None:
        self._add_conversation(line)
        self.deliveries.pop(line["delivery_id"], None)

    def _add_conversation(self, line: Line) -> None:
        """Calls to endpoints of version 2 are in its delivery log."""
        if "http_status" in line:
            self.conversations.append(
                Conversation(
                    seq=line["seq"],
                    endpoint_id=line["webhook_id"],
                    event_id=line["event_id"],
                    event_type=line["event_type"],
                    endpoint_url=line["endpoint_url"],
                    is_first_attempt=line["attempt"] == 1,
                    http_status=line["http_status"],
                    response_body=line["response_body"],
                    created_at=parse_iso(line["at"]),
                )
            )

    def _on_webhook_failed(self, line: Line) -> None:
        self._add_conversation(line)
        delivery = self.deliveries.pop(line["delivery_id"], None)
        if delivery is not None and line["retry_at"] is not None:
            self.deliveries[delivery.delivery_id] = dataclasses.replace(
                delivery,
                attempt=delivery.attempt + 1,
                due_at=parse_iso(line["retry_at"]),
                signed_at=delivery.signed_at or line.get("signed_at"),
            )
