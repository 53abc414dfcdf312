"""Fails on whatever updates linkedin_accounts.status past its function (LL#276).

Reads every SQL, Python, yml and shell file of the tree, finds updates by their grammar,
also within functions' bodies and texts put together at run time, and names each.
"""

import pathlib
import sys

import click

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from tests.guards.status_writers import UNREAD_FOLDERS, check_tree
from trueup.paths import PROJECT_ROOT


@click.command(help=__doc__)
@click.argument(
    "root",
    type=click.Path(exists=True, file_okay=False, path_type=pathlib.Path),
    default=PROJECT_ROOT,
)
def main(root: pathlib.Path) -> None:
    """Prints each finding; 1 if there is any."""
    check = check_tree(root)
    for finding in check.findings:
        click.echo(str(finding), err=True)
    click.echo(
        f"Status writers: {check.files} files read, {len(check.findings)} findings, "
        f"{check.marked} on purpose. Not read: {', '.join(sorted(UNREAD_FOLDERS))}."
    )
    sys.exit(bool(check.findings))


if __name__ == "__main__":
    main()
