"""The sandbox as one ASGI application. It only connects the parts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
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
    control = Control(sandbox, deliverer, {route.name for route in API_ROUTES})

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        loop = asyncio.create_task(deliverer.run())
        try:
            yield
        finally:
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)
            await deliverer.close()

    async def unknown(request: Request, _error: Exception) -> JSONResponse:
        """An unknown path, or an unsupported method of a known path."""
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
            *control_routes(control),
            hosted_page(sandbox, deliverer),
        ],
        exception_handlers={404: unknown, 405: unknown},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return KeepServerSend(app)
