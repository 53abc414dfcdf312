"""The web app: its routes, and the writers that run as long as the app.

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
from trueup.web.endpoint_secrets import SecretCache
from trueup.web.group_commit import GroupCommit, PostgresStore, Store
from trueup.web.hosted_auth import MOST_NOTICE_SESSIONS, receive_login
from trueup.web.landing import show_landing
from trueup.web.last_activity import show_last_activity
from trueup.web.refusals import Refusals
from trueup.web.settings import Secrets
from trueup.web.webhooks import receive_webhook
from trueup.web.webhooks_v2 import receive_signed_webhook


def web_app(secrets: Secrets, store: Store | None = None) -> Starlette:
    """The app; the default `store` is the database of the PG* variables."""
    committer = GroupCommit(store or PostgresStore())
    refusals = Refusals()

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        writers = [
            asyncio.create_task(committer.run()),
            asyncio.create_task(refusals.run()),
        ]
        try:
            yield
        finally:
            for writer in writers:
                writer.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await writer

    app = Starlette(
        routes=[
            Route("/webhooks/unipile", receive_webhook, methods=["POST"]),
            Route("/webhooks/unipile/v2", receive_signed_webhook, methods=["POST"]),
            Route("/webhooks/unipile/v2/connected", show_landing, methods=["GET"]),
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
    app.state.refusals = refusals
    app.state.endpoint_secrets = SecretCache()
    app.state.bytes_in_flight = BytesInFlight()
    app.state.notice_sessions = asyncio.Semaphore(MOST_NOTICE_SESSIONS)
    return app


async def show_health(_request: Request) -> Response:
    """Report that the process serves; an outage of Postgres is no reason to end it."""
    return JSONResponse({"status": "ok"})
