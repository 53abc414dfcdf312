"""Keys of version 2: list, create, delete. Only a service key may; none can be made
with another kind than `account`."""

import secrets
from typing import Any

from unipile_sandbox.calls import Call
from unipile_sandbox.clock import iso, parse_iso
from unipile_sandbox.records import ApiKey
from unipile_sandbox.serving import Reply
from unipile_sandbox.shapes import REQUIRED_TEXT, TEXT, UTC_MS, Rule, Shape
from unipile_sandbox.v2.errors import V2Error
from unipile_sandbox.v2.ids import APPLICATION_ID
from unipile_sandbox.v2.paging import BY_OFFSET, core_page
from unipile_sandbox.v2.serving import V2Route
from unipile_sandbox.world import Sandbox


def create_key(sandbox: Sandbox, call: Call) -> Reply:
    """The secret is shown this once."""
    access = call.fields.get("access", {})
    if access.keys() - {"type", "scope_id"} or access.get("type", "global") not in (
        "global",
        "scoped",
    ):
        raise V2Error("api/invalid_parameters", "'access' takes type and scope_id.")
    expires_at = call.fields.get("expires_at")
    if expires_at is not None and parse_iso(expires_at) <= sandbox.clock.now():
        raise V2Error("api/invalid_parameters", "'expires_at' is in the past.")
    secret = secrets.token_urlsafe(32)
    key_id = sandbox.make_key(
        secret,
        key_kind="account",
        name=call.fields["name"],
        application_id=APPLICATION_ID,
        scope_id=access.get("scope_id"),
        expires_at=expires_at,
    )
    return Reply({"object": "APIKeyCreated", "id": key_id, "api_key": secret})


def list_keys(sandbox: Sandbox, call: Call) -> Reply:
    """Account keys only: a service key cannot be listed."""
    keys = [key for key in sandbox.world.keys.values() if key.kind == "account"]
    return Reply(core_page("APIKeys", keys, call.query, _show))


def _show(key: ApiKey) -> dict[str, Any]:
    access = {"type": "global" if key.scope_id is None else "scoped"}
    if key.scope_id is not None:
        access["scope_id"] = key.scope_id
    return {
        "object": "APIKey",
        "id": key.key_id,
        "name": key.name,
        "expires_at": None if key.expires_at is None else iso(key.expires_at),
        "access": access,
    }


def delete_key(sandbox: Sandbox, call: Call) -> Reply:
    key_id = call.path["key_id"]
    is_known = any(
        key.key_id == key_id and key.kind == "account"
        for key in sandbox.world.keys.values()
    )
    if not is_known:
        raise V2Error("api/resource_not_found", "Key not found.")
    sandbox.record("key_deleted", key_id=key_id)
    return Reply({"success": True})


KEY: Shape = {"name": REQUIRED_TEXT, "expires_at": UTC_MS, "access": Rule(kind=dict)}
LIST: Shape = BY_OFFSET | {"access": TEXT, "account_scope_id": TEXT}

ROUTES = [
    V2Route(
        "create_key",
        "POST",
        "/api-keys",
        create_key,
        {},
        KEY,
        "json",
        needs_service_key=True,
    ),
    V2Route("keys", "GET", "/api-keys", list_keys, LIST, needs_service_key=True),
    V2Route(
        "delete_key",
        "DELETE",
        "/api-keys/{key_id}",
        delete_key,
        needs_service_key=True,
    ),
]
