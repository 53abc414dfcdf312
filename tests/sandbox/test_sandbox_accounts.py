"""The sandbox shows, connects and re-adds accounts, and keeps subscriptions."""

import pytest

from tests.support.sandboxes import ANISHA, assert_refused


def test_an_account_is_shown_as_the_contract_says(api):
    account = api.get("/accounts/acc-anisha").json()

    created_at = account.pop("created_at")
    assert len(created_at) == len("2025-12-31T23:59:59.999Z")
    assert account == {
        "object": "Account",
        "type": "LINKEDIN",
        "id": "acc-anisha",
        "name": "Anisha Rao",
        "groups": [],
        "connection_params": {
            "im": {
                "id": "ACoAAanisha",
                "username": "Anisha Rao",
                "premiumContractId": None,
                "premiumFeatures": ["sales_navigator"],
                "publicIdentifier": "anisha-rao",
                "organizations": [],
            }
        },
        "sources": [{"id": "acc-anisha_MESSAGING", "status": "OK"}],
    }


def test_a_login_with_a_checkpoint_needs_its_code(api):
    login = {"provider": "LINKEDIN", "username": "2fa@example.com", "password": "p"}
    asked = api.post("/accounts", json=login)
    account_id = asked.json()["account_id"]
    solution = {"provider": "LINKEDIN", "account_id": account_id}

    wrong = api.post("/accounts/checkpoint", json=solution | {"code": "1"})
    missing = api.get(f"/accounts/{account_id}")
    solved = api.post("/accounts/checkpoint", json=solution | {"code": "123456"})

    assert asked.json()["checkpoint"]["type"] == "2FA"
    assert_refused(wrong, 401, "invalid_checkpoint_solution")
    assert_refused(missing, 404, "resource_not_found")
    assert solved.json() == {"object": "AccountCreated", "account_id": account_id}
    assert api.get(f"/accounts/{account_id}").status_code == 200


def test_a_reconnect_keeps_the_account_id(sandbox, api):
    sandbox.set_account_status("acc-anisha", "CREDENTIALS")
    login = {"provider": "LINKEDIN", "username": "anisha@example.com", "password": "p"}

    answer = api.post("/accounts/acc-anisha", json=login)

    assert answer.json() == {"object": "AccountReconnected", "account_id": "acc-anisha"}
    status = api.get("/accounts/acc-anisha").json()["sources"][0]["status"]
    assert status == "OK"


def test_an_account_added_again_has_a_new_id_and_the_same_relations(sandbox, api):
    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")
    assert api.delete("/accounts/acc-anisha").json() == {"object": "AccountDeleted"}

    sandbox.register_accounts([ANISHA | {"id": "acc-anisha-2"}])

    assert_refused(api.get("/accounts/acc-anisha"), 404, "resource_not_found")
    page = api.get("/users/relations", params={"account_id": "acc-anisha-2"}).json()
    assert [item["member_id"] for item in page["items"]] == ["ACoAAjulien"]


WEBHOOK = {"source": "users", "request_url": "http://127.0.0.1:9/hook"}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"source": "users"}, 400),
        ({"request_url": "http://127.0.0.1:9/hook"}, 400),
        (WEBHOOK | {"source": "relations"}, 400),
        (WEBHOOK | {"request_url": "127.0.0.1:9"}, 400),
        (WEBHOOK | {"events": ["users.relations.new_relation"]}, 400),
        (WEBHOOK | {"headers": {"Unipile-Auth": "secret"}}, 400),
        (WEBHOOK | {"headers": [{"name": "a", "value": "b"}]}, 400),
        (WEBHOOK | {"account_ids": ["acc-nobody"]}, 404),
    ],
)
def test_a_wrong_webhook_is_refused(sandbox, api, fields, status):
    assert api.post("/webhooks", json=fields).status_code == status
    assert sandbox.journal("webhook_created") == []


def test_webhooks_are_listed_with_events_and_without_their_source(api):
    fields = WEBHOOK | {"name": "trueup", "account_ids": ["acc-anisha"]}
    webhook_id = api.post("/webhooks", json=fields).json()["webhook_id"]

    page = api.get("/webhooks").json()

    assert page == {
        "object": "WebhookList",
        "items": [
            {
                "object": "Webhook",
                "id": webhook_id,
                "type": "AUTO",
                "account_ids": [
                    {"id": "acc-anisha", "name": "Anisha Rao", "type": "LINKEDIN"}
                ],
                "enabled": True,
                "name": "trueup",
                "request_url": "http://127.0.0.1:9/hook",
                "format": "json",
                "headers": [],
                "data": [],
                "events": ["new_relation"],
            }
        ],
        "cursor": None,
    }


def test_a_webhook_is_deleted_once(api):
    webhook_id = api.post("/webhooks", json=WEBHOOK).json()["webhook_id"]

    first = api.delete(f"/webhooks/{webhook_id}")
    second = api.delete(f"/webhooks/{webhook_id}")

    assert first.json() == {"object": "WebhookDeleted"}
    assert_refused(second, 404, "resource_not_found")
