"""The cache of version 2: answers of methods' reads, kept for an hour.

Belongs here: what is kept, what a request's Cache-Control asks for, and what a write
removes. Only writes through the same account remove anything: what happens on LinkedIn,
or through version 1, stays invisible until an answer is too old. The cache is in memory
and is empty after a restart.
"""

import dataclasses
import datetime
from typing import Any, Literal

LONGEST_KEPT_SECONDS = 30 * 24 * 3_600

# Account, family of paths, path, parameters.
Place = tuple[str, str, str, str]
Verdict = Literal["HIT", "MISS", "EXPIRED", "BYPASS"]


@dataclasses.dataclass(frozen=True)
class Directives:
    """What a request's Cache-Control says. max_age is in seconds."""

    no_cache: bool = False
    no_store: bool = False
    max_age: int | None = None

    @classmethod
    def read(cls, header: str) -> "Directives":
        """What is not understood is ignored, as HTTP says."""
        parts = [part.strip().lower() for part in header.split(",")]
        ages = [part.partition("=")[2] for part in parts if part.startswith("max-age=")]
        seconds = [int(age) for age in ages if age.isascii() and age.isdigit()]
        return cls(
            no_cache="no-cache" in parts,
            no_store="no-store" in parts,
            max_age=min(seconds, default=None),
        )


@dataclasses.dataclass(frozen=True)
class Found:
    """What the cache says of a read; `body` is None when LinkedIn must be asked."""

    verdict: Verdict
    body: dict[str, Any] | None = None
    age_seconds: int = 0

    def headers(self) -> dict[str, str]:
        return {"X-Cache": self.verdict, "Age": str(self.age_seconds)}


class Cache:
    """All kept answers of all accounts."""

    def __init__(self) -> None:
        self._kept: dict[Place, tuple[datetime.datetime, dict[str, Any]]] = {}

    def find(
        self,
        place: Place,
        now: datetime.datetime,
        asked: Directives,
        fresh_seconds: float,
    ) -> Found:
        if asked.no_cache or asked.no_store:
            return Found("BYPASS")
        if place not in self._kept:
            return Found("MISS")
        kept_at, body = self._kept[place]
        age = max(0, int((now - kept_at).total_seconds()))
        oldest = min(fresh_seconds, LONGEST_KEPT_SECONDS)
        if asked.max_age is not None:
            oldest = min(oldest, asked.max_age)
        return Found("EXPIRED") if age >= oldest else Found("HIT", body, age)

    def keep(self, place: Place, now: datetime.datetime, body: dict[str, Any]) -> None:
        self._kept[place] = (now, body)

    def drop(self, account_id: str, families: set[str]) -> None:
        """Remove an account's answers of these families of paths."""
        for place in list(self._kept):
            if place[0] == account_id and place[1] in families:
                del self._kept[place]

    def clear(self) -> None:
        self._kept.clear()


def family_of(path: str) -> str:
    """Which reads belong together: `path` is what follows the account's id."""
    parts = path.strip("/").split("/")
    is_chat = parts[0] in ("chats", "inboxes") or (
        parts[0] == "users" and parts[-1] == "chat"
    )
    return "chats" if is_chat else parts[0]


def families_touched(path: str) -> set[str]:
    """The reads that a write to this path makes wrong."""
    family = family_of(path)
    return {"chats", "linkedin"} if family == "chats" else {family}
