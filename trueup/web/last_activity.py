"""`GET /api/linkedin/accounts/{id}/last-activity`: its time, source and text.

Belongs here: authorization, and the format of the answer. Does not: the definition of
activity, which is in the mart `account_last_activity` (LL#281).
"""

from typing import Any

import psycopg
from psycopg.rows import dict_row
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trueup.postgres.connection import UnusableDatabaseError, connect
from trueup.web.settings import API_TOKEN, is_same_secret

LARGEST_ID = 2**63 - 1


async def show_last_activity(request: Request) -> Response:
    token = request.app.state.secrets.api_token
    if not token:
        return _say(
            503,
            f"This API has no token. Set {API_TOKEN} and start the web app again.",
        )
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    is_allowed = is_same_secret(given.strip().encode("latin-1"), token)
    if scheme.lower() != "bearer" or not is_allowed:
        return _say(
            401,
            f"Send the header Authorization: Bearer … with the value of {API_TOKEN}.",
            {"WWW-Authenticate": "Bearer"},
        )
    account_id = request.path_params["account_id"]
    if not _is_id(account_id):
        return _say(
            404, f"There is no LinkedIn account {account_id!r}: ids are numbers."
        )
    try:
        found = await run_in_threadpool(_look_up, int(account_id))
    except psycopg.errors.UndefinedTable:
        return _say(
            503,
            "The mart account_last_activity is not built yet. Run the job "
            "materialize_everything, then ask again.",
        )
    except (psycopg.Error, UnusableDatabaseError):
        return _say(503, "The database does not answer; ask again later.")
    if found is None:
        return _say(404, f"There is no LinkedIn account {account_id}.")
    moment = found["last_activity_at"]
    return JSONResponse(
        {
            "workspace_id": found["workspace_id"],
            "account_id": found["account_id"],
            "last_activity_at": moment and moment.isoformat(),
            "source": found["last_activity_source"],
            "tooltip": found["tooltip"],
        },
        headers={"Cache-Control": "no-store"},
    )


def _is_id(text: str) -> bool:
    is_number = text.isascii() and text.isdecimal() and len(text) <= 19
    return is_number and int(text) <= LARGEST_ID


def _look_up(account_id: int) -> dict[str, Any] | None:
    with (
        connect(autocommit=True, application_name="trueup web") as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        return cursor.execute(
            "select workspace_id, account_id, last_activity_at, last_activity_source,"
            " tooltip from analytics.account_last_activity where account_id = %s"
            " limit 1",
            [account_id],
        ).fetchone()


def _say(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"problem": sentence}, status_code=status, headers=headers)
