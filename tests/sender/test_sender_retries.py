"""Retries, a provider that cannot be reached, and rows that cannot be worked."""

import datetime as dt

import pytest

from tests.support.account_holds import alerts, holds
from tests.support.rows import NOON
from tests.support.sender_campaigns import (
    DAY,
    HOUR,
    INVITE,
    MESSAGE,
    NoSandbox,
    SenderWorkspace,
    step,
)
from trueup.alerts.records import resolve_job_alerts
from trueup.heals.orphans import reconcile_orphans
from trueup.unipile.addresses import UnusableProviderError
from trueup.unipile.client import UnipileClient

SECOND = dt.timedelta(seconds=1)


def test_retries_back_off_and_move_no_time(workspace, sandbox):
    sandbox.script_fault("send_invite", status=503, type="network_down", times=3)
    enrollment = workspace.enroll(workspace.campaign(INVITE))
    at = NOON
    for seconds in (30, 60, 120):
        workspace.drain(at)
        at += seconds * SECOND
        assert holds(workspace) == [(workspace.account_id, "send_invite", at)]
        workspace.drain(at - SECOND)
        assert workspace.due(enrollment) == NOON
    assert len(sandbox.requests("send_invite")) == 3
    workspace.drain(at)
    assert workspace.status(enrollment) == "pending_accept"


def try_for(workspace, hours, step=HOUR):
    for number in range(int(hours * HOUR / step)):
        workspace.drain(NOON + number * step)


def test_a_send_that_fails_while_others_go_is_given_up(workspace, sandbox):
    campaign = workspace.campaign(INVITE)
    poor = workspace.enroll(campaign)
    sandbox.script_fault(
        "send_invite",
        provider_id=workspace.person(poor),
        status=503,
        type="network_down",
        times=None,
    )
    workspace.enroll(campaign, run_at=NOON + 2 * HOUR)
    workspace.connection.execute(
        "update outreach.campaign_send_jobs set retry_count = 7"
        " where enrollment_id = %s",
        [poor],
    )
    workspace.drain(NOON)
    workspace.connection.execute("delete from outreach.linkedin_account_holds")
    # The eighth try cools the person for a day, the other one goes, the next gives up.
    for at in (NOON + HOUR, NOON + 3 * HOUR, NOON + 26 * HOUR):
        workspace.drain(at)
        workspace.connection.execute("delete from outreach.linkedin_account_holds")
    workspace.drain(NOON + 28 * HOUR)
    assert workspace.jobs(poor) == [("send_invite", "failed")]
    assert workspace.one(
        "select failed_classification from outreach.campaign_prospects"
        " where enrollment_id = %s",
        poor,
    ) == ("retries_exhausted")
    assert workspace.violations() == []


def test_a_network_outage_fails_no_job(workspace, sandbox):
    sandbox.script_fault("send_invite", status=503, type="network_down", times=None)
    campaign = workspace.campaign(INVITE)
    people = [workspace.enroll(campaign) for _ in range(2)]
    try_for(workspace, hours=40)
    assert [workspace.jobs(each) for each in people] == [
        [("send_invite", "queued")]
    ] * 2
    assert len(sandbox.requests("send_invite")) > 16
    sandbox.clear_faults()
    workspace.drain(NOON + 10 * DAY)
    assert [workspace.status(each) for each in people] == ["pending_accept"] * 2
    assert workspace.violations() == []


def test_a_provider_that_cannot_be_reached_is_a_sentence_and_claims_nothing(opened):
    workspace = SenderWorkspace(opened, NoSandbox())
    enrollment = workspace.enroll(workspace.campaign(INVITE))
    with pytest.raises(UnusableProviderError, match="cannot be reached"):
        workspace.drain()
    assert workspace.jobs(enrollment) == [("send_invite", "queued")]


