"""The pages of campaigns: what they show, and what an operator changes there."""

import concurrent.futures
import html
import re

import pytest

from tests.support.campaign_files import PLAIN, account_id_of, make_senders, save
from tests.support.rows import NOON, make_enrollments
from tests.support.saved_campaigns import enroll, park

HOSTILE = "<script>alert(1)</script>\"' \u202egnp.exe"
MESSAGE = "Thanks, {{firstName | default: 'friend'}}!"


@pytest.fixture
def pipl(opened):
    """The saved campaign PIPL Connection, of Anisha."""
    make_senders(opened)
    return save(opened, PLAIN, NOON)


def path_of(saved):
    return f"/campaigns/{saved.workspace_id}/{saved.campaign_id}"


def text_of(answer):
    return html.unescape(answer.text)


def fields_of(answer):
    """The fields of the editor's form, as a browser would send them."""
    form = re.search(r"<form[^>]*data-editor.*?</form>", answer.text, re.S)[0]
    fields = {}

    def add(name, value):
        fields.setdefault(html.unescape(name), []).append(html.unescape(value))

    for tag in re.findall(r"<input[^>]*>", form, re.S):
        named = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        is_sent = 'type="checkbox"' not in tag or " checked" in tag
        if "name" in named and is_sent:
            add(named["name"], named.get("value", ""))
    areas = r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>'
    for name, value in re.findall(areas, form, re.S):
        add(name, value)
    for name, options in re.findall(
        r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        add(name, chosen[1] if chosen else "")
    return fields


def steps_of(opened, saved):
    return opened.execute(
        "select action, templates from outreach.saved_campaign_steps(%s, %s)",
        [saved.workspace_id, saved.campaign_id],
    ).fetchall()


def test_a_saved_campaign_is_unchanged_by_a_save_of_its_editor(opened, operator, pipl):
    version = "select outreach.campaign_version(%s, %s)"
    key = [pipl.workspace_id, pipl.campaign_id]
    before = opened.execute(version, key).fetchone()
    saved = operator.post(
        f"{path_of(pipl)}/save", data=fields_of(operator.get(path_of(pipl)))
    )
    assert saved.headers["location"] == path_of(pipl)
    assert opened.execute(version, key).fetchone() == before


def test_a_typo_is_refused_at_its_field_and_keeps_what_was_typed(
    opened, operator, pipl
):
    fields = fields_of(operator.get(path_of(pipl)))
    typo = "Thanks, {{company}!"
    fields["s3-A-message"] = [typo]
    fields["s3-delay"] = ["2 days"]
    for act, status in (("save", 422), ("validate", 200)):
        answer = operator.post(f"{path_of(pipl)}/{act}", data={**fields, "validate": 3})
        text = text_of(answer)
        assert answer.status_code == status
        assert "Step 3 has a template syntax error" in text
        assert f"\n{typo}</textarea>" in text
        assert 'value="2 days"' in text
        assert (
            'aria-describedby="s3-A-message-wrong s3-A-message-help" aria-invalid'
            in (text)
        )
        assert f"{typo}\n                 ^" in text
    assert steps_of(opened, pipl)[2][1][0]["template"] == MESSAGE


@pytest.mark.parametrize(
    ("changes", "at", "why"),
    [
        ({"s3-delay": "2 dayz"}, "s3-delay", "Write a number and minutes, hours"),
        (
            {"s2-time_out": "21 days", "s3-delay": "2 dayz"},
            "s2-on_time_out",
            "whether it will “Withdraw the invite” or “Go on without an accept”",
        ),
        (
            {"s2-delay": "0m", "s2-time_out": "0m", "s2-on_time_out": "withdraw"},
            "s2-time_out",
            "waits for no time at all. Write “At most”: “21 days”",
        ),
        ({"s3-A-message": ""}, "s3", "has no “message”"),
        ({"s1-A-note": "x" * 201}, "s1-A-note", "200"),
        ({"custom_fields": "a, a"}, "custom_fields", "declared twice"),
        ({"s3-delay": "2 dayz"}, "s3-delay", "“Wait before it”"),
    ],
)
def test_each_error_of_a_save_is_at_its_field(operator, pipl, changes, at, why):
    fields = fields_of(operator.get(path_of(pipl))) | changes
    answer = operator.post(f"{path_of(pipl)}/save", data=fields)
    assert answer.status_code == 422
    place = re.search(rf'id="{at}-wrong" data-part>(.*?)</div>', answer.text, re.S)
    assert why in html.unescape(place[1])


@pytest.mark.parametrize(
    ("typed", "minutes"), [("5 min", 5), ("5m", 5), ("2 h", 120), ("1 day", 1440)]
)
def test_a_wait_is_taken_as_pages_and_commands_write_it(
    opened, operator, pipl, typed, minutes
):
    fields = fields_of(operator.get(path_of(pipl))) | {"s3-delay": typed}
    assert operator.post(f"{path_of(pipl)}/save", data=fields).status_code == 303
    waits = opened.execute(
        "select max(extract(epoch from delay)) / 60 from outreach.campaign_steps"
        " where workspace_id = %s and campaign_id = %s and removed_at is null",
        [pipl.workspace_id, pipl.campaign_id],
    ).fetchone()
    assert waits == (minutes,)


def test_a_step_is_added_moved_and_removed_before_it_is_saved(opened, operator, pipl):
    path = path_of(pipl)

    def arranged(answer, wanted):
        return operator.post(
            f"{path}/arrange", data=fields_of(answer) | {"arrange": wanted}
        )

    answer = arranged(operator.get(path), "add-wait")
    answer = arranged(answer, "add-send_message")
    answer = arranged(answer, "variant-5")
    assert len(steps_of(opened, pipl)) == 3
    fields = fields_of(answer) | {
        "s4-delay": "3 days",
        "s5-A-message": "First",
        "s5-B-message": "Second",
        "s5-B-weight": "3",
    }
    operator.post(f"{path}/save", data=fields)
    assert [action for action, _ in steps_of(opened, pipl)] == [
        "send_invite", "wait_accept", "send_message", "wait", "send_message",
    ]  # fmt: skip
    moved = arranged(operator.get(path), "up-4")
    operator.post(f"{path}/save", data=fields_of(moved))
    moved = arranged(operator.get(path), "remove-4")
    operator.post(f"{path}/save", data=fields_of(moved))
    steps = steps_of(opened, pipl)
    assert [action for action, _ in steps] == [
        "send_invite", "wait_accept", "wait", "send_message",
    ]  # fmt: skip
    assert [row["template"] for row in steps[3][1]] == ["First", "Second"]


def test_a_step_with_people_at_it_is_not_removed(opened, operator, pipl):
    enroll(opened, pipl, 3, step=2)
    path = path_of(pipl)
    fields = fields_of(operator.get(path)) | {"arrange": "remove-3"}
    answer = operator.post(f"{path}/arrange", data=fields)
    assert answer.status_code == 422
    assert "Step 3 cannot be removed" in text_of(answer)
    assert "3 people are at it" in text_of(answer)
    assert len(fields_of(answer)["step"]) == 3


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(opened, operator, pipl):
    fields = fields_of(operator.get(path_of(pipl)))
    save(opened, PLAIN, NOON, friend="colleague")
    answer = operator.post(f"{path_of(pipl)}/save", data=fields)
    assert answer.status_code == 422
    assert "saved by somebody else since you opened it" in text_of(answer)
    assert "colleague" in steps_of(opened, pipl)[2][1][0]["template"]


def test_a_new_campaign_is_a_draft_until_it_is_started(opened, operator):
    workspace_id = make_senders(opened)
    fields = fields_of(operator.get("/campaigns/new"))
    fields |= {"name": "EU SaaS", "s3-A-message": "Hi {{firstName | default: 'you'}}"}
    saved = operator.post("/campaigns/new/save", data=fields)
    path = saved.headers["location"]
    assert operator.get(path).text.count(f'action="{path}/start"') == 1
    assert "A save lets the people go on" not in text_of(operator.get(path))
    people = operator.get(f"/people?campaign={path.removeprefix('/campaigns/')}").text
    assert f'<a href="{path}">Look at it and start it</a>' in people
    operator.post(f"{path}/start")
    assert opened.execute(
        "select campaigns.status, audited.actor, audited.reason"
        " from outreach.campaigns, outreach.pause_audit as audited"
        " where campaigns.workspace_id = %s",
        [workspace_id],
    ).fetchall() == [("running", "Ines Moreau", "started")]
    again = operator.post("/campaigns/new/save", data=fields)
    assert again.status_code == 422
    assert "There is a campaign EU SaaS in this workspace" in text_of(again)


def test_a_new_campaign_does_not_overwrite_one_that_is_being_made(
    opened, operator, database
):
    workspace_id = make_senders(opened)
    fields = fields_of(operator.get("/campaigns/new"))
    fields |= {"name": "PIPL Connection", "s3-A-message": "Mine"}
    with (
        database.connect() as other,
        concurrent.futures.ThreadPoolExecutor(1) as pool,
    ):
        saved = save(other, PLAIN, NOON)
        answer = pool.submit(operator.post, "/campaigns/new/save", data=fields)
        waits = "select exists (select 1 from pg_locks where not granted)"
        while not (answer.done() or opened.execute(waits).fetchone()[0]):
            pass
        other.commit()
    refused = answer.result()
    assert refused.status_code == 422
    assert "A campaign PIPL Connection was saved meanwhile." in text_of(refused)
    assert fields_of(refused)["s3-A-message"] == ["Mine"]
    assert "Mine" not in str(steps_of(opened, saved))
    assert opened.execute(
        "select count(*) from outreach.campaigns where workspace_id = %s",
        [workspace_id],
    ).fetchone() == (1,)


def test_a_card_pauses_and_resumes_with_a_reason(opened, operator, pipl):
    path = path_of(pipl)
    enroll(opened, pipl, 2)
    assert "This stops 2 people and 2 jobs" in operator.get("/campaigns").text
    refused = operator.post(f"{path}/card-pause", data={"reason": ""})
    assert refused.status_code == 422
    assert "Say why: the reason is kept" in text_of(refused)
    operator.post(f"{path}/card-pause", data={"reason": "new text"})
    operator.post(f"{path}/card-resume", data={"reason": "saved"})
    assert opened.execute(
        "select is_paused, actor, reason from outreach.pause_audit order by pause_id"
    ).fetchall() == [
        (True, "Ines Moreau", "new text"), (False, "Ines Moreau", "saved"),
    ]  # fmt: skip


def test_a_preview_shows_what_a_person_reads_and_what_parks_them(
    opened, operator, pipl
):
    enroll(opened, pipl, 1)
    fields = fields_of(operator.get(path_of(pipl)))
    fields |= {"s3-A-message": "Hello {{firstName}} of {{company}}", "preview-step": ""}
    answer = operator.post(f"{path_of(pipl)}/preview", data=fields)
    text = text_of(answer)
    assert answer.status_code == 200
    assert "<bdi>Hi Ada, shall we connect?</bdi>" in text
    assert "Would be parked: <bdi>The prospect has no value for company" in text
    assert "Step 3 has a template syntax error" not in text
    nobody = operator.post(
        f"{path_of(pipl)}/preview", data=fields | {"preview-person": "Nobody Known"}
    )
    assert nobody.status_code == 422
    assert 'prospect "Nobody Known"' in text_of(nobody)


def test_a_viewer_previews_the_saved_texts_and_changes_nothing(opened, viewer, pipl):
    enroll(opened, pipl, 1)
    preview = f"{path_of(pipl)}/preview"
    text = text_of(viewer.get(preview))
    assert "<bdi>Hi Ada, shall we connect?</bdi>" in text
    assert "<bdi>Thanks, Ada!</bdi>" in text
    one = text_of(viewer.get(preview, params={"preview-step": "3"}))
    assert "<bdi>Thanks, Ada!</bdi>" in one
    assert "<bdi>Hi Ada, shall we connect?</bdi>" not in one
    nobody = viewer.get(preview, params={"preview-person": "Nobody Known"})
    assert nobody.status_code == 422
    assert 'prospect "Nobody Known"' in text_of(nobody)


def test_taking_out_a_step_or_a_variant_asks_first(opened, operator, pipl):
    path = path_of(pipl)
    enroll(opened, pipl, 2)
    fields = fields_of(operator.get(path))

    def arranged(wanted, fields):
        answer = operator.post(f"{path}/arrange", data=fields | {"arrange": wanted})
        return answer, fields_of(answer)

    assert 'value="ask-remove-3"' in operator.get(path).text
    answer, kept = arranged("ask-remove-3", fields)
    question = (
        "This removes step 3, send message, with 1 text. 2 people under way will not"
        " get it."
    )
    assert question in text_of(answer)
    assert len(kept["step"]) == 3
    answer, kept = arranged("keep", kept)
    assert question not in text_of(answer)
    assert kept["step"] == fields["step"]
    answer, kept = arranged("remove-3", kept)
    assert len(kept["step"]) == 2

    _, added = arranged("add-wait", fields)
    # A new and empty step goes without a question.
    _, kept = arranged("ask-remove-4", added)
    assert kept["step"] == fields["step"]
    _, varied = arranged("variant-3", fields)
    varied |= {"s3-B-message": "Hello"}
    answer, kept = arranged("ask-unvariant-3-B", varied)
    assert "This removes variant B of step 3, send message, with 1 text." in (
        text_of(answer)
    )
    assert kept["s3-B-message"] == ["Hello"]
    # People are at the first step, so there is nothing to ask about.
    answer, _ = arranged("ask-remove-1", fields)
    assert answer.status_code == 422
    assert "Step 1 cannot be removed" in text_of(answer)


def test_an_account_is_taken_out_of_a_campaign_after_one_question(opened, operator):
    workspace_id = make_senders(opened, "Anisha", "Dipti", "Selva")
    saved = save(opened, PLAIN.replace("[Anisha]", "[Anisha, Dipti, Selva]"), NOON)
    enroll(opened, saved, 3, name="Dipti")
    path = path_of(saved)
    names = {
        account_id_of(opened, workspace_id, name): name
        for name in ("Anisha", "Dipti", "Selva")
    }
    anisha, _, selva = (f"{one}" for one in names)

    def members():
        rows = opened.execute("select account_id from outreach.campaign_accounts")
        return {names[one] for (one,) in rows}

    fields = fields_of(operator.get(path)) | {"s3-A-message": ["A new text"]}
    unticked = fields | {"accounts": [anisha, selva]}
    for confirmation in ("", "yes", selva):
        asked = operator.post(f"{path}/save", data=unticked | {"confirm": confirmation})
        assert asked.status_code == 200
        assert (
            "This takes 1 account out of the campaign: imports give no more people to"
            " it. Dipti: 3 people under way and 3 jobs, which stay with it."
        ) in text_of(asked)
        assert members() == {"Anisha", "Dipti", "Selva"}
        assert "A new text" not in str(steps_of(opened, saved))
    kept = fields_of(asked)
    assert kept["accounts"] == [anisha, selva]
    assert kept["s3-A-message"] == ["A new text"]
    # A yes to one account is none to another, and a wrong text is told first.
    asked = operator.post(f"{path}/save", data=kept | {"accounts": [anisha]})
    assert "This takes 2 accounts out of the campaign" in text_of(asked)
    wrong = operator.post(f"{path}/save", data=unticked | {"s3-A-message": "{{typo}"})
    assert wrong.status_code == 422
    assert "out of the campaign" not in text_of(wrong)
    assert operator.post(f"{path}/save", data=kept).status_code == 303
    assert members() == {"Anisha", "Selva"}
    assert "A new text" in str(steps_of(opened, saved))
    # With none ticked it has all, so nobody is taken out.
    fields = fields_of(operator.get(path)) | {"accounts": []}
    assert operator.post(f"{path}/save", data=fields).status_code == 303
    assert members() == {"Anisha", "Dipti", "Selva"}


def test_the_banner_counts_the_people_of_this_campaign(opened, operator, pipl):
    assert operator.get(f"{path_of(pipl)}/banner").text.strip() == ""
    park(opened, pipl.workspace_id, enroll(opened, pipl, 1, step=2, run_at=None))
    text = text_of(operator.get(f"{path_of(pipl)}/banner"))
    assert "1 prospect waiting for this template to be fixed" in text
    assert 'href="#step-3"' in text


def test_a_save_says_over_how_long_its_people_go_on(opened, operator, pipl):
    park(opened, pipl.workspace_id, enroll(opened, pipl, 1, step=2, run_at=None))
    opened.execute(
        "create or replace function outreach.longest_send_jitter() returns interval"
        " language sql immutable return interval '45 minutes'"
    )
    fields = fields_of(operator.get(path_of(pipl)))
    saved = operator.post(f"{path_of(pipl)}/save", data=fields)
    assert "1 prospect goes on within 45 minutes of the next" in text_of(
        operator.get(saved.headers["location"])
    )


def test_hostile_names_and_templates_are_shown_as_text(opened, operator):
    make_senders(opened, HOSTILE)
    fields = fields_of(operator.get("/campaigns/new"))
    markup = "</textarea><script>alert(1)</script>"
    fields |= {"name": HOSTILE, "s3-A-message": markup}
    path = operator.post("/campaigns/new/save", data=fields).headers["location"]
    for page in ("/campaigns", path):
        text = operator.get(page).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text
        assert "\u202e" not in text


def test_a_viewer_reads_campaigns_and_changes_none(viewer, pipl):
    for path in ("/campaigns", path_of(pipl), f"{path_of(pipl)}/preview"):
        text = viewer.get(path).text
        assert text.count('method="post"') == 1
    for act in ("save", "validate", "preview", "arrange", "pause", "card-pause"):
        assert viewer.post(f"{path_of(pipl)}/{act}", data={}).status_code == 403


@pytest.mark.parametrize("path", ["/campaigns/1/9", "/campaigns/x/1", "/campaigns/1/0"])
def test_what_is_no_campaign_is_not_found(operator, path):
    assert operator.get(path).status_code == 404
    assert operator.get(f"{path}/banner").status_code == 404
    assert operator.post(f"{path}/save", data={}).status_code == 404


@pytest.mark.parametrize(
    ("act", "sent"),
    [
        ("validate", {"validate": "9"}),
        ("validate", {"validate": "²"}),
        ("arrange", {"arrange": "remove-99"}),
        ("arrange", {"arrange": "add-fly"}),
        ("arrange", {"arrange": "x" * 10_000}),
        ("save", {"step": ["1"] * 200, "s1-action": "send_message"}),
        ("save", {"step": "1", "s1-action": "fly", "s1-variant": ["A"] * 40}),
        (
            "save",
            {"step": "1", "s1-action": "send_message", "s1-variant": ["a b", "B"]},
        ),
        ("preview", {"preview-person": "x" * 9_000}),
    ],
)
def test_a_request_that_no_form_sends_ends_in_words(opened, operator, pipl, act, sent):
    before = steps_of(opened, pipl)
    answer = operator.post(f"{path_of(pipl)}/{act}", data=sent)
    assert answer.status_code in (200, 400, 422)
    assert "<h1>" in answer.text
    assert steps_of(opened, pipl) == before


def test_without_a_ticked_account_a_campaign_has_all_of_its_workspace(
    opened, operator, pipl
):
    fields = fields_of(operator.get(path_of(pipl))) | {"accounts": []}
    answer = operator.post(f"{path_of(pipl)}/save", data=fields)
    assert answer.status_code == 303, text_of(answer)
    assert opened.execute(
        "select count(*) from outreach.campaign_accounts"
    ).fetchone() == (1,)


def test_texts_are_judged_while_a_setting_of_their_step_is_wrong(operator, pipl):
    fields = fields_of(operator.get(path_of(pipl)))
    fields |= {"s3-delay": ["2 dayz"], "s3-A-message": ["Thanks, {{company}!"]}
    for act in ("save", "validate"):
        text = text_of(
            operator.post(f"{path_of(pipl)}/{act}", data={**fields, "validate": 3})
        )
        assert "Write a number and minutes, hours" in text
        assert "Step 3 has a template syntax error" in text


def test_validate_names_the_people_for_whom_a_text_is_too_long(opened, operator, pipl):
    (account_id,) = opened.execute(
        "select account_id from outreach.linkedin_accounts"
    ).fetchone()
    (step_id,) = opened.execute(
        "select step_id from outreach.campaign_steps where position = 0"
    ).fetchone()
    make_enrollments(opened, pipl.workspace_id, account_id, pipl.campaign_id, step_id)
    opened.execute("update outreach.prospects set first_name = repeat('x', 200)")
    fields = fields_of(operator.get(path_of(pipl)))
    path = path_of(pipl)
    judged = operator.post(f"{path}/validate", data={**fields, "validate": 1})
    assert "it is longer than the 200 characters allowed" in text_of(judged)
    saved = operator.post(f"{path}/save", data=fields)
    assert saved.status_code == 303
    assert "it is longer than the 200 characters allowed" in text_of(operator.get(path))
