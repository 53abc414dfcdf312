"""Reading request bodies within limits, and answers that are sentences.

Belongs here: the code that the routes under /webhooks share. Does not: who may call a
route.
"""

import contextlib
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

LARGEST_BODY = 1_048_576
LARGEST_NOTICE = 4_096
MOST_IN_FLIGHT = 33_554_432


class TooLargeError(Exception):
    """The body has more bytes than its route allows."""


class TooBusyError(Exception):
    """The bodies that are being read have reached MOST_IN_FLIGHT bytes."""


class BytesInFlight:
    """The number of body bytes that the process holds."""

    def __init__(self, most: int = MOST_IN_FLIGHT) -> None:
        self.most = most
        self.count = 0

    def add(self, size: int) -> None:
        """Raises TooBusyError, and adds nothing, if the sum would be too large."""
        if self.count + size > self.most:
            raise TooBusyError
        self.count += size


@contextlib.asynccontextmanager
async def body_of(request: Request, largest: int) -> AsyncIterator[bytes]:
    """The raw body; its bytes are counted until the block ends.

    Raises TooLargeError for more than `largest` bytes, and TooBusyError; both stop the
    reading.
    """
    in_flight: BytesInFlight = request.app.state.bytes_in_flight
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > largest:
        raise TooLargeError
    parts = []
    size = 0
    try:
        async for part in request.stream():
            if size + len(part) > largest:
                raise TooLargeError
            in_flight.add(len(part))
            size += len(part)
            parts.append(part)
        yield b"".join(parts)
    finally:
        in_flight.count -= size


def say(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence, status_code=status)
