"""The sandbox as a client of version 2 knows it.

Belongs here: the address, the key, the ids of accounts, which start with acc_ in
version 2, and their states. Tests that are for both versions use those of version 1.
"""

import re
from collections.abc import Callable
from typing import Any

from unipile_sandbox.control import RunningSandbox

V2_PATH = "/v2"
STATES = {"OK": "running", "CREDENTIALS": "disconnected"}
_ACCOUNT = re.compile(r"acc(?:(\d+)|-(\w+))")


class Version2:
    """A sandbox, with the address and key of version 2 as its dsn and api_key."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self._sandbox = sandbox
        self.dsn = sandbox.dsn + V2_PATH
        self.api_key = sandbox.v2_account_key

    def register_accounts(self, accounts: list[dict[str, Any]]) -> dict[str, Any]:
        return self._sandbox.register_accounts(
            [
                each | {"version": 2, "id": _of_version_2(each["id"])}
                for each in accounts
            ]
        )

    def set_account_status(self, account_id: str, status: str) -> None:
        """status: a state of version 1, and a key of STATES."""
        self._sandbox.set_v2_status(_of_version_2(account_id), status=STATES[status])

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._sandbox, name)
        return _translated(found) if callable(found) else found


def _translated(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*values: Any, **named: Any) -> Any:
        return method(
            *map(_of_version_2, values),
            **{name: _of_version_2(named[name]) for name in named},
        )

    return call


def _of_version_2(value: Any) -> Any:
    found = _ACCOUNT.fullmatch(value) if isinstance(value, str) else None
    return value if found is None else f"acc_{found[1] or found[2]}"
