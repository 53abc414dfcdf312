"""A workspace that may send everything."""

import pytest

from tests.support.campaign_files import (
    make_senders,
)


@pytest.fixture
def workspace_id(connection):
    """A workspace whose account Anisha may take every step."""
    return make_senders(connection)
