"""What every dbt file must say of itself, read from the parsed project.

Belongs here: descriptions, contracts, keys and layers. Does not: what models compute.
"""

import re

import pytest
import yaml
from dbt.artifacts.resources import NodeConfig

from tests.support.dbt_runner import DBT_FOLDER, parsed_manifest

LAYERS = ("staging", "intermediate", "marts")
SCHEMAS = {
    "staging": "analytics_staging",
    "intermediate": "analytics_intermediate",
    "marts": "analytics",
}
ALERTS = {
    "a_next_action_is_stale": "warn",
    "a_reply_has_no_accept": "warn",
    "an_accept_leaked_to_a_campaign": "warn",
    "a_send_is_outside_its_window": "error",
    "an_accept_was_seen_by_one_signal_only": "warn",
    "an_account_is_over_a_cap": "error",
    "counter_differs_from_the_truth": "warn",
    "counter_without_events_for_two_hours": "warn",
    "next_action_at_and_run_at_differ": "warn",
}


def nodes(resource_type):
    """The project's own nodes of one kind."""
    return [
        node
        for node in parsed_manifest().nodes.values()
        if node.resource_type == resource_type and node.package_name == "trueup"
    ]


def layer(model):
    return model.path.split("/")[0]


def marts():
    return [model for model in nodes("model") if layer(model) == "marts"]


def singular_tests():
    return [test for test in nodes("test") if test.test_node_type == "singular"]


def test_every_source_and_its_database_table_is_described():
    undescribed = [
        source.name
        for source in parsed_manifest().sources.values()
        if not source.description or not source.source_description
    ]
    assert undescribed == []


def test_every_model_and_column_is_described():
    undescribed = [
        f"{model.name}.{column.name}"
        for model in nodes("model")
        for column in model.columns.values()
        if not column.description
    ] + [model.name for model in nodes("model") if not model.description]
    assert undescribed == []


def test_every_model_says_its_grain():
    silent = [
        model.name
        for model in nodes("model")
        if "one row" not in model.description.lower()
    ]
    assert silent == []


def test_every_model_has_one_yml_of_its_own_name():
    elsewhere = [
        model.name
        for model in nodes("model")
        if model.patch_path != f"trueup://models/{model.path[: -len('.sql')]}.yml"
    ]
    assert elsewhere == []


def test_every_mart_is_under_contract_and_readable_by_analysts():
    loose = [
        model.name
        for model in marts()
        if not model.config.contract.enforced
        or model.config.grants != {"select": ["analyst"]}
    ]
    assert loose == []


def test_every_mart_has_a_primary_key_test():
    keyed = {
        test.attached_node
        for test in nodes("test")
        if test.test_node_type == "generic"
        and test.test_metadata.name in ("unique_combination", "primary_key")
    }
    assert [model.name for model in marts() if model.unique_id not in keyed] == []


def test_every_layer_builds_in_its_own_schema():
    elsewhere = [
        model.name
        for model in nodes("model")
        if model.config.schema != SCHEMAS[layer(model)]
    ]
    assert elsewhere == []


def test_only_staging_reads_sources():
    readers = {
        model.name
        for model in nodes("model")
        if model.sources and layer(model) != "staging"
    }
    assert readers == set()


def test_staging_reads_exactly_one_source_and_nothing_else():
    others = [
        model.name
        for model in nodes("model")
        if layer(model) == "staging" and (len(model.sources) != 1 or model.refs)
    ]
    assert others == []


def test_every_source_has_its_staging_model():
    staged = {model.name for model in nodes("model") if layer(model) == "staging"}
    tables = {f"stg_{source.name}" for source in parsed_manifest().sources.values()}
    assert staged == tables


def test_no_model_reads_the_clock_itself():
    pattern = re.compile(
        r"\b(now|clock_timestamp|statement_timestamp)\s*\(|\bcurrent_(date|time)",
        re.IGNORECASE,
    )
    readers = [
        node.name
        for node in nodes("model") + nodes("test")
        if pattern.search(node.raw_code)
    ]
    assert readers == []


