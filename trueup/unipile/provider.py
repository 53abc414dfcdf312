"""The provider as the engine sees it, whichever version of its API answers.

Belongs here: the calls, and the form of their answers. Does not: paths and fields of a
version (`client.py`, `v2_client.py`).

The engine knows one form of each body and of each list's items, which the client of
every version returns. A field that is missing is unknown.

- profile: object UserProfile, provider_id, public_identifier, network_distance
  (FIRST_DEGREE, …), invitation {type: SENT or RECEIVED, status: PENDING, IGNORED or
  WITHDRAWN}
- invite: object UserInvitationSent, invitation_id, usage
- withdrawal: object InvitationCanceled
- chat started: object ChatStarted, chat_id, message_id; message: object MessageSent,
  message_id
- comment: object CommentSent, comment_id
- sent invitations: id, invited_user_id, invited_user_public_id, parsed_datetime
- relations: member_id, public_identifier, created_at
- chats: id, attendee_provider_id, subject, timestamp
- messages: id, chat_id, sender_id, is_sender, text, timestamp
- comments: id, text, date, author_details {id}
- account, and accounts: id, type LINKEDIN, name, created_at, connection_params.im
  {id, premiumFeatures, …}, sources [{id, status}]; of version 2 also product_states
  {product: state} and v1_account_id
- webhooks: id, enabled, name, request_url, events, account_ids [{id}], headers
"""

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from trueup.unipile.addresses import Version, version_of
from trueup.unipile.answer import Answer
from trueup.unipile.api_client import CLASSIC, Api, Inbox
from trueup.unipile.client import UnipileClient
from trueup.unipile.v2_client import V2Client
from trueup.unipile.walk import MAX_PAGES, Walk

__all__ = ["Provider", "open_provider"]


class Provider(Protocol):
    """Calls to the provider at one address. Use it as an async context manager.

    No method raises for an error of the provider or the network: see `Answer`. A
    cancelled call returns the answer 'unanswered', so that the attempt can be recorded.
    A method that reads a whole list returns a `Walk`; one that is not complete proves
    what it shows, and never that something is absent.
    """

    version: Version

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    async def get_account(self, account_id: str) -> Answer: ...
    async def list_accounts(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer:
        """One page of accounts, which shows whether the API key is valid."""
        ...

    async def accounts(self) -> Walk: ...
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

        The answer has its address as `url`. name: returned with the notice or webhook
        of the login, and its only reference to the request.
        """
        ...

    async def resolve_profile(self, account_id: str, identifier: str) -> Answer:
        """The profile with this public identifier or provider id."""
        ...

    async def own_profile(self, account_id: str) -> Answer:
        """The profile of the account's owner, which proves that the account works."""
        ...

    async def send_invite(
        self, account_id: str, provider_id: str, message: str | None = None
    ) -> Answer: ...
    async def cancel_invite(self, account_id: str, invitation_id: str) -> Answer: ...
    async def sent_invitations(
        self, account_id: str, *, max_pages: int = MAX_PAGES
    ) -> Walk:
        """The pending ones. max_pages: after as many the walk is incomplete."""
        ...

    async def relations(
        self, account_id: str, *, max_pages: int = MAX_PAGES
    ) -> Walk: ...
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
        ...

    async def send_message(
        self, account_id: str, chat_id: str, text: str
    ) -> Answer: ...
    async def chats(
        self,
        account_id: str,
        *,
        inboxes: Sequence[Inbox] = CLASSIC,
        max_pages: int = MAX_PAGES,
    ) -> Walk:
        """The chats of these inboxes; in version 1 all chats.

        An inbox that the account does not have is an empty one, here and in `messages`.
        """
        ...

    async def chat(
        self, account_id: str, chat_id: str, *, inboxes: Sequence[Inbox] = CLASSIC
    ) -> Answer:
        """One chat, with the person at its other end as attendee_provider_id."""
        ...

    async def chat_messages(self, account_id: str, chat_id: str) -> Walk: ...
    async def messages(
        self, account_id: str, after: datetime, *, inboxes: Sequence[Inbox] = CLASSIC
    ) -> Walk:
        """The messages after a moment of the chats of these inboxes; in version 1 all.

        It is complete only if every one of the inboxes was read.
        """
        ...

    async def post_comment(
        self, account_id: str, social_id: str, text: str
    ) -> Answer: ...
    async def post_comments(self, account_id: str, social_id: str) -> Walk: ...
    async def create_webhook(
        self,
        *,
        source: str,
        request_url: str,
        name: str,
        events: list[str] | None,
        headers: dict[str, str],
        account_ids: list[str] | None = None,
    ) -> Answer: ...
    async def delete_webhook(self, webhook_id: str) -> Answer: ...
    async def webhooks(self) -> Walk: ...


def open_provider(dsn: str, api_key: str, *, timeout_seconds: float = 30.0) -> Provider:
    """The client of the version that the address tells (`addresses.version_of`).

    Raises UnusableAddressError for a malformed address or key.
    """
    client = V2Client if version_of(dsn) == 2 else UnipileClient
    return client(dsn, api_key, timeout_seconds=timeout_seconds)
