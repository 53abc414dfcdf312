"""Serves an API call: read, journal, fault, action, answer, in this order.

Belongs here: the order, for every route. What a route does is in `routes`.
"""

import asyncio
import dataclasses
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from unipile_sandbox.calls import (
    BodyKind,
    Call,
    check_key,
    read_into,
)
from unipile_sandbox.errors import ProviderError
from unipile_sandbox.faults import Fault
from unipile_sandbox.shapes import Shape
from unipile_sandbox.world import Sandbox

log = logging.getLogger(__name__)

JSON_TYPE = "application/json; charset=utf-8"
# The server's own `send`, whose connection can be closed without an answer.
SERVER_SEND = "sandbox.server_send"


@dataclasses.dataclass(frozen=True)
class Reply:
    """An answer. A body of None is an answer without a body."""

    body: dict[str, Any] | None
    status: int = 200


@dataclasses.dataclass(frozen=True)
class Rendering:
    """How a version of the API writes its answers and its errors."""

    reply: Callable[[Reply], Response]
    error: Callable[[ProviderError], Response]


@dataclasses.dataclass(frozen=True)
class ApiRoute:
    """One route of the contract; faults and the journal use its name.

    handler: checks what the call names, runs the action, and returns the reply.
    Raises ProviderError for a refusal.
    """

    name: str
    method: str
    path: str
    handler: Callable[[Sandbox, Call], Reply]
    query: Shape = dataclasses.field(default_factory=dict)
    body: Shape = dataclasses.field(default_factory=dict)
    body_kind: BodyKind | None = None


def served(sandbox: Sandbox, route: ApiRoute) -> Route:
    async def serve(request: Request) -> Response:
        try:
            return await _serve(sandbox, route, request)
        except Exception:
            log.exception("%s %s broke the sandbox", request.method, request.url.path)
            error = ProviderError("unexpected_error", "The sandbox broke: see its log.")
            return V1.error(error)

    return Route(f"/api/v1{route.path}", serve, methods=[route.method])


class KeepServerSend:
    """Outermost layer: remembers the server's own `send` for faults that drop."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[SERVER_SEND] = send
        await self._app(scope, receive, send)


async def _serve(sandbox: Sandbox, route: ApiRoute, request: Request) -> Response:
    call = Call(route.name, request.method, dict(request.path_params))
    problem: ProviderError | None = None
    has_key = False
    try:
        check_key(request, sandbox.settings.api_key)
        has_key = True
        await read_into(call, request, route.query, route.body, route.body_kind)
    except ProviderError as error:
        problem = error
    except ClientDisconnect:
        return Response(status_code=400)
    note_request(sandbox, request, route.name, call)
    fault = sandbox.faults.take(call) if has_key else None
    began_in = sandbox.reset_count

    async def do() -> Reply:
        refuse_older_than_reset(sandbox, began_in)
        if problem is not None:
            raise problem
        if fault is not None and fault.wrong_person:
            call.ask_for_somebody_else()
        return route.handler(sandbox, call)

    try:
        if sandbox.settings.latency_ms:
            await asyncio.sleep(sandbox.settings.latency_ms / 1_000)
        if fault is None:
            return V1.reply(await do())
        return await serve_faulty(fault, request, do, V1)
    except ProviderError as error:
        return V1.error(error)


def refuse_older_than_reset(sandbox: Sandbox, began_in: int) -> None:
    """A call that waited through a reset has no effect on the world after it.

    began_in: the sandbox's count of resets when the call came. Raises ProviderError.
    """
    if sandbox.reset_count != began_in:
        raise ProviderError(
            "service_unavailable", "The sandbox was reset while this call waited."
        )


def note_request(
    sandbox: Sandbox, request: Request, route: str, call: Call | None = None
) -> None:
    sandbox.record(
        "request",
        route=route,
        version=1 if call is None else call.version,
        method=request.method,
        path=request.url.path,
        query=request.url.query,
        account_id=None if call is None else call.account_id,
        provider_id=None if call is None else call.person,
    )


async def serve_faulty(
    fault: Fault,
    request: Request,
    do: Callable[[], Awaitable[Reply]],
    rendering: Rendering,
) -> Response:
    """The answer that a scripted fault makes of an action. Raises ProviderError."""
    if fault.delay_before_seconds:
        await asyncio.sleep(fault.delay_before_seconds)
    reply = Reply({}) if fault.prevents_effect else await do()
    if fault.delay_after_seconds:
        await asyncio.sleep(fault.delay_after_seconds)
    if fault.drop in ("before", "after"):
        return await _dropped(request)
    if fault.junk is not None:
        return Response(
            fault.junk,
            status_code=fault.status or 200,
            media_type=fault.content_type or JSON_TYPE,
        )
    reply = _with_other_ids(fault, reply)
    response = rendering.reply(reply)
    if fault.status is not None and fault.type is not None:
        error = ProviderError(fault.type, fault.detail or "Scripted.", fault.status)
        response = rendering.error(error)
    if fault.retry_after is not None:
        response.headers["retry-after"] = fault.retry_after
    if fault.drop == "mid_body":
        return await _torn(request, response)
    return response


def _with_other_ids(fault: Fault, reply: Reply) -> Reply:
    if reply.body is None or "message_id" not in reply.body:
        return reply
    message_id = reply.body["message_id"]
    if fault.several_message_ids:
        message_id = [message_id, f"{message_id}-2"]
    if fault.null_message_id:
        message_id = None
    return dataclasses.replace(reply, body=reply.body | {"message_id": message_id})


def shown(reply: Reply) -> Response:
    """The answer as JSON, or without a body."""
    if reply.body is None:
        return Response(status_code=reply.status)
    text = json.dumps(reply.body, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode(), status_code=reply.status, media_type=JSON_TYPE)


V1 = Rendering(shown, lambda error: shown(Reply(error.body(), error.status)))


async def _dropped(request: Request) -> Response:
    """Close the connection without a byte of an answer."""
    request.scope[SERVER_SEND].__self__.transport.abort()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response()


async def _torn(request: Request, response: Response) -> Response:
    """Send the head and half of the body, then close the connection."""
    send = request.scope[SERVER_SEND]
    body = bytes(response.body)
    await send(
        {
            "type": "http.response.start",
            "status": response.status_code,
            "headers": response.raw_headers,
        }
    )
    half = body[: len(body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})
    send.__self__.transport.close()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response()
