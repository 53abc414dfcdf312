"""Accounts that stand both in our tables and in a sandbox, at version 2 of its API.

Belongs here: plain helpers for tests of accounts and endpoints.
"""

from tests.support.rows import make_account, make_workspace
from trueup.unipile.addresses import provider_address


class ConnectedV2:
    """One account, known to us and to the sandbox by the same id and identity."""

    def __init__(
        self, connection, sandbox, name="Talha", status="connected", is_there=True
    ):
        self.dsn = provider_address(sandbox.dsn, 2)
        self.workspace_id = make_workspace(connection, self.dsn)
        self.account_id = make_account(
            connection, self.workspace_id, name, status=status
        )
        self.identity = f"ACoAA{self.workspace_id}-{self.account_id}"
        self.provider_id = f"acc_{self.account_id}"
        self.name = name
        self.sandbox = sandbox
        connection.execute(
            "update outreach.provider_accounts set provider_account_id = %s"
            " where account_id = %s",
            [self.provider_id, self.account_id],
        )
        if is_there:
            self.add()

    def add(self, provider_id=None, identity=None):
        """Add them at the provider, as at first or again under another id."""
        self.sandbox.register_accounts(
            [
                {
                    "id": provider_id or self.provider_id,
                    "version": 2,
                    "name": self.name,
                    "provider_id": identity or self.identity,
                    "public_identifier": f"{self.name}-{self.account_id}".lower(),
                }
            ]
        )

    @property
    def key(self):
        return self.workspace_id, self.account_id
