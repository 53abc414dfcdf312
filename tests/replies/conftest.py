"""Conversations at a sandbox: people who wrote, and answers that are asked for."""

import pytest

from tests.support.conversations import Conversations
from tests.support.sender_campaigns import SenderWorkspace


@pytest.fixture
def conversations(workspace: SenderWorkspace) -> Conversations:
    return Conversations(workspace)
