"""Who writes `linkedin_accounts.status`: one function, and whoever is found here.

Belongs here: which writes are meant, the one that is allowed, and the mark that a test
carries which writes past the function on purpose.
"""

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.guards.column_writes import ColumnWrite, column_writes_of
from tests.guards.texts import (
    Text,
    UnreadableFileError,
    kind_of,
    texts_of,
)

TABLE = "linkedin_accounts"
SCHEMA = "outreach"
COLUMNS = ("status", "status_seq")
WRITER = "sql/functions/accounts/flip_linkedin_account_status.sql"
# Made by tools or by running, and never part of a build.
UNREAD_FOLDERS = frozenset(
    {
        ".git",
        ".venv",
        ".local",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        "__pycache__",
        "node_modules",
        "dbt/target",
        "dbt/logs",
        "logs",
    }
)
MARK = re.compile(r"(?:#|--)\s*status-writer: on purpose, \S+")
# Where a mark counts: tests, benchmarks of the rule, the incident that is this write.
_MARKED_PLACES = re.compile(r"tests/|scripts/bench/[^/]*$|demo/incidents/ll_276\.py$")


@dataclass(frozen=True, order=True)
class Finding:
    """Something that fails the build."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Check:
    """What was read and found; marked: writes that a test makes on purpose."""

    files: int
    marked: int
    findings: tuple[Finding, ...]


def check_tree(root: Path) -> Check:
    """Read every SQL, Python, yml and shell file under `root`."""
    files = marked = 0
    findings: list[Finding] = []
    for path in sorted(_files(root)):
        kind = kind_of(path)
        if kind is None:
            continue
        files += 1
        name = path.relative_to(root).as_posix()
        found, marks = check_source(name, kind, path.read_text("utf-8", "replace"))
        findings += found
        marked += marks
    return Check(files, marked, tuple(sorted(findings)))


def check_source(path: str, kind: str, source: str) -> tuple[list[Finding], int]:
    """The findings in one file, and how many writes its marks excuse."""
    try:
        texts = texts_of(kind, source)
    except UnreadableFileError as error:
        return [Finding(path, 1, f"This file {error}, so nobody can tell.")], 0
    writes = sorted(set(_status_writes(texts)))
    if path == WRITER:
        excess = writes[1:]
        return [
            Finding(path, line, "The function updates twice.") for line, _ in excess
        ], 0
    may_mark = _MARKED_PLACES.match(path) is not None
    marks = _marks(source, kind) if may_mark else {}
    used: list[int] = []
    findings = []
    for line, statement_line in writes:
        mark = _mark_above(marks, source, line, statement_line)
        if mark is not None:
            used.append(mark)
            continue
        what = (
            f"updates {SCHEMA}.{TABLE}.status past the only function that may. "
            f"Call {SCHEMA}.flip_linkedin_account_status() with actor and reason."
        )
        findings.append(Finding(path, line, what))
    findings += [
        Finding(path, mark, "This mark excuses nothing. Take it away.")
        for mark in marks.keys() - set(used)
    ]
    return findings, len(used)


def _status_writes(texts: Iterable[Text]) -> Iterator[tuple[int, int]]:
    texts = list(texts)
    # A table that is only named at run time is meant if the file names it elsewhere.
    is_named = any(TABLE in text.text for text in texts)
    for text in texts:
        if "update" not in text.text.lower():
            continue
        for write in column_writes_of(text.text, text.line):
            if _is_status(write) and _is_table(write, is_named):
                yield write.line, text.statement_line


def _is_status(write: ColumnWrite) -> bool:
    return write.column.last is None or write.column.last in COLUMNS


def _is_table(write: ColumnWrite, is_named: bool) -> bool:
    if write.table.schema not in (None, SCHEMA):
        return False
    return is_named if write.table.last is None else write.table.last == TABLE


def _marks(source: str, kind: str) -> dict[int, str]:
    """Lines with a mark; in Python only in comments, not in texts about marks."""
    if not MARK.search(source):
        return {}
    if kind != "python":
        return {
            number: line
            for number, line in enumerate(source.splitlines(), start=1)
            if MARK.search(line)
        }
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string
        for token in tokens
        if token.type == tokenize.COMMENT and MARK.search(token.string)
    }


def _mark_above(
    marks: dict[int, str], source: str, line: int, statement_line: int
) -> int | None:
    """The mark on the write's line or above, up to the line over its statement."""
    first = min(statement_line, line) - 1
    lines = source.splitlines()
    # A comment of several lines may carry the mark on its first.
    while first >= 1 and lines[first - 1].lstrip().startswith(("#", "--")):
        if first in marks:
            return first
        first -= 1
    return next((at for at in range(line, statement_line - 1, -1) if at in marks), None)


def _files(root: Path) -> Iterator[Path]:
    for path in root.iterdir():
        name = path.relative_to(root).as_posix()
        yield from _files_under(path, name)


def _files_under(path: Path, name: str) -> Iterator[Path]:
    if path.is_symlink() or path.name in UNREAD_FOLDERS or name in UNREAD_FOLDERS:
        return
    if path.name.endswith(".egg-info"):
        return
    if path.is_dir():
        for child in path.iterdir():
            yield from _files_under(child, f"{name}/{child.name}")
    elif path.is_file():
        yield path
