"""The client's answers: how far each call got, and what came back."""

import asyncio
import socket

import httpx
import pytest

from tests.support.sandboxes import FOREVER_SECONDS
from trueup.unipile.client import UnipileClient


def ask(sandbox, act, **options):
    """What one act of a client on this sandbox gives."""

    async def run():
        async with UnipileClient(sandbox.dsn, sandbox.api_key, **options) as client:
            return await act(client)

    return asyncio.run(run())


def ask_transport(handler, act):
    """What one act gives when `handler` plays the provider, byte for byte."""

    async def run():
        async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as http:
            return await act(UnipileClient("http://provider", "key", http=http))

    return asyncio.run(run())


def invite(client):
    return client.send_invite("acc-anisha", "ACoAAjulien", "Hello Julien")


def invites_that_happened(sandbox):
    return [line["provider_id"] for line in sandbox.journal("invite_sent")]


def test_a_created_invitation_is_a_success_with_its_id(sandbox):
    answer = ask(sandbox, invite)

    assert (answer.reached, answer.http_status) == ("answered", 201)
    assert answer.is_success
    assert (
        answer.body["invitation_id"]
        == (sandbox.journal("invite_sent")[0]["invitation_id"])
    )
    assert answer.error_type is None
    assert answer.latency_ms >= 0


def test_a_refusal_carries_the_providers_slug_and_words(sandbox):
    ask(sandbox, invite)

    answer = ask(sandbox, invite)

    assert (answer.reached, answer.http_status) == ("answered", 422)
    assert answer.error_type == "already_invited_recently"
    assert answer.detail == "An invitation to this person is pending."
    assert answer.body["type"] == "errors/already_invited_recently"
    assert not answer.is_success


def test_a_wrong_key_is_an_answer_about_our_key(sandbox):
    async def act(_client):
        async with UnipileClient(sandbox.dsn, "another-key") as stranger:
            return await stranger.list_accounts()

    answer = ask(sandbox, act)

    assert (answer.http_status, answer.error_type) == (401, "missing_credentials")


def test_a_refused_connection_was_not_sent():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async def run():
        async with UnipileClient(f"http://127.0.0.1:{port}", "key") as client:
            return await invite(client)

    answer = asyncio.run(run())

    assert (answer.reached, answer.http_status) == ("not_sent", None)
    assert answer.detail.startswith("ConnectError")


@pytest.mark.parametrize(
    ("error", "reached"),
    [
        (httpx.ConnectError, "not_sent"),
        (httpx.ConnectTimeout, "not_sent"),
        (httpx.PoolTimeout, "not_sent"),
        (httpx.ProxyError, "not_sent"),
        (httpx.ReadTimeout, "unanswered"),
        (httpx.WriteTimeout, "unanswered"),
        (httpx.ReadError, "unanswered"),
        (httpx.WriteError, "unanswered"),
        (httpx.CloseError, "unanswered"),
        (httpx.RemoteProtocolError, "unanswered"),
        (httpx.LocalProtocolError, "unanswered"),
        (httpx.DecodingError, "unanswered"),
        (httpx.TooManyRedirects, "unanswered"),
    ],
)
def test_only_what_fails_before_the_first_byte_was_not_sent(error, reached):
    def fail(request):
        raise error("it broke", request=request)

    answer = ask_transport(fail, invite)

    assert answer.reached == reached
    assert answer.detail == f"{error.__name__}: it broke"
    assert (answer.body, answer.raw, answer.retry_after) == (None, "", None)


def test_a_connection_error_after_the_request_began_is_unanswered():
    async def fail_late(request):
        trace = request.extensions["trace"]
        await trace("http11.send_request_headers.started", {})
        raise httpx.ConnectError("too late", request=request)

    assert ask_transport(fail_late, invite).reached == "unanswered"


