"""Version 2 of the sandbox: keys, accounts, and what it does to the shared world."""

import pytest

from tests.support.sandboxes import invite_fields
from tests.support.sandboxes_v2 import (
    ANISHA_V2,
    PINKI_V2,
    assert_v2_refused,
    segment,
    v2_api_of,
)

REQUESTS = "/acc_anisha/users/me/relation-requests"
PRIMARY = "/acc_anisha/inboxes/CLASSIC_PRIMARY/chats/send"
TO_JULIEN = {"text": "Hello", "users_ids": "ACoAAjulien"}
INMAIL = {"specifics": {"linkedin": {"classic": {"inmail": True}}}}
POST = "urn:li:activity:7000000000000000001"


@pytest.fixture
def sandbox(sandbox):
    """A sandbox in which Anisha is connected in both versions, and Pinki in one."""
    sandbox.register_accounts([ANISHA_V2, PINKI_V2])
    return sandbox


def invite(v2, person="ACoAAjulien", **more):
    return v2.post(REQUESTS, json={"user_id": person, **more})


def sent_people(v2):
    rows = v2.get(REQUESTS, params={"type": "sent"}).json()["data"]
    return [row["user"]["id"] for row in rows]


# Keys and paths


def test_a_key_of_the_other_version_is_refused(sandbox, api):
    with v2_api_of(sandbox, sandbox.api_key) as client:
        assert_v2_refused(client.get("/accounts"), 401, "api/missing_authorization")

    theirs = {"X-API-KEY": sandbox.v2_account_key}
    answer = api.get("/accounts", headers=theirs)

    assert answer.json()["type"] == "errors/missing_credentials"


def test_a_call_without_a_key_is_refused_and_does_nothing(sandbox):
    with v2_api_of(sandbox, "") as client:
        assert_v2_refused(invite(client), 401, "api/missing_authorization")

    assert sandbox.journal("invite_sent") == []
    assert [line["version"] for line in sandbox.requests("send_invite")] == [2]


def test_an_account_id_of_version_1_is_no_id_of_version_2(v2):
    answer = v2.get("/acc-anisha/users/me")

    assert_v2_refused(answer, 400, "api/invalid_parameters")
    assert "params/account_id" in answer.json()["detail"]


def test_the_path_of_version_1_leads_to_no_version_2(v2, sandbox):
    answer = v2.get(f"{sandbox.dsn}/api/v2/accounts")

    assert (answer.status_code, answer.text) == (404, "Not Found")


def test_an_unknown_path_is_a_missing_resource(v2):
    assert_v2_refused(v2.get("/moons"), 404, "api/resource_not_found")


@pytest.mark.parametrize("path", ["/accounts", "/accounts/"])
def test_accounts_of_version_2_are_listed_with_and_without_a_slash(v2, path):
    page = v2.get(path, params={"limit": 1}).json()

    assert (page["object"], page["has_more"]) == ("Accounts", True)
    (account,) = page["data"]
    assert account["id"] == "acc_anisha"
    assert (account["status"], account["is_locked"]) == ("running", False)
    assert account["provider"] == "linkedin"
    assert account["metadata"]["products_connection_status"] == {
        "classic": "running",
        "sales_navigator": "running",
    }


def test_each_version_lists_its_own_accounts(v2, api):
    assert [item["id"] for item in api.get("/accounts").json()["items"]] == [
        "acc-anisha"
    ]
    assert_v2_refused(v2.get("/accounts/acc_nobody"), 404, "api/resource_not_found")
    assert v2.get("/accounts/acc_pinki").json()["name"] == "Pinki Das"


@pytest.mark.parametrize(
    ("facts", "status", "kind"),
    [
        ({"status": "disconnected"}, 401, "provider/invalid_authorization"),
        ({"status": "errored"}, 500, "provider/server_error"),
        ({"status": "errored", "reason": "proxy"}, 502, "api/proxy_error"),
        ({"is_locked": True}, 403, "api/inactive_subscription"),
        (
            {"status": "partial", "products": {"classic": "disconnected"}},
            401,
            "provider/invalid_authorization",
        ),
    ],
)
def test_an_account_that_is_down_refuses_methods(sandbox, v2, facts, status, kind):
    sandbox.set_v2_status("acc_anisha", **facts)

    assert_v2_refused(invite(v2), status, kind)
    assert sandbox.journal("invite_sent") == []