def test_no_mart_reads_its_own_old_rows():
    readers = [
        model.name for model in marts() if re.search(r"from.*\bthis\b", model.raw_code)
    ]
    assert readers == []


def test_every_alert_carries_what_an_alert_needs():
    silent = [
        f"{test.name} lacks {column}"
        for test in singular_tests()
        for column in ("workspace_id,", " as subject,", " as message")
        if column not in test.raw_code
    ]
    assert silent == []


def test_every_alert_opens_with_what_fails_and_what_to_do():
    silent = [
        test.name
        for test in singular_tests()
        if not test.raw_code.startswith("-- Fails for each ")
        or "What to do:" not in test.raw_code.split("{{")[0]
    ]
    assert silent == []


def test_every_alert_with_several_models_names_one_for_dagster():
    models = {model.name for model in nodes("model")}
    nameless = [
        test.name
        for test in singular_tests()
        if len(test.refs) > 1
        and test.config.meta.get("dagster", {}).get("ref", {}).get("name") not in models
    ]
    assert nameless == []


def test_the_alerts_of_the_design_are_there_with_their_severity():
    severities = {test.name: test.config.severity.lower() for test in singular_tests()}
    assert ALERTS.items() <= severities.items()


def test_failing_rows_are_kept():
    lost = [
        test.name
        for test in nodes("test")
        if not test.config.store_failures or test.config.schema != "analytics_failures"
    ]
    assert lost == []


@pytest.mark.parametrize("forbidden", ["packages.yml", "dependencies.yml"])
def test_no_dbt_package_is_needed(forbidden):
    assert not (DBT_FOLDER / forbidden).exists()


# dbt keeps settings that it does not know, and does nothing with them.
ADAPTER_SETTINGS = {"model": {"indexes"}}
# What dbt_project.yml sets for a folder also reaches kinds that have no such setting.
INHERITED = {"analysis": {"access"}, "operation": {"access"}}


def unknown_settings(resource_type, config):
    known = ADAPTER_SETTINGS.get(resource_type, set())
    return set(config._extra) - known - INHERITED.get(resource_type, set())


def test_no_setting_is_unknown_to_dbt():
    manifest = parsed_manifest()
    unknown = {
        (node.name, setting)
        for node in [*manifest.nodes.values(), *manifest.sources.values()]
        for setting in unknown_settings(str(node.resource_type), node.config)
    }
    assert unknown == set()


def test_a_misspelt_setting_is_found():
    config = NodeConfig.from_dict({"materialised": "table", "indexes": []})
    assert unknown_settings("model", config) == {"materialised"}


KEYS = {
    "models": {
        "name",
        "description",
        "config",
        "columns",
        "data_tests",
        "access",
        "time_spine",
    },
    "columns": {
        "name",
        "description",
        "data_type",
        "data_tests",
        "constraints",
        "config",
        "granularity",
    },
}


def misplaced_keys(properties):
    """Keys beside the known ones, by the kind of thing that has them."""
    return [
        (kind, key)
        for model in properties.get("models", [])
        for kind, one in [
            ("models", model),
            *(("columns", column) for column in model.get("columns", [])),
        ]
        for key in set(one) - KEYS[kind] - {"constraints"}
    ]


def test_no_property_of_a_model_is_misspelt():
    found = {
        path.name: keys
        for path in sorted((DBT_FOLDER / "models").rglob("*.yml"))
        if (keys := misplaced_keys(yaml.safe_load(path.read_text())))
    }
    assert found == {}


def test_a_misspelt_property_is_found():
    model = {"name": "m", "descripton": "x", "columns": [{"name": "a", "test": []}]}
    assert misplaced_keys({"models": [model]}) == [
        ("models", "descripton"),
        ("columns", "test"),
    ]
