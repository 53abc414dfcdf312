"""An account whose invites went out over HTTP, so that the sandbox knows of them.

Belongs here: the arrangement that tests of polls and of webhooks share.
"""

from tests.support.inbound_rows import STEPS
from tests.support.rows import (
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    provider_account_id,
)
from trueup.sender import drain


class SentInvites:
    """Attributes: workspace_id, account_id, provider_account, owner (LinkedIn's id of
    the account), people (the provider ids of who was invited, in order)."""

    def __init__(self, connection, sandbox, now, count=31):
        self.workspace_id = make_workspace(connection, sandbox.dsn)
        self.account_id = make_account(connection, self.workspace_id, name="Talha")
        self.provider_account = provider_account_id(sandbox.dsn, self.account_id)
        self.owner = f"ACoAA{self.workspace_id}-{self.account_id}"
        sandbox.register_accounts(
            [
                {
                    "id": self.provider_account,
                    "name": "Talha",
                    "provider_id": self.owner,
                    "public_identifier": "talha",
                }
            ]
        )
        campaign_id, (step_id, *_) = make_campaign(connection, self.workspace_id, STEPS)
        with connection.transaction():
            make_enrollments(
                connection,
                self.workspace_id,
                self.account_id,
                campaign_id,
                step_id,
                count=count,
                run_at=now,
            )
        report = drain(
            connection,
            worker="w1",
            provider_dsn=sandbox.dsn,
            api_key=sandbox.api_key,
            until_seconds=60,
        )
        assert report.sent == count
        self.people = [
            row[0]
            for row in connection.execute(
                "select provider_id from outreach.prospects order by prospect_id"
            )
        ]
