"""The sandbox resolves people and lists relations as the provider does."""

from tests.support.sandboxes import assert_refused, invite_fields


def test_both_identifiers_of_a_person_lead_to_the_same_profile(api):
    query = {"account_id": "acc-anisha"}

    by_name = api.get("/users/julien-crepieux", params=query).json()
    by_id = api.get(f"/users/{by_name['provider_id']}", params=query).json()

    assert by_name == by_id
    assert by_name["object"] == "UserProfile"
    assert by_name["provider_id"].startswith("ACoAA")
    assert by_name["public_identifier"] == "julien-crepieux"
    assert by_name["network_distance"] == "SECOND_DEGREE"
    assert by_name["is_relationship"] is False
    assert "invitation" not in by_name


def test_a_person_met_by_provider_id_is_found_by_their_name_too(api):
    query = {"account_id": "acc-anisha"}

    by_id = api.get("/users/ACoAAsomebody", params=query).json()
    by_name = api.get(f"/users/{by_id['public_identifier']}", params=query).json()

    assert by_name["provider_id"] == "ACoAAsomebody"


def test_a_profile_shows_the_invitation_and_the_relation(sandbox, api):
    query = {"account_id": "acc-anisha"}
    api.post("/users/invite", json=invite_fields())

    pending = api.get("/users/ACoAAjulien", params=query).json()
    sandbox.accept("acc-anisha", "ACoAAjulien")
    connected = api.get("/users/ACoAAjulien", params=query).json()

    assert pending["invitation"] == {"type": "SENT", "status": "PENDING"}
    assert connected["network_distance"] == "FIRST_DEGREE"
    assert "invitation" not in connected


def test_a_malformed_identifier_is_invalid(api):
    response = api.get("/users/a!", params={"account_id": "acc-anisha"})

    assert_refused(response, 404, "invalid_resource_identifier")


def test_a_relation_is_listed_as_the_contract_says(sandbox, api):
    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")

    page = api.get("/users/relations", params={"account_id": "acc-anisha"}).json()

    assert page["object"] == "UserRelationsList"
    (item,) = page["items"]
    assert item["object"] == "UserRelation"
    assert item["member_id"] == "ACoAAjulien"
    assert isinstance(item["created_at"], int)
    assert item.keys() == {
        "object",
        "first_name",
        "last_name",
        "headline",
        "public_identifier",
        "public_profile_url",
        "created_at",
        "member_id",
        "member_urn",
        "connection_urn",
        "profile_picture_url",
    }


def test_relations_come_newest_first(sandbox, api):
    for identifier in ("ACoAAfirst", "ACoAAsecond", "ACoAAthird"):
        sandbox.connect_stranger("acc-anisha", identifier)
        sandbox.advance(hours=1)

    query = {"account_id": "acc-anisha", "limit": 2}
    first = api.get("/users/relations", params=query).json()
    query = {"account_id": "acc-anisha", "cursor": first["cursor"]}
    second = api.get("/users/relations", params=query).json()

    items = first["items"] + second["items"]
    assert [item["member_id"] for item in items] == [
        "ACoAAthird",
        "ACoAAsecond",
        "ACoAAfirst",
    ]
