"""Replies in minutes: messages are polled, seldom beside webhooks, and steps wait."""

import datetime as dt

import pytest

from tests.support.connected_accounts import TARGET
from tests.support.inbound_rows import DAY, HOUR, deliver
from tests.support.rows import begin, claim, flip
from tests.support.sender_campaigns import MESSAGE, step
from tests.support.versions import BOTH_VERSIONS
from tests.support.web_apps import message_received
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.lists.reply_polls import keep_replies_read
from trueup.inbound.lists.unknown_sends import resolve_unknown_sends
from trueup.inbound.webhooks.events import take_in_deliveries
from trueup.inbound.webhooks.subscriptions import audit_webhooks

MINUTE = dt.timedelta(minutes=1)
# By version: the list that is read for new messages, and the word for a lost login.
NEW_MESSAGES = {1: "messages", 2: "chats"}
DOWN = {1: "CREDENTIALS", 2: "disconnected"}
FOLLOW_UP = step("send_message", "1 hour", {"message": "Just checking, {{firstName}}"})


def now(workspace):
    return workspace.one("select clock_timestamp()")


def messaged(conversations):
    """(enrollment, person) of somebody who got a first message, follow-up due now.

    No message of the account was read yet.
    """
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
    assert conversations.send_first() == 1
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
def test_a_reply_to_a_call_without_an_answer_ends_the_sequence(conversations, version):
    workspace = conversations.workspace
    workspace.sandbox.script_fault("start_chat", drop="after", version=version)
    enrollment_id = workspace.enroll(
        workspace.campaign(MESSAGE, FOLLOW_UP), run_at=now(workspace)
    )
    person = workspace.person(enrollment_id)
    workspace.sandbox.connect_stranger(workspace.account, person)
    conversations.send_first()
    workspace.sandbox.incoming_message(workspace.account, person, "Yes please")
    assert conversations.poll().stopped == 1

    # The call turns out to have been made, and its job is the last one.
    later = now(workspace) + 20 * MINUTE
    resolved = resolve_unknown_sends(
        workspace.connection, workspace.dsn, workspace.api_key, later
    )
    assert resolved.outcomes == {"decided_sent": 1}
    assert workspace.jobs(enrollment_id) == [("send_message", "completed")]
    assert workspace.status(enrollment_id) == "replied"


@pytest.mark.parametrize("row", ["missing", "new"])
def test_a_step_waits_until_its_account_was_polled_once(conversations, row):
    workspace = conversations.workspace
    enrollment_id, _ = messaged(conversations)
    if row == "missing":
        workspace.connection.execute("delete from outreach.reply_polls")
    at = now(workspace)
    assert verdict(conversations, enrollment_id, at) == "replies_not_read"
    assert workspace.drain(as_of=None).claimed == 0
    conversations.poll()
    assert workspace.drain(as_of=None).sent == 1


@BOTH_VERSIONS
def test_the_first_poll_reads_all_since_the_first_send_that_waits(conversations):
    workspace = conversations.workspace
    enrollment_id, person = messaged(conversations)
    workspace.sandbox.incoming_message(workspace.account, person, "Yes please")
    later = now(workspace) + 40 * DAY
    assert verdict(conversations, enrollment_id, later) == "replies_not_read"
    assert conversations.poll(later).stopped == 1


def read_since(conversations, at):
    return conversations.workspace.one(
        "select read_since from outreach.accounts_to_poll_for_replies(%s, %s)",
        conversations.workspace.dsn,
        at,
    )


def relink(conversations, provider_account_id):
    workspace = conversations.workspace
    workspace.connection.execute(
        "select outreach.link_provider_account(workspace_id, account_id,"
        " linkedin_identity, %s, 'ines', 'added again')"
        " from outreach.provider_accounts",
        [provider_account_id],
    )


def test_an_account_with_another_id_is_unread_until_its_next_poll(conversations):
    workspace = conversations.workspace
    enrollment_id, _ = messaged(conversations)
    conversations.poll()
    began_at = now(workspace)
    assert verdict(conversations, enrollment_id, began_at) is None
    relink(conversations, "acc-again")
    at = now(workspace)
    assert verdict(conversations, enrollment_id, at) == "replies_not_read"
    assert read_since(conversations, at) <= at - 7 * DAY

    # A read that was arranged under the id before says nothing of the new one.
    for asked_at, blocker in ((began_at, "replies_not_read"), (at, None)):
        workspace.connection.execute(
            "select outreach.take_in_polled_messages(%s, %s, %s, %s, 1, null, '[]',"
            " 'test', %s, '{classic}')",
            [workspace.workspace_id, workspace.account_id, at, at, asked_at],
        )
        assert verdict(conversations, enrollment_id, at) == blocker


def test_after_a_long_time_down_all_since_the_last_read_is_read(conversations):
    workspace = conversations.workspace
    messaged(conversations)
    conversations.poll()
    for days, since in ((9, 9 * DAY + HOUR), (2, 7 * DAY)):
        at = now(workspace)
        workspace.connection.execute(
            "update outreach.reply_polls set read_until = %s", [at - days * DAY]
        )
        for status in ("disconnected", "connected"):
            flip(
                workspace.connection,
                workspace.workspace_id,
                workspace.account_id,
                status,
            )
        later = now(workspace)
        assert at - since <= read_since(conversations, later) <= later - since


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


@BOTH_VERSIONS
def test_a_poll_that_breaks_off_proves_nothing(conversations, version):
    workspace = conversations.workspace
    messaged(conversations)
    conversations.poll()
    late = now(workspace) + dt.timedelta(minutes=6)
    workspace.sandbox.script_fault(
        NEW_MESSAGES[version], status=500, type="provider_error"
    )
    assert conversations.poll(late).incomplete == 1
    assert workspace.drain(as_of=late).claimed == 0


