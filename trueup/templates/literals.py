"""The text around tags: what a prospect would read as a broken merge tag.

Belongs here: the shapes of other tools' merge marks, brace look-alikes, entities. Does
not: single and double braces themselves (`delimiters.py`), or what is said of a mark
(`foreign_tags.py`).
"""

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from trueup.templates.columns import (
    column_of,
    is_headed_phrase,
    is_plain_word,
    looks_like_identifier,
    looks_like_several_words,
)
from trueup.templates.errors import Finding, Suggestion
from trueup.templates.foreign_tags import foreign_tag, name_and_fallback
from trueup.templates.names import Names

_WORDS = r"[^\W\d][\w.\-'’ ]{0,63}"
_WORD = r"[^\W\d][\w.\-]{0,63}"
_INSIDE = r"[^\[\]<>{}«»\n]{1,80}?"

# How sure it is that such a mark is no prose.
_NEVER_PROSE, _BRACKETS, _KNOWN_NAME, _WEAK, _ONE_SIDED = range(5)


class _Shape(NamedTuple):
    """One way in which other tools mark a name, and how sure it is a mark."""

    pattern: re.Pattern[str]
    sureness: int


def _shape(before: str, name: str, after: str, sureness: int) -> _Shape:
    return _Shape(re.compile(rf"{before}(?P<name>{name}){after}"), sureness)


