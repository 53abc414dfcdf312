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
    Desk,
    step,
)
from unipile_sandbox.control import start_sandbox

POST = "urn:li:activity:7300000000000000001"
WITHDRAWING = step("wait_accept", time_out="3 weeks", on_time_out="withdraw")
MOVING_ON = step("wait_accept", time_out="7 days", on_time_out="move_on")


@pytest.fixture(scope="module")
def running_sandbox(tmp_path_factory):
    journal = tmp_path_factory.mktemp("steps") / "journal.jsonl"
    with start_sandbox(journal) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox):
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture
def desk(database, sandbox):
    with database.connect(autocommit=True) as connection:
        yield Desk(connection, sandbox)


def limit(desk, action, count):
    desk.connection.execute(
        "update outreach.linkedin_account_limits set limit_count = %s"
        " where workspace_id = %s and action = %s",
        [count, desk.workspace_id, action],
    )


def invite_by_hand(desk, enrollment_id, provider_id=None):
    with api_of(desk.sandbox) as api:
        answer = api.post(
            "/users/invite",
            json={
                "account_id": desk.account,
                "provider_id": provider_id or desk.person(enrollment_id),
            },
        )
    return answer.json()["invitation_id"]


# Look-ups


def test_a_person_without_an_id_is_looked_up_before_the_invite(desk, sandbox):
    enrollment = desk.enroll(desk.campaign(INVITE, ACCEPTED), is_known=False)
    report = desk.drain()
    assert desk.routes() == ["resolve_profile", "send_invite"]
    (invited,) = sandbox.journal("invite_sent")
    assert invited["provider_id"] == desk.person(enrollment)
    assert desk.jobs(enrollment) == [
        ("resolve_profile", "completed"),
        ("send_invite", "completed"),
    ]
    assert desk.events(enrollment) == ["profile_resolved", "invite_sent"]
    assert (desk.counter("resolve_profile"), desk.counter("send_invite")) == (1, 1)
    assert (report.sent, report.done["resolve_profile"]) == (1, 1)
    assert desk.violations() == []


def test_the_send_after_a_look_up_keeps_the_time(desk):
    enrollment = desk.enroll(desk.campaign(INVITE), is_known=False)
    limit(desk, "send_invite", 0)
    desk.drain(NOON + HOUR)
    assert desk.jobs(enrollment)[1] == ("send_invite", "queued")
    assert desk.due(enrollment) == NOON


def test_a_person_who_is_known_is_not_looked_up(desk):
    campaign = desk.campaign(step("resolve_profile"), INVITE)
    enrollment = desk.enroll(campaign)
    report = desk.drain()
    assert report.refused["profile_known"] == 1
    assert desk.jobs(enrollment)[0] == ("resolve_profile", "cancelled")
    desk.drain(NOON + HOUR)
    assert desk.routes() == ["send_invite"]
    assert desk.violations() == []


def test_a_look_up_may_be_a_step_of_its_own(desk):
    campaign = desk.campaign(step("resolve_profile"), INVITE)
    enrollment = desk.enroll(campaign, is_known=False)
    desk.drain()
    desk.drain(NOON + HOUR)
    assert desk.routes() == ["resolve_profile", "send_invite"]
    assert desk.status(enrollment) == "pending_accept"
    assert desk.violations() == []


def test_a_send_whose_person_nobody_looked_up_is_looked_up_first(desk):
    enrollment = desk.enroll(desk.campaign(INVITE))
    desk.connection.execute("update outreach.prospects set provider_id = null")
    report = desk.drain()
    assert report.refused["profile_not_resolved"] == 1
    assert desk.routes() == ["resolve_profile", "send_invite"]
    assert desk.status(enrollment) == "pending_accept"


def test_look_ups_have_a_limit_of_their_own(desk):
    limit(desk, "resolve_profile", 1)
    campaign = desk.campaign(INVITE)
    strangers = [desk.enroll(campaign, is_known=False) for _ in range(2)]
    known = desk.enroll(campaign, run_at=NOON + MINUTE)
    desk.drain(NOON + HOUR)
    assert [desk.status(each) for each in (*strangers, known)] == [
        "pending_accept",
        "ready_to_invite",
        "pending_accept",
    ]


