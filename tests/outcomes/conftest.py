"""The time of the database."""

import pytest


@pytest.fixture
def now(opened):
    """The clock of the database."""
    return opened.execute("select clock_timestamp()").fetchone()[0]
