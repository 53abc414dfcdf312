"""`trueup workspace`: the tenants."""

import click

from trueup.cli.options import script_connection
from trueup.cli.output import Output, listing_options, rows_of


@click.group()
def workspace() -> None:
    """Tenants: list them."""


@workspace.command("list")
@listing_options
def list_workspaces(output: Output) -> None:
    """List the workspaces with their numbers of accounts and campaigns.

    --csv and --json also show the provider and when each was created.

    Example: trueup workspace list --json
    """
    with script_connection("workspace list") as connection:
        rows = rows_of(connection, "select * from outreach.list_workspaces()")
    columns = ("workspace_id", "workspace", "accounts", "campaigns")
    output.dictionaries(rows, table=columns, none="There is no workspace yet.")
