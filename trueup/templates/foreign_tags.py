"""Text that was meant as a tag although its opening is wrong or missing.

Belongs here: telling a damaged merge tag from spintax, CSS and prose. Does not: other
tools' whole merge marks (`literals.py`).
"""

import re

from trueup.templates.errors import Finding, Suggestion
from trueup.templates.filters import FILTERS
from trueup.templates.names import Names
from trueup.templates.tags import KNOWN_TAGS

_BLANKS = " \t\n\r\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
_LONGEST_MERGE = 300
_NAME = re.compile(r"[\w.\- ]{1,64}")
_WITH_VALUE = "|".join(name for name, known in FILTERS.items() if known.arguments)
_FILTER = rf"\s*\|\s*(?:(?:{_WITH_VALUE})\s*:|(?:capitalize|upcase|downcase|strip)\b)"
_FILTERED = re.compile(rf"([\w.\-\[\]' ]{{1,64}}?){_FILTER}")
_FILTERED_TEXT = re.compile(rf"(?:'[^']*'|\"[^\"]*\"){_FILTER}")
_IN_BRACKETS = re.compile(r"\[\s*['\"]?(\w+)['\"]?\s*\]")
_LAST_STEP = re.compile(r"(?<=\w)\.(?:first|last|size|\d+)\b")
_SEVERAL_WORDS = re.compile(r"[a-z][A-Z]|[A-Za-z]_[A-Za-z]")
_WORD_BEFORE = re.compile(
    r"(\[\[|\(\(|<<|[\uff5b\ufe5b]{1,2}|[\[(<])?\s*([\w.]{1,64})\s*$"
)
_TAG_WORDS = "|".join(sorted((tag for tag in KNOWN_TAGS if tag != "#"), key=len)[::-1])
_HALF_OPENED_TAG = re.compile(
    rf"(?P<open>\{{\s*[^\s{{}}]?\s*|%\s*\{{?\s*|(?<!\S)[^\s\w]?)-?\s*"
    rf"(?P<tag>\b(?:{_TAG_WORDS})\b)[^{{}}]*$"
)
_FURTHEST = 200


def is_merge(inside: str, names: Names, *, exactly: bool = False) -> bool:
    """Whether braces around this are a damaged merge tag rather than spintax or prose.

    `{company|firm}` is spintax although `company` is a field; `{firstName|there}` is
    not, since nobody writes "firstName" in prose.
    """
    if len(inside) > _LONGEST_MERGE:
        return False
    bare = inside.replace("{", "").replace("}", "").strip(_BLANKS)
    if not bare:
        return False
    bare = _LAST_STEP.sub("", _IN_BRACKETS.sub(r".\1", bare))
    meant = names.spelled if exactly else names.meant_by_mark
    if _NAME.fullmatch(bare):
        return meant(bare) is not None
    filtered = _FILTERED.match(bare)
    if filtered is not None and meant(filtered.group(1)) is not None:
        return True
    if _FILTERED_TEXT.match(bare):
        return True
    first = bare.lstrip("|:%#!&$").partition("|")[0].strip()
    return (
        len(first) <= 64
        and _SEVERAL_WORDS.search(first) is not None
        and meant(first) is not None
    )


def word_before(text: str, start: int, at: int, names: Names) -> Finding | None:
    """What is wrong with the opening of a `}}` at `at` that no brace opened."""
    match = _WORD_BEFORE.search(text, max(start, at - 80), at)
    if match is None:
        return None
    opener, word = match.groups()
    fix = Suggestion(f"{{{{{word}}}}}", match.start(), at + 2)
    if opener is not None:
        message = f"A merge tag opens with {{{{, not with {opener}."
        return Finding(match.start(), len(opener), "wrong_delimiter", message, fix)
    if names.meant_by_mark(word) is None:
        return None
    fix = Suggestion(fix.text, match.start(2), at + 2)
    message = f"These closing braces have no {{{{ before them. Write it before {word}."
    return Finding(at, 2, "unopened_output", message, fix)


def half_opened_tag(
    text: str, start: int, at: int, opener: int | None
) -> tuple[Finding, int, int] | None:
    """A tag that a `%}` at `at` ends and no `{%` opened, or None for `{50%|100%}`.

    `opener` is the `{` that is open here, if one is. Returns what is wrong, where the
    tag starts and where its inside does; that is empty where there is no tag word.
    """
    window = max(start, text.rfind("}", start, at) + 1, at - _FURTHEST)
    match = _HALF_OPENED_TAG.search(text, window, at)
    ends_a_figure = text[at - 1 : at].isdigit()
    opened = match.group("open").strip(" \t\n-") if match else ""
    if match is not None and ends_a_figure and "|" in match.group():
        return None
    if match is None or (not opened and (opener is not None or ends_a_figure)):
        if ends_a_figure or (opener is not None and "|" in text[opener + 2 : at]):
            return None
        if opener is not None and at - opener <= _FURTHEST:
            message = "This tag does not open with {%. Write it in front of the tag."
            return Finding(opener, 1, "unopened_tag", message), opener, at
        message = "This %} has no {% before it. Write it, or remove this."
        return Finding(at, 2, "unopened_tag", message), at, at
    first, word = match.start("open"), match.start("tag")
    if not opened:
        first = word
    inside = text[word:at].strip(" \t-")
    fix = Suggestion(f"{{% {inside} %}}", first, at + 2)
    if opened.startswith("{") and opened.endswith("%") and opened != "{%":
        message = "The two must stand together: {% with no space between."
        found = Finding(first, 1, "split_braces", message, fix)
    else:
        message = "This tag does not open with {%. Write it in front of the tag."
        found = Finding(first, max(len(opened), 1), "unopened_tag", message, fix)
    return found, first, word
