"""Both code locations: they load, everything is described, lineage holds, dbt runs."""

import datetime as dt
import importlib
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter

import dagster as dg
import pytest
import yaml

from dagster_project import sender_definitions
from dagster_project.assets.freshness import FRESHNESS
from dagster_project.assets.send_queue import drain_metadata
from dagster_project.resources import Postgres
from dagster_project.sensors.admin_alerts import WATCHED_JOBS
from tests.support.asset_graphs import key, names_of
from tests.support.ledger_rows import insert_attempt, loading
from tests.support.rows import NOON, make_account, make_workspace
from trueup.marts.questions import BUILD_MINUTE
from trueup.paths import PROJECT_ROOT
from trueup.sender import DrainReport

# Imports of dagster_dbt and a name of pydantic that dagster still reads by its old one.
pytestmark = [
    pytest.mark.filterwarnings("ignore:sqlglotrs is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The .__fields__. attribute is deprecated"),
]


# What writes the tables that dbt reads, in the sender's location.
WRITERS = {
    "inbound_events",
    "polled_lists",
    "polled_replies",
    "refreshed_accounts",
    "resolved_accepts",
    "send_queue",
    "webhook_subscriptions",
}


def test_the_models_location_validates(models):
    dg.Definitions.validate_loadable(models)


def test_the_senders_location_validates():
    dg.Definitions.validate_loadable(sender_definitions.defs)


def test_the_workspace_names_both_locations_and_their_modules():
    workspace = yaml.safe_load((PROJECT_ROOT / "workspace.yaml").read_text())
    modules = [entry["python_module"] for entry in workspace["load_from"]]

    assert [(m["location_name"], m["module_name"]) for m in modules] == [
        ("models", "dagster_project.definitions"),
        ("sender", "dagster_project.sender_definitions"),
    ]
    assert {m["working_directory"] for m in modules} == {"."}


def test_the_senders_location_never_imports_dagster_dbt():
    said = loaded_modules("dagster_project.sender_definitions")

    assert "dagster_project.sender_definitions" in said
    assert "dagster_dbt" not in said
    assert "dbt" not in said


def loaded_modules(module):
    finished = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys, {module}; print(*sys.modules, sep='\\n')",
        ],
        cwd=PROJECT_ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return finished.stdout.splitlines()


def test_dg_finds_the_definitions_by_the_names_in_the_projects_settings():
    settings = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())["tool"][
        "dg"
    ]
    named = settings["project"]
    module = importlib.import_module(named["code_location_target_module"])

    assert settings["directory_type"] == "project"
    assert module.__name__.startswith(f"{named['root_module']}.")
    assert callable(module.defs)
    # Without a DAGSTER_HOME, dg takes an instance that stands in the project's folder.
    assert not (PROJECT_ROOT / "dagster.yaml").exists()


def test_a_missing_manifest_is_made_else_a_sentence_says_what_to_run(
    monkeypatch, tmp_path
):
    from dagster_project import dbt_project as project

    asked = []

    def parse(self, arguments, *, target_path, raise_on_error):
        asked.append((arguments, target_path, raise_on_error))
        return Parsed(target_path / "manifest.json" if len(asked) > 1 else None)

    class Parsed:
        def __init__(self, path):
            self._path = path

        def wait(self):
            if self._path:
                self._path.write_text('{"nodes": {}}')

    monkeypatch.setattr(project.DbtCommand, "cli", parse)
    monkeypatch.setattr(project, "MANIFEST_PATH", tmp_path / "manifest.json")
    with pytest.raises(project.UnusableManifestError, match=re.escape("scripts/up")):
        project.read_manifest()
    assert project.read_manifest() == {"nodes": {}}
    assert project.read_manifest() == {"nodes": {}}
    assert asked == [(["parse"], tmp_path, False)] * 2

    (tmp_path / "manifest.json").write_text('{"nodes": {')
    with pytest.raises(project.UnusableManifestError, match="not whole"):
        project.read_manifest()


def test_every_model_and_source_table_is_an_asset_of_its_own_name(graph, manifest):
    named = {
        node["name"]
        for node in (*manifest["nodes"].values(), *manifest["sources"].values())
        if node["resource_type"] in ("model", "source")
    }
    keys = {asset.to_user_string() for asset in graph.get_all_asset_keys()}

    named.add("outreach/campaigns")  # a mart has the table's name
    healed = {"healed_daily_counters", "healed_next_actions", "rearmed_enrollments"}
    assert keys == named | healed | WRITERS | {"compared_timezone_rules"}


