"""Every kind of answer over real HTTP, and its effect (see "Outcome classes")."""

import datetime as dt

import pytest

from tests.support.account_holds import alerts, holds
from tests.support.rows import NOON
from tests.support.sandboxes import FOREVER_SECONDS, api_of
from tests.support.sender_campaigns import (
    ACCEPTED,
    DAY,
    HOUR,
    INMAIL,
    INVITE,
    MINUTE,
)
from tests.support.versions import BOTH_VERSIONS
from trueup.sender import round
from trueup.unipile.addresses import UnusableProviderError

SECOND = dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("fault", "outcome", "job_status", "linkedin_status"),
    [
        ({"drop": "before"}, "unknown", "unknown", "ready_to_invite"),
        ({"drop": "after"}, "unknown", "unknown", "ready_to_invite"),
        ({"drop": "mid_body"}, "unknown", "unknown", "ready_to_invite"),
        ({"junk": "<html>fine</html>"}, "unknown", "unknown", "ready_to_invite"),
        ({"junk": "{}"}, "unknown", "unknown", "ready_to_invite"),
        (
            {"status": 504, "type": "request_timeout", "commits": True},
            "unknown",
            "unknown",
            "ready_to_invite",
        ),
        (
            {"status": 500, "type": "unexpected_error"},
            "unknown",
            "unknown",
            "ready_to_invite",
        ),
        (
            {"status": 503, "type": "network_down"},
            "retry_safe",
            "queued",
            "ready_to_invite",
        ),
        (
            {"status": 429, "type": "too_many_requests"},
            "account_limit",
            "queued",
            "ready_to_invite",
        ),
        (
            {"status": 422, "type": "limit_exceeded"},
            "account_limit",
            "queued",
            "ready_to_invite",
        ),
        (
            {"status": 401, "type": "expired_credentials"},
            "account_down",
            "queued",
            "ready_to_invite",
        ),
        (
            {"status": 403, "type": "account_restricted"},
            "account_down",
            "queued",
            "ready_to_invite",
        ),
        (
            {"status": 403, "type": "subscription_required"},
            "account_limit",
            "queued",
            "ready_to_invite",
        ),
        (
            {"status": 422, "type": "user_unreachable"},
            "permanent_prospect",
            "failed",
            "failed",
        ),
        (
            {"status": 404, "type": "resource_not_found"},
            "permanent_prospect",
            "failed",
            "failed",
        ),
        (
            {"status": 400, "type": "too_many_characters"},
            "content_bad",
            "parked",
            "pending_template_fix",
        ),
        (
            {"status": 422, "type": "already_connected"},
            "already_connected",
            "cancelled",
            "completed",
        ),
        (
            {"status": 422, "type": "already_invited_recently"},
            "already_pending",
            "cancelled",
            "pending_accept",
        ),
    ],
)
def test_each_answer_has_its_outcome_over_http(
    workspace, sandbox, fault, outcome, job_status, linkedin_status
):
    sandbox.script_fault("send_invite", **fault)
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    workspace.drain()
    assert workspace.outcomes() == [outcome]
    assert workspace.jobs(enrollment)[0] == ("send_invite", job_status)
    assert workspace.status(enrollment) == linkedin_status
    assert len(sandbox.requests("send_invite")) == 1
    assert workspace.violations() == []


@BOTH_VERSIONS
def test_an_unanswered_send_is_never_repeated(workspace, sandbox):
    sandbox.script_fault("send_invite", drop="after")
    enrollment = workspace.enroll(workspace.campaign(INVITE))
    workspace.drain()
    workspace.drain(NOON + DAY)
    assert workspace.jobs(enrollment) == [("send_invite", "unknown")]
    assert len(sandbox.journal("invite_sent")) == 1
    assert workspace.violations() == []


@BOTH_VERSIONS
@pytest.mark.parametrize("delay", ["delay_before_seconds", "delay_after_seconds"])
def test_a_call_that_is_never_answered_is_given_up_and_not_made_again(
    workspace, sandbox, monkeypatch, delay
):
    monkeypatch.setattr(round, "CALL_GIVEN_UP_AFTER_SECONDS", 0.3)
    campaign = workspace.campaign(INVITE, ACCEPTED)
    hanging = workspace.enroll(campaign)
    workspace.account_id = workspace.add_account({})
    other = workspace.enroll(campaign)
    sandbox.script_fault(
        "send_invite", provider_id=workspace.person(hanging), **{delay: FOREVER_SECONDS}
    )
    for number in range(2):
        workspace.drain(NOON + number * DAY)
    assert workspace.jobs(hanging) == [("send_invite", "unknown")]
    assert workspace.jobs(other)[0] == ("send_invite", "completed")
    assert sorted(workspace.outcomes()) == ["sent_proven", "unknown"]
    assert len(sandbox.requests("send_invite")) == 2
    assert workspace.violations() == []


