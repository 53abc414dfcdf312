"""The page behind a hosted link of version 2.

There is no `notify_url`. The browser is sent back to `redirect_uri` with the account or
an error, and the webhook `account.add` or `account.reconnect` carries `state`.
"""

import urllib.parse
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from unipile_sandbox.clock import parse_iso
from unipile_sandbox.v2.errors import V2Error
from unipile_sandbox.v2.events import plan_account_event
from unipile_sandbox.world import Sandbox

PAGE = """<!doctype html><title>Sandbox: connect LinkedIn</title>
<h1>Connect an account</h1><form method="post">
<p>This is the simulated provider. Type any name, such as Elif Ito: the account gets it.
There is no password.</p>
<label>LinkedIn user name <input name="username" required></label>
<button>Connect</button></form>"""
# User names that start so meet these errors.
ERROR_OF_PREFIX = {
    "restricted": "api/account_restricted",
    "unpaid": "api/inactive_subscription",
}


def hosted_page_v2(sandbox: Sandbox) -> Route:
    """GET shows a form; POST connects the named person and sends the browser back."""

    async def serve(request: Request) -> Response:
        wanted = sandbox.world.hosted_links.get(request.path_params["token"])
        if wanted is None or "expires_on" not in wanted:
            return HTMLResponse("This link does not exist.", status_code=404)
        if parse_iso(wanted["expires_on"]) < sandbox.clock.now():
            error = V2Error("api/expired_link", "The link has expired.", 410)
            return _back(wanted, _told_error(error))
        if request.method == "GET":
            return HTMLResponse(PAGE)
        async with request.form() as form:
            username = str(form.get("username", ""))
        try:
            account_id = _connect(sandbox, wanted, username)
        except V2Error as error:
            return _back(wanted, _told_error(error))
        return _back(wanted, {"account_id": account_id, "provider": "linkedin"})

    handler: Callable[[Request], Awaitable[Response]] = serve
    return Route("/hosted/v2/{token}", handler, methods=["GET", "POST"])


def _told_error(error: V2Error) -> dict[str, str]:
    return {
        "error_type": error.slug,
        "error_title": error.slug.rpartition("/")[2].replace("_", " "),
        "error_detail": error.detail,
    }


def _back(wanted: dict[str, Any], told: dict[str, str]) -> Response:
    if "state" in wanted:
        told = told | {"state": wanted["state"]}
    parts = urllib.parse.urlsplit(wanted["redirect_uri"])
    query = "&".join(filter(None, [parts.query, urllib.parse.urlencode(told)]))
    return RedirectResponse(parts._replace(query=query).geturl(), status_code=303)


def _connect(sandbox: Sandbox, wanted: dict[str, Any], username: str) -> str:
    """The id of the account that was added or reconnected. Raises V2Error."""
    for prefix, kind in ERROR_OF_PREFIX.items():
        if username.startswith(prefix):
            raise V2Error(kind, "The account cannot be connected.")
    people = sandbox.world.people
    public = "".join(c if c.isalnum() else "-" for c in username.lower())
    provider_id = people.provider_id_of(public)
    if provider_id is None:
        raise V2Error("provider/invalid_credentials", "This login does not exist.")
    if "account_id" in wanted:
        return _reconnect(sandbox, wanted, provider_id)
    for account in sandbox.world.accounts_of(provider_id, 2):
        raise V2Error("api/already_exists", account.account_id)
    account_id = sandbox.register_account(
        name=people.person(provider_id).name,
        provider_id=provider_id,
        public_identifier=public,
        status="running",
        version=2,
        products={"classic": "running", "sales_navigator": "running"},
        scope_id=wanted.get("account_scope_id"),
    )
    account = sandbox.world.accounts[account_id]
    plan_account_event(sandbox, account, "add", state=wanted.get("state"))
    plan_account_event(sandbox, account, "status.running")
    return account_id


def _reconnect(sandbox: Sandbox, wanted: dict[str, Any], provider_id: str) -> str:
    account = sandbox.world.accounts[wanted["account_id"]]
    if provider_id != account.provider_id:
        raise V2Error("provider/account_mismatch", "This is another person's login.")
    sandbox.set_v2_status(
        account.account_id,
        status="running",
        is_locked=account.is_locked,
        products=dict.fromkeys(account.products, "running"),
    )
    plan_account_event(sandbox, account, "reconnect", state=wanted.get("state"))
    plan_account_event(sandbox, account, "status.running")
    return account.account_id
