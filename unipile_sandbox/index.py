"""Things in the order of their times, read a page at a time from the newest.

A page begins after the last thing of the page before it, not at a count: what comes or
goes between two pages moves nothing.
"""

import bisect
import datetime
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
Place = tuple[float, str]


class Shelf(Generic[Thing]):
    def __init__(self) -> None:
        self._places: list[Place] = []
        self._things: dict[str, tuple[Place, Thing]] = {}

    def __len__(self) -> int:
        return len(self._things)

    def put(self, name: str, at: datetime.datetime, thing: Thing) -> None:
        """Add a thing, or move it to another time."""
        self.remove(name)
        place = (at.timestamp(), name)
        bisect.insort(self._places, place)
        self._things[name] = (place, thing)

    def remove(self, name: str) -> Thing | None:
        found = self._things.pop(name, None)
        if found is None:
            return None
        del self._places[bisect.bisect_left(self._places, found[0])]
        return found[1]

    def get(self, name: str) -> Thing | None:
        found = self._things.get(name)
        return None if found is None else found[1]

    def everything(self) -> list[Thing]:
        """All of them, oldest first."""
        return [self._things[name][1] for _, name in self._places]

    def newest_first(
        self, older_than: Place | None, count: int
    ) -> tuple[list[Thing], Place | None]:
        """Up to `count` things, and the place to go on from; None at the end."""
        end = (
            len(self._places)
            if older_than is None
            else bisect.bisect_left(self._places, older_than)
        )
        start = max(0, end - count)
        places = self._places[start:end][::-1]
        things = [self._things[name][1] for _, name in places]
        return things, places[-1] if places and start > 0 else None
