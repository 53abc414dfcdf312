"""The option --workspaces: the workspaces that one of several senders takes.

Belongs here: reading it. Does not: what a sender does with it.
"""

import re

import click
from psycopg.types.multirange import Int8Multirange
from psycopg.types.range import Int8Range

_SPAN = re.compile(r"(?P<first>[1-9]\d{0,17})(?P<to>-(?P<last>[1-9]\d{0,17})?)?")


class WorkspaceSpans(click.ParamType):
    """Ids of workspaces and spans of them, such as 1-1000,1500 or 1001-."""

    name = "spans"

    def convert(
        self,
        value: str | Int8Multirange,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Int8Multirange:
        """The ids; fails with a sentence that says what a span looks like."""
        if isinstance(value, Int8Multirange):
            return value
        spans = Int8Multirange()
        for text in value.split(","):
            span = _SPAN.fullmatch(text.strip())
            if span is None:
                self.fail(
                    f"{text.strip() or 'nothing'} is no span of workspace ids; write "
                    "1-1000, or 1-500,900, or 1001- for all from there on.",
                    param,
                    ctx,
                )
            first = int(span["first"])
            last = int(span["last"]) if span["last"] else None
            if not span["to"]:
                last = first
            if last is not None and last < first:
                self.fail(
                    f"{text.strip()} ends before it begins; write {last}-{first}.",
                    param,
                    ctx,
                )
            spans.append(Int8Range(first, last, "[]" if last is not None else "[)"))
        return spans
