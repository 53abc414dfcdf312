"""Look-ups over real HTTP: who is looked up, when, and what a profile changes."""

import datetime as dt

import pytest

from tests.support.invites_by_hand import limit
from tests.support.rows import NOON, begin, claim, record
from tests.support.sandboxes import api_of
from tests.support.sender_campaigns import (
    ACCEPTED,
    DAY,
    HOUR,
    INVITE,
    MESSAGE,
    MINUTE,
    step,
)
from trueup.postgres.witness import Witness, adopt, note_newest


def invite_by_hand(workspace, enrollment_id, provider_id=None):
    with api_of(workspace.sandbox) as api:
        answer = api.post(
            "/users/invite",
            json={
                "account_id": workspace.account,
                "provider_id": provider_id or workspace.person(enrollment_id),
            },
        )
    return answer.json()["invitation_id"]


def test_a_person_without_an_id_is_looked_up_before_the_invite(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED), is_known=False)
    report = workspace.drain()
    assert workspace.routes() == ["resolve_profile", "send_invite"]
    (invited,) = sandbox.journal("invite_sent")
    assert invited["provider_id"] == workspace.person(enrollment)
    assert workspace.jobs(enrollment) == [
        ("resolve_profile", "completed"),
        ("send_invite", "completed"),
    ]
    assert workspace.events(enrollment) == ["profile_resolved", "invite_sent"]
    assert (workspace.counter("resolve_profile"), workspace.counter("send_invite")) == (
        1,
        1,
    )
    assert (report.sent, report.done["resolve_profile"]) == (1, 1)
    assert workspace.violations() == []


def test_the_send_after_a_look_up_keeps_the_time(workspace):
    enrollment = workspace.enroll(workspace.campaign(INVITE), is_known=False)
    limit(workspace, "send_invite", 0)
    workspace.drain(NOON + HOUR)
    assert workspace.jobs(enrollment)[1] == ("send_invite", "queued")
    assert workspace.due(enrollment) == NOON


def test_a_person_who_is_known_is_not_looked_up(workspace):
    campaign = workspace.campaign(step("resolve_profile"), INVITE)
    enrollment = workspace.enroll(campaign)
    report = workspace.drain()
    assert report.refused["profile_known"] == 1
    assert workspace.jobs(enrollment)[0] == ("resolve_profile", "cancelled")
    workspace.drain(NOON + HOUR)
    assert workspace.routes() == ["send_invite"]
    assert workspace.violations() == []


def test_a_look_up_may_be_a_step_of_its_own(workspace):
    campaign = workspace.campaign(step("resolve_profile"), INVITE)
    enrollment = workspace.enroll(campaign, is_known=False)
    workspace.drain()
    workspace.drain(NOON + HOUR)
    assert workspace.routes() == ["resolve_profile", "send_invite"]
    assert workspace.status(enrollment) == "pending_accept"
    assert workspace.violations() == []


def test_a_send_to_an_unknown_person_is_preceded_by_a_look_up(workspace):
    enrollment = workspace.enroll(workspace.campaign(INVITE))
    workspace.connection.execute("update outreach.prospects set provider_id = null")
    report = workspace.drain()
    assert report.refused["profile_not_resolved"] == 1
    assert workspace.routes() == ["resolve_profile", "send_invite"]
    assert workspace.status(enrollment) == "pending_accept"


def test_look_ups_have_a_limit_of_their_own(workspace):
    limit(workspace, "resolve_profile", 1)
    campaign = workspace.campaign(INVITE)
    strangers = [workspace.enroll(campaign, is_known=False) for _ in range(2)]
    known = workspace.enroll(campaign, run_at=NOON + MINUTE)
    workspace.drain(NOON + HOUR)
    assert [workspace.status(each) for each in (*strangers, known)] == [
        "pending_accept",
        "ready_to_invite",
        "pending_accept",
    ]