_SHAPES = {
    "[": (
        _shape(r"\[\[", _INSIDE, r"\]\]", _BRACKETS),
        _shape(r"\[%=?", _INSIDE, r"%\]", _NEVER_PROSE),
        _shape(r"\[", _INSIDE, r"\](?![(\[:])", _BRACKETS),
    ),
    "<": (
        _shape("<<", _INSIDE, ">>", _BRACKETS),
        _shape("<%[=-]?", _INSIDE, "-?%>", _NEVER_PROSE),
        _shape(r"<\?=?", _INSIDE, r"\?>", _NEVER_PROSE),
        _shape("<", _WORDS, "/?>", _BRACKETS),
    ),
    "［": (_shape("［", _INSIDE, "］", _BRACKETS),),
    "【": (_shape("【", _INSIDE, "】", _BRACKETS),),
    "&": (),
    "-": (_shape(r"(?<!\w)--?", r"[^\W\d]\w{0,63}", r"--?(?!\w)", _WEAK),),
    "«": (_shape("«", _INSIDE, "»", _KNOWN_NAME),),
    "‹": (_shape("‹", _WORDS, "›", _WEAK),),
    "*": (
        _shape(r"\*\|", r"[^|\n]{1,80}", r"\|\*", _NEVER_PROSE),
        _shape(r"\*{1,2}", _WORD, r"\*{1,2}", _WEAK),
    ),
    "(": (
        _shape(r"\(\(", _WORDS, r"\)\)", _BRACKETS),
        _shape(r"\(", _WORDS, r"\)", _WEAK),
    ),
    "%": (
        _shape("%%=?", r"[^\W\d][^%\n]{0,80}", "=?%%", _NEVER_PROSE),
        _shape(
            r"(?<!\w)%(?![0-9A-Fa-f]\d)",
            rf"{_WORD}(?:\|[\w ]{{1,30}})?",
            r"%(?![0-9A-Fa-f]{2})",
            _NEVER_PROSE,
        ),
    ),
    "#": (
        _shape("##", _WORD, "##", _NEVER_PROSE),
        _shape("#", _WORD, "#", _KNOWN_NAME),
    ),
    "~": (_shape("~{1,2}", _WORD, "~{1,2}", _KNOWN_NAME),),
    "_": (
        _shape(r"(?<!\w)__", r"[^\W\d_]\w{0,62}?", r"__(?!\w)", _KNOWN_NAME),
        _shape(r"(?<!\w)_", r"[^\W\d_]\w{0,62}?", r"_(?!\w)", _WEAK),
    ),
    "|": (_shape(r"(?<!\w)\|{1,2}", _WORD, r"\|{1,2}(?!\w)", _WEAK),),
    "@": (_shape("@{1,2}", _WORD, "@{1,2}", _WEAK),),
    "^": (_shape(r"\^{1,2}", _WORD, r"\^{1,2}", _WEAK),),
    ":": (_shape("::?", _WORD, "::?", _WEAK),),
    "$": (
        _shape(r"\$\(", _WORDS, r"\)", _BRACKETS),
        _shape(r"\$\[", _INSIDE, r"\]", _NEVER_PROSE),
        _shape(r"\${1,2}", _WORD, r"\${1,2}", _WEAK),
    ),
    "!": (_shape("!{1,2}", _WORD, "!{1,2}", _WEAK),),
    "+": (_shape(r"\+{1,2}", _WORD, r"\+{1,2}", _WEAK),),
    "=": (_shape("={1,2}", _WORD, "={1,2}", _WEAK),),
}
_SIGN = re.compile(rf"[{re.escape(''.join(_SHAPES))}]")
_ONE_SIDED_MARK = re.compile(r"(?:(?<=[\s(])|^)[!$@#%&:^~](?P<name>[^\W\d]\w{1,62})")
_UNCLOSED_MARK = re.compile(r"(?:(?<=[\s(])|^)[\[<](?P<name>[^\W\d]\w{1,62})")
_DOLLAR_NAME = re.compile(r"\$(?P<name>[A-Za-z][\w.]{0,62})")
_ENTITY = re.compile(r"&(?:#0*(?:123|125)|#[xX]0*7[bBdD]|[lr](?:cub|brace));?")
_ENCODED = re.compile(r"%7[bB]%7[bB]|%7[dD]%7[dD]|\\\{\\?\{|\\\}\\?\}")
_WIDE = re.compile(
    r"[\uff5b\ufe5b{]{1,2}\s*([^\uff05\uff5b\uff5d\ufe5b\ufe5c{}]{1,64}?)\s*[\uff5d\ufe5c}]{1,2}"
    r"|[\uff5b\ufe5b][\uff5b\ufe5b{%\uff05]|[{%][\uff5b\ufe5b]"
    r"|[\uff5d\ufe5c][\uff5d\ufe5c}]|[}%\uff05][\uff5d\ufe5c]"
    r"|\{\uff05|\uff05\}"
)
_WIDE_CHARACTER = re.compile(r"[\uff05\uff5b\uff5d\ufe5b\ufe5c]")
_UNSENDABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TAG_WORD = re.compile(r"\{\s*[#/]?\s*(endif|endunless|endcase|else|elsif|elseif)\s*\}")
# Nothing of the above can stand in a text without one of these.
_SUSPECT = re.compile(
    r"[\[(<\xab‹［【*$%#~&\\{}_|@^:!+=\-\x00-\x08\x0b\x0c\x0e-\x1f\x7f\uff05\uff5b\uff5d"
    r"\ufe5b\ufe5c\ud800-\udfff\ufffe\uffff]"
)


def wrong_literals(
    text: str, stretches: list[tuple[int, int]], names: Names
) -> Iterator[Finding]:
    """What is wrong in these stretches of the template, which hold no tags."""
    for start, end in stretches:
        if _SUSPECT.search(text, start, end):
            yield from _wrong_in(text, start, end, names)


