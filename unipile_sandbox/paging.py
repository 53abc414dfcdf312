"""Pages of a list, and the cursors between them.

A cursor is base64 of JSON, as the provider's is, and opaque to whoever holds it.
"""

import base64
import json
from collections.abc import Callable
from typing import Any, TypeVar

from unipile_sandbox.errors import ProviderError
from unipile_sandbox.index import Place, Shelf

LARGEST_PAGE = 1_000

Thing = TypeVar("Thing")


def page_of(
    shelf: Shelf[Thing],
    list_object: str,
    query: dict[str, Any],
    default_limit: int,
    show: Callable[[Thing], dict[str, Any]],
) -> dict[str, Any]:
    """One page as the provider shows it. Raises ProviderError for a bad cursor."""
    cursor = query.get("cursor")
    if cursor is None:
        limit, number, older_than = query.get("limit", default_limit), 1, None
    else:
        # The cursor's own limit rules: the provider ignores one given beside it.
        limit, number, older_than = _decoded(cursor)
    things, place = shelf.newest_first(older_than, limit)
    return {
        "object": list_object,
        "items": [show(thing) for thing in things],
        "cursor": None if place is None else _encoded(limit, number + 1, place),
    }


def page_number(cursor: str | None) -> int:
    """Which page a cursor leads to; 1 without one, 0 for one that is no cursor."""
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
