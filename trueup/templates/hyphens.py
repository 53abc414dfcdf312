"""Whitespace control that glues words together.

Belongs here: telling `Hi {{-firstName}}`, a slip, from `{%- if company -%}`. Does not:
anything else about tags.
"""

import re
from collections.abc import Iterator

from trueup.templates.delimiters import OUTPUT, Piece
from trueup.templates.errors import Finding, Suggestion

_BLANK_BEFORE = re.compile(r"[^\s%}][ \t]+$")
_BLANK_BEHIND = re.compile(r"[ \t]+[^\s{]")


def slipped_hyphens(text: str, piece: Piece) -> Iterator[Finding]:
    """Hyphens that remove a blank between two words of one line: "HiAnna".

    Written as whitespace control is, with a blank between hyphen and name, it stays in
    a tag, and in an output that has a hyphen on both sides.
    """
    start, end = piece.inner_start, piece.inner_end
    if start >= end:
        return
    before, behind = text[start - 1] == "-", text[end] == "-"
    if not before and not behind:
        return
    is_slip = piece.kind == OUTPUT and before is not behind
    if (
        before
        and (is_slip or not text[start].isspace())
        and _BLANK_BEFORE.search(text, max(piece.start - 40, 0), piece.start)
    ):
        yield _hyphen(start - 1, "before")
    if (
        behind
        and (is_slip or not text[end - 1].isspace())
        and _BLANK_BEHIND.match(text, piece.end)
    ):
        yield _hyphen(end, "behind")


def _hyphen(at: int, side: str) -> Finding:
    message = f"This hyphen removes the blank {side} the tag. Remove the hyphen."
    return Finding(at, 1, "syntax", message, Suggestion("", at, at + 1))
