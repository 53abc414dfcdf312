"""A prospect export, read row by row; what cannot be read is refused by its line.

Belongs here: encodings, delimiters, quotes, and one row's values. Does not: whether a
person may be enrolled (`sql/functions/imports/judge_imported_prospects.sql`).
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trueup.imports.profile_addresses import (
    Profile,
    UnreadableProfileError,
    read_profile,
)
from trueup.imports.prospect_columns import Columns, recognised

LARGEST_FILE_BYTES = 500_000_000
LONGEST_VALUE = 10_000
# A record with more lines than this has a quote that nobody closed.
_MOST_LINES_IN_RECORD = 200
_HEADER_WITHIN = 15
_UNREADABLE = "\ufffd"
_DELIMITERS = (",", ";", "\t", "|")
_YES = frozenset({"true", "yes", "y", "1", "x", "t", "ja", "oui", "si", "sí"})
_FIRST_DEGREE = frozenset({"1", "1st", "first", "first_degree", "distance_1"})
_FIELDS = ("first_name", "last_name", "company", "job_title", "email", "location")
_MORE_FIELDS = ("industry",)


class UnreadableExportError(Exception):
    """A file of which no row can be read; a sentence for a person."""


@dataclass(frozen=True, slots=True)
class ProspectRow:
    """One person of an export, as `pg_temp.imported_prospects` takes them."""

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


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that does not go in, by its first line, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True)
class Export:
    """A file's header, understood, and its lines."""

    lines: Sequence[str]
    first_line: int
    delimiter: str
    encoding: str
    columns: Columns


def read_export(content: bytes, declared: Sequence[str] = ()) -> Export:
    """Find the encoding, the delimiter and the header of an export.

    A few lines may stand above the header, as in LinkedIn's own export. Raises
    UnreadableExportError.
    """
    if len(content) > LARGEST_FILE_BYTES:
        raise UnreadableExportError("The file is larger than 500 MB. Split it.")
    text, encoding = _decoded(content)
    lines = list(io.StringIO(text.replace("\x00", ""), newline=""))
    if not any(line.strip() for line in lines):
        raise UnreadableExportError("The file is empty. It needs a header and rows.")
    found = [
        (columns.has_profile, len(columns.known), -line, delimiter, columns)
        for delimiter in _DELIMITERS
        for line, cells in _first_records(lines, delimiter)
        if (columns := recognised(cells, declared)).known
    ]
    best = max(found, key=lambda one: one[:3], default=None)
    if best is None or not best[0]:
        names = ", ".join(name for name, _ in best[4].named) if best else ""
        seen = f" Its columns are: {names}." if names else ""
        raise UnreadableExportError(
            "No column holds profile addresses. Name one LinkedIn URL or Profile URL, "
            f"in the first {_HEADER_WITHIN} lines.{seen}"
        )
    return Export(lines, -best[2], best[3], encoding, best[4])


def read_rows(export: Export) -> Iterator[ProspectRow | RefusedRow]:
    """Every row below the header: a person, or why there is none. Blank rows pass."""
    first_seen: dict[str, int] = {}
    for line, cells in _records(export):
        if cells is None:
            yield RefusedRow(line, "a quote is opened there and never closed")
        elif any(cell.strip() for cell in cells):
            row = _row(line, cells, export.columns)
            if isinstance(row, ProspectRow):
                row = _first_of(row, first_seen)
            yield row


def _decoded(content: bytes) -> tuple[str, str]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16"), "utf-16"
        except UnicodeDecodeError:
            raise UnreadableExportError(
                "The file begins like UTF-16 and is not. Save it as UTF-8."
            ) from None
    text = content.decode("utf-8-sig", errors="replace")
    unreadable = text.count(_UNREADABLE)
    # More fits UTF-8 than does not: a damaged file, whose damaged rows are refused.
    if not unreadable or sum(not char.isascii() for char in text) > 2 * unreadable:
        return text, "utf-8"
    try:
        return content.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"


def _first_records(
    lines: Sequence[str], delimiter: str
) -> Iterator[tuple[int, list[str]]]:
    """The first records by the line on which each ends, from 1."""
    reader = csv.reader(lines[: _HEADER_WITHIN * 4], delimiter=delimiter)
    try:
        for number, cells in enumerate(reader):
            if number == _HEADER_WITHIN:
                return
            yield reader.line_num, cells
    except csv.Error:
        return


