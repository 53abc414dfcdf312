"""Fields of a webhook's body, and the body itself.

Belongs here: what both versions of the provider's webhooks need. Does not: their
formats.
"""

import json
import math
from typing import Any

from trueup.unipile.storable import storable_json

# The provider's ids have about 40 characters; an index has a maximum key size.
LONGEST_ID = 500


class UnreadablePayloadError(ValueError):
    """The body is no event; the text is the reason for its quarantine."""


def parse_body(body: bytes) -> Any:  # noqa: ANN401
    """The JSON of a body. Raises UnreadablePayloadError."""
    try:
        return storable_json(
            json.loads(body, parse_constant=_finite, parse_float=_finite)
        )
    except (ValueError, RecursionError):
        raise UnreadablePayloadError("not JSON") from None


def object_of(fields: dict[str, Any], name: str) -> dict[str, Any]:
    """The object in a field; an empty one if there is none."""
    found = fields.get(name)
    return found if isinstance(found, dict) else {}


def text_of(fields: dict[str, Any], name: str) -> str | None:
    """The text in a field; None if it is empty or no text."""
    found = fields.get(name)
    return found if isinstance(found, str) and found else None


def id_of(fields: dict[str, Any], name: str) -> str | None:
    """The text in a field. Raises UnreadablePayloadError if it is too long."""
    found = text_of(fields, name)
    if found is not None and len(found) > LONGEST_ID:
        raise UnreadablePayloadError(f"{name} is too long")
    return found


def _finite(number: str) -> float:
    """The number. Raises ValueError for NaN and infinities, which jsonb has not."""
    read = float(number)
    if not math.isfinite(read):
        raise ValueError(number)
    return read
