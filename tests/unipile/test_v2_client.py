"""What the client of version 2 makes of answers: the engine's form, or none at all."""

import asyncio

import httpx
import pytest

from tests.support.sandboxes import FOREVER_SECONDS
from tests.support.versions import ON_VERSION_2
from trueup.unipile.provider import open_provider
from trueup.unipile.v2_client import V2Client

pytestmark = ON_VERSION_2

ANISHA = "acc_anisha"
JULIEN = "ACoAAjulien"


def ask(sandbox, act, **options):
    """What one act of a client on this sandbox gives."""

    async def run():
        async with open_provider(sandbox.dsn, sandbox.api_key, **options) as client:
            return await act(client)

    return asyncio.run(run())


def test_a_profile_has_the_engines_form_and_the_providers_text(sandbox):
    answer = ask(sandbox, lambda client: client.resolve_profile(ANISHA, JULIEN))

    assert (answer.body["object"], answer.body["provider_id"]) == (
        "UserProfile",
        JULIEN,
    )
    assert '"specifics"' in answer.raw
    assert answer.headers["x-cache"] in ("MISS", "BYPASS")
    assert int(answer.headers["x-ratelimit-remaining"]) > 0


def test_a_profile_is_found_by_the_last_part_of_its_address(sandbox):
    answer = ask(sandbox, lambda client: client.resolve_profile(ANISHA, "Julien-C"))

    assert answer.body["public_identifier"].casefold() == "julien-c"


@pytest.mark.parametrize("identifier", ["ACoAAotherperson", "somebody-else"])
def test_the_profile_of_another_person_is_no_answer(sandbox, identifier):
    sandbox.change_settings(v2_mixes_profiles=1)
    sandbox.script_fault("resolve_profile", delay_before_seconds=FOREVER_SECONDS)
    hung = ask(
        sandbox,
        lambda client: client.resolve_profile(ANISHA, JULIEN),
        timeout_seconds=1.0,
    )
    mixed_up = ask(sandbox, lambda client: client.resolve_profile(ANISHA, identifier))

    assert hung.reached == "unanswered"
    assert mixed_up.is_success
    assert (mixed_up.body or {}).get("provider_id") != JULIEN


def test_an_account_shows_its_id_of_version_1(sandbox):
    listed = ask(sandbox, lambda client: client.accounts())

    (account,) = listed.items
    assert listed.is_complete
    assert (account["id"], account["type"]) == (ANISHA, "LINKEDIN")
    assert account["connection_params"]["im"]["id"] == "ACoAAanisha"
    assert [source["status"] for source in account["sources"]] == ["running"]


def test_a_key_of_the_other_version_is_refused_as_a_key(sandbox):
    async def act():
        async with open_provider(sandbox.dsn, "sandbox-key") as client:
            return await client.list_accounts(limit=1)

    answer = asyncio.run(act())

    assert (answer.http_status, answer.refuses_key) == (401, True)


@pytest.mark.parametrize("is_counted", [True, False])
@pytest.mark.parametrize("withdraws", [False, True])
def test_a_list_that_changes_between_its_pages_proves_no_absence(
    sandbox, is_counted, withdraws
):
    """Pages of two; the first person of the list, or nobody, leaves after the first."""
    people = [f"ACoAAinvited{number}" for number in range(5)]
    sandbox.change_settings(v2_missing_rows=98, v2_uncounted=int(not is_counted))
    pages = []

    async def change(response):
        if response.request.method == "GET":
            pages.append(response)
            if withdraws and len(pages) == 1:
                sandbox.withdraw(ANISHA, people[-1])

    async def run():
        hooks = {"response": [change]}
        async with (
            httpx.AsyncClient(event_hooks=hooks, trust_env=False) as http,
            V2Client(sandbox.dsn, sandbox.api_key, http=http) as client,
        ):
            for person in people:
                assert (await client.send_invite(ANISHA, person)).is_success
            return await client.sent_invitations(ANISHA)

    walk = asyncio.run(run())

    assert walk.is_complete is not withdraws
    assert len(pages) > len(people) // 2
    assert all(("total_count" in page.json()) is is_counted for page in pages)
    if not withdraws:
        assert {item["invited_user_id"] for item in walk.items} == set(people)
