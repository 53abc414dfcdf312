"""A tag's content as tokens, and the characters that are not allowed there.

Belongs here: splitting an expression, and smart quotes, invisible characters, HTML and
stray characters in it. Does not: what the tokens mean (`expressions.py`).
"""

import html
import re
from typing import NamedTuple

from trueup.templates.errors import Finding, Suggestion
from trueup.templates.positions import is_invisible


class Token(NamedTuple):
    """A token of an expression; `kind` is its group below, or the sign itself."""

    kind: str
    text: str
    start: int
    end: int


_TOKEN = re.compile(
    r"(?P<blank>[ \t\n\r]+)"
    r"|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<word>\w[\w\-]*(?:\?(?!\?))?)"
    r"|(?P<compare>==|!=|<>|<=|>=|<|>|=)"
    r"|(?P<sign>[|:,.\[\]()])"
    r"|(?P<wrong>.)",
    re.DOTALL,
)
_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u2032\u00b4`\u2039\u203a"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"
_SMART = _SINGLE_QUOTES + _DOUBLE_QUOTES
_SMART_QUOTED = re.compile(rf"[{_SMART}]([^{_SMART}'\"|]*)[{_SMART}'\"]")
_HTML = re.compile(r"</?[A-Za-z][^<>{}]*>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
_NAME_OR_NOTHING = re.compile(r"[\w.]*")
_WIDE_SIGNS = {
    "\uff5c": "|",
    "\uff1a": ":",
    "\uff0c": ",",
    "\uff0e": ".",
    "\uff07": "'",
}


def tokens_of(text: str, start: int, end: int) -> tuple[list[Token], list[Finding]]:
    """The tokens of `[start, end)` without blanks, and the characters wrong in it."""
    tokens: list[Token] = []
    findings: list[Finding] = []
    skip_to = start
    has_html = text.find("<", start, end) >= 0
    for match in _TOKEN.finditer(text, start, end):
        kind, at = match.lastgroup, match.start()
        if at < skip_to or kind == "blank":
            continue
        value = match.group()
        if kind == "compare" and has_html and value[0] == "<":
            tag = _HTML.match(text, at, end)
            if tag is not None:
                findings.append(_html_in_tag(tag))
                skip_to = tag.end()
                continue
        if kind == "wrong":
            found, skip_to = _wrong_character(text, at, end, tokens)
            findings.append(found)
            continue
        kind = value if kind == "sign" else kind
        tokens.append(Token(kind, value, at, match.end()))
    return tokens, findings


def _html_in_tag(match: re.Match[str]) -> Finding:
    message = f"HTML {match.group()} stands inside this tag. Remove it."
    fix = Suggestion("", *match.span())
    return Finding(match.start(), len(match.group()), "html_in_tag", message, fix)


def _wrong_character(
    text: str, at: int, end: int, tokens: list[Token]
) -> tuple[Finding, int]:
    """What is wrong with the character at `at`, and where to go on from."""
    character = text[at]
    if character in _SMART:
        return _smart_quote(text, at, end)
    if character in "'\"":
        return _lone_quote(text, at, end, tokens)
    if is_invisible(character):
        message = (
            f"An invisible or odd blank character (U+{ord(character):04X}) stands "
            "inside this tag. Remove it or write a plain space."
        )
        is_space = character.isspace()
        fix = Suggestion(" " if is_space else "", at, at + 1)
        return Finding(at, 1, "invisible_char", message, fix), at + 1
    if character == "&":
        entity = _ENTITY.match(text, at, end)
        if entity is not None:
            plain = html.unescape(entity.group()).replace("\u00a0", " ")
            message = f"{entity.group()} is an HTML entity. Write {plain!r} itself."
            fix = Suggestion(plain, *entity.span())
            if plain in "'\"":
                closing = text.find(entity.group(), entity.end(), end)
                if closing >= 0:
                    inside = text[entity.end() : closing]
                    closed = closing + len(entity.group())
                    fix = Suggestion(f"{plain}{inside}{plain}", at, closed)
                    length = len(entity.group())
                    return Finding(at, length, "html_entity", message, fix), closed
            return Finding(at, len(entity.group()), "html_entity", message, fix), (
                entity.end()
            )
    if text.startswith("&&", at):
        fix = Suggestion("and", at, at + 2)
        return Finding(at, 2, "syntax", "Write and, not &&.", fix), at + 2
    if text.startswith("??", at):
        fix = Suggestion("| default:", at, at + 2)
        message = "A fallback is written | default: 'there', not ??."
        return Finding(at, 2, "syntax", message, fix), at + 2
    plain = _WIDE_SIGNS.get(character)
    fix = Suggestion(plain or "", at, at + 1)
    message = f"The character {character} has no meaning inside a tag. Remove it."
    return Finding(at, 1, "syntax", message, fix), at + 1


def _smart_quote(text: str, at: int, end: int) -> tuple[Finding, int]:
    message = (
        f"The quote {text[at]} is a typographic one. Write a straight quote, ' or \"."
    )
    pair = _SMART_QUOTED.match(text, at, end)
    if pair is None:
        plain = "'" if text[at] in _SINGLE_QUOTES else '"'
        inside = text[at + 1 : end].rstrip()
        fix = Suggestion(f"{plain}{inside}{plain}", at, at + 1 + len(inside))
        return Finding(at, 1, "smart_quotes", message, fix), at + 1
    inside = pair.group(1)
    plain = "'" if text[at] in _SINGLE_QUOTES and "'" not in inside else '"'
    fix = Suggestion(f"{plain}{inside}{plain}", *pair.span())
    return Finding(at, 1, "smart_quotes", message, fix), pair.end()


def _lone_quote(
    text: str, at: int, end: int, tokens: list[Token]
) -> tuple[Finding, int]:
    """A straight quote without its partner: everything behind it is unsure."""
    quote = text[at]
    smart = re.compile(rf"[{_SMART}]").search(text, at + 1, end)
    if smart is not None:
        message = f"The quote {smart.group()} is a typographic one. Write {quote}."
        fix = Suggestion(quote, *smart.span())
        return Finding(smart.start(), 1, "smart_quotes", message, fix), end
    if tokens and (found := _apostrophe(text, at, tokens)) is not None:
        return found, end
    message = f"This {quote} has no partner: a text needs a quote on both sides."
    rest = text[at + 1 : end].rstrip()
    is_first_value = not any(token.kind in (":", "compare") for token in tokens)
    if is_first_value and (tokens or rest) and _NAME_OR_NOTHING.fullmatch(rest):
        fix = Suggestion("", at, at + 1)  # `{{ "firstName }}`, `{{ firstName" }}`
    elif rest:
        inside = rest.rstrip("'\"")
        fix = Suggestion(f"{quote}{inside}{quote}", at, at + 1 + len(rest))
    else:
        words = [token for token in tokens if token.kind in ("word", "number")]
        first = _first_word_after_sign(tokens)
        fix = None
        if words and first is not None:
            fix = Suggestion(f"{quote}{text[first:at]}{quote}", first, at + 1)
    return Finding(at, 1, "syntax", message, fix), end


def _apostrophe(text: str, at: int, tokens: list[Token]) -> Finding | None:
    """The apostrophe in `'it's'`: it closes the text too early."""
    for token in reversed(tokens):
        if token.kind != "text" or token.text[0] != text[at]:
            continue
        follows = text[token.end : token.end + 1]
        if not (follows.isalnum() and text[token.end - 2 : token.end - 1].isalnum()):
            return None
        other = '"' if text[at] == "'" else "'"
        inside = text[token.start + 1 : at]
        message = (
            f"The {text[at]} inside this text ends it too early. "
            f"Put the text in {other} … {other}."
        )
        fix = None
        if other not in inside:
            fix = Suggestion(f"{other}{inside}{other}", token.start, at + 1)
        return Finding(token.end - 1, 1, "syntax", message, fix)
    return None


def _first_word_after_sign(tokens: list[Token]) -> int | None:
    """Where the run of words at the end of the tokens starts."""
    first = None
    for token in reversed(tokens):
        if token.kind not in ("word", "number", "."):
            return first
        first = token.start
    return first
