"""Serves a call of version 2: key, account, fields, journal, fault, action, answer.

Belongs here: the order, for every route. What a route does is in `v2.routes`.
"""

import asyncio
import dataclasses
import logging
import urllib.parse
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from unipile_sandbox.calls import Call, read_json
from unipile_sandbox.chance import chance_id
from unipile_sandbox.errors import ProviderError
from unipile_sandbox.serving import (
    ApiRoute,
    Rendering,
    Reply,
    note_request,
    serve_faulty,
    shown,
)
from unipile_sandbox.shapes import check_fields, check_query
from unipile_sandbox.v2.errors import V2Error, as_v2
from unipile_sandbox.v2.ids import ACCOUNT_ID
from unipile_sandbox.v2.keys import Key, key_of
from unipile_sandbox.v2.paging import page_asked_for
from unipile_sandbox.world import Sandbox

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class V2Route(ApiRoute):
    """One route of version 2. If version 1 has such a route, both have one name.

    needs_service_key: account keys get 403.
    """

    needs_service_key: bool = False


@dataclasses.dataclass
class V2Call(Call):
    """One call of version 2; `key` is set once its key is known to be good."""

    key: Key | None = None


def served_v2(sandbox: Sandbox, route: V2Route) -> Route:
    async def serve(request: Request) -> Response:
        rendering = rendering_of(sandbox)
        try:
            return await _serve(sandbox, route, request, rendering)
        except Exception:
            log.exception("%s %s broke the sandbox", request.method, request.url.path)
            error = V2Error("api/internal_error", "The sandbox broke: see its log.")
            return rendering.error(error)

    return Route(f"/v2{route.path}", serve, methods=[route.method])


def rendering_of(sandbox: Sandbox) -> Rendering:
    """How this call is answered, with its own `req_id`."""
    req_id = "req-" + chance_id(0, "request", str(sandbox.journal.next_seq))[:12]

    def error(problem: ProviderError) -> Response:
        told = as_v2(problem, sandbox.settings.v2_refusal_status)
        return shown(Reply(told.envelope(req_id), told.status))

    return Rendering(shown, error)


async def _serve(
    sandbox: Sandbox, route: V2Route, request: Request, rendering: Rendering
) -> Response:
    path = {
        name: urllib.parse.unquote(segment)
        for name, segment in request.path_params.items()
    }
    call = V2Call(route.name, request.method, path, version=2)
    problem: ProviderError | None = None
    try:
        call.key = key_of(sandbox, request)
        await _read(call, request, route)
    except ProviderError as error:
        problem = error
    except ClientDisconnect:
        return Response(status_code=400)
    note_request(sandbox, request, route.name, call)
    fault = sandbox.faults.take(call) if call.key is not None else None
    if sandbox.settings.latency_ms:
        await asyncio.sleep(sandbox.settings.latency_ms / 1_000)

    async def do() -> Reply:
        if problem is not None:
            raise problem
        return route.handler(sandbox, call)

    try:
        if fault is None:
            return rendering.reply(await do())
        return await serve_faulty(fault, request, do, rendering)
    except ProviderError as error:
        return rendering.error(error)


async def _read(call: V2Call, request: Request, route: V2Route) -> None:
    """Read the fields of a call, as far as possible. Raises ProviderError."""
    parameters = request.query_params
    call.account_id = call.path.get("account_id")
    call.person = call.path.get("user_id")
    if "limit" in route.query:
        call.page = page_asked_for(parameters)
    if route.body_kind == "json":
        call.fields = await read_json(request)
    call.person = call.person or _person_of(call.fields)
    if route.needs_service_key and call.key is not None and call.key.kind != "service":
        raise V2Error("api/insufficient_permissions", "This route needs a service key.")
    if call.account_id is not None and not ACCOUNT_ID.fullmatch(call.account_id):
        raise V2Error(
            "api/invalid_parameters", "params/account_id must match pattern ^acc_."
        )
    call.query = check_query(parameters.multi_items(), route.query)
    if "cursor" in call.query and call.query.keys() - {"cursor", "limit"}:
        raise V2Error(
            "api/invalid_parameters",
            "Unexpected parameters: with a cursor only limit may be given.",
        )
    if route.body_kind == "json":
        check_fields(call.fields, route.body)


def _person_of(fields: dict[str, Any]) -> str | None:
    for name in ("user_id", "users_ids"):
        if isinstance(fields.get(name), str):
            return fields[name]
    return None
