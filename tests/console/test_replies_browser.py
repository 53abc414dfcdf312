"""Replies read and answered in a real browser, and what axe-core says of the pages."""

import pytest

from tests.console.conftest import aside, assert_sound, signed_in
from tests.support.console_apps import OPERATOR_TOKEN
from tests.support.sender_campaigns import INVITE
from trueup.console.pages.replies import LINES_SHOWN

HOSTILE = "<img src=x onerror=alert(1)> \u202egnp.exe \u2066" + "x" * 10_000


def path_of(conversations, person):
    workspace = conversations.workspace
    return f"/replies/{workspace.workspace_id}/{workspace.account_id}/{person}"


def test_a_reply_is_read_and_answered_to_the_end_and_the_person_has_it_once(
    page, console, conversations
):
    ada = aside(conversations.write, "ada", "Does Thursday at ten suit you?")
    page.get_by_role("link", name="Replies").click()
    page.get_by_role("link", name="Somebody on LinkedIn").click()
    assert page.get_by_text("Does Thursday at ten suit you?").is_visible()
    page.get_by_label("Answer as Anisha").fill("It does.\nUntil then!")
    page.get_by_role("button", name="Send the answer").dblclick()
    page.get_by_role("status").get_by_text("The answer is queued").wait_for()
    assert page.get_by_text("Queued · asked for by Ines Moreau").is_visible()
    assert page.get_by_role("button", name="Mark as read").count() == 0

    aside(conversations.workspace.drain, as_of=None)
    # The page asks by itself what became of it.
    page.get_by_text("Sent · asked for by Ines Moreau").wait_for()
    page.reload()
    page.go_back()
    page.reload()
    assert aside(conversations.workspace.drain, as_of=None).sent == 0
    assert conversations.written() == [(ada, "It does.\nUntil then!")]


def test_without_scripts_a_double_click_answers_once(
    new_page, console, opened, conversations
):
    ada = aside(conversations.write, "ada", "Thursday?")
    page = new_page(java_script_enabled=False)
    page.goto(f"{console.url}/sign-in")
    page.get_by_label("Your name").fill("Ines Moreau")
    page.get_by_label("Token").fill(OPERATOR_TOKEN)
    page.get_by_role("button", name="Sign in").click()
    page.goto(console.url + path_of(conversations, ada))
    page.get_by_label("Answer as Anisha").fill("Gladly.")
    page.get_by_role("button", name="Send the answer").dblclick()
    page.get_by_text("Queued · asked for by").wait_for()
    page.reload()
    assert opened.execute("select count(*) from outreach.reply_answers").fetchone() == (
        1,
    )


def test_today_and_replies_have_no_fault_of_accessibility_and_show_text_as_text(
    new_page, console, opened, conversations
):
    workspace = conversations.workspace
    mallory = aside(conversations.write, "mallory", HOSTILE)
    add_older_messages(opened, workspace, mallory)
    workspace.enroll(workspace.campaign(INVITE))
    workspace.sandbox.script_fault("send_invite", drop="before")
    aside(workspace.drain)
    attempt_id = workspace.one("select attempt_id from outreach.send_attempts")
    opened.execute(
        "select outreach.open_admin_alert(%s, 'a_test', 'x', %s)",
        [workspace.workspace_id, HOSTILE],
    )
    page = signed_in(new_page(), console)
    page.on("dialog", lambda _dialog: pytest.fail("markup of a reply was run"))
    page.goto(console.url + path_of(conversations, mallory))
    older = page.get_by_role("link", name="Older messages").get_attribute("href")
    for path in (
        "/today",
        "/today/alerts",
        "/today/sends",
        f"/today/sends/{workspace.workspace_id}/{attempt_id}",
        "/replies",
        older,
        path_of(conversations, mallory),
    ):
        page.goto(console.url + path)
        assert_sound(page, path)
        assert page.locator("img").count() == 0
    message = page.locator(".message.long > p").inner_text()
    assert message == HOSTILE.replace("\u202e", "\\u202e").replace("\u2066", "\\u2066")


def add_older_messages(opened, workspace, person):
    """As many as one page of a conversation shows."""
    opened.execute(
        "insert into outreach.linkedin_events (workspace_id, account_id, dedupe_key,"
        " event_type, occurred_at, received_at, received_via, provider_id, payload)"
        " select %s, %s, 'older ' || number, 'message_received', moments.told_at,"
        " moments.told_at, 'poll', %s, jsonb_build_object('message', %s::text)"
        " from generate_series(1, %s) as number"
        " cross join lateral (select now() - interval '1 day'"
        " - number * interval '1 minute' as told_at) as moments",
        [
            workspace.workspace_id,
            workspace.account_id,
            person,
            HOSTILE[:200],
            LINES_SHOWN,
        ],
    )
