"""Reading a prospect export by row; unreadable rows are refused by their line.

Belongs here: finding the header, and one row's values. Does not: kinds of files
(`export_files.py`), or whether a person may be enrolled
(`sql/functions/imports/judge_imported_prospects.sql`).
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from trueup.imports.cell_values import (
    cleaned,
    is_connected,
    is_first_degree,
    is_hidden_member,
    is_marked,
)
from trueup.imports.export_files import (
    LARGEST_ARCHIVE_BYTES,
    LARGEST_FILE_BYTES,
    Table,
    UnreadableFileError,
    read_tables,
)
from trueup.imports.person_names import family_name, given_name, split_name
from trueup.imports.profile_addresses import (
    Profile,
    UnreadableProfileError,
    read_profile,
)
from trueup.imports.profile_columns import with_profile_columns
from trueup.imports.prospect_columns import Columns, normal_form, recognised
from trueup.imports.text_encodings import is_damaged

__all__ = [
    "LARGEST_FILE_BYTES",
    "LONGEST_VALUE",
    "Export",
    "HiddenMember",
    "ProspectRow",
    "RefusedRow",
    "UnreadableExportError",
    "read_export",
    "read_rows",
]

LONGEST_VALUE = 10_000
_FIELDS = ("company", "job_title", "email", "location", "industry")
_NAME_PARTS = ("first", "last", "full")
# What says of somebody without an address that they are connected, and nothing else.
_TRACES = ("connected_on", "connection_degree")

UnreadableExportError = UnreadableFileError


@dataclass(frozen=True, slots=True)
class ProspectRow:
    """One person of an export, as `pg_temp.imported_prospects` takes them.

    written_name: the name in the file, where it is read as another one; else empty.
    """

    line: int
    provider_id: str | None
    public_identifier: str | None
    first_name: str | None
    last_name: str | None
    company: str | None
    job_title: str | None
    email: str | None
    location: str | None
    industry: str | None
    custom: dict[str, str]
    is_connected: bool
    is_do_not_contact: bool
    written_name: str = ""

    @property
    def name(self) -> str:
        """The first and the last name; empty if the row has none."""
        return _joined(self.first_name, self.last_name)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A refused row with its first line and the reason.

    marked: whom the row says not to contact, which holds although it does not go in.
    name: the person's name in the file, empty if the row has none.
    """

    line: int
    reason: str
    marked: Profile | None = None
    name: str = ""

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class HiddenMember:
    """A row of a connection without a visible name: neither a person nor an error."""

    line: int


@dataclass(frozen=True)
class Export:
    """A file's table with its recognised header.

    notes: sentences that a person should read, such as a guessed encoding.
    """

    table: Table
    header_line: int
    columns: Columns
    encoding: str
    notes: tuple[str, ...] = ()
    is_damaged: bool = False

    @property
    def line_count(self) -> int:
        return self.table.line_count

    def records(self) -> Iterator[tuple[int, list[str] | None]]:
        """The records below the header by their first line."""
        return self.table.records(self.header_line, self.columns.count)


def read_export(
    content: bytes,
    declared: Sequence[str] = (),
    *,
    profile_column: str | None = None,
    encoding: str | None = None,
    largest_file: int = LARGEST_FILE_BYTES,
    largest_archive: int = LARGEST_ARCHIVE_BYTES,
) -> Export:
    """Find the table, the header and the columns of an export.

    A few lines may stand above the header, as in LinkedIn's own export. `declared` are
    the campaign's custom fields. `profile_column` names the column of addresses and
    `encoding` the file's encoding where they are not to be found out. `largest_file`
    and `largest_archive` bound its bytes: see `read_tables`. Raises
    UnreadableExportError.
    """
    tables, decoded = read_tables(
        content, encoding, largest_file=largest_file, largest_archive=largest_archive
    )
    table, line, columns = _with_header(tables, declared)

    def records() -> Iterator[list[str]]:
        found = table.records(line, columns.count)
        return (cells for _, cells in found if cells is not None)

    columns = with_profile_columns(columns, records, profile_column)
    return Export(
        table=table,
        header_line=line,
        columns=columns,
        encoding=decoded.encoding if decoded else "xlsx",
        notes=(decoded.guess,) if decoded and decoded.guess else (),
        is_damaged=decoded is not None and decoded.is_damaged,
    )


def _with_header(
    tables: Sequence[Table], declared: Sequence[str]
) -> tuple[Table, int, Columns]:
    """The table whose header is understood best, the header's line, and its columns."""
    found = [
        (
            (columns.has_profile, len(columns.known), -line, columns.count, -number),
            table,
            columns,
        )
        for number, table in enumerate(tables)
        for line, cells in _above_addresses(table)
        if (columns := recognised(cells, declared)).known
    ]
    best = max(found, key=lambda one: one[0], default=None)
    if best is None:
        return _with_unknown_header(tables, declared)
    (has_profile, known_count, line, *_), table, columns = best
    if not has_profile and known_count < 2:
        unknown = _with_unknown_header(tables, declared)
        if unknown[2].count > columns.count:
            return unknown
    return _undivided(tables, table, columns), -line, columns


