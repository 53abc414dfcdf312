"""Accounts: list, get, connect, reconnect, checkpoint, restart, resync, delete."""

from typing import Any

from unipile_sandbox.calls import Call
from unipile_sandbox.clock import iso
from unipile_sandbox.errors import ProviderError
from unipile_sandbox.paging import page_of
from unipile_sandbox.records import Account
from unipile_sandbox.routes.checks import PROVIDERS, known_account
from unipile_sandbox.serving import ApiRoute, Reply
from unipile_sandbox.shapes import (
    REQUIRED_TEXT,
    TEXT,
    Rule,
    Shape,
    limit_rule,
)
from unipile_sandbox.webhook_events import plan_account_status
from unipile_sandbox.world import Sandbox

# A user name with this prefix is asked for a code; any other connects at once.
CHECKPOINT_PREFIX = "2fa"
CHECKPOINT_CODE = "123456"

PROVIDER = Rule(is_required=True, choices=PROVIDERS)
CREDENTIALS: Shape = {
    "provider": PROVIDER,
    "username": TEXT,
    "password": TEXT,
    "access_token": TEXT,
    "premium_token": TEXT,
    "user_agent": TEXT,
    "proxy": Rule(kind=dict),
    "recruiter_contract_id": TEXT,
    "disabled_features": Rule(kind=list),
    "sync_limit": Rule(kind=dict),
}


def show_account(account: Account) -> dict[str, Any]:
    return {
        "object": "Account",
        "type": "LINKEDIN",
        "id": account.account_id,
        "name": account.name,
        "created_at": iso(account.created_at),
        "groups": [],
        "connection_params": {
            "im": {
                "id": account.provider_id,
                "username": account.name,
                "premiumContractId": None,
                "premiumFeatures": list(account.premium_features),
                "publicIdentifier": account.public_identifier,
                "organizations": [],
            }
        },
        "sources": [
            {"id": f"{account.account_id}_MESSAGING", "status": account.status}
        ],
    }


def list_accounts(sandbox: Sandbox, call: Call) -> Reply:
    index = sandbox.world.account_index
    return Reply(page_of(index, "AccountList", call.query, 100, show_account))


def get_account(sandbox: Sandbox, call: Call) -> Reply:
    return Reply(show_account(known_account(sandbox, call.path["account_id"])))


def connect(sandbox: Sandbox, call: Call) -> Reply:
    login = _login(call.fields)
    if login.startswith(CHECKPOINT_PREFIX):
        account_id = sandbox.open_checkpoint(None, login)
        return _checkpoint(account_id)
    account_id = add_person_as_account(sandbox, login)
    return Reply({"object": "AccountCreated", "account_id": account_id}, 201)


def reconnect(sandbox: Sandbox, call: Call) -> Reply:
    account = known_account(sandbox, call.path["account_id"])
    login = _login(call.fields)
    if login.startswith(CHECKPOINT_PREFIX):
        sandbox.open_checkpoint(account.account_id, login)
        return _checkpoint(account.account_id)
    return _reconnected(sandbox, account.account_id)


def solve_checkpoint(sandbox: Sandbox, call: Call) -> Reply:
    account_id = call.fields["account_id"]
    intent = sandbox.world.checkpoints.get(account_id)
    if intent is None:
        raise ProviderError("resource_not_found", "No checkpoint is open.")
    if call.fields["code"] != CHECKPOINT_CODE:
        raise ProviderError("invalid_checkpoint_solution", "The code is wrong.")
    sandbox.record("checkpoint_closed", account_id=account_id)
    if intent["is_reconnect"]:
        return _reconnected(sandbox, account_id)
    add_person_as_account(sandbox, intent["login"], account_id)
    return Reply({"object": "AccountCreated", "account_id": account_id}, 201)


def resend_checkpoint(sandbox: Sandbox, call: Call) -> Reply:
    account_id = call.fields["account_id"]
    if account_id not in sandbox.world.checkpoints:
        raise ProviderError("resource_not_found", "No checkpoint is open.")
    body = {"object": "CheckpointResend", "account_id": account_id, "success": True}
    return Reply(body, 201)


