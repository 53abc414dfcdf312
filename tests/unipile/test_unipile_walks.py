"""A walk says whether it read a list to its end."""

import asyncio

import httpx
import pytest

from trueup.unipile.client import UnipileClient
from trueup.unipile.walk import walk


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


def send_invites(sandbox, count):
    async def act(client):
        for number in range(count):
            await client.send_invite("acc-anisha", f"ACoAAperson{number:03d}")

    ask(sandbox, act)


def test_a_walk_follows_cursors_to_the_end(sandbox):
    send_invites(sandbox, 101)

    found = ask(sandbox, lambda client: client.sent_invitations("acc-anisha"))

    assert (found.is_complete, found.pages, found.stopped_by) == (True, 2, None)
    assert len({item["invited_user_id"] for item in found.items}) == 101


def test_a_walk_that_breaks_is_incomplete_and_says_why(sandbox):
    send_invites(sandbox, 101)
    sandbox.script_fault("sent_invitations", page=2, status=500, type="provider_error")

    found = ask(sandbox, lambda client: client.sent_invitations("acc-anisha"))

    assert (found.is_complete, found.pages, len(found.items)) == (False, 1, 100)
    assert found.stopped_by.error_type == "provider_error"


def test_a_walk_of_a_dead_provider_is_incomplete(sandbox):
    sandbox.script_fault("list_accounts", drop="before")

    found = ask(sandbox, lambda client: client.accounts())

    assert (found.is_complete, found.pages, found.items) == (False, 0, ())
    assert found.stopped_by.reached == "unanswered"


def test_relations_are_never_asked_with_a_cursor_and_a_limit():
    queries = []

    def provider(request):
        queries.append(dict(request.url.params))
        cursor = None if "cursor" in request.url.params else "next"
        body = {"object": "UserRelationsList", "items": [], "cursor": cursor}
        return httpx.Response(200, json=body)

    ask_transport(provider, lambda client: client.relations("acc"))

    assert queries == [
        {"account_id": "acc", "limit": "1000"},
        {"account_id": "acc", "cursor": "next"},
    ]


@pytest.mark.parametrize(
    "page",
    [
        {"object": "WebhookList", "items": [{"id": "w"}], "cursor": 7},
        {"object": "WebhookList", "items": [{"id": "w"}], "cursor": ""},
        {"object": "WebhookList", "items": [{"id": ""}], "cursor": None},
        {"object": "WebhookList", "items": [{}], "cursor": None},
        {"object": "WebhookList", "items": ["w"], "cursor": None},
        {"object": "WebhookList", "items": None, "cursor": None},
        {"object": "WebhookList"},
        {"object": "AccountList", "items": [], "cursor": None},
        ["WebhookList"],
    ],
)
def test_a_malformed_page_makes_a_walk_incomplete(page):
    found = ask_transport(
        lambda _request: httpx.Response(200, json=page),
        lambda client: client.webhooks(),
    )

    assert (found.is_complete, found.pages, found.items) == (False, 0, ())


def test_an_absent_cursor_ends_a_walk_as_null_does():
    page = {"object": "WebhookList", "items": [{"id": "w"}]}

    found = ask_transport(
        lambda _request: httpx.Response(200, json=page),
        lambda client: client.webhooks(),
    )

    assert (found.is_complete, found.items) == (True, ({"id": "w"},))


def test_a_cursor_that_comes_again_ends_a_walk_incomplete():
    page = {"object": "WebhookList", "items": [{"id": "w"}], "cursor": "same"}

    found = ask_transport(
        lambda _request: httpx.Response(200, json=page),
        lambda client: client.webhooks(),
    )

    assert (found.is_complete, found.pages) == (False, 2)


def test_a_walk_without_end_is_cut_off():
    pages = iter(range(1_000_000))

    def provider(_request):
        cursor = f"cursor-{next(pages)}"
        body = {"object": "WebhookList", "items": [], "cursor": cursor}
        return httpx.Response(200, json=body)

    async def act(client):
        return await walk(
            lambda _cursor: client.list_accounts(),
            list_object="WebhookList",
            item_key="id",
            max_pages=5,
        )

    found = ask_transport(provider, act)

    assert (found.is_complete, found.pages) == (False, 5)