def test_a_look_up_that_nobody_answered_counts_and_is_made_again(desk, sandbox):
    sandbox.script_fault("resolve_profile", drop="after")
    enrollment = desk.enroll(desk.campaign(INVITE), is_known=False)
    desk.drain()
    assert desk.outcomes() == ["unknown"]
    assert desk.jobs(enrollment) == [("resolve_profile", "queued")]
    assert desk.due(enrollment) == NOON
    desk.drain(NOON + dt.timedelta(seconds=29))
    assert desk.routes() == ["resolve_profile"]
    desk.drain(NOON + dt.timedelta(seconds=30))
    assert desk.status(enrollment) == "pending_accept"
    assert desk.counter("resolve_profile") == 2
    assert desk.violations() == []


def test_a_look_up_whose_worker_died_is_made_again(desk):
    enrollment = desk.enroll(desk.campaign(INVITE), is_known=False)
    job_ids = claim(desk.connection, desk.workspace_id, dsn=desk.sandbox.dsn)
    begin(desk.connection, desk.workspace_id, job_ids)
    desk.drain(NOON + 10 * MINUTE)
    desk.drain(NOON + 12 * MINUTE)
    assert desk.outcomes() == ["unknown", "sent_proven", "sent_proven"]
    assert desk.status(enrollment) == "pending_accept"


def test_nobody_is_written_to_under_two_rows(desk, sandbox):
    campaign = desk.campaign(INVITE)
    twin = desk.enroll(campaign, is_known=False)
    (provider_id,) = sandbox.control(
        "POST", "/people", [{"identifier": desk.public(twin)}]
    )["provider_ids"]
    desk.connection.execute(
        "insert into outreach.prospects (workspace_id, provider_id) values (%s, %s)",
        [desk.workspace_id, provider_id],
    )
    desk.drain()
    assert desk.jobs(twin) == [("resolve_profile", "failed")]
    assert desk.one(
        "select failed_classification from outreach.campaign_prospects"
    ) == ("duplicate_person")
    assert sandbox.journal("invite_sent") == []
    assert desk.violations() == []


def test_a_profile_that_is_gone_ends_the_step(desk, sandbox):
    enrollment = desk.enroll(desk.campaign(INVITE), is_known=False)
    sandbox.set_person(desk.public(enrollment), is_missing=True)
    desk.drain()
    assert desk.routes() == ["resolve_profile", "get_account"]
    assert desk.jobs(enrollment) == [("resolve_profile", "failed")]
    assert desk.status(enrollment) == "failed"
    assert desk.violations() == []


def test_a_connection_is_not_invited(desk, sandbox):
    enrollment = desk.enroll(desk.campaign(INVITE, ACCEPTED, MESSAGE), is_known=False)
    sandbox.connect_stranger(desk.account, desk.public(enrollment))
    desk.drain()
    assert desk.events(enrollment) == ["profile_resolved", "already_connected"]
    assert desk.status(enrollment) == "ready_to_message"
    assert desk.counter("send_invite") == 0
    assert desk.violations() == []


def test_a_person_whose_invite_is_pending_is_not_invited_again(desk, sandbox):
    enrollment = desk.enroll(desk.campaign(INVITE, ACCEPTED), is_known=False)
    invite_by_hand(
        desk, enrollment, sandbox.set_person(desk.public(enrollment), accepts=False)
    )
    desk.drain()
    assert desk.events(enrollment) == ["profile_resolved", "already_pending"]
    assert desk.status(enrollment) == "pending_accept"
    assert desk.routes().count("send_invite") == 1


# Invites and waits


@pytest.mark.parametrize(
    ("texts", "note"), [({"note": "Hi {{firstName}}"}, "Hi Ada"), ({}, None)]
)
def test_an_invite_goes_with_a_note_or_without(desk, sandbox, texts, note):
    desk.enroll(desk.campaign(step("send_invite", texts=texts)))
    desk.drain()
    assert [line["message"] for line in sandbox.journal("invite_sent")] == [note]


def test_a_wait_without_a_time_out_has_no_job(desk):
    enrollment = desk.enroll(desk.campaign(INVITE, ACCEPTED, MESSAGE))
    desk.drain()
    assert desk.jobs(enrollment) == [("send_invite", "completed")]
    assert desk.due(enrollment) is None


