"""Reads of version 2: the cache, the rate limits, keys, and what pages may lack."""

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
RELATIONS = "/acc_anisha/users/me/relations"
FRESH = {"Cache-Control": "no-cache"}
AN_HOUR = 3_600


@pytest.fixture
def sandbox(sandbox):
    """A sandbox in which Anisha is connected in both versions, its clock stopped."""
    sandbox.register_accounts([ANISHA_V2, PINKI_V2 | {"scope_id": "scope_sales"}])
    sandbox.advance(rate=0)
    return sandbox


def invite(v2, person="ACoAAjulien", account="acc_anisha"):
    path = f"/{account}/users/me/relation-requests"
    return v2.post(path, json={"user_id": person})


def sent(v2, **headers):
    """How many requests the list has, what the cache said, and the answer's age."""
    answer = v2.get(REQUESTS, params={"type": "sent"}, headers=headers)
    count = len(answer.json()["data"])
    return count, answer.headers["x-cache"], int(answer.headers["age"])


# The cache


def test_what_happens_on_linkedin_stays_invisible_for_an_hour(sandbox, v2):
    invite(v2)
    before = sent(v2)
    sandbox.withdraw("acc_anisha", "ACoAAjulien")

    sandbox.advance(seconds=AN_HOUR - 1)
    late = sent(v2)
    sandbox.advance(seconds=1)

    assert before == (1, "MISS", 0)
    assert late == (1, "HIT", AN_HOUR - 1)
    assert sent(v2) == (0, "EXPIRED", 0)


def test_what_version_1_sends_stays_invisible_too(v2, api):
    sent(v2)

    api.post("/users/invite", json=invite_fields())

    assert sent(v2) == (0, "HIT", 0)
    assert sent(v2, **FRESH) == (1, "BYPASS", 0)


def test_no_cache_keeps_the_new_answer_and_no_store_does_not(sandbox, v2):
    invite(v2)
    sent(v2)
    sandbox.withdraw("acc_anisha", "ACoAAjulien")

    assert sent(v2, **{"Cache-Control": "no-store"}) == (0, "BYPASS", 0)
    assert sent(v2) == (1, "HIT", 0)
    assert sent(v2, **FRESH) == (0, "BYPASS", 0)
    assert sent(v2) == (0, "HIT", 0)


def test_max_age_takes_no_older_answer(sandbox, v2):
    sent(v2)
    sandbox.advance(seconds=60)

    assert sent(v2, **{"Cache-Control": "max-age=61"}) == (0, "HIT", 60)
    assert sent(v2, **{"Cache-Control": "max-age=60"}) == (0, "EXPIRED", 0)


def test_a_write_of_the_account_removes_the_related_answers_only(sandbox, v2):
    chats = "/acc_anisha/inboxes/CLASSIC_PRIMARY/chats"
    assert sent(v2)[1] == "MISS"
    v2.get(chats)

    invite(v2, account="acc_pinki")
    untouched = sent(v2)
    invite(v2)

    assert untouched == (0, "HIT", 0)
    assert sent(v2) == (1, "MISS", 0)
    assert v2.get(chats).headers["x-cache"] == "HIT"


def test_a_refused_read_is_not_kept(sandbox, v2):
    sandbox.set_v2_status("acc_anisha", status="disconnected")
    refused = v2.get(REQUESTS, params={"type": "sent"})
    sandbox.set_v2_status("acc_anisha", status="running")

    assert "x-cache" not in refused.headers
    assert sent(v2) == (0, "MISS", 0)


def test_a_disconnected_account_gives_out_nothing_kept(sandbox, v2):
    sent(v2)
    sandbox.set_v2_status("acc_anisha", status="disconnected")

    answer = v2.get(REQUESTS, params={"type": "sent"})

    assert_v2_refused(answer, 401, "provider/invalid_authorization")


def test_the_core_is_neither_cached_nor_limited(v2):
    headers = v2.get("/accounts").headers

    assert not headers.keys() & {"x-cache", "age", "x-ratelimit-limit"}


# Rate limits


def test_a_call_beyond_the_limit_is_refused_before_it_acts(sandbox, v2):
    sandbox.change_settings(v2_send_limit=2)
    first = invite(v2, "ACoAAfirst")
    invite(v2, "ACoAAsecond")
    sandbox.advance(hours=1)

    refused = invite(v2, "ACoAAthird")

    assert first.headers["x-ratelimit-remaining"] == "1"
    assert "retry-after" not in first.headers
    assert_v2_refused(refused, 429, "api/too_many_requests")
    assert refused.headers["retry-after"] == str(11 * AN_HOUR)
    assert refused.headers["x-ratelimit-reset"] == str(11 * AN_HOUR)
    assert len(sandbox.journal("invite_sent")) == 2
    sandbox.advance(hours=11)
    assert invite(v2, "ACoAAthird").status_code == 201


def test_each_account_and_route_has_a_limit_of_its_own(sandbox, v2):
    sandbox.change_settings(v2_send_limit=1, v2_read_limit=1)
    invite(v2)

    assert invite(v2, account="acc_pinki").status_code == 201
    assert sent(v2)[0] == 1


