"""The hosted page on which a person connects or reconnects an account."""

import dataclasses
import secrets
from typing import Any

from unipile_sandbox.calls import Call
from unipile_sandbox.clock import parse_iso
from unipile_sandbox.errors import ProviderError
from unipile_sandbox.routes.checks import PROVIDERS, known_account
from unipile_sandbox.serving import ApiRoute, Reply
from unipile_sandbox.shapes import (
    TEXT,
    UTC_MS,
    Rule,
    Shape,
)
from unipile_sandbox.world import Sandbox

URL = Rule(pattern=r"https?://\S+")
LINK: Shape = {
    "type": Rule(is_required=True, choices=("create", "reconnect")),
    "providers": Rule(kind=object),
    "reconnect_account": TEXT,
    "api_url": Rule(is_required=True, pattern=r"https?://\S+"),
    "expiresOn": dataclasses.replace(UTC_MS, is_required=True),
    "name": TEXT,
    "success_redirect_url": URL,
    "failure_redirect_url": URL,
    "notify_url": URL,
    "disabled_features": Rule(kind=list),
    "sync_limit": Rule(kind=dict),
    "bypass_success_screen": Rule(kind=bool),
}


def make_link(sandbox: Sandbox, call: Call) -> Reply:
    wanted = call.fields
    if wanted["type"] == "reconnect":
        if "reconnect_account" not in wanted:
            raise ProviderError(
                "missing_parameters", "Missing field 'reconnect_account'."
            )
        known_account(sandbox, wanted["reconnect_account"])
    else:
        _check_providers(wanted.get("providers"))
    if parse_iso(wanted["expiresOn"]) <= sandbox.clock.now():
        raise ProviderError("invalid_parameters", "'expiresOn' is in the past.")
    token = secrets.token_urlsafe(24)
    sandbox.record("hosted_link_made", token=token, wanted=wanted)
    url = f"{wanted['api_url'].rstrip('/')}/hosted/{token}"
    return Reply({"object": "HostedAuthUrl", "url": url}, 201)


def _check_providers(wanted: Any) -> None:  # noqa: ANN401
    if wanted is None:
        raise ProviderError("missing_parameters", "Missing field 'providers'.")
    if wanted in ("*", "*:MESSAGING"):
        return
    names = wanted if isinstance(wanted, list) and wanted else [None]
    if any(name not in PROVIDERS for name in names):
        raise ProviderError(
            "invalid_parameters",
            "'providers' must be '*', '*:MESSAGING' or a list of providers.",
        )
    if "LINKEDIN" not in names:
        raise ProviderError(
            "feature_not_implemented", "This sandbox connects LINKEDIN accounts only."
        )


ROUTES = [
    ApiRoute(
        "hosted_auth_link",
        "POST",
        "/hosted/accounts/link",
        make_link,
        {},
        LINK,
        "json",
    ),
]