@pytest.mark.parametrize(
    ("retry_after", "until"),
    [
        ("90", NOON + 90 * SECOND),
        ("Mon, 04 May 2026 12:20:00 GMT", NOON + 20 * MINUTE),
        (None, NOON + HOUR),
        ("soon", NOON + HOUR),
    ],
)
def test_a_429_holds_that_account_until_retry_after(
    workspace, sandbox, retry_after, until
):
    sandbox.script_fault(
        "send_invite", status=429, type="too_many_requests", retry_after=retry_after
    )
    enrollment = workspace.enroll(workspace.campaign(INVITE))
    workspace.drain()
    assert holds(workspace) == [(workspace.account_id, "send_invite", until)]
    assert workspace.due(enrollment) == NOON
    workspace.drain(until - SECOND)
    assert workspace.status(enrollment) == "ready_to_invite"
    workspace.drain(until)
    assert workspace.status(enrollment) == "pending_accept"
    assert workspace.violations() == []


def test_one_accounts_429_slows_no_other_account_and_no_other_action(
    workspace, sandbox
):
    sandbox.script_fault(
        "send_invite",
        status=429,
        type="too_many_requests",
        account_id=workspace.account,
        times=None,
    )
    campaign = workspace.campaign(INVITE)
    held = workspace.enroll(campaign)
    inmail = workspace.enroll(workspace.campaign(INMAIL))
    workspace.account_id = workspace.add_account({})
    others = [workspace.enroll(campaign) for _ in range(3)]
    workspace.drain()
    assert workspace.status(held) == "ready_to_invite"
    assert [workspace.status(each) for each in others] == ["pending_accept"] * 3
    assert workspace.status(inmail) == "completed"


@pytest.mark.parametrize(
    ("error_type", "outcome"),
    [
        ("insufficient_credits", "account_limit"),
        ("feature_not_implemented", "account_limit"),
        ("not_allowed_inmail", "permanent_prospect"),
    ],
)
def test_credits_hold_the_accounts_inmail_and_a_closed_door_ends_one_person(
    workspace, sandbox, error_type, outcome
):
    sandbox.script_fault("start_chat", status=422, type=error_type)
    campaign = workspace.campaign(INMAIL)
    first, second = workspace.enroll(campaign), workspace.enroll(campaign)
    workspace.drain()
    assert workspace.outcomes()[0] == outcome
    is_held = outcome == "account_limit"
    assert workspace.status(first) == ("ready_to_message" if is_held else "failed")
    assert workspace.status(second) == ("ready_to_message" if is_held else "completed")


@pytest.mark.parametrize(
    ("status", "error_type", "outcome", "linkedin_status"),
    [
        (422, "a_slug_nobody_knows", "permanent_prospect", "failed"),
        (403, "a_slug_nobody_knows", "account_down", "ready_to_invite"),
        (429, "a_slug_nobody_knows", "account_limit", "ready_to_invite"),
        (501, "a_slug_nobody_knows", "account_limit", "ready_to_invite"),
        (418, "a_slug_nobody_knows", "permanent_prospect", "failed"),
        (507, "a_slug_nobody_knows", "unknown", "ready_to_invite"),
    ],
)
def test_an_unknown_error_falls_to_its_status_and_opens_one_alert(
    workspace, sandbox, status, error_type, outcome, linkedin_status
):
    sandbox.script_fault("send_invite", status=status, type=error_type, times=None)
    campaign = workspace.campaign(INVITE)
    enrollment = workspace.enroll(campaign)
    workspace.drain()
    workspace.enroll(campaign)
    workspace.drain()
    assert workspace.outcomes()[0] == outcome
    assert workspace.status(enrollment) == linkedin_status
    told = [("provider_error_unmapped", f"{status} {error_type}")]
    if outcome == "account_down":
        # A flip of an account's status opens an alert of its own.
        told.insert(
            0, ("account_disconnected", f"Anisha (account {workspace.account_id})")
        )
    assert sorted(alerts(workspace)) == told


def test_an_error_that_the_contract_names_opens_no_alert(workspace, sandbox):
    sandbox.script_fault("send_invite", status=422, type="cant_send_message")
    workspace.enroll(workspace.campaign(INVITE))
    workspace.drain()
    assert alerts(workspace) == []


