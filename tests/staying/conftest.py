"""The settings of a process that stays."""

import pytest

from tests.support.connected_accounts import TARGET


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
