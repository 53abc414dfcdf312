"""Replies to InMails lie in inboxes of their own in version 2: all in use are read."""

import asyncio
import datetime as dt

import httpx
import pytest

from tests.replies.test_budgets_of_reads import (
    blocker,
    reads,
    spending,
    tomorrow_morning,
)
from tests.replies.test_reply_polls import FOLLOW_UP, MINUTE, now
from tests.support.sender_campaigns import DAY, INMAIL, step
from tests.support.versions import ON_VERSION_2
from trueup.inbound.accounts.refresh import refresh_account
from trueup.inbound.lists.reply_polls import accounts_to_poll, poll_accounts
from trueup.inbound.lists.unknown_sends import resolve_unknown_sends
from trueup.unipile.provider import open_provider

pytestmark = ON_VERSION_2


def inmail_over(api):
    return step("send_inmail", texts=INMAIL["texts"], api=api)


def set_products(conversations, status="running", **products):
    """What the provider says of the account's products from now on, and we know."""
    workspace = conversations.workspace
    workspace.sandbox.set_v2_status(workspace.account, status=status, products=products)
    refresh(conversations)


def refresh(conversations):
    workspace = conversations.workspace
    refresh_account(
        workspace.connection,
        workspace.dsn,
        workspace.api_key,
        workspace.workspace_id,
        workspace.account_id,
        "test",
        "asked by a test",
    )


def inmailed(conversations, api):
    """As messaged(), where the first step is an InMail over this product."""
    workspace = conversations.workspace
    refresh(conversations)
    enrollment_id = workspace.enroll(
        workspace.campaign(inmail_over(api), FOLLOW_UP), run_at=now(workspace)
    )
    assert conversations.send_first() == 1
    workspace.connection.execute(
        "select outreach.reschedule_enrollment(%s, %s, clock_timestamp(), 'test',"
        " 'test')",
        [workspace.workspace_id, enrollment_id],
    )
    return enrollment_id, workspace.person(enrollment_id)


def inboxes_read(conversations):
    """The inboxes whose chats the last poll read, in order."""
    conversations.poll()
    lines = conversations.workspace.sandbox.requests()
    starts = [n for n, line in enumerate(lines) if line["route"] == "list_accounts"]
    paths = [line["path"] for line in lines[starts[-1] :] if line["route"] == "chats"]
    # A list with only new chats is read until an empty page.
    return list(dict.fromkeys(path.split("/")[-2] for path in paths))


@pytest.mark.parametrize("api", ["classic", "sales_navigator"])
def test_no_follow_up_goes_out_after_a_reply_to_an_inmail(conversations, api):
    workspace = conversations.workspace
    enrollment_id, person = inmailed(conversations, api)
    conversations.poll()
    workspace.sandbox.incoming_message(workspace.account, person, "Yes please")

    # No webhook tells of it.
    later = now(workspace) + 3 * MINUTE
    report = conversations.poll(later)
    assert (report.replies, report.stopped) == (1, 1)
    assert workspace.status(enrollment_id) == "replied"
    assert workspace.drain(as_of=later).sent == 0


def test_who_answers_an_inmail_under_another_id_is_its_recipient(conversations):
    workspace = conversations.workspace
    workspace.sandbox.change_settings(v2_product_ids=1)
    enrollment_id, person = inmailed(conversations, "sales_navigator")
    workspace.sandbox.incoming_message(workspace.account, person, "Yes please")

    report = conversations.poll()
    assert (report.replies, report.stopped) == (1, 1)
    assert workspace.one(
        "select provider_id from outreach.linkedin_events"
        " where event_type = 'message_received'"
    ) == person.replace("ACo", "ACw")
    assert workspace.status(enrollment_id) == "replied"


