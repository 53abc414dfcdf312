"""All actions, one JSON line each, written to disk before the HTTP answer.

Belongs here: writing and reading lines. How a line changes the world is in `state`.
Tests read this file as the truth to compare the database with.
"""

import fcntl
import io
import json
import os
import pathlib
from collections.abc import Iterator
from typing import Any, BinaryIO

Line = dict[str, Any]


class JournalInUseError(Exception):
    """Another sandbox writes this journal."""


class Journal:
    """The open journal of one running sandbox."""

    def __init__(self, path: pathlib.Path) -> None:
        """Open or create the file, lock it, and cut off a line torn by a kill."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise JournalInUseError(
                f"The journal {path} is being written by another sandbox. "
                "Stop that one, or give this one its own --journal."
            ) from None
        whole = path.read_bytes()
        os.ftruncate(self._file, whole.rfind(b"\n") + 1)
        self.next_seq = 1

    def lines(self) -> Iterator[Line]:
        """All lines, oldest first; sets `next_seq` to the number after the last."""
        for line in read_journal(self.path):
            self.next_seq = line["seq"] + 1
            yield line

    def append(self, line: Line) -> Line:
        """Give the line its number and write it in one system call."""
        numbered = {"seq": self.next_seq, **line}
        text = json.dumps(numbered, ensure_ascii=False, separators=(",", ":"))
        os.write(self._file, text.encode() + b"\n")
        self.next_seq += 1
        return numbered

    def close(self) -> None:
        os.close(self._file)


def read_journal(path: pathlib.Path) -> Iterator[Line]:
    """The complete lines of a journal, also while it is being written."""
    with path.open("rb") as file:
        yield from _complete_lines(file)


def read_since_last_reset(path: pathlib.Path) -> Iterator[Line]:
    """The complete lines after the last reset, or all where there was none."""
    whole = path.read_bytes()
    # No text of a line holds this: quotation marks in a JSON string are escaped.
    reset = whole.rfind(b',"kind":"reset"')
    first = whole.find(b"\n", reset) + 1 if reset >= 0 else 0
    yield from _complete_lines(io.BytesIO(whole[first:]))


def _complete_lines(file: BinaryIO) -> Iterator[Line]:
    for text in file:
        if text.endswith(b"\n"):
            yield json.loads(text)
