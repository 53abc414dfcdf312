"""`trueup alert`: alerts of checks and runs."""

import click

from trueup.cli.finding import workspace_id_of
from trueup.cli.options import script_connection, workspace_option
from trueup.cli.output import Output, listing_options, rows_of
from trueup.cli.row_ids import ROW_ID
from trueup.cli.sentences import SentenceError, say


@click.group()
def alert() -> None:
    """Alerts: list what is open, close what was dealt with."""


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


@alert.command("close")
@click.argument("alert_id", type=ROW_ID)
def close_alert(alert_id: int) -> None:
    """Close an open alert that a person has dealt with.

    ALERT_ID is the alert's id, which `alert list` shows. A check that still finds the
    same opens it again when it next runs.

    Example: trueup alert close 12
    """
    with script_connection("alert close", role="operator") as connection:
        row = connection.execute(
            "select alerts.code, alerts.subject, outreach.resolve_admin_alert("
            "alerts.workspace_id, alerts.code, alerts.subject)"
            " from outreach.linkedin_admin_alerts as alerts"
            " where alerts.alert_id = %s and alerts.resolved_at is null",
            [alert_id],
        ).fetchone()
    if row is None:
        raise SentenceError(f"No open alert has the id {alert_id}; see `alert list`.")
    code, subject, _ = row
    say(f"Alert {alert_id} ({code}, {subject}) is closed.")
