"""Long lists, a page at a time: by the key of the last row, never by an offset.

Belongs here: the cursor in the query string, and counts that stop at 10,000. An offset
reads and drops every row before it, and shows a row twice if one is added meanwhile.
"""

import base64
import binascii
import json
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request

ROWS_PER_PAGE = 50
MOST_COUNTED = 10_000
_LONGEST_CURSOR = 1_000


@dataclass(frozen=True)
class Listing:
    """One page of rows. next_query: the query string of the next page, if there is one.

    first_query: that of the first page, None on the first page itself.
    """

    rows: list[dict[str, Any]]
    next_query: str | None
    first_query: str | None


def after_of(request: Request, *kinds: type) -> tuple[Any, ...]:
    """The key after which the page begins, one value of each kind; Nones for the first.

    A cursor that this app did not make means the first page. Kinds: str, int, bool and
    datetime.
    """
    nothing = (None,) * len(kinds)
    text = request.query_params.get("after", "")
    if not text or len(text) > _LONGEST_CURSOR:
        return nothing
    try:
        padded = text + "=" * (-len(text) % 4)
        key = json.loads(base64.urlsafe_b64decode(padded.encode()))
    except (binascii.Error, ValueError, RecursionError):
        return nothing
    if not isinstance(key, list) or len(key) != len(kinds):
        return nothing
    try:
        return tuple(
            _value_of(value, kind) for value, kind in zip(key, kinds, strict=True)
        )
    except ValueError:
        return nothing


def listing_of(
    request: Request,
    rows: Sequence[dict[str, Any]],
    *key: str,
    size: int = ROWS_PER_PAGE,
) -> Listing:
    """The page of rows that were read with `limit size + 1`.

    key: the columns that the rows are ordered by, as `after_of` gives them back. A
    value that JSON does not know, such as a moment, is written as text.
    """
    shown = list(rows[:size])
    following = None
    if len(rows) > size:
        last = [shown[-1][column] for column in key]
        packed = json.dumps(last, default=str, ensure_ascii=False).encode()
        following = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    others = request.query_params.multi_items()
    kept = [(name, value) for name, value in others if name != "after"]
    is_first = "after" not in request.query_params
    return Listing(
        shown,
        None if following is None else _query([*kept, ("after", following)]),
        None if is_first else _query(kept),
    )


def counted(count: int) -> str:
    """A count in words; whoever counts stops one above MOST_COUNTED."""
    return f"{MOST_COUNTED:,}+" if count > MOST_COUNTED else f"{count:,}"


def _query(items: Sequence[tuple[str, str]]) -> str:
    return f"?{urllib.parse.urlencode(items)}"


def _value_of(value: object, kind: type) -> object:
    """The value, as the kind that it has to be. Raises ValueError."""
    stored = str if kind is datetime else kind
    if type(value) is not stored or not _is_storable(value):
        raise ValueError("this is no value of a cursor of ours")
    if kind is not datetime:
        return value
    moment = datetime.fromisoformat(f"{value}")
    if moment.tzinfo is None:
        raise ValueError("a moment has a zone")
    return moment


def _is_storable(value: object) -> bool:
    if isinstance(value, str):
        return "\x00" not in value and value.isprintable()
    return isinstance(value, int) and abs(value) < 2**63
