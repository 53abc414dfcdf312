"""Signing in with a token and a name, and signing out.

Belongs here: the form, the wait after wrong tokens, and what a name may be. The token
comes in the address's fragment, which a browser does not send; the script of the page
moves it into the form and clears the address.
"""

import logging
import math

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from trueup.console.forms import Form, form_of
from trueup.console.guard import SIGN_IN, SIGN_OUT, path_after_sign_in
from trueup.console.rendering import Refusal, render
from trueup.console.shown import has_invisible, plural

LONGEST_NAME = 80
_logger = logging.getLogger("trueup.console")


async def show_sign_in(request: Request) -> Response:
    """The form; a person who is signed in goes on to the page they wanted."""
    wanted = path_after_sign_in(request.query_params.get("next", "/"))
    if request.state.person is not None:
        return RedirectResponse(wanted, status_code=303)
    return render(request, "sign_in.html", wanted=wanted)


async def sign_in(request: Request) -> Response:
    """Begin a session, or show the form again with what was typed and why."""
    form = await form_of(request)
    wanted = path_after_sign_in(form["next"] or "/")
    address = _address_of(request)
    throttle = request.app.state.throttle
    wait = throttle.seconds_to_wait(address)
    if wait > 0:
        seconds = plural(math.ceil(wait), "second")
        return _again(
            request,
            form,
            {"token": f"Several wrong tokens came from here. Wait {seconds}."},
            status=429,
            headers={"Retry-After": str(math.ceil(wait))},
        )
    problems = {}
    if (why := _objection_to_name(form["name"])) is not None:
        problems["name"] = why
    role = request.app.state.settings.role_of(form["token"])
    if role is None:
        throttle.count_wrong(address)
        _logger.warning("A wrong token was given, from %s.", address)
        problems["token"] = (
            "This token is neither the viewer's nor the operator's. scripts/up prints "
            "the address to sign in with."
        )
    else:
        throttle.forget(address)
    if problems or role is None:
        return _again(request, form, problems)
    response = RedirectResponse(wanted, status_code=303)
    request.app.state.sessions.begin(response, form["name"], role)
    _logger.info("%r signed in as %s, from %s.", form["name"], role, address)
    return response


async def sign_out(request: Request) -> Response:
    """End the session."""
    response = RedirectResponse(SIGN_IN, status_code=303)
    request.app.state.sessions.end(request, response)
    return response


def _again(
    request: Request,
    form: Form,
    problems: dict[str, str],
    *,
    status: int = 422,
    headers: dict[str, str] | None = None,
) -> Response:
    # The token is a secret, so the page does not repeat it.
    typed = {"name": form["name"]}
    request.state.refusal = Refusal("sign-in", "", typed, problems)
    wanted = path_after_sign_in(form["next"] or "/")
    response = render(request, "sign_in.html", wanted=wanted)
    response.status_code = status
    response.headers.update(headers or {})
    return response


def _objection_to_name(name: str) -> str | None:
    if not name:
        return "Type your name: it is written beside everything you change."
    if len(name) > LONGEST_NAME:
        return f"A name has at most {LONGEST_NAME} characters; this has {len(name)}."
    if not name.isprintable() or has_invisible(name):
        return "This name has characters that cannot be seen. Type it anew."
    return None


def _address_of(request: Request) -> str:
    """Where the request comes from; behind our proxy, what the proxy says last."""
    if request.app.state.settings.is_public:
        # Some proxies add a header of their own behind one that the visitor has sent.
        said = ",".join(request.headers.getlist("x-forwarded-for"))
        forwarded = said.rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return request.client.host if request.client else "unknown"


ROUTES = [
    Route(SIGN_IN, show_sign_in, methods=["GET"]),
    Route(SIGN_IN, sign_in, methods=["POST"]),
    Route(SIGN_OUT, sign_out, methods=["POST"]),
]
