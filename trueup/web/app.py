"""The web app: its routes, and the writer that runs as long as the app.

Belongs here: the list of routes. Does not: the routes, which have their own modules.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from trueup.web.bodies import BytesInFlight
from trueup.web.group_commit import GroupCommit, PostgresStore, Store
from trueup.web.hosted_auth import MOST_NOTICE_SESSIONS, receive_login
from trueup.web.last_activity import show_last_activity
from trueup.web.settings import Secrets
from trueup.web.webhooks import receive_webhook


def web_app(secrets: Secrets, store: Store | None = None) -> Starlette:
    """The app; the default `store` is the database of the PG* variables."""
    committer = GroupCommit(store or PostgresStore())

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        writer = asyncio.create_task(committer.run())
        try:
            yield
        finally:
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer

    app = Starlette(
        routes=[
            Route("/webhooks/unipile", receive_webhook, methods=["POST"]),
            Route("/webhooks/unipile/hosted-auth", receive_login, methods=["POST"]),
            Route(
                "/api/linkedin/accounts/{account_id}/last-activity",
                show_last_activity,
                methods=["GET"],
            ),
            Route("/healthz", show_health, methods=["GET"]),
        ],
        lifespan=lifespan,
    )
    app.state.secrets = secrets
    app.state.committer = committer
    app.state.bytes_in_flight = BytesInFlight()
    app.state.notice_sessions = asyncio.Semaphore(MOST_NOTICE_SESSIONS)
    return app


async def show_health(_request: Request) -> Response:
    """Report that the process serves; an outage of Postgres is no reason to end it."""
    return JSONResponse({"status": "ok"})
