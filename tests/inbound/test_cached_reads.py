"""A walk that a cache served shows what was there, and proves nothing absent."""

import asyncio
import json

import httpx
import pytest

from tests.support.sender_campaigns import ACCEPTED, INVITE
from tests.support.versions import ON_VERSION_2
from trueup.inbound.lists import provider_reads
from trueup.inbound.lists.provider_reads import ReadAccount
from trueup.unipile.v2_client import V2Client

pytestmark = ON_VERSION_2


async def without_directive(request):
    """What a proxy on the way does that takes Cache-Control out of requests."""
    request.headers.pop("cache-control", None)


@pytest.fixture
def read(workspace):
    """Reads a list of the account and keeps it: (the kept read, its row)."""
    identity = workspace.one("select linkedin_identity from outreach.provider_accounts")
    account = ReadAccount(
        workspace.workspace_id, workspace.account_id, workspace.account, identity
    )

    async def run(read_list, hooks):
        async with (
            httpx.AsyncClient(event_hooks={"request": hooks}) as http,
            V2Client(workspace.dsn, workspace.api_key, http=http) as client,
        ):
            return await read_list(workspace.connection, client, account)

    def read(read_list, *, is_cached=False):
        hooks = [without_directive] if is_cached else []
        kept = asyncio.run(run(read_list, hooks))
        if not isinstance(kept, provider_reads.KeptRead):
            return kept
        return kept, workspace.one(
            "select stopped_by, cache from outreach.provider_reads where read_id = %s",
            kept.read_id,
        )

    return read


@pytest.mark.parametrize(
    "read_list", [provider_reads.read_sent_invitations, provider_reads.read_relations]
)
def test_a_read_past_the_cache_is_complete_and_keeps_its_headers(read, read_list):
    for _ in range(2):
        kept, (stopped_by, cache) = read(read_list)

        assert kept.is_complete
        assert stopped_by is None
        assert {page["is_old"] for page in cache} == {False}
        assert {page["x-cache"] for page in cache} <= {"BYPASS", "MISS"}


def test_a_cached_walk_after_a_withdrawal_outside_proves_nothing_absent(
    workspace, sandbox, read
):
    first, second = (
        workspace.enroll(workspace.campaign(INVITE, ACCEPTED)) for _ in range(2)
    )
    workspace.drain()
    people = {
        one: workspace.one(
            "select provider_id from outreach.prospects inner join"
            " outreach.campaign_prospects using (workspace_id, prospect_id)"
            " where enrollment_id = %s",
            one,
        )
        for one in (first, second)
    }
    before, _ = read(provider_reads.read_sent_invitations, is_cached=True)
    sandbox.withdraw(workspace.account, people[first])
    cached, (stopped_by, cache) = read(
        provider_reads.read_sent_invitations, is_cached=True
    )
    fresh, _ = read(provider_reads.read_sent_invitations)

    def shown(kept):
        return {item["provider_id"] for item in kept.items}

    assert (before.is_complete, cached.is_complete, fresh.is_complete) == (
        True,
        False,
        True,
    )
    assert shown(before) == shown(cached) == set(people.values())
    assert shown(fresh) == {people[second]}
    assert stopped_by == "page 1 came from a cache"
    assert cache[0]["x-cache"] == "HIT"


def test_an_unknown_invite_that_a_cached_walk_lacks_is_not_absent(
    workspace, sandbox, read
):
    sandbox.script_fault("send_invite", status=500, type="provider/server_error")
    workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    workspace.drain()
    person = workspace.one("select provider_id from outreach.prospects")

    def is_absent():
        return workspace.one(
            "select count(*) > 0 from outreach.absent_invites(%s, %s,"
            " clock_timestamp() + interval '1 day')",
            workspace.workspace_id,
            workspace.account_id,
        )

    invitations, relations = (
        provider_reads.read_sent_invitations,
        provider_reads.read_relations,
    )
    reads = [
        read(invitations, is_cached=True)[0],
        read(relations)[0],
        read(invitations, is_cached=True)[0],
        read(relations)[0],
    ]

    assert workspace.outcomes() == ["unknown"]
    assert person not in {item["provider_id"] for one in reads for item in one.items}
    assert [one.is_complete for one in reads] == [True, True, False, True]
    assert not is_absent()

    read(invitations)
    assert is_absent()


def test_an_invitation_to_nobody_by_name_proves_nobody_absent(workspace, sandbox, read):
    """The contract lets the person be missing: the row may be the lost invite's."""
    unnamed = {"object": "RelationRequest", "id": "request-1", "type": "sent"}
    page = json.dumps({"data": [unnamed], "total_count": 1})
    sandbox.script_fault("sent_invitations", page=1, junk=page)

    kept, (stopped_by, _) = read(provider_reads.read_sent_invitations)

    assert not kept.is_complete
    assert [item["reference"] for item in kept.items] == ["request-1"]
    assert stopped_by == "an invitation of the list does not say whom it invites"


@pytest.mark.parametrize(
    ("specifics", "is_complete"),
    [({}, False), ({"network_distance": "SECOND_DEGREE"}, True)],
)
def test_a_profile_that_says_no_distance_proves_no_absence(
    workspace, sandbox, read, specifics, is_complete
):
    person = workspace.person(workspace.enroll(workspace.campaign(INVITE, ACCEPTED)))
    shown = {"object": "UserProfile", "id": person, "specifics": specifics}
    sandbox.script_fault("resolve_profile", junk=json.dumps(shown))

    kept, _ = read(
        lambda *who: provider_reads.read_profile(*who, person), is_cached=False
    )

    assert kept.is_complete is is_complete


def test_a_profile_of_the_owner_that_a_cache_keeps_proves_no_account(read):
    async def own_profile(_connection, client, account):
        return await client.own_profile(account.provider_account_id)

    fresh = read(own_profile)
    cached = read(own_profile, is_cached=True)

    assert fresh.body["provider_id"] is not None
    assert cached.is_success
    assert (cached.body, cached.detail) == (None, "the profile came from a cache")