class _Feed:
    """Lines for a reader that stops where one record becomes too long to be one."""

    def __init__(self, lines: Sequence[str], at: int) -> None:
        self.lines = lines
        self.at = self.record_at = at

    def __iter__(self) -> Iterator[str]:
        while (
            self.at < len(self.lines)
            and self.at - self.record_at < _MOST_LINES_IN_RECORD
        ):
            self.at += 1
            yield self.lines[self.at - 1]


def _records(export: Export) -> Iterator[tuple[int, list[str] | None]]:
    """Records below the header by their first line; None where quotes do not end.

    After a record that went wrong reading goes on at the very next line, so that one
    forgotten quote does not take its neighbours with it.
    """
    csv.field_size_limit(10_000_000)
    feed = _Feed(export.lines, export.first_line)
    while feed.record_at < len(export.lines):
        reader = csv.reader(iter(feed), delimiter=export.delimiter, strict=True)
        try:
            for cells in reader:
                first = feed.record_at + 1
                is_torn = feed.at > first and len(cells) != export.columns.count
                if is_torn:
                    raise csv.Error
                feed.record_at = feed.at
                yield first, cells
        except csv.Error:
            yield feed.record_at + 1, None
            feed = _Feed(export.lines, feed.record_at + 1)


def _row(line: int, cells: list[str], columns: Columns) -> ProspectRow | RefusedRow:
    if len(cells) > columns.count and any(
        cell.strip() for cell in cells[columns.count :]
    ):
        return RefusedRow(
            line, f"it has {len(cells)} values and the header {columns.count} names"
        )
    values = [cell.strip() for cell in cells]
    if any(_UNREADABLE in value for value in values):
        return RefusedRow(line, "it holds a character that is not UTF-8")
    if max(map(len, values)) > LONGEST_VALUE:
        return RefusedRow(line, f"a value has more than {LONGEST_VALUE} characters")

    def value_of(field: str) -> str | None:
        for index in columns.known.get(field, ()):
            if index < len(values) and values[index]:
                return values[index]
        return None

    try:
        profile = _profile(values, columns)
    except UnreadableProfileError as error:
        return RefusedRow(line, str(error))
    named = {field: value_of(field) for field in (*_FIELDS, *_MORE_FIELDS)}
    if named["first_name"] is None and named["last_name"] is None:
        first, _, last = (value_of("full_name") or "").partition(" ")
        named["first_name"], named["last_name"] = first or None, last.strip() or None
    return ProspectRow(
        line=line,
        provider_id=profile.provider_id,
        public_identifier=profile.public_identifier,
        **named,
        custom={
            name: values[index]
            for index, name in columns.custom.items()
            if index < len(values) and values[index]
        },
        is_connected=value_of("connected_on") is not None
        or (value_of("connection_degree") or "").casefold() in _FIRST_DEGREE,
        is_do_not_contact=(value_of("do_not_contact") or "").casefold() in _YES,
    )


def _profile(values: list[str], columns: Columns) -> Profile:
    """The best of what a row says of the person's profile."""
    provider_id = public_identifier = None
    first_error: UnreadableProfileError | None = None
    for index in columns.known.get("profile", ()):
        if index >= len(values) or not values[index]:
            continue
        try:
            profile = read_profile(values[index])
        except UnreadableProfileError as error:
            first_error = first_error or error
            continue
        provider_id = provider_id or profile.provider_id
        public_identifier = public_identifier or profile.public_identifier
    for index in columns.known.get("provider_id", ()):
        written = values[index] if index < len(values) else ""
        if provider_id is None and written.startswith("ACoAA"):
            provider_id = read_profile(written).provider_id
    if provider_id is None and public_identifier is None:
        raise first_error or UnreadableProfileError("it has no profile address")
    return Profile(provider_id, public_identifier)


def _first_of(row: ProspectRow, first_seen: dict[str, int]) -> ProspectRow | RefusedRow:
    for name in filter(None, (row.provider_id, row.public_identifier)):
        if name in first_seen:
            return RefusedRow(row.line, f"it is the person of line {first_seen[name]}")
    for name in filter(None, (row.provider_id, row.public_identifier)):
        first_seen[name] = row.line
    return row
