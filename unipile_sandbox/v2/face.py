"""All routes of version 2, and what is answered where there is none."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from unipile_sandbox.calls import Call
from unipile_sandbox.errors import ProviderError
from unipile_sandbox.serving import note_request
from unipile_sandbox.v2.errors import V2Error
from unipile_sandbox.v2.keys import key_of
from unipile_sandbox.v2.routes import (
    accounts,
    chats,
    hosted,
    inbox,
    keys,
    posts,
    relations,
    users,
    webhooks,
)
from unipile_sandbox.v2.serving import rendering_of, served_v2
from unipile_sandbox.world import Sandbox

PREFIX = "/v2/"
# Routes that are no account's: they are served with and without a last slash.
CORE = ("accounts", "api-keys", "auth", "scopes", "webhooks")

# Fixed paths come before paths with a placeholder that would match them.
V2_ROUTES = [
    *accounts.ROUTES,
    *keys.ROUTES,
    *hosted.ROUTES,
    *webhooks.ROUTES,
    *relations.ROUTES,
    *users.ROUTES,
    *chats.ROUTES,
    *inbox.ROUTES,
    *posts.ROUTES,
]


def v2_routes(sandbox: Sandbox) -> list[Route]:
    return [served_v2(sandbox, route) for route in V2_ROUTES]


def unknown_v2(sandbox: Sandbox, request: Request) -> Response:
    """The answer to an unknown path, or an unsupported method of a known one."""
    call = Call("unknown", request.method, {}, version=2)
    note_request(sandbox, request, call.route, call)
    rendering = rendering_of(sandbox)
    try:
        key_of(sandbox, request)
        raise V2Error(
            "api/resource_not_found", f"Cannot {request.method} {request.url.path}."
        )
    except ProviderError as error:
        return rendering.error(error)


def wrong_host() -> Response:
    """Version 2 is not where version 1 is: this path has no JSON answer at all."""
    return PlainTextResponse("Not Found", status_code=404)


class EncodedPaths:
    """Gives the router of version 2 the path as it was sent: an encoded slash in an id
    does not end a segment."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            path = scope["raw_path"].decode("ascii", "replace")
            if path.split("/")[2] in CORE:
                path = path.removesuffix("/")
            scope["path"] = path
        await self._app(scope, receive, send)
