"""Pages of the lists of version 2: the core's shape, and the methods' two walks.

A list by offset ends with an empty page. Rows that are added or removed between two
pages shift the others. A list by cursor ends with `next_cursor` null; its cursor holds
an offset, so its rows shift as well.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from unipile_sandbox.settings import Settings
from unipile_sandbox.shapes import TEXT, Rule, Shape, limit_rule
from unipile_sandbox.v2.errors import V2Error

DEFAULT_LIMIT = 20
LARGEST_LIMIT = 100

Item = TypeVar("Item")
Shown = dict[str, Any]

BY_OFFSET: Shape = {
    "offset": Rule(kind=int, lowest=0),
    "limit": limit_rule(LARGEST_LIMIT),
}
# A list that takes either parameter refuses the one that its provider does not support.
BY_EITHER: Shape = BY_OFFSET | {"cursor": TEXT}


def core_page(
    name: str, items: Sequence[Item], query: Shown, show: Callable[[Item], Shown]
) -> Shown:
    """A page of accounts, webhook endpoints, keys and so on."""
    start, limit = query.get("offset", 0), query.get("limit", DEFAULT_LIMIT)
    return {
        "object": name,
        "data": [show(item) for item in items[start : start + limit]],
        "has_more": start + limit < len(items),
    }


def offset_page(
    settings: Settings,
    items: Sequence[Item],
    query: Shown,
    show: Callable[[Item], Shown],
) -> Shown:
    """A page of a method's list that is walked by offset. Raises V2Error.

    A page may be shorter than its limit, so the next one starts after its rows, not
    after its limit.
    """
    if "cursor" in query:
        raise V2Error(
            "provider/invalid_parameters",
            "The pagination of this list takes an offset, no cursor.",
        )
    start, limit = query.get("offset", 0), query.get("limit", DEFAULT_LIMIT)
    size = _size(settings, limit)
    rows = [show(item) for item in items[start : start + size]]
    return {"data": rows} | _count(settings, len(items))


def cursor_page(
    settings: Settings,
    items: Sequence[Item],
    query: Shown,
    show: Callable[[Item], Shown],
) -> Shown:
    """A page of a method's list that is walked by cursor. Raises V2Error.

    A page may repeat rows of the one before it, and announce more rows than there are.
    """
    if query.get("offset"):
        raise V2Error(
            "provider/invalid_parameters",
            "The pagination of this list takes a cursor, no offset.",
        )
    start, limit = 0, query.get("limit", DEFAULT_LIMIT)
    if "cursor" in query:
        # The size inside the cursor counts, not a limit beside it.
        start, limit = _decoded(query["cursor"])
    size = _size(settings, limit)
    end, again = start + size, min(int(settings.v2_repeated_rows), size - 1)
    rows = [show(item) for item in items[start:end]]
    following = _encoded(end - again, limit) if end < len(items) else None
    announced = len(items) + int(settings.v2_announced_rows)
    return {"data": rows, "next_cursor": following} | _count(settings, announced)


def _count(settings: Settings, rows: int) -> Shown:
    return {} if settings.v2_uncounted else {"total_count": rows}


def _size(settings: Settings, limit: int) -> int:
    return max(1, limit - int(settings.v2_missing_rows))


def page_asked_for(parameters: Mapping[str, str]) -> int:
    """Which page a query asks for, from 1; 0 if it cannot be read."""
    try:
        limit = int(parameters.get("limit", DEFAULT_LIMIT))
        start = int(parameters.get("offset", 0))
        if "cursor" in parameters:
            start, limit = _decoded(parameters["cursor"])
        return start // limit + 1
    except (ValueError, ZeroDivisionError, V2Error):
        return 0


def _encoded(start: int, size: int) -> str:
    text = json.dumps({"start": start, "size": size})
    return base64.b64encode(text.encode()).decode()


def _decoded(cursor: str) -> tuple[int, int]:
    try:
        found = json.loads(base64.b64decode(cursor, validate=True))
        start, size = int(found["start"]), int(found["size"])
        if start < 0 or not 1 <= size <= LARGEST_LIMIT:
            raise ValueError("no list gives out such pages")
        return start, size
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise V2Error(
            "api/invalid_parameters", "The cursor is not one that was given out."
        ) from None
