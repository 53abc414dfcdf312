"""Scripted faults of version 2: errors before and after the act, and odd answers."""

import httpx
import pytest

from tests.support.sandboxes import FOREVER_SECONDS, invite_fields
from tests.support.sandboxes_v2 import ANISHA_V2, assert_v2_refused
from unipile_sandbox.v2.errors import STATUS_OF

REQUESTS = "/acc_anisha/users/me/relation-requests"
JULIEN = "/acc_anisha/users/ACoAAjulien"


@pytest.fixture
def sandbox(sandbox):
    """A sandbox in which Anisha is connected in both versions."""
    sandbox.register_accounts([ANISHA_V2])
    return sandbox


def invite(v2, person="ACoAAjulien"):
    return v2.post(REQUESTS, json={"user_id": person})


def people_invited(sandbox):
    return [line["provider_id"] for line in sandbox.journal("invite_sent")]


@pytest.mark.parametrize(("kind", "status"), sorted(STATUS_OF.items()))
def test_every_error_of_the_contract_can_be_answered(sandbox, v2, kind, status):
    sandbox.script_fault("send_invite", status=status, type=kind)

    assert_v2_refused(invite(v2), status, kind)
    assert people_invited(sandbox) == []
    assert invite(v2).status_code == 201


@pytest.mark.parametrize(
    ("slug", "status", "kind"),
    [
        ("limit_exceeded", 422, "provider/unprocessable_entity"),
        ("already_connected", 422, "provider/unprocessable_entity"),
        ("too_many_requests", 429, "provider/too_many_requests"),
        ("disconnected_account", 401, "provider/invalid_authorization"),
        ("request_timeout", 504, "provider/timeout"),
        ("moon_is_full", 422, "moon_is_full"),
    ],
)
def test_a_slug_of_version_1_has_its_answer_of_version_2(
    sandbox, v2, slug, status, kind
):
    sandbox.script_fault("send_invite", status=status, type=slug)

    assert_v2_refused(invite(v2), status, kind)


def test_a_fault_can_be_for_one_version(sandbox, v2, api):
    sandbox.script_fault(
        "send_invite", version=2, status=500, type="provider/server_error", times=None
    )

    answer = api.post("/users/invite", json=invite_fields(provider_id="ACoAAfirst"))

    assert answer.status_code == 201
    assert invite(v2).status_code == 500
    assert people_invited(sandbox) == ["ACoAAfirst"]


@pytest.mark.parametrize(
    "kind", ["provider/server_error", "provider/timeout", "api/proxy_timeout"]
)
def test_an_error_can_come_after_the_act(sandbox, v2, kind):
    sandbox.script_fault("send_invite", status=STATUS_OF[kind], type=kind, commits=True)

    assert_v2_refused(invite(v2), STATUS_OF[kind], kind)
    assert people_invited(sandbox) == ["ACoAAjulien"]


@pytest.mark.parametrize("drop", ["after", "mid_body"])
def test_a_connection_can_end_after_the_act(sandbox, v2, drop):
    sandbox.script_fault("send_invite", drop=drop)

    with pytest.raises(httpx.TransportError):
        invite(v2)
    assert people_invited(sandbox) == ["ACoAAjulien"]


@pytest.mark.parametrize("commits", [True, False])
@pytest.mark.parametrize(
    ("status", "content_type"), [(502, "text/html"), (404, "text/plain")]
)
def test_a_page_can_be_answered_with_and_without_the_act(
    sandbox, v2, status, content_type, commits
):
    sandbox.script_fault(
        "send_invite",
        status=status,
        junk="<html>Bad gateway</html>",
        content_type=content_type,
        commits=commits,
    )

    answer = invite(v2)

    assert (answer.status_code, answer.text) == (status, "<html>Bad gateway</html>")
    assert answer.headers["content-type"].startswith(content_type)
    assert people_invited(sandbox) == ["ACoAAjulien"] * commits


def test_a_200_can_hold_an_error(sandbox, v2):
    sandbox.script_fault("send_invite", status=200, type="provider/conflict")

    answer = invite(v2)

    assert answer.status_code == 200
    assert (answer.json()["object"], answer.json()["status"]) == ("Error", 409)
    assert people_invited(sandbox) == []


@pytest.mark.parametrize(
    ("fault", "kind"),
    [({"null_message_id": True}, type(None)), ({"several_message_ids": True}, list)],
)
def test_a_message_id_can_be_null_or_a_list(sandbox, v2, fault, kind):
    sandbox.connect_stranger("acc_anisha", "ACoAAjulien")
    sandbox.script_fault("start_chat", **fault)

    answer = v2.post(
        "/acc_anisha/inboxes/CLASSIC_PRIMARY/chats/send",
        json={"text": "Hello", "users_ids": "ACoAAjulien"},
    )

    assert type(answer.json()["message_id"]) is kind
    assert len(sandbox.journal("message_sent")) == 1


def test_the_profile_of_somebody_else_can_be_answered(sandbox, v2):
    sandbox.script_fault("resolve_profile", wrong_person=True)

    mixed, right = v2.get(JULIEN), v2.get(JULIEN)

    assert mixed.json()["id"] != "ACoAAjulien"
    assert right.json()["id"] == "ACoAAjulien"
    assert right.headers["x-cache"] == "MISS"


def test_profiles_that_are_read_at_once_can_be_mixed_up(sandbox, v2):
    sandbox.change_settings(v2_mixes_profiles=1)
    sandbox.script_fault("resolve_profile", delay_before_seconds=FOREVER_SECONDS)
    with pytest.raises(httpx.ReadTimeout):
        v2.get(JULIEN, timeout=1.0)

    other = v2.get("/acc_anisha/users/ACoAAother")

    assert other.json()["id"] == "ACoAAjulien"


def test_linkedins_own_limit_names_no_time_and_unipiles_does(sandbox, v2):
    sandbox.script_fault("send_invite", status=429, type="provider/too_many_requests")
    sandbox.script_fault(
        "send_invite", status=429, type="api/too_many_requests", retry_after="43200"
    )

    linkedins, unipiles = invite(v2), invite(v2)

    assert "retry-after" not in linkedins.headers
    assert unipiles.headers["retry-after"] == "43200"
    assert people_invited(sandbox) == []


def test_an_answer_of_the_cache_meets_no_fault(sandbox, v2):
    v2.get(JULIEN)
    sandbox.script_fault("resolve_profile", status=500, type="provider/server_error")

    assert v2.get(JULIEN).status_code == 200
    assert v2.get(JULIEN, headers={"Cache-Control": "no-cache"}).status_code == 500


@pytest.mark.parametrize(
    "script",
    [
        {"status": 502},
        {"content_type": "text/html"},
        {"status": 502, "type": "api/proxy_error", "content_type": "text/html"},
    ],
)
def test_a_contradictory_fault_is_refused(sandbox, script):
    answer = httpx.post(
        f"{sandbox.dsn}/sandbox/faults",
        json={"route": "send_invite", **script},
        trust_env=False,
    )

    assert answer.status_code == 422
