"""Campaigns that people are imported into."""

import pytest

from tests.support.campaign_files import make_senders, save
from tests.support.imports import LOOKING_UP
from tests.support.rows import NOON


@pytest.fixture
def saved(connection):
    make_senders(connection, "Anisha", "Pinki")
    text = LOOKING_UP.replace("[Anisha]", "[Anisha, Pinki]")
    saved = save(connection, text, NOON)
    connection.execute("set constraints all immediate")
    connection.execute("set constraints all deferred")
    return saved


@pytest.fixture
def campaign_in_a_database(database):
    with database.connect() as connection:
        make_senders(connection)
        save(connection, LOOKING_UP, NOON)
    return database
