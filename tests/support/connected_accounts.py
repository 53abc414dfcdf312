"""Accounts that stand both in our tables and in a sandbox, and who is told of them.

Belongs here: plain helpers for tests of accounts and subscriptions.
"""

from tests.support.rows import make_account, make_workspace
from trueup.inbound.settings import WebhookTarget

TARGET = WebhookTarget("http://127.0.0.1:9/webhooks/unipile", "a secret for tests")
HEADERS = [
    {"key": "Content-Type", "value": "application/json"},
    {"key": "Unipile-Auth", "value": TARGET.secret},
]


class Connected:
    """One account, known to us and to the sandbox by the same id and identity."""

    def __init__(
        self, connection, sandbox, name="Talha", status="connected", workspace_id=None
    ):
        self.workspace_id = workspace_id or make_workspace(connection, sandbox.dsn)
        self.account_id = make_account(
            connection, self.workspace_id, name, status=status
        )
        self.identity = f"ACoAA{self.workspace_id}-{self.account_id}"
        self.provider_id = f"acc{self.account_id}"
        self.name = name
        self.sandbox = sandbox
        self.add()

    def add(self, provider_id=None, identity=None):
        """Add them at the provider, as at first or again under another id."""
        self.sandbox.register_accounts(
            [
                {
                    "id": provider_id or self.provider_id,
                    "name": self.name,
                    "provider_id": identity or self.identity,
                    "public_identifier": f"{self.name}-{self.account_id}".lower(),
                }
            ]
        )

    @property
    def key(self):
        return self.workspace_id, self.account_id


def status_of(connection, account):
    return connection.execute(
        "select status from outreach.linkedin_accounts"
        " where workspace_id = %s and account_id = %s",
        account.key,
    ).fetchone()[0]


def flips_of(connection, account):
    """(from, to, actor, reason) of each flip after those of the arrangement."""
    return connection.execute(
        "select from_status, to_status, actor, reason"
        " from outreach.linkedin_account_status_audit"
        " where workspace_id = %s and account_id = %s"
        " and status_seq > 0 and actor <> 'test' order by status_seq",
        account.key,
    ).fetchall()


def open_alerts(connection):
    return dict(
        connection.execute(
            "select code, subject from outreach.linkedin_admin_alerts"
            " where resolved_at is null order by alert_id desc"
        ).fetchall()
    )


def subscribe(api, source, events=None, **changes):
    """Register a subscription at our address by hand; its id."""
    fields = {
        "source": source,
        "request_url": TARGET.url,
        "headers": HEADERS,
        "events": events,
    } | changes
    given = {key: value for key, value in fields.items() if value is not None}
    answer = api.post("/webhooks", json=given)
    assert answer.status_code == 200, answer.text
    return answer.json()["webhook_id"]


def listed(api):
    """What the provider lists now: events by subscription id."""
    return {item["id"]: item["events"] for item in api.get("/webhooks").json()["items"]}
