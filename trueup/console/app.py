"""The console's app: its pages, what stands before them, and its connections.

Belongs here: the list of pages. Does not: the pages, which have modules of their own.
"""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from trueup.console.databases import Databases
from trueup.console.guard import HEALTH, Guard
from trueup.console.pages import PAGES, sign_in
from trueup.console.rendering import NAVIGATION, refuse
from trueup.console.sessions import Sessions
from trueup.console.settings import Settings
from trueup.console.throttle import Throttle
from trueup.console.uploads import Uploads

_STATIC_FOLDER = Path(__file__).parent / "static"


class OwnFiles(StaticFiles):
    """The stylesheet and the script; a browser asks whether they have changed."""

    def file_response(self, *arguments: object, **named: object) -> Response:
        """The file, to be checked before it is used again."""
        response = super().file_response(*arguments, **named)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "no-cache"
        return response


def console_app(settings: Settings, port: int) -> Starlette:
    """The app; it reads and writes the database of the PG* variables."""
    sessions = Sessions(settings, port)
    databases = Databases()

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            databases.close()

    routes = [route for module in PAGES for route in module.ROUTES]
    app = Starlette(
        routes=[
            Route("/", show_first_page, methods=["GET"]),
            Route(HEALTH, show_health, methods=["GET"]),
            *sign_in.ROUTES,
            *routes,
            Mount("/static", OwnFiles(directory=_STATIC_FOLDER)),
        ],
        middleware=[Middleware(Guard, settings=settings, sessions=sessions)],
        exception_handlers={HTTPException: show_refusal},  # type: ignore[dict-item]
        lifespan=lifespan,
    )
    paths = {route.path for route in routes}
    app.state.settings = settings
    app.state.sessions = sessions
    app.state.databases = databases
    app.state.throttle = Throttle()
    app.state.uploads = Uploads()
    app.state.places = [place for place in NAVIGATION if place.path in paths]
    return app


async def show_first_page(request: Request) -> Response:
    """Lead to the first page of the navigation."""
    return RedirectResponse(request.app.state.places[0].path, status_code=303)


async def show_health(_request: Request) -> Response:
    """Say that the process serves; it says nothing about the database."""
    return PlainTextResponse("ok\n")


async def show_refusal(request: Request, error: HTTPException) -> Response:
    """A page with the sentence of an HTTP error."""
    sentence = error.detail
    if error.status_code == 404 and sentence == "Not Found":
        sentence = "There is no such page. The navigation above leads to all there are."
    return refuse(request, error.status_code, sentence, error.headers)
