"""Fields of a webhook's body, and the body itself.

Belongs here: what both versions of the provider's webhooks need. Does not: their
formats.
"""

import json
import math
from typing import Any

# The provider's ids have about 40 characters; an index has a maximum key size.
LONGEST_ID = 500


class UnreadablePayloadError(ValueError):
    """The body is no event; the text is the reason for its quarantine."""


def parse_body(body: bytes) -> Any:  # noqa: ANN401
    """The JSON of a body. Raises UnreadablePayloadError."""
    try:
        return _storable(json.loads(body))
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


def _storable(value: Any) -> Any:  # noqa: ANN401
    """The value without characters that jsonb cannot store; ValueError for NaN.

    The body itself is stored unchanged, so nothing is lost.
    """
    if isinstance(value, str):
        return value.replace("\x00", "�").encode("utf-8", "replace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value
