"""The end of an opened `{{` or `{%`, and errors in its closing.

Belongs here: looking from an opening delimiter to its end. Does not: what opens, or
braces in the text around tags (`delimiters.py`).
"""

import re
from typing import NamedTuple

from trueup.templates.errors import Finding

# The search limit for the end of a tag. A tag of over 500 characters is refused.
LONGEST_SEARCH = 1_000

BLANK = r"[\s\u200b-\u200f\u2060\ufeff\u00ad]"
# Pasted characters between two braces: blanks, invisible characters, HTML tags.
_BETWEEN = rf"(?:{BLANK}|<[^<>{{}}]{{1,80}}>|&[a-z]+;)+"
BETWEEN = re.compile(_BETWEEN)
_EDGE = re.compile(r"\}\}|%\}|\}|\{[{%]|\{")
_SPLIT_CLOSER = re.compile(rf"\}}({_BETWEEN})\}}(?!\}})")
_SPLIT_TAG_CLOSER = re.compile(rf"%{BLANK}+$")
_CLOSER_AFTER_LONE_BRACE = re.compile(rf"\}}{BLANK}+\}}\}}")
_TAIL_OF_EXPRESSION = re.compile(r"[\w.\-]*\s*(?:\|[^{}]*)?$")
_EXPRESSION = re.compile(rf"-?{BLANK}*[\w.\-]+{BLANK}*(?:\|[^{{}}]*)?$")
_WRONG_CLOSER = re.compile(r"[\])>\uff5d\ufe5c]{1,2}|\|\}")
_LONE_PERCENT = re.compile(r"-?%")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_TAG_NAME = re.compile(r"\{%-?[ \t]*\w+")
_DELIMITER = re.compile(r"\{\{|\{%|\}\}|%\}")


class Ending(NamedTuple):
    """The ends of the content and of the whole, and the error, if any."""

    inner_end: int
    end: int
    wrong: Finding | None = None
    is_found: bool = True


def end_of_output(text: str, start: int) -> Ending:
    """The end of the output whose `{{` is at `start`."""
    position, extra = start + 2, None
    last = min(len(text), start + LONGEST_SEARCH)
    while match := _EDGE.search(text, position, last):
        at, brace = match.start(), match.group()
        position = at + 1
        if brace == "}}":
            return Ending(at, at + 2, extra)
        if _is_quoted(text, start + 2, at, brace):
            continue
        if brace == "%}":
            if text[at + 1 : at + 3] == "}}":
                continue
            message = "A merge tag that opens with {{ must close with }}, not with %}."
            return Ending(at, at + 2, Finding(at, 2, "wrong_delimiter", message))
        if brace == "}":
            if not _is_stray_closer(text, start, at):
                return _lone_closer(text, start, at)
            message = "There is a } too many inside this merge tag. Remove it."
        elif brace == "{" and _is_stray_opener(text, start, at):
            message = "There is a { too many inside this merge tag. Remove it."
        else:
            break
        extra = Finding(at, 1, "extra_braces", message)
    return _never_closed(text, start, match.start() if match else last)


def _lone_closer(text: str, start: int, at: int) -> Ending:
    """A single `}`, or two of them with something between."""
    split = _SPLIT_CLOSER.match(text, at)
    if split is not None:
        return Ending(at, split.end(), between_braces(text, at, *split.span(1), "}}"))
    before = text[at - 1]
    if before in "])>" and not any(mark in text[start + 2 : at] for mark in "[(<"):
        message = f"A merge tag closes with }}}}, not with {before}}}."
        return Ending(at - 1, at + 1, Finding(at - 1, 2, "wrong_delimiter", message))
    message = "This merge tag closes with one brace only. Write }} in place of the }."
    return Ending(at, at + 1, Finding(at, 1, "unclosed_output", message))


def between_braces(text: str, first: int, start: int, end: int, pair: str) -> Finding:
    """What is wrong with two braces that have `[start, end)` between them.

    `first` is the first brace; the caret goes there only if the two are merely apart.
    """
    between = text[start:end]
    if "<" in between:
        at = start + between.index("<")
        message = f"HTML stands between the braces of {pair}. Remove it."
        return Finding(at, between.index(">") + 1, "html_in_tag", message)
    if "&" in between:
        at = start + between.index("&")
        message = f"An HTML entity stands between the braces of {pair}. Remove it."
        return Finding(at, between.index(";") + 1, "html_entity", message)
    if not any(character.isspace() for character in between):
        message = (
            f"An invisible character stands between the braces of {pair}. Remove it."
        )
        return Finding(start, end - start, "invisible_char", message)
    message = f"The two braces must stand together: {pair} with no space between."
    return Finding(first, 1, "split_braces", message)


