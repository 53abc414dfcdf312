"""Replays as tables for a terminal, and as lines for another process.

Belongs here: how figures look. Does not: the figures.
"""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from demo.incidents.figures import Figure, Replayed, Value


def print_replay(console: Console, replayed: Replayed) -> None:
    """One incident: each figure before and after, beside the wanted ones."""
    table = Table(
        title=f"{replayed.name}: {replayed.says}",
        title_justify="left",
        caption=f"{_verdict(replayed)} in {replayed.seconds:.1f} s",
        caption_justify="left",
    )
    table.add_column("what")
    for heading in ("before", "after", "wanted", ""):
        table.add_column(heading, justify="right" if heading else "left")
    for figure in replayed.figures:
        table.add_row(
            figure.what,
            _shown(figure.before),
            _shown(figure.after),
            _wanted(figure),
            "right" if figure.is_right else "[bold red]differs[/bold red]",
        )
    console.print(table)


def print_replays(console: Console, replays: Sequence[Replayed]) -> None:
    """All incidents: one line each, and every figure that differs."""
    table = Table(
        title="The incidents, each replayed in a database of its own",
        title_justify="left",
    )
    table.add_column("incident", no_wrap=True)
    table.add_column("first figure")
    table.add_column("before", justify="right")
    table.add_column("after", justify="right")
    table.add_column("figures as wanted", justify="right")
    table.add_column("seconds", justify="right")
    for replayed in replays:
        first = replayed.figures[0]
        right = sum(figure.is_right for figure in replayed.figures)
        table.add_row(
            replayed.name,
            first.what,
            _shown(first.before),
            _shown(first.after),
            f"{right} of {len(replayed.figures)}",
            f"{replayed.seconds:.1f}",
        )
    console.print(table)
    for replayed in replays:
        for figure in replayed.figures:
            if not figure.is_right:
                console.print(
                    f"{replayed.name}: {figure.what} went from {_shown(figure.before)} "
                    f"to {_shown(figure.after)}, and should go from {_wanted(figure)}.",
                    markup=False,
                )


def write_replays(path: Path, replays: Sequence[Replayed]) -> None:
    """Keep replays for `read_replays`."""
    path.write_text(json.dumps([dataclasses.asdict(one) for one in replays]))


def read_replays(path: Path) -> list[Replayed]:
    """What `write_replays` kept."""
    return [
        Replayed(**{**one, "figures": tuple(Figure(**row) for row in one["figures"])})
        for one in json.loads(path.read_text())
    ]


def _verdict(replayed: Replayed) -> str:
    wrong = sum(not figure.is_right for figure in replayed.figures)
    if not wrong:
        return f"All {len(replayed.figures)} figures are the wanted ones,"
    return f"{wrong} of {len(replayed.figures)} figures differ from the wanted ones,"


def _wanted(figure: Figure) -> str:
    if figure.wanted_before is None:
        return _shown(figure.wanted_after)
    return f"{_shown(figure.wanted_before)} → {_shown(figure.wanted_after)}"


def _shown(value: Value) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else value
