"""Every step type over real HTTP: what is called, what is kept, what comes next."""

import pytest

from tests.support.conversations import Conversations
from tests.support.invites_by_hand import invite_by_hand, limit
from tests.support.rows import NOON, begin, claim, record
from tests.support.sender_campaigns import (
    ACCEPTED,
    COMMENT,
    DAY,
    HOUR,
    INMAIL,
    INVITE,
    MESSAGE,
    step,
)
from tests.support.versions import BOTH_VERSIONS

POST = "urn:li:activity:7300000000000000001"


WITHDRAWING = step("wait_accept", time_out="3 weeks", on_time_out="withdraw")


@BOTH_VERSIONS
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


@BOTH_VERSIONS
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


@BOTH_VERSIONS
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


def test_a_comment_needs_no_look_up(workspace, sandbox):
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


# By version: a refusal that nobody knows, and what becomes of the person.
UNHEARD_OF = {
    1: ({"status": 422, "type": "a_slug_nobody_knows"}, "failed"),
    2: ({"status": 418, "type": "provider/teapot"}, "ready_to_invite"),
}


@BOTH_VERSIONS
def test_the_senders_own_rights_are_enough_for_every_step(
    database, workspace, sandbox, version
):
    now = workspace.one("select clock_timestamp()")
    withdrawn = workspace.enroll(
        workspace.campaign(INVITE, WITHDRAWING), run_at=now - 22 * DAY
    )
    workspace.drain(now - 22 * DAY)
    conversations = Conversations(workspace)
    answer = conversations.answer(conversations.write("ada", "Tell me more"))
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
    # LinkedIn refuses somebody whose invite was withdrawn by hand for weeks.
    invite_by_hand(workspace, workspace.person(people[0]))
    sandbox.withdraw(workspace.account, workspace.person(people[0]))
    fault, ends_as = UNHEARD_OF[version]
    sandbox.script_fault("send_invite", provider_id=workspace.person(refused), **fault)
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
        ends_as,
    ]
    assert workspace.status(withdrawn) == "withdrawn"
    assert conversations.status(answer) == ("completed", None)
    assert workspace.one("select count(*) from outreach.prospect_cooldowns") == 1
    assert workspace.one("select count(*) from outreach.linkedin_chats") == 1
    assert workspace.one("select count(*) from outreach.enrollment_step_variants") == 1


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