def _is_stray_closer(text: str, start: int, at: int) -> bool:
    """Whether this single `}` is one too many, the right `}}` coming soon."""
    if _CLOSER_AFTER_LONE_BRACE.match(text, at):
        return True
    following = _EDGE.search(text, at + 1, at + LONGEST_SEARCH)
    if following is None or following.group() != "}}":
        return False
    tail = text[at + 1 : following.start()]
    if not _TAIL_OF_EXPRESSION.match(tail) or (
        tail and tail[0] in " \t\n" and "|" not in tail
    ):
        return False
    inside = text[start + 2 : at].strip()
    return not inside or _EXPRESSION.match(inside) is not None


def _is_stray_opener(text: str, start: int, at: int) -> bool:
    """Whether this single `{` is one too many inside an otherwise whole merge tag."""
    inside = text[start + 2 : at]
    if not inside.strip(" \t-"):
        return True
    closing = _EDGE.search(text, at + 1, at + LONGEST_SEARCH)
    if closing is None or closing.group() not in ("}}", "}"):
        return False
    whole = inside + text[at + 1 : closing.start()]
    return _EXPRESSION.match(whole.strip()) is not None


def _never_closed(text: str, start: int, stop: int) -> Ending:
    line_end = text.find("\n", start, stop)
    stop = min(stop if line_end < 0 else line_end, start + 300)
    for match in _WRONG_CLOSER.finditer(text, start + 2, stop):
        at = match.start()
        if _EXPRESSION.match(text[start + 2 : at].strip()):
            message = f"A merge tag closes with }}}}, not with {match.group()}."
            wrong = Finding(at, match.end() - at, "wrong_delimiter", message)
            return Ending(at, match.end(), wrong)
    message = "This merge tag is never closed. Write }} at its end."
    wrong = Finding(start, 2, "unclosed_output", message)
    return Ending(start + 2, start + 2, wrong, is_found=False)


def end_of_tag(text: str, start: int) -> Ending:
    """The end of the tag whose `{%` is at `start`."""
    position, extra = start + 2, None
    last = min(len(text), start + LONGEST_SEARCH)
    while match := _EDGE.search(text, position, last):
        at, brace = match.start(), match.group()
        position = at + 1
        if brace == "%}":
            return Ending(at, at + 2, extra)
        if _is_quoted(text, start + 2, at, brace):
            continue
        if brace == "}}":
            message = "A tag that opens with {% must close with %}, not with }}."
            return Ending(at, at + 2, Finding(at, 2, "wrong_delimiter", message))
        if brace == "}" and not text.startswith("%}", at + 1):
            return _lone_tag_closer(text, start, at)
        if brace in ("{{", "{%"):
            break
        if brace == "{" and not _is_closed_next(text, at):
            break
        message = f"There is a {brace} too many inside this tag. Remove it."
        extra = Finding(at, 1, "extra_braces", message)
    lone = _LONE_PERCENT.search(text, start + 2, match.start() if match else last)
    if lone is not None:
        at = lone.end() - 1
        message = "This tag closes with % only. Write %} in its place."
        return Ending(at, at + 1, Finding(at, 1, "unclosed_tag", message))
    message = "This tag is never closed. Write %} at its end."
    wrong = Finding(start, 2, "unclosed_tag", message)
    named = _TAG_NAME.match(text, start)  # so that blocks still fit
    end = start + 2 if named is None else named.end()
    return Ending(end, end, wrong, is_found=False)


def _is_closed_next(text: str, at: int) -> bool:
    following = _EDGE.search(text, at + 1, at + LONGEST_SEARCH)
    return following is not None and following.group() == "%}"


def _lone_tag_closer(text: str, start: int, at: int) -> Ending:
    split = _SPLIT_TAG_CLOSER.search(text, start + 2, at)
    if split is not None:
        first = split.start()
        message = "The two must stand together: %} with no space between."
        return Ending(first, at + 1, Finding(first, 1, "split_braces", message))
    message = "This tag closes with } only. Write %} in its place."
    return Ending(at, at + 1, Finding(at, 1, "unclosed_tag", message))


def _is_quoted(text: str, start: int, at: int, brace: str) -> bool:
    """Whether a brace stands in a quoted text that ends within the same tag."""
    if brace in ("}}", "{{", "{%") or (brace == "%}" and text[at + 1] == "%"):
        return False
    for match in _QUOTED.finditer(text, start, start + LONGEST_SEARCH):
        if match.start() > at:
            return False
        if match.end() > at:
            return _DELIMITER.search(match.group()) is None
    return False
