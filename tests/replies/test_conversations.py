"""Conversations: who wrote, what was written, and what is read."""

import datetime as dt
import re

import pytest
from psycopg.types.json import Jsonb

from tests.support.command_line import invoke
from tests.support.inbound_rows import deliver, take_in
from tests.support.ledger_rows import loading
from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)
from tests.support.sender_campaigns import ACCEPTED, INVITE, MESSAGE


@pytest.fixture
def run(conversations, database, monkeypatch):
    """Calls `trueup reply …`; what it printed."""
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("UNIPILE_DSN", conversations.workspace.sandbox.dsn)
    monkeypatch.setenv("UNIPILE_API_KEY", conversations.workspace.sandbox.api_key)

    def call(*arguments, code=0):
        result = invoke("reply", *arguments)
        assert result.exit_code == code, result.output
        return " ".join(result.output.split())

    return call


def listed(conversations, **filters):
    columns = "person, prospect_id is null, is_unread, unread_count, last_message"
    return conversations.workspace.all(
        f"select {columns} from outreach.list_conversations("
        "%s, only_unread => %s, page_size => %s, before => %s)",
        conversations.workspace.workspace_id,
        filters.get("only_unread", False),
        filters.get("page_size", 100),
        filters.get("before"),
    )


def test_unread_conversations_come_first_and_the_newest_of_them(conversations):
    workspace = conversations.workspace
    ada = conversations.write("ada", "Hello")
    bob = conversations.write("bob", "Hi")
    workspace.connection.execute(
        "select outreach.mark_replies_read(%s, %s, %s, 'mira')",
        [workspace.workspace_id, workspace.account_id, bob],
    )
    eve = conversations.write("eve", "Hey")
    enrollment_id = workspace.enroll(workspace.campaign(INVITE, ACCEPTED, MESSAGE))
    workspace.drain()
    accepted = workspace.person(enrollment_id)
    workspace.receive_accept(enrollment_id, workspace.one("select now()"))

    rows = listed(conversations)
    assert rows == [
        (eve, True, True, 1, "Hey"),
        (ada, True, True, 1, "Hello"),
        (accepted, False, False, 0, None),
        (bob, True, False, 0, "Hi"),
    ]
    assert listed(conversations, only_unread=True) == rows[:2]
    last = workspace.one(
        "select jsonb_build_object('is_unread', is_unread, 'latest_at', latest_at,"
        " 'account_id', account_id, 'person', person)"
        " from outreach.list_conversations(%s, page_size => 2) offset 1",
        workspace.workspace_id,
    )
    assert listed(conversations, before=Jsonb(last)) == rows[2:]


def test_a_conversation_is_read_answered_and_marked_without_an_id(conversations, run):
    workspace = conversations.workspace
    enrollment_id = workspace.enroll(
        workspace.campaign(MESSAGE), run_at=workspace.one("select clock_timestamp()")
    )
    person = workspace.person(enrollment_id)
    workspace.connection.execute("update outreach.prospects set last_name = 'King'")
    workspace.sandbox.connect_stranger(workspace.account, person)
    workspace.connection.execute(
        "insert into outreach.linkedin_account_sending_windows"
        " select %s, %s, day, '00:00', '24:00' from generate_series(1, 7) as day"
        " on conflict do nothing",
        [workspace.workspace_id, workspace.account_id],
    )
    assert conversations.send_first() == 1
    workspace.sandbox.incoming_message(workspace.account, person, "When?\x1b[31m")
    assert "new messages: 2; replies to campaigns: 1" in run("poll")
    assert workspace.status(enrollment_id) in ("replied", "completed")

    assert "Ada King" in run("list", "--unread")
    said = run("show", "ada king")
    assert "Thanks, Ada" in said
    assert "Ada King: message (received, unread) When?\\x1b[31m" in said
    listed = run("list")
    assert "When?" in listed
    said = run("answer", "ada king", "Thursday at ten.")
    assert said.startswith("The answer to Ada King is queued. It ")
    assert said.endswith("What they wrote is marked as read.")
    assert "answer (queued) Thursday at ten." in run("show", "ada king")
    forecast = " ".join(invoke("send", "forecast").output.split())
    assert re.search(r"Besides, .+ answers Ada King: it (goes|waits)", forecast)
    assert workspace.drain(as_of=None).sent == 1
    conversations.poll(workspace.one("select clock_timestamp() + interval '1 hour'"))
    said = run("show", "ada king")
    assert said.endswith("We: answer (sent) Thursday at ten.")
    assert said.count("Thursday at ten.") == 1

    assert run("mark-read", "ada king").startswith("Nothing was unread")
    assert run("list", "--unread") == "Nothing is unread."
    assert "We: Thursday at ten." in run("list")
    assert workspace.violations() == []


