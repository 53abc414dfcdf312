"""Reads of version 2 have a budget per account and day, and a step says if it waits."""

import datetime as dt

import psycopg
import pytest

from tests.replies.test_reply_polls import messaged, now
from tests.support.versions import ON_VERSION_2
from trueup.inbound.lists.polls import poll_due_accounts

pytestmark = ON_VERSION_2

MINUTES = dt.timedelta(minutes=1)


def tomorrow_morning(workspace):
    """A moment whose day lasts for hours more, since budgets are of a day."""
    return now(workspace).replace(hour=6) + dt.timedelta(days=1)


def blocker(conversations, enrollment_id, as_of):
    """(blocker, lifts at)"""
    return conversations.workspace.one(
        "select blocker, lifts_at from outreach.send_verdicts(%s, array[%s], %s)",
        conversations.workspace.workspace_id,
        enrollment_id,
        as_of,
    )


def set_budget(conversations, purpose, calls):
    conversations.workspace.connection.execute(
        "update outreach.provider_read_budgets set calls_per_day = %s"
        " where purpose = %s",
        [calls, purpose],
    )


def spending(conversations, purpose):
    """(calls, the limit's headers, held until)"""
    return conversations.workspace.one(
        "select calls, rate_limit, held_until from outreach.provider_read_spending"
        " where purpose = %s",
        purpose,
    )


def reads(conversations):
    return [
        route
        for route in conversations.workspace.routes()
        if route in ("chats", "chat_messages", "relations", "sent_invitations")
    ]


def test_a_poll_without_news_reads_one_page_of_chats(conversations):
    messaged(conversations)
    morning = tomorrow_morning(conversations.workspace)
    conversations.poll(morning)
    later = morning + 6 * MINUTES
    conversations.poll(later)
    before = len(reads(conversations))
    conversations.poll(later + 6 * MINUTES)

    assert reads(conversations)[before:] == ["chats"]
    calls, rate_limit, held_until = spending(conversations, "replies")
    assert calls == before + 1
    assert rate_limit["x-ratelimit-limit"] == "1000"
    assert held_until is None


def test_a_follow_up_waits_until_midnight_where_the_days_calls_are_used_up(
    conversations,
):
    workspace = conversations.workspace
    enrollment_id, _ = messaged(conversations)
    morning = tomorrow_morning(workspace)
    conversations.poll(morning)
    set_budget(conversations, "replies", 1)
    late = morning + 6 * MINUTES
    before = len(reads(conversations))
    conversations.poll(late)
    midnight = workspace.one("select outreach.next_local_midnight('UTC', %s)", late)

    assert reads(conversations)[before:] == []
    assert blocker(conversations, enrollment_id, late) == (
        "read_budget_spent",
        midnight,
    )
    assert workspace.drain(as_of=late).claimed == 0

    conversations.poll(midnight)
    assert workspace.drain(as_of=midnight).sent == 1


def test_a_limit_of_unipile_holds_the_polls_until_it_says(conversations):
    workspace = conversations.workspace
    enrollment_id, _ = messaged(conversations)
    morning = tomorrow_morning(workspace)
    conversations.poll(morning)
    late = morning + 6 * MINUTES
    workspace.sandbox.script_fault(
        "chats", status=429, type="api/too_many_requests", retry_after="43200"
    )
    assert conversations.poll(late).incomplete == 1
    held_until = late + dt.timedelta(hours=12)

    _, rate_limit, held = spending(conversations, "replies")
    assert rate_limit["refused"] == "api/too_many_requests"
    assert rate_limit["retry-after"] == "43200"
    assert held == held_until
    assert blocker(conversations, enrollment_id, late) == (
        "read_budget_spent",
        held_until,
    )


def test_a_limit_of_linkedin_holds_the_whole_account(conversations):
    workspace = conversations.workspace
    enrollment_id, _ = messaged(conversations)
    morning = tomorrow_morning(workspace)
    conversations.poll(morning)
    late = morning + 6 * MINUTES
    workspace.sandbox.script_fault(
        "chats", status=429, type="provider/too_many_requests"
    )
    assert conversations.poll(late).incomplete == 1
    held_until = late + dt.timedelta(hours=1)

    assert [
        spending(conversations, purpose)[2] for purpose in ("lists", "replies", "sends")
    ] == [held_until] * 3
    assert blocker(conversations, enrollment_id, late) == ("account_held", held_until)
    before = len(reads(conversations))
    poll_due_accounts(workspace.connection, workspace.dsn, workspace.api_key, late)
    assert reads(conversations)[before:] == []


def test_calls_of_an_earlier_day_do_not_begin_the_day_anew(conversations):
    workspace = conversations.workspace
    messaged(conversations)
    morning = tomorrow_morning(workspace)
    conversations.poll(morning)
    calls, *_ = spending(conversations, "replies")
    workspace.connection.execute(
        "select outreach.note_provider_calls(%s, %s, 'replies', 2, '{}', %s)",
        [workspace.workspace_id, workspace.account_id, morning - dt.timedelta(days=1)],
    )

    assert workspace.one(
        "select calls, counted_on, noted_at from outreach.provider_read_spending"
        " where purpose = 'replies'"
    ) == (calls + 2, morning.date(), morning)


def test_without_a_step_that_is_due_messages_are_read_once_an_hour(conversations):
    workspace = conversations.workspace
    conversations.write("ada", "Hello")
    at = now(workspace)
    polled = [
        conversations.poll(at + minute * MINUTES).accounts
        for minute in range(0, 185, 10)
    ]

    assert sum(polled) == 3
    assert reads(conversations)[-2:] == ["chats", "chats"]


@pytest.mark.parametrize(
    ("left", "walked", "incomplete"), [(0, [], 0), (1, ["sent_invitations"], 2)]
)
def test_a_large_network_does_not_eat_the_calls_of_the_day(
    conversations, left, walked, incomplete
):
    workspace = conversations.workspace
    messaged(conversations)

    def poll(as_of):
        return poll_due_accounts(
            workspace.connection, workspace.dsn, workspace.api_key, as_of
        )

    at = tomorrow_morning(workspace)
    assert poll(at).incomplete == 0
    calls, *_ = spending(conversations, "lists")
    set_budget(conversations, "lists", calls + left)
    before = len(reads(conversations))
    report = poll(at + dt.timedelta(hours=6, minutes=1))

    # A list that cannot be read to its end with what is left is not begun.
    assert reads(conversations)[before:] == walked
    assert report.incomplete == incomplete
    assert (
        workspace.one(
            "select count(*) from outreach.provider_reads where stopped_by ="
            " 'the account''s calls of the day for reading are used up'"
        )
        == incomplete
    )


def test_a_refusal_of_the_whole_account_is_noted_under_the_accounts_lock(conversations):
    workspace = conversations.workspace
    messaged(conversations)
    key = [workspace.workspace_id, workspace.account_id]
    with psycopg.connect(workspace.connection.info.dsn) as settling:
        settling.execute("select outreach.lock_accounts(%s, array[%s::bigint])", key)
        workspace.connection.execute("set lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            workspace.connection.execute(
                "select outreach.note_provider_calls(%s, %s, 'replies', 1,"
                """ '{"refused": "provider/too_many_requests"}', null)""",
                key,
            )
        # As a settled outcome does, which has the lock.
        settling.execute(
            "select outreach.note_provider_calls(%s, %s, 'sends', 1, '{}', null)", key
        )
