"""`trueup alert`: alerts of checks and runs."""

import click

from trueup.cli.finding import workspace_id_of
from trueup.cli.options import script_connection, workspace_option
from trueup.cli.output import Output, listing_options, rows_of


@click.group()
def alert() -> None:
    """Alerts: list what is open."""


@alert.command("list")
@workspace_option("Only this workspace, by its name or id.")
@click.option("--all", "with_resolved", is_flag=True, help="Resolved ones as well.")
@listing_options
def list_alerts(workspace: str | None, with_resolved: bool, output: Output) -> None:
    """List open alerts, the newest first.

    Workspace 0 has alerts that concern no single workspace, such as a failed run.

    Example: trueup alert list --workspace PIPL
    """
    with script_connection("alert list") as connection:
        rows = rows_of(
            connection,
            "select * from outreach.list_alerts(%s, %s)",
            [workspace_id_of(connection, workspace), with_resolved],
        )
    output.dictionaries(rows, none="No alert is open.")
