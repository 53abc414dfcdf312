"""Webhooks of version 2: endpoints, events, signatures, retries, the delivery log."""

import asyncio
import datetime as dt
import hashlib
import hmac
import time

import httpx
import pytest

from tests.support.sandboxes_v2 import (
    ANISHA_V2,
    PINKI_V2,
    assert_v2_refused,
    v2_api_of,
)
from unipile_sandbox.journal import Journal
from unipile_sandbox.records import Delivery, Endpoint
from unipile_sandbox.settings import Settings
from unipile_sandbox.v2.delivery import tell_endpoint
from unipile_sandbox.v2.signature import FORMS, RIGHT, v0
from unipile_sandbox.world import Sandbox

NOON = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)

EVENTS = [
    "account.status.disconnected",
    "account.status.running",
    "account.locked",
    "account.unlocked",
    "account.remove",
    "message.new",
    "relation.new",
]
ENDPOINTS = "/webhooks/endpoints/"
NINE_KEYS = {
    "id",
    "created_at",
    "type",
    "account_id",
    "account_provider",
    "account_name",
    "application_id",
    "application_production",
    "payload",
}


@pytest.fixture
def sandbox(sandbox):
    """A sandbox in which Anisha's and Pinki's accounts of version 2 are connected."""
    sandbox.register_accounts([ANISHA_V2, PINKI_V2])
    return sandbox


@pytest.fixture
def service(sandbox):
    """The API with the service key."""
    with v2_api_of(sandbox, sandbox.v2_service_key) as client:
        yield client


@pytest.fixture
def endpoint(service, hook):
    """An endpoint for every account, at the hook."""
    return subscribe(service, hook)


def subscribe(service, hook, **more):
    fields = {"url": hook.url, "trigger_events": EVENTS} | more
    answer = service.post(ENDPOINTS, json=fields)
    assert answer.status_code == 200
    return answer.json()


def types(hook):
    return [body["type"] for body in hook.bodies]


def is_signed(headers, body, secret):
    """As a receiver checks it that allows 300 seconds."""
    parts = [
        part.partition("=") for part in headers.get("unipile-signature", "").split(",")
    ]
    times = [value for name, _, value in parts if name == "t"]
    if not times or not times[0].isdigit():
        return False
    if abs(time.time() - int(times[0])) > 300:
        return False
    message = times[0].encode() + b"." + body
    wanted = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return any(name == "v0" and value == wanted for name, _, value in parts)


def test_endpoints_are_for_service_keys_only(sandbox):
    with v2_api_of(sandbox) as client:
        for answer in (client.get(ENDPOINTS), client.post(ENDPOINTS, json={})):
            assert_v2_refused(answer, 403, "api/insufficient_permissions")


def test_an_endpoint_is_listed_with_its_events_and_its_secret(service, hook):
    made = subscribe(service, hook, account_ids=["acc_anisha"], description="ours")

    page = service.get(ENDPOINTS).json()

    assert page == {"object": "WebhookEndpoints", "data": [made], "has_more": False}
    assert made["secret"].startswith("wes_")
    assert made["trigger_events"] == EVENTS
    (target,) = made["account_targets"]
    assert (target["id"], target["status"]) == ("acc_anisha", "active")
    service.delete("/accounts/acc_anisha")
    again = service.get(f"{ENDPOINTS}{made['id']}").json()
    assert again["account_targets"][0]["status"] == "deleted"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"trigger_events": ["message.new", "relation.request.accept"]}, "events/1"),
        ({"trigger_events": []}, "trigger_events"),
        ({"account_ids": ["acc-anisha"]}, "account_ids/0"),
        ({"url": "ftp://example.com"}, "url"),
        ({"url": "http://example.com/" + "x" * 255}, "url"),
        ({"headers": [{"key": "A", "value": "b"}]}, "headers"),
    ],
)
def test_a_wrong_endpoint_is_refused(service, hook, fields, text):
    wanted = {"url": hook.url, "trigger_events": EVENTS} | fields

    answer = service.post(ENDPOINTS, json=wanted)

    assert_v2_refused(answer, 400, "api/invalid_parameters")
    assert text in answer.json()["detail"]


def test_an_endpoint_can_be_changed_and_deleted(sandbox, service, hook, endpoint):
    path = f"{ENDPOINTS}{endpoint['id']}"
    service.patch(path, json={"trigger_events": ["relation.new"]})
    sandbox.incoming_message("acc_anisha", "ACoAAjulien", "Hi")
    service.patch(path, json={"trigger_events": ["message.new"], "enabled": False})
    sandbox.incoming_message("acc_anisha", "ACoAAjulien", "Hi again")
    service.patch(path, json={"enabled": True})
    sandbox.incoming_message("acc_anisha", "ACoAAjulien", "Still there?")
    sandbox.settle()

    assert [body["payload"]["text"] for body in hook.bodies] == ["Still there?"]
    assert service.delete(path).json() == {"success": True}
    assert_v2_refused(service.get(path), 404, "api/resource_not_found")


