"""The numbers behind the small charts, which `html/macros.html` draws as SVG.

Belongs here: sizes and places. A chart has its figures in words beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """A bar in a box of 100 by 100, from the top left."""

    x: float
    y: float
    width: float
    height: float


def bars_of(counts: Sequence[int]) -> list[Bar]:
    """A bar for each count; the largest is as high as the box, 0 is a line."""
    if not counts:
        return []
    most = max(*counts, 1)
    step = 100 / len(counts)
    bars = []
    for place, count in enumerate(counts):
        height = max(100 * count / most, 2.0)
        bars.append(
            Bar(
                round(place * step, 2),
                round(100 - height, 2),
                round(step * 0.8, 2),
                round(height, 2),
            )
        )
    return bars


def share_of(part: int, whole: int | None) -> float:
    """How much of a whole is used, from 0 to 100; all of it if there is none."""
    if not whole:
        return 100.0
    return round(min(max(100 * part / whole, 0.0), 100.0), 2)
