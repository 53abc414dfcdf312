"""Every step type over real HTTP: what is called, what is kept, what comes next."""

import datetime as dt

import pytest

from tests.support.rows import NOON, begin, claim, record
from tests.support.sandboxes import api_of
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

POST = "urn:li:activity:7300000000000000001"
WITHDRAWING = step("wait_accept", time_out="3 weeks", on_time_out="withdraw")
MOVING_ON = step("wait_accept", time_out="7 days", on_time_out="move_on")


def limit(workspace, action, count):
    workspace.connection.execute(
        "update outreach.linkedin_account_limits set limit_count = %s"
        " where workspace_id = %s and action = %s",
        [count, workspace.workspace_id, action],
    )


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


# Look-ups


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


def test_a_send_whose_person_nobody_looked_up_is_looked_up_first(workspace):
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


def test_a_look_up_that_nobody_answered_counts_and_is_made_again(workspace, sandbox):
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
def test_nobody_is_written_to_under_two_rows(workspace, sandbox, is_in_the_campaign):
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


def test_a_look_up_that_finds_a_known_person_goes_on_with_their_row(workspace, sandbox):
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
    assert len(sandbox.journal("invite_sent")) == 1
    assert workspace.violations() == []


def test_a_known_person_who_must_not_be_contacted_is_not(workspace, sandbox):
    twin = workspace.enroll(workspace.campaign(INVITE), is_known=False)
    workspace.connection.execute(
        "insert into outreach.prospects (workspace_id, provider_id, do_not_contact_at,"
        " do_not_contact_reason) values (%s, %s, %s, 'asked')",
        [workspace.workspace_id, provider_id_of(workspace, sandbox, twin), NOON],
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


# Invites and waits


@pytest.mark.parametrize(
    ("texts", "note"), [({"note": "Hi {{firstName}}"}, "Hi Ada"), ({}, None)]
)
def test_an_invite_goes_with_a_note_or_without(workspace, sandbox, texts, note):
    workspace.enroll(workspace.campaign(step("send_invite", texts=texts)))
    workspace.drain()
    assert [line["message"] for line in sandbox.journal("invite_sent")] == [note]


def test_a_wait_without_a_time_out_has_no_job(workspace):
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED, MESSAGE))
    workspace.drain()
    assert workspace.jobs(enrollment) == [("send_invite", "completed")]
    assert workspace.due(enrollment) is None


def test_an_invite_that_nobody_accepts_is_taken_back_in_time(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(INVITE, WITHDRAWING, MESSAGE))
    workspace.drain()
    due = workspace.due(enrollment)
    assert NOON + 21 * DAY <= due <= NOON + 21 * DAY + HOUR
    workspace.drain(due - MINUTE)
    assert sandbox.journal("invite_withdrawn") == []
    report = workspace.drain(due)
    assert report.done["withdraw_invite"] == 1
    (withdrawn,) = sandbox.journal("invite_withdrawn")
    assert withdrawn["provider_id"] == workspace.person(enrollment)
    assert workspace.status(enrollment) == "withdrawn"
    assert workspace.events(enrollment) == ["invite_sent", "invite_withdrawn"]
    assert workspace.all("select action from outreach.linkedin_daily_counters") == [
        ("send_invite",)
    ]
    assert workspace.violations() == []


def test_a_withdrawal_that_finds_a_connection_goes_on(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(INVITE, WITHDRAWING, MESSAGE))
    workspace.drain()
    sandbox.accept(workspace.account, workspace.person(enrollment))
    later = workspace.due(enrollment)
    workspace.drain(later)
    assert workspace.jobs(enrollment)[1] == ("withdraw_invite", "cancelled")
    assert workspace.status(enrollment) == "ready_to_message"
    assert workspace.events(enrollment) == ["invite_sent", "invite_accepted"]
    workspace.drain(later + HOUR)
    assert workspace.status(enrollment) == "completed"
    assert workspace.violations() == []


