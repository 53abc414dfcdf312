"""A Dagster instance, the settings of its assets, and the graphs of both locations."""

import json
import shutil

import dagster as dg
import pytest

from dagster_project import sender_definitions
from tests.support.connected_accounts import TARGET
from tests.support.dbt_runner import parsed_manifest, target_folder

# The output of a test's run is the test's own; Dagster starts two processes to copy it.
NO_LOGS = {
    "compute_logs": {
        "module": "dagster._core.storage.noop_compute_log_manager",
        "class": "NoOpComputeLogManager",
    }
}


@pytest.fixture(scope="session")
def empty_storage(tmp_path_factory):
    """Files of an instance that nothing has used: making their tables takes long."""
    folder = tmp_path_factory.mktemp("dagster")
    with dg.DagsterInstance.local_temp(str(folder), overrides=NO_LOGS):
        return folder


@pytest.fixture
def instance(empty_storage, tmp_path):
    """A Dagster instance whose storage ends with the test."""
    folder = shutil.copytree(empty_storage, tmp_path / "dagster")
    with dg.DagsterInstance.local_temp(str(folder), overrides=NO_LOGS) as local:
        yield local


@pytest.fixture
def configured(database, sandbox, monkeypatch):
    """The environment names the database, the sandbox and our webhook address."""
    settings = {
        "PGDATABASE": database.name,
        "UNIPILE_DSN": sandbox.dsn,
        "UNIPILE_API_KEY": sandbox.api_key,
        "TRUEUP_WEBHOOK_URL": TARGET.url,
        "TRUEUP_WEBHOOK_SECRET": TARGET.secret,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def manifest():
    """dbt's manifest."""
    parsed_manifest()
    return json.loads((target_folder() / "manifest.json").read_text())


@pytest.fixture(scope="module")
def models(manifest):
    """The definitions of the location that runs dbt."""
    from dagster_project.definitions import definitions_from

    return definitions_from(manifest)


@pytest.fixture(scope="module")
def graph(models):
    """The assets of the location that runs dbt."""
    return models.resolve_asset_graph()


@pytest.fixture(scope="module")
def senders_graph():
    """The assets of the sender's location."""
    return sender_definitions.defs.resolve_asset_graph()
