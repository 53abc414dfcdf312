"""People of the sandbox accept by given odds, on its own clock."""

import pytest

from tests.support.sandboxes import ANISHA, invite_fields
from unipile_sandbox.clock import iso, real_now
from unipile_sandbox.control import SandboxError


def invite(api, count, **changes):
    for number in range(count):
        fields = invite_fields(provider_id=f"ACoAAperson{number:03d}", **changes)
        assert api.post("/users/invite", json=fields).status_code == 201


def accepted_people(sandbox):
    return {line["provider_id"] for line in sandbox.journal("invite_accepted")}


def test_no_invite_is_accepted_at_odds_of_zero(sandbox, api):
    invite(api, 20)

    sandbox.advance(days=30)

    assert accepted_people(sandbox) == set()


def test_everybody_accepts_at_odds_of_one_and_leaves_the_pending_list(sandbox, api):
    sandbox.change_settings(accept_odds=1)
    invite(api, 20)

    sandbox.advance(days=4)

    pending = api.get("/users/invite/sent", params={"account_id": "acc-anisha"}).json()
    relations = api.get("/users/relations", params={"account_id": "acc-anisha"}).json()
    assert len(accepted_people(sandbox)) == 20
    assert pending["items"] == []
    assert len(relations["items"]) == 20


def test_who_accepts_is_the_same_every_time(sandbox, api):
    sandbox.change_settings(accept_odds=0.5)
    invite(api, 40)
    sandbox.advance(days=4)
    once = accepted_people(sandbox)

    sandbox.reset()
    sandbox.register_accounts([ANISHA])
    sandbox.change_settings(accept_odds=0.5)
    invite(api, 40)
    sandbox.advance(days=4)

    assert accepted_people(sandbox) == once
    assert 8 < len(once) < 32


def test_a_relation_dates_from_its_accept_however_late_it_is_looked_at(sandbox, api):
    sandbox.set_person("ACoAAjulien", accepts=True, accept_after_seconds=3_600)
    api.post("/users/invite", json=invite_fields())
    sandbox.advance(days=3)

    (sent,) = sandbox.journal("invite_sent")
    (accepted,) = sandbox.journal("invite_accepted")

    assert accepted["created_at"] == sent["accepts_at"]
    assert accepted["at"] > accepted["created_at"]


def test_a_withdrawn_invitation_is_accepted_no_more(sandbox, api):
    sandbox.set_person("ACoAAjulien", accepts=True, accept_after_seconds=3_600)
    invitation_id = api.post("/users/invite", json=invite_fields()).json()[
        "invitation_id"
    ]
    api.delete(
        f"/users/invite/sent/{invitation_id}", params={"account_id": "acc-anisha"}
    )

    sandbox.advance(days=1)

    assert accepted_people(sandbox) == set()


def test_an_accepted_note_opens_a_chat_with_our_words_first(sandbox, api):
    api.post("/users/invite", json=invite_fields(message="Hello Julien"))

    sandbox.accept("acc-anisha", "ACoAAjulien")

    (chat,) = api.get("/chats", params={"account_id": "acc-anisha"}).json()["items"]
    (message,) = api.get(f"/chats/{chat['id']}/messages").json()["items"]
    assert chat["attendee_provider_id"] == "ACoAAjulien"
    assert (message["text"], message["is_sender"]) == ("Hello Julien", 1)


def test_an_accept_without_a_note_opens_no_chat(sandbox, api):
    api.post("/users/invite", json=invite_fields())

    sandbox.accept("acc-anisha", "ACoAAjulien")

    assert api.get("/chats").json()["items"] == []


def test_the_clock_is_set_and_moved_by_hand(sandbox):
    sandbox.set_clock("2031-03-30T01:00:00Z")
    sandbox.advance(hours=2, minutes=30)

    assert sandbox.health()["now"].startswith("2031-03-30T03:30:0")

    sandbox.set_clock("2001-03-30T01:00:00Z")
    before = iso(real_now())
    sandbox.set_clock("real")
    assert before <= sandbox.health()["now"] <= iso(real_now())


@pytest.mark.parametrize(
    ("method", "path", "wanted", "sentence"),
    [
        ("POST", "/clock", {"now": "tomorrow"}, "Invalid isoformat"),
        ("POST", "/settings", {"accept_odds": 2}, "at most 1"),
        ("POST", "/settings", {"colour": 2}, "not a setting"),
        ("POST", "/people", [{"identifier": "a!"}], "no LinkedIn identifier"),
        ("POST", "/faults", {"route": "send_invites"}, "there is no route"),
        ("POST", "/faults", {"route": "*", "statuses": 1}, "no field statuses"),
        ("POST", "/accept", {"account_id": "acc-x"}, "there is no account"),
        ("POST", "/accounts", [{"id": "acc-x"}], "needs a text name"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_in_words(
    sandbox, method, path, wanted, sentence
):
    with pytest.raises(SandboxError, match=sentence):
        sandbox.control(method, path, wanted)


def test_an_accept_comes_to_the_webhook_when_its_control_says(sandbox, api, hook):
    wanted = {"source": "users", "request_url": hook.url, "headers": []}
    assert api.post("/webhooks", json=wanted).status_code == 200
    invite(api, 2)

    sandbox.accept("Anisha Rao", "ACoAAperson000", webhook_delays_seconds=[0])
    sandbox.accept(
        "Anisha Rao", "ACoAAperson001", webhook_delays_seconds=[2 * 3_600, 3 * 3_600]
    )
    sandbox.settle()
    assert [body["user_provider_id"] for body in hook.bodies] == ["ACoAAperson000"]

    sandbox.advance(hours=2)
    assert [body["user_provider_id"] for body in hook.bodies][1:] == ["ACoAAperson001"]


@pytest.mark.parametrize("delays", [0, "at once"])
def test_delays_that_are_no_list_are_refused_before_the_accept(sandbox, api, delays):
    invite(api, 1)
    with pytest.raises(SandboxError, match="webhook_delays_seconds cannot be"):
        sandbox.control(
            "POST",
            "/accept",
            {
                "account_id": "acc-anisha",
                "identifier": "ACoAAperson000",
                "webhook_delays_seconds": delays,
            },
        )
    assert accepted_people(sandbox) == set()


def test_a_name_that_two_accounts_have_is_refused_with_their_ids(sandbox, api):
    sandbox.register_accounts(
        [ANISHA | {"id": "acc-2", "provider_id": "ACoAA2", "public_identifier": "a-2"}]
    )
    with pytest.raises(SandboxError, match=r"several accounts .*: acc-anisha, acc-2"):
        sandbox.accept("Anisha Rao", "ACoAAperson000")