def test_a_withdrawal_of_what_is_gone_ends_the_wait(workspace):
    enrollment = workspace.enroll(workspace.campaign(INVITE, WITHDRAWING))
    workspace.drain()
    invitation = workspace.one(
        "select provider_reference from outreach.send_attempts"
        " inner join outreach.send_attempt_outcomes"
        " using (workspace_id, attempt_id)"
    )
    with api_of(workspace.sandbox) as api:
        api.delete(
            f"/users/invite/sent/{invitation}", params={"account_id": workspace.account}
        )
    workspace.drain(workspace.due(enrollment))
    assert workspace.outcomes()[-1] == "already_gone"
    assert workspace.status(enrollment) == "withdrawn"


def test_a_withdrawal_whose_account_is_gone_blames_no_person(workspace):
    enrollment = workspace.enroll(workspace.campaign(INVITE, WITHDRAWING))
    workspace.drain()
    workspace.sandbox.set_account_status(workspace.account, "CREDENTIALS")
    workspace.drain(workspace.due(enrollment))
    assert workspace.status(enrollment) == "pending_accept"
    assert workspace.jobs(enrollment)[1] == ("withdraw_invite", "queued")
    assert (
        workspace.one("select status from outreach.linkedin_accounts") == "disconnected"
    )


@pytest.mark.parametrize(
    ("drop", "outcome"), [("after", "already_gone"), ("before", "sent_proven")]
)
def test_a_withdrawal_that_nobody_answered_is_made_again(
    workspace, sandbox, drop, outcome
):
    enrollment = workspace.enroll(workspace.campaign(INVITE, WITHDRAWING))
    workspace.drain()
    sandbox.script_fault("cancel_invite", drop=drop)
    later = workspace.due(enrollment)
    workspace.drain(later)
    assert workspace.jobs(enrollment)[1] == ("withdraw_invite", "queued")
    workspace.drain(later + MINUTE)
    assert workspace.outcomes()[1:] == ["unknown", outcome]
    assert workspace.status(enrollment) == "withdrawn"
    assert len(sandbox.journal("invite_withdrawn")) == 1
    assert workspace.violations() == []


def test_a_wait_that_moves_on_calls_nobody(workspace):
    enrollment = workspace.enroll(workspace.campaign(INVITE, MOVING_ON, INMAIL))
    workspace.drain()
    later = workspace.due(enrollment)
    report = workspace.drain(later)
    assert report.waits_ended == 1
    assert workspace.routes() == ["send_invite"]
    assert workspace.jobs(enrollment)[1:] == [
        ("end_wait", "cancelled"),
        ("send_inmail", "queued"),
    ]
    assert workspace.status(enrollment) == "pending_accept"
    workspace.drain(later + HOUR)
    assert workspace.events(enrollment) == ["invite_sent", "wait_ended", "inmail_sent"]
    # The invite is still out: it still counts as outstanding, and an accept is heard.
    assert workspace.status(enrollment) == "pending_accept"
    workspace.accept(enrollment, later + DAY)
    assert workspace.status(enrollment) == "completed"
    assert workspace.violations() == []


def test_a_message_to_somebody_who_has_not_accepted_waits_for_the_accept(workspace):
    enrollment = workspace.enroll(
        workspace.campaign(INVITE, MOVING_ON, INMAIL, MESSAGE)
    )
    workspace.drain()
    later = workspace.due(enrollment)
    workspace.drain(later)
    workspace.drain(later + HOUR)
    assert workspace.due(enrollment) is None
    workspace.accept(enrollment, later + DAY)
    workspace.drain(later + DAY + HOUR)
    assert workspace.events(enrollment)[-2:] == ["invite_accepted", "message_sent"]
    assert workspace.violations() == []


def test_an_accept_ends_the_wait_and_lets_its_delay_pass(workspace):
    message = step("send_message", "2 days", {"message": "Thanks"})
    enrollment = workspace.enroll(workspace.campaign(INVITE, WITHDRAWING, message))
    workspace.drain()
    accepted_at = NOON + DAY
    assert workspace.receive_accept(enrollment, accepted_at) == workspace.step_ids[2]
    assert workspace.jobs(enrollment)[1:] == [
        ("withdraw_invite", "cancelled"),
        ("send_message", "queued"),
    ]
    due = workspace.due(enrollment)
    assert NOON + 3 * DAY <= due <= NOON + 3 * DAY + HOUR
    assert workspace.receive_accept(enrollment, NOON + 2 * DAY) is None
    assert (workspace.events(enrollment), workspace.due(enrollment)) == (
        ["invite_sent", "invite_accepted"],
        due,
    )


