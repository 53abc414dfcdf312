"""Ids of rows, as people type them on a command line.

Belongs here: what any row can have for an id. Whether a row has it does not.
"""

import click

LARGEST_ID = 2**63 - 1


class RowId(click.types.IntParamType):
    """A whole number that Postgres can hold as an id."""

    name = "id"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """The number; fails with a sentence where no row can have it."""
        number = super().convert(value, param, ctx)
        if not 1 <= number <= LARGEST_ID:
            self.fail(f"{value} is no id: ids are whole numbers from 1.", param, ctx)
        return number


ROW_ID = RowId()
