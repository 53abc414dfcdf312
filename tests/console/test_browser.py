"""What people do on the console in a real browser, and what axe-core says of it."""

import datetime as dt

import pytest

from tests.console.conftest import (
    EACH_LOOK,
    accessibility_faults,
    assert_sound,
    signed_in,
)
from tests.support.console_apps import OPERATOR_TOKEN, VIEWER_TOKEN
from tests.support.ledger_rows import loading
from tests.support.rows import flip, make_account, make_campaign, make_enrollments

NOW = dt.datetime.now(dt.UTC)
HAS_FOCUS = "it => it === document.activeElement"


def path_of(account):
    return "/accounts/{}/{}".format(*account)


def test_the_token_of_the_address_signs_in_and_is_left_nowhere(new_page, console):
    page = new_page()
    page.goto(f"{console.url}/sign-in?next=/accounts/new#token={OPERATOR_TOKEN}")
    assert OPERATOR_TOKEN not in page.url
    assert page.get_by_label("Your name").evaluate(
        "it => it === document.activeElement"
    )
    page.keyboard.type("Ines Moreau")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Connect an account", level=1).wait_for()
    assert page.url == f"{console.url}/accounts/new"
    assert OPERATOR_TOKEN not in page.content()
    page.go_back()
    assert OPERATOR_TOKEN not in page.url
    page.goto(console.url)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    page.goto(f"{console.url}/accounts")
    assert page.url.startswith(f"{console.url}/sign-in")


def test_an_account_is_paused_by_keyboard_alone_after_one_question(
    page, console, opened, anisha
):
    campaign_id, step_ids = make_campaign(opened, anisha[0])
    make_enrollments(opened, *anisha, campaign_id, step_ids[0], count=3)
    page.goto(console.url + path_of(anisha))
    page.get_by_text("Pause", exact=True).focus()
    page.keyboard.press("Enter")
    assert page.get_by_text("This stops 3 people and 3 jobs").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("on holiday")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("The account is paused.").wait_for()
    assert page.get_by_role("heading", name="Paused by Ines Moreau").is_visible()


def test_a_refused_change_opens_its_form_at_the_wrong_field(page, console, anisha):
    page.goto(console.url + path_of(anisha))
    page.get_by_text("Limits", exact=True).click()
    limit = page.get_by_role("group", name="Send invite per day")
    field = limit.get_by_label("Limit")
    field.fill("many")
    page.get_by_role("button", name="Save the limits").click()
    page.get_by_role("alert").wait_for()
    assert field.input_value() == "many"
    assert field.get_attribute("aria-invalid") == "true"
    assert field.evaluate(HAS_FOCUS)
    assert page.title().startswith("Not done")
    assert accessibility_faults(page) == []
    field.fill("")
    page.get_by_role("button", name="Save the limits").click()
    page.get_by_text("This takes away 1 limit.").wait_for()
    assert field.input_value() == ""
    assert page.title().startswith("To confirm")
    assert page.get_by_role("alert").evaluate(HAS_FOCUS)
    assert accessibility_faults(page) == []


@pytest.fixture
def marks_accounts(opened, anisha):
    """Three accounts, one for each source of the last activity (LL#281)."""
    sent = anisha
    told = (anisha[0], make_account(opened, anisha[0], "Told"))
    checked = (anisha[0], make_account(opened, anisha[0], "Checked"))
    at = NOW - dt.timedelta(minutes=9)
    campaign_id, step_ids = make_campaign(opened, sent[0])
    (enrollment_id,) = make_enrollments(opened, *sent, campaign_id, step_ids[0])
    with loading(opened):
        opened.execute(
            "update outreach.campaign_send_jobs set status = 'completed',"
            " run_at = null, completed_at = %s"
            " where workspace_id = %s and enrollment_id = %s",
            [at, sent[0], enrollment_id],
        )
        opened.execute(
            "insert into outreach.linkedin_events (workspace_id, account_id,"
            " dedupe_key, event_type, occurred_at, received_at, received_via,"
            " payload)"
            " values (%s, %s, 'one', 'message_received', %s, %s, 'webhook', '{}')",
            [*told, at, at],
        )
    opened.execute("update outreach.linkedin_accounts set last_sync_at = %s", [at])
    return at, sent, told, checked


def test_the_last_activity_names_its_source_in_the_text_and_the_tooltip(
    page, console, marks_accounts
):
    at, sent, told, checked = marks_accounts
    day_and_time = f"{at:%Y-%m-%d %H:%M} UTC"
    for account, text, tooltip in (
        (sent, "Last completed send", f"Last completed send at {at:%H:%M} UTC"),
        (
            told,
            "Last LinkedIn event",
            f"Last LinkedIn event at {day_and_time}",
        ),
        (checked, "Last health check", f"Last health check at {day_and_time}"),
    ):
        page.goto(console.url + path_of(account))
        pill = page.locator("[aria-describedby=activity]")
        tip = page.get_by_role("tooltip")
        assert text in pill.inner_text()
        assert not tip.is_visible()
        pill.focus()
        assert tip.inner_text() == tooltip
        assert tip.is_visible()
        page.keyboard.press("Escape")
        assert not tip.is_visible()
        pill.hover()


def test_no_page_has_a_fault_of_accessibility_or_scrolls_sideways(
    new_page, console, opened, anisha
):
    dipti = (anisha[0], make_account(opened, anisha[0], "Dipti " + "long" * 40))
    flip(opened, *dipti, "disconnected")
    page = new_page()
    page.goto(f"{console.url}/sign-in")
    assert_sound(page, "sign-in", EACH_LOOK)
    signed_in(page, console)
    for path in (
        "/accounts",
        path_of(anisha),
        path_of(dipti),
        "/accounts/new",
        "/nowhere",
    ):
        page.goto(console.url + path)
        assert_sound(page, path, EACH_LOOK)
    page.goto(console.url + path_of(anisha))
    page.get_by_text("Sending windows", exact=True).click()
    page.get_by_label("Days and hours").fill("mon-fri 09:00-12:00")
    page.get_by_role("button", name="Save the windows").click()
    page.get_by_text("This closes 153 hours of each week").wait_for()
    assert_sound(page, "a question about windows", EACH_LOOK)


def test_a_viewer_finds_no_button_but_the_sign_out(new_page, console, anisha):
    page = signed_in(new_page(), console, VIEWER_TOKEN, "Vera Lind")
    for path in ("/accounts", path_of(anisha), "/accounts/new"):
        page.goto(console.url + path)
        buttons = page.get_by_role("button").all_inner_texts()
        assert buttons == ["Sign out"]
        assert page.locator("summary").count() == 0


def test_the_pages_work_without_scripts(new_page, console, opened, anisha):
    page = new_page(java_script_enabled=False)
    page.goto(f"{console.url}/sign-in")
    page.get_by_label("Your name").fill("Ines Moreau")
    page.get_by_label("Token").fill(OPERATOR_TOKEN)
    page.get_by_role("button", name="Sign in").click()
    page.goto(console.url + path_of(anisha))
    page.get_by_text("Sending windows", exact=True).click()
    page.get_by_label("Days and hours").fill("mon-fri 09:00-12:00")
    page.get_by_role("button", name="Save the windows").click()
    assert page.get_by_text("This closes 153 hours of each week").is_visible()
    page.get_by_role("button", name="Save the windows").click()
    assert page.get_by_role("status").inner_text().endswith("mon-fri 09:00-12:00.")
