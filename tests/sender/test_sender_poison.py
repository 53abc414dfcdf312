"""Rows and answers that cannot be worked: they stop no other and are told of once."""

import dataclasses
import datetime as dt

import psycopg
import pytest

from tests.support.rows import (
    DSN,
    NOON,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)
from tests.support.sender_campaigns import (
    ACCEPTED,
    DAY,
    HOUR,
    INVITE,
    MESSAGE,
    step,
)
from trueup.postgres.isolation import is_any
from trueup.sender import queue, round

MINUTE = dt.timedelta(minutes=1)
TWO_WORDINGS = step(
    "send_invite", texts={"A": {"note": "Hello"}, "B": {"note": "Good day"}}
)


def test_a_row_whose_rendering_raises_is_parked_and_stops_no_other(
    workspace, sandbox, monkeypatch
):
    campaign = workspace.campaign(INVITE, ACCEPTED)
    poisoned = workspace.enroll(campaign)
    workspace.account_id = workspace.add_account({})
    healthy = workspace.enroll(campaign)
    person = workspace.person(poisoned)

    def render_send(send):
        if send.recipient_provider_id == person:
            raise RecursionError("too deep")
        return real_render_send(send)

    real_render_send = round.render_send
    monkeypatch.setattr(round, "render_send", render_send)
    for number in range(3):
        workspace.drain(NOON + number * DAY)
    assert workspace.jobs(poisoned) == [("send_invite", "parked")]
    assert workspace.one(
        "select template_error ->> 'message' from outreach.campaign_prospects"
        " where enrollment_id = %s",
        poisoned,
    ) == ("Rendering raised RecursionError: too deep")
    assert workspace.jobs(healthy)[0] == ("send_invite", "completed")
    assert len(sandbox.journal("invite_sent")) == 1
    assert workspace.violations() == []


