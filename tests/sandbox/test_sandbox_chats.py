"""The sandbox takes chats, InMails, messages and comments as the provider does."""

import pytest

from tests.support.sandboxes import PINKI, assert_refused, multipart

POST_ID = "urn:li:activity:7000000000000000001"


def chat_fields(*more, attendee="ACoAAjulien"):
    return [
        ("account_id", "acc-anisha"),
        ("attendees_ids", attendee),
        ("text", "Hello"),
        *more,
    ]


@pytest.mark.parametrize("encoding", ["json", "data"])
def test_a_chat_is_started_by_multipart_only(sandbox, api, encoding):
    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")

    response = api.post("/chats", **{encoding: dict(chat_fields())})

    assert_refused(response, 415, "unsupported_media_type")


def test_a_torn_form_is_malformed(api):
    response = api.post(
        "/chats",
        content=b"--x\r\nnonsense",
        headers={"content-type": "multipart/form-data; boundary=x"},
    )

    assert response.status_code == 400


@pytest.mark.parametrize(
    ("fields", "status", "slug"),
    [
        (chat_fields(), 422, "no_connection_with_recipient"),
        (chat_fields(attendee="julien"), 422, "invalid_recipient"),
        (chat_fields(("colour", "red")), 400, "invalid_parameters"),
        (chat_fields(("text", "Twice")), 400, "invalid_parameters"),
        (chat_fields(("linkedin[api]", "gold")), 400, "invalid_parameters"),
        (chat_fields(("linkedin[api]", "recruiter")), 403, "feature_not_subscribed"),
        (chat_fields()[1:], 400, "missing_parameters"),
        (chat_fields()[:2], 400, "missing_parameters"),
    ],
)
def test_a_wrong_chat_is_refused_and_nothing_is_said(
    sandbox, api, fields, status, slug
):
    assert_refused(api.post("/chats", files=multipart(fields)), status, slug)
    assert sandbox.journal("message_sent") == []


@pytest.mark.parametrize(
    "product",
    [
        [("linkedin[api]", "classic"), ("linkedin[inmail]", "true")],
        [("linkedin[inmail]", "true")],
        [("linkedin[api]", "sales_navigator")],
    ],
)
def test_an_inmail_reaches_a_stranger(sandbox, api, product):
    fields = chat_fields(("subject", "Work"), *product)

    response = api.post("/chats", files=multipart(fields))

    assert response.status_code == 201
    assert response.json().keys() == {"object", "chat_id", "message_id"}
    assert sandbox.journal("chat_started")[0]["content_type"] == "inmail"


def test_a_second_chat_with_a_person_is_the_first_one(sandbox, api):
    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")

    first = api.post("/chats", files=multipart(chat_fields())).json()
    second = api.post("/chats", files=multipart(chat_fields())).json()

    assert first["chat_id"] == second["chat_id"]
    assert first["message_id"] != second["message_id"]


def test_a_message_in_a_chat_of_another_account_is_refused(sandbox, api):
    sandbox.register_accounts([PINKI])
    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")
    chat_id = api.post("/chats", files=multipart(chat_fields())).json()["chat_id"]

    fields = [("text", "Hello"), ("account_id", "acc-pinki")]
    response = api.post(f"/chats/{chat_id}/messages", files=multipart(fields))

    assert_refused(response, 403, "account_mismatch")


def test_a_message_is_shown_as_the_contract_says(sandbox, api):
    told = sandbox.incoming_message("acc-anisha", "ACoAAjulien", "Hi Anisha")

    page = api.get(f"/chats/{told['chat_id']}/messages").json()

    assert page["object"] == "MessageList"
    (message,) = page["items"]
    assert message["id"] == told["message_id"]
    assert (message["text"], message["is_sender"]) == ("Hi Anisha", 0)
    assert message["sender_id"] == "ACoAAjulien"


def test_stored_chats_are_answered_for_a_disconnected_account(sandbox, api):
    told = sandbox.incoming_message("acc-anisha", "ACoAAjulien", "Hi Anisha")
    sandbox.set_account_status("acc-anisha", "CREDENTIALS")

    stored = api.get(f"/chats/{told['chat_id']}/messages")
    live = api.get("/users/relations", params={"account_id": "acc-anisha"})

    assert stored.status_code == 200
    assert_refused(live, 401, "disconnected_account")


@pytest.mark.parametrize(
    ("social_id", "text", "status", "slug"),
    [
        ("7000000000000000001", "Nice", 422, "invalid_post"),
        (POST_ID, "", 400, "invalid_parameters"),
        (POST_ID, "x" * 1_251, 400, "too_many_characters"),
    ],
)
def test_a_wrong_comment_is_refused(sandbox, api, social_id, text, status, slug):
    response = api.post(
        f"/posts/{social_id}/comments", json={"account_id": "acc-anisha", "text": text}
    )

    assert_refused(response, status, slug)
    assert sandbox.journal("comment_posted") == []


def test_a_comment_answers_without_an_id_and_can_be_read_back(api):
    path, query = f"/posts/{POST_ID}/comments", {"account_id": "acc-anisha"}

    sent = api.post(path, json=query | {"text": "Nice"})
    page = api.get(path, params=query).json()

    assert sent.json() == {"object": "CommentSent"}
    assert (page["object"], page["total_items"]) == ("CommentList", 1)
    assert page["items"][0]["author_details"]["id"] == "ACoAAanisha"
    assert page["items"][0]["text"] == "Nice"
