"""Reading a provider's list page by page, and whether its end was reached.

Belongs here: cursors, and the checks of a page. Does not: the meaning of a list's
items. The absence of a person proves something only if the walk was complete.
"""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from trueup.unipile.answer import Answer

MAX_PAGES = 1_000

FetchPage = Callable[[str | None], Awaitable[Answer]]


@dataclasses.dataclass(frozen=True)
class Walk:
    """The pages of a list that could be read.

    is_complete: every page was a 2xx with well-formed items, and the last page had no
        cursor.
    stopped_by: the answer that ended an incomplete walk; None after a complete walk.
    """

    items: tuple[dict[str, Any], ...]
    is_complete: bool
    pages: int
    stopped_by: Answer | None


async def walk(
    fetch_page: FetchPage,
    *,
    list_object: str,
    item_key: str,
    max_pages: int = MAX_PAGES,
) -> Walk:
    """Follow cursors to the last page.

    fetch_page: takes the cursor (None for the first page), returns the page's answer.
    list_object: the value of `object` that each page must have.
    item_key: the field that every item must have as a non-empty string.

    After a repeated cursor, a malformed page or more than `max_pages`, the walk is
    incomplete and has the pages read so far.
    """
    items: list[dict[str, Any]] = []
    seen_cursors: set[str] = set()
    cursor: str | None = None
    pages = 0
    while True:
        answer = await fetch_page(cursor)
        page = _whole_page(answer, list_object, item_key)
        if page is None:
            return Walk(tuple(items), False, pages, answer)
        page_items, cursor = page
        items.extend(page_items)
        pages += 1
        if cursor is None:
            return Walk(tuple(items), True, pages, None)
        if cursor in seen_cursors or pages >= max_pages:
            return Walk(tuple(items), False, pages, answer)
        seen_cursors.add(cursor)


def _whole_page(
    answer: Answer, list_object: str, item_key: str
) -> tuple[list[dict[str, Any]], str | None] | None:
    if not answer.is_success or answer.body is None:
        return None
    items = answer.body.get("items")
    cursor = answer.body.get("cursor")
    if answer.body.get("object") != list_object or not isinstance(items, list):
        return None
    if cursor is not None and not (isinstance(cursor, str) and cursor):
        return None
    for item in items:
        identity = item.get(item_key) if isinstance(item, dict) else None
        if not isinstance(identity, str) or not identity:
            return None
    return items, cursor
