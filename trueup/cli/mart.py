"""`trueup mart`: derived figures."""

import datetime as dt
import os

import click

from trueup.cli.finding import workspace_id_of
from trueup.cli.options import Moment, script_connection, workspace_option
from trueup.cli.output import Output, listing_options
from trueup.cli.sentences import RefusalError, say


@click.group()
def mart() -> None:
    """Figures: a mart at a past moment."""


@mart.command("as-of")
@click.argument("mart")
@click.option(
    "--at",
    metavar="MOMENT",
    required=True,
    type=Moment(),
    help="The moment with its time zone, such as 2026-04-28T12:00Z.",
)
@workspace_option("Only this workspace, by its name or id.")
@listing_options
def as_of(mart: str, at: dt.datetime, workspace: str | None, output: Output) -> None:
    """Print a mart as it was at a past moment.

    MART is a mart's name, such as campaign_accept_stats. It is built from the rows that
    existed then. If it depends on rows that change in place, the command names them and
    prints no figure. Reads only, and does not change the marts.

    \b
    Example: trueup mart as-of campaign_accept_stats \\
        --at 2026-04-28T12:00Z --workspace PIPL
    """
    from trueup.marts.past import NoAnswerError, past_mart

    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    try:
        with script_connection("mart as-of") as connection:
            workspace_id = workspace_id_of(connection, workspace)
            answer = past_mart(connection, mart, at, workspace_id=workspace_id)
    except NoAnswerError as refusal:
        raise RefusalError(str(refusal)) from None
    output.rows(answer.columns, answer.rows, none=f"{mart} had no rows then.")
    if output.is_table:
        say(answer.rule)
        for name, reason in answer.as_today.items():
            say(f"{name} as it is today: {reason}")
