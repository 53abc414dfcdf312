"""Look-ups and refusals that several routes of version 2 share."""

from unipile_sandbox.calls import Call
from unipile_sandbox.people import PROVIDER_ID
from unipile_sandbox.records import Account, Chat
from unipile_sandbox.v2.errors import V2Error, refusal
from unipile_sandbox.v2.ids import named
from unipile_sandbox.v2.keys import Key
from unipile_sandbox.v2.serving import V2Call
from unipile_sandbox.world import Sandbox

# What an account answers while its provider, its proxy or Unipile itself is down.
_OUTAGES = {
    "provider": "provider/server_error",
    "proxy": "api/proxy_error",
    "unipile": "api/internal_error",
}


def key_in(call: Call) -> Key:
    assert isinstance(call, V2Call), "only version 2 has these routes"
    assert call.key is not None, "a call without a key is refused before"
    return call.key


def known_account(sandbox: Sandbox, call: Call) -> Account:
    """The account in the path, if the key may see it. Raises V2Error otherwise."""
    account = sandbox.world.accounts.get(call.path["account_id"])
    key = key_in(call)
    is_known = account is not None and account.version == 2 and not account.is_deleted
    if account is None or not is_known or not key.sees(account):
        raise V2Error("api/resource_not_found", "Account not found.")
    return account


def working_account(sandbox: Sandbox, call: Call, product: str = "classic") -> Account:
    """An account whose product works now. Raises V2Error otherwise."""
    account = known_account(sandbox, call)
    if account.is_locked or account.status == "paused":
        raise V2Error("api/inactive_subscription", "The account is locked.")
    status = account.status
    if status not in ("disconnected", "errored"):
        status = account.products.get(product, "unknown")
    if status == "unknown":
        raise V2Error(
            "provider/insufficient_permissions", f"The account has no {product}."
        )
    if status == "disconnected":
        raise V2Error(
            "provider/invalid_authorization",
            "The account is disconnected: authenticate it again.",
        )
    if status == "errored":
        raise V2Error(_OUTAGES[account.error_reason], "The account is out of service.")
    return account


def reachable_person(sandbox: Sandbox, account: Account, provider_id: str) -> None:
    """Refuse what is no user id, oneself, and people who are gone or shut."""
    if not PROVIDER_ID.fullmatch(provider_id):
        raise V2Error("provider/invalid_parameters", "The user id is not valid.")
    overrides = sandbox.world.people.overrides(provider_id)
    if overrides.get("is_missing"):
        raise V2Error("provider/resource_not_found", "User not found.")
    if overrides.get("is_blocking"):
        raise V2Error(
            "provider/insufficient_permissions", "The user cannot be reached."
        )
    if provider_id == account.provider_id:
        raise refusal(sandbox.settings.v2_refusal_status)


def known_chat(sandbox: Sandbox, call: Call) -> tuple[Account, Chat]:
    """The account and the chat in the path. Raises V2Error if it has no such chat, and
    while the product of the chat does not work."""
    chat_id = named("chat", call.path["chat_id"])
    chat = sandbox.world.chat_by_id.get(chat_id or "")
    product = "classic" if chat is None else chat.product
    account = working_account(sandbox, call, product)
    if chat is None or chat.owner != account.provider_id:
        raise V2Error("provider/resource_not_found", "Chat not found.")
    return account, chat
