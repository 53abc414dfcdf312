"""Spintax: `{Hi|Hello|Hey}`, one wording for each person.

Belongs here: finding groups of wordings in the text around tags, errors of their
braces, and the choice of a wording. Does not: validating the wordings, which are
templates themselves (`blocks.py`), or rendering them (`engine.py`).
"""

import hashlib
import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from trueup.templates.errors import Finding, Suggestion

DEEPEST_SPINTAX = 4
MOST_GROUPS = 100
MOST_WORDINGS = 500
# The engine's tags that groups become; no template can hold them, for no tag that a
# template may use has these names.
OPENING, NEXT, CLOSING = "spintax", "wording", "endspintax"
_SIGN = re.compile(r"[{|}]")
_JSON = re.compile(r"\{\s*(['\"])[^'\"]*\1\s*:")
_BLANKS = " \t"


class Spintax(NamedTuple):
    """A group: its `{` is at `start`, its `}` at `end - 1`, a `|` at each of `bars`."""

    start: int
    end: int
    bars: tuple[int, ...]

    def wordings(self) -> Iterator[tuple[int, int]]:
        """The start and end of each wording."""
        edges = (self.start, *self.bars, self.end - 1)
        for first, last in pairwise(edges):
            yield first + 1, last


@dataclass
class Groups:
    """The groups of a text, each after those inside it, and errors of their braces."""

    found: list[Spintax] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class _Open(NamedTuple):
    start: int
    bars: list[int]


def groups_of(text: str, stretches: Sequence[tuple[int, int]]) -> Groups:
    """The groups in these stretches of a template, which hold no tags.

    A pair of braces with a `|` between them is a group, but for JSON and for wordings
    that are all empty.
    """
    groups = Groups()
    opened: list[_Open] = []
    strays: list[int] = []
    last_bar = -1
    for start, end in stretches:
        for match in _SIGN.finditer(text, start, end):
            at = match.start()
            if match.group() == "{":
                opened.append(_Open(at, []))
            elif match.group() == "|":
                if opened:
                    opened[-1].bars.append(at)
                else:
                    last_bar = at
            elif opened:
                last = opened.pop()
                if not last.bars:
                    continue
                group = Spintax(last.start, at + 1, tuple(last.bars))
                if _is_group(text, group):
                    groups.found.append(group)
                    if len(opened) == DEEPEST_SPINTAX:
                        groups.findings.append(_too_deep(group))
            else:
                strays.append(at)
                is_on_line = last_bar >= 0 and "\n" not in text[last_bar:at]
                if is_on_line and not text[at - 1].isspace():
                    groups.findings.append(_unopened(at))
                last_bar = -1
    for brace in opened:
        if brace.bars and _is_glued_opener(text, brace):
            groups.findings.append(_unclosed(brace.start))
        else:
            strays.append(brace.start)
    _keep_few(groups)
    if groups.found and strays:
        groups.findings.extend(_stray_braces(text, groups.found, strays))
    return groups


def _keep_few(groups: Groups) -> None:
    """Refuse more groups than the engine reads quickly, and let go of the rest."""
    wordings = 0
    for number, group in enumerate(groups.found):
        wordings += len(group.bars) + 1
        if number == MOST_GROUPS or wordings > MOST_WORDINGS:
            message = (
                f"A template has at most {MOST_GROUPS} choices with {MOST_WORDINGS} "
                "wordings in all. Shorten it."
            )
            groups.findings.append(Finding(group.start, 1, "limit", message))
            del groups.found[number:]
            return


def _is_group(text: str, group: Spintax) -> bool:
    if _JSON.match(text, group.start):
        return False
    return any(text[first:last].strip() for first, last in group.wordings())


def _is_glued_opener(text: str, brace: _Open) -> bool:
    following = text[brace.start + 1 : brace.start + 2]
    line = text[brace.start : brace.bars[0]]
    return not following.isspace() and "\n" not in line


def _stray_braces(
    text: str, groups: list[Spintax], strays: list[int]
) -> Iterator[Finding]:
    """Lone braces that touch a word on a line that has spintax: slips of the pen."""
    line_ends = [match.start() for match in re.finditer("\n", text)]
    lines = {
        bisect(line_ends, at) for group in groups for at in (group.start, group.end)
    }
    for at in strays:
        beside = text[at - 1 : at] if text[at] == "}" else text[at + 1 : at + 2]
        if beside.isalnum() and bisect(line_ends, at) in lines:
            message = f"There is a {text[at]} too many beside this spintax. Remove it."
            fix = Suggestion("", at, at + 1)
            yield Finding(at, 1, "extra_braces", message, fix)


def _too_deep(group: Spintax) -> Finding:
    message = f"Spintax is nested more than {DEEPEST_SPINTAX} deep here."
    return Finding(group.start, 1, "limit", message)


def _unclosed(at: int) -> Finding:
    message = "This spintax is never closed. Write } behind its last wording."
    return Finding(at, 1, "unclosed_output", message)


def _unopened(at: int) -> Finding:
    message = "This spintax is never opened. Write { before its first wording."
    return Finding(at, 1, "unopened_output", message)


def without_spintax(text: str, groups: Sequence[Spintax]) -> str:
    """The text with all wordings one after the other, each at its own offset."""
    characters = list(text)
    for group in groups:
        for at in (group.start, *group.bars, group.end - 1):
            characters[at] = " "
    return "".join(characters)


def with_spintax_tags(text: str, groups: Sequence[Spintax]) -> str:
    """The text as the engine reads it: a tag for each `{`, `|` and `}` of a group."""
    signs: list[tuple[int, int, str]] = []
    for group in groups:
        opening = f"{{% {OPENING} {group.start} %}}"
        is_padded = _is_padded(text, group)
        for at, tag in (
            (group.start, opening),
            *((bar, f"{{% {NEXT} %}}") for bar in group.bars),
            (group.end - 1, f"{{% {CLOSING} %}}"),
        ):
            first, last = at, at + 1
            while is_padded and at != group.start and text[first - 1] in _BLANKS:
                first -= 1
            while is_padded and at != group.end - 1 and text[last] in _BLANKS:
                last += 1
            signs.append((first, last, tag))
    parts, position = [], 0
    for first, last, tag in sorted(signs):
        parts += (text[position:first], tag)
        position = last
    return "".join((*parts, text[position:]))


def _is_padded(text: str, group: Spintax) -> bool:
    """Whether blanks stand around each `|`, as in `{Hi | Hello}`: they are not sent."""
    return all(
        text[bar - 1] in _BLANKS and text[bar + 1] in _BLANKS for bar in group.bars
    ) and all(text[first:last].strip() for first, last in group.wordings())


def draw_of(workspace_id: int, enrollment_id: int, step_id: int) -> str:
    """The draw of a person at a step, as in `outreach.assign_step_variants`."""
    return f"{workspace_id}:{enrollment_id}:{step_id}"


def choice(draw: str | None, position: int, count: int) -> int:
    """Which of `count` wordings the group at this offset gets: the first if no draw.

    It is `outreach.stable_draw` of "<draw>:<position>": the same on every machine and
    at every replay.
    """
    if draw is None:
        return 0
    digest = hashlib.md5(f"{draw}:{position}".encode(), usedforsecurity=False)
    return int(digest.hexdigest()[:13], 16) % count
