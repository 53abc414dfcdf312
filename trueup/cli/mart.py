"""`trueup mart`: derived figures."""

import datetime as dt
import os
from typing import Any

import click

from trueup.cli.finding import person_of, workspace_id_of
from trueup.cli.options import Moment, script_connection, workspace_option
from trueup.cli.output import Output, listing_options
from trueup.cli.sentences import RefusalError, say

_GRAINS = ("__day", "__week", "__month", "__quarter", "__year")


@click.group()
def mart() -> None:
    """Figures: worked questions, metrics, and a mart at a past moment."""


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


@mart.command("question")
@click.argument("name", required=False)
@click.option(
    "--prospect",
    metavar="PERSON",
    help="For a question about one person: their name, profile's address, email or id.",
)
@workspace_option("Of this workspace, if several know the person; its name or id.")
@click.option("--sql", "only_sql", is_flag=True, help="Print the SQL, and ask nothing.")
@listing_options
def question(
    name: str | None,
    prospect: str | None,
    workspace: str | None,
    only_sql: bool,
    output: Output,
) -> None:
    """Ask one of the worked questions, or list them.

    NAME is a question's; without one, all are listed with what they answer. It is asked
    as the role analyst, which can read the marts and nothing else. Below the table it
    says how old the figures are. --sql prints the question with the marts' names filled
    in, for psql or another tool.

    Example: trueup mart question what_holds_back_each_campaign --csv
    """
    from trueup.marts.questions import (
        NoQuestionError,
        asked,
        listed_questions,
        plain_question,
    )

    if name is None:
        _list_questions(listed_questions(), output)
        return
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    variables = {}
    if prospect is not None:
        with script_connection("mart question") as connection:
            person = person_of(connection, prospect, workspace)
        variables = {
            "workspace_id": person.workspace_id,
            "prospect_id": person.found_id,
        }
    try:
        with script_connection("mart question", role="analyst") as connection:
            plain = plain_question(name, connection.info.dbname, variables)
            if only_sql:
                click.echo(plain.sql)
                return
            answer = asked(connection, plain)
    except NoQuestionError as refusal:
        raise RefusalError(str(refusal)) from None
    output.rows(answer.columns, answer.rows, none="The answer has no rows.")
    if output.is_table:
        say(answer.age)


@mart.command("metric")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--by",
    "dimensions",
    metavar="DIMENSION",
    multiple=True,
    help="Group by it, such as metric_time__week. May be given more than once.",
)
@click.option("--sql", "only_sql", is_flag=True, help="Print the SQL, and ask nothing.")
@listing_options
def metric(
    names: tuple[str, ...], dimensions: tuple[str, ...], only_sql: bool, output: Output
) -> None:
    """Compute metrics, for any grouping, or list them.

    NAME is a metric's, such as accept_rate; without one, all are listed with what they
    count. They are asked as the role analyst. An unknown DIMENSION is answered with
    those that there are.

    Example: trueup mart metric accept_rate --by metric_time__week
    """
    from trueup.marts.metrics import listed_metrics, plain_metrics
    from trueup.marts.questions import NoQuestionError, asked

    if not names:
        _list_questions(listed_metrics(), output, ("metric", "counts"))
        return
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    try:
        plain = plain_metrics(names, dimensions)
        if only_sql:
            click.echo(plain.sql)
            return
        with script_connection("mart metric", role="analyst") as connection:
            answer = asked(connection, plain)
    except NoQuestionError as refusal:
        raise RefusalError(str(refusal)) from None
    rows = [
        [_dated(column, cell) for column, cell in zip(answer.columns, row, strict=True)]
        for row in answer.rows
    ]
    output.rows(answer.columns, rows, none="The answer has no rows.")
    if output.is_table:
        say(answer.age)


def _dated(column: str, cell: Any) -> Any:  # noqa: ANN401
    """A date of a metric, for which MetricFlow's SQL has the moment of its midnight."""
    is_date = column.endswith(_GRAINS) and isinstance(cell, dt.datetime)
    return cell.date() if is_date else cell


def _list_questions(
    questions: list[tuple[str, str]],
    output: Output,
    columns: tuple[str, str] = ("question", "answers"),
) -> None:
    if not output.is_table:
        output.rows(columns, questions)
        return
    for name, description in questions:
        say(name)
        click.echo(click.wrap_text(description, 80, "  ", "  "))