def test_an_invite_that_nobody_accepts_is_taken_back_in_time(desk, sandbox):
    enrollment = desk.enroll(desk.campaign(INVITE, WITHDRAWING, MESSAGE))
    desk.drain()
    due = desk.due(enrollment)
    assert NOON + 21 * DAY <= due <= NOON + 21 * DAY + HOUR
    desk.drain(due - MINUTE)
    assert sandbox.journal("invite_withdrawn") == []
    report = desk.drain(due)
    assert report.done["withdraw_invite"] == 1
    (withdrawn,) = sandbox.journal("invite_withdrawn")
    assert withdrawn["provider_id"] == desk.person(enrollment)
    assert desk.status(enrollment) == "withdrawn"
    assert desk.events(enrollment) == ["invite_sent", "invite_withdrawn"]
    assert desk.all("select action from outreach.linkedin_daily_counters") == [
        ("send_invite",)
    ]
    assert desk.violations() == []


def test_a_withdrawal_that_finds_a_connection_goes_on(desk, sandbox):
    enrollment = desk.enroll(desk.campaign(INVITE, WITHDRAWING, MESSAGE))
    desk.drain()
    sandbox.accept(desk.account, desk.person(enrollment))
    later = desk.due(enrollment)
    desk.drain(later)
    assert desk.jobs(enrollment)[1] == ("withdraw_invite", "cancelled")
    assert desk.status(enrollment) == "ready_to_message"
    assert desk.events(enrollment) == ["invite_sent", "invite_accepted"]
    desk.drain(later + HOUR)
    assert desk.status(enrollment) == "completed"
    assert desk.violations() == []


def test_a_withdrawal_of_what_is_gone_ends_the_wait(desk):
    enrollment = desk.enroll(desk.campaign(INVITE, WITHDRAWING))
    desk.drain()
    invitation = desk.one(
        "select provider_reference from outreach.send_attempts"
        " inner join outreach.send_attempt_outcomes"
        " using (workspace_id, attempt_id)"
    )
    with api_of(desk.sandbox) as api:
        api.delete(
            f"/users/invite/sent/{invitation}", params={"account_id": desk.account}
        )
    desk.drain(desk.due(enrollment))
    assert desk.outcomes()[-1] == "already_gone"
    assert desk.status(enrollment) == "withdrawn"


def test_a_withdrawal_whose_account_is_gone_blames_no_person(desk):
    enrollment = desk.enroll(desk.campaign(INVITE, WITHDRAWING))
    desk.drain()
    desk.sandbox.set_account_status(desk.account, "CREDENTIALS")
    desk.drain(desk.due(enrollment))
    assert desk.status(enrollment) == "pending_accept"
    assert desk.jobs(enrollment)[1] == ("withdraw_invite", "queued")
    assert desk.one("select status from outreach.linkedin_accounts") == "disconnected"


@pytest.mark.parametrize(
    ("drop", "outcome"), [("after", "already_gone"), ("before", "sent_proven")]
)
def test_a_withdrawal_that_nobody_answered_is_made_again(desk, sandbox, drop, outcome):
    enrollment = desk.enroll(desk.campaign(INVITE, WITHDRAWING))
    desk.drain()
    sandbox.script_fault("cancel_invite", drop=drop)
    later = desk.due(enrollment)
    desk.drain(later)
    assert desk.jobs(enrollment)[1] == ("withdraw_invite", "queued")
    desk.drain(later + MINUTE)
    assert desk.outcomes()[1:] == ["unknown", outcome]
    assert desk.status(enrollment) == "withdrawn"
    assert len(sandbox.journal("invite_withdrawn")) == 1
    assert desk.violations() == []


def test_a_wait_that_moves_on_calls_nobody(desk):
    enrollment = desk.enroll(desk.campaign(INVITE, MOVING_ON, INMAIL))
    desk.drain()
    later = desk.due(enrollment)
    report = desk.drain(later)
    assert report.waits_ended == 1
    assert desk.routes() == ["send_invite"]
    assert desk.jobs(enrollment)[1:] == [
        ("end_wait", "cancelled"),
        ("send_inmail", "queued"),
    ]
    assert desk.status(enrollment) == "pending_accept"
    desk.drain(later + HOUR)
    assert desk.events(enrollment) == ["invite_sent", "wait_ended", "inmail_sent"]
    # The invite is still out: it still counts as outstanding, and an accept is heard.
    assert desk.status(enrollment) == "pending_accept"
    desk.accept(enrollment, later + DAY)
    assert desk.status(enrollment) == "completed"
    assert desk.violations() == []


def test_a_message_to_somebody_who_has_not_accepted_waits_for_the_accept(desk):
    enrollment = desk.enroll(desk.campaign(INVITE, MOVING_ON, INMAIL, MESSAGE))
    desk.drain()
    later = desk.due(enrollment)
    desk.drain(later)
    desk.drain(later + HOUR)
    assert desk.due(enrollment) is None
    desk.accept(enrollment, later + DAY)
    desk.drain(later + DAY + HOUR)
    assert desk.events(enrollment)[-2:] == ["invite_accepted", "message_sent"]
    assert desk.violations() == []


