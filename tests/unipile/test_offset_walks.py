"""Walks of version 2 prove an absence by a count or by overlapping pages alone."""

import asyncio
import json

import pytest

from trueup.unipile.answer import Answer
from trueup.unipile.offset_walk import offset_walk

CHANGED = "the list changed during the walk"


def answer(status=200, headers=None, **body):
    return Answer(
        "answered", status, body.get("type"), None, body, json.dumps(body), None, 1,
        headers or {},
    )  # fmt: skip


class Listed:
    """A list by offset, of rows r1, r2, …; changes: {number of the page: a change}."""

    def __init__(self, count, page_rows=3, changes=None, total=False, headers=None):
        self.rows = [f"r{number}" for number in range(1, count + 1)]
        self.page_rows = page_rows
        self.changes = changes or {}
        self.total = total
        self.headers = headers
        self.asked = []

    async def __call__(self, place):
        self.asked.append(place)
        if len(self.asked) in self.changes:
            self.changes[len(self.asked)](self.rows)
        start = place.get("offset", 0)
        page = self.rows[start : start + self.page_rows]
        counted = {"total_count": len(self.rows)} if self.total else {}
        rows = [{"id": row} for row in page]
        return answer(headers=self.headers, data=rows, **counted)


def walked(fetch_page, **known):
    return asyncio.run(
        offset_walk(fetch_page, lambda row: row if row["id"] else None, **known)
    )


def ids(walk):
    return [item["id"] for item in walk.items]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7, 9])
@pytest.mark.parametrize("total", [True, False])
def test_a_list_that_stays_is_read_whole_and_ends_at_an_empty_page(count, total):
    listed = Listed(count, total=total)
    walk = walked(listed)

    assert walk.is_complete
    assert sorted(ids(walk)) == sorted(listed.rows)
    assert listed.asked[-1] == ({"offset": count} if count else {})


def test_a_short_page_ends_no_list():
    listed = Listed(7)
    whole = listed.__call__

    async def short(place):
        page = await whole(place)
        page.body["data"] = page.body["data"][:2]
        return page

    walk = walked(short)

    assert walk.is_complete
    assert len(walk.items) == 7


@pytest.mark.parametrize("total", [True, False])
def test_a_row_that_leaves_makes_the_walk_incomplete(total):
    listed = Listed(9, changes={2: lambda rows: rows.remove("r1")}, total=total)
    walk = walked(listed)

    assert not walk.is_complete
    assert walk.stopped_by is None
    assert CHANGED in walk.why_stopped


def test_a_row_at_the_head_only_repeats_rows():
    listed = Listed(9, changes={2: lambda rows: rows.insert(0, "new")})
    walk = walked(listed)

    assert walk.is_complete
    assert ids(walk) == [f"r{number}" for number in range(1, 10)]


def test_a_list_that_grows_by_a_page_does_not_overlap():
    listed = Listed(
        9, changes={2: lambda rows: rows.__setitem__(slice(0, 0), list("abcd"))}
    )
    walk = walked(listed)

    assert not walk.is_complete
    assert CHANGED in walk.why_stopped


def test_fewer_rows_than_the_list_counts_prove_no_absence():
    async def fetch(place):
        rows = [{"id": "r1"}] if place == {} else []
        return answer(data=rows, total_count=2)

    walk = walked(fetch)

    assert walk.why_stopped == "the list counts 2 rows, and 1 were read"
    assert ids(walk) == ["r1"]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-cache": "HIT"},
        {"x-cache": "MISS", "age": "12"},
        {"age": "soon"},
        {"x-cache": "Some new word"},
        {"x-cache": "MISS, HIT"},
    ],
)
def test_a_page_from_a_cache_shows_what_is_there_and_never_an_absence(headers):
    walk = walked(Listed(2, headers=headers))

    assert ids(walk) == ["r1", "r2"]
    assert not walk.is_complete
    assert walk.why_stopped == "page 1 came from a cache"
    assert walk.cache[0] == {"page": 1, "is_old": True} | headers


@pytest.mark.parametrize(
    "word", ["MISS", "bypass", "EXPIRED", "Revalidated", "MISS, MISS", ""]
)
def test_a_page_that_was_made_for_the_request_is_no_old_one(word):
    walk = walked(Listed(2, headers={"x-cache": word, "age": "0"}))

    assert walk.is_complete


def test_a_list_with_cursors_ends_without_one_and_needs_a_count():
    def pages(total):
        async def fetch(place):
            if place == {}:
                return answer(data=[{"id": "r1"}], next_cursor="c", **total)
            assert place == {"cursor": "c"}
            return answer(data=[{"id": "r2"}], next_cursor=None, **total)

        return walked(fetch)

    assert pages({"total_count": 2}).is_complete
    assert not pages({}).is_complete
    assert not pages({"total_count": 3}).is_complete


def refusing(rest, pages=1):
    """A list that refuses every offset behind its first pages."""

    async def fetch(place):
        if place.get("offset", 0) < pages:
            start = place.get("offset", 0)
            rows = [{"id": f"r{start}"}, {"id": f"r{start + 1}"}]
            return answer(data=rows, **rest)
        return answer(400, type="provider/invalid_parameters")

    return fetch


@pytest.mark.parametrize("rest", [{"total_count": 2}, {"next_cursor": None}])
def test_a_list_with_cursors_of_one_page_takes_no_offset(rest):
    walk = walked(refusing(rest))

    assert (walk.is_complete, walk.pages) == (True, 1)


@pytest.mark.parametrize(
    ("rest", "pages", "known"),
    [
        ({}, 1, {}),
        ({"total_count": 3}, 1, {}),
        ({"next_cursor": None}, 2, {}),
        ({"next_cursor": None}, 1, {"is_by_offset": True}),
        ({"total_count": 2}, 1, {"is_by_offset": True}),
    ],
)
def test_a_refused_offset_is_no_end_of_a_list_that_may_have_more(rest, pages, known):
    walk = walked(refusing(rest, pages), **known)

    assert (walk.is_complete, walk.pages) == (False, pages)
    assert "invalid_parameters" in walk.why_stopped


def test_a_cursor_that_comes_again_ends_the_walk():
    async def fetch(place):
        return answer(data=[{"id": str(place)}], next_cursor="c")

    walk = walked(fetch)

    assert not walk.is_complete
    assert walk.pages == 2


@pytest.mark.parametrize(
    "second",
    [
        answer(429, type="api/too_many_requests"),
        answer(200, items=[]),
        answer(200, data=[{"id": ""}]),
        answer(200, data=["r2"]),
        answer(200, object="Error", type="provider/server_error"),
    ],
)
def test_an_answer_that_is_no_page_ends_the_walk(second):
    async def fetch(place):
        return answer(data=[{"id": "r1"}]) if place == {} else second

    walk = walked(fetch)

    assert not walk.is_complete
    assert walk.stopped_by is second
    assert ids(walk) == ["r1"]
