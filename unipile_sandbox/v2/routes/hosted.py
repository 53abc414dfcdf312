"""Links to the hosted page of version 2, on which a person connects an account."""

import dataclasses
import secrets
from typing import Any

from unipile_sandbox.calls import Call
from unipile_sandbox.clock import parse_iso
from unipile_sandbox.serving import Reply
from unipile_sandbox.shapes import TEXT, UTC_MS, Rule, Shape
from unipile_sandbox.v2.checks import key_in
from unipile_sandbox.v2.errors import V2Error
from unipile_sandbox.v2.serving import V2Call, V2Route
from unipile_sandbox.world import Sandbox

PROVIDERS = ("linkedin", "whatsapp", "instagram", "telegram", "google", "outlook")


def make_link(sandbox: Sandbox, call: Call) -> Reply:
    wanted = call.fields
    if ("account_id" in wanted) == ("providers" in wanted):
        raise V2Error(
            "api/invalid_parameters", "Give either 'providers' or 'account_id'."
        )
    if "account_id" in wanted:
        account = sandbox.world.accounts.get(wanted["account_id"])
        is_known = (
            account is not None and account.version == 2 and not account.is_deleted
        )
        if account is None or not is_known or not key_in(call).sees(account):
            raise V2Error("api/resource_not_found", "Account not found.")
    else:
        _check_providers(wanted["providers"])
    if parse_iso(wanted["expires_on"]) <= sandbox.clock.now():
        raise V2Error("api/invalid_parameters", "'expires_on' is in the past.")
    token = secrets.token_urlsafe(24)
    sandbox.record("hosted_link_made", token=token, wanted=wanted)
    assert isinstance(call, V2Call), "only version 2 has this route"
    return Reply(
        {"object": "HostedAuthLink", "link": f"{call.base_url}hosted/v2/{token}"}
    )


def _check_providers(wanted: Any) -> None:  # noqa: ANN401
    is_group = isinstance(wanted, str) and wanted.partition(":")[0] == "*"
    if is_group:
        return
    names = wanted if isinstance(wanted, list) and wanted else [None]
    if any(name not in PROVIDERS for name in names):
        raise V2Error(
            "api/invalid_parameters",
            "'providers' must be '*', '*:…' or a list of providers in lower case.",
        )
    if "linkedin" not in names:
        raise V2Error("api/not_implemented", "This sandbox connects LinkedIn only.")


URL = Rule(is_required=True, pattern=r"https?://\S+")
LINK: Shape = {
    "providers": Rule(kind=object),
    "account_id": TEXT,
    "expires_on": dataclasses.replace(UTC_MS, is_required=True),
    "redirect_uri": URL,
    "state": TEXT,
    "domain": TEXT,
    "account_scope_id": TEXT,
    "config": Rule(kind=dict),
}

ROUTES = [
    V2Route("hosted_auth_link", "POST", "/auth/link", make_link, {}, LINK, "json")
]
