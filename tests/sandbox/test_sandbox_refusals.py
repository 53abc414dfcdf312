"""Odd requests: each gets an error of the contract, never a traceback or plain text."""

import base64

import pytest

from tests.support.sandboxes import (
    ANISHA,
    PINKI,
    api_of,
    assert_refused,
    invite_fields,
    multipart,
)
from unipile_sandbox.calls import LARGEST_BODY
from unipile_sandbox.control import start_sandbox

JSON = {"content-type": "application/json"}
LOGIN = {"provider": "LINKEDIN", "username": "ada@example.com", "password": "p"}
LINK = {
    "type": "create",
    "providers": "*",
    "api_url": "https://api1.unipile.com:13111",
    "expiresOn": "2099-12-31T23:59:59.999Z",
}
HOOK = {"source": "users", "request_url": "https://trueup.example.com/hook"}


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    journal = tmp_path_factory.mktemp("refusals") / "journal.jsonl"
    with start_sandbox(journal) as sandbox, api_of(sandbox) as client:
        sandbox.register_accounts([ANISHA, PINKI])
        yield client


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        (b"", "malformed_request"),
        (b"{", "malformed_request"),
        (b"[" * 1_100, "malformed_request"),
        (b'{"account_id": NaN}', "malformed_request"),
        (b'{"account_id": ' + b"1" * 4_301 + b"}", "malformed_request"),
        (b'{"account_id": "\xff"}', "malformed_request"),
        (b'{"account_id": "\\ud800", "provider_id": "x"}', "malformed_request"),
        (b"\x1f\x8b", "malformed_request"),
        (b"[]", "invalid_parameters"),
        (b"null", "invalid_parameters"),
        (b'"text"', "invalid_parameters"),
        (b"{}", "missing_parameters"),
        (b" " * (LARGEST_BODY + 1), "content_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else ascii(value[:20]),
)
def test_a_body_that_is_no_invitation_is_refused(api, body, slug):
    answer = api.post("/users/invite", content=body, headers=JSON)
    assert_refused(answer, 400, slug)


@pytest.mark.parametrize(
    ("method", "path", "fields", "status", "slug"),
    [
        ("POST", "/users/invite", {"account_id": 1}, 400, "missing_parameters"),
        ("POST", "/users/invite", invite_fields(account_id=1), 400, None),
        ("POST", "/users/invite", invite_fields(provider_id=[]), 400, None),
        ("POST", "/users/invite", invite_fields(message=None), 400, None),
        (
            "POST",
            "/users/invite",
            invite_fields(account_id="a\x00"),
            404,
            "resource_not_found",
        ),
        ("POST", "/accounts", {}, 400, "missing_parameters"),
        ("POST", "/accounts", LOGIN | {"provider": "MYSPACE"}, 400, None),
        ("POST", "/accounts", LOGIN | {"username": 1}, 400, None),
        (
            "POST",
            "/accounts",
            LOGIN | {"provider": "TELEGRAM"},
            501,
            "feature_not_implemented",
        ),
        ("POST", "/accounts", {"provider": "LINKEDIN"}, 400, "missing_parameters"),
        ("POST", "/accounts", LOGIN | {"username": "😀"}, 401, "invalid_credentials"),
        ("POST", "/hosted/accounts/link", LINK | {"type": "delete"}, 400, None),
        ("POST", "/hosted/accounts/link", LINK | {"providers": ["MYSPACE"]}, 400, None),
        ("POST", "/hosted/accounts/link", LINK | {"providers": []}, 400, None),
        ("POST", "/hosted/accounts/link", LINK | {"providers": [{}]}, 400, None),
        ("POST", "/hosted/accounts/link", LINK | {"expiresOn": "tomorrow"}, 400, None),
        (
            "POST",
            "/hosted/accounts/link",
            LINK | {"expiresOn": "2099-13-39T99:99:99.000Z"},
            400,
            None,
        ),
        (
            "POST",
            "/hosted/accounts/link",
            LINK | {"expiresOn": "2020-01-01T00:00:00.000Z"},
            400,
            None,
        ),
        (
            "POST",
            "/hosted/accounts/link",
            LINK | {"type": "reconnect"},
            400,
            "missing_parameters",
        ),
        ("POST", "/webhooks", HOOK | {"source": ["users"]}, 400, None),
        ("POST", "/webhooks", HOOK | {"account_ids": "all"}, 400, None),
        ("POST", "/webhooks", HOOK | {"account_ids": [1]}, 400, None),
        ("POST", "/webhooks", HOOK | {"account_ids": ["x"]}, 404, "resource_not_found"),
        ("POST", "/webhooks", HOOK | {"events": [["new_relation"]]}, 400, None),
        ("POST", "/webhooks", HOOK | {"events": ["message_received"]}, 400, None),
        ("POST", "/webhooks", HOOK | {"headers": ["Unipile-Auth"]}, 400, None),
        ("POST", "/webhooks", HOOK | {"request_url": "nowhere"}, 400, None),
        ("POST", "/webhooks", {"source": "users"}, 400, "missing_parameters"),
        ("PATCH", "/chats/x", {"action": "setReadStatus", "value": 1}, 400, None),
    ],
)
def test_fields_that_are_not_the_contracts_are_refused(
    api, method, path, fields, status, slug
):
    answer = api.request(method, path, json=fields)
    assert_refused(answer, status, slug or "invalid_parameters")


