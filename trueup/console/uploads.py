"""Files that people sent and have not decided on: kept between a check and its commit.

Belongs here: keeping few of them, for a while, in memory. Does not: reading them.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

MOST_FILES = 8
SECONDS_KEPT = 3_600.0


@dataclass(frozen=True)
class Upload:
    """A file of a person, and what it was checked with.

    key: of all of it. The same file that was checked for another campaign has another.
    """

    key: str
    content: bytes
    workspace_id: int
    campaign_id: int
    profile_column: str | None
    encoding: str | None


class Uploads:
    """The newest file of each session. The oldest gives way to a ninth."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, Upload]] = {}

    def keep(
        self,
        session_id: str,
        content: bytes,
        workspace_id: int,
        campaign_id: int,
        profile_column: str | None,
        encoding: str | None,
    ) -> Upload:
        """Keeps the file instead of the session's last one."""
        settings = repr((workspace_id, campaign_id, profile_column, encoding))
        key = hashlib.sha256(f"{settings}\n".encode() + content).hexdigest()
        upload = Upload(
            key, content, workspace_id, campaign_id, profile_column, encoding
        )
        with self._lock:
            self._kept.pop(session_id, None)
            self._kept[session_id] = (self._clock(), upload)
            self._drop_old()
            while len(self._kept) > MOST_FILES:
                del self._kept[next(iter(self._kept))]
        return upload

    def of(self, session_id: str, key: str) -> Upload | None:
        """The session's file, if it is still kept and is the one with this key."""
        with self._lock:
            self._drop_old()
            _, upload = self._kept.get(session_id, (0.0, None))
        return upload if upload is not None and upload.key == key else None

    def forget(self, session_id: str) -> None:
        """The session's file is not needed any more."""
        with self._lock:
            self._kept.pop(session_id, None)

    def _drop_old(self) -> None:
        ends_before = self._clock() - SECONDS_KEPT
        self._kept = {
            session_id: kept
            for session_id, kept in self._kept.items()
            if kept[0] > ends_before
        }