def restart_account(sandbox: Sandbox, call: Call) -> Reply:
    account = known_account(sandbox, call.path["account_id"])
    if account.status in ("ERROR", "STOPPED", "CONNECTING"):
        sandbox.set_account_status(account.account_id, "OK", notify="OK")
    return Reply({"object": "AccountRestarted"})


def resync_account(sandbox: Sandbox, call: Call) -> Reply:
    account = known_account(sandbox, call.path["account_id"])
    status = "SYNC_DONE" if account.is_ok else "SYNC_ERROR"
    return Reply({"object": "AccountResync", "status": status})


def delete_account(sandbox: Sandbox, call: Call) -> Reply:
    account = known_account(sandbox, call.path["account_id"])
    sandbox.delete_account(account.account_id)
    return Reply({"object": "AccountDeleted"})


def add_person_as_account(
    sandbox: Sandbox, login: str, account_id: str | None = None
) -> str:
    """Connect the person of a login; the same login is always the same person."""
    public_identifier = "".join(c if c.isalnum() else "-" for c in login.lower())
    people = sandbox.world.people
    provider_id = people.provider_id_of(public_identifier)
    if provider_id is None:
        raise ProviderError("invalid_credentials", "This login does not exist.")
    person = people.person(provider_id)
    account_id = sandbox.register_account(
        name=person.name,
        provider_id=provider_id,
        public_identifier=public_identifier,
        account_id=account_id,
    )
    plan_account_status(sandbox, account_id, "CREATION_SUCCESS")
    return account_id


def _login(fields: dict[str, Any]) -> str:
    if fields["provider"] != "LINKEDIN":
        raise ProviderError(
            "feature_not_implemented", "This sandbox connects LINKEDIN accounts only."
        )
    if fields.get("access_token"):
        return f"token-{fields['access_token'][:40]}"
    if not fields.get("username") or not fields.get("password"):
        raise ProviderError(
            "missing_parameters", "Give username and password, or access_token."
        )
    return fields["username"]


def _checkpoint(account_id: str) -> Reply:
    checkpoint = {"type": "2FA", "source": "APP"}
    body = {
        "object": "Checkpoint",
        "account_id": account_id,
        "checkpoint": checkpoint,
    }
    return Reply(body, 202)


def _reconnected(sandbox: Sandbox, account_id: str) -> Reply:
    sandbox.set_account_status(account_id, "OK", notify="RECONNECTED")
    return Reply({"object": "AccountReconnected", "account_id": account_id}, 201)


PAGE: Shape = {"limit": limit_rule(250), "cursor": TEXT}
UNIX_MS = Rule(pattern=r"\d{1,15}")
SYNC: Shape = {
    "linkedin_product": Rule(choices=("classic", "recruiter", "sales_navigator")),
    "before": UNIX_MS,
    "after": UNIX_MS,
}
CODE: Shape = {
    "provider": PROVIDER,
    "account_id": REQUIRED_TEXT,
    "code": REQUIRED_TEXT,
}
RESEND: Shape = {"provider": PROVIDER, "account_id": REQUIRED_TEXT}
ONE = "/accounts/{account_id}"

ROUTES = [
    ApiRoute("list_accounts", "GET", "/accounts", list_accounts, PAGE),
    ApiRoute("connect", "POST", "/accounts", connect, {}, CREDENTIALS, "json"),
    ApiRoute(
        "solve_checkpoint",
        "POST",
        "/accounts/checkpoint",
        solve_checkpoint,
        {},
        CODE,
        "json",
    ),
    ApiRoute(
        "resend_checkpoint",
        "POST",
        "/accounts/checkpoint/resend",
        resend_checkpoint,
        {},
        RESEND,
        "json",
    ),
    ApiRoute("restart_account", "POST", f"{ONE}/restart", restart_account),
    ApiRoute("resync_account", "GET", f"{ONE}/sync", resync_account, SYNC),
    ApiRoute("get_account", "GET", ONE, get_account),
    # The published client repeats the account's id in the body.
    ApiRoute(
        "reconnect",
        "POST",
        ONE,
        reconnect,
        {},
        CREDENTIALS | {"account_id": TEXT},
        "json",
    ),
    ApiRoute("delete_account", "DELETE", ONE, delete_account),
]
