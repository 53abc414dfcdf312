"""Limits on the web app's connections: their number, and their time.

Belongs here: a connection before its request is complete. Does not: the content of a
request (see `bodies`), or who may send it.
"""

import asyncio
import resource
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# From the first byte, or from the connection if there is none, to the end of the body.
REQUEST_SECONDS = 20.0
MOST_CONNECTIONS = 512
# Files that the process needs besides its connections: Postgres, logs, sockets.
_OTHER_FILES = 64


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol that closes connections over the cap or too slow.

    uvicorn limits only the time between two requests. Without this limit a client that
    sends nothing, or half a request, keeps its connection.
    """

    seconds: ClassVar[float] = REQUEST_SECONDS
    most: ClassVar[int] = MOST_CONNECTIONS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.most:
            transport.abort()
        else:
            self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._deadline is None:
            self._expect_request()

    def on_message_complete(self) -> None:
        self._expect_nothing()
        super().on_message_complete()

    def _expect_request(self) -> None:
        self._deadline = self.loop.call_later(self.seconds, self.transport.abort)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def bounded_protocol(
    seconds: float = REQUEST_SECONDS, most: int | None = None
) -> type[BoundedProtocol]:
    """The protocol class for uvicorn's setting `http`.

    most: the cap; by default the limit of open files allows it, at most
        MOST_CONNECTIONS.
    """
    bounds = {"seconds": seconds, "most": most or _affordable_connections()}
    return type("BoundedProtocol", (BoundedProtocol,), bounds)


def _affordable_connections() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(1, min(MOST_CONNECTIONS, soft - _OTHER_FILES))
