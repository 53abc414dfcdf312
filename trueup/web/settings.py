"""The web app's two secrets, from the environment.

Belongs here: reading and comparing them, and the errors if they are missing. Does not:
which route requires which secret.
"""

import hmac
import os
from dataclasses import dataclass, field

WEBHOOK_SECRET = "TRUEUP_WEBHOOK_SECRET"
API_TOKEN = "TRUEUP_API_TOKEN"


@dataclass(frozen=True)
class Secrets:
    """An empty text means that the secret is not set; then no request is accepted."""

    webhook_secret: str = field(default="", repr=False)
    api_token: str = field(default="", repr=False)


def secrets_of_environment() -> Secrets:
    """TRUEUP_WEBHOOK_SECRET and TRUEUP_API_TOKEN, without surrounding blanks."""
    return Secrets(
        webhook_secret=os.environ.get(WEBHOOK_SECRET, "").strip(),
        api_token=os.environ.get(API_TOKEN, "").strip(),
    )


def is_same_secret(given: bytes, wanted: str) -> bool:
    """Compares in constant time; False if no secret is set."""
    return bool(wanted) and hmac.compare_digest(given, wanted.encode())