# What a provider may answer, and no table can hold: NUL, half a surrogate pair, a slug
# longer than an index entry may be.
LONG = "".join(chr(0x4E00 + (number * 7919) % 20000) for number in range(9000))
JUNK = {
    "a NUL in the id": '{"object": "UserInvitationSent", "invitation_id": "a\\u0000b"}',
    "half a pair in the id": (
        '{"object": "UserInvitationSent", "invitation_id": "a\\ud800b"}'
    ),
    "a long id": f'{{"object": "UserInvitationSent", "invitation_id": "{LONG}"}}',
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_an_answer_that_no_table_can_hold_costs_no_other_answer(
    workspace, sandbox, junk
):
    campaign = workspace.campaign(INVITE, ACCEPTED)
    poisoned = workspace.enroll(campaign)
    workspace.account_id = workspace.add_account({})
    healthy = workspace.enroll(campaign)
    sandbox.script_fault(
        "send_invite", junk=junk, provider_id=workspace.person(poisoned)
    )
    workspace.drain()
    # An id that cannot be kept proves nothing: the provider is asked later.
    assert workspace.jobs(poisoned) == [("send_invite", "unknown")]
    assert workspace.jobs(healthy)[0] == ("send_invite", "completed")
    assert len(sandbox.journal("invite_sent")) == 2
    assert workspace.violations() == []


@pytest.mark.parametrize(
    "name", ["a\x00b", "a\ud800b", LONG], ids=["a NUL", "half a pair", "long"]
)
def test_a_profile_that_no_table_can_hold_costs_no_other_answer(
    workspace, sandbox, name
):
    looked_up = workspace.enroll(workspace.campaign(INVITE, ACCEPTED), is_known=False)
    workspace.account_id = workspace.add_account({})
    healthy = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    escaped = name.replace("\x00", "\\u0000").replace("\ud800", "\\ud800")
    sandbox.script_fault(
        "resolve_profile",
        junk='{"object": "UserProfile", "provider_id": "ACoAAada",'
        f' "public_identifier": "{escaped}"}}',
    )
    workspace.drain()
    assert workspace.jobs(healthy)[0] == ("send_invite", "completed")
    assert workspace.jobs(looked_up)[0][1] != "sending"
    assert workspace.violations() == []


@pytest.mark.parametrize("slug", ["a\x00b", LONG], ids=["a NUL", "long"])
def test_an_error_type_that_no_table_can_hold_opens_one_alert(workspace, sandbox, slug):
    campaign = workspace.campaign(INVITE, ACCEPTED)
    poisoned = workspace.enroll(campaign)
    workspace.account_id = workspace.add_account({})
    healthy = workspace.enroll(campaign)
    sandbox.script_fault(
        "send_invite", status=422, type=slug, provider_id=workspace.person(poisoned)
    )
    workspace.drain()
    assert workspace.status(poisoned) == "failed"
    assert workspace.jobs(healthy)[0] == ("send_invite", "completed")
    assert workspace.one(
        "select code, count(*) from outreach.linkedin_admin_alerts group by code"
    ) == ("provider_error_unmapped", 1)
    assert workspace.violations() == []


def test_a_chat_id_that_no_index_can_hold_leaves_its_message_known(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(MESSAGE))
    sandbox.connect_stranger(workspace.account, workspace.person(enrollment))
    sandbox.script_fault(
        "start_chat",
        junk=f'{{"object": "ChatStarted", "chat_id": "{LONG}", "message_id": "m1"}}',
    )
    workspace.drain()
    assert workspace.jobs(enrollment)[0] == ("send_message", "completed")
    assert workspace.violations() == []


@pytest.fixture
def two_accounts(connection):
    """A workspace whose two accounts have an invite each that is due; their ids."""
    workspace_id = make_workspace(connection)
    account_ids = [make_account(connection, workspace_id) for _ in range(2)]
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    for account_id in account_ids:
        make_enrollments(connection, workspace_id, account_id, campaign_id, step_id)
    return workspace_id, account_ids


def forget_time_zone(connection, account_id):
    """As an upgrade of the time zones may, that drops a name."""
    connection.execute("set local session_replication_role = replica")
    connection.execute(
        "update outreach.linkedin_accounts set timezone = 'Mars/Olympus'"
        " where account_id = %s",
        [account_id],
    )
    connection.execute("set local session_replication_role = origin")


def begin_apart(connection, workspace_id, job_ids):
    """Rows of (job_id, attempt_id, refusal), as a sender's round begins them."""
    rendered = [
        {"job_id": job_id, "request_sha256": "0", "validation_stamps": []}
        for job_id in job_ids
    ]
    begun = queue.begin(connection, workspace_id, "w1", rendered, NOON)
    return [dataclasses.astuple(each) for each in begun]


def test_an_account_that_cannot_be_judged_costs_no_other_its_claim(
    connection, two_accounts
):
    workspace_id, (poisoned_account_id, healthy_account_id) = two_accounts
    forget_time_zone(connection, poisoned_account_id)
    assert is_any(connection, "select outreach.has_due_jobs(%s)", [NOON])
    (send,) = queue.claim(connection, workspace_id, "w1", 100, NOON, DSN)
    assert connection.execute(
        "select account_id from outreach.campaign_send_jobs where job_id = %s",
        [send.job_id],
    ).fetchone() == (healthy_account_id,)

    def open_alerts():
        return connection.execute(
            "select code, subject from outreach.linkedin_admin_alerts"
            " where workspace_id = %s and resolved_at is null",
            [workspace_id],
        ).fetchall()

    told = [("account_cannot_be_judged", f"account {poisoned_account_id}")]
    assert open_alerts() == told
    resolve = "select outreach.resolve_job_alerts(%s)"
    connection.execute(resolve, [NOON + 9 * MINUTE])
    assert open_alerts() == told
    connection.execute(resolve, [NOON + 11 * MINUTE])
    assert open_alerts() == []


def test_a_job_that_cannot_be_judged_costs_no_other_its_begin(connection, two_accounts):
    workspace_id, (poisoned_account_id, _) = two_accounts
    poisoned, healthy = claim(connection, workspace_id)
    forget_time_zone(connection, poisoned_account_id)
    begun = begin_apart(connection, workspace_id, [poisoned, healthy])
    assert {
        job_id: refusal or attempt_id is not None
        for job_id, attempt_id, refusal in begun
    } == {poisoned: "error", healthy: True}
    assert connection.execute(
        "select status, code from outreach.campaign_send_jobs as jobs"
        " inner join outreach.linkedin_admin_alerts as alerts"
        " on alerts.workspace_id = jobs.workspace_id where job_id = %s",
        [poisoned],
    ).fetchall() == [("queued", "job_cannot_begin")]


def test_a_job_that_cannot_be_judged_is_left_to_who_claimed_it_since(
    connection, two_accounts
):
    workspace_id, (poisoned_account_id, _) = two_accounts
    poisoned, _ = claim(connection, workspace_id, worker="another")
    forget_time_zone(connection, poisoned_account_id)
    begun = begin_apart(connection, workspace_id, [poisoned])
    assert begun == [(poisoned, None, "lease_lost")]
    error = psycopg.DataError("an error")
    queue.quarantine_job(connection, workspace_id, "w1", poisoned, error, NOON)
    assert connection.execute(
        "select status, claimed_by from outreach.campaign_send_jobs where job_id = %s",
        [poisoned],
    ).fetchone() == ("claimed", "another")


@pytest.mark.parametrize("weight", ['"many"', "0"], ids=["a word", "nothing"])
def test_invalid_weights_block_no_other_claim(workspace, sandbox, weight):
    campaign = workspace.campaign(TWO_WORDINGS)
    poisoned = workspace.enroll(campaign)
    step_id = workspace.one(
        "select current_step_id from outreach.campaign_prospects"
        " where enrollment_id = %s",
        poisoned,
    )
    workspace.account_id = workspace.add_account({})
    healthy = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    set_weights = (
        "update outreach.campaign_steps"
        " set settings = jsonb_build_object('weights', %s::jsonb) where step_id = %s"
    )
    workspace.connection.execute(
        set_weights, [f'{{"A": {weight}, "B": {weight}}}', step_id]
    )
    workspace.drain()
    assert workspace.jobs(healthy)[0] == ("send_invite", "completed")
    assert workspace.jobs(poisoned) == [("send_invite", "queued")]
    assert workspace.one(
        "select code, count(*) from outreach.linkedin_admin_alerts group by code"
    ) == ("job_cannot_begin", 1)

    workspace.connection.execute(set_weights, ['{"A": 1, "B": 1}', step_id])
    workspace.drain(NOON + 2 * HOUR)
    assert workspace.jobs(poisoned)[0] == ("send_invite", "completed")
    assert len(sandbox.journal("invite_sent")) == 2
    assert workspace.violations() == []


def test_jobs_that_are_passed_over_hide_none_behind_them(workspace, sandbox):
    poisoned = workspace.campaign(TWO_WORDINGS)
    behind = [workspace.enroll(poisoned) for _ in range(5)]
    healthy = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    workspace.connection.execute(
        "update outreach.campaign_steps"
        " set settings = jsonb_build_object('weights', '{\"A\": 0, \"B\": 0}'::jsonb)"
        " where campaign_id = %s",
        [poisoned],
    )
    workspace.drain()
    assert workspace.jobs(healthy)[0] == ("send_invite", "completed")
    assert {workspace.jobs(one)[0] for one in behind} == {("send_invite", "queued")}
    assert len(sandbox.journal("invite_sent")) == 1
    assert workspace.violations() == []
