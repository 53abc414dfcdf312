"""Printing the outcomes of a heal.

Belongs here: the table of subjects and the exit code. Does not: the heal itself
(`trueup/heals/gate.py`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import click

from trueup.cli.output import print_table
from trueup.cli.sentences import NOTHING_WRITTEN
from trueup.heals.gate import Outcome

WORDS = {
    "kept": ("healed", "would be healed"),
    "rolled_back": ("rolled back: no less is wrong", "would be rolled back"),
    "unneeded": ("nothing was wrong any more", "nothing is wrong any more"),
    "failed": ("failed", "would fail"),
}


def print_outcomes(
    outcomes: Sequence[Outcome[Any]], *, commit: bool, nothing: str
) -> None:
    """Print each subject with its faults before and after; `nothing` if there is none.

    After a dry run it prints that nothing was written.
    """
    if not outcomes:
        click.echo(nothing)
        return
    rows = [
        (
            outcome.subject.workspace_id,
            outcome.subject.label,
            outcome.before,
            outcome.after,
            outcome.error or WORDS[outcome.verdict][not commit],
        )
        for outcome in outcomes
    ]
    print_table(("workspace", "subject", "wrong before", "after", "outcome"), rows)
    if not commit:
        click.echo(NOTHING_WRITTEN)


def exit_code_of(outcomes: Iterable[Outcome[Any]]) -> int:
    """0 if each subject was healed or had no fault, else 1."""
    return int(any(one.verdict in ("rolled_back", "failed") for one in outcomes))
