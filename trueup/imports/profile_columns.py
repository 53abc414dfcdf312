"""Finding the columns with profile addresses by their values.

Belongs here: the choice of columns by their values. Does not: names of columns
(`prospect_columns.py`), or reading a row.
"""

import difflib
import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from trueup.imports.cell_values import cleaned
from trueup.imports.export_files import UnreadableFileError
from trueup.imports.profile_addresses import (
    UnreadableProfileError,
    is_nobody,
    read_profile,
)
from trueup.imports.prospect_columns import Columns, normal_form

# So many rows are enough for nearly every file; others are read completely.
_SAMPLE_ROWS = 2_000
# The text in every address, id or URN of a person.
_HINT = re.compile(r"linkedin|(?:^|/)in/|^\W*AC[A-Za-z]AA|urn", re.IGNORECASE)
_MOST_SHOWN = 40

Records = Callable[[], Iterable[list[str]]]


@dataclass
class _Values:
    """Statistics of the values in one column.

    people: how many cells are a person's; first: whose the first is; filled: how many
    cells say anything at all.
    """

    filled: int = 0
    people: int = 0
    first: object = None
    varies: bool = False

    @property
    def is_constant(self) -> bool:
        """One address throughout, which is the sender's or the list's own."""
        return self.people > 1 and not self.varies

    @property
    def is_addresses(self) -> bool:
        return self.people > 0 and self.people * 2 >= self.filled

    def add(self, cell: str, *, takes_names: bool) -> None:
        value = cleaned(cell)
        if is_nobody(value):
            return
        self.filled += 1
        if not takes_names and not _HINT.search(value):
            return
        try:
            profile = read_profile(value, takes_names=takes_names)
        except UnreadableProfileError:
            return
        self.people += 1
        if self.first is None:
            self.first = profile
        elif profile != self.first:
            self.varies = True


def with_profile_columns(
    columns: Columns, records: Records, profile_column: str | None = None
) -> Columns:
    """The columns, with the addresses in those whose cells are people's addresses.

    Columns that are known by name come first; `profile_column` overrules everything.
    Raises UnreadableFileError if no column has addresses, or if several have and none
    is known by name.
    """
    if profile_column is not None:
        return columns.with_profiles([_asked_for(columns, profile_column)])
    rows = itertools.islice(records(), _SAMPLE_ROWS + 1)
    sample = list(rows)
    values = _values(columns, sample[:_SAMPLE_ROWS])
    if len(sample) > _SAMPLE_ROWS and not _is_plain(columns, values):
        values = _values(columns, records())
    return columns.with_profiles(_chosen(columns, values))


def _named(columns: Columns) -> tuple[int, ...]:
    known = columns.known
    return (*known.get("profile", ()), *known.get("public_name", ()))


def _is_plain(columns: Columns, values: list[_Values]) -> bool:
    """Whether a sample says all: a column known by name holds different addresses."""
    return any(
        values[index].is_addresses and values[index].varies for index in _named(columns)
    )


def _values(columns: Columns, records: Iterable[list[str]]) -> list[_Values]:
    values = [_Values() for _ in range(columns.count)]
    names = frozenset(columns.known.get("public_name", ()))
    for cells in records:
        for index, cell in enumerate(cells[: columns.count]):
            if cell:
                values[index].add(cell, takes_names=index in names)
    return values


def _chosen(columns: Columns, values: list[_Values]) -> list[int]:
    named = _named(columns)
    others = [
        index
        for index, found in enumerate(values)
        if index not in named and found.is_addresses and not found.is_constant
    ]
    having = [index for index in named if values[index].people]
    if others and not any(values[index].is_addresses for index in having):
        having = []
    if any(values[index].varies for index in having):
        return [index for index in having if not values[index].is_constant]
    if others and all(values[index].is_constant for index in having):
        return _only_one(columns, others)
    if any(values[index].people > 2 for index in having):
        column = max(having, key=lambda index: values[index].people)
        raise UnreadableFileError(
            f'The column "{columns.header[column]}" holds one address throughout, '
            "which is nobody's list. Give the people's own addresses, or name "
            f"their column with --profile-column.{_seen(columns)}"
        )
    if having:
        return having
    if named:
        return list(named)
    raise UnreadableFileError(
        "No column holds profile addresses. Give each person's LinkedIn URL in a "
        f"column below a header.{_seen(columns)}"
    )


def _only_one(columns: Columns, others: list[int]) -> list[int]:
    """The one column of addresses that is not known by name."""
    if len(others) == 1:
        return others
    names = " and ".join(f'"{columns.header[index]}"' for index in others)
    raise UnreadableFileError(
        f"The columns {names} hold profile addresses. Say with --profile-column "
        f"which is the person's.{_seen(columns)}"
    )


def _asked_for(columns: Columns, wanted: str) -> int:
    forms = [normal_form(name) for name in columns.header]
    exact = [
        index
        for index, name in enumerate(columns.header)
        if name.casefold() == wanted.strip().casefold()
    ]
    found = exact or [
        index for index, form in enumerate(forms) if form == normal_form(wanted)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnreadableFileError(
            f'{len(found)} columns are called "{wanted}". Rename all but one.'
        )
    near = difflib.get_close_matches(wanted, columns.header, n=1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    raise UnreadableFileError(
        f'The file has no column "{wanted}".{hint}{_seen(columns)}'
    )


def _seen(columns: Columns) -> str:
    names = [name for name in columns.header if name]
    if not names:
        return ""
    more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
    return f" Its columns are: {', '.join(names[:_MOST_SHOWN])}{more}."
