"""Webhooks of the sandbox come late, twice, never, and again if refused."""

import pytest

from tests.support.sandboxes import PINKI, invite_fields

SECRET = [
    {"key": "Content-Type", "value": "application/json"},
    {"key": "Unipile-Auth", "value": "secret"},
]


@pytest.fixture
def sandbox(sandbox):
    """A sandbox in which Anisha's and Pinki's accounts are connected."""
    sandbox.register_accounts([PINKI])
    return sandbox


def subscribe(api, hook, source="users", **fields):
    wanted = {"source": source, "request_url": hook.url, "headers": SECRET}
    answer = api.post("/webhooks", json=wanted | fields)
    assert answer.status_code == 200
    return answer.json()["webhook_id"]


def test_a_new_relation_has_the_contracts_fields_and_our_headers(sandbox, api, hook):
    subscribe(api, hook, name="trueup")
    sandbox.set_person("ACoAAjulien", webhook_delays_seconds=[60])
    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")

    sandbox.advance(minutes=1)

    ((headers, _),) = hook.received
    (body,) = hook.bodies
    assert headers["Unipile-Auth"] == "secret"
    assert headers["Content-Type"] == "application/json"
    assert body["event"] == "new_relation"
    assert body["account_id"] == "acc-anisha"
    assert body["webhook_name"] == "trueup"
    assert body["user_provider_id"] == "ACoAAjulien"
    assert body.keys() == {
        "event",
        "account_id",
        "account_type",
        "webhook_name",
        "user_full_name",
        "user_provider_id",
        "user_public_identifier",
        "user_profile_url",
        "user_picture_url",
    }


def test_a_subscription_without_headers_gets_no_content_type(sandbox, api, hook):
    subscribe(api, hook, headers=[])
    sandbox.set_person("ACoAAjulien", webhook_delays_seconds=[0])

    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")
    sandbox.settle()

    ((headers, _),) = hook.received
    assert "Content-Type" not in headers


def test_a_new_relation_comes_late_on_the_virtual_clock(sandbox, api, hook):
    subscribe(api, hook)
    sandbox.set_person("ACoAAjulien", webhook_delays_seconds=[8 * 3_600])
    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")

    sandbox.advance(hours=7)
    early = len(hook.received)
    sandbox.advance(hours=1, minutes=1)

    assert (early, len(hook.received)) == (0, 1)


def test_webhooks_come_twice_never_and_out_of_order(sandbox, api, hook):
    subscribe(api, hook)
    sandbox.set_person("ACoAAfirst", webhook_delays_seconds=[7_200])
    sandbox.set_person("ACoAAsecond", webhook_delays_seconds=[60, 120])
    sandbox.set_person("ACoAAthird", webhook_delays_seconds=[])
    for identifier in ("ACoAAfirst", "ACoAAsecond", "ACoAAthird"):
        sandbox.connect_stranger("acc-anisha", identifier)

    sandbox.advance(minutes=1)
    sandbox.advance(minutes=1)
    sandbox.advance(hours=2)

    assert [body["user_provider_id"] for body in hook.bodies] == [
        "ACoAAsecond",
        "ACoAAsecond",
        "ACoAAfirst",
    ]


def test_chance_makes_some_twice_and_some_never(sandbox, api, hook):
    subscribe(api, hook)
    sandbox.change_settings(webhook_twice_odds=0.3, webhook_never_odds=0.3)
    for number in range(40):
        sandbox.connect_stranger("acc-anisha", f"ACoAAperson{number:03d}")

    sandbox.advance(hours=9)

    people = [body["user_provider_id"] for body in hook.bodies]
    twice = {person for person in people if people.count(person) == 2}
    assert 3 < len(twice) < 25
    assert 3 < 40 - len(set(people)) < 25


def test_only_the_accounts_of_a_subscription_have_deliveries(sandbox, api, hook):
    subscribe(api, hook, account_ids=["acc-pinki"])
    sandbox.set_person("ACoAAjulien", webhook_delays_seconds=[0])

    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")
    sandbox.connect_stranger("acc-pinki", "ACoAAjulien")
    sandbox.settle()

    assert [body["account_id"] for body in hook.bodies] == ["acc-pinki"]


def test_a_subscription_made_too_late_or_deleted_or_disabled_gets_nothing(
    sandbox, api, hook
):
    sandbox.set_person("ACoAAjulien", webhook_delays_seconds=[0])
    subscribe(api, hook, enabled=False)
    deleted = subscribe(api, hook)
    api.delete(f"/webhooks/{deleted}")

    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")
    sandbox.settle()
    subscribe(api, hook)
    sandbox.settle()

    assert hook.received == []
    assert sandbox.journal("webhook_dispatched")[0]["deliveries"] == []


