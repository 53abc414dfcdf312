"""`POST /webhooks/unipile/hosted-auth`: a person has logged in on a hosted page.

Belongs here: the answers. The notice has no header with a secret; its `name` contains
the token of its page (`trueup.inbound.accounts.hosted_auth`).
"""

import psycopg
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from trueup.inbound.accounts.hosted_auth import (
    Notice,
    Received,
    keep_notice,
    read_notice,
)
from trueup.postgres.connection import UnusableDatabaseError, connect
from trueup.web.bodies import (
    LARGEST_NOTICE,
    TooBusyError,
    TooLargeError,
    body_of,
    say,
)

UNKNOWN_PAGE = "The notice does not name a page that was asked for here."


# Anyone can send a notice, so only a few query Postgres at the same time.
MOST_NOTICE_SESSIONS = 4


async def receive_login(request: Request) -> Response:
    try:
        async with body_of(request, LARGEST_NOTICE) as body:
            notice = read_notice(body)
    except ClientDisconnect:
        return Response(status_code=400)
    except TooLargeError:
        return say(413, f"A notice has at most {LARGEST_NOTICE} bytes; this has more.")
    except TooBusyError:
        return say(503, "Too much arrives at once; send the notice again later.")
    if notice is None:
        return say(
            400,
            "A notice is JSON with the texts status, account_id and name, of the "
            "status CREATION_SUCCESS or RECONNECTED.",
        )
    if notice.page is None:
        return say(401, UNKNOWN_PAGE)
    try:
        async with request.app.state.notice_sessions:
            received = await run_in_threadpool(_keep, notice)
    except (psycopg.Error, UnusableDatabaseError):
        return say(503, "The notice could not be kept; send it again later.")
    if received == "unknown":
        return say(401, UNKNOWN_PAGE)
    return Response(status_code=200)


def _keep(notice: Notice) -> Received:
    with connect(autocommit=True, application_name="trueup web") as connection:
        return keep_notice(connection, notice)
