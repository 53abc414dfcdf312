"""A sandbox with one account, which the client calls."""

import pytest

from tests.support.sandboxes import ANISHA


@pytest.fixture
def sandbox(sandbox):
    """A sandbox in which Anisha's account is connected."""
    sandbox.register_accounts([ANISHA])
    return sandbox