def test_an_unanswered_look_up_counts_and_is_repeated(workspace, sandbox):
    sandbox.script_fault("resolve_profile", drop="after")
    enrollment = workspace.enroll(workspace.campaign(INVITE), is_known=False)
    workspace.drain()
    assert workspace.outcomes() == ["unknown"]
    assert workspace.jobs(enrollment) == [("resolve_profile", "queued")]
    assert workspace.due(enrollment) == NOON
    workspace.drain(NOON + dt.timedelta(seconds=29))
    assert workspace.routes() == ["resolve_profile"]
    workspace.drain(NOON + dt.timedelta(seconds=30))
    assert workspace.status(enrollment) == "pending_accept"
    assert workspace.counter("resolve_profile") == 2
    assert workspace.violations() == []


def test_a_look_up_whose_worker_died_is_made_again(workspace):
    enrollment = workspace.enroll(workspace.campaign(INVITE), is_known=False)
    job_ids = claim(
        workspace.connection, workspace.workspace_id, dsn=workspace.sandbox.dsn
    )
    begin(workspace.connection, workspace.workspace_id, job_ids)
    adopt(workspace.connection, Witness(), "test")
    workspace.drain(NOON + 10 * MINUTE)
    workspace.drain(NOON + 12 * MINUTE)
    assert workspace.outcomes() == ["unknown", "sent_proven", "sent_proven"]
    assert workspace.status(enrollment) == "pending_accept"


def provider_id_of(workspace, sandbox, enrollment_id):
    (provider_id,) = sandbox.control(
        "POST", "/people", [{"identifier": workspace.public(enrollment_id)}]
    )["provider_ids"]
    return provider_id


@pytest.mark.parametrize("is_in_the_campaign", [True, False])
def test_no_person_is_contacted_under_two_rows(workspace, sandbox, is_in_the_campaign):
    campaign = workspace.campaign(INVITE)
    twin = workspace.enroll(campaign, is_known=False)
    if not is_in_the_campaign:
        campaign = workspace.campaign(INVITE)
    known = workspace.enroll(campaign, run_at=NOON + DAY)
    workspace.connection.execute(
        "update outreach.prospects set provider_id = %s where public_identifier = %s",
        [provider_id_of(workspace, sandbox, twin), workspace.public(known)],
    )
    workspace.drain()
    assert workspace.jobs(twin) == [("resolve_profile", "failed")]
    assert (
        workspace.one(
            "select failed_classification from outreach.campaign_prospects"
            " where enrollment_id = %s",
            twin,
        )
        == "duplicate_person"
    )
    assert sandbox.journal("invite_sent") == []
    assert workspace.violations() == []


def test_a_look_up_that_finds_a_known_person_continues_with_their_row(
    workspace, sandbox
):
    twin = workspace.enroll(
        workspace.campaign(INVITE), is_known=False, custom={"city": "Oslo", "kept": "2"}
    )
    (known_id,) = workspace.connection.execute(
        "insert into outreach.prospects (workspace_id, provider_id, first_name, custom)"
        " values (%s, %s, 'Augusta', '{\"kept\": \"1\"}') returning prospect_id",
        [workspace.workspace_id, provider_id_of(workspace, sandbox, twin)],
    ).fetchone()
    workspace.drain()
    assert workspace.jobs(twin) == [
        ("resolve_profile", "completed"),
        ("send_invite", "completed"),
    ]
    enrolled_id = workspace.one(
        "select prospect_id from outreach.campaign_prospects where enrollment_id = %s",
        twin,
    )
    assert enrolled_id == known_id
    assert workspace.connection.execute(
        "select first_name, custom from outreach.prospects where prospect_id = %s",
        [known_id],
    ).fetchone() == ("Augusta", {"city": "Oslo", "kept": "1"})
    assert workspace.one(
        "select prospect_id, was, became from outreach.prospect_field_audit"
    ) == (known_id, {}, {"custom.city": "Oslo"})
    assert len(sandbox.journal("invite_sent")) == 1
    assert workspace.violations() == []


