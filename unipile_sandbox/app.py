"""The sandbox as one ASGI application. It only connects the parts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from unipile_sandbox.calls import check_key
from unipile_sandbox.delivery import Deliverer
from unipile_sandbox.errors import ProviderError
from unipile_sandbox.routes import (
    accounts,
    chats,
    hosted,
    inbox,
    invitations,
    posts,
    profiles,
    webhooks,
)
from unipile_sandbox.routes.control import Control, control_routes
from unipile_sandbox.routes.hosted_page import hosted_page
from unipile_sandbox.serving import (
    KeepServerSend,
    note_request,
    served,
)
from unipile_sandbox.v2.face import (
    PREFIX,
    V2_ROUTES,
    EncodedPaths,
    unknown_v2,
    v2_routes,
    wrong_host,
)
from unipile_sandbox.v2.hosted_page import hosted_page_v2
from unipile_sandbox.world import Sandbox

# Fixed paths come before paths with a placeholder that would match them.
API_ROUTES = [
    *invitations.ROUTES,
    *profiles.ROUTES,
    *accounts.ROUTES,
    *hosted.ROUTES,
    *chats.ROUTES,
    *inbox.ROUTES,
    *posts.ROUTES,
    *webhooks.ROUTES,
]


def sandbox_app(sandbox: Sandbox) -> ASGIApp:
    deliverer = Deliverer(sandbox)
    names = {route.name for route in (*API_ROUTES, *V2_ROUTES)}
    control = Control(sandbox, deliverer, names)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        loop = asyncio.create_task(deliverer.run())
        try:
            yield
        finally:
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)
            await deliverer.close()

    async def unknown(request: Request, _error: Exception) -> Response:
        """An unknown path, or an unsupported method of a known path."""
        if request.url.path.startswith(PREFIX):
            return unknown_v2(sandbox, request)
        if request.url.path.startswith(f"/api{PREFIX}"):
            return wrong_host()
        note_request(sandbox, request, "unknown")
        try:
            check_key(request, sandbox.settings.api_key)
            raise ProviderError(
                "resource_not_found", f"Cannot {request.method} {request.url.path}."
            )
        except ProviderError as error:
            return JSONResponse(error.body(), status_code=error.status)

    app = Starlette(
        routes=[
            *(served(sandbox, route) for route in API_ROUTES),
            *v2_routes(sandbox),
            hosted_page_v2(sandbox),
            *control_routes(control),
            hosted_page(sandbox, deliverer),
        ],
        exception_handlers={404: unknown, 405: unknown},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return KeepServerSend(EncodedPaths(app))