def test_an_accept_ends_the_wait_and_lets_its_delay_pass(desk):
    message = step("send_message", "2 days", {"message": "Thanks"})
    enrollment = desk.enroll(desk.campaign(INVITE, WITHDRAWING, message))
    desk.drain()
    accepted_at = NOON + DAY
    assert desk.hear_accept(enrollment, accepted_at) == desk.step_ids[2]
    assert desk.jobs(enrollment)[1:] == [
        ("withdraw_invite", "cancelled"),
        ("send_message", "queued"),
    ]
    due = desk.due(enrollment)
    assert NOON + 3 * DAY <= due <= NOON + 3 * DAY + HOUR
    assert desk.hear_accept(enrollment, NOON + 2 * DAY) is None
    assert (desk.events(enrollment), desk.due(enrollment)) == (
        ["invite_sent", "invite_accepted"],
        due,
    )


def test_no_wait_is_skipped(desk):
    campaign = desk.campaign(
        INVITE,
        ACCEPTED,
        step("wait", "2 days"),
        step("wait", "3 days"),
        step("send_message", "1 day", {"message": "Thanks"}),
    )
    enrollment = desk.enroll(campaign)
    desk.drain()
    desk.hear_accept(enrollment, NOON)
    assert NOON + 6 * DAY <= desk.due(enrollment) <= NOON + 6 * DAY + HOUR


def test_an_accept_before_the_invites_answer_waits_for_it(desk, sandbox):
    sandbox.script_fault("send_invite", drop="after")
    enrollment = desk.enroll(desk.campaign(INVITE, ACCEPTED, MESSAGE))
    desk.drain()
    assert desk.jobs(enrollment) == [("send_invite", "unknown")]
    desk.hear_accept(enrollment, NOON + HOUR)
    assert desk.status(enrollment) == "ready_to_invite"
    attempt_id = desk.one("select attempt_id from outreach.send_attempts")
    desk.connection.execute(
        "select outreach.record_decision(%s, %s, 'decided_sent', 'read', 'test',"
        " 'found', %s)",
        [desk.workspace_id, attempt_id, NOON + 2 * HOUR],
    )
    assert desk.status(enrollment) == "ready_to_message"
    assert desk.jobs(enrollment)[1] == ("send_message", "queued")


# Messages, InMail, comments


def test_the_first_message_starts_the_chat_and_the_next_one_uses_it(desk, sandbox):
    second = step("send_message", "1 day", {"message": "Any news?"})
    enrollment = desk.enroll(desk.campaign(INVITE, ACCEPTED, MESSAGE, second))
    desk.drain()
    desk.accept(enrollment, NOON + HOUR)
    desk.drain(NOON + 2 * HOUR)
    desk.drain(NOON + 2 * DAY)
    assert desk.routes() == ["send_invite", "start_chat", "send_message"]
    texts = [line["text"] for line in sandbox.journal("message_sent")]
    assert texts[-2:] == ["Thanks, Ada", "Any news?"]
    assert len({line["chat_id"] for line in sandbox.journal("message_sent")}) == 1
    assert desk.status(enrollment) == "completed"
    assert desk.violations() == []


def test_a_chat_that_is_gone_is_started_anew(desk, sandbox):
    enrollment = desk.enroll(desk.campaign(MESSAGE))
    sandbox.connect_stranger(desk.account, desk.person(enrollment))
    desk.connection.execute(
        "insert into outreach.linkedin_chats select workspace_id, account_id,"
        " prospect_id, 'a chat of yore', now() from outreach.campaign_prospects"
    )
    desk.drain()
    assert desk.routes() == ["send_message", "get_account", "start_chat"]
    assert desk.status(enrollment) == "completed"
    assert desk.violations() == []