def test_no_wait_is_skipped(workspace):
    campaign = workspace.campaign(
        INVITE,
        ACCEPTED,
        step("wait", "2 days"),
        step("wait", "3 days"),
        step("send_message", "1 day", {"message": "Thanks"}),
    )
    enrollment = workspace.enroll(campaign)
    workspace.drain()
    workspace.receive_accept(enrollment, NOON)
    assert NOON + 6 * DAY <= workspace.due(enrollment) <= NOON + 6 * DAY + HOUR


def test_an_accept_before_the_invites_answer_waits_for_it(workspace, sandbox):
    sandbox.script_fault("send_invite", drop="after")
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED, MESSAGE))
    workspace.drain()
    assert workspace.jobs(enrollment) == [("send_invite", "unknown")]
    workspace.receive_accept(enrollment, NOON + HOUR)
    assert workspace.status(enrollment) == "ready_to_invite"
    attempt_id = workspace.one("select attempt_id from outreach.send_attempts")
    workspace.connection.execute(
        "select outreach.record_decision(%s, %s, 'decided_sent', 'read', 'test',"
        " 'found', %s)",
        [workspace.workspace_id, attempt_id, NOON + 2 * HOUR],
    )
    assert workspace.status(enrollment) == "ready_to_message"
    assert workspace.jobs(enrollment)[1] == ("send_message", "queued")


# Messages, InMail, comments


def test_the_first_message_starts_the_chat_and_the_next_one_uses_it(workspace, sandbox):
    second = step("send_message", "1 day", {"message": "Any news?"})
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED, MESSAGE, second))
    workspace.drain()
    workspace.accept(enrollment, NOON + HOUR)
    workspace.drain(NOON + 2 * HOUR)
    workspace.drain(NOON + 2 * DAY)
    assert workspace.routes() == ["send_invite", "start_chat", "send_message"]
    texts = [line["text"] for line in sandbox.journal("message_sent")]
    assert texts[-2:] == ["Thanks, Ada", "Any news?"]
    assert len({line["chat_id"] for line in sandbox.journal("message_sent")}) == 1
    assert workspace.status(enrollment) == "completed"
    assert workspace.violations() == []


def test_a_chat_that_is_gone_is_started_anew(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(MESSAGE))
    sandbox.connect_stranger(workspace.account, workspace.person(enrollment))
    workspace.connection.execute(
        "insert into outreach.linkedin_chats select workspace_id, account_id,"
        " prospect_id, 'a chat of yore', now() from outreach.campaign_prospects"
    )
    workspace.drain()
    assert workspace.routes() == ["send_message", "get_account", "start_chat"]
    assert workspace.status(enrollment) == "completed"
    assert workspace.violations() == []


def test_a_message_without_its_id_is_unproven_and_never_sent_again(workspace, sandbox):
    sandbox.script_fault("start_chat", null_message_id=True)
    second = step("send_message", "1 day", {"message": "Any news?"})
    enrollment = workspace.enroll(workspace.campaign(MESSAGE, second))
    sandbox.connect_stranger(workspace.account, workspace.person(enrollment))
    workspace.drain()
    assert workspace.outcomes() == ["sent_unproven"]
    assert workspace.events(enrollment) == ["send_unproven"]
    assert workspace.jobs(enrollment) == [
        ("send_message", "completed"),
        ("send_message", "queued"),
    ]
    assert workspace.counter("send_message") == 1
    assert workspace.violations() == []

    attempt_id = workspace.one("select attempt_id from outreach.send_attempts")
    for _ in range(2):
        workspace.connection.execute(
            "select outreach.record_decision(%s, %s, 'decided_sent', 'read', 'test',"
            " 'found', %s)",
            [workspace.workspace_id, attempt_id, NOON + HOUR],
        )
    assert workspace.events(enrollment) == ["send_unproven", "message_sent"]
    assert len(workspace.jobs(enrollment)) == 2
    assert workspace.violations() == []


