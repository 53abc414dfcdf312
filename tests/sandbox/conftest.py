"""A sandbox with one account, and the arrangement of its contract."""

import pytest

from tests.support.contract_world import contract_world
from tests.support.sandboxes import ANISHA
from tests.support.sandboxes_v2 import v2_api_of


@pytest.fixture
def sandbox(sandbox):
    """A sandbox in which Anisha's account is connected."""
    sandbox.register_accounts([ANISHA])
    return sandbox


@pytest.fixture
def v2(sandbox):
    """Version 2 of the sandbox's API, with the account key."""
    with v2_api_of(sandbox) as client:
        yield client


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A sandbox that holds everything the contract shows."""
    with contract_world(tmp_path_factory.mktemp("contract") / "journal.jsonl") as made:
        yield made
