"""The hosted page on which a person connects or reconnects an account."""

import secrets
from typing import Any

from dagster_project.unipile.sandbox.calls import Call
from dagster_project.unipile.sandbox.clock import parse_iso
from dagster_project.unipile.sandbox.errors import ProviderError
from dagster_project.unipile.sandbox.happenings import Sandbox
from dagster_project.unipile.sandbox.routes.checks import known_account
from dagster_project.unipile.sandbox.serving import ApiRoute, Reply
from dagster_project.unipile.sandbox.shapes import (
    TEXT,
    UTC_MS,
    Rule,
    Shape,
)

URL = Rule(pattern=r"https?://\S+")
LINK: Shape = {
    "type": Rule(is_required=True, choices=("create", "reconnect")),
    "providers": Rule(kind=object),
    "reconnect_account": TEXT,
    "api_url": Rule(is_required=True, pattern=r"https?://\S+"),
    "expiresOn": Rule(is_required=True, pattern=UTC_MS.pattern),
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
    elif not _names_linkedin(wanted.get("providers")):
        raise ProviderError("invalid_parameters", "'providers' must name LINKEDIN.")
    if parse_iso(wanted["expiresOn"]) <= sandbox.clock.now():
        raise ProviderError("invalid_parameters", "'expiresOn' is in the past.")
    token = secrets.token_urlsafe(24)
    sandbox.record("hosted_link_made", token=token, wanted=wanted)
    url = f"{wanted['api_url'].rstrip('/')}/hosted/{token}"
    return Reply({"object": "HostedAuthUrl", "url": url}, 201)


def _names_linkedin(providers: Any) -> bool:  # noqa: ANN401
    if isinstance(providers, list):
        return "LINKEDIN" in providers
    return providers in ("*", "*:MESSAGING")


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
