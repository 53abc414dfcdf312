"""Answers that could not be recorded yet, in files that outlive the process.

Belongs here: writing, reading and removing these files. When an answer is written down
and recorded: `round.py` and `drain.py`.

A file holds JSON lines, one answer each, with the workspace and the worker that began
the attempt. Only the user who runs the sender may read it.
"""

import contextlib
import dataclasses
import json
import logging
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from trueup.paths import LOCAL_FOLDER

FOLDER_VARIABLE = "TRUEUP_SPOOL_FOLDER"
SUFFIX = ".jsonl"
BROKEN_SUFFIX = ".broken"
UNFINISHED_SUFFIX = ".unfinished"
# A writer that is alive finishes within milliseconds.
UNFINISHED_AFTER_SECONDS = 60

_logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class SpooledAnswer:
    """An answer as outreach.append_send_outcomes() takes it, and whose it is."""

    workspace_id: int
    worker: str
    answer: dict[str, Any]

    @property
    def attempt_id(self) -> int:
        return self.answer["attempt_id"]


def folder() -> Path:
    """Where senders of this machine write answers down."""
    given = os.environ.get(FOLDER_VARIABLE)
    return Path(given) if given else LOCAL_FOLDER / "spool"


@contextlib.contextmanager
def written_down(answers: Iterable[SpooledAnswer]) -> Iterator[None]:
    """Keeps the answers in a file while the block tries to record them.

    The file is removed after the block; if the block raises, the file stays.
    """
    path = _write(list(answers))
    yield
    if path is not None:
        path.unlink(missing_ok=True)  # another sender may have recorded them meanwhile


def files() -> list[Path]:
    """The files that wait to be recorded, oldest first.

    A file that its writer did not finish is taken in too, once it is a minute old: each
    of its lines is complete or set aside with a warning.
    """
    with contextlib.suppress(OSError):
        _finish(time.time() - UNFINISHED_AFTER_SECONDS)
        found = [
            (path.stat().st_mtime_ns, path) for path in folder().glob("*" + SUFFIX)
        ]
        return [path for _, path in sorted(found)]
    return []


def read(path: Path) -> list[SpooledAnswer]:
    """The answers of a file; a line that is none is set aside. Empty if unreadable."""
    answers: list[SpooledAnswer] = []
    broken: list[bytes] = []
    try:
        for line in path.read_bytes().splitlines():
            answer = _answer_of(line)
            if answer is None:
                broken.append(line)
            else:
                answers.append(answer)
        if broken:
            _set_aside(path, broken, "it is no answer of a sender")
            _replace(path, answers)
        if not answers:
            remove(path)
    except FileNotFoundError:
        return []  # another sender has recorded it meanwhile
    except OSError as error:
        _logger.warning("%s cannot be read: %s. Its answers wait.", path, error)
        return []
    return answers


def set_aside(path: Path, answer: SpooledAnswer, why: str) -> None:
    """Move an answer that the database does not take out of the way, with a warning."""
    try:
        _set_aside(path, [_line_of(answer)], why)
    except OSError as error:
        _logger.warning("%s: %s. Lost: %s", path, error, _line_of(answer).decode())


def remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _write(answers: list[SpooledAnswer]) -> Path | None:
    """A new file, flushed to the disk; None with a warning where it cannot be made."""
    path = folder() / f"{os.getpid()}-{secrets.token_hex(8)}{SUFFIX}"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(path, answers)
    except OSError as error:
        _logger.warning(
            "%s answers could not be written to %s: %s. They are kept in memory alone; "
            "make the folder writable, or set %s to another one.",
            len(answers),
            path.parent,
            error.strerror,
            FOLDER_VARIABLE,
        )
        return None
    return path


def _finish(written_before: float) -> None:
    for unfinished in folder().glob("*" + UNFINISHED_SUFFIX):
        with contextlib.suppress(FileNotFoundError):  # another sender was first
            if unfinished.stat().st_mtime < written_before:
                _logger.warning(
                    "%s was not finished by its writer, which has ended. Its complete "
                    "lines are recorded.",
                    unfinished,
                )
                unfinished.rename(unfinished.with_suffix(SUFFIX))


def _replace(path: Path, answers: Iterable[SpooledAnswer]) -> None:
    """Write all lines, then flush once; a reader never sees half of them.

    The file has a name that no other writer uses: what a killed writer left would
    join its last line with the first one here.
    """
    unfinished = path.with_name(
        f"{path.stem}-{secrets.token_hex(4)}{UNFINISHED_SUFFIX}"
    )
    lines = b"".join(_line_of(answer) + b"\n" for answer in answers)
    _append(unfinished, lines)
    unfinished.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _append(path: Path, lines: bytes) -> None:
    """Append lines, on a line of their own even after one that was cut off."""
    opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with open(opened, "ab") as file:
        size = os.fstat(opened).st_size
        if size > 0 and os.pread(opened, 1, size - 1) != b"\n":
            lines = b"\n" + lines
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def _set_aside(path: Path, lines: list[bytes], why: str) -> None:
    aside = path.with_suffix(BROKEN_SUFFIX)
    _append(aside, b"".join(line + b"\n" for line in lines))
    _logger.warning(
        "%s of %s was set aside in %s, because %s. If an attempt belongs to it, the "
        "attempt stays unknown until the provider's lists or a person decide it.",
        "A line" if len(lines) == 1 else f"{len(lines)} lines",
        path,
        aside,
        why,
    )


def _line_of(spooled: SpooledAnswer) -> bytes:
    return json.dumps(dataclasses.asdict(spooled)).encode()


def _answer_of(line: bytes) -> SpooledAnswer | None:
    try:
        spooled = SpooledAnswer(**json.loads(line))
    except (ValueError, TypeError, RecursionError):
        return None
    is_one = (
        _is_id(spooled.workspace_id)
        and isinstance(spooled.worker, str)
        and isinstance(spooled.answer, dict)
        and _is_id(spooled.answer.get("attempt_id"))
    )
    return spooled if is_one else None


def _is_id(value: object) -> bool:
    return type(value) is int and 0 < value < 2**63
