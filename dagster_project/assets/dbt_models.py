"""dbt models as assets, and dbt tests as their checks.

Belongs here: how dbt's names, folders and tests appear in Dagster, and the call of dbt.
Does not: the models themselves (`dbt/`).
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import psycopg
from dagster_dbt import (
    DagsterDbtTranslator,
    DbtCliResource,
    DbtProject,
    dbt_assets,
)

from dagster_project.assets.freshness import FRESHNESS
from dagster_project.assets.groups import group_of
from dagster_project.assets.mart_figures import figures_of
from dagster_project.dbt_project import DBT_PROJECT, DBT_RUNS_FOLDER
from dagster_project.resources import Postgres
from dagster_project.schedules.models import ALL_ROWS_TAG

OWNERS = ["team:data"]
# Of which layer a model is: staging, intermediate or marts.
LAYER_TAG = "trueup/layer"
# Models with one partition per date; every other model is built whole.
MODELS_BY_DATE = frozenset({"daily_account_counters"})


class ModelTranslator(DagsterDbtTranslator):
    """An asset has the name of its model or table, and a group by layer and subject.

    A table whose name a mart has too names its key itself, in its meta.
    local_dates: the partitions of models by date.
    """

    def __init__(self, local_dates: dg.PartitionsDefinition | None = None) -> None:
        super().__init__()
        self._local_dates = local_dates

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        meta = dbt_resource_props.get("config", {}).get("meta", {})
        own_key = meta.get("dagster", {}).get("asset_key")
        return dg.AssetKey(own_key or dbt_resource_props["name"])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        is_source = dbt_resource_props["resource_type"] == "source"
        layer = "sources" if is_source else dbt_resource_props["fqn"][1]
        return group_of(layer, dbt_resource_props["name"])

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        tags = super().get_tags(dbt_resource_props)
        if dbt_resource_props["resource_type"] != "model":
            return tags
        return {**tags, LAYER_TAG: dbt_resource_props["fqn"][1]}

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return dbt_resource_props.get("description") or ""

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:  # noqa: ARG002
        return OWNERS

    def get_partitions_def(
        self, dbt_resource_props: Mapping[str, Any]
    ) -> dg.PartitionsDefinition | None:
        is_by_date = dbt_resource_props["name"] in MODELS_BY_DATE
        return self._local_dates if is_by_date else None

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        is_view = node.get("config", {}).get("materialized") == "view"
        # The memo of the parent holds the spec without this third kind.
        spec = spec.merge_attributes(kinds={"view" if is_view else "table"})
        return spec.replace_attributes(
            freshness_policy=FRESHNESS.get(spec.key.path[-1])
        )

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        if spec is None:
            return None
        return spec._replace(description=test_description(manifest["nodes"][unique_id]))


def test_description(test: Mapping[str, Any]) -> str:
    """What a dbt test says: its yml, else the comment it opens with, else its name."""
    if test.get("description"):
        return test["description"]
    lines = []
    for line in test.get("raw_code", "").splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    if lines:
        return " ".join(lines)
    generic = test.get("test_metadata") or {}
    columns = generic.get("kwargs", {}).get("column_name") or "a row"
    name = generic.get("name", test["name"]).replace("_", " ")
    return (
        f"Fails where {columns} breaks the rule: {name}. What to do: look at the "
        "failing rows; the model is wrong, or somebody wrote past a rule of the tables."
    )


def dbt_models_from(
    manifest: Mapping[str, Any], local_dates: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    """All models as one asset definition, so that a run calls dbt once, not by part."""

    @dbt_assets(
        manifest=manifest,
        project=DBT_PROJECT,
        dagster_dbt_translator=ModelTranslator(local_dates),
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool="dbt",
        name="dbt_models",
    )
    def dbt_models(
        context: dg.AssetExecutionContext,
        dbt: DbtCliResource,
        postgres: dg.ResourceParam[Postgres],
    ) -> Iterator[Any]:
        forget_old_runs(DBT_RUNS_FOLDER)
        target = DBT_RUNS_FOLDER / context.run.run_id
        arguments = dbt_arguments(
            dates_of(context), is_over_all_rows=ALL_ROWS_TAG in context.run.tags
        )
        invocation = dbt.cli(arguments, context=context, target_path=target)
        try:
            with postgres.connect() as connection:
                for event in invocation.stream().fetch_row_counts():
                    yield with_figures(context, connection, event)
        except KeyError as error:
            # dbt reported a node that is not in the manifest, which was parsed earlier.
            raise dg.Failure(
                f"dbt knows {error}, and the dbt project as parsed does not: its files "
                "changed since. Start scripts/up anew."
            ) from error
        # dbt's own log is kept for failed runs only.
        shutil.rmtree(target, ignore_errors=True)

    return dbt_models


def with_figures(
    context: dg.AssetExecutionContext, connection: psycopg.Connection, event: object
) -> object:
    """The event of a mart that was built, with its row count and its plot."""
    if not isinstance(event, dg.Output):
        return event
    key = context.asset_key_for_output(event.output_name)
    if context.assets_def.specs_by_key[key].tags.get(LAYER_TAG) != "marts":
        return event
    figures = figures_of(key.to_user_string(), connection)
    return event.with_metadata({**figures, **event.metadata})


def dates_of(context: dg.AssetExecutionContext) -> dg.PartitionKeyRange | None:
    """The first and last date of the run; None for a run without partitions."""
    if context.has_partition_key:
        return dg.PartitionKeyRange(context.partition_key, context.partition_key)
    if context.has_partition_key_range:
        return context.partition_key_range
    return None


def dbt_arguments(
    dates: dg.PartitionKeyRange | None, *, is_over_all_rows: bool = False
) -> list[str]:
    """dbt's command line: what to build, and which dates of the partitioned models.

    Unit tests run in the test suite. Exposures name readers of marts and build
    nothing. Both are left out.
    """
    arguments = ["build"]
    for left_out in ("unit_test", "exposure"):
        arguments += ["--exclude-resource-type", left_out]
    if is_over_all_rows:
        arguments.append("--full-refresh")
    if dates is not None:
        dates_by_name = {"from_date": dates.start, "to_date": dates.end}
        arguments += ["--vars", json.dumps(dates_by_name)]
    return arguments


def forget_old_runs(folder: Path, kept: int = 10) -> None:
    """Deletes what dbt left of failed runs, but for the newest ones."""
    left = sorted(folder.glob("*"), key=lambda path: path.stat().st_mtime)
    for path in left[:-kept]:
        shutil.rmtree(path, ignore_errors=True)


def test_tables_in(manifest: Mapping[str, Any]) -> dict[str, str]:
    """In which table of `analytics_failures` each dbt test keeps its failing rows."""
    return {
        node["name"]: node["alias"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node["config"].get("store_failures")
    }
