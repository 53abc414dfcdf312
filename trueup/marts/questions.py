"""The worked questions of dbt/analyses: listed, written as plain SQL, and asked.

Belongs here: their names, their SQL with the marts' names filled in, and how old the
tables are that an answer comes from. Does not: the questions, or printing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import psycopg
import yaml

from trueup.paths import PROJECT_ROOT

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

_FOLDER = PROJECT_ROOT / "dbt" / "analyses"
# Of the job refresh_stats, which builds the tables again each hour.
BUILD_MINUTE = 7


class NoQuestionError(Exception):
    """There is no such question, or no answer yet; the text is a sentence."""


@dataclass(frozen=True)
class Answer:
    """What came of a question. age: a sentence about how old its figures are."""

    columns: Sequence[str]
    rows: Sequence[tuple[object, ...]]
    age: str


@dataclass(frozen=True)
class PlainQuestion:
    """A question as psql takes it. relations: the tables that it is answered from."""

    sql: str
    relations: Sequence[str]


def listed_questions() -> list[tuple[str, str]]:
    """Each question's name and what it answers, in the order of their file."""
    (path,) = _FOLDER.glob("*.yml")
    described = yaml.safe_load(path.read_text(encoding="utf-8"))["analyses"]
    return [(one["name"], " ".join(one["description"].split())) for one in described]


def plain_question(
    name: str, database: str, variables: dict[str, int]
) -> PlainQuestion:
    """The question's SQL by dbt, which takes seconds.

    variables: of dbt, such as {"workspace_id": 1, "prospect_id": 168}. Raises
    NoQuestionError for an unknown name.
    """
    names = [known for known, _ in listed_questions()]
    if name not in names:
        raise NoQuestionError(
            f"There is no question {name}. `trueup mart question` lists them."
        )
    from trueup.marts import dbt_in_process

    arguments = ["compile", "--select", name, "--vars", json.dumps(variables)]
    outcome = dbt_in_process.invoke(arguments, database)
    dbt_in_process.statuses(outcome)
    (node,) = (one.node for one in outcome.result if one.node.name == name)
    tables = _tables_below(dbt_in_process.manifest_for(database), node.unique_id)
    return PlainQuestion(node.compiled_code.strip(), tables)


def asked(connection: psycopg.Connection, question: PlainQuestion) -> Answer:
    """The answer, by a connection in autocommit that may only read.

    Raises NoQuestionError if the marts are not built.
    """
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("set transaction read only")
            # Written by dbt from a file of the project.
            found = connection.execute(cast("Any", question.sql))
            rows = found.fetchall()
            built_at = _built_at(connection, question.relations)
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        raise NoQuestionError(
            f"The marts are not built yet. {_NEXT} To build them at once: "
            "scripts/up --once."
        ) from None
    columns = [column.name for column in found.description or ()]
    return Answer(columns, rows, _age(built_at))


_NEXT = (
    f"scripts/up builds them at {BUILD_MINUTE} minutes past each hour; the first build "
    "takes a few minutes."
)


def _age(built_at: str | None) -> str:
    if built_at is None:
        return "As of now."
    return (
        f"As of {built_at}, the last build; the next is at {BUILD_MINUTE} minutes past "
        "the hour, while scripts/up runs."
    )


def _built_at(connection: psycopg.Connection, relations: Sequence[str]) -> str | None:
    """The earliest moment in the comments of these tables, as dbt writes it."""
    row = connection.execute(
        "select min(substring(obj_description(relation::regclass, 'pg_class')"
        " from 'As of: (.*)\\.$')) from unnest(%s::text[]) as relations (relation)",
        [list(relations)],
    ).fetchone()
    return row[0] if row else None


def _tables_below(manifest: "Manifest", unique_id: str) -> list[str]:
    """The stored tables that a node reads, itself or through views."""
    tables, seen = [], set()
    waiting = list(manifest.nodes[unique_id].depends_on.nodes)
    while waiting:
        node = manifest.nodes.get(waiting.pop())
        if node is None or node.unique_id in seen or node.resource_type != "model":
            continue
        seen.add(node.unique_id)
        if node.config.materialized == "view":
            waiting += node.depends_on.nodes
        else:
            tables.append(f'"{node.schema}"."{node.alias}"')
    return sorted(tables)
