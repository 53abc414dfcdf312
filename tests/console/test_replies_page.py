"""The pages of replies: the list, a conversation, and what an operator does there."""

import html
import re

import pytest

from tests.support.rows import make_account, make_workspace
from tests.support.sender_campaigns import MESSAGE
from trueup.console.pages import replies

HOSTILE = "<script>alert(1)</script>\"' \u202egnp.exe " + "x" * 10_000


def text_of(answer):
    return html.unescape(answer.text)


def path_of(conversations, person):
    workspace = conversations.workspace
    return f"/replies/{workspace.workspace_id}/{workspace.account_id}/{person}"


def form_of(operator, path, text):
    """What a browser sends of the form that the page shows now."""
    shown = operator.get(path).text
    hidden = re.findall(r'type="hidden" name="([a-z-]+)" value="([^"]*)"', shown)
    return dict(hidden) | {"text": text}


@pytest.fixture
def ada(conversations):
    return conversations.write("ada", "Does Thursday suit you?")


@pytest.fixture
def chat(conversations, ada):
    """The path of the conversation with Ada."""
    return path_of(conversations, ada)


def bodies(opened):
    return [
        body
        for (body,) in opened.execute(
            "select body from outreach.reply_answers order by answer_id"
        )
    ]


def test_unread_replies_come_first_and_then_the_newest(operator, conversations, ada):
    grace = conversations.write("grace", "Who are you?")
    text = text_of(operator.get("/replies"))
    assert text.index(grace) < text.index(ada)

    path = path_of(conversations, grace)
    answer = operator.post(f"{path}/read", data=form_of(operator, path, ""))
    assert answer.headers["location"] == "/replies"
    text = text_of(operator.get("/replies"))
    assert text.index(ada) < text.index(grace)
    assert grace not in text_of(operator.get("/replies?show=unread"))


def test_an_answer_is_sent_once_and_its_state_is_shown(
    operator, conversations, ada, chat
):
    answered = operator.post(f"{chat}/answer", data=form_of(operator, chat, "Gladly."))
    assert answered.headers["location"] == chat
    text = text_of(operator.get(chat))
    assert "goes with the sender's next round" in text
    assert "Queued · asked for by <bdi>Ines Moreau</bdi>" in text
    assert "unread" not in text

    assert conversations.workspace.drain(as_of=None).sent == 1
    text = text_of(operator.get(chat))
    assert "</span> Sent · asked for by" in text
    assert conversations.written() == [(ada, "Gladly.")]


def test_a_form_that_is_sent_twice_makes_one_answer(operator, opened, chat):
    form = form_of(operator, chat, "Gladly.")
    first = operator.post(f"{chat}/answer", data=form)
    second = operator.post(f"{chat}/answer", data=form)
    assert (first.status_code, second.status_code) == (303, 422)
    assert "the same answer was asked for already" in text_of(second).lower()
    assert bodies(opened) == ["Gladly."]


def test_two_people_who_answer_at_once_learn_of_each_other(
    console, operator, opened, chat
):
    form = form_of(operator, chat, "Thursday at ten?")
    with console.person(name="Vera Lind") as other:
        other.post(f"{chat}/answer", data=form | {"text": "Friday?"})
    refused = operator.post(f"{chat}/answer", data=form)
    text = text_of(refused)
    assert "Vera Lind answered this person meanwhile" in text
    assert "Thursday at ten?</textarea>" in text
    again = operator.post(
        f"{chat}/answer", data=form_of(operator, chat, "Thursday at ten?")
    )
    assert again.status_code == 303
    assert bodies(opened) == ["Friday?", "Thursday at ten?"]


def test_a_refused_answer_keeps_the_text_and_says_why(
    operator, opened, conversations, chat
):
    workspace = conversations.workspace
    opened.execute(
        "select outreach.set_pause(%s, 'account', %s, true, 'mira', 'on holiday')",
        [workspace.workspace_id, workspace.account_id],
    )
    text = "<b>Gladly</b>\nTomorrow"
    refused = operator.post(f"{chat}/answer", data=form_of(operator, chat, text))
    assert refused.status_code == 422
    assert "it is paused (on holiday). Resume the account" in text_of(refused)
    assert f"{html.escape(text)}</textarea>" in refused.text
    assert bodies(opened) == []


def test_an_empty_answer_is_marked_at_its_field(operator, opened, chat):
    refused = operator.post(f"{chat}/answer", data=form_of(operator, chat, " \n "))
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    assert bodies(opened) == []


def test_a_person_marked_do_not_contact_is_answered_after_one_question(
    operator, opened, conversations, ada, chat
):
    workspace_id = conversations.workspace.workspace_id
    (prospect_id,) = opened.execute(
        "insert into outreach.prospects (workspace_id, provider_id, public_identifier,"
        " first_name) values (%s, %s, 'ada', 'Ada') returning prospect_id",
        [workspace_id, ada],
    ).fetchone()
    opened.execute(
        "select outreach.mark_do_not_contact(%s, %s, 'asked for it', 'test')",
        [workspace_id, prospect_id],
    )
    shown = operator.get(chat)
    assert "An answer is asked about once more before it is sent." in text_of(shown)
    assert f'href="/people/{workspace_id}/{prospect_id}"' in shown.text
    form = form_of(operator, chat, "Sorry, and goodbye.")
    asked = operator.post(f"{chat}/answer", data=form)
    text = text_of(asked)
    assert "Send it all the same" in text
    assert "asked for it" in text
    assert "Sorry, and goodbye.</textarea>" in text
    assert bodies(opened) == []
    confirmed = operator.post(f"{chat}/answer", data=form | {"confirm": "yes"})
    assert confirmed.status_code == 303
    assert conversations.workspace.drain(as_of=None).sent == 1
    assert conversations.written() == [(ada, "Sorry, and goodbye.")]