def _above_addresses(table: Table) -> Iterator[tuple[int, list[str]]]:
    """The first records of a table, up to the first that holds an address."""
    for line, cells in table.head():
        if any(map(_is_address, cells)):
            return
        yield line, cells


def _undivided(tables: Sequence[Table], table: Table, columns: Columns) -> Table:
    """Text of one column has no delimiter: a comma in it belongs to the cell."""
    return tables[-1] if columns.count == 1 and tables[-1].is_undivided else table


def _with_unknown_header(
    tables: Sequence[Table], declared: Sequence[str]
) -> tuple[Table, int, Columns]:
    """A header of unknown names stands above the first record with an address.

    Without anything above it, a file of one column is a list of bare addresses.
    """
    found = [_above_first_address(number, table) for number, table in enumerate(tables)]
    width, _, table, line, cells = max(found, key=lambda one: one[:2])
    if cells is not None:
        columns = recognised(cells, declared)
        return _undivided(tables, table, columns), line, columns
    if width > 1:
        raise UnreadableExportError(
            "The file has no header: its first line holds a profile address. Put the "
            "names of the columns above it, such as First Name,LinkedIn URL."
        )
    listed = recognised(["LinkedIn URL"], ())
    return _undivided(tables, table, listed), line, listed


def _above_first_address(
    number: int, table: Table
) -> tuple[int, int, Table, int, list[str] | None]:
    """The number of cells in the row of the first address, and the record above it."""
    head = [(line, cells) for line, cells in table.head() if any(map(str.strip, cells))]
    for place, (line, cells) in enumerate(head):
        if any(_is_address(cell) for cell in cells):
            width = sum(1 for cell in cells if cell.strip())
            above = [one for one in head[:place] if len(one[1]) >= len(cells) > 0]
            if above:
                return len(cells), -number, table, above[-1][0], above[-1][1]
            return width, -number, table, line - 1, None
    line, cells = head[0] if head else (0, [])
    return min(len(cells), 1), -number, table, line, cells


def _is_address(cell: str) -> bool:
    if not any(
        hint in cell for hint in ("in/", "urn:li:", "/sales/", "ACoAA", "ACwAA")
    ):
        return False
    try:
        read_profile(cell, takes_names=False)
    except UnreadableProfileError:
        return False
    return True


def read_rows(export: Export) -> Iterator[ProspectRow | RefusedRow | HiddenMember]:
    """Every row below the header: a person, or why there is none. Blank rows pass, and
    so does the header where it stands again."""
    reader = _RowReader(export)
    first_seen: dict[str, int] = {}
    for line, cells in export.records():
        if cells is None:
            yield RefusedRow(line, "a quote is opened there and never closed")
            continue
        row = reader.read(line, cells)
        if isinstance(row, ProspectRow):
            row = _first_of(row, first_seen)
        if row is not None:
            yield row


