"""A Dagster instance, and the settings that assets and schedules read."""

import dagster as dg
import pytest

from tests.support.connected_accounts import TARGET


@pytest.fixture
def instance(tmp_path):
    """A Dagster instance whose storage ends with the test."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as local:
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