def test_the_senders_location_has_the_queue_and_all_that_comes_in(senders_graph):
    assert names_of(senders_graph.materializable_asset_keys) == {
        *WRITERS,
        "reported_accounts",
        "endpoint_deliveries",
        "resolved_unknown_sends",
        "reconciled_orphans",
        "emptied_raw_columns",
        "deleted_dagster_runs",
    }


def test_every_asset_says_what_it_is_and_whose(graph, senders_graph):
    described_there = {key("unknown_sends"), key("enrollment_blockers")}
    described_there |= {key(name) for name in WRITERS}
    for node in graph.asset_nodes:
        if node.key not in described_there:
            assert_described(node)
    for asset in senders_graph.materializable_asset_keys:
        assert_described(senders_graph.get(asset))


def assert_described(node):
    assert node.description, node.key
    assert node.owners == ["team:data"], node.key
    assert node.kinds, node.key
    assert node.group_name != "default", node.key


def test_every_group_fits_a_screen(graph, senders_graph):
    sizes = Counter(
        node.group_name for node in (*graph.asset_nodes, *senders_graph.asset_nodes)
    )

    assert max(sizes.values()) <= 15, sizes


def test_a_schedules_name_is_what_its_cron_line_says(models):
    repository = models.get_repository_def()
    sender = sender_definitions.defs.get_repository_def()
    for schedule in (*repository.schedule_defs, *sender.schedule_defs):
        minute, hour, *_ = schedule.cron_schedule.split()
        is_each_minute = (minute, hour) == ("*", "*")
        name = schedule.name
        assert name.endswith(("_each_minute", "_when_due")) == is_each_minute, name
        is_daily = minute.isdigit() and hour.isdigit()
        assert name.endswith("_each_day") == is_daily, name


def test_an_answer_of_the_marts_names_the_minute_of_the_next_build(models):
    (schedule,) = (
        one
        for one in models.get_repository_def().schedule_defs
        if one.name == "refresh_stats_each_hour"
    )
    assert schedule.cron_schedule == f"{BUILD_MINUTE} * * * *"


def test_every_dbt_test_is_a_check(graph, manifest):
    tests = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
    }

    assert tests - {check.name for check in graph.asset_check_keys} == set()


def test_every_scheduled_asset_has_a_freshness_policy(graph, senders_graph):
    policies = {
        node.key.to_user_string(): node.freshness_policy
        for node in (*graph.asset_nodes, *senders_graph.asset_nodes)
        if node.freshness_policy is not None
    }
    stored_marts = {
        node.key.to_user_string()
        for node in graph.asset_nodes
        if node.tags.get("trueup/layer") == "marts" and "table" in node.kinds
    }

    assert policies == FRESHNESS
    assert stored_marts <= policies.keys()
    for policy in policies.values():
        assert policy.warn_window.to_timedelta() < policy.fail_window.to_timedelta()


def test_every_check_says_when_it_fails(graph):
    checks = [graph.get(check) for check in graph.asset_check_keys]

    assert checks
    for check in checks:
        assert check.description, check.key


def test_every_job_and_what_starts_it_is_described(models):
    repository = models.get_repository_def()
    sender = sender_definitions.defs.get_repository_def()
    for each in (repository, sender):
        named = [*each.schedule_defs, *each.sensor_defs]
        named += [job for job in each.get_all_jobs() if "__" not in job.name]
        assert named
        for item in named:
            assert item.description, item.name


def test_every_job_ends_after_its_longest_time(models):
    for definitions in (models, sender_definitions.defs):
        for job in definitions.get_repository_def().get_all_jobs():
            if "__" not in job.name:
                assert int(job.run_tags["dagster/max_runtime"]) > 0, job.name


def test_every_schedule_and_sensor_runs_by_default(models):
    repository = models.get_repository_def()
    sender = sender_definitions.defs.get_repository_def()
    schedules = [*repository.schedule_defs, *sender.schedule_defs]
    assert {s.default_status.value for s in schedules} == {"RUNNING"}
    assert {s.default_status.value for s in repository.sensor_defs} == {"RUNNING"}


