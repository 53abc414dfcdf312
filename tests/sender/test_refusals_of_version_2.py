"""What the errors of version 2 mean, told apart by data where types do not say."""

import json

import pytest

from tests.support.account_holds import holds
from tests.support.invites_by_hand import invite_by_hand
from tests.support.rows import NOON
from tests.support.sender_campaigns import (
    ACCEPTED,
    COMMENT,
    DAY,
    HOUR,
    INMAIL,
    INVITE,
    MESSAGE,
    MINUTE,
    step,
)
from tests.support.versions import ON_VERSION_2
from trueup.inbound.lists.unknown_sends import resolve_unknown_sends

pytestmark = ON_VERSION_2

REFUSALS = (422, 409, 400, 429)
WITHDRAWING = step("wait_accept", time_out="3 weeks", on_time_out="withdraw")
POST = "urn:li:activity:7000000000000000001"


@pytest.mark.parametrize(
    ("fault", "outcome", "job_status"),
    [
        ({"status": 429, "type": "api/too_many_requests"}, "account_limit", "queued"),
        ({"status": 502, "type": "api/proxy_auth_error"}, "retry_safe", "queued"),
        ({"status": 502, "type": "api/proxy_error"}, "unknown", "unknown"),
        ({"status": 500, "type": "api/internal_error"}, "unknown", "unknown"),
        (
            {"status": 500, "type": "provider/server_error", "commits": True},
            "unknown",
            "unknown",
        ),
        ({"status": 504, "type": "provider/timeout"}, "unknown", "unknown"),
        ({"status": 418, "type": "provider/teapot"}, "unknown", "unknown"),
        ({"status": 400, "type": "api/invalid_parameters"}, "content_bad", "parked"),
        (
            {"status": 403, "type": "provider/insufficient_permissions"},
            "permanent_prospect",
            "failed",
        ),
        (
            {"status": 404, "type": "provider/resource_not_found"},
            "permanent_prospect",
            "failed",
        ),
        # Said of the account, which the provider knows when it is asked.
        ({"status": 404, "type": "api/resource_not_found"}, "retry_safe", "queued"),
        (
            {"status": 401, "type": "provider/invalid_authorization"},
            "account_down",
            "queued",
        ),
        ({"junk": '{"object": "Error"}'}, "unknown", "unknown"),
        ({"drop": "after"}, "unknown", "unknown"),
    ],
)
def test_each_answer_has_its_outcome(workspace, sandbox, fault, outcome, job_status):
    sandbox.script_fault("send_invite", **fault)
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    workspace.drain()

    assert workspace.outcomes() == [outcome]
    assert workspace.jobs(enrollment)[0] == ("send_invite", job_status)
    assert len(sandbox.requests("send_invite")) == 1
    assert workspace.violations() == []


def test_an_action_that_is_not_implemented_is_held_and_fails_nobody(workspace, sandbox):
    sandbox.script_fault(
        "send_invite", status=501, type="api/not_implemented", times=None
    )
    campaign = workspace.campaign(INVITE)
    people = [workspace.enroll(campaign) for _ in range(3)]
    workspace.drain()

    assert workspace.outcomes() == ["account_limit"]
    assert [workspace.status(one) for one in people] == ["ready_to_invite"] * 3
    assert workspace.all(
        "select action, reason from outreach.linkedin_account_holds"
    ) == [("send_invite", "api/not_implemented")]
    assert workspace.violations() == []


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refused_invite_to_a_connection_is_no_send(workspace, sandbox, status):
    sandbox.change_settings(v2_refusal_status=status)
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    sandbox.connect_stranger(workspace.account, workspace.person(enrollment))
    workspace.drain()

    assert workspace.outcomes() == ["already_connected"]
    assert workspace.status(enrollment) == "completed"


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refused_invite_to_a_person_who_has_one_waits_for_it(
    workspace, sandbox, status
):
    sandbox.change_settings(v2_refusal_status=status)
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    invite_by_hand(workspace, workspace.person(enrollment))
    workspace.drain()

    assert workspace.outcomes() == ["already_pending"]
    assert workspace.status(enrollment) == "pending_accept"


