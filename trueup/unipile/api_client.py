"""What the clients of both versions of the provider's API share.

Belongs here: refusing an address of the other version, and closing. Does not: calls.
"""

from types import TracebackType
from typing import ClassVar, Literal, Self

import httpx

from trueup.unipile.addresses import UnusableAddressError, Version, version_of
from trueup.unipile.connection import ApiConnection

Api = Literal["classic", "sales_navigator", "recruiter"]
# Where LinkedIn keeps chats (`outreach.inboxes_to_read`). Version 1 has one list.
Inbox = Literal["classic", "classic_inmail", "sales_navigator", "recruiter"]
CLASSIC: tuple[Inbox, ...] = ("classic",)


class ApiClient:
    """An open connection to the API. Use it as an async context manager."""

    version: ClassVar[Version]
    # Why an address of the other version is refused, after the address itself.
    wrong_version: ClassVar[str]

    def __init__(
        self,
        dsn: str,
        api_key: str,
        *,
        timeout_seconds: float = 30.0,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        if version_of(dsn) != self.version:
            raise UnusableAddressError(self.wrong_version.format(dsn=dsn))
        self._api = ApiConnection(dsn, api_key, timeout_seconds, http)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections, if this client opened them."""
        await self._api.close()