def test_a_message_without_its_id_is_unproven_and_never_sent_again(desk, sandbox):
    sandbox.script_fault("start_chat", null_message_id=True)
    second = step("send_message", "1 day", {"message": "Any news?"})
    enrollment = desk.enroll(desk.campaign(MESSAGE, second))
    sandbox.connect_stranger(desk.account, desk.person(enrollment))
    desk.drain()
    assert desk.outcomes() == ["sent_unproven"]
    assert desk.events(enrollment) == ["send_unproven"]
    assert desk.jobs(enrollment) == [
        ("send_message", "completed"),
        ("send_message", "queued"),
    ]
    assert desk.counter("send_message") == 1
    assert desk.violations() == []

    attempt_id = desk.one("select attempt_id from outreach.send_attempts")
    for _ in range(2):
        desk.connection.execute(
            "select outreach.record_decision(%s, %s, 'decided_sent', 'read', 'test',"
            " 'found', %s)",
            [desk.workspace_id, attempt_id, NOON + HOUR],
        )
    assert desk.events(enrollment) == ["send_unproven", "message_sent"]
    assert len(desk.jobs(enrollment)) == 2
    assert desk.violations() == []


@pytest.mark.parametrize("api", ["classic", "sales_navigator"])
def test_an_inmail_has_a_subject_and_a_body(desk, sandbox, api):
    texts = {"subject": "About {{firstName}}", "body": "Dear {{firstName}}"}
    enrollment = desk.enroll(desk.campaign(step("send_inmail", texts=texts, api=api)))
    desk.drain()
    (chat,) = sandbox.journal("chat_started")
    assert (chat["subject"], chat["content_type"]) == ("About Ada", "inmail")
    assert [line["text"] for line in sandbox.journal("message_sent")] == ["Dear Ada"]
    assert (
        desk.one("select provider_reference from outreach.send_attempt_outcomes")
        == (chat["chat_id"])
    )
    assert desk.events(enrollment) == ["inmail_sent"]
    assert desk.status(enrollment) == "completed"
    assert desk.violations() == []


def test_a_comment_goes_to_the_post_of_the_person(desk, sandbox):
    enrollment = desk.enroll(desk.campaign(COMMENT), custom={"post": POST})
    desk.drain()
    (comment,) = sandbox.journal("comment_posted")
    assert (comment["social_id"], comment["text"]) == (POST, "Well said")
    assert desk.outcomes() == ["sent_unproven"]
    assert desk.events(enrollment) == ["send_unproven"]
    assert desk.status(enrollment) == "completed"
    assert desk.violations() == []


def test_a_comment_needs_nobody_looked_up(desk, sandbox):
    desk.enroll(desk.campaign(COMMENT), custom={"post": POST}, is_known=False)
    desk.drain()
    assert desk.routes() == ["post_comment"]


def test_a_person_without_a_post_is_parked(desk, sandbox):
    enrollment = desk.enroll(desk.campaign(COMMENT), custom={"post": ""})
    desk.drain()
    assert desk.status(enrollment) == "pending_template_fix"
    assert "custom.post is empty" in desk.one(
        "select template_error ->> 'message' from outreach.campaign_prospects"
    )
    assert desk.routes() == []


def test_only_invites_are_held_by_the_invite_limit(desk, sandbox):
    limit(desk, "send_invite", 0)
    people = [
        desk.enroll(desk.campaign(first), custom={"post": POST})
        for first in (INVITE, INMAIL, COMMENT, step("resolve_profile"), MESSAGE)
    ]
    sandbox.connect_stranger(desk.account, desk.person(people[4]))
    desk.connection.execute(
        "insert into outreach.linkedin_account_limits values"
        " (%s, %s, 'send_invite', 'outstanding', 0, '0')",
        [desk.workspace_id, desk.account_id],
    )
    desk.drain()
    assert [desk.status(each) for each in people] == [
        "ready_to_invite",
        "completed",
        "completed",
        "completed",
        "completed",
    ]


