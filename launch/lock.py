"""One start at a time in one checkout.

Belongs here: the lock on `.local/`, and the message for a second start. Does not: locks
in the database.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

# The supervisor of a killed start holds the lock until it has ended all services.
_ENDING_SECONDS = 60.0
_POLL_SECONDS = 0.2


class AlreadyRunningError(Exception):
    """Another start has this checkout; a sentence for a person."""


@contextlib.contextmanager
def project_lock(
    path: Path, *, says: str, on_wait: Callable[[], None]
) -> Iterator[int]:
    """Holds the lock for the block; yields its descriptor, for the supervisor to hold.

    `says` describes this start in the message for another one. `on_wait` is called when
    an earlier start is still ending and this one waits for it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, path, on_wait)
        os.ftruncate(descriptor, 0)
        holder = {"process": os.getpid(), "says": says}
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path, on_wait: Callable[[], None]) -> None:
    deadline = time.monotonic() + _ENDING_SECONDS
    has_waited = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(descriptor)
            if psutil.pid_exists(holder["process"]) or time.monotonic() > deadline:
                raise AlreadyRunningError(
                    f"trueup is already running from {path.parent.parent} (process "
                    f"{holder['process']}, {holder['says']}); use that one, or stop it "
                    "first with Ctrl-C in its terminal."
                ) from None
        else:
            return
        if not has_waited:
            has_waited = True
            on_wait()
        time.sleep(_POLL_SECONDS)


def _holder(descriptor: int) -> dict[str, str | int]:
    """Who holds the lock; process 0 if its holder has not written its name yet."""
    try:
        return json.loads(os.pread(descriptor, 4_096, 0))
    except ValueError:
        return {"process": 0, "says": "just starting"}
