"""Reading a list of version 2 by offset or by cursor, and whether it was read whole.

Belongs here: which page comes next, and what shows that rows moved meanwhile. Does not:
the meaning of rows. A list is read from its head, where it grows, and rows may leave it
during the walk: they pull the rest forward, past the offset of the next page. So the
walk proves an absence only by the list's own count, or by overlapping pages.
"""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from trueup.unipile.answer import Answer
from trueup.unipile.walk import BUDGET_SPENT, MAX_PAGES, Pages, Walk

Row = dict[str, Any]
FetchPage = Callable[[dict[str, Any]], Awaitable[Answer]]
"""Takes the parameters of a page (offset, cursor or none), returns its answer."""

_WANTS_A_CURSOR = ("api/invalid_parameters", "provider/invalid_parameters")


@dataclasses.dataclass(frozen=True)
class _Page:
    """names_cursor: whether it says that no page follows by cursor, or which one."""

    rows: list[Row]
    total: int | None
    cursor: str | None
    names_cursor: bool


class _OffsetWalk:
    """One walk: what was read of it, and what is in doubt."""

    def __init__(
        self,
        fetch_page: FetchPage,
        read_row: Callable[[Row], Row | None],
        key: str,
        *,
        is_by_offset: bool,
    ) -> None:
        self._fetch_page = fetch_page
        self._read_row = read_row
        self._key = key
        self._is_by_offset = is_by_offset
        self._names_cursor = False
        self.pages = Pages()
        self.ids: set[str] = set()
        self._last_id: str | None = None
        self._total: int | None = None
        self._doubt: str | None = None

    async def run(self, max_pages: int) -> Walk:
        offset, has_overlap = 0, False
        while True:
            # A list that has cursors takes no offset, not even that of its start.
            answer = await self._fetch_page({"offset": offset} if offset else {})
            page = self._whole_page(answer)
            if page is None:
                return self._refused(answer)
            is_known = [row[self._key] in self.ids for row in page.rows]
            self._note_overlap(page, has_overlap)
            self._take(answer, page)
            if page.cursor is not None:
                return await self._follow(page.cursor, max_pages)
            if not page.rows and not has_overlap:
                return self._ended()
            if self.pages.count >= max_pages:
                return self.pages.ended(BUDGET_SPENT)
            # Unless the list counts itself, the last row is read again, as a proof
            # that no row before it left. A page without a new row is followed by one
            # from behind the end, because only an empty page ends a list.
            has_overlap = self._total is None and not all(is_known)
            offset += len(page.rows) - has_overlap

    def _refused(self, answer: Answer) -> Walk:
        """The walk that an answer ended, which is no page.

        A list that has cursors takes no offset: the refusal of the first one shows that
        its one page was the last, if that page names no cursor, or counts its own rows.
        The refusal of a later offset shows nothing.
        """
        is_one_page = (
            not self._is_by_offset
            and self.pages.count == 1
            and answer.error_type in _WANTS_A_CURSOR
            and (self._names_cursor or self._total == len(self.ids))
        )
        return self._ended() if is_one_page else self.pages.stopped(answer)

    async def _follow(self, cursor: str | None, max_pages: int) -> Walk:
        """The rest of a list that has cursors, which ends where there is none."""
        seen_cursors: set[str] = set()
        while cursor is not None:
            if self.pages.count >= max_pages:
                return self.pages.ended(BUDGET_SPENT)
            seen_cursors.add(cursor)
            answer = await self._fetch_page({"cursor": cursor})
            page = self._whole_page(answer)
            if page is None:
                return self.pages.stopped(answer)
            self._take(answer, page)
            cursor = page.cursor
            if cursor in seen_cursors:
                return self.pages.stopped(answer)
        if self._total is None:
            self._doubt = "the list has no count, and its pages do not overlap"
        return self._ended()

    def _whole_page(self, answer: Answer) -> _Page | None:
        body = answer.body if answer.is_success else None
        rows = (body or {}).get("data")
        if body is None or not isinstance(rows, list):
            return None
        read = [self._read_row(row) if isinstance(row, dict) else None for row in rows]
        if any(row is None for row in read):
            return None
        cursor, total = body.get("next_cursor"), body.get("total_count")
        if cursor is not None and not (isinstance(cursor, str) and cursor):
            return None
        is_count = isinstance(total, int) and not isinstance(total, bool)
        return _Page(
            [row for row in read if row is not None],
            total if is_count else None,
            cursor,
            "next_cursor" in body,
        )

    def _note_overlap(self, page: _Page, has_overlap: bool) -> None:
        ids = {row[self._key] for row in page.rows}
        is_first = self.pages.count == 0
        is_apart = self._last_id not in ids if has_overlap else not ids <= self.ids
        if not is_first and self._total is None and is_apart:
            self._doubt = (
                f"page {self.pages.count + 1} does not overlap with the page before "
                "it, so the list changed during the walk"
            )

    def _take(self, answer: Answer, page: _Page) -> None:
        if self.pages.count > 0 and page.total != self._total and page.rows:
            self._doubt = (
                f"page {self.pages.count + 1} counts {page.total} rows in all, and the "
                f"pages before it {self._total}: the list changed during the walk"
            )
        if self.pages.count == 0:
            self._total = page.total
            self._names_cursor = page.names_cursor
        new: list[Row] = []
        for row in page.rows:
            if row[self._key] not in self.ids:
                self.ids.add(row[self._key])
                new.append(row)
        if page.rows:
            self._last_id = page.rows[-1][self._key]
        self.pages.add(answer, new)

    def _ended(self) -> Walk:
        if self._doubt is None and self._total not in (None, len(self.ids)):
            self._doubt = (
                f"the list counts {self._total} rows, and {len(self.ids)} were read"
            )
        return self.pages.ended(self._doubt)


async def offset_walk(
    fetch_page: FetchPage,
    read_row: Callable[[Row], Row | None],
    *,
    key: str = "id",
    max_pages: int = MAX_PAGES,
    is_by_offset: bool = False,
) -> Walk:
    """Read a list of version 2 to its end; each row once.

    read_row: the row in the engine's form, None for a malformed one. key: the field of
    that form that names a row. max_pages: after as many pages the walk is incomplete.
    is_by_offset: the list is known to take offsets, so the refusal of one is no end.

    An answer that is no page ends the walk. It is incomplete, too, if a page came from
    a cache, if the list's count differs between pages or from the rows that were read,
    or if pages of a list without a count do not overlap.
    """
    return await _OffsetWalk(fetch_page, read_row, key, is_by_offset=is_by_offset).run(
        max_pages
    )


async def counted_walk(
    fetch_page: FetchPage, read_row: Callable[[Row], Row | None]
) -> Walk:
    """Read a list of the core API, whose pages say whether more follow."""
    pages = Pages()
    offset = 0
    while True:
        answer = await fetch_page({"offset": offset})
        body = answer.body if answer.is_success else None
        rows, has_more = (body or {}).get("data"), (body or {}).get("has_more")
        if not isinstance(rows, list) or not isinstance(has_more, bool):
            return pages.stopped(answer)
        read = [read_row(row) if isinstance(row, dict) else None for row in rows]
        if any(row is None for row in read) or pages.count >= MAX_PAGES:
            return pages.stopped(answer)
        pages.add(answer, [row for row in read if row is not None])
        offset += len(rows)
        if not has_more:
            return pages.ended()
        if not rows:
            return pages.stopped(answer)
