"""The time of the database, and an invited person."""

import pytest

from tests.support.inbound_rows import Invited


@pytest.fixture
def now(opened):
    """The clock of the database."""
    return opened.execute("select clock_timestamp()").fetchone()[0]


@pytest.fixture
def invited(connection):
    """An account that invited one person at NOON."""
    return Invited(connection).send()