def test_a_degraded_account_does_what_its_running_products_do(sandbox, v2):
    sandbox.set_v2_status(
        "acc_anisha", status="degraded", products={"sales_navigator": "errored"}
    )
    inmail = TO_JULIEN | {"specifics": {"linkedin": {"sales_navigator": {}}}}
    inmail["specifics"]["linkedin"]["sales_navigator"]["subject"] = "Work"
    inbox = "/acc_anisha/inboxes/SALES_NAVIGATOR_PRIMARY/chats/send"

    assert invite(v2).status_code == 201
    assert_v2_refused(v2.post(inbox, json=inmail), 500, "provider/server_error")


# Invitations


def test_an_invite_is_a_relation_request_that_is_listed_and_cancelled(sandbox, v2):
    answer = invite(v2, message="Hello")
    body = answer.json()

    assert answer.status_code == 201
    assert (body["object"], body["type"]) == ("RelationRequest", "sent")
    page = v2.get(REQUESTS, params={"type": "sent"}).json()
    assert [row["id"] for row in page["data"]] == [body["id"]]
    assert page.keys() == {"data", "total_count"}

    cancelled = v2.post(f"{REQUESTS}/{segment(body['id'])}/cancel")

    assert cancelled.json() == {"object": "RelationRequestCanceled"}
    assert sandbox.journal("invite_withdrawn")[0]["provider_id"] == "ACoAAjulien"


