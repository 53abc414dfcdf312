"""Replies in minutes: messages that no webhook tells of are polled, and steps wait."""

import datetime as dt

from tests.support.connected_accounts import TARGET
from tests.support.inbound_rows import deliver
from tests.support.rows import begin, claim
from tests.support.sender_campaigns import MESSAGE, step
from tests.support.versions import BOTH_VERSIONS
from tests.support.web_apps import message_received
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.lists.reply_polls import keep_replies_read
from trueup.inbound.webhooks.events import take_in_deliveries
from trueup.inbound.webhooks.subscriptions import audit_webhooks

FOLLOW_UP = step("send_message", "1 hour", {"message": "Just checking, {{firstName}}"})


def now(workspace):
    return workspace.one("select clock_timestamp()")


def messaged(conversations):
    """(enrollment, person) of somebody who got a first message, follow-up due now."""
    workspace = conversations.workspace
    workspace.connection.execute(
        "insert into outreach.linkedin_account_sending_windows"
        " select %s, %s, day, '00:00', '24:00' from generate_series(1, 7) as day"
        " on conflict do nothing",
        [workspace.workspace_id, workspace.account_id],
    )
    at = now(workspace)
    enrollment_id = workspace.enroll(workspace.campaign(MESSAGE, FOLLOW_UP), run_at=at)
    person = workspace.person(enrollment_id)
    workspace.sandbox.connect_stranger(workspace.account, person)
    assert workspace.drain(as_of=None).sent == 1
    workspace.connection.execute(
        "select outreach.reschedule_enrollment(%s, %s, clock_timestamp(), 'test',"
        " 'test')",
        [workspace.workspace_id, enrollment_id],
    )
    return enrollment_id, person


def verdict(conversations, enrollment_id, as_of):
    return conversations.workspace.one(
        "select blocker from outreach.send_verdicts(%s, array[%s], %s)",
        conversations.workspace.workspace_id,
        enrollment_id,
        as_of,
    )


@BOTH_VERSIONS
def test_a_follow_up_does_not_go_out_after_a_reply_that_a_poll_found(conversations):
    workspace = conversations.workspace
    enrollment_id, person = messaged(conversations)
    conversations.poll()
    workspace.sandbox.incoming_message(workspace.account, person, "Yes please")

    later = now(workspace) + dt.timedelta(minutes=3)
    report = conversations.poll(later)
    assert (report.new_messages, report.replies, report.stopped) == (1, 1, 1)
    assert workspace.status(enrollment_id) == "replied"
    assert workspace.drain(as_of=later).sent == 0
    assert len(conversations.written()) == 1


@BOTH_VERSIONS
def test_a_due_step_waits_while_the_messages_were_read_too_long_ago(conversations):
    workspace = conversations.workspace
    enrollment_id, person = messaged(conversations)
    conversations.poll()
    workspace.sandbox.incoming_message(workspace.account, person, "Yes please")

    late = now(workspace) + dt.timedelta(minutes=6)
    assert workspace.drain(as_of=late).claimed == 0
    assert verdict(conversations, enrollment_id, late) == "replies_not_read"
    conversations.poll(late)
    assert workspace.status(enrollment_id) == "replied"


@BOTH_VERSIONS
def test_a_due_step_goes_on_after_a_poll_that_found_no_reply(conversations):
    workspace = conversations.workspace
    messaged(conversations)
    conversations.poll()
    late = now(workspace) + dt.timedelta(minutes=6)
    assert workspace.drain(as_of=late).claimed == 0
    report = conversations.poll(late)
    assert (report.accounts, report.new_messages) == (1, 0)
    assert workspace.drain(as_of=late).sent == 1


def test_a_poll_that_breaks_off_proves_nothing(conversations):
    workspace = conversations.workspace
    messaged(conversations)
    conversations.poll()
    late = now(workspace) + dt.timedelta(minutes=6)
    workspace.sandbox.script_fault("messages", status=500, type="provider_error")
    assert conversations.poll(late).incomplete == 1
    assert workspace.drain(as_of=late).claimed == 0