def test_calls_that_never_left_spend_no_retry(workspace, monkeypatch):
    send_invite = UnipileClient.send_invite

    async def nowhere(self, account_id, provider_id, message=None):
        async with UnipileClient("http://127.0.0.1:9", "key") as other:
            return await send_invite(other, account_id, provider_id, message)

    enrollment = workspace.enroll(workspace.campaign(INVITE))
    monkeypatch.setattr(UnipileClient, "send_invite", nowhere)
    for number in range(12):
        workspace.drain(NOON + number * HOUR)
    monkeypatch.undo()
    assert set(workspace.outcomes()) == {"retry_safe"}
    assert workspace.one("select retry_count from outreach.campaign_send_jobs") == 0
    workspace.drain(NOON + DAY)
    assert workspace.status(enrollment) == "pending_accept"


# Rows that cannot be worked


def test_a_row_that_raises_at_begin_stops_no_other(workspace):
    campaign = workspace.campaign(INVITE)
    poisoned, healthy = workspace.enroll(campaign), workspace.enroll(campaign)
    workspace.connection.execute(
        "create function outreach.poison() returns trigger language plpgsql as"
        " $$ begin if new.enrollment_id = tg_argv[0]::bigint then"
        " raise exception 'poison'; end if; return new; end $$"
    )
    workspace.connection.execute(
        f"create trigger poison before insert on outreach.send_attempts for each row"
        f" execute function outreach.poison({poisoned})"
    )
    report = workspace.drain()
    assert report.refused["error"] == 1
    assert workspace.status(healthy) == "pending_accept"
    assert workspace.jobs(poisoned) == [("send_invite", "queued")]
    assert alerts(workspace)[0][0] == "job_cannot_begin"
    assert resolve_job_alerts(workspace.connection) == 0
    workspace.connection.execute("drop trigger poison on outreach.send_attempts")
    workspace.drain(NOON + HOUR)
    assert workspace.status(poisoned) == "pending_accept"
    assert resolve_job_alerts(workspace.connection) == 1
    assert resolve_job_alerts(workspace.connection) == 0


def test_an_answer_that_cannot_be_settled_is_kept(workspace):
    campaign = workspace.campaign(INVITE)
    poisoned, healthy = workspace.enroll(campaign), workspace.enroll(campaign)
    workspace.connection.execute(
        "create function outreach.poison() returns trigger language plpgsql as"
        " $$ begin if new.enrollment_id = tg_argv[0]::bigint"
        " and new.event_type = 'invite_sent' then"
        " raise exception 'poison'; end if; return new; end $$"
    )
    workspace.connection.execute(
        f"create trigger poison before insert on outreach.campaign_events for each row"
        f" execute function outreach.poison({poisoned})"
    )
    workspace.drain()
    assert workspace.outcomes() == ["sent_proven", "sent_proven"]
    assert workspace.status(healthy) == "pending_accept"
    assert workspace.jobs(poisoned) == [("send_invite", "unknown")]
    assert alerts(workspace)[0][0] == "answer_not_settled"
    assert reconcile_orphans(workspace.connection, as_of=NOON).settled == 0
    assert resolve_job_alerts(workspace.connection) == 0
    assert [row[0] for row in workspace.violations()] == ["lost", "stuck"]

    workspace.connection.execute("drop trigger poison on outreach.campaign_events")
    assert reconcile_orphans(workspace.connection, as_of=NOON).settled == 1
    assert workspace.status(poisoned) == "pending_accept"
    assert workspace.jobs(poisoned) == [("send_invite", "completed")]
    assert resolve_job_alerts(workspace.connection) == 1
    assert workspace.violations() == []


def test_a_message_to_a_stranger_ends_that_step(workspace):
    enrollment = workspace.enroll(workspace.campaign(MESSAGE))
    workspace.drain()
    assert workspace.outcomes() == ["permanent_prospect"]
    assert workspace.one(
        "select failed_classification from outreach.campaign_prospects"
    ) == ("no_connection_with_recipient")
    assert workspace.status(enrollment) == "failed"


def test_a_text_that_the_provider_refuses_parks_and_a_look_up_has_none(
    workspace, sandbox
):
    sandbox.script_fault("resolve_profile", status=400, type="invalid_parameters")
    enrollment = workspace.enroll(
        workspace.campaign(step("resolve_profile")), is_known=False
    )
    workspace.drain()
    assert workspace.status(enrollment) == "failed"