# Events


def test_a_new_relation_comes_late_in_the_contracts_envelope(sandbox, hook, endpoint):
    sandbox.set_person("ACoAAjulien", webhook_delays_seconds=[8 * 3_600])
    sandbox.connect_stranger("acc_anisha", "ACoAAjulien")

    sandbox.advance(hours=7)
    early = len(hook.received)
    sandbox.advance(hours=1, minutes=1)

    ((headers, body),) = hook.received
    (event,) = hook.bodies
    assert early == 0
    assert is_signed(headers, body, endpoint["secret"])
    assert headers["content-type"] == "application/json"
    assert event.keys() == NINE_KEYS
    assert (event["type"], event["account_id"]) == ("relation.new", "acc_anisha")
    assert event["id"].startswith("evt_")
    assert event["application_production"] is True
    assert event["payload"]["user"]["id"] == "ACoAAjulien"


def test_a_repeated_event_keeps_its_id(sandbox, hook, endpoint):
    sandbox.set_person("ACoAAjulien", webhook_delays_seconds=[0, 60])
    sandbox.connect_stranger("acc_anisha", "ACoAAjulien")

    sandbox.advance(minutes=1)

    assert len(hook.bodies) == 2
    assert len({body["id"] for body in hook.bodies}) == 1


def test_events_about_one_person_come_to_each_version(sandbox, service, api, hook):
    subscribe(service, hook)
    api.post("/webhooks", json={"source": "users", "request_url": hook.url})
    sandbox.set_person("ACoAAjulien", webhook_delays_seconds=[0])

    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")
    sandbox.settle()

    named = {body.get("event") or body["type"]: body for body in hook.bodies}
    assert named.keys() == {"new_relation", "relation.new"}
    assert named["new_relation"]["account_id"] == "acc-anisha"
    assert named["relation.new"]["account_id"] == "acc_anisha"


def test_messages_say_whose_they_are(sandbox, hook, endpoint):
    sandbox.set_person("ACoAAjulien", webhook_delays_seconds=[])
    sandbox.connect_stranger("acc_anisha", "ACoAAjulien")
    with v2_api_of(sandbox) as client:
        client.post(
            "/acc_anisha/inboxes/CLASSIC_PRIMARY/chats/send",
            json={"text": "Hello", "users_ids": "ACoAAjulien"},
        )
    sandbox.incoming_message("acc_anisha", "ACoAAjulien", "Hi")
    sandbox.incoming_message("acc_anisha", "ACoAAjulien", "joined", is_event=True)
    sandbox.settle()

    told = {
        body["payload"]["text"]: (
            body["payload"]["is_sender"],
            body["payload"]["is_event"],
        )
        for body in hook.bodies
    }
    assert told == {
        "Hello": (True, False),
        "Hi": (False, False),
        "joined": (False, True),
    }


def test_a_disconnected_account_has_events_of_its_status_only(sandbox, hook, endpoint):
    sandbox.set_v2_status(
        "acc_anisha", status="disconnected", notify=True, product="classic"
    )
    sandbox.incoming_message("acc_anisha", "ACoAAjulien", "Missed")
    sandbox.settle()
    sandbox.set_v2_status("acc_anisha", status="running", notify=True)
    sandbox.settle()

    assert types(hook) == ["account.status.disconnected", "account.status.running"]
    assert hook.bodies[0]["payload"]["product"] == "classic"


def test_locking_and_removing_an_account_are_events(sandbox, service, hook, endpoint):
    sandbox.set_v2_status("acc_anisha", is_locked=True, notify=True)
    sandbox.settle()
    sandbox.set_v2_status("acc_anisha", is_locked=False, notify=True)
    sandbox.settle()
    service.delete("/accounts/acc_anisha")
    sandbox.settle()

    assert types(hook) == ["account.locked", "account.unlocked", "account.remove"]


def test_an_endpoint_gets_events_of_its_accounts_only(sandbox, service, hook):
    subscribe(service, hook, account_ids=["acc_pinki"])

    sandbox.incoming_message("acc_anisha", "ACoAAjulien", "Hi")
    sandbox.incoming_message("acc_pinki", "ACoAAjulien", "Hi")
    sandbox.settle()

    assert [body["account_id"] for body in hook.bodies] == ["acc_pinki"]


def test_any_event_can_be_sent_with_copies_and_the_short_envelope(
    sandbox, hook, endpoint
):
    event_id = sandbox.send_v2_event(
        "acc_anisha", "moon.full", {"a": 1}, delays_seconds=[0, 0], is_short=True
    )
    sandbox.settle()

    assert len(hook.bodies) == 2
    for body in hook.bodies:
        assert (body["id"], body["payload"]) == (event_id, {"a": 1})
        assert body.keys() == {"id", "created_at", "type", "account_id", "payload"}


