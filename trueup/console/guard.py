"""What stands before every page: Host, sign-in, and where a change comes from.

Belongs here: the checks that hold for all requests, and the headers of all answers, so
that no page can forget one. Does not: the sign-in itself (`pages/sign_in.py`).
"""

import html
import urllib.parse

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trueup.console.rendering import refuse
from trueup.console.sessions import Sessions
from trueup.console.settings import Settings

SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
HEALTH = "/healthz"
STATIC = "/static/"
VIEWERS_ONLY_LOOK = (
    "You are signed in as a viewer, who sees everything and changes nothing. Sign out, "
    "then sign in with the operator's token to do this."
)
FROM_ELSEWHERE = (
    "This change was sent from another page than the console's own, so nothing was "
    "done. Open the console and do it there."
)
SIGNED_OUT = (
    "You are not signed in any more, so nothing was done. Sign in in another tab, then "
    "come back and send this form again: your browser still has what you typed."
)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Without an origin in its own forms, a browser would send "Origin: null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp, settings: Settings, sessions: Sessions) -> None:
        self._app = app
        self._settings = settings
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        request = Request(scope, receive)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        answer = self._objection(request)
        await (answer or self._app)(scope, receive, send_with_headers)

    def _objection(self, request: Request) -> Response | None:
        """The answer to a request that must not reach a page; None for all others."""
        if request.headers.get("host", "").lower() not in self._settings.hosts:
            return Response(
                "The console does not answer under this name. Use the address that "
                "scripts/up printed, or set TRUEUP_CONSOLE_URL to the proxy's.\n",
                status_code=400,
                media_type="text/plain",
            )
        if request.method not in ("GET", "HEAD", "POST"):
            return Response(status_code=405, headers={"Allow": "GET, HEAD, POST"})
        person = self._sessions.person_of(request)
        request.state.person = person
        is_change = request.method == "POST"
        if is_change and not self._is_from_here(request):
            return refuse(request, 403, FROM_ELSEWHERE)
        path = request.url.path
        if path in (SIGN_IN, HEALTH) or path.startswith(STATIC):
            return None
        if person is None:
            return refuse(request, 401, SIGNED_OUT) if is_change else _ask(request)
        if is_change and not person.may_act and path != SIGN_OUT:
            return refuse(request, 403, VIEWERS_ONLY_LOOK)
        return None

    def _is_from_here(self, request: Request) -> bool:
        """Whether a browser says that one of our own pages sends the change."""
        origin = request.headers.get("origin", "").lower()
        host = request.headers["host"].lower()
        site = request.headers.get("sec-fetch-site", "same-origin")
        is_own = origin in self._settings.origins
        return is_own and origin.endswith(f"://{host}") and site == "same-origin"


def path_after_sign_in(wanted: str) -> str:
    """The path if it is one of this app's own, else the first page."""
    is_local = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    is_plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    return wanted if is_local and is_plain and len(wanted) <= 2_000 else "/"


def _ask(request: Request) -> Response:
    """Leads to the sign-in.

    A browser keeps a strict cookie back from a click on another site's link, such as
    one in a chat. A page of our own that loads the address once more gets it.
    """
    wanted = request.url.path
    if request.url.query:
        wanted += f"?{request.url.query}"
    if request.headers.get("sec-fetch-site") == "cross-site":
        address = html.escape(path_after_sign_in(wanted))
        return HTMLResponse(
            '<!doctype html><html lang="en"><head><title>trueup</title>'
            f'<meta http-equiv="refresh" content="0; url={address}"></head>'
            f'<body><a href="{address}">Open the page</a></body></html>'
        )
    query = "" if wanted == "/" else f"?{urllib.parse.urlencode({'next': wanted})}"
    return RedirectResponse(f"{SIGN_IN}{query}", status_code=303)
