"""Reading a provider's list page by page, and whether its end was reached.

Belongs here: cursors, and the checks of a page. Does not: the meaning of a list's
items. The absence of a person proves something only if the walk was complete.
"""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from trueup.unipile.answer import Answer

MAX_PAGES = 1_000
BUDGET_SPENT = "the account's calls of the day for reading are used up"
TOO_MANY_REQUESTS = 429

FetchPage = Callable[[str | None], Awaitable[Answer]]


@dataclasses.dataclass(frozen=True)
class Walk:
    """The pages of a list that could be read.

    is_complete: every page was a 2xx with well-formed items, no page came from a
        cache, and the end of the list was reached.
    stopped_by: the answer that ended an incomplete walk; None after a complete walk,
        and after one that reached the end in doubt.
    doubt: why a walk proves no absence although no answer ended it; None otherwise.
    cache: of each page that has such headers, its number, these headers, and whether
        it may be older than the walk (is_old).
    limits: the headers of the provider's limit in the last answer, and its type as
        `refused` if it was refused for it.
    """

    items: tuple[dict[str, Any], ...]
    is_complete: bool
    pages: int
    stopped_by: Answer | None
    doubt: str | None = None
    cache: tuple[dict[str, Any], ...] = ()
    limits: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def calls(self) -> int:
        """How many calls were made."""
        return self.pages + (self.stopped_by is not None)

    @property
    def is_from_cache(self) -> bool:
        """Whether a page may be older than the walk."""
        return any(page["is_old"] for page in self.cache)

    @property
    def why_stopped(self) -> str | None:
        """A short text of what made the walk incomplete; None if it is complete."""
        if self.is_complete:
            return None
        if self.doubt is not None:
            return self.doubt
        answer, page = self.stopped_by, f"page {self.pages + 1}"
        if answer is None or answer.is_success:
            return f"{page} was not whole"
        said = answer.error_type or answer.detail or answer.reached
        status = "" if answer.http_status is None else f"{answer.http_status} "
        return f"{page}: {status}{said}"


def limits_of(answer: Answer) -> dict[str, str]:
    """What an answer says of the provider's limit: see `Walk.limits`."""
    limits = {
        name: text
        for name, text in answer.headers.items()
        if name.startswith("x-ratelimit-")
    }
    if answer.retry_after is not None:
        limits["retry-after"] = answer.retry_after
    if answer.http_status == TOO_MANY_REQUESTS:
        limits["refused"] = answer.error_type or str(answer.http_status)
    return limits


class Pages:
    """The pages of a walk so far: their items, each once, and the headers of caches."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.count = 0
        self._limits: dict[str, str] = {}
        self._cache: list[dict[str, Any]] = []
        self._from_cache: int | None = None

    def add(self, answer: Answer, items: list[dict[str, Any]]) -> None:
        """Note a well-formed page."""
        self.count += 1
        self.items.extend(items)
        self._limits = limits_of(answer)
        shown = {
            name: answer.headers[name]
            for name in ("x-cache", "age")
            if name in answer.headers
        }
        if shown:
            is_old = {"is_old": answer.is_from_cache}
            self._cache.append({"page": self.count} | shown | is_old)
        if answer.is_from_cache and self._from_cache is None:
            self._from_cache = self.count

    def ended(self, doubt: str | None = None) -> Walk:
        """The walk after its last page; `doubt` says why it proves no absence."""
        if self._from_cache is not None:
            doubt = f"page {self._from_cache} came from a cache"
        return Walk(
            tuple(self.items),
            doubt is None,
            self.count,
            None,
            doubt,
            self.cache,
            self._limits,
        )

    def stopped(self, answer: Answer) -> Walk:
        """The walk that this answer ended."""
        return Walk(
            tuple(self.items),
            False,
            self.count,
            answer,
            None,
            self.cache,
            limits_of(answer),
        )

    @property
    def cache(self) -> tuple[dict[str, Any], ...]:
        return tuple(self._cache)


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
    pages = Pages()
    seen_cursors: set[str] = set()
    cursor: str | None = None
    while True:
        answer = await fetch_page(cursor)
        page = _whole_page(answer, list_object, item_key)
        if page is None:
            return pages.stopped(answer)
        page_items, cursor = page
        pages.add(answer, page_items)
        if cursor is None:
            return pages.ended()
        if cursor in seen_cursors or pages.count >= max_pages:
            return pages.stopped(answer)
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
