"""Ids of rows as command line arguments.

Belongs here: the format of ids. Does not: whether a row has the id.
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
        """The number; fails with a sentence if it cannot be an id."""
        number = super().convert(value, param, ctx)
        if not 1 <= number <= LARGEST_ID:
            self.fail(f"{value} is no id: ids are whole numbers from 1.", param, ctx)
        return number


ROW_ID = RowId()
