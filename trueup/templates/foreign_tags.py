"""Text that was meant as a tag although its delimiters are wrong or another tool's.

Belongs here: telling a damaged merge tag, or one of another tool, from spintax, CSS and
prose. Does not: the shapes of marks without braces (`literals.py`).
"""

import re

from trueup.templates.columns import (
    column_of,
    custom_name,
    is_headed_phrase,
    is_plain_word,
    looks_like_identifier,
    looks_like_several_words,
)
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
_LONGEST_MARK = 80
# What other tools put around a name besides braces.
_SIGILS = "!$@#%*:~=^&?+/-_ \t\u00a0"
_FALLBACK = re.compile(
    r"(?P<name>[^|,?]+?)\s*(?:\|\|?|\?\??|,|\s(?:or|OR)\s)\s*(?P<rest>.*)"
)
_OPTION = re.compile(r"(?:default|fallback)\s*[:=]?\s*", re.IGNORECASE)
_COLON = re.compile(r"([^:=]+?)\s*[:=]\s*(.*)")
_FEW_WORDS = re.compile(r"[^\W\d][\w'’.&/%#+-]*(?:[ \t][\w'’.&/%#+-]+){0,4}")
_NO_MARK_BEFORE = re.compile(r"\\\w*(?:\{[^{}]*\})*$|[\^_]$")
_CODE_BEFORE = re.compile(r"[)=>]\s*$")
_USUAL_FALLBACK = re.compile(
    r"(?:there|friend|friends|you|all|everyone|folks|team|your|the|our)\b.*",
    re.IGNORECASE,
)
# What other tools write before the wordings of a random choice.
RANDOM = re.compile(
    r"\s*(?:random|rand|spin|spintax|spintext|choose|pick|any)\s*[|:]", re.IGNORECASE
)


def name_and_fallback(inside: str) -> tuple[str, str]:
    """The name in another tool's mark, and the text for people who lack it, if any."""
    name, rest = inside.strip(_SIGILS).strip("."), ""
    match = _FALLBACK.fullmatch(name)
    if match is not None:
        name, rest = match.group("name").strip(), match.group("rest")
    pair = _COLON.fullmatch(name)
    if (
        pair is not None
        and column_of(name) is None
        and column_of(pair.group(1)) is not None
    ):
        name, rest = pair.group(1), rest or pair.group(2)
    rest = _OPTION.sub("", rest.strip(), count=1)
    return name, rest.strip("'\"“”‘’ ")


def foreign_tag(text: str, start: int, end: int, inside: str, names: Names) -> Finding:
    """What to say of another tool's mark at `[start, end)`, and the tag to write."""
    mark = " ".join(text[start:end].split())
    name, fallback = name_and_fallback(inside)
    path = names.meant_by_column(name)
    message = f"{mark} is no merge tag here: it would be sent as it stands."
    fix = None
    if path is not None:
        fix = Suggestion(f"{{{{{with_default(path, fallback)}}}}}", start, end)
    elif name:
        field = custom_name(name)
        message += (
            f" If {name} is a field of your own, declare {field} under custom_fields "
            f"and write {{{{ custom.{field} }}}}."
        )
    return Finding(start, end - start, "wrong_delimiter", message, fix)


def with_default(path: str, fallback: str) -> str:
    """A path with its fallback as a merge tag has it."""
    if not fallback.strip() or any(sign in fallback for sign in "{}%|"):
        return path
    quote = '"' if "'" in fallback else "'"
    if quote in fallback:
        return path
    return f"{path} | default: {quote}{fallback.strip()}{quote}"


def is_foreign_tag(inside: str, before: str, names: Names) -> bool:
    """Whether single braces around this are another tool's mark, whatever it names.

    `before` is the text in front of the brace. CSS, JSON, code, LaTeX, sets, spintax
    and single letters are no marks.
    """
    bare = inside.strip(_BLANKS)
    if len(bare) > _LONGEST_MARK or "\n" in bare or bare[:1] in ("'", '"', ""):
        return False
    if _NO_MARK_BEFORE.search(before) or (
        inside[:1].isspace() and _CODE_BEFORE.search(before)
    ):
        return False
    if RANDOM.match(bare):
        return True
    name, fallback = name_and_fallback(bare)
    if "|" in bare:
        return _is_fallback_pair(name, fallback, bare, names)
    if fallback:
        is_json = re.search(r"[:=]\s", bare) is not None
        return not is_json and column_of(name) is not None and not is_plain_word(name)
    if column_of(name) is not None or looks_like_several_words(name):
        return True
    if len(name) < 2:
        return False
    is_glued = not inside[:1].isspace() and not inside[-1:].isspace()
    return is_glued and (
        looks_like_identifier(name) or _FEW_WORDS.fullmatch(bare) is not None
    )


def _is_fallback_pair(name: str, fallback: str, bare: str, names: Names) -> bool:
    """Whether `{name|fallback}` is no spintax, since nobody writes that name."""
    column = column_of(name)
    if column is None and names.spelled(name) is None:
        return False
    if " " in name:
        return is_headed_phrase(name)
    if not is_plain_word(name) and "-" not in name:
        return True
    return bare.count("|") == 1 and _USUAL_FALLBACK.fullmatch(fallback) is not None


def glued_name(word: str, names: Names) -> bool:
    """Whether a word that a lone brace touches is a name: the brace is half a tag."""
    if len(word) < 2 or is_plain_word(word):
        return False
    return column_of(word) is not None or names.meant_in_tag(word) is not None


def is_damaged_tag(inside: str, names: Names, *, exactly: bool = False) -> bool:
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
    meant = names.spelled if exactly else names.meant_in_tag
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
    if names.meant_in_tag(word) is None:
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