def test_both_versions_act_in_one_world(sandbox, api, v2):
    api.post("/users/invite", json=invite_fields(provider_id="ACoAAfirst"))
    invite(v2, "ACoAAsecond")

    assert set(sent_people(v2)) == {"ACoAAfirst", "ACoAAsecond"}
    sent = api.get("/users/invite/sent?account_id=acc-anisha").json()["items"]
    assert {row["invited_user_id"] for row in sent} == {"ACoAAfirst", "ACoAAsecond"}
    assert_v2_refused(invite(v2, "ACoAAfirst"), 422, "provider/unprocessable_entity")
    assert [line["account_id"] for line in sandbox.journal("invite_sent")] == [
        "acc-anisha",
        "acc_anisha",
    ]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "provider/invalid_parameters"),
        (409, "provider/conflict"),
        (422, "provider/unprocessable_entity"),
        (429, "provider/too_many_requests"),
    ],
)
def test_a_refusal_has_the_type_that_is_set_whatever_its_cause(
    sandbox, v2, status, kind
):
    sandbox.change_settings(v2_refusal_status=status)
    sandbox.connect_stranger("acc_anisha", "ACoAArelated")
    invite(v2, "ACoAApending")
    invite(v2, "ACoAAwithdrawn")
    sandbox.withdraw("acc_anisha", "ACoAAwithdrawn")

    answers = [
        invite(v2, person)
        for person in ("ACoAArelated", "ACoAApending", "ACoAAwithdrawn")
    ]

    for answer in answers:
        assert_v2_refused(answer, status, kind)
    assert len({answer.json()["detail"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("fields", "status", "kind"),
    [
        ({"user_id": "julien"}, 400, "provider/invalid_parameters"),
        ({"user_id": ""}, 400, "api/invalid_parameters"),
        ({}, 400, "api/invalid_parameters"),
        (
            {"user_id": "ACoAAjulien", "account_id": "acc_anisha"},
            400,
            "api/invalid_parameters",
        ),
        (
            {"user_id": "ACoAAjulien", "message": "x" * 301},
            400,
            "provider/invalid_parameters",
        ),
    ],
)
def test_a_wrong_invite_is_refused(sandbox, v2, fields, status, kind):
    assert_v2_refused(v2.post(REQUESTS, json=fields), status, kind)
    assert sandbox.journal("invite_sent") == []


def test_a_profile_says_what_became_of_an_invite(sandbox, v2):
    def specifics(person):
        return v2.get(f"/acc_anisha/users/{person}").json()["specifics"]

    for person in ("ACoAApending", "ACoAAwithdrawn", "ACoAAignored", "ACoAArelated"):
        invite(v2, person)
    sandbox.withdraw("acc_anisha", "ACoAAwithdrawn")
    sandbox.decline("acc_anisha", "ACoAAignored")
    sandbox.accept("acc_anisha", "ACoAArelated")

    pending = specifics("ACoAApending")
    assert pending["relation_request_status"] == "PENDING"
    assert pending["relation_request"]["type"] == "sent"
    assert specifics("ACoAAwithdrawn")["relation_request_status"] == "WITHDRAWN"
    assert specifics("ACoAAignored")["relation_request_status"] == "IGNORED"
    assert specifics("ACoAArelated")["network_distance"] == "FIRST_DEGREE"
    assert v2.get("/acc_anisha/users/me").json()["specifics"] == (
        specifics("ACoAAanisha")
    )


def test_profiles_are_refused_person_by_person(sandbox, v2):
    sandbox.set_person("closed-one", is_closed=True)
    sandbox.set_person("missing-one", is_missing=True)

    def answer(identifier):
        return v2.get(f"/acc_anisha/users/{identifier}")

    assert_v2_refused(answer("anisha-rao"), 400, "provider/invalid_parameters")
    assert_v2_refused(answer("closed-one"), 403, "provider/insufficient_permissions")
    assert_v2_refused(answer("missing-one"), 404, "provider/resource_not_found")


def test_sections_come_only_when_asked_and_throttled_ones_are_named(sandbox, v2):
    sandbox.set_person("ACoAAjulien", throttled_sections=["skills"])
    path = "/acc_anisha/users/ACoAAjulien"

    bare = v2.get(path).json()["specifics"]
    asked = v2.get(path, params={"with_sections": "experience,skills"}).json()

    assert "experience" not in bare
    assert asked["specifics"]["experience"] != []
    assert "skills" not in asked["specifics"]
    assert asked["specifics"]["throttled_sections"] == ["skills"]


# Chats, messages, comments


def test_a_chat_is_started_continued_and_read(sandbox, v2):
    sandbox.connect_stranger("acc_anisha", "ACoAAjulien")

    started = v2.post(PRIMARY, json=TO_JULIEN)
    chat = segment(started.json()["chat_id"])
    sent = v2.post(f"/acc_anisha/chats/{chat}/messages/send", json={"text": "Again"})
    sandbox.incoming_message("acc_anisha", "ACoAAjulien", "Hi")

    assert (started.status_code, started.json()["object"]) == (200, "ChatStarted")
    assert (sent.status_code, sent.json()["object"]) == (200, "MessageSent")
    rows = v2.get(f"/acc_anisha/chats/{chat}/messages").json()["data"]
    assert [(row["text"], row["is_sender"]) for row in rows] == [
        ("Hi", False),
        ("Again", True),
        ("Hello", True),
    ]
    one = v2.get(f"/acc_anisha/chats/{chat}/messages/{segment(rows[1]['id'])}")
    assert one.json()["id"] == sent.json()["message_id"]
    (looked_up,) = v2.get("/acc_anisha/users/ACoAAjulien/chat").json()["data"]
    assert looked_up["chat_id"] == started.json()["chat_id"]
    chats = v2.get("/acc_anisha/inboxes/CLASSIC_PRIMARY/chats").json()["data"]
    assert [chat["user_id"] for chat in chats] == ["ACoAAjulien"]


def test_an_id_must_be_one_encoded_segment(sandbox, v2):
    sandbox.connect_stranger("acc_anisha", "ACoAAjulien")
    chat = v2.post(PRIMARY, json=TO_JULIEN).json()["chat_id"]

    assert "/" in chat
    assert v2.get(f"/acc_anisha/chats/{chat}/messages").status_code == 404
    assert v2.get(f"/acc_anisha/chats/{segment(chat)}/messages").status_code == 200


@pytest.mark.parametrize(
    ("path", "fields", "status", "kind"),
    [
        (PRIMARY, TO_JULIEN, 422, "provider/unprocessable_entity"),
        (PRIMARY, TO_JULIEN | INMAIL, 403, "provider/insufficient_permissions"),
        (
            PRIMARY,
            TO_JULIEN | {"users_ids": ["ACoAAjulien"]},
            501,
            "api/not_implemented",
        ),
        (PRIMARY, {"users_ids": "ACoAAjulien"}, 400, "api/invalid_parameters"),
        (PRIMARY, TO_JULIEN | {"subject": "W"}, 400, "api/invalid_parameters"),
        (
            "/acc_anisha/inboxes/CLASSIC_INMAIL/chats/send",
            TO_JULIEN,
            400,
            "provider/invalid_parameters",
        ),
        (
            "/acc_anisha/inboxes/RECRUITER_PRIMARY/chats/send",
            TO_JULIEN,
            403,
            "provider/insufficient_permissions",
        ),
        ("/acc_anisha/chats/send", TO_JULIEN, 405, "provider/method_not_allowed"),
    ],
)
def test_a_wrong_chat_is_refused_and_nothing_is_said(
    sandbox, v2, path, fields, status, kind
):
    assert_v2_refused(v2.post(path, json=fields), status, kind)
    assert sandbox.journal("message_sent") == []


def test_an_inmail_of_version_2_reaches_a_stranger(sandbox, v2):
    sandbox.register_accounts(
        [PINKI_V2 | {"id": "acc_premium", "premium_features": ["premium"]}]
    )
    path = "/acc_premium/inboxes/CLASSIC_PRIMARY/chats/send"

    assert v2.post(path, json=TO_JULIEN | INMAIL).status_code == 200
    assert sandbox.journal("chat_started")[0]["content_type"] == "inmail"
    balance = v2.get("/acc_premium/linkedin/inmail-credits").json()
    assert balance == {"object": "InmailCredits", "credits": {"classic": 50}}


def test_a_comment_has_an_id_and_its_post_an_id_of_version_2(sandbox, v2):
    assert_v2_refused(
        v2.post(f"/acc_anisha/posts/{segment(POST)}/comments", json={"text": "Nice"}),
        404,
        "provider/resource_not_found",
    )
    post = segment(v2.get(f"/acc_anisha/posts/{segment(POST)}").json()["id"])

    answer = v2.post(f"/acc_anisha/posts/{post}/comments", json={"text": "Nice"})

    assert (answer.status_code, answer.json()["object"]) == (201, "Comment")
    (line,) = sandbox.journal("comment_posted")
    assert line["social_id"] == POST
    (row,) = v2.get(f"/acc_anisha/posts/{post}/comments").json()["data"]
    assert (row["id"], row["is_sender"]) == (answer.json()["id"], True)


# Lists


def test_an_offset_list_ends_with_an_empty_page(v2):
    for number in range(3):
        invite(v2, f"ACoAAperson{number}")

    pages = [
        v2.get(REQUESTS, params={"type": "sent", "limit": 2, "offset": offset}).json()
        for offset in (0, 2, 3)
    ]

    assert [len(page["data"]) for page in pages] == [2, 1, 0]
    assert {page["total_count"] for page in pages} == {3}


def test_a_cursor_list_ends_without_a_cursor(sandbox, v2):
    for number in range(3):
        sandbox.connect_stranger("acc_anisha", f"ACoAAperson{number}")
    path = "/acc_anisha/users/me/relations"

    first = v2.get(path, params={"limit": 2}).json()
    second = v2.get(path, params={"cursor": first["next_cursor"]}).json()

    people = {row["user"]["id"] for row in first["data"] + second["data"]}
    assert len(people) == 3
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("path", "query", "kind"),
    [
        (REQUESTS, {}, "api/invalid_parameters"),
        (REQUESTS, {"type": "sent", "limit": 101}, "api/invalid_parameters"),
        (REQUESTS, {"type": "sent", "colour": "red"}, "api/invalid_parameters"),
        (REQUESTS, {"cursor": "x"}, "api/invalid_parameters"),
        (
            "/acc_anisha/users/me/relations",
            {"offset": 20},
            "provider/invalid_parameters",
        ),
        (
            "/acc_anisha/users/me/relations",
            {"cursor": "x", "search": "y"},
            "api/invalid_parameters",
        ),
        (
            "/acc_anisha/inboxes/CLASSIC_PRIMARY/chats",
            {"is_unread": "true"},
            "api/invalid_parameters",
        ),
    ],
)
def test_a_wrong_query_of_a_list_is_refused(v2, path, query, kind):
    assert_v2_refused(v2.get(path, params=query), 400, kind)
