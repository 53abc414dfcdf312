"""Modelled databases of a test's own."""

import pytest

from tests.support.dbt_runner import modelled_copy
from tests.support.rows import make_account, make_workspace


@pytest.fixture
def modelled(template_database):
    """A database in which every model is built as of NOON."""
    with modelled_copy(template_database) as copy:
        yield copy


@pytest.fixture
def opened(modelled):
    """A connection to the modelled database; the test commits."""
    with modelled.connect() as connection:
        yield connection


@pytest.fixture
def anisha(opened):
    """(workspace_id, account_id) of an account whose time zone is UTC."""
    workspace_id = make_workspace(opened)
    account = (workspace_id, make_account(opened, workspace_id))
    opened.commit()
    return account
