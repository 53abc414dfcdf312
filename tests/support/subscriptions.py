"""Subscriptions that cover an account, and audits of them."""

from tests.support.connected_accounts import (
    TARGET,
    subscribe,
)
from trueup.inbound.webhooks.subscriptions import audit_webhooks


def audit(connection, sandbox, target=TARGET, **changes):
    return audit_webhooks(connection, sandbox.dsn, sandbox.api_key, target, **changes)


def cover(api):
    """Every wanted event, for everybody; the subscriptions' ids."""
    return {
        subscribe(api, "users", ["new_relation"]),
        subscribe(api, "messaging", ["message_received"]),
        subscribe(api, "account_status"),
    }
