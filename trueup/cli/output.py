"""Printing rows: as a table, as records if it is too wide, as CSV or JSON.

Belongs here: printing the rows of any command. Does not: the rows.
"""

import csv
import datetime as dt
import decimal
import io
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, LiteralString, TypeVar

import click
import psycopg
from psycopg.rows import dict_row

from trueup.cli.sentences import escaped

Command = TypeVar("Command", bound=Callable[..., Any])
_UNKNOWN_WIDTH = (80, 24)
_ANY_WIDTH = 1_000_000
_LEAST_CUT = 8
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Output:
    """The requested format: a table, `csv` or `json`."""

    def __init__(self, style: str | None) -> None:
        self.style = style or "table"

    @property
    def is_table(self) -> bool:
        """Whether the format is for people, so that sentences can be printed."""
        return self.style == "table"

    def rows(
        self,
        headings: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        none: str = "",
        cut: Sequence[str] = (),
    ) -> None:
        """Prints the rows; `none` is the sentence for a person if there are none.

        cut: as for `dictionaries`.
        """
        rows = list(rows)
        if self.style == "csv":
            # click.echo would remove escapes from stored text.
            sys.stdout.write(_as_csv(headings, rows))
            sys.stdout.flush()
        elif self.style == "json":
            click.echo(_as_json(headings, rows))
        elif rows:
            print_table(headings, rows, cut=cut)
        elif none:
            click.echo(none)

    def dictionaries(
        self,
        rows: Sequence[dict[str, Any]],
        *,
        table: Sequence[str] = (),
        none: str = "",
        cut: Sequence[str] = (),
        optional: Sequence[str] = (),
    ) -> None:
        """Prints the dictionaries of `rows_of`.

        table: the columns of the table, so that it fits; all by default. cut: those
        whose texts are cut off where the table is wider than the terminal. optional:
        those that are left out of the table where no row has a value.
        """
        headings = list(rows[0]) if rows else []
        if self.is_table:
            headings = [
                name
                for name in table or headings
                if name not in optional or any(row[name] is not None for row in rows)
            ]
            rows = [{name: row[name] for name in headings} for row in rows]
        self.rows(headings, [list(row.values()) for row in rows], none=none, cut=cut)


def rows_of(
    connection: psycopg.Connection, query: LiteralString, arguments: object = None
) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, arguments).fetchall()


def listing_options(command: Command) -> Command:
    """Gives a command --csv and --json, and the `Output` that they choose."""

    def chosen(
        context: click.Context, parameter: click.Parameter, value: str | None
    ) -> Output:
        del context, parameter
        return Output(value)

    for style in ("json", "csv"):
        command = click.option(
            f"--{style}",
            "output",
            flag_value=style,
            default=None,
            callback=chosen,
            help=f"Print {style.upper()} instead of a table.",
        )(command)
    return command


def blocker_words(connection: psycopg.Connection) -> dict[str, str]:
    """What each blocker means, for a person, from `outreach.blockers`."""
    return dict(
        connection.execute(
            "select blocker, explanation from outreach.blockers()"
        ).fetchall()
    )


def print_table(
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    err: bool = False,
    cut: Sequence[str] = (),
) -> None:
    """A table if it fits the terminal, else one `field: value` line for each field.

    cut: headings of columns whose texts may be cut off so that it fits.
    """
    cells = [[as_text(cell) for cell in row] for row in rows]
    width, _ = shutil.get_terminal_size(_UNKNOWN_WIDTH)
    text, missing = _drawn(headings, cells, width)
    if missing > 0 and cut:
        shorter = _cut_off(headings, cells, cut, missing)
        text, missing = _drawn(headings, shorter, width)
    if missing <= 0:
        click.echo(text, err=err)
        return
    for number, row in enumerate(cells):
        if number:
            click.echo(err=err)
        for heading, cell in zip(headings, row, strict=True):
            click.echo(f"{heading}: {cell}".rstrip(), err=err)


def _drawn(
    headings: Sequence[str], cells: Sequence[Sequence[str]], width: int
) -> tuple[str, int]:
    """The table, and by how much it is wider than `width`; "" if it is."""
    import rich.box
    import rich.console
    import rich.table
    import rich.text

    text = io.StringIO()
    console = rich.console.Console(file=text, width=width, highlight=False, emoji=False)
    box = rich.box.SIMPLE_HEAD if _draws_lines() else rich.box.ASCII2
    table = rich.table.Table(box=box, pad_edge=False, show_edge=False)
    for heading in headings:
        table.add_column(rich.text.Text(heading), no_wrap=True)
    for row in cells:
        table.add_row(*(rich.text.Text(cell) for cell in row))
    unlimited = console.options.update(width=_ANY_WIDTH)
    missing = console.measure(table, options=unlimited).maximum - width
    if missing > 0:
        return "", missing
    console.print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()), missing


def _cut_off(
    headings: Sequence[str],
    cells: Sequence[Sequence[str]],
    cut: Sequence[str],
    missing: int,
) -> list[list[str]]:
    """The cells with texts of `cut` cut off, the longest columns first."""
    from rich.cells import cell_len, set_cell_size

    widths = {
        heading: max(cell_len(row[place]) for row in cells)
        for place, heading in enumerate(headings)
        if heading in cut
    }
    floor = {heading: max(_LEAST_CUT, cell_len(heading)) for heading in widths}
    for _ in range(missing):
        longest = max(widths, key=lambda heading: widths[heading] - floor[heading])
        if widths[longest] <= floor[longest]:
            break
        widths[longest] -= 1

    def shown(heading: str, cell: str) -> str:
        most = widths.get(heading)
        if most is None or cell_len(cell) <= most:
            return cell
        return set_cell_size(cell, most - 1).rstrip() + "…"

    return [
        [shown(heading, cell) for heading, cell in zip(headings, row, strict=True)]
        for row in cells
    ]


def _draws_lines() -> bool:
    return (sys.stdout.encoding or "").lower().startswith("utf")


def as_text(value: object) -> str:
    """A value for people, on one line and with its time zone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        clock = "%H:%M:%S" if value.second or value.microsecond else "%H:%M"
        return f"{value:%Y-%m-%d {clock}} {value.tzname() or 'without a zone'}"
    if isinstance(value, dict | list):
        return escaped(json.dumps(value, ensure_ascii=False, default=str))
    return escaped(str(value))


def _as_csv(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
    return text.getvalue()


def _csv_cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    # A program gets the stored text; a terminal gets no control characters.
    if isinstance(value, str) and sys.stdout.isatty():
        return escaped(value)
    return value


def _as_json(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    objects = [dict(zip(headings, row, strict=True)) for row in rows]
    text = json.dumps(objects, indent=2, ensure_ascii=False, default=_json_value)
    return _UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _json_value(value: object) -> object:
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    return str(value)
