"""The keys of version 2: account keys and service keys, which expire.

Belongs here: what a key may do. The two keys of a sandbox's start are settings; others
are made by calls or by a test.
"""

import dataclasses
import hmac

from starlette.requests import Request

from unipile_sandbox.records import Account
from unipile_sandbox.v2.errors import V2Error
from unipile_sandbox.v2.ids import APPLICATION_ID
from unipile_sandbox.world import Sandbox


@dataclasses.dataclass(frozen=True)
class Key:
    """kind: `account` or `service`. A scope limits what an account key sees."""

    kind: str
    application_id: str = APPLICATION_ID
    scope_id: str | None = None

    def sees(self, account: Account) -> bool:
        return self.application_id == APPLICATION_ID and (
            self.scope_id in (None, account.scope_id)
        )


def key_of(sandbox: Sandbox, request: Request) -> Key:
    """The key that a call carries. Raises V2Error if it has none, or a wrong one."""
    given = request.headers.get("x-api-key", "")
    if not given:
        raise V2Error("api/missing_authorization", "Send your key as X-API-KEY.")
    built_in = {
        "account": sandbox.settings.v2_account_key,
        "service": sandbox.settings.v2_service_key,
    }
    for kind, secret in built_in.items():
        if hmac.compare_digest(given.encode(), secret.encode()):
            return Key(kind)
    made = sandbox.world.keys.get(given)
    if made is not None:
        if made.expires_at is not None and made.expires_at <= sandbox.clock.now():
            raise V2Error("api/expired_authorization", "This key has expired.")
        return Key(made.kind, made.application_id, made.scope_id)
    # The contract has no type for a key that nobody issued, such as one of version 1.
    raise V2Error("api/missing_authorization", "This key is not valid.")
