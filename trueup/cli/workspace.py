"""`trueup workspace`: the tenants."""

import click

from trueup.cli.options import script_connection
from trueup.cli.output import Output, listing_options


@click.group()
def workspace() -> None:
    """Tenants: list them."""


@workspace.command("list")
@listing_options
def list_workspaces(output: Output) -> None:
    """List the workspaces with their numbers of accounts and campaigns.

    Example: trueup workspace list --json
    """
    with script_connection("workspace list") as connection:
        rows = output.query(connection, "select * from outreach.list_workspaces()")
    output.dictionaries(rows, none="There is no workspace yet.")
