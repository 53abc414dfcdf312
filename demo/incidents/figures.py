"""Figures of a replayed incident, each before and after, beside the wanted one.

Belongs here: plain data between a replay and its tables. No database.
"""

import dataclasses
from collections.abc import Mapping

Value = int | str | bool | None
Pair = tuple[Value, Value]
"""A figure before and after; None where there is nothing to say."""


@dataclasses.dataclass(frozen=True)
class Figure:
    """One figure of a replay, beside what it should be."""

    what: str
    before: Value
    after: Value
    wanted_before: Value
    wanted_after: Value

    @property
    def is_right(self) -> bool:
        return (self.before, self.after) == (self.wanted_before, self.wanted_after)


@dataclasses.dataclass(frozen=True)
class Replayed:
    """An incident after its replay. seconds: how long that took, by the wall clock."""

    name: str
    says: str
    figures: tuple[Figure, ...]
    seconds: float

    @property
    def is_right(self) -> bool:
        return all(figure.is_right for figure in self.figures)


def paired(before: Mapping[str, Value], after: Mapping[str, Value]) -> dict[str, Pair]:
    """Figures before and after by name; a figure that is new afterwards was 0."""
    return {what: (before.get(what), value) for what, value in after.items()}