def test_an_answer_soon_after_an_invite_is_not_taken_for_its_note(conversations):
    workspace = conversations.workspace
    at = workspace.one("select clock_timestamp()")
    workspace.connection.execute(
        "insert into outreach.linkedin_account_sending_windows"
        " select %s, %s, day, '00:00', '24:00' from generate_series(1, 7) as day"
        " on conflict do nothing",
        [workspace.workspace_id, workspace.account_id],
    )
    person = workspace.person(workspace.enroll(workspace.campaign(INVITE), run_at=at))
    assert conversations.send_first() == 1
    workspace.sandbox.accept(workspace.account, person)
    workspace.sandbox.incoming_message(workspace.account, person, "When?")
    conversations.poll()
    conversations.answer(person)
    assert workspace.drain(as_of=None).sent == 1
    conversations.poll(at + dt.timedelta(hours=1))
    # As where only webhooks told of messages, which begin after the invite.
    with loading(workspace.connection):
        workspace.connection.execute(
            "delete from outreach.linkedin_events"
            " where event_type = 'message_sent' and payload ->> 'message' = 'Hi Ada'"
        )

    lines = workspace.all(
        "select kind, body from outreach.conversation(%s, %s, %s)",
        workspace.workspace_id,
        workspace.account_id,
        person,
    )
    assert lines == [("invite", None), ("message", "When?"), ("answer", "Gladly")]


def test_a_person_in_no_campaign_is_found_by_the_id_or_the_writers_name(
    conversations, run
):
    ada = conversations.write("ada", "Who are you?")
    assert "Who are you?" in run("show", ada)
    assert "is queued." in run("answer", ada, "Gladly")
    refused = run("answer", ada, "Gladly", code=1)
    assert "the same answer was asked for already" in refused
    assert "There is no conversation" in run("show", "Nobody", code=2)

    workspace = conversations.workspace
    deliver(
        workspace.connection,
        {
            "event": "message_received",
            "account_id": workspace.account,
            "chat_id": "chat-1",
            "message_id": "message-1",
            "message": "It is me.",
            "timestamp": "2026-05-04T12:00:00.000Z",
            "account_info": {"user_id": "ACoAAowner"},
            "sender": {"attendee_provider_id": ada, "attendee_name": "Ada King"},
        },
        workspace.one("select clock_timestamp()"),
    )
    take_in(workspace.connection)
    assert "Ada King: message (received, unread) It is me." in run("show", "ada king")
    assert run("mark-read", "ada king") == "The conversation with Ada King is read."


def test_a_do_not_contact_person_needs_the_flag(conversations, run):
    workspace = conversations.workspace
    ada = conversations.write("ada", "Stop it")
    workspace.connection.execute(
        "insert into outreach.prospects (workspace_id, provider_id) values (%s, %s)",
        [workspace.workspace_id, ada],
    )
    workspace.connection.execute(
        "select outreach.mark_do_not_contact(workspace_id, prospect_id, 'asked',"
        " 'mira') from outreach.prospects where provider_id = %s",
        [ada],
    )
    assert "add --even-though-do-not-contact" in run("answer", ada, "Sorry", code=1)
    said = run("answer", ada, "Sorry", "--even-though-do-not-contact")
    assert "is queued." in said


