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
    refuse_older_than_reset,
    serve_faulty,
    shown,
)
from unipile_sandbox.shapes import check_fields, check_query
from unipile_sandbox.v2.cache import (
    Directives,
    Found,
    Place,
    families_touched,
    family_of,
)
from unipile_sandbox.v2.errors import V2Error, as_v2
from unipile_sandbox.v2.ids import ACCOUNT_ID
from unipile_sandbox.v2.keys import Key, key_of
from unipile_sandbox.v2.limits import allowed_calls
from unipile_sandbox.v2.paging import page_asked_for
from unipile_sandbox.world import Sandbox

log = logging.getLogger(__name__)

PROFILE = "resolve_profile"


@dataclasses.dataclass(frozen=True)
class V2Route(ApiRoute):
    """One route of version 2. If version 1 has such a route, both have one name.

    needs_service_key: account keys get 403.
    """

    needs_service_key: bool = False

    @property
    def is_method(self) -> bool:
        """Whether it acts for one account on LinkedIn: it is cached and limited."""
        return self.path.startswith("/{account_id}/")


@dataclasses.dataclass
class V2Call(Call):
    """One call of version 2; `key` is set once its key is known to be good.

    place, asked: where its answer is kept, and what its Cache-Control says.
    """

    key: Key | None = None
    place: Place | None = None
    base_url: str = ""
    asked: Directives = dataclasses.field(default_factory=Directives)


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
    call.base_url = str(request.base_url)
    problem: ProviderError | None = None
    try:
        call.key = key_of(sandbox, request)
        await _read(call, request, route)
    except ProviderError as error:
        problem = error
    except ClientDisconnect:
        return Response(status_code=400)
    note_request(sandbox, request, route.name, call)
    if problem is not None or not route.is_method:
        return await _act(sandbox, route, call, request, rendering, problem)
    return await _serve_method(sandbox, route, call, request, rendering)


async def _act(
    sandbox: Sandbox,
    route: V2Route,
    call: V2Call,
    request: Request,
    rendering: Rendering,
    problem: ProviderError | None = None,
) -> Response:
    """Do what is asked for, or what a fault makes of it."""
    parallel = _person_read_meanwhile(sandbox, call)
    fault = sandbox.faults.take(call) if call.key is not None else None
    began_in = sandbox.reset_count

    async def do() -> Reply:
        refuse_older_than_reset(sandbox, began_in)
        if problem is not None:
            raise problem
        if parallel is not None or (fault is not None and fault.wrong_person):
            call.ask_for_somebody_else(parallel)
            call.place = None
        reply = route.handler(sandbox, call)
        _remember(sandbox, route, call, reply)
        return reply

    in_flight = sandbox.profiles_in_flight
    mine = (call.account_id or "", call.person or "")
    if call.route == PROFILE:
        in_flight.append(mine)
    try:
        if sandbox.settings.latency_ms:
            await asyncio.sleep(sandbox.settings.latency_ms / 1_000)
        if fault is None:
            return rendering.reply(await do())
        return await serve_faulty(fault, request, do, rendering)
    except ProviderError as error:
        return rendering.error(error)
    finally:
        if call.route == PROFILE:
            in_flight.remove(mine)


def _person_read_meanwhile(sandbox: Sandbox, call: V2Call) -> str | None:
    """Whose profile the account reads at this moment, if answers get mixed up."""
    if call.route != PROFILE or not sandbox.settings.v2_mixes_profiles:
        return None
    others = (
        person
        for account_id, person in sandbox.profiles_in_flight
        if account_id == call.account_id
    )
    return next(others, None)


async def _serve_method(
    sandbox: Sandbox,
    route: V2Route,
    call: V2Call,
    request: Request,
    rendering: Rendering,
) -> Response:
    """A read comes from the cache if it may. Anything else counts for the limit, which
    refuses before LinkedIn is asked."""
    assert call.account_id is not None, "a method's path names an account"
    now, found = sandbox.clock.now(), Found("BYPASS")
    if route.method == "GET":
        call.place = _place(call, request)
        call.asked = Directives.read(request.headers.get("cache-control", ""))
        fresh = sandbox.settings.v2_cache_seconds
        found = sandbox.cache.find(call.place, now, call.asked, fresh)
    standing = sandbox.limits.take(
        call.account_id,
        route.name,
        now,
        allowed_calls(sandbox.settings, route.method),
        counts=found.body is None,
    )
    if standing is not None and standing.is_refused:
        response = rendering.error(
            V2Error(
                "api/too_many_requests",
                f"More than {standing.limit} requests in this window.",
            )
        )
    elif found.body is not None and _may_read(sandbox, call):
        response = rendering.reply(Reply(found.body))
    else:
        response = await _act(sandbox, route, call, request, rendering)
    if route.method == "GET" and response.status_code == 200:
        response.headers.update(found.headers())
    if standing is not None:
        response.headers.update(standing.headers())
    return response


def _place(call: V2Call, request: Request) -> Place:
    assert call.account_id is not None, "a method's path names an account"
    path = request.url.path.removeprefix("/v2/").partition("/")[2]
    query = "&".join(sorted(request.url.query.split("&")))
    return call.account_id, family_of(path), path, query


def _may_read(sandbox: Sandbox, call: V2Call) -> bool:
    """Kept answers are for keys that see the account, and for accounts that work."""
    account = sandbox.world.accounts.get(call.account_id or "")
    return (
        account is not None
        and call.key is not None
        and call.key.sees(account)
        and account.is_ok
    )


def _remember(sandbox: Sandbox, route: V2Route, call: V2Call, reply: Reply) -> None:
    """Keep the answer to a read; a write makes kept answers wrong."""
    if not route.is_method or call.account_id is None:
        return
    if route.method != "GET":
        path = route.path.removeprefix("/{account_id}/")
        sandbox.cache.drop(call.account_id, families_touched(path))
    elif call.place is not None and reply.body is not None and not call.asked.no_store:
        sandbox.cache.keep(call.place, sandbox.clock.now(), reply.body)


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
