"""What people do with campaigns in a real browser, and what axe-core says of it."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from demo.incidents import ll_277
from tests.console.conftest import accessibility_faults, assert_sound, signed_in
from tests.support.campaign_files import PLAIN, make_senders, save
from tests.support.console_apps import OPERATOR_TOKEN, VIEWER_TOKEN
from tests.support.dbt_runner import run_dbt
from tests.support.rows import NOON, make_workspace
from tests.support.saved_campaigns import enroll, park
from trueup.inbound.lists.reply_polls import poll_replies
from trueup.sender import drain

HAS_FOCUS = "it => it === document.activeElement"


def last_due(opened):
    return opened.execute(
        "select max(run_at) from outreach.campaign_send_jobs"
    ).fetchone()[0]


def send_all(opened, sandbox):
    """Sends all that is queued, at the moment when the last of it is due.

    Replies are read at that moment too, which may be hours after they were read last.
    In a thread of its own, because a browser's loop runs in this one.
    """
    due = last_due(opened)
    provider = {"provider_dsn": sandbox.dsn, "api_key": sandbox.api_key}

    def read_and_send():
        poll_replies(opened, **provider, as_of=due)
        return drain(opened, worker="test", **provider, until_seconds=60, as_of=due)

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(read_and_send).result()


@pytest.fixture
def selva(opened, sandbox):
    """The path of the campaign of LL#277, whose message has a typo: 28 are parked."""
    noon = dt.datetime.now(dt.UTC).replace(hour=12, minute=0)
    loaded = ll_277.load(opened, sandbox, noon)
    assert send_all(opened, sandbox).parked == ll_277.AFFECTED
    (campaign_id,) = opened.execute(
        "select campaign_id from outreach.campaign_steps where step_id = %s",
        [loaded.step_id],
    ).fetchone()
    return f"/campaigns/{loaded.workspace_id}/{campaign_id}"


def caret_is_under(page, place, text):
    """Whether the caret of a field's error is under the end of the text."""
    lines = page.locator(f"#{place}-wrong .caret").inner_text().split("\n")
    (number,) = [at for at, line in enumerate(lines) if line.strip() == "^"]
    column = lines[number].index("^")
    return lines[number - 1][: column + 1].endswith(text)


def test_a_typo_is_seen_mended_validated_and_saved_and_its_people_are_sent(
    page, console, database, opened, sandbox, selva
):
    page.goto(console.url + selva)
    banner = page.locator("#banner[role=status][aria-live=polite]")
    message = page.locator("#s4-A-message")
    alert = page.get_by_role("alert")
    assert "28 prospects waiting for this template to be fixed" in banner.inner_text()
    assert "Step 4 has a template syntax error" in alert.inner_text()
    assert message.get_attribute("aria-invalid") == "true"
    assert caret_is_under(page, "s4-A-message", "{{company}")
    red = page.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('--bad')"
    )
    border = message.evaluate("it => getComputedStyle(it).borderColor")
    assert [int(red[at : at + 2], 16) for at in (1, 3, 5)] == [
        int(part) for part in border[4:-1].split(",")
    ]
    assert accessibility_faults(page) == []

    message.fill(message.input_value().replace("{{company}", "{{compny}}"))
    page.get_by_role("button", name="Validate step 4").click()
    page.get_by_text("did you mean: company").wait_for()
    assert message.evaluate(HAS_FOCUS)

    mended = "company | default: 'your company'"
    message.fill(message.input_value().replace("compny", mended))
    page.get_by_role("button", name="Validate step 4").click()
    page.get_by_text("Step 4 is valid. Nothing was saved.").wait_for()
    assert message.get_attribute("aria-invalid") is None
    assert not alert.get_by_role("listitem").is_visible()
    assert page.url.endswith(selva)
    assert "28 prospects" in banner.inner_text()

    sound = message.input_value()
    message.fill(f"{sound} {{{{company}}")
    save_button(page).click()
    page.wait_for_url("**/save")
    assert page.title().startswith("Not done")
    message.fill(sound)
    page.get_by_role("button", name="Validate step 4").click()
    page.get_by_text("Step 4 is valid. Nothing was saved.").wait_for()
    assert not page.title().startswith("Not done")

    save_button(page).click()
    page.get_by_text("28 prospects go on").wait_for()
    assert banner.inner_text().strip() == ""
    due = last_due(opened)
    assert send_all(opened, sandbox).sent == 28
    assert len(sandbox.requests("start_chat")) == 28

    run_dbt(database, "run", "+campaign_step_stats", as_of=due)
    page.goto(f"{console.url}/campaigns")
    sent = page.get_by_role("link", name="28 sent, message")
    assert sent.get_attribute("href").endswith("&variant=A&state=sent")


