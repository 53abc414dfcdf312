"""Lines, columns and carets of findings.

Belongs here: converting an offset into a position for people and editors. Does not:
finding errors.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from wcwidth import wcswidth, wcwidth

from trueup.templates.errors import Finding, TemplateError


def located(findings: Sequence[Finding], text: str) -> list[TemplateError]:
    """The findings as errors with positions, sorted by offset, without duplicates."""
    if not findings:
        return []
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)][:-1]
    errors = []
    seen = set()
    utf16, counted = 0, 0
    for finding in sorted(findings, key=lambda one: one.offset):
        if (finding.code, finding.offset) in seen:
            continue
        seen.add((finding.code, finding.offset))
        number = bisect_right(starts, finding.offset) - 1
        column = finding.offset - starts[number]
        utf16 += utf16_length(text[counted : finding.offset])
        counted = finding.offset
        errors.append(
            TemplateError(
                code=finding.code,
                severity="error",
                message=finding.message,
                offset=finding.offset,
                length=finding.length,
                offset_utf16=utf16,
                line=number + 1,
                column=column + 1,
                context=lines[number],
                caret=caret_line(lines[number], column),
                suggestion=finding.fix,
            )
        )
    return errors


def utf16_length(text: str) -> int:
    """How many UTF-16 units the text takes: two for each character beyond U+FFFF."""
    if text.isascii():
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)


def caret_line(line: str, column: int) -> str:
    """A line that puts `^` under the character at `column` (from 0) in a terminal.

    Tabs are copied, wide characters take two blanks, characters of no width none.
    """
    before = line[:column]
    if before.isascii() and before.isprintable():
        return " " * column + "^"
    return "\t".join(map(_blank, before.split("\t"))) + "^"


def _blank(chunk: str) -> str:
    width = wcswidth(chunk)
    if width < 0:
        width = sum(max(wcwidth(character), 0) for character in chunk)
    return " " * width


def is_invisible(character: str) -> bool:
    """Whether this character is invisible or an unusual blank."""
    return character not in " \t\n\r" and (
        character in _BLANK_LOOKING
        or unicodedata.category(character) in _INVISIBLE_CATEGORIES
    )


# Letters, marks and symbols that are invisible although Unicode defines them as
# visible.
_BLANK_LOOKING = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe0e\ufe0f"
)
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})
