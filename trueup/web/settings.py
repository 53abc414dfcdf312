"""The web app's two secrets, as the environment gives them.

Belongs here: reading them, comparing with them, and the sentences for when they are not
there. Which route asks for which does not.
"""

import hmac
import os
from dataclasses import dataclass, field

WEBHOOK_SECRET = "TRUEUP_WEBHOOK_SECRET"
API_TOKEN = "TRUEUP_API_TOKEN"


@dataclass(frozen=True)
class Secrets:
    """An empty text is one that nobody set: then nobody is let in by it."""

    webhook_secret: str = field(default="", repr=False)
    api_token: str = field(default="", repr=False)


def secrets_of_environment() -> Secrets:
    """TRUEUP_WEBHOOK_SECRET and TRUEUP_API_TOKEN, without blanks around them."""
    return Secrets(
        webhook_secret=os.environ.get(WEBHOOK_SECRET, "").strip(),
        api_token=os.environ.get(API_TOKEN, "").strip(),
    )


def is_same_secret(given: bytes, wanted: str) -> bool:
    """Compared in constant time; False where no secret is set."""
    return bool(wanted) and hmac.compare_digest(given, wanted.encode())