def test_an_answer_that_does_not_come_in_time_leaves_the_effect_unanswered(sandbox):
    sandbox.script_fault("send_invite", delay_after_seconds=FOREVER_SECONDS)

    answer = ask(sandbox, invite, timeout_seconds=1.0)

    assert (answer.reached, answer.http_status) == ("unanswered", None)
    assert invites_that_happened(sandbox) == ["ACoAAjulien"]


@pytest.mark.parametrize(
    ("drop", "happened"),
    [("before", []), ("after", ["ACoAAjulien"]), ("mid_body", ["ACoAAjulien"])],
)
def test_a_dropped_connection_is_unanswered_and_not_tried_again(
    sandbox, drop, happened
):
    sandbox.script_fault("send_invite", drop=drop)

    answer = ask(sandbox, invite)

    assert (answer.reached, answer.http_status) == ("unanswered", None)
    assert invites_that_happened(sandbox) == happened
    assert len(sandbox.requests("send_invite")) == 1


def test_a_cancelled_call_gives_its_answer_and_stays_cancelled(sandbox):
    sandbox.script_fault("send_invite", delay_after_seconds=FOREVER_SECONDS)

    async def act(client):
        began = asyncio.create_task(invite(client))
        while not sandbox.journal("invite_sent"):
            await asyncio.to_thread(sandbox.health)
        began.cancel()
        return await began, began.cancelling()

    answer, cancellations = ask(sandbox, act)

    assert answer.reached == "unanswered"
    assert cancellations == 1


def test_junk_with_200_is_answered_without_a_body(sandbox):
    sandbox.script_fault("send_invite", junk="<html>busy</html>")

    answer = ask(sandbox, invite)

    assert (answer.reached, answer.http_status) == ("answered", 200)
    assert (answer.body, answer.raw) == (None, "<html>busy</html>")


@pytest.mark.parametrize("text", ["[1, 2]", '"text"', "null", "", "{", "[" * 1_100])
def test_only_a_json_object_is_a_body(text):
    answer = ask_transport(lambda _request: httpx.Response(200, text=text), invite)

    assert (answer.reached, answer.body) == ("answered", None)


@pytest.mark.parametrize("header", ["30", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_retry_after_is_kept_as_it_came(sandbox, header):
    sandbox.script_fault(
        "send_invite", status=429, type="too_many_requests", retry_after=header
    )

    answer = ask(sandbox, invite)

    assert (answer.http_status, answer.error_type) == (429, "too_many_requests")
    assert answer.retry_after == header


def test_an_error_type_comes_only_from_an_error():
    body = {"object": "UserInvitationSent", "type": "errors/limit_exceeded"}

    answer = ask_transport(lambda _request: httpx.Response(200, json=body), invite)

    assert answer.error_type is None


@pytest.mark.parametrize("slug", ["limit_exceeded", 422, None, ["errors/x"]])
def test_a_type_without_the_errors_prefix_is_no_error_type(slug):
    answer = ask_transport(
        lambda _request: httpx.Response(422, json={"type": slug}), invite
    )

    assert (answer.http_status, answer.error_type) == (422, None)


def test_raw_is_cut_at_ten_thousand_characters():
    long = "é" * 10_001

    answer = ask_transport(lambda _request: httpx.Response(500, text=long), invite)

    assert answer.raw == "é" * 10_000


def test_ids_are_quoted_in_paths():
    paths = []

    def provider(request):
        paths.append(request.url.raw_path.decode())
        return httpx.Response(404, json={})

    async def act(client):
        await client.resolve_profile("acc", "in/jörg?x=1")
        await client.resolve_profile("acc", "..")

    ask_transport(provider, act)

    assert paths == [
        "/api/v1/users/in%2Fj%C3%B6rg%3Fx%3D1?account_id=acc",
        "/api/v1/users/%2E%2E?account_id=acc",
    ]


def test_an_empty_id_is_the_callers_mistake():
    with pytest.raises(ValueError, match="an id is empty"):
        ask_transport(
            lambda _request: httpx.Response(200),
            lambda client: client.get_account(""),
        )