def test_a_known_person_who_must_not_be_contacted_is_not(workspace, sandbox):
    twin = workspace.enroll(workspace.campaign(INVITE), is_known=False)
    workspace.connection.execute(
        "with added as (insert into outreach.prospects (workspace_id, provider_id)"
        " values (%s, %s) returning workspace_id, prospect_id)"
        " select outreach.mark_do_not_contact(workspace_id, prospect_id, 'asked', 'me')"
        " from added",
        [workspace.workspace_id, provider_id_of(workspace, sandbox, twin)],
    )
    workspace.drain()
    workspace.drain(NOON + DAY)
    assert sandbox.journal("invite_sent") == []
    assert workspace.status(twin) == "failed"
    assert workspace.violations() == []


def test_a_look_up_that_finds_the_sender_ends_there(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(INVITE), is_known=False)
    workspace.connection.execute(
        "update outreach.provider_accounts set linkedin_identity = %s"
        " where workspace_id = %s",
        [provider_id_of(workspace, sandbox, enrollment), workspace.workspace_id],
    )
    workspace.drain()
    assert workspace.jobs(enrollment) == [("resolve_profile", "failed")]
    assert sandbox.journal("invite_sent") == []
    assert workspace.violations() == []


def test_a_profile_that_is_gone_ends_the_step(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(INVITE), is_known=False)
    sandbox.set_person(workspace.public(enrollment), is_missing=True)
    workspace.drain()
    assert workspace.routes() == ["resolve_profile", "get_account"]
    assert workspace.jobs(enrollment) == [("resolve_profile", "failed")]
    assert workspace.status(enrollment) == "failed"
    assert workspace.violations() == []


def test_a_connection_is_not_invited(workspace, sandbox):
    enrollment = workspace.enroll(
        workspace.campaign(INVITE, ACCEPTED, MESSAGE), is_known=False
    )
    sandbox.connect_stranger(workspace.account, workspace.public(enrollment))
    workspace.drain()
    assert workspace.events(enrollment) == ["profile_resolved", "already_connected"]
    assert workspace.status(enrollment) == "ready_to_message"
    assert workspace.counter("send_invite") == 0
    assert workspace.violations() == []


def test_a_person_whose_invite_is_pending_is_not_invited_again(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED), is_known=False)
    invite_by_hand(
        workspace,
        enrollment,
        sandbox.set_person(workspace.public(enrollment), accepts=False),
    )
    workspace.drain()
    assert workspace.events(enrollment) == ["profile_resolved", "already_pending"]
    assert workspace.status(enrollment) == "pending_accept"
    assert workspace.routes().count("send_invite") == 1


def test_a_person_marked_during_their_look_up_stays_unwanted_under_the_known_row(
    workspace, sandbox
):
    enrollment = workspace.enroll(workspace.campaign(INVITE), is_known=False)
    provider_id = provider_id_of(workspace, sandbox, enrollment)
    known = workspace.one(
        "insert into outreach.prospects (workspace_id, provider_id, first_name)"
        " values (%s, %s, 'Augusta') returning prospect_id",
        workspace.workspace_id,
        provider_id,
    )
    (job,) = claim(
        workspace.connection, workspace.workspace_id, dsn=workspace.sandbox.dsn
    )
    ((_, attempt, _),) = begin(workspace.connection, workspace.workspace_id, [job])
    workspace.one(
        "select outreach.mark_do_not_contact("
        " workspace_id, prospect_id, 'asked us', 'me', %s)"
        " from outreach.campaign_prospects where enrollment_id = %s",
        NOON,
        enrollment,
    )
    record(
        workspace.connection,
        workspace.workspace_id,
        attempt,
        http_status=200,
        provider_reference=provider_id,
        facts={"public_identifier": workspace.public(enrollment)},
    )
    note_newest(workspace.connection, Witness())
    workspace.drain(NOON + HOUR)
    assert sandbox.journal("invite_sent") == []
    reason = workspace.one(
        "select do_not_contact_reason from outreach.prospects where prospect_id = %s",
        known,
    )
    assert reason == "asked us"