def test_a_stopped_conversation_gets_nothing_more_of_its_campaigns(conversations, run):
    workspace = conversations.workspace
    campaign_id = workspace.campaign(INVITE, ACCEPTED, MESSAGE)
    enrollment_id = workspace.enroll(campaign_id)
    conversations.read_until("infinity")
    workspace.drain()
    workspace.accept(enrollment_id, workspace.one("select clock_timestamp()"))
    assert workspace.jobs(enrollment_id)[-1] == ("send_message", "queued")

    person = workspace.person(enrollment_id)
    assert "gets nothing more of 1 campaign." in run("stop", person)
    assert workspace.jobs(enrollment_id)[-1] == ("send_message", "cancelled")
    assert workspace.status(enrollment_id) == "failed"
    assert "No campaign of this account" in run("stop", person)


def test_an_operator_has_every_right_that_conversations_need(conversations):
    workspace = conversations.workspace
    ada = conversations.write("ada", "Hello")
    conversation = [workspace.workspace_id, workspace.account_id, ada]
    workspace.connection.execute("set role operator")

    assert len(listed(conversations)) == 1
    assert conversations.answer(ada)[3] is None
    for call in (
        "conversation(%s, %s, %s)",
        "mark_replies_read(%s, %s, %s, 'mira')",
        "stop_conversation(%s, %s, %s, 'mira')",
    ):
        workspace.connection.execute(f"select * from outreach.{call}", conversation)


@pytest.fixture
def kept(database):
    """A connection to a database of the test's own: loading rows commits them."""
    with database.connect() as opened:
        yield opened


def test_pages_of_replies_and_accepts_are_the_whole_list_in_its_order(kept):
    workspace_id = make_workspace(kept)
    account_id = make_account(kept, workspace_id)
    campaign_id, step_ids = make_campaign(kept, workspace_id)
    ids = make_enrollments(
        kept, workspace_id, account_id, campaign_id, step_ids[0], count=12
    )
    with loading(kept):
        # Two moments are shared by several people; every third person wrote as well.
        kept.execute(
            "update outreach.campaign_prospects set"
            " linkedin_accepted_at = %s - (enrollment_id - %s) / 2 * interval '1 hour'"
            " where workspace_id = %s",
            [NOON, ids[0], workspace_id],
        )
        kept.execute(
            "insert into outreach.linkedin_events (workspace_id, account_id,"
            " dedupe_key, event_type, provider_id, occurred_at, received_at,"
            " received_via, payload)"
            " select %s, %s, number, 'message_received', coalesce(provider_id,"
            " 'ACoAA' || number), %s - number * interval '1 hour', %s, 'poll', '{}'"
            " from generate_series(1, 6) as numbers (number) left join ("
            " select provider_id, row_number() over (order by prospect_id) as place"
            " from outreach.prospects where workspace_id = %s) as people"
            " on place = number * 3",
            [workspace_id, account_id, NOON, NOON, workspace_id],
        )
    kept.execute(
        "select outreach.mark_replies_read(%s, %s, provider_id, 'mira')"
        " from outreach.linkedin_events where event_id %% 2 = 0 and workspace_id = %s",
        [workspace_id, account_id, workspace_id],
    )
    select = (
        "select is_unread, latest_at::text, account_id, person"
        " from outreach.list_conversations(%s, page_size => %s, before => %s)"
    )
    key = ("is_unread", "latest_at", "account_id", "person")
    whole = kept.execute(select, [workspace_id, 100, None]).fetchall()
    assert len(whole) == len(set(whole)) == 14
    assert sum(is_unread for is_unread, *_ in whole) == 3
    for size in (1, 2, 3, 5):
        paged = []
        while True:
            before = Jsonb(dict(zip(key, paged[-1], strict=True))) if paged else None
            page = kept.execute(select, [workspace_id, size, before]).fetchall()
            paged += page
            if len(page) < size:
                break
        assert paged == whole