def test_the_banner_changes_by_itself_while_the_page_is_open(page, console, opened):
    make_senders(opened)
    saved = save(opened, PLAIN, NOON)
    page.clock.install()
    page.goto(f"{console.url}/campaigns/{saved.workspace_id}/{saved.campaign_id}")
    banner = page.locator("#banner")
    assert banner.inner_text().strip() == ""
    ids = enroll(opened, saved, 3, step=2, run_at=None)
    for count, words in ((2, "2 prospects waiting"), (3, "3 prospects waiting")):
        park(opened, saved.workspace_id, ids[:count])
        page.clock.fast_forward(20_000)
        banner.get_by_text(words).wait_for()


def test_an_editor_without_scripts_validates_adds_a_step_and_saves(
    new_page, console, opened
):
    make_senders(opened)
    saved = save(opened, PLAIN, NOON)
    page = new_page(java_script_enabled=False)
    page.goto(f"{console.url}/sign-in")
    page.get_by_label("Your name").fill("Ines Moreau")
    page.get_by_label("Token").fill(OPERATOR_TOKEN)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{console.url}/campaigns/{saved.workspace_id}/{saved.campaign_id}")
    message = page.get_by_label("Message", exact=True)
    message.fill("Thanks, {{company}!")
    page.get_by_role("button", name="Validate step 3").click()
    assert "Step 3 has a template syntax error" in (
        page.get_by_role("alert").inner_text()
    )
    message.fill("Thanks, {{firstName | default: 'you'}}!")
    page.get_by_role("button", name="Validate step 3").click()
    assert page.get_by_text("Step 3 is valid. Nothing was saved.").is_visible()
    page.get_by_role("button", name="Wait", exact=True).click()
    page.get_by_label("How long").fill("2 days")
    save_button(page).click()
    assert "The campaign is saved." in page.get_by_role("status").first.inner_text()
    assert page.locator(".step").count() == 4


def test_no_page_of_campaigns_has_a_fault_of_accessibility_or_scrolls_sideways(
    new_page, console, opened
):
    make_senders(opened, "Anisha", "Dipti " + "long" * 40)
    text = PLAIN.replace(
        '    message: "Thanks',
        '    variants:\n      - message: "Hi {{firstName}}"\n      - message: "Thanks',
    ).replace("PIPL Connection", "PIPL " + "long" * 40)
    saved = save(opened, text, NOON)
    enroll(opened, saved, 3)
    # With two, a new campaign asks for its workspace first.
    make_workspace(opened)
    path = f"/campaigns/{saved.workspace_id}/{saved.campaign_id}"
    page = signed_in(new_page(), console)
    new = f"/campaigns/new?workspace={saved.workspace_id}"
    for each in ("/campaigns", "/campaigns/new", new, path):
        page.goto(console.url + each)
        assert_sound(page, each)
    page.get_by_role("button", name="Preview").click()
    page.locator("#previewed h3").first.wait_for()
    page.get_by_role("checkbox", name="Anisha").uncheck()
    page.get_by_role("checkbox", name="Dipti").check()
    save_button(page).click()
    page.get_by_text("This takes 1 account out of the campaign").wait_for()
    assert_sound(page, "a question about an account")
    page.get_by_role("button", name="Do nothing").click()
    page.get_by_text("This takes 1 account").wait_for(state="detached")
    assert not page.get_by_role("checkbox", name="Anisha").is_checked()
    page.get_by_label("Message, variant A").fill("Hi {{" + "firstName" * 40)
    page.get_by_role("button", name="Remove step 3").click()
    page.get_by_text("This removes step 3").wait_for()
    assert_sound(page, "a question about a step")
    delay = page.get_by_label("Wait before it").first
    delay.fill("soon")
    save_button(page).click()
    page.get_by_role("alert").get_by_role("listitem").first.wait_for()
    assert delay.evaluate(HAS_FOCUS)
    assert_sound(page, "a refused save")


def save_button(page):
    return page.locator("#editor").get_by_role("button", name="Save", exact=True)


def test_a_viewer_finds_no_button_in_a_campaign(new_page, console, opened):
    make_senders(opened)
    saved = save(opened, PLAIN, NOON)
    page = signed_in(new_page(), console, VIEWER_TOKEN, "Vera Lind")
    for path in ("/campaigns", f"/campaigns/{saved.workspace_id}/{saved.campaign_id}"):
        page.goto(console.url + path)
        own = ["Sign out"] if path == "/campaigns" else ["Sign out", "Preview"]
        assert page.get_by_role("button").all_inner_texts() == own
        assert accessibility_faults(page) == []
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("nobody to preview it for").wait_for()
    assert accessibility_faults(page) == []
