"""What people do on the pages of people in a real browser, and what axe-core says."""

import datetime as dt

import pytest
from psycopg.types.json import Jsonb

from tests.console.conftest import accessibility_faults, assert_sound, signed_in
from tests.support.campaign_files import PLAIN, make_senders, save
from tests.support.ledger_rows import loading
from tests.support.rows import make_enrollments, send_one

NOW = dt.datetime.now(dt.UTC)
HOSTILE = "<img src=x onerror=alert(1)>\u202egnp.exe " + "wide" * 2_400
CSV = b"""\
First Name,Last Name,LinkedIn URL,Company,Subject Line
Ada,Lovelace,https://www.linkedin.com/in/ada-lovelace/,Analytical,Engines
Alan,Turing,not an address,Bletchley,
Grace,Hopper,https://uk.linkedin.com/in/Grace-Hopper,Navy,Compilers
"""
CHOSEN = {"name": "people.csv", "mimeType": "text/csv", "buffer": CSV}


@pytest.fixture
def saved(opened):
    """(workspace_id, campaign_id) of a campaign with texts, of an account in Berlin."""
    workspace_id = make_senders(opened, timezone="Europe/Berlin", windows=ALWAYS)
    text = PLAIN.replace("steps:", "steps:\n  - action: resolve_profile")
    return workspace_id, save(opened, text, NOW).campaign_id


ALWAYS = ((None, "00:00", "24:00"),)


@pytest.fixture
def people(opened, saved):
    """The ids of three people: invited and written to, due, and of a hostile name."""
    workspace_id, campaign_id = saved
    (account_id,) = opened.execute(
        "select account_id from outreach.linkedin_accounts where workspace_id = %s",
        [workspace_id],
    ).fetchone()
    (step_id,) = opened.execute(
        "select step_id from outreach.campaign_steps"
        " where campaign_id = %s and action = 'send_invite'",
        [campaign_id],
    ).fetchone()
    make_enrollments(
        opened, workspace_id, account_id, campaign_id, step_id, count=3, run_at=NOW
    )
    send_one(opened, workspace_id, NOW, stamps=stamps_of(opened, step_id))
    rows = opened.execute(
        "select prospect_id, provider_id from outreach.prospects order by prospect_id"
    ).fetchall()
    values = [
        ("Ada", "Lovelace", "Analytical Engines", "ada@engines.example"),
        ("Grace", "Hopper", "Navy", "grace@navy.example"),
        (HOSTILE, HOSTILE, HOSTILE, HOSTILE),
    ]
    for (prospect_id, _), named in zip(rows, values, strict=True):
        opened.execute(
            "update outreach.prospects set first_name = %s, last_name = %s,"
            " company = %s, email = %s where prospect_id = %s",
            [*named, prospect_id],
        )
    opened.execute(
        "select outreach.set_prospect_fields(%s, %s, %s, %s)",
        [workspace_id, rows[2][0], Jsonb({"location": HOSTILE}), HOSTILE],
    )
    texts = [
        ("message_received", "Hello Anisha,\n\nthank you. What is it about?", rows[0]),
        ("message_sent", "A tool for engineers, of five minutes.", rows[0]),
        ("message_received", HOSTILE, rows[2]),
    ]
    with loading(opened):
        for number, (kind, text, (_, provider_id)) in enumerate(texts):
            opened.execute(
                "insert into outreach.linkedin_events (workspace_id, account_id,"
                " dedupe_key, event_type, occurred_at, received_at, received_via,"
                " provider_id, payload) values (%(workspace)s, %(account)s,"
                " %(number)s::text, %(kind)s, %(at)s, %(at)s, 'webhook', %(person)s,"
                " jsonb_build_object('message', %(text)s::text))",
                {
                    "workspace": workspace_id,
                    "account": account_id,
                    "number": number,
                    "kind": kind,
                    "at": NOW + dt.timedelta(minutes=number),
                    "person": provider_id,
                    "text": text,
                },
            )
    return [(workspace_id, prospect_id) for prospect_id, _ in rows]


def stamps_of(opened, step_id):
    rows = opened.execute(
        "select validation_stamp from outreach.campaign_step_templates"
        " where step_id = %s",
        [step_id],
    )
    return [stamp for (stamp,) in rows]


def path_of(person):
    return "/people/{}/{}".format(*person)


def test_a_file_is_checked_in_a_table_and_then_imported(page, console, opened, saved):
    page.goto(f"{console.url}/people")
    page.get_by_role("link", name="Import people").click()
    page.get_by_label("File", exact=True).set_input_files(CHOSEN)
    page.get_by_role("button", name="Check the file").click()
    refused = page.get_by_role("row", name='"not an address" is no address')
    assert refused.is_visible()
    assert accessibility_faults(page) == []
    assert opened.execute("select count(*) from outreach.prospects").fetchone() == (0,)
    page.get_by_role("button", name="Import 2 people").click()
    page.get_by_role("status").get_by_text("2 people are enrolled").wait_for()
    assert page.get_by_role("link", name="Grace Hopper").is_visible()


def test_a_person_is_set_do_not_contact_by_keyboard_after_one_question(
    page, console, people
):
    page.goto(f"{console.url}/people")
    page.get_by_label("Name, profile, company or email").fill("hopper")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Grace Hopper").click()
    page.get_by_text("Do not contact", exact=True).focus()
    page.keyboard.press("Enter")
    question = "This stops 1 person and cancels 1 job, in every campaign."
    assert page.get_by_text(question).is_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("asked by mail")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("not contacted any more").wait_for()
    assert page.get_by_role("heading", name="Do not contact").is_visible()


def test_pages_of_people_have_no_fault_of_accessibility_and_do_not_scroll_sideways(
    new_page, console, people
):
    page = signed_in(new_page(), console)
    for path in (
        "/people",
        "/people?reason=due_now",
        *(path_of(person) for person in people),
        f"{path_of(people[2])}/changes",
        "/people/import",
        "/people/do-not-contact",
        "/people/withdraw?days=1",
    ):
        page.goto(console.url + path)
        assert_sound(page, path)
        assert page.locator("main img").count() == 0
    for act in (
        refuse_an_import,
        check_an_import,
        ask_about_a_company,
        ask_about_people,
    ):
        act(page, console)
        assert_sound(page, act.__name__)


def refuse_an_import(page, console):
    page.goto(f"{console.url}/people/import")
    page.get_by_role("button", name="Check the file").click()
    page.get_by_text("Choose a file").first.wait_for()


def check_an_import(page, console):
    page.goto(f"{console.url}/people/import")
    page.get_by_label("File", exact=True).set_input_files(CHOSEN)
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Import 2 people").wait_for()


def ask_about_a_company(page, console):
    page.goto(f"{console.url}/people/do-not-contact")
    page.get_by_label("Name").fill("Navy" + "wide" * 60)
    page.get_by_label("Why").fill("asked by mail")
    page.get_by_role("button", name="See whom it stops").click()
    page.get_by_text("Nobody matches").wait_for()


def ask_about_people(page, console):
    page.goto(f"{console.url}/people")
    page.get_by_role("checkbox").first.check()
    page.get_by_label("Why").last.fill("a new text to come")
    page.get_by_role("button", name="Apply to the chosen").click()
    page.get_by_text("This stops 1 person").wait_for()