def test_a_refused_webhook_is_tried_again_later_until_200(sandbox, api, hook):
    hook.statuses = [503, 204]
    subscribe(api, hook)
    sandbox.set_person("ACoAAjulien", webhook_delays_seconds=[0])

    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")
    sandbox.settle()
    after_none = len(hook.received)
    sandbox.advance(minutes=2)
    sandbox.advance(minutes=6)

    assert (after_none, len(hook.received)) == (1, 3)
    failed = sandbox.journal("webhook_failed")
    assert [line["reason"] for line in failed] == ["answered 503", "answered 204"]
    (delivered,) = sandbox.journal("webhook_delivered")
    assert delivered["attempt"] == 3


def test_a_webhook_is_given_up_after_five_retries(sandbox, api, hook):
    hook.statuses = [500] * 10
    subscribe(api, hook)
    sandbox.set_person("ACoAAjulien", webhook_delays_seconds=[0])
    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")

    for _ in range(8):
        sandbox.advance(hours=9)

    assert len(hook.received) == 6
    assert sandbox.journal("webhook_failed")[-1]["retry_at"] is None


def test_account_status_has_the_payload_of_the_contract(sandbox, api, hook):
    subscribe(api, hook, source="account_status")

    sandbox.set_account_status("acc-anisha", "CREDENTIALS", notify=True)
    sandbox.settle()
    api.post("/accounts/acc-anisha/restart")
    sandbox.set_account_status("acc-anisha", "OK", notify="RECONNECTED")
    sandbox.settle()

    assert [body["AccountStatus"] for body in hook.bodies] == [
        {
            "account_id": "acc-anisha",
            "account_type": "LINKEDIN",
            "message": message,
        }
        for message in ("CREDENTIALS", "RECONNECTED")
    ]


def test_own_messages_are_delivered_too_and_are_marked(sandbox, api, hook):
    subscribe(api, hook, source="messaging")
    api.post("/users/invite", json=invite_fields(message="Hello Julien"))

    sandbox.accept("acc-anisha", "ACoAAjulien")
    sandbox.settle()
    sandbox.incoming_message("acc-anisha", "ACoAAjulien", "Hi Anisha")
    sandbox.settle()

    told = [
        (
            body["message"],
            body["sender"]["attendee_provider_id"] == body["account_info"]["user_id"],
        )
        for body in hook.bodies
    ]
    assert told == [("Hello Julien", True), ("Hi Anisha", False)]


def test_messages_missed_while_disconnected_come_with_their_old_times(
    sandbox, api, hook
):
    subscribe(api, hook, source="messaging")
    sandbox.set_account_status("acc-anisha", "CREDENTIALS")
    sandbox.incoming_message("acc-anisha", "ACoAAjulien", "Hi Anisha")
    sandbox.advance(days=2)
    while_down = len(hook.received)

    sandbox.set_account_status("acc-anisha", "OK")
    sandbox.settle()

    (message,) = sandbox.journal("message_received")
    assert while_down == 0
    assert [body["timestamp"] for body in hook.bodies] == [message["sent_at"]]


def test_a_relation_during_a_disconnection_is_not_delivered(sandbox, api, hook):
    subscribe(api, hook)
    sandbox.set_person("ACoAAjulien", webhook_delays_seconds=[60])
    sandbox.set_account_status("acc-anisha", "CREDENTIALS")
    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")

    sandbox.advance(hours=1)
    sandbox.set_account_status("acc-anisha", "OK")
    sandbox.advance(hours=9)

    assert hook.received == []


def test_a_person_on_a_hosted_page_connects_an_account(sandbox, api, hook):
    link = api.post(
        "/hosted/accounts/link",
        json={
            "type": "create",
            "providers": ["LINKEDIN"],
            "api_url": sandbox.dsn,
            "expiresOn": "2040-01-01T00:00:00.000Z",
            "name": "workspace-7",
            "notify_url": hook.url,
        },
    )

    page = api.get(link.json()["url"])
    done = api.post(link.json()["url"], data={"username": "mark@example.com"})
    sandbox.settle()

    assert "workspace-7" in page.text
    assert done.status_code == 200
    (notice,) = hook.bodies
    assert notice["status"] == "CREATION_SUCCESS"
    assert notice["name"] == "workspace-7"
    account = api.get(f"/accounts/{notice['account_id']}").json()
    assert account["connection_params"]["im"]["publicIdentifier"] == "mark-example-com"
