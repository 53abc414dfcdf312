"""A mart at a past moment, from the rows that existed then.

Belongs here: running a mart's models over temporary views of the past instead of the
tables. Does not: the known history of each table (`meta.past` at its source in
dbt/models/staging) and of each mart, or rebuilding rows (sql/functions/past/).
"""

import graphlib
import json
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Union

import psycopg
from psycopg import sql

from trueup.paths import PROJECT_ROOT

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest
    from dbt.contracts.graph.nodes import ModelNode, SourceDefinition

    Node = Union[ModelNode, SourceDefinition]  # noqa: UP007 - names of strings

_DBT_FOLDER = PROJECT_ROOT / "dbt"


class NoAnswerError(Exception):
    """The mart's past rows are not known; the text is a sentence for a person."""


@dataclass(frozen=True)
class PastMart:
    """A mart's rows at a past moment.

    rule: how far they can be trusted, from the mart's description. as_today: why a
        table was read in its present state, by table.
    """

    columns: Sequence[str]
    rows: Sequence[tuple[object, ...]]
    rule: str
    as_today: dict[str, str]


def past_mart(
    connection: psycopg.Connection,
    name: str,
    at: datetime,
    *,
    workspace_id: int | None = None,
    manifest: "Manifest | None" = None,
) -> PastMart:
    """The rows of mart `name` at the moment `at`, which needs a time zone.

    Rows that were recorded later are not read. The views are temporary and their
    transaction is rolled back. Raises NoAnswerError for a name that is no mart, for a
    mart without history at that moment, and for a future moment.

    manifest: the parsed dbt project, which is copied; without one it is parsed once in
        the process, which takes seconds.
    """
    if at.tzinfo is None:
        raise NoAnswerError(f"{at.isoformat()} names no time zone: end it with Z.")
    _refuse_future(connection, at)
    with tempfile.TemporaryDirectory(prefix="trueup-past-") as folder:
        project = (manifest or _parsed()).deepcopy()
        lineage = _lineage(project, name)
        rule = _answerable(lineage)
        _refuse_emptied(connection, lineage, at)
        queries = _compiled(project, lineage, at, connection.info.dbname, Path(folder))
    with connection.transaction(force_rollback=True):
        for view, query in queries.items():
            connection.execute(
                sql.SQL("create temporary view {} as {}").format(
                    sql.Identifier(view), query
                )
            )
        where = sql.SQL("")
        # A calendar belongs to no workspace.
        if workspace_id is not None and "workspace_id" in lineage[-1].columns:
            where = sql.SQL("where workspace_id = {}").format(workspace_id)
        found = connection.execute(
            sql.SQL("select * from pg_temp.{} {} order by 1, 2, 3, 4").format(
                sql.Identifier(name), where
            )
        )
        rows = found.fetchall()
    as_today = {
        node.name: node.config.meta["past"]["as_today"]
        for node in lineage
        if node.resource_type == "source" and "as_today" in node.config.meta["past"]
    }
    columns = [column.name for column in found.description or ()]
    return PastMart(columns, rows, rule, as_today)


def _refuse_future(connection: psycopg.Connection, at: datetime) -> None:
    row = connection.execute("select clock_timestamp(), clock_timestamp() < %s", [at])
    now, is_future = row.fetchone() or (None, None)
    if is_future:
        raise NoAnswerError(
            f"{at.isoformat()} is yet to come: the database's clock says {now}. "
            "Name a moment that is over."
        )


def _lineage(project: "Manifest", name: str) -> "list[Node]":
    """The mart and its upstream nodes, sources first and the mart last."""
    nodes = {**project.nodes, **project.sources}
    marts = {
        node.name: node
        for node in project.nodes.values()
        if node.resource_type == "model" and node.path.startswith("marts/")
    }
    if name not in marts:
        raise NoAnswerError(
            f"{name} is no mart. The marts are {', '.join(sorted(marts))}."
        )
    parents: dict[str, list[str]] = {}
    waiting = [marts[name].unique_id]
    while waiting:
        unique_id = waiting.pop()
        if unique_id not in parents:
            node = nodes[unique_id]
            is_source = node.resource_type == "source"
            parents[unique_id] = [] if is_source else list(node.depends_on.nodes)
            waiting += parents[unique_id]
    order = graphlib.TopologicalSorter(parents).static_order()
    return [nodes[unique_id] for unique_id in order]


