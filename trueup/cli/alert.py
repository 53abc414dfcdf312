"""`trueup alert`: alerts of checks, runs and accounts."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import click

from trueup.cli.finding import workspace_id_of
from trueup.cli.options import actor_option, script_connection, workspace_option
from trueup.cli.output import Output, as_text, listing_options, rows_of
from trueup.cli.row_ids import ROW_ID
from trueup.cli.sentences import RefusalError, SentenceError, say

_WIDTH = 80


@click.group()
def alert() -> None:
    """Alerts: list, acknowledge and close them, and test where they go."""


@alert.command("list")
@workspace_option("Only this workspace, by its name or id.")
@click.option(
    "--all", "with_resolved", is_flag=True, help="Resolved ones and news as well."
)
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
    if rows and output.is_table:
        _print_alerts(rows)
    else:
        output.dictionaries(rows, none="No alert is open.")


def _print_alerts(rows: Sequence[Mapping[str, Any]]) -> None:
    """Each alert as its id, its kind and since when, what is so, and what to do."""
    for number, row in enumerate(rows):
        if number:
            say("")
        name = row["code"].replace("_", " ")
        place = ", ".join(part for part in (row["workspace"], row["subject"]) if part)
        say(f"Alert {row['alert_id']}, {name}: {place}")
        for state in ("opened", "resolved", "acknowledged"):
            if row[f"{state}_at"] is not None:
                by = row["acknowledged_by"] if state == "acknowledged" else None
                said = f"  {state} {as_text(row[f'{state}_at'].replace(microsecond=0))}"
                say(said + (f" by {by}" if by else ""))
        for line in dict.fromkeys((row["message"], row["what_to_do"])):
            if line:
                say(click.wrap_text(line, _WIDTH, "  ", "  ", preserve_paragraphs=True))


@alert.command("close")
@click.argument("alert_id", type=ROW_ID)
def close_alert(alert_id: int) -> None:
    """Close an open alert that a person has dealt with.

    ALERT_ID is the alert's id, which `alert list` shows. A check that still finds the
    same opens it again when it next runs. An alert about an account closes only when
    the account is connected again.

    Example: trueup alert close 12
    """
    with script_connection("alert close", role="operator") as connection:
        row = connection.execute(
            "select alerts.code, alerts.subject, alerts.details ->> 'closes_when',"
            " alerts.details ? 'closes_when' or outreach.resolve_admin_alert("
            "alerts.workspace_id, alerts.code, alerts.subject)"
            " from outreach.linkedin_admin_alerts as alerts"
            " where alerts.alert_id = %s and alerts.resolved_at is null",
            [alert_id],
        ).fetchone()
    if row is None:
        raise SentenceError(f"No open alert has the id {alert_id}; see `alert list`.")
    code, subject, closes_when, _ = row
    if closes_when is not None:
        raise RefusalError(
            f"Alert {alert_id} ({code}, {subject}) closes by itself when "
            f"{closes_when}. Say that you know of it: `trueup alert acknowledge "
            f"{alert_id}`."
        )
    say(f"Alert {alert_id} ({code}, {subject}) is closed.")


@alert.command("acknowledge")
@click.argument("alert_id", type=ROW_ID)
@actor_option
def acknowledge_alert(alert_id: int, actor: str) -> None:
    """Say that you know of an alert, so that others see who does.

    ALERT_ID is the alert's id, which `alert list` shows. The alert stays open until it
    is resolved. Writes at once.

    Example: trueup alert acknowledge 12
    """
    with script_connection("alert acknowledge", role="operator") as connection:
        row = connection.execute(
            "select alerts.code, alerts.subject, outreach.acknowledge_admin_alert("
            "alerts.workspace_id, alerts.alert_id, %s)"
            " from outreach.linkedin_admin_alerts as alerts where alerts.alert_id = %s",
            [actor, alert_id],
        ).fetchone()
    if row is None:
        raise SentenceError(f"No alert has the id {alert_id}; see `alert list`.")
    code, subject, is_first = row
    said = f"acknowledged by {actor}" if is_first else "acknowledged already"
    say(f"Alert {alert_id} ({code}, {subject}) is {said}.")


@alert.command("test")
def send_test_alert() -> None:
    """Send a test alert to each address in TRUEUP_ALERT_URLS.

    Prints which of them took it, without their passwords. Exits with 1 if one did not.

    Example: trueup alert test
    """
    from trueup.alerts.delivery import SETTING, UnusableAlertAddressError, send_test

    addresses = os.environ.get(SETTING, "").strip()
    if not addresses:
        raise SentenceError(
            f"{SETTING} is not set, so alerts are kept and not sent. Set it to Apprise "
            "addresses, such as a Slack incoming-webhook address."
        )
    try:
        answers = send_test(addresses)
    except UnusableAlertAddressError as error:
        raise SentenceError(str(error)) from None
    for answer in answers:
        if answer.is_taken:
            say(f"Took it: {answer.name}.")
        else:
            say(f"Did not take it: {answer.name}: {answer.error}")
    refused = sum(not answer.is_taken for answer in answers)
    if refused:
        raise RefusalError(f"{refused} of {len(answers)} addresses took no test alert.")
