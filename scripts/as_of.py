"""What a mart said at a past moment, from the rows that were there by then.

Where a mart depends on rows that change in place, it says which and gives no figure.
Reads only, and leaves the marts alone. Example:

    scripts/as_of.py campaign_accept_stats --at 2026-04-28T12:00Z --workspace PIPL
"""

import csv
import datetime as dt
import os
import pathlib
import sys

import click
import psycopg
import rich.console
import rich.table

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from trueup.marts.past import NoAnswerError, PastMart, past_mart
from trueup.postgres.connection import UnusableDatabaseError, connect_migrated


class Moment(click.ParamType):
    """ISO 8601 with its time zone, such as 2026-04-28T12:00Z."""

    name = "moment"

    def convert(
        self,
        value: str,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> dt.datetime:
        """The moment; fails with a sentence where it is none or names no zone."""
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fail(
                f"{value} is no moment with a time zone; write 2026-04-28T12:00Z.",
                param,
                ctx,
            )
        return moment


@click.command(help=__doc__)
@click.argument("mart")
@click.option("--at", required=True, type=Moment(), help="Such as 2026-04-28T12:00Z.")
@click.option("--workspace", help="Only this workspace, by its name.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, and no notes.")
def main(mart: str, at: dt.datetime, workspace: str | None, as_csv: bool) -> None:
    """Answer, or exit with 1 and say why not."""
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    try:
        with connect_migrated(autocommit=True) as connection:
            workspace_id = workspace and workspace_named(connection, workspace)
            answer = past_mart(connection, mart, at, workspace_id=workspace_id)
    except (UnusableDatabaseError, NoAnswerError) as refusal:
        raise click.ClickException(str(refusal)) from None
    show = show_csv if as_csv else show_table
    show(answer)


def workspace_named(connection: psycopg.Connection, name: str) -> int:
    """Its id. Raises NoAnswerError where none, or more than one, is called that."""
    rows = connection.execute(
        "select workspace_id from outreach.workspaces where name = %s", [name]
    ).fetchall()
    if len(rows) != 1:
        raise NoAnswerError(
            f"{len(rows)} workspaces are called {name}; look in outreach.workspaces."
        )
    return rows[0][0]


def show_csv(answer: PastMart) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(answer.columns)
    writer.writerows(answer.rows)


def show_table(answer: PastMart) -> None:
    console = rich.console.Console()
    table = rich.table.Table(*answer.columns)
    for row in answer.rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(table)
    console.print(answer.rule)
    for name, reason in answer.as_today.items():
        console.print(f"{name} as it is today: {reason}")


if __name__ == "__main__":
    main()