def _wrong_in(text: str, start: int, end: int, names: Names) -> Iterator[Finding]:
    yield from _marks(text, start, end, names)
    for match in _ENTITY.finditer(text, start, end):
        brace = html.unescape(match.group())
        message = f"{match.group()} is an HTML entity. Write {brace} itself."
        fix = Suggestion(brace, *match.span())
        yield _finding(match, "html_entity", message, fix)
    for match in _ENCODED.finditer(text, start, end):
        brace = "{{" if match.group()[-1] in "bB{" else "}}"
        message = f"{match.group()} is no merge tag. Write {brace}."
        fix = Suggestion(brace, *match.span())
        yield _finding(match, "wrong_delimiter", message, fix)
    if _WIDE_CHARACTER.search(text, start, end):
        for match in _WIDE.finditer(text, start, end):
            yield from _wide(match, names)
    for match in _UNSENDABLE.finditer(text, start, end):
        message = "This control character cannot be sent. Remove it."
        yield _finding(match, "invisible_char", message, Suggestion("", *match.span()))
    for match in _TAG_WORD.finditer(text, start, end):
        message = "A tag is written {% … %}, not with single braces."
        word = match.group(1).replace("elseif", "elsif")
        fix = Suggestion(f"{{% {word} %}}", *match.span())
        yield _finding(match, "wrong_delimiter", message, fix, length=1)


def _marks(text: str, start: int, end: int, names: Names) -> Iterator[Finding]:
    """Other tools' merge marks, each at its first sign."""
    position = start
    while (sign := _SIGN.search(text, position, end)) is not None:
        at = position = sign.start()
        position += 1
        for pattern, sureness in _SHAPES[sign.group()]:
            match = pattern.match(text, at, end)
            if match is not None and _is_mark(match.group("name"), sureness, names):
                yield foreign_tag(text, *match.span(), match.group("name"), names)
                position = match.end()
                break
        else:
            match = _ONE_SIDED_MARK.match(text, at, end)
            if match is None and sign.group() == "$":
                match = _DOLLAR_NAME.match(text, at, end)
            if match is None and sign.group() in "[<":
                match = _UNCLOSED_MARK.match(text, at, end)
                if match and not looks_like_several_words(match.group("name")):
                    continue
            if match is None:
                continue
            name = match.group("name").rstrip(".")
            if (
                _is_mark(name, _ONE_SIDED, names)
                or (sign.group() == "$" and names.meant_in_tag(name) is not None)
                or (sign.group() == "!" and column_of(name) is not None)
            ):
                position = at + 1 + len(name)
                yield foreign_tag(text, at, position, name, names)


def _is_mark(inside: str, sureness: int, names: Names) -> bool:
    """Whether such a mark around this is meant to be replaced by a value."""
    name, fallback = name_and_fallback(inside)
    if not name or inside[0] in "'\"“‘":
        return sureness == _NEVER_PROSE
    column = column_of(name)
    is_known = names.meant_in_tag(name) is not None
    if sureness == _NEVER_PROSE:
        return is_known or bool(fallback) or column is not None or len(name) > 1
    if sureness == _BRACKETS:
        is_identifier = looks_like_several_words(name) and len(name) > 3
        return is_known or column is not None or is_identifier or is_headed_phrase(name)
    if sureness == _KNOWN_NAME and is_known:
        return True
    if looks_like_identifier(name) or sureness == _ONE_SIDED:
        return column is not None and not is_plain_word(name)
    return is_headed_phrase(name) and (column is not None or is_known)


def _wide(match: re.Match[str], names: Names) -> Iterator[Finding]:
    """Full-width braces: two together, beside a brace, or around a name."""
    mark, name, fix = match.group(), match.group(1), None
    at = next((i for i, one in enumerate(mark) if one > "\u00ff"), None)
    if at is None:
        return
    if name is not None:
        doubled = len(mark) - len(mark.strip("{}\uff5b\ufe5b\uff5d\ufe5c")) > 3
        if not doubled and names.meant_by_column(name) is None:
            return
        fix = Suggestion(f"{{{{{name}}}}}", *match.span())
    message = "This is a full-width character. Write the plain one, { or }."
    yield Finding(match.start() + at, 1, "wrong_delimiter", message, fix)


def _finding(
    match: re.Match[str],
    code: str,
    message: str,
    fix: Suggestion | None = None,
    length: int | None = None,
) -> Finding:
    size = match.end() - match.start() if length is None else length
    return Finding(match.start(), size, code, message, fix)
