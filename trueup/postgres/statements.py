"""Splitting the text of an SQL file into its statements.

Belongs here: where a statement begins and ends. A distributed database refuses a query
of several statements, so each statement is sent alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlparse.engine import FilterStack


@dataclass(frozen=True)
class Statement:
    """One statement, with the number of lines before it in its file."""

    text: str
    lines_before: int


def statements_of(text: str) -> Iterator[Statement]:
    """Yields the statements in order; joined they are the whole text."""
    lines_before = 0
    for parsed in FilterStack().run(text):
        statement = Statement(str(parsed), lines_before)
        lines_before += statement.text.count("\n")
        if statement.text.strip():
            yield statement