@BOTH_VERSIONS
def test_a_disconnected_account_is_not_taken_for_read(conversations, version):
    workspace = conversations.workspace
    messaged(conversations)
    conversations.poll()
    late = now(workspace) + dt.timedelta(minutes=6)
    workspace.sandbox.set_account_status(workspace.account, "CREDENTIALS")
    report = conversations.poll(late)
    why_not = report.not_polled[workspace.workspace_id, workspace.account_id]
    assert DOWN[version] in why_not
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


def told(conversations):
    """As messaged(), with a subscription that tells of the account's messages."""
    workspace = conversations.workspace
    found = messaged(conversations)
    audit_webhooks(
        workspace.connection,
        workspace.sandbox.dsn,
        workspace.sandbox.api_key,
        TARGET,
        service_key=workspace.sandbox.v2_service_key,
    )
    return found


def keep_read(conversations, as_of):
    workspace = conversations.workspace
    return keep_replies_read(
        workspace.connection,
        workspace.sandbox.dsn,
        workspace.sandbox.api_key,
        TARGET.url_at(workspace.sandbox.dsn),
        as_of,
    )


def is_read(conversations):
    """(is told, read until)"""
    return conversations.workspace.one(
        "select is_told, read_until from outreach.reply_polls"
    )


def set_told(conversations):
    """A webhook tells of the messages from now on, as an audit would note it."""
    conversations.workspace.connection.execute(
        "update outreach.reply_polls set is_told = true"
    )


@BOTH_VERSIONS
def test_no_follow_up_goes_out_after_a_reply_whose_webhook_never_came(conversations):
    workspace = conversations.workspace
    enrollment_id, person = told(conversations)
    at = now(workspace)
    assert keep_read(conversations, at).changed == 1
    assert is_read(conversations) == (True, at)
    # The subscription's address answers nobody: the webhook is lost.
    workspace.sandbox.incoming_message(workspace.account, person, "Yes please")

    late = at + 16 * MINUTE
    assert workspace.drain(as_of=late).claimed == 0
    assert verdict(conversations, enrollment_id, late) == "replies_not_read"
    report = keep_read(conversations, late)
    assert (report.replies, report.stopped) == (1, 1)
    assert workspace.status(enrollment_id) == "replied"
    assert workspace.drain(as_of=late).sent == 0
    assert len(conversations.written()) == 1


def test_a_step_waits_for_the_first_poll_of_an_account(conversations):
    workspace = conversations.workspace
    enrollment_id, person = told(conversations)
    workspace.sandbox.incoming_message(workspace.account, person, "Yes please")
    at = now(workspace)
    workspace.sandbox.script_fault("messages", status=500, type="provider_error")
    report = keep_read(conversations, at)

    assert (report.changed, report.incomplete) == (1, 1)
    assert verdict(conversations, enrollment_id, at) == "replies_not_read"
    assert workspace.drain(as_of=at).claimed == 0
    assert keep_read(conversations, at).stopped == 1


def test_a_webhook_that_tells_of_messages_makes_their_polls_seldom(conversations):
    workspace = conversations.workspace
    told(conversations)
    at = now(workspace)
    due = "select outreach.has_reply_polls_due(%s, %s, %s)"
    address = [workspace.sandbox.dsn, TARGET.url]
    assert workspace.one(due, *address, at)
    assert (keep_read(conversations, at).accounts, is_read(conversations)[0]) == (
        1,
        True,
    )

    # Without webhooks, messages are read each 2.5 minutes and a step waits after 5.
    assert not workspace.one(due, *address, at + 7 * MINUTE)
    assert workspace.one(due, *address, at + 8 * MINUTE)
    assert workspace.drain(as_of=at + 14 * MINUTE).sent == 1

    # A list that nobody has read for two days proves nothing any more.
    later = at + dt.timedelta(days=3)
    report = keep_read(conversations, later)
    assert (report.changed, report.accounts) == (1, 1)
    assert is_read(conversations) == (False, later)


@BOTH_VERSIONS
def test_messages_that_webhooks_tell_of_are_read_before_a_step_is_due(conversations):
    workspace = conversations.workspace
    enrollment_id, _ = messaged(conversations)
    at = now(workspace)
    conversations.poll(at)
    set_told(conversations)
    due_at = at + dt.timedelta(hours=6)
    workspace.connection.execute(
        "select outreach.reschedule_enrollment(%s, %s, %s, 'test', 'test')",
        [workspace.workspace_id, enrollment_id, due_at],
    )

    polled = {
        minutes: conversations.poll(due_at + minutes * MINUTE).accounts
        for minutes in (-300, -10, -3, -2, 0, 5, 6, 13, 14)
    }
    assert [minutes for minutes, accounts in polled.items() if accounts] == [-2, 6, 14]
    assert workspace.drain(as_of=due_at + 14 * MINUTE).sent == 1


@BOTH_VERSIONS
def test_messages_that_webhooks_tell_of_are_read_once_a_day_while_nothing_may_go(
    conversations,
):
    workspace = conversations.workspace
    enrollment_id, _ = messaged(conversations)
    at = now(workspace)
    conversations.poll(at)
    set_told(conversations)
    hours = [at + hour * dt.timedelta(hours=1) for hour in range(1, 26)]

    workspace.connection.execute(
        "update outreach.linkedin_account_limits set limit_count = 0"
    )
    assert verdict(conversations, enrollment_id, hours[0]) == "day_limit"
    assert [conversations.poll(hour).accounts for hour in hours] == [0] * 23 + [1, 0]


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
