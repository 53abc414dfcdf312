"""The text around tags: what a prospect would read as a broken merge tag.

Belongs here: other tools' merge marks, brace look-alikes, entities. Does not: single
and double braces themselves (`delimiters.py`).
"""

import html
import re
from collections.abc import Iterator

from trueup.templates.errors import Finding, Suggestion
from trueup.templates.names import Names

_WORDS = r"[A-Za-z_][\w.\- ]{0,62}[\w]|[A-Za-z]"
_WORD = r"[A-Za-z_][\w.\-]{0,62}"
# Each mark of another tool: what stands before the name and after it.
_MARKS = (
    (r"\[\[", rf"\s*(?:{_WORDS})\s*", r"\]\]"),
    (r"\(\(", rf"\s*(?:{_WORDS})\s*", r"\)\)"),
    (r"<<", rf"\s*(?:{_WORDS})\s*", ">>"),
    (r"\xab", rf"\s*(?:{_WORDS})\s*", r"\xbb"),
    (r"<%=?", rf"\s*(?:{_WORDS})\s*", "%>"),
    (r"\*\|", rf"\s*(?:{_WORDS})\s*", r"\|\*"),
    (r"\$\(", rf"\s*(?:{_WORDS})\s*", r"\)"),
    ("%%", rf"(?:{_WORDS})", "%%"),
    ("##", rf"(?:{_WORDS})", "##"),
    ("__", r"[A-Za-z][A-Za-z_]{0,62}?[A-Za-z]", "__"),
    ("%", rf"(?:{_WORD})", "%"),
    ("#", rf"(?:{_WORD})", "#"),
    ("~", rf"(?:{_WORD})", "~"),
    (r"\[", rf"\s*(?:{_WORDS})\s*", r"\](?![(\[:])"),
    ("<", rf"\s*(?:{_WORDS})\s*", r"/?>"),
    (r"\$", r"[A-Za-z][\w.]{0,62}", ""),
)
_MARK = re.compile(
    "|".join(
        rf"(?:{before}(?P<name{i}>{name}){after})"
        for i, (before, name, after) in enumerate(_MARKS)
    )
)
# In round brackets, only what nobody would write in prose: camel case, snake case.
_BRACKETED = re.compile(r"\(\s*([A-Za-z][\w.]{2,62})\s*\)")
_SEVERAL_WORDS = re.compile(r"[a-z][A-Z]|[A-Za-z]_[A-Za-z]|^[A-Z]{6,}$")
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
    r"[\[(<\xab*$%#~&\\{}\x00-\x08\x0b\x0c\x0e-\x1f\x7f\uff05\uff5b\uff5d\ufe5b\ufe5c"
    r"\ud800-\udfff\ufffe\uffff]|__"
)


def wrong_literals(
    text: str, stretches: list[tuple[int, int]], names: Names
) -> Iterator[Finding]:
    """What is wrong in these stretches of the template, which hold no tags."""
    if not stretches:
        return
    for start, end in stretches:
        if _SUSPECT.search(text, start, end):
            yield from _wrong_in(text, start, end, names)


def _wrong_in(text: str, start: int, end: int, names: Names) -> Iterator[Finding]:
    marked = start
    for match in _MARK.finditer(text, start, end):
        name = match.group(match.lastgroup).strip()
        yield from _mark(match.start(), match.end(), match.group(), name, names)
        marked = match.end()
    for match in _BRACKETED.finditer(text, start, end):
        if match.start() >= marked and _SEVERAL_WORDS.search(match.group(1)):
            yield from _mark(*match.span(), match.group(), match.group(1), names)
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


def _mark(
    start: int, end: int, mark: str, name: str, names: Names
) -> Iterator[Finding]:
    path = names.meant_by_mark(name.rstrip("."))
    if path is None:
        return
    if mark[0] == "$":
        end = start + 1 + len(name.rstrip(".")) if mark[1] != "(" else end
    message = f"{mark.strip()} is no merge tag here: it would be sent as it stands."
    fix = Suggestion(f"{{{{{path}}}}}", start, end)
    yield Finding(start, end - start, "wrong_delimiter", message, fix)


def _wide(match: re.Match[str], names: Names) -> Iterator[Finding]:
    """Full-width braces: two together, beside a brace, or around a name."""
    mark, name, fix = match.group(), match.group(1), None
    at = next((i for i, one in enumerate(mark) if one > "\u00ff"), None)
    if at is None:
        return
    if name is not None:
        doubled = len(mark) - len(mark.strip("{}\uff5b\ufe5b\uff5d\ufe5c")) > 3
        if not doubled and names.meant_by_mark(name) is None:
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