def test_answers_of_the_cache_count_for_no_limit_and_bypassing_ones_do(sandbox, v2):
    sandbox.change_settings(v2_read_limit=2)
    path, query = REQUESTS, {"type": "sent"}
    for _ in range(3):
        cached = v2.get(path, params=query)

    assert cached.headers["x-ratelimit-remaining"] == "1"
    assert v2.get(path, params=query, headers=FRESH).status_code == 200
    refused = v2.get(path, params=query, headers=FRESH)
    assert_v2_refused(refused, 429, "api/too_many_requests")
    assert v2.get(path, params=query).status_code == 200


# Keys


def test_a_key_that_expired_is_refused_as_such(sandbox):
    sandbox.make_v2_key("short", expires_at="2026-01-01T00:00:00.000Z")

    with v2_api_of(sandbox, "short") as client:
        assert_v2_refused(client.get("/accounts"), 401, "api/expired_authorization")


@pytest.mark.parametrize(
    ("facts", "seen"),
    [
        ({"application_id": "app_other"}, []),
        ({"scope_id": "scope_sales"}, ["acc_pinki"]),
        ({"kind": "service"}, ["acc_anisha", "acc_pinki"]),
    ],
)
def test_a_key_sees_the_accounts_of_its_application_and_scope(sandbox, facts, seen):
    sandbox.make_v2_key("other", **facts)

    with v2_api_of(sandbox, "other") as client:
        listed = client.get("/accounts").json()["data"]
        answers = {
            account: client.get(f"/{account}/users/me").status_code
            for account in ("acc_anisha", "acc_pinki")
        }

    assert [account["id"] for account in listed] == seen
    assert answers == {
        account: 200 if account in seen else 404
        for account in ("acc_anisha", "acc_pinki")
    }


def test_a_service_key_makes_account_keys(sandbox, v2):
    wanted = {"name": "sender", "expires_at": "2099-01-01T00:00:00.000Z"}
    assert_v2_refused(
        v2.post("/api-keys/", json=wanted), 403, "api/insufficient_permissions"
    )

    with v2_api_of(sandbox, sandbox.v2_service_key) as service:
        made = service.post("/api-keys/", json=wanted).json()
        (listed,) = service.get("/api-keys/").json()["data"]
        with v2_api_of(sandbox, made["api_key"]) as client:
            assert client.get("/accounts").status_code == 200
        service.delete(f"/api-keys/{made['id']}")

    assert (listed["id"], listed["expires_at"]) == (made["id"], wanted["expires_at"])
    assert made["api_key"] not in str(listed)
    with v2_api_of(sandbox, made["api_key"]) as client:
        assert client.get("/accounts").status_code == 401


# Pages that lack, repeat or announce rows


def test_a_short_page_does_not_end_an_offset_list(sandbox, v2):
    for number in range(4):
        invite(v2, f"ACoAAperson{number}")
    sandbox.change_settings(v2_missing_rows=1)

    seen, offset = [], 0
    while rows := v2.get(
        REQUESTS, params={"type": "sent", "limit": 3, "offset": offset}
    ).json()["data"]:
        assert len(rows) <= 2
        seen += [row["id"] for row in rows]
        offset += len(rows)

    assert len(set(seen)) == len(seen) == 4


def test_relations_can_repeat_and_be_announced_without_being_there(sandbox, v2):
    for number in range(4):
        sandbox.connect_stranger("acc_anisha", f"ACoAAperson{number}")
    sandbox.change_settings(v2_repeated_rows=1, v2_announced_rows=3, v2_undated_odds=1)

    page = v2.get(RELATIONS, params={"limit": 2}).json()
    seen = [row["user"]["id"] for row in page["data"]]
    while page["next_cursor"] is not None:
        page = v2.get(RELATIONS, params={"cursor": page["next_cursor"]}).json()
        seen += [row["user"]["id"] for row in page["data"]]

    assert (len(set(seen)), len(seen), page["total_count"]) == (4, 6, 7)
    assert all("created_at" not in row for row in page["data"])


def test_cancelling_a_received_request_refuses_a_stranger(sandbox, v2):
    sandbox.receive_request("acc_anisha", "ACoAAstranger")
    sandbox.receive_request("acc_anisha", "ACoAAfriend")
    page = v2.get(REQUESTS, params={"type": "received"}).json()
    ids = {row["user"]["id"]: segment(row["id"]) for row in page["data"]}

    refused = v2.post(f"{REQUESTS}/{ids['ACoAAstranger']}/cancel")
    accepted = v2.post(f"{REQUESTS}/{ids['ACoAAfriend']}/accept")

    assert {row["type"] for row in page["data"]} == {"received"}
    assert refused.json() == {"object": "RelationRequestCanceled"}
    assert accepted.json() == {"object": "RelationRequestConfirmed"}
    assert len(sandbox.journal("request_refused")) == 1
    (line,) = sandbox.journal("stranger_connected")
    assert line["provider_id"] == "ACoAAfriend"
    assert sent(v2)[0] == 0
