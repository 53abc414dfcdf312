"""The names of fields in other tools and files, and the field of each.

Belongs here: reading a name by the lists in `columns.toml`. Does not: the names that a
template may use (`names.py`), or the shapes of marks (`literals.py`).
"""

import importlib.resources
import re
import tomllib
from functools import lru_cache
from typing import NamedTuple

_LISTS = tomllib.loads(
    importlib.resources.files("trueup.templates")
    .joinpath("columns.toml")
    .read_text(encoding="utf-8")
)
_FIELD_OF = {name: field for field, names in _LISTS["fields"].items() for name in names}
_CUSTOM = frozenset(_LISTS["custom"])
_OWNERS = frozenset(_LISTS["owners"])
_SENDERS = frozenset(_LISTS["senders"])
_HEADER_WORDS = frozenset(_LISTS["header_words"])
_PROSE = frozenset(_LISTS["prose"])
_PLACEHOLDERS = frozenset({"insert", "specific", "enter", "mention"})
_SENDER_FIELDS = {
    "firstName": "senderFirstName",
    "fullName": "senderFirstName",
    "lastName": "senderLastName",
}
_WORD = re.compile(
    r"[A-ZÀ-ÖØ-Þ]+(?![a-zß-öø-ÿ])|[A-ZÀ-ÖØ-Þ]?[a-zß-öø-ÿ]+|\d+"
    r"|(?:(?![A-Za-z\d_ÀÖØ-öø-ÿß])\w)+"
)
_ONLY_DIGITS = re.compile(r"\d+")
_IDENTIFIER = re.compile(r"[^\W\d]\w*(?:[.\-]\w+)*")
_SEVERAL_WORDS = re.compile(r"^[a-z]{2,}[A-Z]|[^\W_]_[^\W_]")
_LONGEST = 64
_CUSTOM_PREFIX = re.compile(r"custom(?:[ _]?fields?)?[ ._](?=\w)", re.IGNORECASE)
_DECLARABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")


class Column(NamedTuple):
    """The meaning of a name: one of our fields, or "" for a custom field."""

    field: str


def words_of(name: str) -> list[str]:
    """The words of a name in lower case: "MERGE_FIRST_NAME", "currentCompany"."""
    return [word.casefold() for word in _WORD.findall(name)]


@lru_cache(maxsize=4096)
def column_of(name: str) -> Column | None:
    """The meaning of a name from another tool or a file; None if it is unknown."""
    if len(name) > _LONGEST:
        return None
    words = [word for word in words_of(name) if not _ONLY_DIGITS.fullmatch(word)]
    if not words:
        return None
    is_sender = False
    while words:
        joined = "".join(words)
        field = _FIELD_OF.get(joined)
        if is_sender and (field is not None or joined in _CUSTOM):
            return Column(_SENDER_FIELDS.get(field or "", ""))
        if field is not None:
            return Column(field)
        if joined in _CUSTOM:
            return Column("")
        if words[0] in _SENDERS and len(words) > 1:
            is_sender = True
            if words[1:2] == ["account"]:
                words = words[1:]
        elif words[0] not in _OWNERS:
            return None
        words = words[1:]
    return None


def is_plain_word(name: str) -> bool:
    """Whether a column's name is also a word of prose: "company", "Company"."""
    return name[1:].islower() and name.casefold() in _PROSE


def looks_like_identifier(name: str) -> bool:
    """Whether this is one identifier, such as `icebreaker` or `contact.name`."""
    return _IDENTIFIER.fullmatch(name) is not None


def looks_like_several_words(name: str) -> bool:
    """Whether an identifier has several words, unlike a word of prose."""
    return looks_like_identifier(name) and _SEVERAL_WORDS.search(name) is not None


def is_headed_phrase(name: str) -> bool:
    """Whether words are a column's header or a placeholder.

    "Pain Point" is one in capitals, "insert topic" in any case.
    """
    words = name.replace("_", " ").split()
    if len(words) > 1 and words[0].casefold() in _PLACEHOLDERS:
        return len(words) <= 6
    return (
        1 < len(words) <= 4
        and all(word[:1].isupper() or word in ("of", "the", "'s") for word in words)
        and not _HEADER_WORDS.isdisjoint(words_of(name))
    )


def custom_name(name: str) -> str:
    """The declared name of a custom field: "Pain Point" is pain_point."""
    name = _CUSTOM_PREFIX.sub("", name)
    if _DECLARABLE.fullmatch(name):
        return name
    written = re.sub(r"[^a-z0-9]+", "_", "_".join(words_of(name))).strip("_")
    return written if written[:1].isalpha() else f"field_{written}".rstrip("_")
