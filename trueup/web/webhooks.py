"""`POST /webhooks/unipile`: stores a webhook, and answers 200 after its commit.

Belongs here: authorization, and the limit on the body. Does not: parsing the body,
which `trueup.inbound.webhooks.events` does later.
"""

from collections.abc import Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from trueup.web.bodies import (
    LARGEST_BODY,
    TooBusyError,
    TooLargeError,
    body_of,
    say,
)
from trueup.web.group_commit import GroupCommit, NotKeptError, Webhook
from trueup.web.settings import WEBHOOK_SECRET, is_same_secret

SECRET_HEADER = "Unipile-Auth"
LONGEST_CONTENT_TYPE = 200


async def receive_webhook(request: Request) -> Response:
    secret = request.app.state.secrets.webhook_secret
    if not secret:
        return say(
            503,
            f"This receiver has no secret. Set {WEBHOOK_SECRET} to the one that the "
            "subscriptions were registered with, and start it again.",
        )
    given = request.headers.get(SECRET_HEADER, "").encode("latin-1")
    if not is_same_secret(given, secret):
        request.app.state.refusals.count("wrong_secret")
        return say(
            401,
            f"The header {SECRET_HEADER} is not the secret that this receiver was "
            "given. Register the webhook with the same secret.",
        )
    try:
        async with body_of(request, LARGEST_BODY) as body:
            return await keep_webhook(
                request, body, lambda content_type: Webhook(body, content_type)
            )
    except ClientDisconnect:
        return Response(status_code=400)
    except TooLargeError:
        return say(413, f"A webhook has at most {LARGEST_BODY} bytes; this has more.")
    except TooBusyError:
        return say(503, "Too many webhooks arrive at once; send it again later.")


async def keep_webhook(
    request: Request, body: bytes, webhook_of: Callable[[str | None], Webhook]
) -> Response:
    """Store a webhook; the answer is 200 once it is committed.

    webhook_of: makes it from the content type, as that can be stored.
    """
    if not body:
        return say(400, "A webhook has a body; this one is empty.")
    content_type = request.headers.get("content-type")
    committer: GroupCommit = request.app.state.committer
    try:
        await committer.keep(webhook_of(content_type and _storable(content_type)))
    except NotKeptError:
        return say(503, "The webhook could not be kept; send it again later.")
    return Response(status_code=200)


def _storable(content_type: str) -> str:
    return content_type.replace("\x00", "")[:LONGEST_CONTENT_TYPE]