def test_an_account_that_is_down_is_flipped_and_keeps_its_queue(workspace, sandbox):
    sandbox.set_account_status(workspace.account, "CREDENTIALS")
    campaign = workspace.campaign(INVITE)
    people = [workspace.enroll(campaign) for _ in range(2)]
    workspace.drain()
    assert (
        workspace.one("select status from outreach.linkedin_accounts") == "disconnected"
    )
    assert [workspace.jobs(each) for each in people] == [
        [("send_invite", "queued")]
    ] * 2
    assert len(sandbox.requests("send_invite")) == 1
    assert workspace.violations() == []


def test_a_404_of_a_deleted_account_fails_no_job(workspace, sandbox):
    sandbox.script_fault("send_invite", status=404, type="resource_not_found")
    sandbox.script_fault("get_account", status=404, type="resource_not_found")
    enrollment = workspace.enroll(workspace.campaign(INVITE))
    workspace.drain()
    assert workspace.outcomes() == ["account_down"]
    assert workspace.jobs(enrollment) == [("send_invite", "queued")]
    assert (
        workspace.one("select status from outreach.linkedin_accounts") == "disconnected"
    )


@BOTH_VERSIONS
def test_a_404_while_the_account_cannot_be_asked_is_tried_again(workspace, sandbox):
    sandbox.script_fault("send_invite", status=404, type="resource_not_found")
    sandbox.script_fault("get_account", status=500, type="unexpected_error")
    enrollment = workspace.enroll(workspace.campaign(INVITE))
    workspace.drain()
    assert workspace.outcomes() == ["retry_safe"]
    workspace.drain(NOON + HOUR)
    assert workspace.status(enrollment) == "pending_accept"


def test_a_refused_key_stops_all_sends_and_holds_no_account(workspace, sandbox):
    sandbox.script_fault("send_invite", status=401, type="missing_credentials")
    campaign = workspace.campaign(INVITE)
    people = [workspace.enroll(campaign) for _ in range(3)]
    with pytest.raises(UnusableProviderError, match="refuses the API key"):
        workspace.drain()
    assert len(sandbox.requests("send_invite")) == 1
    assert [workspace.jobs(each) for each in people] == [
        [("send_invite", "queued")]
    ] * 3
    assert workspace.one("select status from outreach.linkedin_accounts") == "connected"
    assert alerts(workspace) == [("provider_key_refused", sandbox.dsn)]
    workspace.drain()
    assert [workspace.status(each) for each in people] == ["pending_accept"] * 3
    assert alerts(workspace) == []


# cannot_resend_yet


RESEND = {"status": 422, "type": "cannot_resend_yet"}


def test_cannot_resend_yet_of_somebody_pending_waits_for_the_accept(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    with api_of(sandbox) as api:
        fields = {
            "account_id": workspace.account,
            "provider_id": workspace.person(enrollment),
        }
        api.post("/users/invite", json=fields)
    sandbox.script_fault("send_invite", **RESEND)
    workspace.drain()
    assert workspace.outcomes() == ["already_pending"]
    assert workspace.status(enrollment) == "pending_accept"


def test_cannot_resend_yet_of_one_person_leaves_them_alone(workspace, sandbox):
    campaign = workspace.campaign(INVITE)
    refused, other = workspace.enroll(campaign), workspace.enroll(campaign)
    sandbox.script_fault("send_invite", provider_id=workspace.person(refused), **RESEND)
    workspace.drain()
    assert workspace.outcomes() == ["ambiguous_resend", "sent_proven"]
    assert workspace.status(other) == "pending_accept"
    assert (workspace.status(refused), workspace.due(refused)) == (
        "ready_to_invite",
        NOON,
    )
    assert holds(workspace) == []
    workspace.drain(NOON + 21 * DAY - MINUTE)
    assert len(sandbox.requests("send_invite")) == 2
    workspace.drain(NOON + 21 * DAY)
    assert workspace.status(refused) == "pending_accept"
    assert workspace.violations() == []


def test_cannot_resend_yet_of_two_people_in_a_row_holds_the_account(workspace, sandbox):
    campaign = workspace.campaign(INVITE)
    people = [workspace.enroll(campaign) for _ in range(3)]
    sandbox.script_fault("send_invite", times=None, **RESEND)
    workspace.drain()
    assert holds(workspace) == [(workspace.account_id, "send_invite", NOON + DAY)]
    assert len(sandbox.requests("send_invite")) == 2
    assert [workspace.status(each) for each in people] == ["ready_to_invite"] * 3


def test_a_person_who_is_refused_again_and_again_ends(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(INVITE))
    sandbox.script_fault("send_invite", times=None, **RESEND)
    for number in range(3):
        workspace.drain(NOON + number * 21 * DAY)
    assert workspace.jobs(enrollment) == [("send_invite", "failed")]
