"""Items ordered by time, read in pages from the newest to the oldest.

A page starts after the last item of the page before it, not at a count. An item that is
added or removed between two pages shifts no other item.
"""

import bisect
import datetime
from typing import Generic, TypeVar

Item = TypeVar("Item")
Place = tuple[float, str]


class Index(Generic[Item]):
    def __init__(self) -> None:
        self._places: list[Place] = []
        self._items: dict[str, tuple[Place, Item]] = {}

    def __len__(self) -> int:
        return len(self._items)

    def put(self, name: str, at: datetime.datetime, item: Item) -> None:
        """Add a item, or move it to another time."""
        self.remove(name)
        place = (at.timestamp(), name)
        bisect.insort(self._places, place)
        self._items[name] = (place, item)

    def remove(self, name: str) -> Item | None:
        found = self._items.pop(name, None)
        if found is None:
            return None
        del self._places[bisect.bisect_left(self._places, found[0])]
        return found[1]

    def replace(self, name: str, item: Item) -> None:
        """Another item in the place of the one with this name."""
        place, _ = self._items[name]
        self._items[name] = (place, item)

    def get(self, name: str) -> Item | None:
        found = self._items.get(name)
        return None if found is None else found[1]

    def oldest_first(self) -> list[Item]:
        """All items, oldest first."""
        return [self._items[name][1] for _, name in self._places]

    def newest_first(
        self, older_than: Place | None, count: int
    ) -> tuple[list[Item], Place | None]:
        """Up to `count` items, and where the next page starts; None at the end."""
        end = (
            len(self._places)
            if older_than is None
            else bisect.bisect_left(self._places, older_than)
        )
        start = max(0, end - count)
        places = self._places[start:end][::-1]
        items = [self._items[name][1] for _, name in places]
        return items, places[-1] if places and start > 0 else None
