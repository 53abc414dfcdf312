"""Scripted faults strike the calls they name, as often as they say, and no others."""

import concurrent.futures

import httpx
import pytest

from tests.support.sandboxes import (
    ANISHA,
    FOREVER_SECONDS,
    PINKI,
    assert_refused,
    invite_fields,
    multipart,
)
from unipile_sandbox.errors import STATUS_OF


@pytest.fixture
def sandbox(sandbox):
    """A sandbox in which Anisha's and Pinki's accounts are connected."""
    sandbox.register_accounts([PINKI])
    return sandbox


def invite(api, person="ACoAAjulien", account="acc-anisha"):
    fields = invite_fields(provider_id=person, account_id=account)
    return api.post("/users/invite", json=fields)


def people_invited(sandbox):
    return [line["provider_id"] for line in sandbox.journal("invite_sent")]


@pytest.mark.parametrize(("slug", "status"), sorted(STATUS_OF.items()))
def test_every_error_of_the_contract_can_be_answered(sandbox, api, slug, status):
    sandbox.script_fault("send_invite", status=status, type=slug)

    assert_refused(invite(api), status, slug)
    assert people_invited(sandbox) == []
    assert invite(api).status_code == 201


def test_an_error_can_come_after_the_effect(sandbox, api):
    sandbox.script_fault(
        "send_invite", status=504, type="request_timeout", commits=True
    )

    assert_refused(invite(api), 504, "request_timeout")
    assert people_invited(sandbox) == ["ACoAAjulien"]


def test_a_slug_outside_the_contract_can_be_invented(sandbox, api):
    sandbox.script_fault("send_invite", status=422, type="moon_is_full")

    assert_refused(invite(api), 422, "moon_is_full")


@pytest.mark.parametrize("header", ["120", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_an_error_can_carry_retry_after(sandbox, api, header):
    sandbox.script_fault(
        "send_invite", status=429, type="too_many_requests", retry_after=header
    )

    assert invite(api).headers["retry-after"] == header


def test_a_fault_strikes_as_many_times_as_it_says(sandbox, api):
    sandbox.script_fault("send_invite", times=2, status=500, type="provider_error")

    statuses = [invite(api).status_code for _ in range(3)]

    assert statuses == [500, 500, 201]


def test_a_fault_without_times_strikes_until_it_is_cleared(sandbox, api):
    sandbox.script_fault("*", times=None, status=500, type="provider_error")
    statuses = [invite(api).status_code for _ in range(4)]

    sandbox.clear_faults()

    assert [*statuses, invite(api).status_code] == [500, 500, 500, 500, 201]


def test_a_fault_strikes_the_nth_call(sandbox, api):
    sandbox.script_fault("send_invite", call_index=2, status=500, type="provider_error")

    statuses = [invite(api, f"ACoAAperson{number}").status_code for number in range(3)]

    assert statuses == [201, 500, 201]


def test_a_fault_strikes_one_account_or_one_person(sandbox, api):
    sandbox.script_fault(
        "send_invite",
        account_id="acc-pinki",
        times=None,
        status=429,
        type="too_many_requests",
    )
    sandbox.script_fault(
        "send_invite",
        provider_id="ACoAAgone",
        times=None,
        status=422,
        type="user_unreachable",
    )

    assert invite(api).status_code == 201
    assert_refused(invite(api, account="acc-pinki"), 429, "too_many_requests")
    assert_refused(invite(api, "ACoAAgone"), 422, "user_unreachable")


def test_a_fault_strikes_one_page_of_a_walk(sandbox, api):
    for number in range(25):
        invite(api, f"ACoAAperson{number:02d}")
    sandbox.script_fault("sent_invitations", page=3, status=500, type="provider_error")
    query = {"account_id": "acc-anisha"}

    statuses = []
    for _ in range(3):
        answer = api.get("/users/invite/sent", params=query)
        statuses.append(answer.status_code)
        query["cursor"] = answer.json().get("cursor", "")

    assert statuses == [200, 200, 500]


def test_a_message_id_can_be_null_though_the_message_was_sent(sandbox, api):
    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")
    sandbox.script_fault("start_chat", null_message_id=True)
    fields = [
        ("account_id", "acc-anisha"),
        ("attendees_ids", "ACoAAjulien"),
        ("text", "Hello"),
    ]

    answer = api.post("/chats", files=multipart(fields))

    assert answer.status_code == 201
    assert answer.json()["message_id"] is None
    assert len(sandbox.journal("message_sent")) == 1


def test_a_delay_before_the_effect_outlasts_an_impatient_caller(sandbox, api):
    sandbox.script_fault("send_invite", delay_before_seconds=FOREVER_SECONDS)

    with pytest.raises(httpx.ReadTimeout):
        api.post("/users/invite", json=invite_fields(), timeout=1.0)

    assert people_invited(sandbox) == []
    assert len(sandbox.requests("send_invite")) == 1


def test_a_delayed_call_holds_up_no_other(sandbox, api):
    sandbox.script_fault("send_invite", delay_after_seconds=FOREVER_SECONDS)
    with pytest.raises(httpx.ReadTimeout):
        api.post("/users/invite", json=invite_fields(), timeout=1.0)

    assert invite(api, "ACoAAanother").status_code == 201


@pytest.mark.parametrize(
    ("drop", "happened"),
    [("before", []), ("after", ["ACoAAjulien"]), ("mid_body", ["ACoAAjulien"])],
)
def test_a_connection_is_dropped_where_the_script_says(sandbox, api, drop, happened):
    sandbox.script_fault("send_invite", drop=drop)

    with pytest.raises(httpx.TransportError):
        invite(api)

    assert people_invited(sandbox) == happened


def test_a_refused_key_uses_up_no_fault(sandbox, api):
    sandbox.script_fault("send_invite", status=500, type="provider_error")

    stranger = api.post(
        "/users/invite", json=invite_fields(), headers={"X-API-KEY": "no"}
    )

    assert_refused(stranger, 401, "missing_credentials")
    assert invite(api).status_code == 500


def test_a_call_that_waits_through_a_reset_has_no_effect_after_it(sandbox, api):
    sandbox.script_fault("send_invite", delay_before_seconds=2.0)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(invite, api)
        while not sandbox.journal("request"):
            assert not waiting.done()
        sandbox.reset()
        sandbox.register_accounts([ANISHA])

        assert_refused(waiting.result(), 503, "service_unavailable")
    assert people_invited(sandbox) == []
