"""Limits that a test changes, and invites that a person sends by hand."""

import asyncio

from trueup.unipile.provider import open_provider


def invite_by_hand(workspace, person):
    """The owner of the account invites somebody on LinkedIn, past the engine."""

    async def invite():
        async with open_provider(workspace.dsn, workspace.api_key) as provider:
            return await provider.send_invite(workspace.account, person)

    assert asyncio.run(invite()).is_success


def fill_pending(sandbox, account, count):
    """That many pending invites of the account to people whom we do not know."""

    async def invite_all():
        async with open_provider(sandbox.dsn, sandbox.api_key) as provider:
            for number in range(count):
                answer = await provider.send_invite(account, f"ACoAAfiller{number}")
                assert answer.is_success

    sandbox.change_settings(v2_send_limit=0)
    asyncio.run(invite_all())


def limit(workspace, action, count):
    workspace.connection.execute(
        "update outreach.linkedin_account_limits set limit_count = %s"
        " where workspace_id = %s and action = %s",
        [count, workspace.workspace_id, action],
    )
