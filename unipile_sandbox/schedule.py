"""Actions that are due later, ordered by time.

Belongs here: the queue of names. The action itself is in `delivery`.
"""

import asyncio
import datetime
import heapq
from typing import Literal

Kind = Literal["accept", "reply", "event", "delivery"]


class Schedule:
    """An entry may name something that is gone: the caller of take_due() checks it."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime.datetime, int, Kind, str]] = []
        self._count = 0
        self.changed = asyncio.Event()

    def add(self, due_at: datetime.datetime, kind: Kind, name: str) -> None:
        self._count += 1
        heapq.heappush(self._heap, (due_at, self._count, kind, name))
        self.changed.set()

    def next_due(self) -> datetime.datetime | None:
        return self._heap[0][0] if self._heap else None

    def take_due(self, now: datetime.datetime) -> tuple[Kind, str] | None:
        """The first entry that is due, if one is."""
        if not self._heap or self._heap[0][0] > now:
            return None
        _, _, kind, name = heapq.heappop(self._heap)
        return kind, name

    def clear(self) -> None:
        self._heap.clear()
        self.changed.set()
