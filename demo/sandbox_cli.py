"""`trueup sandbox`: what the sandbox did, beside what the database knows."""

import pathlib

import click

from trueup.cli.db import print_violations
from trueup.cli.options import script_connection
from trueup.cli.output import Output, listing_options


@click.group()
def sandbox() -> None:
    """The sandbox: compare it with the ledger."""


@sandbox.command("check")
@click.argument(
    "journal",
    type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path),
)
@listing_options
def check_journal(journal: pathlib.Path, output: Output) -> None:
    """Compare the ledger with what the sandbox really sent.

    JOURNAL is the sandbox's journal. Prints what `trueup db check` does as well. Ends
    with 1 if anything differs.

    Example: trueup sandbox check .local/sandbox-journal.jsonl
    """
    from demo.journal_comparison import find_violations

    with script_connection("sandbox check") as connection:
        violations = find_violations(connection, journal)
    print_violations(violations, output)