def _answerable(lineage: "Sequence[Node]") -> str:
    """The mart's rule. Raises NoAnswerError if it or a table has no history."""
    mart = lineage[-1]
    past = mart.config.meta.get("past", {})
    lost = {
        node.name: node.config.meta["past"]["lost"]
        for node in lineage
        if "lost" in node.config.meta.get("past", {})
    }
    if lost or "answered" not in past:
        reasons = "".join(f"\n  {name}: {reason}" for name, reason in lost.items())
        raise NoAnswerError(
            f"What {mart.name} said at a past moment is not known:{reasons}"
            if lost
            else f"Nobody has said yet whether {mart.name} can be answered for a past "
            "moment: write meta.past into its yml."
        )
    return past["answered"]


def _refuse_emptied(
    connection: psycopg.Connection, lineage: "Sequence[Node]", at: datetime
) -> None:
    """Raises NoAnswerError if the items of reads from that time were deleted."""
    for node in lineage:
        past = node.config.meta.get("past", {})
        row = connection.execute(
            "select max(ended_at) from ("
            " select ended_at, started_at, %(span)s::interval as span"
            " from outreach.provider_reads"
            " where items_emptied_at is not null and item_count > 0"
            " union all"
            " select ended_at, started_at, %(wide_span)s::interval"
            " from outreach.provider_wide_reads"
            " where items_emptied_at is not null and item_count > 0"
            ") as emptied"
            " where started_at > %(at)s - span and started_at <= %(at)s",
            {
                "at": at,
                "span": past.get("needs_items_of_last"),
                "wide_span": past.get("needs_wide_items_of_last"),
            },
        ).fetchone()
        if row is not None and row[0] is not None:
            raise NoAnswerError(
                f"What {lineage[-1].name} said at {at.isoformat()} is not known: what "
                "the provider's lists showed then is kept until its bound in "
                f"outreach.retention_bounds, and was emptied up to {row[0]}. Name a "
                "later moment."
            )


def _parsed() -> "Manifest":
    from trueup.marts import dbt_in_process

    try:
        return dbt_in_process.parsed_manifest()
    except dbt_in_process.DbtFailureError as error:
        raise NoAnswerError(f"dbt could not parse the models: {error}") from None


def _compiled(
    project: "Manifest",
    lineage: "Sequence[Node]",
    at: datetime,
    database: str,
    folder: Path,
) -> dict[str, sql.Composable]:
    """The query of each view of the past by its name, in the order to make them."""
    for node in (*project.nodes.values(), *project.sources.values()):
        node.database = database
    for node in lineage:
        node.schema = "pg_temp"
        if node.resource_type == "model":
            node.constraints = []  # a view has none
        else:
            node.identifier = _view_of(node)
    as_of = f"'{at.isoformat()}'::timestamptz"
    outcome = _dbt(
        project,
        folder,
        "compile",
        *("--select", f"+{lineage[-1].name}", "--vars", json.dumps({"as_of": as_of})),
    )
    texts = {
        result.node.unique_id: result.node.compiled_code for result in outcome.result
    }
    return {
        _view_of(node): _past_rows(node, at)
        if node.resource_type == "source"
        else sql.SQL(texts[node.unique_id])
        for node in lineage
    }


def _view_of(node: "Node") -> str:
    """A table and a mart can have the same name."""
    return f"source_{node.name}" if node.resource_type == "source" else node.name


def _past_rows(source: "SourceDefinition", at: datetime) -> sql.Composable:
    past = source.config.meta["past"]
    table = sql.Identifier("outreach", source.name)
    if "recorded_in" in past:
        return sql.SQL("select * from {} where {} <= {}").format(
            table, sql.Identifier(past["recorded_in"]), sql.Literal(at)
        )
    if "rebuilt_by" in past:
        return sql.SQL("select * from {}({})").format(
            sql.Identifier("outreach", past["rebuilt_by"]), sql.Literal(at)
        )
    return sql.SQL("select * from {}").format(table)


def _dbt(project: "Manifest", folder: Path, command: str, *arguments: str):  # noqa: ANN202
    from dbt.cli.main import dbtRunner

    flags = [
        f"--project-dir={_DBT_FOLDER}",
        f"--profiles-dir={_DBT_FOLDER}",
        f"--target-path={folder}",
        f"--log-path={folder}",
        "--log-level=none",
        "--log-level-file=none",
        # Neither dbt's artifacts nor what is built in the database is read.
        "--no-write-json",
        "--no-populate-cache",
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dbt's own
        outcome = dbtRunner(manifest=project).invoke([command, *flags, *arguments])
    if not outcome.success:
        raise NoAnswerError(f"dbt could not {command} the models: {outcome.exception}")
    return outcome
