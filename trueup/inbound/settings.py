"""The webhook address and the provider's addresses, from the environment.

Belongs here: reading UNIPILE_DSN, UNIPILE_API_KEY, their twins for version 2,
TRUEUP_WEBHOOK_URL and TRUEUP_WEBHOOK_SECRET when they are used, and the errors if one
is missing.
"""

import os
import urllib.parse
from dataclasses import dataclass, field

import psycopg

from trueup.unipile.addresses import (
    SETTINGS,
    UnusableAddressError,
    Version,
    provider_address,
    version_of,
)

# The key that sees and changes webhook endpoints of version 2; senders have another.
SERVICE_KEY = "UNIPILE_V2_SERVICE_KEY"
NO_PROVIDER = (
    "UNIPILE_DSN is not set. Set it to the provider's address, and "
    "UNIPILE_API_KEY to its key, as for scripts/up; for version 2 of the API, "
    "UNIPILE_V2_DSN and UNIPILE_V2_API_KEY."
)


class UnusableSettingError(Exception):
    """A setting is missing or malformed; the text is a sentence."""


@dataclass(frozen=True)
class WebhookTarget:
    """The address for webhooks, and the secret that the provider sends with them."""

    url: str
    secret: str = field(repr=False)

    @property
    def notify_url(self) -> str:
        """The address for notices of logins on hosted pages."""
        return f"{self.url.rstrip('/')}/hosted-auth"

    @property
    def v2_url(self) -> str:
        """The address for signed webhooks of version 2."""
        return f"{self.url.rstrip('/')}/v2"

    def url_at(self, provider_dsn: str) -> str:
        """The address for webhooks of the provider at an address, of its version."""
        return self.v2_url if version_of(provider_dsn) == 2 else self.url

    @property
    def landing_url(self) -> str:
        """Where a hosted page of version 2 sends the person's browser."""
        return f"{self.v2_url}/connected"


def providers_of_environment() -> list[tuple[str, str]]:
    """The address and key of each version of the provider's API that is set.

    UNIPILE_DSN and UNIPILE_API_KEY come first, then UNIPILE_V2_DSN and
    UNIPILE_V2_API_KEY. Raises UnusableSettingError if neither pair is set, if half of
    one is, and for an address of the other version.
    """
    found = []
    for version, names in SETTINGS.items():
        dsn, api_key = _given(names.dsn), _given(names.api_key)
        if not dsn and not api_key:
            continue
        if not dsn or not api_key:
            missing, other = (
                (names.dsn, names.api_key) if not dsn else (names.api_key, names.dsn)
            )
            raise _half_set(missing, other, version)
        found.append((_address(dsn, version), api_key))
    if not found:
        raise UnusableSettingError(NO_PROVIDER)
    return found


def provider_addresses() -> list[str]:
    """The address of each version of the provider's API that is set, without its key.

    Another shell of a start has the addresses alone. Raises UnusableSettingError if
    none is set, for a key without its address, and for an address of the other version.
    """
    found = []
    for version, names in SETTINGS.items():
        dsn = _given(names.dsn)
        if dsn:
            found.append(_address(dsn, version))
        elif _given(names.api_key):
            raise _half_set(names.dsn, names.api_key, version)
    if not found:
        raise UnusableSettingError(NO_PROVIDER)
    return found


def provider_of_environment() -> tuple[str, str]:
    """The provider that new workspaces and logins get: the first that is set.

    Raises UnusableSettingError as providers_of_environment does.
    """
    return providers_of_environment()[0]


def provider_of_version(version: Version) -> tuple[str, str]:
    """The provider that is set for a version of the API.

    Raises UnusableSettingError as providers_of_environment does, and if it is not set.
    """
    for found in providers_of_environment():
        if version_of(found[0]) == version:
            return found
    names = SETTINGS[version]
    raise UnusableSettingError(
        f"{names.dsn} is not set. Set it to the address of version {version} of the "
        f"Unipile API, and {names.api_key} to a key of it."
    )


def providers_of(
    connection: psycopg.Connection, workspace_id: int
) -> list[tuple[str, str]]:
    """The providers that are set at a workspace's addresses; the first one if none is.

    Raises UnusableSettingError as providers_of_environment does.
    """
    row = connection.execute(
        "select provider_dsn, v2_provider_dsn from outreach.workspaces"
        " where workspace_id = %s",
        [workspace_id],
    ).fetchone()
    all_set = providers_of_environment()
    return [each for each in all_set if each[0] in (row or ())] or all_set[:1]


def service_key_of_environment() -> str:
    """UNIPILE_V2_SERVICE_KEY. Raises UnusableSettingError."""
    return _setting(
        SERVICE_KEY,
        "a service key of the application, which alone may make webhook endpoints of "
        "version 2. Polls find what they would tell meanwhile",
    )


def may_audit_webhooks(provider_dsn: str) -> bool:
    """Whether the settings allow it: those of version 2 need UNIPILE_V2_SERVICE_KEY."""
    return version_of(provider_dsn) == 1 or bool(_given(SERVICE_KEY))


def webhook_address(provider_dsn: str) -> str | None:
    """Our address for webhooks of the provider at an address; None without one."""
    url = os.environ.get("TRUEUP_WEBHOOK_URL", "").strip()
    return WebhookTarget(url, "").url_at(provider_dsn) if url else None


def webhook_target_of_environment() -> WebhookTarget:
    """TRUEUP_WEBHOOK_URL and TRUEUP_WEBHOOK_SECRET. Raises UnusableSettingError."""
    url = _webhook_url()
    secret = _setting("TRUEUP_WEBHOOK_SECRET", "the secret that the web app asks for")
    if not secret.isascii() or not secret.isprintable():
        raise UnusableSettingError(
            "TRUEUP_WEBHOOK_SECRET has characters that no HTTP header may carry. "
            "Take letters, digits and dashes."
        )
    return WebhookTarget(url, secret)


def webhook_target_if_set() -> WebhookTarget | None:
    """The same; None if TRUEUP_WEBHOOK_URL is not set. Raises UnusableSettingError."""
    return webhook_target_of_environment() if _given("TRUEUP_WEBHOOK_URL") else None


def login_target_if_set() -> WebhookTarget | None:
    """Where the provider tells of logins; None if TRUEUP_WEBHOOK_URL is not set.

    A login page has a secret of its own, so that the target has none. Raises
    UnusableSettingError.
    """
    return WebhookTarget(_webhook_url(), "") if _given("TRUEUP_WEBHOOK_URL") else None


def _webhook_url() -> str:
    url = _setting(
        "TRUEUP_WEBHOOK_URL",
        "the address at which the provider reaches the web app, such as "
        "https://trueup.example.com/webhooks/unipile",
    )
    try:
        parts = urllib.parse.urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        raise UnusableSettingError(
            f"TRUEUP_WEBHOOK_URL is {url!r}, which is no web address. Give it whole, "
            "such as https://trueup.example.com/webhooks/unipile."
        )
    return url


def _given(name: str) -> str:
    return os.environ.get(name, "").strip()


def _setting(name: str, meaning: str) -> str:
    value = _given(name)
    if not value:
        raise UnusableSettingError(f"{name} is not set. Set it to {meaning}.")
    return value


def _address(dsn: str, version: Version) -> str:
    try:
        return provider_address(dsn, version)
    except UnusableAddressError as error:
        raise UnusableSettingError(str(error)) from None


def _half_set(missing: str, other: str, version: Version) -> UnusableSettingError:
    return UnusableSettingError(
        f"{missing} is not set, and {other} is. Set both for version {version} of the "
        "Unipile API, or neither."
    )
