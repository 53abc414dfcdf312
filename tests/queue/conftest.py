"""A queue with three invites."""

import types

import pytest

from tests.support.rows import (
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)


@pytest.fixture
def queue(connection):
    """One account with three invites that are due."""
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    enrollment_ids = make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id, count=3
    )
    return types.SimpleNamespace(
        workspace_id=workspace_id,
        account_id=account_id,
        campaign_id=campaign_id,
        step_id=step_id,
        enrollment_ids=enrollment_ids,
    )