def test_a_message_that_came_after_the_page_was_made_stays_unread(
    operator, conversations, chat
):
    form = form_of(operator, chat, "")
    conversations.write("ada", "One more thing")
    operator.post(f"{chat}/read", data=form)
    text = text_of(operator.get(chat))
    assert "1 unread" in text


def test_a_sequence_is_stopped_and_answers_still_go(operator, opened, conversations):
    workspace = conversations.workspace
    enrollment_id = workspace.enroll(workspace.campaign(MESSAGE))
    chat = path_of(conversations, workspace.person(enrollment_id))
    text = text_of(operator.get(chat))
    assert "1 campaign of" in text
    assert "There is no chat with" in text
    answer = operator.post(f"{chat}/stop")
    assert answer.headers["location"] == chat
    text = text_of(operator.get(chat))
    assert "They get nothing more of 1 campaign" in text
    assert "Stop the sequence" not in text
    assert opened.execute(
        "select jobs.status, events.actor from outreach.campaign_send_jobs as jobs"
        " inner join outreach.campaign_events as events"
        " using (workspace_id, enrollment_id) where enrollment_id = %s"
        " and events.event_type = 'send_cancelled'",
        [enrollment_id],
    ).fetchall() == [("cancelled", "Ines Moreau")]


def test_hostile_messages_are_shown_as_text(operator, conversations):
    chat = path_of(conversations, conversations.write("mallory", HOSTILE))
    operator.post(f"{chat}/answer", data=form_of(operator, chat, HOSTILE))
    for path in ("/replies", chat):
        text = operator.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text
        assert "\\u202egnp.exe" in text
        assert "\u202e" not in text.replace(html.escape(HOSTILE), "")
    assert len(operator.get("/replies").text) < 10_000


def test_each_message_of_a_long_conversation_is_on_one_page(
    operator, opened, conversations, ada, chat, monkeypatch
):
    monkeypatch.setattr(replies, "LINES_SHOWN", 10)
    workspace = conversations.workspace
    opened.execute(
        "insert into outreach.linkedin_events (workspace_id, account_id, dedupe_key,"
        " event_type, provider_id, occurred_at, received_at, received_via, payload)"
        " select %s, %s, number, 'message_received', %s, at.moment, at.moment,"
        " 'webhook', jsonb_build_object('message', 'Number ' || number)"
        " from generate_series(1, 37) as numbers (number),"
        # Some came at one moment, more than a page of them at the last one.
        " lateral (select now() - least(number / 3, 8) * interval '1 min' - interval"
        " '1 hour' as moment) as at",
        [workspace.workspace_id, workspace.account_id, ada],
    )
    newest = operator.get(chat).text
    assert "Does Thursday suit you?" in newest
    assert "Send the answer" in newest
    seen, path, pages = [], chat, 0
    while path is not None:
        text = operator.get(path).text
        numbers = [int(one) for one in re.findall(r"<bdi>Number (\d+)<", text)]
        assert ("Send the answer" in text) == (pages == 0)
        seen += numbers
        following = re.search(r'href="([^"]+)">Older messages<', text)
        path = following and html.unescape(following[1])
        pages += 1
        assert pages < 9
    assert sorted(seen) == [*range(1, 38)]
    assert pages > 3


def test_a_viewer_reads_conversations_and_changes_none(viewer, opened, chat):
    assert viewer.get(chat).text.count('method="post"') == 1
    for act in ("answer", "read", "stop"):
        answer = viewer.post(f"{chat}/{act}", data={"text": "Gladly."})
        assert answer.status_code == 403
    assert bodies(opened) == []


@pytest.mark.parametrize("person", ["ACoAAnobody", "%00", "..%2F..", "x" * 3_000])
def test_a_person_without_a_conversation_is_not_found(operator, conversations, person):
    workspace = conversations.workspace
    path = f"/replies/{workspace.workspace_id}/{workspace.account_id}/{person}"
    assert operator.get(path).status_code == 404
    assert operator.post(f"{path}/read").status_code in (404, 422)


@pytest.mark.parametrize(
    "after", ["x", "W10", "WyJ0cnVlIiwgInllc3RlcmRheSIsIDEsICJ4Il0"]
)
def test_a_cursor_of_somebody_else_shows_the_first_page(operator, chat, after):
    answer = operator.get("/replies", params={"after": after})
    assert answer.status_code == 200
    assert chat in answer.text


def test_each_conversation_of_all_workspaces_is_on_one_page(opened, operator):
    for _ in range(2):
        workspace_id = make_workspace(opened)
        account_id = make_account(opened, workspace_id)
        # Many came at the same moment, as from one poll.
        opened.execute(
            "insert into outreach.linkedin_events (workspace_id, account_id,"
            " dedupe_key, event_type, provider_id, occurred_at, received_at,"
            " received_via, payload)"
            " select %s, %s, number, 'message_received', 'ACoAA' || number,"
            " at.moment, at.moment, 'webhook', '{\"message\": \"Hello\"}'"
            " from generate_series(1, 60) as numbers (number),"
            " lateral (select now() - number / 20 * interval '1 min') as at (moment)",
            [workspace_id, account_id],
        )
    seen, path, pages = [], "/replies", 0
    while path is not None:
        text = operator.get(path).text
        seen += re.findall(r'href="(/replies/\d+/\d+/[^"]+)"', text)
        following = re.search(r'href="([^"]+)">Next page<', text)
        path = following and html.unescape(following[1])
        pages += 1
        assert pages < 9
    assert pages == 3
    assert len(seen) == len(set(seen)) == 120