@pytest.mark.parametrize("api", ["classic", "sales_navigator"])
def test_an_inmail_has_a_subject_and_a_body(workspace, sandbox, api):
    texts = {"subject": "About {{firstName}}", "body": "Dear {{firstName}}"}
    enrollment = workspace.enroll(
        workspace.campaign(step("send_inmail", texts=texts, api=api))
    )
    workspace.drain()
    (chat,) = sandbox.journal("chat_started")
    assert (chat["subject"], chat["content_type"]) == ("About Ada", "inmail")
    assert [line["text"] for line in sandbox.journal("message_sent")] == ["Dear Ada"]
    assert (
        workspace.one("select provider_reference from outreach.send_attempt_outcomes")
        == (chat["chat_id"])
    )
    assert workspace.events(enrollment) == ["inmail_sent"]
    assert workspace.status(enrollment) == "completed"
    assert workspace.violations() == []


def test_a_comment_goes_to_the_post_of_the_person(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(COMMENT), custom={"post": POST})
    workspace.drain()
    (comment,) = sandbox.journal("comment_posted")
    assert (comment["social_id"], comment["text"]) == (POST, "Well said")
    assert workspace.outcomes() == ["sent_unproven"]
    assert workspace.events(enrollment) == ["send_unproven"]
    assert workspace.status(enrollment) == "completed"
    assert workspace.violations() == []


def test_a_comment_needs_nobody_looked_up(workspace, sandbox):
    workspace.enroll(workspace.campaign(COMMENT), custom={"post": POST}, is_known=False)
    workspace.drain()
    assert workspace.routes() == ["post_comment"]


def test_a_person_without_a_post_is_parked(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(COMMENT), custom={"post": ""})
    workspace.drain()
    assert workspace.status(enrollment) == "pending_template_fix"
    assert "custom.post is empty" in workspace.one(
        "select template_error ->> 'message' from outreach.campaign_prospects"
    )
    assert workspace.routes() == []


def test_only_invites_are_held_by_the_invite_limit(workspace, sandbox):
    limit(workspace, "send_invite", 0)
    people = [
        workspace.enroll(workspace.campaign(first), custom={"post": POST})
        for first in (INVITE, INMAIL, COMMENT, step("resolve_profile"), MESSAGE)
    ]
    sandbox.connect_stranger(workspace.account, workspace.person(people[4]))
    workspace.connection.execute(
        "insert into outreach.linkedin_account_limits values"
        " (%s, %s, 'send_invite', 'outstanding', 0, '0')",
        [workspace.workspace_id, workspace.account_id],
    )
    workspace.drain()
    assert [workspace.status(each) for each in people] == [
        "ready_to_invite",
        "completed",
        "completed",
        "completed",
        "completed",
    ]


def test_the_senders_own_rights_are_enough_for_every_step(database, workspace, sandbox):
    now = workspace.one("select clock_timestamp()")
    campaigns = [
        workspace.campaign(first) for first in (INVITE, INMAIL, COMMENT, MESSAGE)
    ]
    two = step("send_invite", texts={"A": {"note": "Hi"}, "B": {"note": "Hello"}})
    people = [
        workspace.enroll(each, custom={"post": POST}, run_at=now)
        for each in (*campaigns, workspace.campaign(two))
    ]
    looked_up = workspace.enroll(campaigns[0], is_known=False, run_at=now)
    refused = workspace.enroll(campaigns[0], run_at=now)
    workspace.connection.execute(
        "update outreach.campaign_steps set settings ="
        " settings || jsonb_build_object('weights', jsonb_build_object('A', 1, 'B', 1))"
        " where step_id = %s",
        [workspace.step_ids[0]],
    )
    sandbox.connect_stranger(workspace.account, workspace.person(people[3]))
    for number, fault in enumerate(("cannot_resend_yet", "a_slug_nobody_knows")):
        sandbox.script_fault(
            "send_invite",
            provider_id=workspace.person((people[0], refused)[number]),
            status=422,
            type=fault,
        )
    with database.connect(autocommit=True, role="sender") as connection:
        workspace.connection, owners = connection, workspace.connection
        workspace.drain(as_of=None)
        workspace.connection = owners
    assert [workspace.status(each) for each in (*people[1:], looked_up, refused)] == [
        "completed",
        "completed",
        "completed",
        "pending_accept",
        "pending_accept",
        "failed",
    ]
    assert workspace.one("select count(*) from outreach.prospect_cooldowns") == 1
    assert workspace.one("select count(*) from outreach.linkedin_chats") == 1
    assert workspace.one("select count(*) from outreach.enrollment_step_variants") == 1
    assert workspace.violations() == []


