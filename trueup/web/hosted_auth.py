"""`POST /webhooks/unipile/hosted-auth`: somebody has logged in on a hosted page.

Belongs here: the answers. The notice carries no header of ours: what it names is the
secret that its page was made with (`trueup.inbound.accounts.hosted_auth`).
"""

import psycopg
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from trueup.inbound.accounts.hosted_auth import Received, receive_notice
from trueup.postgres.connection import UnusableDatabaseError, connect
from trueup.web.bodies import LARGEST_BODY, body_of, say


async def receive_login(request: Request) -> Response:
    try:
        body = await body_of(request)
    except ClientDisconnect:
        return Response(status_code=400)
    if body is None:
        return say(413, f"A notice has at most {LARGEST_BODY} bytes; this has more.")
    try:
        received = await run_in_threadpool(_keep, body)
    except (psycopg.Error, UnusableDatabaseError):
        return say(503, "The notice could not be kept; send it again later.")
    if received == "unreadable":
        return say(
            400,
            "A notice is JSON with the texts status, account_id and name, of the "
            "status CREATION_SUCCESS or RECONNECTED.",
        )
    if received == "unknown":
        return say(401, "The notice does not name a page that was asked for here.")
    return Response(status_code=200)


def _keep(body: bytes) -> Received:
    with connect(autocommit=True, application_name="trueup web") as connection:
        return receive_notice(connection, body)