@pytest.mark.parametrize("api", ["classic", "sales_navigator"])
def test_an_unproven_inmail_is_found_in_its_own_inbox(conversations, api):
    workspace = conversations.workspace
    workspace.sandbox.script_fault("start_chat", drop="after", version=2)
    refresh(conversations)
    workspace.enroll(workspace.campaign(inmail_over(api)), run_at=now(workspace))
    conversations.send_first()
    report = resolve_unknown_sends(
        workspace.connection,
        workspace.dsn,
        workspace.api_key,
        now(workspace) + 20 * MINUTE,
    )
    assert report.outcomes == {"decided_sent": 1}


def test_inboxes_of_inmails_are_read_only_once_one_was_sent(conversations):
    refresh(conversations)
    assert inboxes_read(conversations) == ["CLASSIC_PRIMARY"]

    inmailed(conversations, "classic")
    assert inboxes_read(conversations) == [
        "CLASSIC_PRIMARY",
        "CLASSIC_INMAIL",
        "SALES_NAVIGATOR_PRIMARY",
    ]


@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_poll_proves_nothing_unless_every_inbox_was_read(conversations, page):
    workspace = conversations.workspace
    enrollment_id, _ = inmailed(conversations, "sales_navigator")
    morning = tomorrow_morning(workspace)
    conversations.poll(morning)
    late = morning + 6 * MINUTE
    workspace.sandbox.script_fault(
        "chats",
        status=429,
        type="api/too_many_requests",
        retry_after="3600",
        call_index=page,
    )
    before = len(reads(conversations))
    calls, *_ = spending(conversations, "replies")

    assert conversations.poll(late).incomplete == 1
    assert len(reads(conversations)) == before + page
    assert spending(conversations, "replies")[0] == calls + page
    assert spending(conversations, "replies")[1]["refused"] == "api/too_many_requests"
    assert blocker(conversations, enrollment_id, late) == (
        "read_budget_spent",
        late + dt.timedelta(hours=1),
    )
    assert workspace.drain(as_of=late).claimed == 0


def test_an_inbox_that_the_account_does_not_have_is_an_empty_one(conversations):
    workspace = conversations.workspace
    inmailed(conversations, "sales_navigator")
    workspace.sandbox.script_fault(
        "chats",
        status=403,
        type="provider/insufficient_permissions",
        call_index=3,
        times=None,
    )
    assert conversations.poll().incomplete == 0
    assert workspace.drain(as_of=None).claimed == 1


def test_a_product_that_stops_is_found_by_the_poll_that_it_breaks_off(conversations):
    workspace = conversations.workspace
    inmailed(conversations, "sales_navigator")
    # Nobody has told us yet.
    workspace.sandbox.set_v2_status(
        workspace.account,
        status="partial",
        products={"sales_navigator": "disconnected"},
    )
    assert conversations.poll().incomplete == 1
    assert inboxes_read(conversations) == ["CLASSIC_PRIMARY", "CLASSIC_INMAIL"]
    assert workspace.drain(as_of=None).claimed == 1


@pytest.mark.parametrize("has_inmails", [True, False])
def test_inmails_go_on_while_the_classic_product_is_down(conversations, has_inmails):
    workspace = conversations.workspace
    if has_inmails:
        inmailed(conversations, "sales_navigator")
    set_products(conversations, "partial", classic="disconnected")
    workspace.enroll(
        workspace.campaign(inmail_over("sales_navigator")), run_at=now(workspace)
    )
    assert workspace.drain(as_of=None).claimed == 0
    assert inboxes_read(conversations) == ["SALES_NAVIGATOR_PRIMARY"]
    assert workspace.drain(as_of=None).sent == 1


@pytest.mark.parametrize("back", ["running", "partial"])
def test_a_product_that_comes_back_is_read_since_it_went(conversations, back):
    """back: the account's status then; partial where the classic product goes."""
    workspace = conversations.workspace
    enrollment_id, person = inmailed(conversations, "sales_navigator")
    conversations.poll()
    set_products(conversations, "partial", sales_navigator="disconnected")
    workspace.sandbox.incoming_message(workspace.account, person, "Yes please")
    conversations.read_until(str(now(workspace) - 10 * MINUTE))
    assert conversations.poll().new_messages == 0
    assert workspace.status(enrollment_id) == "ready_to_message"

    classic = "running" if back == "running" else "disconnected"
    set_products(conversations, back, sales_navigator="running", classic=classic)
    assert conversations.poll().stopped == 1