def test_a_failure_of_any_job_is_watched(models):
    for definitions in (models, sender_definitions.defs):
        for job in definitions.get_repository_def().get_all_jobs():
            assert job.name in WATCHED_JOBS


def test_a_recheck_builds_the_look_of_its_checks_and_a_refresh_the_view_of_verdicts(
    models, graph
):
    recheck = models.resolve_job_def("recheck_counters").asset_layer
    refresh = models.resolve_job_def("refresh_stats").asset_layer

    assert names_of(recheck.selected_asset_keys) == {"int_checked_next_actions"}
    views = [
        asset
        for asset in refresh.selected_asset_keys
        if "view" in graph.get(asset).kinds
    ]
    assert names_of(views) == {"stg_template_validations"}


def test_dbt_gets_the_dates_of_the_run_and_no_unit_test_runs():
    from dagster_project.assets.dbt_models import dbt_arguments

    assert dbt_arguments(None) == [
        "build",
        *("--exclude-resource-type", "unit_test"),
        *("--exclude-resource-type", "exposure"),
    ]
    dates = dg.PartitionKeyRange("2026-05-01", "2026-05-30")
    assert json.loads(dbt_arguments(dates)[-1]) == {
        "from_date": "2026-05-01",
        "to_date": "2026-05-30",
    }


def test_a_run_over_all_rows_tells_dbt_so():
    from dagster_project.assets.dbt_models import dbt_arguments

    assert dbt_arguments(None, is_over_all_rows=True)[-1] == "--full-refresh"


def test_the_first_date_on_record_is_a_sends(database, monkeypatch):
    from dagster_project.definitions import first_date_on_record

    monkeypatch.setenv("PGDATABASE", database.name)
    assert first_date_on_record(Postgres()) is None
    with database.connect() as connection:
        workspace_id = make_workspace(connection)
        account = (workspace_id, make_account(connection, workspace_id))
        connection.commit()
        with loading(connection):
            insert_attempt(connection, account, NOON)

    assert first_date_on_record(Postgres()) == dt.date(2026, 5, 4)


def test_without_a_database_there_is_no_first_date(monkeypatch, tmp_path):
    from dagster_project.definitions import first_date_on_record

    monkeypatch.setenv("PGHOST", str(tmp_path))

    assert first_date_on_record(Postgres()) is None


def test_target_folders_of_failed_dbt_runs_are_removed_except_the_newest(tmp_path):
    from dagster_project.assets.dbt_models import forget_old_runs

    for number in range(4):
        (tmp_path / str(number)).mkdir()
        os.utime(tmp_path / str(number), (number, number))
    forget_old_runs(tmp_path, kept=3)
    forget_old_runs(tmp_path / "nothing-there-yet")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2", "3"]


def test_one_date_and_a_range_of_dates_reach_dbt_alike():
    from dagster_project.assets.dbt_models import dates_of

    one = dg.build_asset_context(partition_key="2026-05-01")
    several = dg.PartitionKeyRange("2026-05-01", "2026-05-30")
    ranged = dg.build_asset_context(partition_key_range=several)

    assert dates_of(one) == dg.PartitionKeyRange("2026-05-01", "2026-05-01")
    assert dates_of(ranged) == several
    assert dates_of(dg.build_asset_context()) is None


def test_dbts_version_is_the_installed_packages_without_asking_an_index():
    from dagster_project.dbt_project import DbtCommand

    said = DbtCommand.of_this_environment()._cli_version
    assert str(said) == importlib.metadata.version("dbt-core")


def test_a_change_of_a_model_or_macro_changes_the_fingerprint(manifest):
    from dagster_project.dbt_project import fingerprint_of

    before = fingerprint_of(manifest)
    changed = json.loads(json.dumps(manifest))
    changed["macros"]["macro.trueup.first_local_date"]["macro_sql"] += " "
    assert fingerprint_of(changed) != before
    changed = json.loads(json.dumps(manifest))
    changed["metadata"]["generated_at"] = "another time"
    assert fingerprint_of(changed) == before


def test_a_drain_shows_its_counts_and_why_some_did_not_go():
    report = DrainReport(rounds=2, claimed=3)
    report.refused.update({"outside_window": 1})
    report.outcomes.update({"sent_proven": 2})
    metadata = drain_metadata(report)

    assert metadata["sent"] == 2
    assert metadata["refused"] == 1
    assert "| refused | outside_window | 1 |" in metadata["outcomes"].value
