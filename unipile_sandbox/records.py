"""Records of accounts, invitations, chats, webhooks and so on, without behaviour."""

import dataclasses
import datetime
from typing import Any

Moment = datetime.datetime


@dataclasses.dataclass
class Account:
    """One connection of a LinkedIn identity. Adding it again gives a new account_id.

    version: the version of the API that knows the account, 1 or 2. Each has its own
    statuses. is_locked, products (name to status), error_reason, v1_account_id,
    scope_id and custom_data are of version 2.
    """

    account_id: str
    name: str
    provider_id: str
    public_identifier: str
    status: str
    created_at: Moment
    premium_features: tuple[str, ...] = ("sales_navigator",)
    is_deleted: bool = False
    version: int = 1
    is_locked: bool = False
    products: dict[str, str] = dataclasses.field(default_factory=dict)
    error_reason: str = "provider"
    v1_account_id: str | None = None
    scope_id: str | None = None
    custom_data: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        if self.is_deleted or self.is_locked:
            return False
        if self.version == 1:
            return self.status == "OK"
        is_classic_running = self.products.get("classic") == "running"
        return self.status not in ("disconnected", "errored", "paused") and (
            is_classic_running
        )


@dataclasses.dataclass(frozen=True)
class Invitation:
    invitation_id: str
    owner: str
    account_id: str
    provider_id: str
    message: str | None
    sent_at: Moment
    accepts_at: Moment | None


@dataclasses.dataclass(frozen=True)
class ReceivedRequest:
    """An invitation that a person sent to the owner of an account."""

    request_id: str
    owner: str
    provider_id: str
    received_at: Moment


@dataclasses.dataclass(frozen=True)
class ApiKey:
    """A key of version 2. kind: `account` or `service`."""

    key_id: str
    secret: str
    kind: str
    name: str
    application_id: str
    scope_id: str | None
    expires_at: Moment | None


@dataclasses.dataclass(frozen=True)
class PlannedReply:
    """A first message that a person who accepted will write."""

    invitation_id: str
    account_id: str
    provider_id: str
    due_at: Moment


@dataclasses.dataclass(frozen=True)
class Relation:
    owner: str
    provider_id: str
    created_at: Moment


@dataclasses.dataclass(frozen=True)
class Message:
    message_id: str
    chat_id: str
    owner: str
    sender: str
    text: str
    sent_at: Moment
    is_event: bool = False


@dataclasses.dataclass
class Chat:
    chat_id: str
    owner: str
    provider_id: str
    subject: str | None
    content_type: str | None
    at: Moment
    unread_count: int = 0
    product: str = "classic"


@dataclasses.dataclass(frozen=True)
class Comment:
    comment_id: str
    social_id: str
    author: str
    text: str
    posted_at: Moment


@dataclasses.dataclass(frozen=True)
class Webhook:
    webhook_id: str
    source: str
    request_url: str
    name: str | None
    format: str
    events: tuple[str, ...]
    account_ids: tuple[str, ...]
    is_enabled: bool
    headers: tuple[dict[str, str], ...]
    data: tuple[dict[str, str], ...]
    created_at: Moment

    def wants(self, source: str, event: str, account_id: str) -> bool:
        """An empty list of account ids means every account, also later ones."""
        return (
            self.is_enabled
            and self.source == source
            and event in self.events
            and (not self.account_ids or account_id in self.account_ids)
        )


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """A subscription of version 2."""

    endpoint_id: str
    url: str
    trigger_events: tuple[str, ...]
    account_ids: tuple[str, ...]
    description: str | None
    is_enabled: bool
    secret: str

    def is_about(self, account_id: str) -> bool:
        """An empty list of account ids means every account, also later ones."""
        return self.is_enabled and (
            not self.account_ids or account_id in self.account_ids
        )


@dataclasses.dataclass(frozen=True)
class Conversation:
    """One call to an endpoint: a row of version 2's delivery log."""

    seq: int
    endpoint_id: str
    event_id: str
    event_type: str
    endpoint_url: str
    is_first_attempt: bool
    http_status: int | None
    response_body: str | None
    created_at: Moment


@dataclasses.dataclass(frozen=True)
class PlannedEvent:
    """An event that the provider sends to its subscribers at `due_at`.

    source: of version 1, or `v2`. form: of the signature, in version 2.
    """

    event_id: str
    source: str
    event: str
    account_id: str
    payload: dict[str, Any]
    due_at: Moment
    form: str = "plain"


@dataclasses.dataclass(frozen=True)
class Delivery:
    """One subscription's copy of an event, until it is acknowledged or given up.

    form, signed_at (unix seconds of the first attempt): in version 2.
    """

    delivery_id: str
    webhook_id: str
    payload: dict[str, Any]
    attempt: int
    due_at: Moment
    form: str = "plain"
    signed_at: int | None = None
