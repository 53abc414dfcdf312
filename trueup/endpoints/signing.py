"""The headers of a webhook, by the specification Standard Webhooks 1.0.

Belongs here: the signature. Does not: sending (`calling.py`).
"""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime

PREFIX = "whsec_"


class UnusableSecretError(ValueError):
    """A secret that is not whsec_ and base64; the text does not repeat it."""


def signed_headers(
    secret: str, message_id: str, sent_at: datetime, body: bytes
) -> dict[str, str]:
    """webhook-id, webhook-timestamp (seconds since 1970) and webhook-signature.

    The signature is `v1,` and the base64 of the HMAC-SHA256 over
    `<id>.<timestamp>.<body>`, with the decoded secret as its key. Raises
    UnusableSecretError.
    """
    timestamp = str(int(sent_at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise UnusableSecretError(
            "The endpoint's secret is not whsec_ and base64. Remove the endpoint and "
            "add it again."
        ) from None