def test_the_senders_own_rights_are_enough_for_every_step(database, desk, sandbox):
    now = desk.one("select clock_timestamp()")
    campaigns = [desk.campaign(first) for first in (INVITE, INMAIL, COMMENT, MESSAGE)]
    two = step("send_invite", texts={"A": {"note": "Hi"}, "B": {"note": "Hello"}})
    people = [
        desk.enroll(each, custom={"post": POST}, run_at=now)
        for each in (*campaigns, desk.campaign(two))
    ]
    looked_up = desk.enroll(campaigns[0], is_known=False, run_at=now)
    refused = desk.enroll(campaigns[0], run_at=now)
    desk.connection.execute(
        "update outreach.campaign_steps set settings ="
        " settings || jsonb_build_object('weights', jsonb_build_object('A', 1, 'B', 1))"
        " where step_id = %s",
        [desk.step_ids[0]],
    )
    sandbox.connect_stranger(desk.account, desk.person(people[3]))
    for number, fault in enumerate(("cannot_resend_yet", "a_slug_nobody_knows")):
        sandbox.script_fault(
            "send_invite",
            provider_id=desk.person((people[0], refused)[number]),
            status=422,
            type=fault,
        )
    with database.connect(autocommit=True, role="sender") as connection:
        desk.connection, owners = connection, desk.connection
        desk.drain(as_of=None)
        desk.connection = owners
    assert [desk.status(each) for each in (*people[1:], looked_up, refused)] == [
        "completed",
        "completed",
        "completed",
        "pending_accept",
        "pending_accept",
        "failed",
    ]
    assert desk.one("select count(*) from outreach.prospect_cooldowns") == 1
    assert desk.one("select count(*) from outreach.linkedin_chats") == 1
    assert desk.one("select count(*) from outreach.enrollment_step_variants") == 1
    assert desk.violations() == []


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
def test_a_reply_after_the_claim_stops_the_begin(desk, first, status):
    enrollment = desk.enroll(desk.campaign(first), status=status)
    job_ids = claim(desk.connection, desk.workspace_id, dsn=desk.sandbox.dsn)
    desk.connection.execute(
        "select outreach.record_enrollment_event(%s, %s, 'reply_received', 'test',"
        " %s, to_status => 'replied')",
        [desk.workspace_id, enrollment, NOON],
    )
    assert begin(desk.connection, desk.workspace_id, job_ids) == [
        (job_ids[0], None, "status_replied")
    ]
    assert desk.jobs(enrollment)[0][1] == "cancelled"
    assert desk.status(enrollment) == "replied"


def test_a_message_needs_a_connection(desk):
    desk.enroll(desk.campaign(MESSAGE), status="ready_to_invite")
    job_ids = claim(desk.connection, desk.workspace_id, dsn=desk.sandbox.dsn)
    assert begin(desk.connection, desk.workspace_id, job_ids) == [
        (job_ids[0], None, "status_ready_to_invite")
    ]


def test_an_accept_after_the_claim_stops_the_withdrawal(desk, sandbox):
    enrollment = desk.enroll(desk.campaign(INVITE, WITHDRAWING, MESSAGE))
    desk.drain()
    later = desk.due(enrollment)
    job_ids = claim(
        desk.connection, desk.workspace_id, as_of=later, dsn=desk.sandbox.dsn
    )
    desk.accept(enrollment, later)
    assert begin(desk.connection, desk.workspace_id, job_ids, as_of=later) == [
        (job_ids[0], None, "lease_lost")
    ]
    assert desk.status(enrollment) == "ready_to_message"
    assert sandbox.journal("invite_withdrawn") == []


def test_a_note_added_after_the_claim_is_not_left_out(desk):
    enrollment = desk.enroll(desk.campaign(step("send_invite")))
    job_ids = claim(desk.connection, desk.workspace_id, dsn=desk.sandbox.dsn)
    desk.save_text(desk.step_ids[0], "A", "note", "Hello {{firstName}}")
    assert begin(desk.connection, desk.workspace_id, job_ids) == [
        (job_ids[0], None, "template_changed")
    ]
    desk.drain()
    assert desk.sandbox.journal("invite_sent")[0]["message"] == "Hello Ada"
    assert desk.status(enrollment) == "pending_accept"


def test_who_replied_while_a_message_was_out_gets_no_further_step(desk, sandbox):
    second = step("send_message", "1 day", {"message": "Any news?"})
    enrollment = desk.enroll(desk.campaign(MESSAGE, second))
    sandbox.connect_stranger(desk.account, desk.person(enrollment))
    job_ids = claim(desk.connection, desk.workspace_id, dsn=desk.sandbox.dsn)
    ((_, attempt_id, _),) = begin_as_rendered(desk, job_ids)
    desk.connection.execute(
        "select outreach.record_enrollment_event(%s, %s, 'reply_received', 'test',"
        " %s, to_status => 'replied')",
        [desk.workspace_id, enrollment, NOON],
    )
    record(desk.connection, desk.workspace_id, attempt_id)
    assert desk.status(enrollment) == "replied"
    assert desk.jobs(enrollment) == [("send_message", "completed")]


def begin_as_rendered(desk, job_ids):
    stamps = [
        row[0]
        for row in desk.all(
            "select validation_stamp from outreach.campaign_step_templates"
            " where step_id = %s",
            desk.step_ids[0],
        )
    ]
    return begin(desk.connection, desk.workspace_id, job_ids, stamps=stamps)
