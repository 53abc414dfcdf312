"""The names that a template may use, and which of them a mistyped one meant.

Belongs here: the standard fields, normal forms, edit distance. Does not: where in a
template a name stands.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from trueup.templates.columns import column_of

FIELDS = frozenset(
    {
        "firstName",
        "lastName",
        "fullName",
        "company",
        "jobTitle",
        "email",
        "location",
        "industry",
        "senderFirstName",
        "senderLastName",
    }
)

_IGNORED_IN_NAMES = re.compile(r"[\s_.\-]+")


def normal_form(name: str) -> str:
    """The name without case, `_`, `-`, `.` and blanks: "First Name" is firstName."""
    return _IGNORED_IN_NAMES.sub("", name).casefold()


# A mistyped name is compared again for each thing that is wrong in its template.
@lru_cache(maxsize=4096)
def edit_distance(left: str, right: str, at_most: int) -> int:
    """Edits (insert, delete, replace, swap neighbours) between two words.

    Anything beyond `at_most` counts as `at_most + 1`.
    """
    if abs(len(left) - len(right)) > at_most:
        return at_most + 1
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, one in enumerate(left, start=1):
        row = [i]
        for j, other in enumerate(right, start=1):
            cost = min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (one != other))
            if i > 1 and j > 1 and one == right[j - 2] and left[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > at_most:
            return at_most + 1
        before, previous = previous, row
    return min(previous[-1], at_most + 1)


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that this word most likely meant, or None.

    Equal normal forms first, then the smallest edit distance: one edit in a word of up
    to four characters, two in one of up to eight, three in a longer one.
    """
    wanted = normal_form(word)[:64]
    allowed = 1 if len(wanted) <= 4 else 2 if len(wanted) <= 8 else 3
    best, best_distance = None, allowed + 1
    for candidate in candidates:
        normal = normal_form(candidate)
        if normal == wanted:
            return candidate
        distance = edit_distance(wanted, normal, allowed)
        if distance < best_distance and distance < max(len(normal), 2):
            best, best_distance = candidate, distance
    return best


@dataclass(frozen=True)
class Names:
    """The fields and custom fields that a template may use.

    `any_name` is for rendering, where the names were checked when it was saved.
    `local_names` are those that the template itself gives, anywhere.
    """

    fields: frozenset[str]
    custom: frozenset[str]
    any_name: bool = False
    local_names: frozenset[str] = frozenset()
    paths: frozenset[str] = field(init=False, compare=False)
    by_normal_form: dict[str, str] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        customs = {f"custom.{name}" for name in self.custom}
        object.__setattr__(self, "paths", self.fields | customs)
        normal = {normal_form(name): f"custom.{name}" for name in sorted(self.custom)}
        normal |= {normal_form(path): path for path in sorted(customs)}
        normal |= {normal_form(name): name for name in sorted(self.fields)}
        normal |= {normal_form(name): name for name in sorted(self.local_names)}
        normal.pop("", None)
        object.__setattr__(self, "by_normal_form", normal)

    def knows(self, path: str) -> bool:
        """Whether a template may use this path."""
        return self.any_name or path in self.paths

    def spelled(self, word: str) -> str | None:
        """The known path with the same normal form, or None."""
        return self.by_normal_form.get(normal_form(word))

    def meant_by(self, word: str, local_names: Iterable[str] = ()) -> str | None:
        """The known path that a mistyped one most likely meant, or None."""
        found = self.spelled(word) or self._named_elsewhere(word)
        if found is not None:
            return found
        near = closest(word, (*sorted(self.by_normal_form), *local_names))
        return None if near is None else self.by_normal_form.get(near, near)

    def meant_by_column(self, word: str) -> str | None:
        """The known path that other tools or people's files call so, or None."""
        return (
            self.spelled(word) or self._named_elsewhere(word) or self.meant_in_tag(word)
        )

    def _named_elsewhere(self, word: str) -> str | None:
        column = column_of(word)
        return column.field if column and column.field in self.fields else None

    def meant_in_tag(self, word: str) -> str | None:
        """The known path inside another tool's merge mark, or None.

        Stricter than `meant_by`, since most brackets in prose are no merge marks:
        the same normal form, or one edit away from a name of six characters or more.
        """
        wanted = normal_form(word)
        found = self.by_normal_form.get(wanted)
        if found is not None or len(wanted) < 6 or len(wanted) > 64:
            return found
        for normal, path in self.by_normal_form.items():
            if len(normal) >= 6 and edit_distance(wanted, normal, 1) <= 1:
                return path
        return None


def split_custom(
    fields: Collection[str] | None, custom: Collection[str] | None
) -> tuple[frozenset[str], frozenset[str]]:
    """Standard and custom names apart; `custom.x` is taken in either list."""
    standard = FIELDS if fields is None else frozenset(fields)
    declared = frozenset(custom or ())
    prefixed = {name for name in standard if name.startswith("custom.")}
    if prefixed:
        standard -= prefixed
    if prefixed or any(name.startswith("custom.") for name in declared):
        declared = frozenset(
            name.removeprefix("custom.") for name in declared | prefixed
        )
    return standard, declared


@lru_cache(maxsize=256)
def names_of(fields: frozenset[str], custom: frozenset[str]) -> Names:
    """The `Names` of two field lists, worked out once for each."""
    return Names(fields, custom)


ANY_NAME = Names(FIELDS, frozenset(), any_name=True)

_GIVEN = re.compile(r"\{%-?\s*(?:assign|capture)\s+([A-Za-z]\w*)")


def with_local_names(names: Names, text: str) -> Names:
    """The names and those that `assign` and `capture` give in this template."""
    if "assign" not in text and "capture" not in text:
        return names
    given = frozenset(_GIVEN.findall(text)) - names.fields
    return replace(names, local_names=given) if given else names
