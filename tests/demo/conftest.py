"""Incidents that are loaded into a modelled database."""

import pytest

from tests.support.dbt_runner import modelled_copy
from tests.support.rows import DSN, NOON


@pytest.fixture
def incident(request, template_database, monkeypatch):
    """(database, connection in autocommit mode, rows) of the test file's INCIDENT."""
    with modelled_copy(template_database) as database:
        monkeypatch.setenv("PGDATABASE", database.name)
        with database.connect() as connection:
            loaded = request.module.INCIDENT.load(connection, DSN, NOON)
            connection.execute("analyze")
            connection.commit()
            connection.autocommit = True
            yield database, connection, loaded
