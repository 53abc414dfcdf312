"""The table in which dbt keeps the failing rows of the alert under test."""

import pytest

from tests.support.alert_rows import make_kept_rows


@pytest.fixture
def autocommitted(opened):
    """A connection in autocommit mode; the table of failing rows is empty."""
    make_kept_rows(opened)
    return opened
