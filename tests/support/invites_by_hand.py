"""Limits that a test changes, and invites that a person sends by hand."""

import asyncio

from trueup.unipile.provider import open_provider


def invite_by_hand(workspace, person):
    """The owner of the account invites somebody on LinkedIn, past the engine."""

    async def invite():
        async with open_provider(workspace.dsn, workspace.api_key) as provider:
            return await provider.send_invite(workspace.account, person)

    assert asyncio.run(invite()).is_success


def limit(workspace, action, count):
    workspace.connection.execute(
        "update outreach.linkedin_account_limits set limit_count = %s"
        " where workspace_id = %s and action = %s",
        [count, workspace.workspace_id, action],
    )
