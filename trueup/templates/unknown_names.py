"""Unknown tags, and the most likely tag or field for each.

Belongs here: `{% fi %}`, `{% ifcompany %}`, `{% firstName %}`, `{{#if company}}`. Does
not: nesting (`blocks.py`) or the list of tags (`tags.py`).
"""

import re
from typing import NamedTuple

from trueup.templates.delimiters import Piece
from trueup.templates.errors import Finding, Suggestion
from trueup.templates.names import closest, edit_distance
from trueup.templates.paths import Scope
from trueup.templates.tags import (
    BARE,
    BLOCKS,
    KNOWN_TAGS,
    OTHER_TAG_NAMES,
    WITH_EXPRESSION,
)

_TAG_IN_OUTPUT = re.compile(r"\s*([#/^]?)\s*(\w+)\b\s*(.*)", re.DOTALL)
_NO_WORD = re.compile(r"\W|_")
_CLOSES_ANYTHING = frozenset({"end", "done", "fi", "esac"})


class UnknownTag(NamedTuple):
    """The error, and the most likely tag, so that blocks still match.

    `is_read` says whether what follows the name can be judged as that tag's inside.
    """

    finding: Finding
    tag: str | None = None
    is_read: bool = False


def unknown_tag(
    text: str, piece: Piece, name: str, at: int, scope: Scope, open_block: str | None
) -> UnknownTag:
    """The error for a tag that does not exist; `open_block` is the innermost one."""
    end = at + len(name)
    rest = text[end : piece.inner_end].strip()
    path = scope.names.spelled(_NO_WORD.sub("", name))
    if path is None and name in scope.local_kinds:
        path = name
    if path is not None and (not rest or rest[0] in "|."):
        written = f"{{{{ {path}{' ' + rest if rest else ''} }}}}"
        message = f"{name} is a field, not a tag. Write {written}."
        fix = Suggestion(written, piece.start, piece.end)
        return UnknownTag(Finding(at, len(name), "unknown_tag", message, fix))
    message = f"There is no tag {name}."
    if name == "end" and rest in BLOCKS:
        closer = BLOCKS[rest]
        fix = Suggestion(closer, at, text.index(rest, end) + len(rest))
        return UnknownTag(Finding(at, len(name), "unknown_tag", message, fix), closer)
    for tag in ("if", "unless", "elsif", "case"):
        path = scope.names.spelled(name.removeprefix(tag))
        if name.startswith(tag) and path is not None:
            fix = Suggestion(f"{tag} {path}", at, end)
            return UnknownTag(Finding(at, len(name), "unknown_tag", message, fix), tag)
    tag = _meant_tag(name.casefold(), bool(rest), BLOCKS.get(open_block or ""))
    fix = None if tag is None else Suggestion(tag, at, end)
    return UnknownTag(Finding(at, len(name), "unknown_tag", message, fix), tag, True)


def _meant_tag(name: str, takes_more: bool, closer: str | None) -> str | None:
    if name in _CLOSES_ANYTHING and not takes_more:
        return closer
    wanted = WITH_EXPRESSION if takes_more else BARE
    other = OTHER_TAG_NAMES.get(name)
    if other in wanted:
        return other
    if closer is not None and not takes_more and closest(name, (closer,)):
        return closer
    return closest(name, sorted(wanted))


def tag_in_output(text: str, piece: Piece, scope: Scope) -> UnknownTag | None:
    """`{{ if company }}`, `{{#if company}}`, `{{/if}}`: a tag in an output's braces."""
    match = _TAG_IN_OUTPUT.fullmatch(text, piece.inner_start, piece.inner_end)
    if match is None:
        return None
    mark, word, rest = match.groups()
    name, rest = BLOCKS.get(word, word) if mark == "/" else word, rest.strip()
    takes_more = name in WITH_EXPRESSION
    if name not in KNOWN_TAGS or takes_more is not bool(rest):
        return None
    if name in scope.local_kinds or rest[:1] in ("|", "."):
        return None
    written = f"{{% {name} {rest} %}}" if takes_more else f"{{% {name} %}}"
    message = f"{name} is a tag, not a field. Write {written}."
    fix = Suggestion(written, piece.start, piece.end)
    return UnknownTag(Finding(piece.start, 2, "wrong_delimiter", message, fix), name)


def hidden_by_comment(text: str, at: int, rest: str) -> Finding | None:
    """`{% #else %}`: a # that makes a comment of what was a tag."""
    fix = Suggestion("", at, at + 1)
    word = re.match(r"\w*", rest).group()
    is_glued = bool(word) and text.startswith(word, at + 1)
    if word in KNOWN_TAGS or (
        is_glued and any(edit_distance(word, tag, 1) <= 1 for tag in KNOWN_TAGS)
    ):
        message = "The # makes a comment of this tag. Remove it."
        return Finding(at, 1, "unexpected_tag", message, fix)
    if "\n" in rest:
        message = "A comment with # has one line. Use {% comment %}."
        return Finding(at, 1, "syntax", message)
    return None