def cursor(text):
    return f"/accounts?cursor={base64.b64encode(text).decode()}"


@pytest.mark.parametrize(
    "path",
    [
        "/accounts?cursor=",
        "/accounts?cursor=zzz",
        cursor(b"null"),
        cursor(b"{}"),
        cursor(b"[" * 1_100),
        cursor(b'{"limit": -5, "page": 1, "last": [1, "x"]}'),
        cursor(b'{"limit": 1e400, "page": 1, "last": [1, "x"]}'),
        cursor(b'{"limit": 1000000, "page": 1, "last": [1, "x"]}'),
        "/accounts?limit=1&limit=2",
        "/chats?before=2026-13-31T25:00:00.000Z",
        "/chats?before=yesterday",
        "/chats?account_type=MYSPACE",
        "/accounts/acc-anisha/sync?before=abc",
        "/accounts/acc-anisha/sync?linkedin_product=premium",
        "/users/julien?account_id=acc-anisha&linkedin_api=classic",
        "/users/julien?account_id=acc-anisha&notify=perhaps",
    ],
    ids=lambda path: path[:60],
)
def test_a_query_that_is_not_the_contracts_is_refused(api, path):
    assert_refused(api.get(path), 400, "invalid_parameters")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/accounts/"),
        ("GET", "/accounts/none"),
        ("GET", "/accounts/%ff%00"),
        ("GET", "/accounts/a%2Fb"),
        ("GET", f"/accounts/{'a' * 1_000}"),
        ("GET", "/accounts/checkpoint"),
        ("GET", "/chats/none"),
        ("GET", "/chats/none/messages"),
        ("GET", "/chats?account_id=none"),
        ("GET", "/chats?account_id=%ff"),
        ("GET", "/messages/none"),
        ("GET", "/chat_attendees/none"),
        ("GET", "/users/relations?account_id=none"),
        ("GET", "/users/invite/sent?account_id=none"),
        ("DELETE", "/users/invite/sent/none?account_id=acc-anisha"),
        ("DELETE", "/accounts/none"),
        ("DELETE", "/webhooks/none"),
        ("DELETE", "/webhooks"),
        ("PUT", "/accounts"),
        ("PATCH", "/accounts/acc-anisha"),
        ("POST", "/accounts/acc-anisha/sync"),
        ("OPTIONS", "/accounts"),
        ("TRACE", "/accounts"),
    ],
    ids=lambda text: text[:60],
)
def test_missing_rows_and_impossible_calls_are_not_found(api, method, path):
    assert_refused(api.request(method, path), 404, "resource_not_found")


FORM = "multipart/form-data; boundary=abc"


@pytest.mark.parametrize(
    ("path", "content_type", "status", "slug"),
    [
        ("/users/invite", "text/plain", 415, "unsupported_media_type"),
        ("/users/invite", "", 415, "unsupported_media_type"),
        ("/users/invite", FORM, 415, "unsupported_media_type"),
        ("/webhooks", "application/xml", 415, "unsupported_media_type"),
        ("/chats", "application/json", 415, "unsupported_media_type"),
        (
            "/chats",
            "application/x-www-form-urlencoded",
            415,
            "unsupported_media_type",
        ),
        ("/chats/none/messages", "application/json", 415, "unsupported_media_type"),
        ("/chats", "multipart/form-data", 400, "malformed_request"),
        ("/chats", FORM, 400, "malformed_request"),
    ],
)
def test_a_body_of_another_type_is_an_unsupported_media_type(
    api, path, content_type, status, slug
):
    answer = api.post(path, content=b"{}", headers={"content-type": content_type})
    assert_refused(answer, status, slug)


CHAT = [("account_id", "acc-anisha"), ("attendees_ids", "ACoAAjulien"), ("text", "Hi")]


@pytest.mark.parametrize(
    ("files", "status", "slug"),
    [
        (multipart(CHAT[:2]), 400, "missing_parameters"),
        (multipart(CHAT[1:]), 400, "missing_parameters"),
        (multipart([*CHAT, ("text", "Hi again")]), 400, "invalid_parameters"),
        (multipart([*CHAT, ("linkedin[inmail]", "yes")]), 400, "invalid_parameters"),
        ([*multipart(CHAT[:2]), ("text", ("a.txt", b"x"))], 400, "invalid_parameters"),
        (
            multipart([*CHAT, ("attendees_ids", "ACoAAada")]),
            501,
            "feature_not_implemented",
        ),
        (
            multipart([*CHAT, ("linkedin[api]", "recruiter")]),
            403,
            "feature_not_subscribed",
        ),
        (multipart(CHAT), 422, "no_connection_with_recipient"),
        (multipart([(f"f{n}", "x") for n in range(3_000)]), 400, "malformed_request"),
        (
            [*multipart(CHAT), ("attachments", ("a", b"x" * LARGEST_BODY))],
            400,
            "content_too_large",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_form_that_starts_no_chat_is_refused(api, files, status, slug):
    assert_refused(api.post("/chats", files=files), status, slug)
