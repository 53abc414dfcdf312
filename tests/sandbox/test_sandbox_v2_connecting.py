"""Connecting in version 2: the hosted page, and accounts that come from version 1."""

import urllib.parse

import httpx
import pytest

from tests.support.sandboxes_v2 import (
    ANISHA_V2,
    assert_v2_refused,
    v2_api_of,
)

LINK = {
    "providers": ["linkedin"],
    "expires_on": "2099-01-01T00:00:00.000Z",
    "redirect_uri": "http://127.0.0.1:9/back?from=us",
    "state": "row-7",
}
AGAIN = {name: LINK[name] for name in LINK if name != "providers"} | {
    "account_id": "acc_anisha"
}
EVENTS = ["account.add", "account.reconnect", "account.status.running"]


@pytest.fixture
def sandbox(sandbox):
    """A sandbox in which Anisha is connected in both versions."""
    sandbox.register_accounts([ANISHA_V2])
    return sandbox


@pytest.fixture
def v2(sandbox, hook):
    """The API with the service key, and an endpoint at the hook."""
    with v2_api_of(sandbox, sandbox.v2_service_key) as client:
        fields = {"url": hook.url, "trigger_events": EVENTS}
        client.post("/webhooks/endpoints", json=fields)
        yield client


def log_in(v2, fields, username):
    """What the browser is sent back with after a person logged in."""
    made = v2.post("/auth/link", json=fields).json()
    assert made["object"] == "HostedAuthLink"
    assert "<form" in httpx.get(made["link"], trust_env=False).text
    answer = httpx.post(made["link"], data={"username": username}, trust_env=False)
    assert answer.status_code == 303
    return back(answer)


def back(answer):
    location = urllib.parse.urlsplit(answer.headers["location"])
    return dict(urllib.parse.parse_qsl(location.query))


def test_a_new_account_comes_back_by_redirect_and_by_webhook(sandbox, v2, hook):
    told = log_in(v2, LINK, "dana.cole")
    sandbox.settle()

    account = v2.get(f"/accounts/{told['account_id']}").json()
    assert account["status"] == "running"
    assert told == {
        "from": "us",
        "account_id": account["id"],
        "provider": "linkedin",
        "state": "row-7",
    }
    added = next(body for body in hook.bodies if body["type"] == "account.add")
    assert added["payload"]["state"] == "row-7"
    assert added["payload"]["account"]["id"] == account["id"]
    assert {body["type"] for body in hook.bodies} == {
        "account.add",
        "account.status.running",
    }


def test_a_reconnected_account_keeps_its_id_and_all_its_products_run(sandbox, v2, hook):
    sandbox.set_v2_status("acc_anisha", status="disconnected")

    told = log_in(v2, AGAIN, "anisha-rao")
    sandbox.settle()

    account = v2.get("/accounts/acc_anisha").json()
    assert (told["account_id"], account["status"]) == ("acc_anisha", "running")
    assert set(account["metadata"]["products_connection_status"].values()) == {
        "running"
    }
    assert {body["type"] for body in hook.bodies} == {
        "account.reconnect",
        "account.status.running",
    }


@pytest.mark.parametrize(
    ("fields", "username", "kind"),
    [
        (LINK, "anisha-rao", "api/already_exists"),
        (LINK, "restricted-one", "api/account_restricted"),
        (LINK, "unpaid-one", "api/inactive_subscription"),
        (AGAIN, "someone-else", "provider/account_mismatch"),
    ],
)
def test_a_failed_login_comes_back_with_an_error(
    sandbox, v2, hook, fields, username, kind
):
    told = log_in(v2, fields, username)
    sandbox.settle()

    assert (told["error_type"], told["state"]) == (kind, "row-7")
    assert told.keys() >= {"error_title", "error_detail"}
    assert "account_id" not in told
    if kind == "api/already_exists":
        assert told["error_detail"] == "acc_anisha"
    assert hook.bodies == []


def test_a_link_of_one_version_is_none_of_the_other(v2):
    link = v2.post("/auth/link", json=LINK).json()["link"]

    answer = httpx.get(link.replace("/hosted/v2/", "/hosted/"), trust_env=False)

    assert answer.status_code == 404


def test_an_expired_link_comes_back_as_such(sandbox, v2):
    made = v2.post("/auth/link", json=LINK).json()
    sandbox.set_clock("2099-01-02T00:00:00+00:00")

    answer = httpx.get(made["link"], trust_env=False)

    assert back(answer)["error_type"] == "api/expired_link"


@pytest.mark.parametrize(
    ("changes", "status", "kind"),
    [
        ({"providers": ["LINKEDIN"]}, 400, "api/invalid_parameters"),
        ({"account_id": "acc_anisha"}, 400, "api/invalid_parameters"),
        ({"expires_on": "2020-01-01T00:00:00.000Z"}, 400, "api/invalid_parameters"),
        ({"notify_url": "http://127.0.0.1:9/"}, 400, "api/invalid_parameters"),
        ({"redirect_uri": None}, 400, "api/invalid_parameters"),
    ],
)
def test_a_wrong_link_is_refused(v2, changes, status, kind):
    assert_v2_refused(v2.post("/auth/link", json=LINK | changes), status, kind)


def test_accounts_are_migrated_one_by_one_and_some_arrive_disconnected(
    sandbox, v2, api
):
    people = [f"person-{number}" for number in range(3)]
    sandbox.register_accounts(
        [
            {
                "id": f"old-{name}",
                "name": name,
                "provider_id": f"ACoAA{name}",
                "public_identifier": name,
            }
            for name in people
        ]
    )

    first = sandbox.migrate_to_v2("old-person-0")
    second = sandbox.migrate_to_v2("old-person-1", status="disconnected", ends_v1=True)

    shown = {
        account["metadata"]["v1_account_id"]: (account["id"], account["status"])
        for account in v2.get("/accounts").json()["data"]
        if "v1_account_id" in account["metadata"]
    }
    assert shown == {
        "old-person-0": (first, "running"),
        "old-person-1": (second, "disconnected"),
    }
    old = {item["id"]: item for item in api.get("/accounts").json()["items"]}
    assert old["old-person-0"]["sources"][0]["status"] == "OK"
    assert old["old-person-1"]["sources"][0]["status"] == "CREDENTIALS"


def test_a_migrated_account_knows_what_version_1_sent(sandbox, v2, api):
    new = sandbox.migrate_to_v2("acc-anisha", id="acc_migrated")
    api.post(
        "/users/invite",
        json={"account_id": "acc-anisha", "provider_id": "ACoAAjulien"},
    )

    path = f"/{new}/users/me/relation-requests"
    (row,) = v2.get(path, params={"type": "sent"}).json()["data"]

    assert row["user"]["id"] == "ACoAAjulien"
    refused = v2.post(path, json={"user_id": "ACoAAjulien"})
    assert refused.status_code == 422
