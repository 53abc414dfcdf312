"""The actions of the sandbox's world, and the journal line of each.

Belongs here: actions. Each writes its line to disk, then changes the state in memory;
the HTTP answer comes after both. Checks of a request are in the routes.
"""

import datetime
import secrets
from typing import Any

from unipile_sandbox.chance import chance
from unipile_sandbox.clock import iso
from unipile_sandbox.core import Core
from unipile_sandbox.records import (
    Chat,
    Invitation,
    Message,
    PlannedReply,
    ReceivedRequest,
)
from unipile_sandbox.webhook_events import (
    plan_account_status,
    plan_message,
    plan_new_relation,
)

SHORTEST_ACCEPT = datetime.timedelta(minutes=5)
REPLY = "Thank you for the invitation. What is it about?"


class Sandbox(Core):
    """All actions of people, of the provider, and of a test."""

    # Accounts

    def register_account(
        self,
        *,
        name: str,
        provider_id: str,
        public_identifier: str,
        account_id: str | None = None,
        status: str = "OK",
        premium_features: list[str] | None = None,
        version: int = 1,
        **of_v2: Any,  # noqa: ANN401
    ) -> str:
        """of_v2: products, v1_account_id and scope_id, of version 2 only."""
        prefix = "" if version == 1 else "acc_"
        account_id = account_id or prefix + self.next_id("account")
        self.record(
            "account_registered",
            account_id=account_id,
            name=name,
            provider_id=provider_id,
            public_identifier=public_identifier,
            status=status,
            premium_features=(
                ["sales_navigator"] if premium_features is None else premium_features
            ),
            version=version,
            **of_v2,
        )
        return account_id

    def set_account_status(
        self, account_id: str, status: str, notify: str | None
    ) -> None:
        """notify: the message of an `account_status` webhook; None sends no webhook."""
        if self.world.accounts[account_id].status != status:
            self.record("account_status", account_id=account_id, status=status)
        if notify is not None:
            plan_account_status(self, account_id, notify)
        if status == "OK":
            # Messages that arrived while the account was down are sent now.
            for event in self.world.planned.values():
                if event.account_id == account_id:
                    self.schedule.add(event.due_at, "event", event.event_id)

    def set_v2_status(self, account_id: str, **facts: Any) -> None:  # noqa: ANN401
        """facts: status, is_locked, products, error_reason."""
        self.record("account_status", account_id=account_id, **facts)

    def delete_account(self, account_id: str) -> None:
        self.record("account_deleted", account_id=account_id)
        plan_account_status(self, account_id, "DELETED")

    def open_checkpoint(self, account_id: str | None, login: str) -> str:
        """Ask for a code before an account is added or, if given, reconnected."""
        intent = {"login": login, "is_reconnect": account_id is not None}
        account_id = account_id or self.next_id("account")
        self.record("checkpoint_opened", account_id=account_id, intent=intent)
        return account_id

    # Invitations and relations

    def name_person(self, provider_id: str) -> None:
        """Fix the public identifier of a person who was found by provider id, once."""
        people = self.world.people
        if not people.is_named(provider_id):
            public = people.public_identifier_of(provider_id)
            self.record(
                "person_named", provider_id=provider_id, public_identifier=public
            )

    def override_person(self, provider_id: str, overrides: dict[str, Any]) -> None:
        """Fix fields of a person that chance would decide."""
        self.record("person_overridden", provider_id=provider_id, overrides=overrides)

    def invite(self, account_id: str, provider_id: str, message: str | None) -> str:
        self.name_person(provider_id)
        invitation_id = self.next_number("invitation")
        accepts_at = self._accepts_at(account_id, provider_id)
        self.record(
            "invite_sent",
            account_id=account_id,
            provider_id=provider_id,
            invitation_id=invitation_id,
            message=message,
            accepts_at=None if accepts_at is None else iso(accepts_at),
        )
        owner = self.world.owner_of(account_id)
        self.plan_accept(self.world.pending_by_person[owner, provider_id])
        return invitation_id

    def _accepts_at(
        self, account_id: str, provider_id: str
    ) -> datetime.datetime | None:
        overrides = self.world.people.overrides(provider_id)
        owner, seed = self.world.owner_of(account_id), self.settings.seed
        is_lucky = (
            chance(seed, "accepts", owner, provider_id) < self.settings.accept_odds
        )
        if not overrides.get("accepts", is_lucky):
            return None
        # Squared: most accepts come early.
        part = chance(seed, "accept delay", owner, provider_id) ** 2
        delay = max(SHORTEST_ACCEPT.total_seconds(), part * self._accept_within())
        seconds = overrides.get("accept_after_seconds", delay)
        return self.clock.now() + datetime.timedelta(seconds=seconds)

    def _accept_within(self) -> float:
        return self.settings.accept_within_hours * 3600

    def withdraw(self, invitation: Invitation, account_id: str) -> None:
        self.record(
            "invite_withdrawn",
            account_id=account_id,
            provider_id=invitation.provider_id,
            invitation_id=invitation.invitation_id,
        )

    def decline(self, invitation: Invitation, account_id: str) -> None:
        self.record(
            "invite_declined",
            account_id=account_id,
            provider_id=invitation.provider_id,
            invitation_id=invitation.invitation_id,
        )

    def expire(self, invitation: Invitation, account_id: str) -> None:
        self.record(
            "invite_expired",
            account_id=account_id,
            provider_id=invitation.provider_id,
            invitation_id=invitation.invitation_id,
        )

    def accept(self, invitation: Invitation, at: datetime.datetime) -> None:
        """The person accepts. The webhook about it comes within hours, or never."""
        replies_at = self._replies_at(invitation, at)
        self.record(
            "invite_accepted",
            account_id=invitation.account_id,
            provider_id=invitation.provider_id,
            invitation_id=invitation.invitation_id,
            created_at=iso(at),
            replies_at=None if replies_at is None else iso(replies_at),
        )
        if replies_at is not None:
            self.schedule.add(replies_at, "reply", invitation.invitation_id)
        plan_new_relation(self, invitation.owner, invitation.provider_id, at)
        if invitation.message:
            chat = self.open_chat(invitation.account_id, invitation.provider_id)
            self.write_message(
                chat, invitation.account_id, invitation.message, is_ours=True
            )

    def receive_request(self, account_id: str, provider_id: str) -> str:
        """A person invites the owner of an account."""
        self.name_person(provider_id)
        request_id = self.next_number("request")
        self.record(
            "request_received",
            account_id=account_id,
            provider_id=provider_id,
            request_id=request_id,
        )
        return request_id

    def answer_request(
        self, request: ReceivedRequest, account_id: str, *, accepts: bool
    ) -> None:
        self.record(
            "request_accepted" if accepts else "request_refused",
            account_id=account_id,
            provider_id=request.provider_id,
            request_id=request.request_id,
        )
        if accepts:
            self.connect_stranger(account_id, request.provider_id)

    def make_key(self, secret: str, **facts: Any) -> str:  # noqa: ANN401
        """facts: key_kind, name, application_id, scope_id, expires_at (ISO 8601)."""
        key_id = "key_" + self.next_id("key")
        self.record("key_made", key_id=key_id, secret=secret, **facts)
        return key_id

    def _replies_at(
        self, invitation: Invitation, accepted_at: datetime.datetime
    ) -> datetime.datetime | None:
        seed, names = self.settings.seed, (invitation.owner, invitation.provider_id)
        if chance(seed, "replies", *names) >= self.settings.reply_odds:
            return None
        part = chance(seed, "reply delay", *names) ** 2
        return accepted_at + part * datetime.timedelta(
            hours=self.settings.reply_within_hours
        )

    def reply(self, planned: PlannedReply) -> None:
        """A person who accepted writes to the account, as planned."""
        chat = self.open_chat(planned.account_id, planned.provider_id)
        self.write_message(
            chat,
            planned.account_id,
            REPLY,
            is_ours=False,
            answers_invitation_id=planned.invitation_id,
        )

    def connect_stranger(self, account_id: str, provider_id: str) -> None:
        self.name_person(provider_id)
        now = self.clock.now()
        self.record(
            "stranger_connected",
            account_id=account_id,
            provider_id=provider_id,
            invitation_id=None,
            created_at=iso(now),
        )
        plan_new_relation(self, self.world.owner_of(account_id), provider_id, now)

    # Messages and comments

    def open_chat(
        self,
        account_id: str,
        provider_id: str,
        subject: str | None = None,
        content_type: str | None = None,
        product: str = "classic",
    ) -> Chat:
        """The chat with a person: the existing one, or a new one."""
        owner = self.world.owner_of(account_id)
        found = self.world.chat_between(owner, provider_id)
        if found is not None:
            return found
        self.name_person(provider_id)
        chat_id = self.next_id("chat")
        self.record(
            "chat_started",
            chat_id=chat_id,
            account_id=account_id,
            provider_id=provider_id,
            subject=subject,
            content_type=content_type,
            product=product,
        )
        return self.world.chat_by_id[chat_id]

    def write_message(
        self,
        chat: Chat,
        account_id: str,
        text: str,
        *,
        is_ours: bool,
        **more: Any,  # noqa: ANN401
    ) -> Message:
        message_id = self.next_id("message")
        self.record(
            "message_sent" if is_ours else "message_received",
            message_id=message_id,
            chat_id=chat.chat_id,
            account_id=account_id,
            provider_id=chat.provider_id,
            text=text,
            sent_at=iso(self.clock.now()),
            **more,
        )
        message = self.world.message_by_id[message_id]
        plan_message(self, chat, message)
        return message

    def comment(self, account_id: str, social_id: str, text: str) -> str:
        comment_id = self.next_number("comment")
        self.record(
            "comment_posted",
            comment_id=comment_id,
            account_id=account_id,
            social_id=social_id,
            text=text,
        )
        return comment_id

    def create_endpoint(self, **facts: Any) -> str:  # noqa: ANN401
        """facts: url, trigger_events, account_ids, description. Of version 2."""
        endpoint_id = "we_" + self.next_id("endpoint")
        secret = "wes_" + secrets.token_hex(24)
        self.record("endpoint_created", endpoint_id=endpoint_id, secret=secret, **facts)
        return endpoint_id

    def create_webhook(self, **facts: Any) -> str:  # noqa: ANN401
        webhook_id = self.next_id("webhook")
        self.record("webhook_created", webhook_id=webhook_id, **facts)
        return webhook_id
