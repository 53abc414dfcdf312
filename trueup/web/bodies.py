"""What the provider sends us, read up to a bound, and a sentence for an answer.

Belongs here: what the routes under /webhooks share. Who may call which does not.
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

LARGEST_BODY = 1_048_576


async def body_of(request: Request) -> bytes | None:
    """The raw body, or None when it is larger than allowed; never reads on then."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > LARGEST_BODY:
        return None
    parts = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def say(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence, status_code=status)
