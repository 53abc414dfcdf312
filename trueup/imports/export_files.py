"""The kind of file of an export, and its tables of cells.

Belongs here: workbooks, archives, delimited text, and records by their line. Does not:
the meaning of columns.

A table yields records by their first line, from 1; None is a record that cannot be
read.
"""

import csv
import datetime as dt
import io
import itertools
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import python_calamine

from trueup.imports.text_encodings import DecodedText, UnreadableTextError, decode

LARGEST_FILE_BYTES = 500_000_000
HEADER_WITHIN = 15
# A record with more lines than this has an unclosed quote.
_MOST_LINES_IN_RECORD = 200
_DELIMITERS = (",", ";", "\t", "|")
# Splits no line: in a file of one column each line is a cell.
_UNDIVIDED = "\x1f"
LARGEST_ARCHIVE_BYTES = 1_000_000_000
# Files of an archive are checked piece by piece; a tag with its text is not divided.
_PIECE_BYTES = 1_000_000
_LONGEST_TAG_BYTES = 8 * _PIECE_BYTES
_MOST_FILES_IN_ARCHIVE = 10_000
_MOST_CELLS = 20_000_000
_CELL_REFERENCE = re.compile(rb"""\sr=["']([A-Z]{0,3})([0-9]{1,7})["']""")
_ROW_OR_CELL = re.compile(rb"<(?:\w+:)?(row|c)(?=[\s/>])")
_LEAD_ADDRESS = re.compile(r"\S*/sales/(?:lead|people)/[\w-]+,\w*,[\w-]*\S*")
_NO_TABLES = (
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook of the old form, or one with a password"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"{\\rtf", "a text document"),
    (b"SQLite format 3", "a database"),
    (b"BEGIN:VCARD", "a file of vCards"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_NO_TABLE_TEXTS = (
    (re.compile(r"\s*(?:<!doctype html|<html|<head|<table|<body)", re.I), "a web page"),
    (re.compile(r"\s*<\?xml"), "an XML document"),
    (re.compile(r'\s*(?:\[\s*)?\{\s*(?:"|\})'), "a JSON document"),
)
_SAVE_IT = "Save it as CSV (UTF-8) or as an Excel workbook (.xlsx)."


class UnreadableFileError(Exception):
    """The file has no table of people; the text is a sentence for a person."""


class Table(Protocol):
    """Cells by record. `line_count` is the number of lines of the file."""

    line_count: int

    def head(self) -> list[tuple[int, list[str]]]:
        """The first records by the line on which each ends."""
        ...

    def records(
        self, after_line: int, count: int
    ) -> Iterator[tuple[int, list[str] | None]]:
        """The records below a line, by their first line; `count` cells are wanted."""
        ...


def read_tables(
    content: bytes,
    encoding: str | None = None,
    *,
    largest_file: int = LARGEST_FILE_BYTES,
    largest_archive: int = LARGEST_ARCHIVE_BYTES,
) -> tuple[list[Table], DecodedText | None]:
    """The possible tables of a file, and the text of a text file.

    Text may be read with each delimiter, and as whole lines at last; a workbook sheet
    by sheet. largest_file: the most bytes of it, and of a text that is unpacked.
    largest_archive: the most bytes of an archive or workbook when unpacked. Raises
    UnreadableFileError.
    """
    if len(content) > largest_file:
        raise UnreadableFileError(
            f"The file is larger than {_size(largest_file)}. Split it."
        )
    if content[:2] == b"PK":
        name, content = _unpacked(content, largest_file, largest_archive)
        if name is None:
            return list(_sheets(content)), None
    for magic, what in _NO_TABLES:
        if content.startswith(magic):
            raise UnreadableFileError(f"The file is {what}. {_SAVE_IT}")
    try:
        decoded = decode(content, encoding)
    except UnreadableTextError as error:
        raise UnreadableFileError(str(error)) from None
    text = decoded.text.replace("\x00", "")
    for pattern, what in _NO_TABLE_TEXTS:
        if pattern.match(text):
            raise UnreadableFileError(f"The file is {what}. {_SAVE_IT}")
    lines = list(io.StringIO(text, newline=""))
    if not any(line.strip() for line in lines):
        raise UnreadableFileError("The file is empty. It needs a header and rows.")
    delimiters = (*_DELIMITERS, _UNDIVIDED)
    return [TextTable(lines, delimiter) for delimiter in delimiters], decoded


class TextTable:
    """Lines of text, divided by one delimiter."""

    def __init__(self, lines: Sequence[str], delimiter: str) -> None:
        self.lines = lines
        self.delimiter = delimiter
        self.line_count = len(lines)
        self.is_undivided = delimiter == _UNDIVIDED

    def head(self) -> list[tuple[int, list[str]]]:
        """See Table."""
        csv.field_size_limit(10_000_000)
        found: list[tuple[int, list[str]]] = []
        reader = csv.reader(self.lines[: HEADER_WITHIN * 4], delimiter=self.delimiter)
        try:
            for cells in itertools.islice(reader, HEADER_WITHIN):
                found.append((reader.line_num, self._unwrapped(cells, None)))
        except csv.Error:
            pass
        return found

    def records(
        self, after_line: int, count: int
    ) -> Iterator[tuple[int, list[str] | None]]:
        """See Table. After a record that went wrong reading goes on at the next line,
        so that one forgotten quote does not take its neighbours with it."""
        csv.field_size_limit(10_000_000)
        feed = _Feed(self.lines, after_line)
        while feed.record_at < len(self.lines):
            reader = csv.reader(iter(feed), delimiter=self.delimiter, strict=True)
            try:
                for cells in reader:
                    first = feed.record_at + 1
                    if len(cells) != count or (cells and self.delimiter in cells[0]):
                        cells = self._unwrapped(cells, count)
                    if feed.at > first and len(cells) != count:
                        raise csv.Error
                    feed.record_at = feed.at
                    yield first, cells
            except csv.Error:
                yield feed.record_at + 1, None
                feed = _Feed(self.lines, feed.record_at + 1)

    def _unwrapped(self, cells: list[str], count: int | None) -> list[str]:
        """The cells of a row that Excel wrapped in quotes as if it were one cell."""
        if not cells or self.delimiter not in cells[0] or any(cells[1:]):
            return cells
        if _LEAD_ADDRESS.fullmatch(cells[0].strip()):
            return cells
        try:
            (inner,) = csv.reader([cells[0]], delimiter=self.delimiter, strict=True)
        except (csv.Error, ValueError):
            return cells
        return inner if count is None or len(inner) == count else cells


class _Feed:
    """Lines for a reader; stops if a record becomes too long."""

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


class SheetTable:
    """A sheet of a workbook; its lines are its rows."""

    is_undivided = False

    def __init__(self, rows: Sequence[list[str]], first_row: int) -> None:
        self.rows = rows
        self.first_row = first_row
        self.line_count = first_row + len(rows)

    def head(self) -> list[tuple[int, list[str]]]:
        """See Table."""
        first = enumerate(self.rows[:HEADER_WITHIN], start=self.first_row + 1)
        return [(number, _without_empty_end(cells)) for number, cells in first]

    def records(
        self, after_line: int, count: int
    ) -> Iterator[tuple[int, list[str] | None]]:
        """See Table."""
        skipped = max(after_line - self.first_row, 0)
        for number, cells in enumerate(self.rows[skipped:], start=skipped):
            line = self.first_row + number + 1
            yield line, cells if len(cells) <= count else _without_empty_end(cells)


def _without_empty_end(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _size(byte_count: int) -> str:
    """A bound as a person reads it, such as 500 MB."""
    if byte_count >= 1_000_000_000:
        return f"{byte_count / 1_000_000_000:g} GB"
    return f"{byte_count / 1_000_000:g} MB"


def _unpacked(
    content: bytes, largest_file: int, largest_archive: int
) -> tuple[str | None, bytes]:
    """The name and content of the file to read from an archive.

    No name stands for a workbook, which is an archive itself. What is declared to be
    absurdly large is not unpacked, and no file may be larger than it is declared.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        files = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, ValueError, OSError):
        raise UnreadableFileError(
            "The file begins like an Excel workbook or a zip archive, and cannot be "
            "opened as one. Save it again, as CSV (UTF-8) or .xlsx."
        ) from None
    if (
        len(files) > _MOST_FILES_IN_ARCHIVE
        or sum(entry.file_size for entry in files) > largest_archive
    ):
        raise UnreadableFileError(
            f"The archive or workbook is larger than {_size(largest_archive)} when "
            "unpacked. Split it."
        )
    names = {entry.filename: entry for entry in files}
    if "xl/workbook.xml" in names:
        _check_sheets(archive, files)
        return None, content
    if any(name.startswith(("word/", "ppt/", "Index/", "META-INF/")) for name in names):
        raise UnreadableFileError(f"The file is a document, no table. {_SAVE_IT}")
    if "mimetype" in names or "xl/workbook.bin" in names:
        raise UnreadableFileError(
            f"The file is a workbook of another form than .xlsx. {_SAVE_IT}"
        )
    entry = _connections_of(files)
    return entry.filename, b"".join(_pieces_of(archive, entry, largest_file))


def _connections_of(files: Sequence[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """The file with the connections in LinkedIn's archive."""
    shown = [
        entry
        for entry in files
        if not entry.filename.startswith("__MACOSX")
        and not entry.filename.rsplit("/", 1)[-1].startswith(".")
    ]
    by_name = {entry.filename.rsplit("/", 1)[-1].casefold(): entry for entry in shown}
    if "connections.csv" in by_name:
        return by_name["connections.csv"]
    tables = [
        entry for entry in shown if entry.filename.casefold().endswith((".csv", ".txt"))
    ]
    if len(tables) == 1:
        return tables[0]
    names = ", ".join(sorted(entry.filename for entry in shown)[:8])
    raise UnreadableFileError(
        "The zip archive has no Connections.csv. Unpack it, and give the file of "
        f"people. It holds: {names or 'nothing'}."
    )


def _pieces_of(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, largest: int
) -> Iterator[bytes]:
    """The content of a file in an archive; its checksum is verified at its end."""
    if entry.file_size > largest:
        raise UnreadableFileError(
            f"{entry.filename} is larger than {_size(largest)}. Split it."
        )
    try:
        with archive.open(entry) as file:
            while piece := file.read(_PIECE_BYTES):
                yield piece
    except (
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        NotImplementedError,
        OSError,
        EOFError,
    ):
        raise UnreadableFileError(
            f"{entry.filename} in the archive is damaged or has a password. Unpack it "
            "first."
        ) from None


def _check_sheets(archive: zipfile.ZipFile, files: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse a workbook whose cells span more rows and columns than fit in memory."""
    for entry in files:
        pieces = _pieces_of(archive, entry, LARGEST_FILE_BYTES)
        if not re.match(r"xl/worksheets/[^/]+\.xml$", entry.filename):
            for _ in pieces:
                pass
            continue
        columns, rows = _extent(_whole_tags(pieces))
        if columns * rows > _MOST_CELLS:
            raise UnreadableFileError(
                f"A sheet of the workbook spans {rows} rows and {columns} columns. "
                "Delete what stands far from the table, or save it as CSV (UTF-8)."
            )


def _whole_tags(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same content in pieces that end before a tag, so that none is divided."""
    rest = b""
    for piece in pieces:
        begun, tag, unended = (rest + piece).rpartition(b"<")
        yield begun
        rest = tag + unended
        if len(rest) > _LONGEST_TAG_BYTES:
            raise UnreadableFileError(
                f"A cell of the workbook has more than {_size(_LONGEST_TAG_BYTES)}. "
                "Save it as CSV (UTF-8)."
            )
    yield rest


def _extent(pieces: Iterable[bytes]) -> tuple[int, int]:
    """The numbers of columns and rows that the cells of a sheet span."""
    columns = rows = in_row = row_count = 0
    for piece in pieces:
        for found in _CELL_REFERENCE.finditer(piece):
            columns = max(columns, _column_number(found[1]))
            rows = max(rows, int(found[2]))
        # Rows and cells may leave their places out, and then follow one another.
        for found in _ROW_OR_CELL.finditer(piece):
            if found[1] == b"row":
                row_count += 1
                in_row = 0
            else:
                in_row += 1
                columns = max(columns, in_row)
    return columns, max(rows, row_count)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _sheets(content: bytes) -> Iterator[SheetTable]:
    """The visible sheets of a workbook that are not empty."""
    is_any = False
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet in workbook.sheets_metadata:
            if (
                sheet.typ != python_calamine.SheetTypeEnum.WorkSheet
                or sheet.visible != python_calamine.SheetVisibleEnum.Visible
            ):
                continue
            found = workbook.get_sheet_by_name(sheet.name)
            rows = [[_text(cell) for cell in row] for row in found.to_python()]
            if any(any(row) for row in rows):
                is_any = True
                yield SheetTable(rows, found.start[0] if found.start else 0)
    except (python_calamine.CalamineError, ValueError, OSError):
        raise UnreadableFileError(
            "The Excel workbook cannot be read. Open it and save it again, as .xlsx or "
            "CSV (UTF-8)."
        ) from None
    if not is_any:
        raise UnreadableFileError("The workbook is empty. It needs a header and rows.")


def _text(cell: object) -> str:
    """A cell as in a CSV of the same workbook."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer():
            return str(int(cell))
        case dt.datetime() if cell.time() == dt.time():
            return cell.date().isoformat()
        case dt.datetime() | dt.date() | dt.time():
            return cell.isoformat()
        case _:
            return str(cell).replace("\x00", "")
