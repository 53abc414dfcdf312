"""The web app's two secrets and its environment, from the environment's variables.

Belongs here: reading and comparing them, and the errors if they are missing. Does not:
which route requires which secret.
"""

import hmac
import os
from dataclasses import dataclass, field

WEBHOOK_SECRET = "TRUEUP_WEBHOOK_SECRET"
API_TOKEN = "TRUEUP_API_TOKEN"
ENVIRONMENT = "UNIPILE_V2_ENVIRONMENT"


@dataclass(frozen=True)
class Secrets:
    """An empty text means that the secret is not set; then no request is accepted.

    is_production: of which applications of version 2 the events are accepted.
    """

    webhook_secret: str = field(default="", repr=False)
    api_token: str = field(default="", repr=False)
    is_production: bool = True


def secrets_of_environment() -> Secrets:
    """TRUEUP_WEBHOOK_SECRET and TRUEUP_API_TOKEN, without surrounding blanks.

    UNIPILE_V2_ENVIRONMENT is production unless it is development.
    """
    environment = os.environ.get(ENVIRONMENT, "").strip().lower()
    return Secrets(
        webhook_secret=os.environ.get(WEBHOOK_SECRET, "").strip(),
        api_token=os.environ.get(API_TOKEN, "").strip(),
        is_production=environment != "development",
    )


def is_same_secret(given: bytes, wanted: str) -> bool:
    """Compares in constant time; False if no secret is set."""
    return bool(wanted) and hmac.compare_digest(given, wanted.encode())
