"""A database that a test may copy or replace."""

import pytest

from tests.support.reused_databases import OwnDatabase


@pytest.fixture
def own_database(template_database):
    """For a file whose tests copy their database: nobody else is connected to it."""
    own = OwnDatabase(template_database)
    yield own
    own.drop()