class _RowReader:
    """Reads rows by the columns of an export."""

    def __init__(self, export: Export) -> None:
        columns = export.columns
        self.count = columns.count
        self.is_damaged = export.is_damaged
        self.profiles = columns.known.get("profile", ())
        self.name_columns = frozenset(columns.known.get("public_name", ()))
        self.known = columns.known
        self.custom = tuple(columns.custom.items())
        self.used = {
            *(index for places in columns.known.values() for index in places),
            *columns.declared,
        }
        self.traces = {
            index for field in _TRACES for index in columns.known.get(field, ())
        }
        self.header = [normal_form(name) for name in columns.header]
        self.other_header: int | None = None

    def read(
        self, line: int, cells: list[str]
    ) -> ProspectRow | RefusedRow | HiddenMember | None:
        values = [cleaned(cell) for cell in cells]
        if not any(values) and not any(map(str.strip, cells)):
            return None
        if self.other_header is not None:
            return self._refused(
                line,
                values,
                f"line {self.other_header} is a second header with other columns; "
                "import what stands below it as a file of its own",
            )
        if len(values) > self.count and any(values[self.count :]):
            return self._refused(
                line,
                values,
                f"it has {len(values)} values and the header {self.count} names",
            )
        if self.is_damaged and any(is_damaged(value) for value in values):
            return self._refused(line, values, "it holds a character that is not UTF-8")
        if max(map(len, values), default=0) > LONGEST_VALUE:
            for index, value in enumerate(values):
                if len(value) > LONGEST_VALUE:
                    if index in self.used:
                        return self._refused(
                            line,
                            values,
                            f"a value has more than {LONGEST_VALUE} characters",
                        )
                    values[index] = ""
        try:
            profile = self._profile(values)
        except UnreadableProfileError as error:
            return self._nobody(line, cells, values, error)
        return self._person(line, values, profile)

    def _value_of(self, values: list[str], field: str) -> str | None:
        for index in self.known.get(field, ()):
            if index < len(values) and values[index]:
                return values[index]
        return None

    def _person(self, line: int, values: list[str], profile: Profile) -> ProspectRow:
        first, last = self._names(values)
        written = self._written_name(values)
        count = len(values)
        return ProspectRow(
            line,
            profile.provider_id,
            profile.public_identifier,
            first,
            last,
            *[self._value_of(values, field) for field in _FIELDS],
            custom={
                name: values[index]
                for index, name in self.custom
                if index < count and values[index]
            },
            is_connected=self._says(values, "connected_on", is_connected)
            or self._says(values, "connection_degree", is_first_degree),
            is_do_not_contact=self._is_marked(values),
            written_name=written if written != _joined(first, last) else "",
        )

    def _written_name(self, values: list[str]) -> str:
        """The name as the file has it, with single blanks."""
        first = self._value_of(values, "first_name")
        last = self._value_of(values, "last_name")
        full = self._value_of(values, "full_name")
        name = full if full and not (first and last) else _joined(first, last)
        return " ".join(name.split())

    def _says(
        self, values: list[str], field: str, judge: Callable[[str], bool]
    ) -> bool:
        for index in self.known.get(field, ()):
            if index < len(values) and values[index] and judge(values[index]):
                return True
        return False

    def _is_marked(self, values: list[str]) -> bool:
        return self._says(values, "do_not_contact", is_marked)

    def _names(self, values: list[str]) -> tuple[str | None, str | None]:
        """The first and the last name, by whatever columns the file has for them."""
        first = given_name(self._value_of(values, "first_name") or "")
        last = family_name(self._value_of(values, "last_name") or "")
        if "," in first and not last:
            first, last = split_name(first)
        if first.casefold() == "linkedin" and is_hidden_member(
            f"{first} {last or 'Member'}"
        ):
            return None, None
        if not (first and last) and (full := self._value_of(values, "full_name")):
            if not first and not last:
                first, last = split_name(full)
            elif first and full.casefold().startswith(f"{first.casefold()} "):
                last = family_name(full[len(first) + 1 :].strip())
        return first or None, last or None

    def _profile(self, values: list[str]) -> Profile:
        """The best of what a row says of the person's profile: LinkedIn's own id, and a
        public name before a lead's id."""
        found: list[Profile] = []
        first_error: UnreadableProfileError | None = None
        for index in self.profiles:
            if index >= len(values) or not values[index]:
                continue
            try:
                found.append(
                    read_profile(values[index], takes_names=index in self.name_columns)
                )
            except UnreadableProfileError as error:
                first_error = first_error or error
        if len(found) == 1:
            return found[0]
        if not found:
            raise first_error or UnreadableProfileError("it has no profile address")
        names = [profile for profile in found if profile.public_identifier is not None]
        names.sort(key=lambda profile: profile.is_lead)
        return Profile(
            next((one.provider_id for one in found if one.provider_id), None),
            names[0].public_identifier if names else None,
        )

    def _nobody(
        self,
        line: int,
        cells: list[str],
        values: list[str],
        error: UnreadableProfileError,
    ) -> RefusedRow | HiddenMember | None:
        """A row without a person: the header once more, a hidden member, or a fault."""
        forms = [normal_form(value) for value in values]
        if any(forms) and forms == self.header[: len(forms)]:
            return None
        filled = [index for index, value in enumerate(values) if value]
        if self.traces.issuperset(filled) or self._is_hidden(cells):
            return HiddenMember(line)
        again = recognised(values, ())
        if again.has_profile and len(again.known) > max(1, len(filled) // 2):
            self.other_header = line
            return RefusedRow(
                line,
                "it is a second header with other columns; import what stands below it "
                "as a file of its own",
            )
        reason = str(error)
        if self._is_marked(values):
            reason += ", so its do-not-contact mark is nobody's"
        return RefusedRow(line, reason, name=self._name(values))

    def _name(self, values: list[str]) -> str:
        return _joined(*self._names(values))

    def _is_hidden(self, cells: list[str]) -> bool:
        names = [self._value_of(cells, f"{part}_name") or "" for part in _NAME_PARTS]
        first, last, full = names
        return is_hidden_member(f"{first} {last}") or is_hidden_member(full)

    def _refused(self, line: int, values: list[str], reason: str) -> RefusedRow:
        """A refused row, whose do-not-contact mark still applies."""
        marked = None
        if self._is_marked(values):
            with contextlib.suppress(UnreadableProfileError):
                marked = self._profile(values)
        return RefusedRow(line, reason, marked, self._name(values))


def _first_of(row: ProspectRow, first_seen: dict[str, int]) -> ProspectRow | RefusedRow:
    names = [name for name in (row.provider_id, row.public_identifier) if name]
    for name in names:
        if name in first_seen:
            marked = Profile(row.provider_id, row.public_identifier)
            return RefusedRow(
                row.line,
                f"it is the person of line {first_seen[name]}",
                marked if row.is_do_not_contact else None,
                row.name,
            )
    for name in names:
        first_seen[name] = row.line
    return row


def _joined(first: str | None, last: str | None) -> str:
    return " ".join(name for name in (first, last) if name)