def test_events_can_be_reordered_and_of_a_test_environment(sandbox, hook, endpoint):
    sandbox.change_settings(v2_event_delay_seconds=3_600, v2_is_production=0)
    for number in range(8):
        sandbox.incoming_message("acc_anisha", "ACoAAjulien", f"{number}")

    sandbox.advance(hours=1)

    texts = [body["payload"]["text"] for body in hook.bodies]
    assert texts != sorted(texts)
    assert sorted(texts) == [f"{number}" for number in range(8)]
    assert not any(body["application_production"] for body in hook.bodies)


@pytest.mark.parametrize("own", [0, 1])
def test_two_endpoints_get_one_id_or_two(sandbox, service, hook, own):
    sandbox.change_settings(v2_own_event_ids=own)
    subscribe(service, hook)
    subscribe(service, hook)

    sandbox.incoming_message("acc_anisha", "ACoAAjulien", "Hi")
    sandbox.settle()

    assert len({body["id"] for body in hook.bodies}) == 1 + own


# Signatures


def test_the_signature_is_the_contracts():
    body = (
        b'{"id":"evt_1","type":"relation.new","account_id":"acc_1",'
        b'"created_at":"2026-11-28T10:00:00.000Z","payload":{}}'
    )

    assert v0("wes_test_0123456789abcdef", 1764300000, body) == (
        "b58e4bd44ec08fadaeea014ac92b96a1c7dc27f5e8092d4d4e382ea8ca7e46c5"
    )


def test_each_form_of_a_signature_can_be_sent(sandbox, hook, endpoint):
    for form in FORMS:
        sandbox.send_v2_event("acc_anisha", "message.new", {"form": form}, form=form)
    sandbox.settle()

    taken = {
        body["payload"]["form"]: is_signed(headers, raw, endpoint["secret"])
        for (headers, raw), body in zip(hook.received, hook.bodies, strict=True)
    }
    assert taken == {form: form in RIGHT for form in FORMS}


def test_the_next_calls_can_be_signed_wrongly(sandbox, hook, endpoint):
    sandbox.sign_next("wrong_key")
    for _ in range(2):
        sandbox.incoming_message("acc_anisha", "ACoAAjulien", "Hi")
        sandbox.settle()

    signed = [
        is_signed(headers, body, endpoint["secret"]) for headers, body in hook.received
    ]
    assert signed == [False, True]


# Retries and the delivery log


def test_a_refused_event_is_sent_again_and_the_log_says_so(
    sandbox, service, hook, endpoint
):
    hook.statuses = [401, 500]
    event_id = sandbox.send_v2_event("acc_anisha", "message.new", {"a": 1})
    sandbox.settle()
    sandbox.advance(minutes=2)
    sandbox.advance(minutes=10)

    path = "/webhooks/conversations/"
    rows = service.get(path, params={"endpoint_id": endpoint["id"]}).json()["data"]
    assert [(row["http_status"], row["first_attempt"]) for row in rows] == [
        (200, False),
        (500, False),
        (401, True),
    ]
    assert {row["event_id"] for row in rows} == {event_id}
    assert not any("payload" in row for row in rows)
    assert_v2_refused(service.get(path), 400, "api/invalid_parameters")


def test_an_event_is_given_up_after_three_retries(sandbox, service, hook, endpoint):
    hook.statuses = [500] * 9
    sandbox.incoming_message("acc_anisha", "ACoAAjulien", "Hi")
    sandbox.settle()
    for _ in range(5):
        sandbox.advance(hours=1)

    assert len(hook.received) == 4


@pytest.mark.parametrize(("signs_once", "is_old"), [(0, False), (1, True)])
def test_a_retry_is_signed_anew_or_with_the_first_time(tmp_path, signs_once, is_old):
    taken = []

    def answer(request):
        taken.append(request)
        return httpx.Response(200)

    async def retry():
        world = Sandbox(
            Journal(tmp_path / "journal.jsonl"), Settings(v2_signs_once=signs_once)
        )
        endpoint = Endpoint("we_1", "http://hook", (), (), None, True, "wes_1")
        delivery = Delivery(
            "d", "we_1", {"id": "evt_1", "type": "x"}, 2, NOON, signed_at=1_000
        )
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            await tell_endpoint(world, http, endpoint, delivery)

    asyncio.run(retry())

    header = taken[0].headers["unipile-signature"]
    assert header.startswith("t=1000,") is is_old
    assert is_signed(dict(taken[0].headers), taken[0].content, "wes_1") is not is_old


@pytest.mark.parametrize("status", [200, 202, 204])
def test_any_2xx_takes_an_event(sandbox, hook, endpoint, status):
    hook.statuses = [status]
    sandbox.incoming_message("acc_anisha", "ACoAAjulien", "Hi")
    sandbox.settle()

    assert sandbox.health()["open_deliveries"] == 0
    assert len(sandbox.journal("webhook_delivered")) == 1