# Between claim and begin


@pytest.mark.parametrize(
    ("first", "status"),
    [
        (INVITE, "ready_to_invite"),
        (INMAIL, "ready_to_message"),
        (COMMENT, "ready_to_message"),
        (MESSAGE, "ready_to_message"),
    ],
)
def test_a_reply_after_the_claim_stops_the_begin(workspace, first, status):
    enrollment = workspace.enroll(workspace.campaign(first), status=status)
    job_ids = claim(
        workspace.connection, workspace.workspace_id, dsn=workspace.sandbox.dsn
    )
    workspace.connection.execute(
        "select outreach.record_enrollment_event(%s, %s, 'reply_received', 'test',"
        " %s, to_status => 'replied')",
        [workspace.workspace_id, enrollment, NOON],
    )
    assert begin(workspace.connection, workspace.workspace_id, job_ids) == [
        (job_ids[0], None, "status_replied")
    ]
    assert workspace.jobs(enrollment)[0][1] == "cancelled"
    assert workspace.status(enrollment) == "replied"


def test_a_message_needs_a_connection(workspace):
    workspace.enroll(workspace.campaign(MESSAGE), status="ready_to_invite")
    job_ids = claim(
        workspace.connection, workspace.workspace_id, dsn=workspace.sandbox.dsn
    )
    assert begin(workspace.connection, workspace.workspace_id, job_ids) == [
        (job_ids[0], None, "status_ready_to_invite")
    ]


def test_an_accept_after_the_claim_stops_the_withdrawal(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(INVITE, WITHDRAWING, MESSAGE))
    workspace.drain()
    later = workspace.due(enrollment)
    job_ids = claim(
        workspace.connection,
        workspace.workspace_id,
        as_of=later,
        dsn=workspace.sandbox.dsn,
    )
    workspace.accept(enrollment, later)
    assert begin(
        workspace.connection, workspace.workspace_id, job_ids, as_of=later
    ) == [(job_ids[0], None, "lease_lost")]
    assert workspace.status(enrollment) == "ready_to_message"
    assert sandbox.journal("invite_withdrawn") == []


def test_a_note_added_after_the_claim_is_not_left_out(workspace):
    enrollment = workspace.enroll(workspace.campaign(step("send_invite")))
    job_ids = claim(
        workspace.connection, workspace.workspace_id, dsn=workspace.sandbox.dsn
    )
    workspace.save_text(workspace.step_ids[0], "A", "note", "Hello {{firstName}}")
    assert begin(workspace.connection, workspace.workspace_id, job_ids) == [
        (job_ids[0], None, "template_changed")
    ]
    workspace.drain()
    assert workspace.sandbox.journal("invite_sent")[0]["message"] == "Hello Ada"
    assert workspace.status(enrollment) == "pending_accept"


def test_who_replied_while_a_message_was_out_gets_no_further_step(workspace, sandbox):
    second = step("send_message", "1 day", {"message": "Any news?"})
    enrollment = workspace.enroll(workspace.campaign(MESSAGE, second))
    sandbox.connect_stranger(workspace.account, workspace.person(enrollment))
    job_ids = claim(
        workspace.connection, workspace.workspace_id, dsn=workspace.sandbox.dsn
    )
    ((_, attempt_id, _),) = begin_as_rendered(workspace, job_ids)
    workspace.connection.execute(
        "select outreach.record_enrollment_event(%s, %s, 'reply_received', 'test',"
        " %s, to_status => 'replied')",
        [workspace.workspace_id, enrollment, NOON],
    )
    record(workspace.connection, workspace.workspace_id, attempt_id)
    assert workspace.status(enrollment) == "replied"
    assert workspace.jobs(enrollment) == [("send_message", "completed")]


def begin_as_rendered(workspace, job_ids):
    stamps = [
        row[0]
        for row in workspace.all(
            "select validation_stamp from outreach.campaign_step_templates"
            " where step_id = %s",
            workspace.step_ids[0],
        )
    ]
    return begin(workspace.connection, workspace.workspace_id, job_ids, stamps=stamps)
