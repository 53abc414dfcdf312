"""JSON of the provider as Postgres can store it.

Belongs here: the characters and numbers that Python reads and Postgres cannot store.
Does not: which fields are read.
"""

import math
import re
from typing import Any

REPLACEMENT = "�"
# JSON may name half of a pair, as in a name that was cut in the middle of an emoji.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text with a replacement for each NUL and each half of a pair."""
    return _UNSTORABLE.sub(REPLACEMENT, text)


def storable_json(value: Any) -> Any:  # noqa: ANN401
    """The same for all texts and names inside; None for a number that is not finite."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [storable_json(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable_json(item) for key, item in value.items()}
    return value