def test_an_invite_after_a_withdrawn_one_cools_the_person(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    person = workspace.person(enrollment)
    invite_by_hand(workspace, person)
    sandbox.withdraw(workspace.account, person)
    workspace.drain()

    assert workspace.outcomes() == ["ambiguous_resend"]
    assert workspace.jobs(enrollment) == [("send_invite", "queued")]
    assert holds(workspace) == []


def test_one_refusal_that_nothing_explains_is_unknown(workspace, sandbox):
    sandbox.script_fault(
        "send_invite", status=422, type="provider/unprocessable_entity"
    )
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    workspace.drain()

    assert workspace.outcomes() == ["unknown"]
    assert workspace.jobs(enrollment) == [("send_invite", "unknown")]
    assert holds(workspace) == []


def test_two_refusals_of_different_people_in_a_row_hold_the_account(workspace, sandbox):
    sandbox.script_fault(
        "send_invite",
        status=422,
        type="provider/unprocessable_entity",
        times=None,
    )
    campaign = workspace.campaign(INVITE, ACCEPTED)
    for _ in range(3):
        workspace.enroll(campaign)
    workspace.drain()

    assert workspace.outcomes() == ["unknown", "unknown"]
    assert [action for _, action, _ in holds(workspace)] == ["send_invite"]


def test_a_refused_message_to_somebody_who_is_no_connection_fails(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(MESSAGE))
    workspace.drain()

    assert workspace.outcomes() == ["permanent_prospect"]
    assert workspace.status(enrollment) == "failed"


def test_a_refused_message_is_unknown_where_nobody_says_who_is_connected(
    workspace, sandbox
):
    enrollment = workspace.enroll(workspace.campaign(MESSAGE))
    sandbox.script_fault(
        "resolve_profile", junk=profile_of(workspace.person(enrollment)), times=None
    )
    workspace.drain()

    assert workspace.outcomes() == ["unknown"]
    assert workspace.status(enrollment) != "failed"


@pytest.mark.parametrize("is_listed", [True, False])
def test_an_invite_that_no_profile_shows_is_gone_only_if_the_list_lacks_it(
    workspace, sandbox, is_listed
):
    enrollment = workspace.enroll(workspace.campaign(INVITE, WITHDRAWING))
    person = workspace.person(enrollment)
    workspace.drain()
    if not is_listed:
        sandbox.withdraw(workspace.account, person)
    unshown = profile_of(person, network_distance="SECOND_DEGREE")
    sandbox.script_fault("resolve_profile", junk=unshown, times=None)
    sandbox.script_fault(
        "cancel_invite", status=422, type="provider/unprocessable_entity"
    )
    workspace.drain(NOON + 22 * DAY)

    assert workspace.outcomes()[1:] == ["unknown" if is_listed else "already_gone"]
    assert (workspace.status(enrollment) == "withdrawn") is not is_listed


def allow_walks(workspace, calls):
    workspace.connection.execute(
        "update outreach.provider_read_budgets set calls_per_day = %s"
        " where provider_version = 2 and purpose = 'sends'",
        [calls],
    )


def walks(workspace):
    """The calls of the day that the sender made to read pending invites."""
    return workspace.one(
        "select sum(calls) from outreach.provider_read_spending where purpose = 'sends'"
    )


def test_withdrawals_wait_while_the_pending_invites_may_not_be_read(workspace, sandbox):
    campaign = workspace.campaign(INVITE, WITHDRAWING)
    both = [workspace.enroll(campaign) for _ in range(2)]
    workspace.drain()
    allow_walks(workspace, 2)
    # The id that the invite had is not known any more, so the list is read.
    sandbox.script_fault(
        "cancel_invite", status=404, type="provider/resource_not_found"
    )
    late = NOON + 22 * DAY
    workspace.drain(late)
    midnight = workspace.one("select outreach.next_local_midnight('UTC', %s)", late)

    (waiting,) = [one for one in both if workspace.status(one) == "pending_accept"]
    assert len(sandbox.journal("invite_withdrawn")) == 1
    assert walks(workspace) == len(sandbox.requests("sent_invitations")) == 2
    assert workspace.one(
        "select blocker, lifts_at from outreach.send_verdicts(%s, array[%s], %s)",
        workspace.workspace_id,
        waiting,
        late,
    ) == ("read_budget_spent", midnight)

    workspace.drain(midnight)
    workspace.drain(midnight + 12 * HOUR)
    assert workspace.status(waiting) == "withdrawn"
    assert workspace.violations() == []


@pytest.mark.parametrize("is_pending", [True, False])
def test_a_refused_invite_is_unknown_while_the_pending_ones_may_not_be_read(
    workspace, sandbox, is_pending
):
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    person = workspace.person(enrollment)
    invite_by_hand(workspace, person)
    if is_pending:
        unshown = profile_of(person, network_distance="SECOND_DEGREE")
        sandbox.script_fault("resolve_profile", junk=unshown, times=None)
    else:
        sandbox.withdraw(workspace.account, person)
    allow_walks(workspace, 0)
    workspace.drain()

    assert workspace.outcomes() == ["unknown"]
    assert workspace.jobs(enrollment) == [("send_invite", "unknown")]
    assert sandbox.requests("sent_invitations") == []
    assert walks(workspace) is None

    later = NOON + 16 * MINUTE
    resolve_unknown_sends(workspace.connection, workspace.dsn, workspace.api_key, later)
    assert (workspace.status(enrollment) == "pending_accept") is is_pending


def test_the_walk_that_explains_a_refusal_is_counted(workspace, sandbox):
    sandbox.script_fault(
        "send_invite", status=422, type="provider/unprocessable_entity"
    )
    workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    workspace.drain()

    assert walks(workspace) == len(sandbox.requests("sent_invitations")) > 0


def profile_of(person, **specifics):
    """A profile as the contract allows it: most of what it says may be missing."""
    user = {"object": "UserProfile", "id": person, "type": "individual"}
    return json.dumps(user | {"specifics": specifics})


@pytest.mark.parametrize(
    ("credits", "outcome", "job_status"),
    [
        ({"junk": '{"credits": {"classic": 0}}'}, "account_limit", "queued"),
        ({"junk": '{"credits": {"sales_navigator": 5}}'}, "account_limit", "queued"),
        ({"junk": '{"credits": {"classic": 5}}'}, "permanent_prospect", "failed"),
        ({"status": 500, "type": "api/internal_error"}, "unknown", "unknown"),
    ],
)
def test_a_refused_inmail_concerns_the_person_only_if_there_are_credits(
    workspace, sandbox, credits, outcome, job_status
):
    """One type is that of a closed profile and of a product that is not paid for."""
    sandbox.script_fault(
        "start_chat", status=403, type="provider/insufficient_permissions"
    )
    sandbox.script_fault("inmail_balance", **credits)
    enrollment = workspace.enroll(workspace.campaign(INMAIL))
    workspace.drain()

    assert workspace.outcomes() == [outcome]
    assert workspace.jobs(enrollment) == [("send_inmail", job_status)]
    held = [(NOON + DAY, "send_inmail")] if outcome == "account_limit" else []
    assert [(until, action) for _, action, until in holds(workspace)] == held


def test_a_limit_of_unipile_holds_the_action_until_its_window_ends(workspace, sandbox):
    sandbox.change_settings(v2_send_limit=1)
    campaign = workspace.campaign(INVITE, ACCEPTED)
    for _ in range(2):
        workspace.enroll(campaign)
    workspace.drain()

    # The first answer says that nothing remains, so no second call is made.
    assert workspace.outcomes() == ["sent_proven"]
    assert len(sandbox.requests("send_invite")) == 1
    ((_, action, held_until),) = holds(workspace)
    assert action == "send_invite"
    assert NOON + 11 * HOUR < held_until < NOON + DAY


@pytest.mark.parametrize(
    ("fault", "outcome", "job_status"),
    [
        (
            {"status": 404, "type": "provider/resource_not_found"},
            "content_bad",
            "parked",
        ),
        ({"status": 500, "type": "provider/server_error"}, "retry_safe", "queued"),
        ({"status": 429, "type": "api/too_many_requests"}, "account_limit", "queued"),
        ({"drop": "after"}, "retry_safe", "queued"),
        ({"status": 403, "junk": "Forbidden"}, "retry_safe", "queued"),
    ],
)
def test_a_comment_on_a_post_of_version_1_needs_its_new_id(
    workspace, sandbox, fault, outcome, job_status
):
    sandbox.script_fault("get_post", **fault)
    enrollment = workspace.enroll(workspace.campaign(COMMENT), custom={"post": POST})
    workspace.drain()

    assert workspace.outcomes() == [outcome]
    assert workspace.jobs(enrollment) == [("comment", job_status)]
    assert sandbox.journal("comment_posted") == []
    assert sandbox.requests("post_comment") == []


def test_a_comment_is_proven_by_its_id(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(COMMENT), custom={"post": POST})
    workspace.drain()

    assert workspace.outcomes() == ["sent_proven"]
    assert workspace.status(enrollment) == "completed"
    assert [line["social_id"] for line in sandbox.journal("comment_posted")] == [POST]