def test_a_poll_without_an_inbox_that_came_back_meanwhile_proves_nothing(conversations):
    workspace = conversations.workspace
    _, person = inmailed(conversations, "sales_navigator")
    conversations.poll()
    set_products(
        conversations, "partial", sales_navigator="disconnected", classic="running"
    )
    workspace.sandbox.incoming_message(workspace.account, person, "Yes please")
    conversations.read_until(str(now(workspace) - 10 * MINUTE))
    turns = accounts_to_poll(workspace.connection, workspace.dsn)
    assert [turn.inboxes for turn in turns] == [["classic", "classic_inmail"]]

    set_products(conversations, "partial", sales_navigator="running", classic="running")
    poll_accounts(workspace.connection, workspace.dsn, workspace.api_key, turns)
    assert workspace.drain(as_of=None).claimed == 0
    assert conversations.poll().stopped == 1


def test_a_product_that_was_not_the_accounts_for_a_while_is_read_again(conversations):
    workspace = conversations.workspace
    _, person = inmailed(conversations, "sales_navigator")
    conversations.poll()
    set_products(conversations, sales_navigator=None)
    workspace.sandbox.incoming_message(workspace.account, person, "Yes please")
    conversations.read_until(str(now(workspace) - 10 * MINUTE))
    assert conversations.poll().new_messages == 0

    set_products(conversations, sales_navigator="running")
    assert workspace.drain(as_of=None).claimed == 0
    assert conversations.poll().stopped == 1


def test_an_inbox_that_is_read_by_cursor_is_read_to_its_end(conversations):
    workspace = conversations.workspace
    set_products(conversations, recruiter="running")
    workspace.sandbox.change_settings(v2_missing_rows=18)
    for number in range(5):
        person = f"ACoAAcandidate{number}"
        written = httpx.post(
            f"{workspace.dsn}/{workspace.account}/inboxes/RECRUITER_PRIMARY/chats/send",
            headers={"X-API-KEY": workspace.api_key},
            json={
                "users_ids": person,
                "text": "Dear candidate",
                "specifics": {
                    "linkedin": {"recruiter": {"subject": "Hi", "signature": "Anisha"}}
                },
            },
            trust_env=False,
        )
        assert written.is_success
        workspace.sandbox.incoming_message(workspace.account, person, f"Yes {number}")

    walk = messages_of(workspace, "recruiter")
    assert walk.is_complete
    replies = {item["text"] for item in walk.items if not item["is_sender"]}
    assert replies == {f"Yes {number}" for number in range(5)}


def test_a_page_of_chats_that_is_refused_is_not_the_end_of_new_messages(conversations):
    """An inbox that is read by offset says nothing of cursors."""
    workspace = conversations.workspace
    workspace.sandbox.change_settings(v2_missing_rows=19)
    for person in ("ada", "bea"):
        conversations.write(person, "Hello")
    workspace.sandbox.script_fault(
        "chats", call_index=2, status=400, type="provider/invalid_parameters"
    )
    refused, whole = (messages_of(workspace, "classic") for _ in range(2))

    assert not refused.is_complete
    assert refused.why_stopped == "page 2: 400 provider/invalid_parameters"
    assert (whole.is_complete, len(whole.items)) == (True, 2)


def messages_of(workspace, inbox):
    """A walk of the messages of a day in an inbox."""

    async def read():
        async with open_provider(workspace.dsn, workspace.api_key) as provider:
            return await provider.messages(
                workspace.account, now(workspace) - DAY, inboxes=[inbox]
            )

    return asyncio.run(read())
