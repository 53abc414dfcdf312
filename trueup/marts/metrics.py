"""Metrics of dbt/models/semantic_models.yml, written as SQL by MetricFlow.

Belongs here: their names, what they can be grouped by, and their SQL. Does not: what
they mean, which the file says, or asking, which `trueup.marts.questions` does.
"""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import yaml

from trueup.marts.questions import NoQuestionError, PlainQuestion
from trueup.paths import PROJECT_ROOT

if TYPE_CHECKING:
    from metricflow.engine.metricflow_engine import MetricFlowEngine

_FILE = PROJECT_ROOT / "dbt" / "models" / "semantic_models.yml"


def listed_metrics() -> list[tuple[str, str]]:
    """Each metric's name and what it counts, in the order of their file."""
    described = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["metrics"]
    return [(one["name"], one["description"]) for one in described]


def plain_metrics(names: Sequence[str], dimensions: Sequence[str]) -> PlainQuestion:
    """The SQL of metrics, grouped by dimensions and in their order; takes seconds.

    names: one or more. dimensions: such as metric_time__week. Raises NoQuestionError
    for an unknown name, and for a dimension by which not all of the metrics can be
    grouped.
    """
    known = [name for name, _ in listed_metrics()]
    for name in names:
        if name not in known:
            raise NoQuestionError(
                f"There is no metric {name}. `trueup mart metric` lists them."
            )
    with warnings.catch_warnings():
        # Imports of MetricFlow warn; the project's code is not affected.
        warnings.simplefilter("ignore")
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

        engine, relations = _engine()
        allowed = {
            one.dunder_name
            for one in engine.simple_dimensions_for_metrics(list(names), ())
        }
        for dimension in dimensions:
            if dimension not in allowed:
                raise NoQuestionError(
                    f"{', '.join(names)} cannot be grouped by {dimension}, but by "
                    f"{', '.join(sorted(allowed))}."
                )
        request = MetricFlowQueryRequest.create(
            metric_names=names, group_by_names=dimensions, order_by_names=dimensions
        )
        query = engine.explain(request).sql_statement.sql
    return PlainQuestion(query, [each for each in relations if each in query])


def _engine() -> "tuple[MetricFlowEngine, list[str]]":
    """MetricFlow for the marts of whichever database asks, and their names."""
    from metricflow.engine.metricflow_engine import MetricFlowEngine
    from metricflow.protocols.sql_client import SqlEngine
    from metricflow.sql.render.postgres import PostgresSQLSqlPlanRenderer
    from metricflow_semantic_interfaces.implementations.semantic_manifest import (
        PydanticSemanticManifest,
    )
    from metricflow_semantic_interfaces.transformations import (
        semantic_manifest_transformer,
    )
    from metricflow_semantics.model.semantic_manifest_lookup import (
        SemanticManifestLookup,
    )

    from trueup.marts import dbt_in_process

    class Dialect:
        """What MetricFlow asks of a client that writes SQL and runs none."""

        sql_engine_type = SqlEngine.POSTGRES
        sql_plan_renderer = PostgresSQLSqlPlanRenderer()

    dbt_in_process.parsed_manifest()
    path = dbt_in_process.target_folder() / "semantic_manifest.json"
    manifest = PydanticSemanticManifest.parse_raw(path.read_text(encoding="utf-8"))
    spines = manifest.project_configuration.time_spines
    relations = []
    for described in (*manifest.semantic_models, *spines):
        relation = described.node_relation
        relation.relation_name = f'"{relation.schema_name}"."{relation.alias}"'
        relations.append(relation.relation_name)
    transformer = semantic_manifest_transformer.PydanticSemanticManifestTransformer
    lookup = SemanticManifestLookup(transformer.transform(manifest))
    return MetricFlowEngine(lookup, Dialect()), relations
