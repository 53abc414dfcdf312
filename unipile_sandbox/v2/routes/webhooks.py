"""Webhook endpoints of version 2, and their delivery log. All need a service key."""

from typing import Any

from unipile_sandbox.calls import Call
from unipile_sandbox.chance import chance_id
from unipile_sandbox.clock import iso
from unipile_sandbox.records import Conversation, Endpoint
from unipile_sandbox.serving import Reply
from unipile_sandbox.shapes import REQUIRED_TEXT, TEXT, Rule, Shape
from unipile_sandbox.v2.errors import V2Error
from unipile_sandbox.v2.events import EVENTS
from unipile_sandbox.v2.ids import APPLICATION_ID
from unipile_sandbox.v2.paging import BY_OFFSET, core_page
from unipile_sandbox.v2.serving import V2Route
from unipile_sandbox.world import Sandbox


def create_endpoint(sandbox: Sandbox, call: Call) -> Reply:
    _check(sandbox, call.fields)
    endpoint_id = sandbox.create_endpoint(
        url=call.fields["url"],
        trigger_events=call.fields["trigger_events"],
        account_ids=call.fields.get("account_ids", []),
        description=call.fields.get("description"),
    )
    return Reply(_show(sandbox, _known(sandbox, endpoint_id)))


def _check(sandbox: Sandbox, fields: dict[str, Any]) -> None:
    """Raises V2Error with the index of the first bad event or account."""
    for index, event in enumerate(fields.get("trigger_events", ["message.new"])):
        if event not in EVENTS:
            raise V2Error(
                "api/invalid_parameters",
                f"body/trigger_events/{index} must be one of the allowed values.",
            )
    if fields.get("trigger_events") == []:
        raise V2Error("api/invalid_parameters", "body/trigger_events is empty.")
    for index, account_id in enumerate(fields.get("account_ids", [])):
        account = sandbox.world.accounts.get(account_id)
        if account is None or account.version != 2 or account.is_deleted:
            raise V2Error(
                "api/invalid_parameters", f"body/account_ids/{index} is no account."
            )


def _known(sandbox: Sandbox, endpoint_id: str) -> Endpoint:
    endpoint = sandbox.world.endpoints.get(endpoint_id)
    if endpoint is None:
        raise V2Error("api/resource_not_found", "Webhook endpoint not found.")
    return endpoint


def _show(sandbox: Sandbox, endpoint: Endpoint) -> dict[str, Any]:
    accounts = sandbox.world.accounts
    return {
        "object": "WebhookEndpoint",
        "id": endpoint.endpoint_id,
        "application_id": APPLICATION_ID,
        "enabled": endpoint.is_enabled,
        "url": endpoint.url,
        "description": endpoint.description,
        "trigger_events": list(endpoint.trigger_events),
        "account_ids": list(endpoint.account_ids),
        "account_targets": [
            {
                "object": "WebhookEndpointAccountTarget",
                "id": account_id,
                "account_name": accounts[account_id].name,
                "account_provider": "linkedin",
                "status": "deleted" if accounts[account_id].is_deleted else "active",
            }
            for account_id in endpoint.account_ids
        ],
        "secret": endpoint.secret,
    }


def list_endpoints(sandbox: Sandbox, call: Call) -> Reply:
    endpoints = sandbox.world.endpoints.oldest_first()
    return Reply(
        core_page(
            "WebhookEndpoints", endpoints, call.query, lambda one: _show(sandbox, one)
        )
    )


def get_endpoint(sandbox: Sandbox, call: Call) -> Reply:
    return Reply(_show(sandbox, _known(sandbox, call.path["endpoint_id"])))


def patch_endpoint(sandbox: Sandbox, call: Call) -> Reply:
    endpoint = _known(sandbox, call.path["endpoint_id"])
    _check(sandbox, call.fields)
    sandbox.record(
        "endpoint_patched", endpoint_id=endpoint.endpoint_id, wanted=call.fields
    )
    return Reply(_show(sandbox, _known(sandbox, endpoint.endpoint_id)))


def delete_endpoint(sandbox: Sandbox, call: Call) -> Reply:
    endpoint = _known(sandbox, call.path["endpoint_id"])
    sandbox.record("endpoint_deleted", endpoint_id=endpoint.endpoint_id)
    return Reply({"success": True})


def list_conversations(sandbox: Sandbox, call: Call) -> Reply:
    """The delivery log, newest first. It has no payloads."""
    wanted = call.query
    found = [
        one
        for one in reversed(sandbox.world.conversations)
        if one.endpoint_id == wanted["endpoint_id"]
        and wanted.get("event_id") in (None, one.event_id)
    ]
    return Reply(core_page("WebhookConversations", found, wanted, _show_conversation))


def _show_conversation(one: Conversation) -> dict[str, Any]:
    return {
        "object": "WebhookConversation",
        "id": "wc_" + chance_id(0, "conversation", str(one.seq)),
        "endpoint_id": one.endpoint_id,
        "event_id": one.event_id,
        "event_type": one.event_type,
        "endpoint_url": one.endpoint_url,
        "first_attempt": one.is_first_attempt,
        "http_status": one.http_status,
        "response_body": one.response_body,
        "created_at": iso(one.created_at),
    }


URL = Rule(pattern=r"https?://\S+", longest=255)
PATCH: Shape = {
    "url": URL,
    "trigger_events": Rule(kind=list),
    "account_ids": Rule(kind=list),
    "description": Rule(longest=255),
    "enabled": Rule(kind=bool),
}
CREATE: Shape = {
    "url": Rule(is_required=True, pattern=r"https?://\S+", longest=255),
    "trigger_events": Rule(kind=list, is_required=True),
    "account_ids": Rule(kind=list),
    "description": Rule(longest=255),
}
LOG: Shape = BY_OFFSET | {"endpoint_id": REQUIRED_TEXT, "event_id": TEXT}
ALL = "/webhooks/endpoints"
ONE = f"{ALL}/{{endpoint_id}}"


def _route(
    name: str,
    method: str,
    path: str,
    handler: Any,  # noqa: ANN401
    query: Shape | None = None,
    body: Shape | None = None,
) -> V2Route:
    return V2Route(
        name,
        method,
        path,
        handler,
        query or {},
        body or {},
        None if body is None else "json",
        needs_service_key=True,
    )


ROUTES = [
    _route("create_webhook", "POST", ALL, create_endpoint, body=CREATE),
    _route("webhooks", "GET", ALL, list_endpoints, BY_OFFSET),
    _route("get_webhook", "GET", ONE, get_endpoint),
    _route("patch_webhook", "PATCH", ONE, patch_endpoint, body=PATCH),
    _route("delete_webhook", "DELETE", ONE, delete_endpoint),
    _route("conversations", "GET", "/webhooks/conversations", list_conversations, LOG),
]
