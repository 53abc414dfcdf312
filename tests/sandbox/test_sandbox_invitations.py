"""The sandbox takes invitations as strictly as the provider, and lists them alike."""

import httpx
import pytest

from tests.support.sandboxes import assert_refused, invite_fields

POST_ID = "urn:li:activity:7000000000000000001"


@pytest.mark.parametrize("headers", [{}, {"X-API-KEY": ""}, {"X-API-KEY": "wrong"}])
@pytest.mark.parametrize("path", ["/accounts", "/users/invite/sent", "/no-such-path"])
def test_without_our_key_every_path_answers_missing_credentials(sandbox, headers, path):
    response = httpx.get(f"{sandbox.dsn}/api/v1{path}", headers=headers)

    assert_refused(response, 401, "missing_credentials")


def test_an_unknown_path_is_not_found(api):
    assert_refused(api.get("/no-such-path"), 404, "resource_not_found")


@pytest.mark.parametrize(
    ("fields", "status", "slug"),
    [
        ({"account_id": "acc-anisha"}, 400, "missing_parameters"),
        ({"provider_id": "ACoAAjulien"}, 400, "missing_parameters"),
        (invite_fields(provider_id=7), 400, "invalid_parameters"),
        (invite_fields(note="Hello"), 400, "invalid_parameters"),
        (invite_fields(message="x" * 301), 400, "too_many_characters"),
        (invite_fields(message="👋" * 151), 400, "too_many_characters"),
        (invite_fields(account_id="acc-nobody"), 404, "resource_not_found"),
        (invite_fields(provider_id="julien"), 422, "invalid_recipient"),
        (
            invite_fields(provider_id="https://www.linkedin.com/in/julien"),
            422,
            "invalid_recipient",
        ),
        (invite_fields(provider_id="ACoAAanisha"), 422, "invalid_recipient"),
        ([1], 400, "invalid_parameters"),
    ],
)
def test_a_wrong_invitation_is_refused_and_does_not_happen(
    sandbox, api, fields, status, slug
):
    assert_refused(api.post("/users/invite", json=fields), status, slug)
    assert sandbox.journal("invite_sent") == []


def test_a_note_of_300_characters_is_taken(sandbox, api):
    note = "é" * 300

    response = api.post("/users/invite", json=invite_fields(message=note))

    assert response.status_code == 201
    assert response.json().keys() == {"object", "invitation_id"}
    assert sandbox.journal("invite_sent")[0]["message"] == note


def test_an_invitation_in_a_form_is_an_unsupported_media_type(api):
    response = api.post("/users/invite", data=invite_fields())

    assert_refused(response, 415, "unsupported_media_type")


def test_a_body_that_is_not_json_is_malformed(api):
    response = api.post(
        "/users/invite", content=b"{", headers={"content-type": "application/json"}
    )

    assert_refused(response, 400, "malformed_request")


@pytest.mark.parametrize("status", ["STOPPED", "ERROR", "CREDENTIALS", "CONNECTING"])
def test_an_account_that_is_not_ok_sends_nothing(sandbox, api, status):
    sandbox.set_account_status("acc-anisha", status)

    response = api.post("/users/invite", json=invite_fields())

    assert_refused(response, 401, "disconnected_account")
    assert sandbox.journal("invite_sent") == []


def test_a_pending_person_a_relation_and_a_withdrawn_one_are_distinguished(
    sandbox, api
):
    def again():
        return api.post("/users/invite", json=invite_fields())

    invitation_id = again().json()["invitation_id"]
    assert_refused(again(), 422, "already_invited_recently")

    api.delete(
        f"/users/invite/sent/{invitation_id}", params={"account_id": "acc-anisha"}
    )
    assert_refused(again(), 422, "cannot_resend_yet")

    sandbox.advance(days=22)
    assert again().status_code == 201

    sandbox.accept("acc-anisha", "ACoAAjulien")
    assert_refused(again(), 422, "already_connected")


def test_people_can_be_missing_or_blocking(sandbox, api):
    sandbox.set_person("ACoAAgone", is_missing=True)
    sandbox.set_person("ACoAAshut", is_blocking=True)

    gone = api.post("/users/invite", json=invite_fields(provider_id="ACoAAgone"))
    shut = api.post("/users/invite", json=invite_fields(provider_id="ACoAAshut"))
    profile = api.get("/users/ACoAAgone", params={"account_id": "acc-anisha"})

    assert_refused(gone, 422, "invalid_recipient")
    assert_refused(shut, 422, "blocked_recipient")
    assert_refused(profile, 404, "resource_not_found")


def test_a_pending_invitation_is_listed_as_the_contract_says(api):
    invitation_id = api.post("/users/invite", json=invite_fields(message="Hi")).json()[
        "invitation_id"
    ]

    page = api.get("/users/invite/sent", params={"account_id": "acc-anisha"}).json()

    assert (page["object"], page["cursor"]) == ("InvitationList", None)
    (item,) = page["items"]
    assert item["object"] == "InvitationSent"
    assert item["id"] == invitation_id
    assert item["invited_user_id"] == "ACoAAjulien"
    assert item["date"] == "Sent today"
    assert item["parsed_datetime"].endswith("Z")
    assert item["invitation_text"] == "Hi"
    assert item["inviter"]["inviter_name"] == "Anisha Rao"


@pytest.mark.parametrize(
    ("path", "highest"),
    [
        ("/users/invite/sent", 100),
        ("/users/relations", 1_000),
        (f"/posts/{POST_ID}/comments", 100),
        ("/chats", 250),
        ("/messages", 250),
    ],
)
def test_a_limit_out_of_range_is_refused(api, path, highest):
    for limit in (0, highest + 1, "many"):
        response = api.get(path, params={"account_id": "acc-anisha", "limit": limit})
        assert_refused(response, 400, "invalid_parameters")
    response = api.get(path, params={"account_id": "acc-anisha", "limit": highest})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"account_id": "acc-anisha", "colour": "red"},
        {"account_id": "acc-anisha", "cursor": "nonsense"},
    ],
)
def test_a_wrong_query_is_refused(api, parameters):
    response = api.get("/users/relations", params=parameters)

    assert response.status_code == 400
    assert response.json()["type"] in (
        "errors/missing_parameters",
        "errors/invalid_parameters",
    )


def test_sent_invitations_come_ten_at_a_time_newest_first(api):
    for number in range(12):
        fields = invite_fields(provider_id=f"ACoAAperson{number:02d}")
        api.post("/users/invite", json=fields)

    query = {"account_id": "acc-anisha"}
    first = api.get("/users/invite/sent", params=query).json()
    query["cursor"] = first["cursor"]
    second = api.get("/users/invite/sent", params=query).json()

    people = [item["invited_user_id"] for item in first["items"] + second["items"]]
    assert len(first["items"]) == 10
    assert second["cursor"] is None
    assert sorted(people) == [f"ACoAAperson{number:02d}" for number in range(12)]
    assert people[0] > people[-1]
