"""The provider's HTTP API, version 1, with one method per call.

Belongs here: paths, field names, headers, time-outs, and how far a call got. Does not:
the meaning of an answer, retries, waits and limits. A retried write could invite a
person twice.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from trueup.unipile.answer import Answer
from trueup.unipile.api_client import CLASSIC, Api, ApiClient, Inbox
from trueup.unipile.connection import given, path_of
from trueup.unipile.walk import MAX_PAGES, Walk


class UnipileClient(ApiClient):
    """Calls to one Unipile workspace. Use it as an async context manager.

    No method raises for an error of the provider or the network: see `Answer`. A
    cancelled call returns the answer 'unanswered', so that the attempt can be recorded;
    `asyncio.Task.cancelling()` still shows the cancellation.
    """

    version = 1
    wrong_version = (
        "UNIPILE_DSN is {dsn!r}, which is an address of version 2 of the Unipile API. "
        "Set UNIPILE_V2_DSN to it."
    )

    # Accounts

    async def get_account(self, account_id: str) -> Answer:
        return await self._api.call("GET", path_of("accounts", account_id))

    async def list_accounts(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer:
        """One page of accounts, which shows whether the API key is valid."""
        return await self._api.call(
            "GET", "/accounts", {"limit": limit, "cursor": cursor}
        )

    async def accounts(self) -> Walk:
        return await self._api.walk("/accounts", "AccountList", limit=250)

    async def restart_account(self, account_id: str) -> Answer:
        return await self._api.call("POST", path_of("accounts", account_id, "restart"))

    async def hosted_auth_link(
        self,
        *,
        expires_on: str,
        name: str,
        notify_url: str | None,
        reconnect_account: str | None = None,
        success_redirect_url: str | None = None,
        failure_redirect_url: str | None = None,
    ) -> Answer:
        """Create a page on which a person connects or reconnects a LinkedIn account.

        expires_on: ISO 8601 UTC with milliseconds. name: is returned in the notify
            call, and is its only reference to the request. notify_url: None if the
            provider cannot reach this machine.
        """
        purpose: dict[str, Any] = (
            {"type": "create", "providers": ["LINKEDIN"]}
            if reconnect_account is None
            else {"type": "reconnect", "reconnect_account": reconnect_account}
        )
        fields = {
            "api_url": self._api.public_url,
            "expiresOn": expires_on,
            "name": name,
            "notify_url": notify_url,
            "success_redirect_url": success_redirect_url,
            "failure_redirect_url": failure_redirect_url,
        }
        return await self._api.call(
            "POST", "/hosted/accounts/link", json=purpose | given(fields)
        )

    # Profiles, invitations, relations

    async def resolve_profile(self, account_id: str, identifier: str) -> Answer:
        """The profile with this public identifier or provider id."""
        return await self._api.call(
            "GET", path_of("users", identifier), {"account_id": account_id}
        )

    async def own_profile(self, account_id: str) -> Answer:
        """The profile of the account's owner."""
        return await self.resolve_profile(account_id, "me")

    async def send_invite(
        self, account_id: str, provider_id: str, message: str | None = None
    ) -> Answer:
        """Invite a person to connect; `message` is the note, at most 300 characters."""
        fields = {
            "account_id": account_id,
            "provider_id": provider_id,
            "message": message,
        }
        return await self._api.call("POST", "/users/invite", json=given(fields))

    async def cancel_invite(self, account_id: str, invitation_id: str) -> Answer:
        return await self._api.call(
            "DELETE",
            path_of("users", "invite", "sent", invitation_id),
            {"account_id": account_id},
        )

    async def sent_invitations(
        self, account_id: str, *, max_pages: int = MAX_PAGES
    ) -> Walk:
        """The pending invitations, newest first."""
        return await self._api.walk(
            "/users/invite/sent",
            "InvitationList",
            {"account_id": account_id},
            100,
            max_pages=max_pages,
        )

    async def relations(self, account_id: str, *, max_pages: int = MAX_PAGES) -> Walk:
        """The account's first-degree connections, newest first."""
        return await self._api.walk(
            "/users/relations",
            "UserRelationsList",
            {"account_id": account_id},
            1_000,
            item_key="member_id",
            max_pages=max_pages,
        )

    # Chats and messages

    async def start_chat(
        self,
        account_id: str,
        attendee: str,
        text: str,
        *,
        subject: str | None = None,
        inmail_api: Api | None = None,
    ) -> Answer:
        """Start a chat with one person; an InMail when `inmail_api` is given."""
        fields = {
            "account_id": account_id,
            "attendees_ids": attendee,
            "text": text,
            "subject": subject,
            "linkedin[api]": inmail_api,
            "linkedin[inmail]": "true" if inmail_api == "classic" else None,
        }
        return await self._api.call("POST", "/chats", form=given(fields))

    async def send_message(self, account_id: str, chat_id: str, text: str) -> Answer:
        """Write in a chat; the provider refuses a chat of another account."""
        return await self._api.call(
            "POST",
            path_of("chats", chat_id, "messages"),
            form={"text": text, "account_id": account_id},
        )

    async def chats(
        self,
        account_id: str,
        *,
        inboxes: Sequence[Inbox] = CLASSIC,
        max_pages: int = MAX_PAGES,
    ) -> Walk:
        del inboxes  # this version has one list of all chats
        return await self._api.walk(
            "/chats", "ChatList", {"account_id": account_id}, 250, max_pages=max_pages
        )

    async def chat_messages(self, account_id: str, chat_id: str) -> Walk:
        del account_id  # the id of a chat is enough
        return await self._api.walk(
            path_of("chats", chat_id, "messages"), "MessageList", limit=250
        )

    async def chat(
        self, account_id: str, chat_id: str, *, inboxes: Sequence[Inbox] = CLASSIC
    ) -> Answer:
        """One chat, with the person at its other end."""
        del account_id, inboxes  # the id of a chat is enough
        return await self._api.call("GET", path_of("chats", chat_id))

    async def messages(
        self, account_id: str, after: datetime, *, inboxes: Sequence[Inbox] = CLASSIC
    ) -> Walk:
        """The messages of all chats of an account after a moment, newest first."""
        del inboxes  # this version has one list of all messages
        moment = after.astimezone(UTC).isoformat(timespec="milliseconds")
        return await self._api.walk(
            "/messages",
            "MessageList",
            {"account_id": account_id, "after": moment.replace("+00:00", "Z")},
            250,
        )

    # Posts

    async def post_comment(self, account_id: str, social_id: str, text: str) -> Answer:
        """Comment on a post. `social_id` is `urn:li:activity:…`, not the short id."""
        return await self._api.call(
            "POST",
            path_of("posts", social_id, "comments"),
            json={"account_id": account_id, "text": text},
        )

    async def post_comments(self, account_id: str, social_id: str) -> Walk:
        return await self._api.walk(
            path_of("posts", social_id, "comments"),
            "CommentList",
            {"account_id": account_id},
            100,
        )

    # Webhooks

    async def create_webhook(
        self,
        *,
        source: str,
        request_url: str,
        name: str,
        events: list[str] | None,
        headers: dict[str, str],
        account_ids: list[str] | None = None,
    ) -> Answer:
        """Subscribe `request_url` to a source's events.

        headers: sent with each delivery; they must include a content type, because the
            provider sets none itself. account_ids: None for all accounts, including
            future ones.
        """
        fields = {
            "source": source,
            "request_url": request_url,
            "name": name,
            "format": "json",
            "enabled": True,
            "events": events,
            "headers": [{"key": key, "value": headers[key]} for key in headers],
            "account_ids": account_ids,
        }
        return await self._api.call("POST", "/webhooks", json=given(fields))

    async def delete_webhook(self, webhook_id: str) -> Answer:
        return await self._api.call("DELETE", path_of("webhooks", webhook_id))

    async def webhooks(self) -> Walk:
        return await self._api.walk("/webhooks", "WebhookList", limit=250)
