"""Pages of a list, and the cursors between them.

A cursor is base64 of JSON, like the provider's, and opaque to the client.
"""

import base64
import json
from collections.abc import Callable
from typing import Any, TypeVar

from unipile_sandbox.errors import ProviderError
from unipile_sandbox.index import Index, Place

LARGEST_PAGE = 1_000

Item = TypeVar("Item")


def page_of(
    index: Index[Item],
    list_object: str,
    query: dict[str, Any],
    default_limit: int,
    show: Callable[[Item], dict[str, Any]],
) -> dict[str, Any]:
    """One page as the provider shows it. Raises ProviderError for a bad cursor."""
    cursor = query.get("cursor")
    if cursor is None:
        limit, number, older_than = query.get("limit", default_limit), 1, None
    else:
        # The limit inside the cursor counts: the provider ignores one beside it.
        limit, number, older_than = _decoded(cursor)
    items, place = index.newest_first(older_than, limit)
    return {
        "object": list_object,
        "items": [show(item) for item in items],
        "cursor": None if place is None else _encoded(limit, number + 1, place),
    }


def page_number(cursor: str | None) -> int:
    """The page that a cursor leads to; 1 without a cursor, 0 for an invalid one."""
    if cursor is None:
        return 1
    try:
        return _decoded(cursor)[1]
    except ProviderError:
        return 0


def _encoded(limit: int, number: int, place: Place) -> str:
    text = json.dumps({"limit": limit, "page": number, "last": place})
    return base64.b64encode(text.encode()).decode()


def _decoded(cursor: str) -> tuple[int, int, Place]:
    try:
        found = json.loads(base64.b64decode(cursor, validate=True))
        moment, name = found["last"]
        limit, number = int(found["limit"]), int(found["page"])
        if not 1 <= limit <= LARGEST_PAGE:
            raise ValueError("no list gives out pages of this size")
        return limit, number, (float(moment), str(name))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise ProviderError(
            "invalid_parameters", "The cursor is not one that was given out."
        ) from None
