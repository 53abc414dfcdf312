"""The page behind a hosted link: where a person logs in to LinkedIn."""

import html
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from unipile_sandbox.clock import parse_iso
from unipile_sandbox.delivery import Deliverer
from unipile_sandbox.errors import ProviderError
from unipile_sandbox.routes.accounts import add_person_as_account
from unipile_sandbox.world import Sandbox

PAGE = """<!doctype html><title>Sandbox: connect LinkedIn</title>
<h1>{heading}</h1><form method="post">
<p>This is the simulated provider. Type any name, such as Elif Ito: the account gets it.
There is no password.</p>
<label>LinkedIn user name <input name="username" required></label>
<button>Connect</button></form>"""


def hosted_page(sandbox: Sandbox, deliverer: Deliverer) -> Route:
    """GET shows a form; POST connects the named person and calls `notify_url`."""

    async def serve(request: Request) -> Response:
        wanted = sandbox.world.hosted_links.get(request.path_params["token"])
        is_ours = wanted is not None and "expiresOn" in wanted
        if not is_ours or parse_iso(wanted["expiresOn"]) < sandbox.clock.now():
            return HTMLResponse("This link is not valid any more.", status_code=404)
        if request.method == "GET":
            heading = html.escape(wanted.get("name", "Connect an account"))
            return HTMLResponse(PAGE.format(heading=heading))
        async with request.form() as form:
            username = str(form.get("username", ""))
        try:
            status, account_id = _connect(sandbox, wanted, username)
        except ProviderError as error:
            return HTMLResponse(html.escape(error.detail), status_code=422)
        if "notify_url" in wanted:
            notice = {"status": status, "account_id": account_id}
            notice["name"] = wanted.get("name", "")
            deliverer.notify(wanted["notify_url"], notice)
        if "success_redirect_url" in wanted:
            return RedirectResponse(wanted["success_redirect_url"], status_code=303)
        name = sandbox.world.accounts[account_id].name
        return HTMLResponse(
            f"Connected as account {html.escape(account_id)}, {html.escape(name)}."
        )

    handler: Callable[[Request], Awaitable[Response]] = serve
    return Route("/hosted/{token}", handler, methods=["GET", "POST"])


def _connect(
    sandbox: Sandbox, wanted: dict[str, str], username: str
) -> tuple[str, str]:
    if wanted["type"] == "reconnect":
        account_id = wanted["reconnect_account"]
        sandbox.set_account_status(account_id, "OK", notify="RECONNECTED")
        return "RECONNECTED", account_id
    return "CREATION_SUCCESS", add_person_as_account(sandbox, username)
