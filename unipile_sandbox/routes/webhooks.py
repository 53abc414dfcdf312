"""Webhook subscriptions: list, create, delete."""

from typing import Any

from unipile_sandbox.calls import Call
from unipile_sandbox.errors import ProviderError
from unipile_sandbox.paging import page_of
from unipile_sandbox.records import Webhook
from unipile_sandbox.routes.checks import known_account
from unipile_sandbox.serving import ApiRoute, Reply
from unipile_sandbox.shapes import TEXT, Rule, Shape, limit_rule
from unipile_sandbox.world import Sandbox

# The events of each source; a subscription without events gets the first.
EVENTS = {
    "messaging": [
        "message_received",
        "message_read",
        "message_reaction",
        "message_edited",
        "message_deleted",
        "message_delivered",
    ],
    "users": ["new_relation"],
    "account_status": [
        "creation_success",
        "reconnected",
        "sync_success",
        "ok",
        "error",
        "stopped",
        "credentials",
        "permissions",
        "connecting",
        "deleted",
    ],
    "email": ["mail_received", "mail_sent"],
    "email_tracking": ["mail_opened", "mail_link_clicked"],
    "calendar_event": ["calendar_event_created"],
}


def create_webhook(sandbox: Sandbox, call: Call) -> Reply:
    wanted = call.fields
    source = wanted["source"]
    for account_id in wanted.get("account_ids", []):
        if not isinstance(account_id, str):
            raise ProviderError("invalid_parameters", "'account_ids' must be texts.")
        known_account(sandbox, account_id)
    webhook_id = sandbox.create_webhook(
        source=source,
        request_url=wanted["request_url"],
        name=wanted.get("name"),
        format=wanted.get("format", "json"),
        events=_events(source, wanted.get("events")),
        account_ids=wanted.get("account_ids", []),
        is_enabled=wanted.get("enabled", True),
        headers=_pairs("headers", wanted.get("headers", []), "value"),
        data=_pairs("data", wanted.get("data", []), "name"),
    )
    return Reply({"object": "WebhookCreated", "webhook_id": webhook_id})


def _events(source: str, wanted: list[str] | None) -> list[str]:
    if not wanted:
        # A subscription to account_status gets all its events by default.
        return EVENTS[source] if source == "account_status" else EVENTS[source][:1]
    for event in wanted:
        if event not in EVENTS[source]:
            raise ProviderError(
                "invalid_parameters", f"{source} has no event {event!r}."
            )
    return wanted


def _pairs(name: str, items: list[Any], other_key: str) -> list[dict[str, str]]:
    for item in items:
        is_pair = isinstance(item, dict) and item.keys() == {"key", other_key}
        if not is_pair or not all(isinstance(text, str) for text in item.values()):
            raise ProviderError(
                "invalid_parameters", f"{name!r} must be a list of key and {other_key}."
            )
    return items


def list_webhooks(sandbox: Sandbox, call: Call) -> Reply:
    def show(webhook: Webhook) -> dict[str, Any]:
        return _show(sandbox, webhook)

    return Reply(page_of(sandbox.world.webhooks, "WebhookList", call.query, 100, show))


def _show(sandbox: Sandbox, webhook: Webhook) -> dict[str, Any]:
    """As the provider lists it: without its source."""
    accounts = sandbox.world.accounts
    shown = {
        "object": "Webhook",
        "id": webhook.webhook_id,
        "type": "AUTO",
        "account_ids": [
            {"id": account_id, "name": accounts[account_id].name, "type": "LINKEDIN"}
            for account_id in webhook.account_ids
            if account_id in accounts
        ],
        "enabled": webhook.is_enabled,
        "name": webhook.name,
        "request_url": webhook.request_url,
        "format": webhook.format,
        "headers": list(webhook.headers),
        "data": list(webhook.data),
        "events": list(webhook.events),
    }
    if webhook.name is None:
        del shown["name"]
    return shown


def delete_webhook(sandbox: Sandbox, call: Call) -> Reply:
    webhook_id = call.path["webhook_id"]
    if sandbox.world.webhooks.get(webhook_id) is None:
        raise ProviderError("resource_not_found", "Webhook not found.")
    sandbox.record("webhook_deleted", webhook_id=webhook_id)
    return Reply({"object": "WebhookDeleted"})


WEBHOOK: Shape = {
    "source": Rule(is_required=True, choices=tuple(EVENTS)),
    "request_url": Rule(is_required=True, pattern=r"https?://\S+"),
    "name": TEXT,
    "format": Rule(choices=("json", "form")),
    "account_ids": Rule(kind=list),
    "enabled": Rule(kind=bool),
    "headers": Rule(kind=list),
    "events": Rule(kind=list),
    "data": Rule(kind=list),
}
PAGE: Shape = {"limit": limit_rule(250), "cursor": TEXT}

ROUTES = [
    ApiRoute(
        "create_webhook", "POST", "/webhooks", create_webhook, {}, WEBHOOK, "json"
    ),
    ApiRoute("webhooks", "GET", "/webhooks", list_webhooks, PAGE),
    ApiRoute("delete_webhook", "DELETE", "/webhooks/{webhook_id}", delete_webhook),
]
