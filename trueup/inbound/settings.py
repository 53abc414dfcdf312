"""The webhook address and the provider's address, from the environment.

Belongs here: reading UNIPILE_DSN, UNIPILE_API_KEY, TRUEUP_WEBHOOK_URL and
TRUEUP_WEBHOOK_SECRET when they are used, and the errors if one is missing.
"""

import os
import urllib.parse
from dataclasses import dataclass, field


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


def provider_of_environment() -> tuple[str, str]:
    """UNIPILE_DSN and UNIPILE_API_KEY. Raises UnusableSettingError."""
    dsn = _setting("UNIPILE_DSN", "the provider's address, as for scripts/up")
    api_key = _setting("UNIPILE_API_KEY", "the provider's key, as for scripts/up")
    return dsn, api_key


def webhook_address() -> str | None:
    """TRUEUP_WEBHOOK_URL; None where there is no address for webhooks."""
    return os.environ.get("TRUEUP_WEBHOOK_URL", "").strip() or None


def webhook_target_of_environment() -> WebhookTarget:
    """TRUEUP_WEBHOOK_URL and TRUEUP_WEBHOOK_SECRET. Raises UnusableSettingError."""
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
    secret = _setting("TRUEUP_WEBHOOK_SECRET", "the secret that the web app asks for")
    if not secret.isascii() or not secret.isprintable():
        raise UnusableSettingError(
            "TRUEUP_WEBHOOK_SECRET has characters that no HTTP header may carry. "
            "Take letters, digits and dashes."
        )
    return WebhookTarget(url, secret)


def webhook_target_if_set() -> WebhookTarget | None:
    """The same; None if TRUEUP_WEBHOOK_URL is not set. Raises UnusableSettingError."""
    if not os.environ.get("TRUEUP_WEBHOOK_URL", "").strip():
        return None
    return webhook_target_of_environment()


def _setting(name: str, meaning: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise UnusableSettingError(f"{name} is not set. Set it to {meaning}.")
    return value