def test_a_disconnected_account_is_not_taken_for_read(conversations):
    workspace = conversations.workspace
    messaged(conversations)
    conversations.poll()
    late = now(workspace) + dt.timedelta(minutes=6)
    workspace.sandbox.set_account_status(workspace.account, "CREDENTIALS")
    report = conversations.poll(late)
    assert (
        "CREDENTIALS" in report.not_polled[workspace.workspace_id, workspace.account_id]
    )
    assert workspace.drain(as_of=late).claimed == 0
    assert workspace.one("select status from outreach.linkedin_accounts") == (
        "disconnected"
    )
    assert workspace.one("select code from outreach.linkedin_admin_alerts") == (
        "account_disconnected"
    )


def test_polls_come_every_few_minutes_and_keep_only_what_is_new(conversations):
    workspace = conversations.workspace
    conversations.write("ada", "Hello")
    conversations.write("bob", "Hello")
    reads = "select count(*) from outreach.provider_reads"
    assert workspace.one(reads) == 2
    at = now(workspace)
    for minute in range(12):
        conversations.poll(at + dt.timedelta(minutes=minute))
    assert workspace.one(reads) == 2
    lists = [route for route in workspace.routes() if route == "messages"]
    # Twice for what was written, and then every third of twelve minutes.
    assert len(lists) == 2 + 3


def test_a_webhook_that_tells_of_messages_ends_the_polls(conversations):
    workspace = conversations.workspace
    connection, sandbox = workspace.connection, workspace.sandbox
    messaged(conversations)
    late = now(workspace) + dt.timedelta(minutes=6)

    def read(at):
        return keep_replies_read(
            connection, sandbox.dsn, sandbox.api_key, TARGET.url, at
        )

    # An address of ours to which no subscription leads tells of nothing.
    assert read(late).accounts == 1
    audit_webhooks(connection, sandbox.dsn, sandbox.api_key, TARGET)
    later = late + dt.timedelta(minutes=6)
    due = "select outreach.has_reply_polls_due(%s, %s, %s)"
    assert workspace.drain(as_of=later).claimed == 0
    assert workspace.one(due, sandbox.dsn, TARGET.url, later)
    report = read(later)
    assert (report.ended, report.accounts) == (1, 0)
    assert not workspace.one(due, sandbox.dsn, TARGET.url, later)
    assert workspace.drain(as_of=later).sent == 1

    # A list that nobody has read for two days proves nothing any more.
    assert workspace.one(due, sandbox.dsn, TARGET.url, later + dt.timedelta(days=3))


def delivered_reply(conversations, person):
    """A reply that a webhook told of, kept by the receiver and not read yet."""
    workspace = conversations.workspace
    deliver(
        workspace.connection,
        message_received(
            workspace.account, "m1", person, now(workspace), own="ACoAAowner"
        ),
        now(workspace),
    )


def test_no_step_follows_a_webhook_that_is_not_read(conversations):
    workspace = conversations.workspace
    enrollment_id, person = messaged(conversations)
    conversations.poll()
    job_ids = claim(
        workspace.connection,
        workspace.workspace_id,
        as_of=None,
        dsn=workspace.sandbox.dsn,
    )
    delivered_reply(conversations, person)

    begun = begin(workspace.connection, workspace.workspace_id, job_ids, as_of=None)
    assert [refusal for _, _, refusal in begun] == ["replies_not_read"]
    assert workspace.drain(as_of=None).claimed == 0
    assert verdict(conversations, enrollment_id, now(workspace)) == "replies_not_read"

    taken = take_in_deliveries(workspace.connection)
    assert taken.new_events == 1
    assert workspace.drain(as_of=None).claimed == 0

    assert resolve_inbound(workspace.connection).stopped == 1
    assert workspace.status(enrollment_id) == "replied"
    assert len(conversations.written()) == 1


def test_a_step_goes_on_after_a_webhook_about_somebody_else(conversations):
    workspace = conversations.workspace
    messaged(conversations)
    conversations.poll()
    delivered_reply(conversations, "ACoAAstranger")
    assert workspace.drain(as_of=None).claimed == 0
    take_in_deliveries(workspace.connection)
    resolve_inbound(workspace.connection)
    assert workspace.drain(as_of=None).sent == 1
    assert workspace.one("select count(*) from outreach.linkedin_webhook_inbox") == 0


def test_a_webhook_that_was_set_aside_holds_nothing(conversations):
    workspace = conversations.workspace
    messaged(conversations)
    conversations.poll()
    deliver(workspace.connection, {"event": "unheard_of"}, now(workspace))
    assert take_in_deliveries(workspace.connection).quarantined == 1
    assert workspace.drain(as_of=None).sent == 1
