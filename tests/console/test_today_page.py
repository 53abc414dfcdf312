"""Today: what waits for a person, alerts that are acknowledged, and sends decided."""

import datetime as dt
import html
import re

import pytest
from psycopg.types.json import Jsonb

from tests.support.campaign_files import (
    NOTE,
    PLAIN,
    account_id_of,
    make_senders,
    save,
)
from tests.support.command_line import invoke
from tests.support.ledger_rows import loading
from tests.support.rows import flip, make_account, make_campaign, make_enrollments
from tests.support.sender_campaigns import INVITE
from trueup.console.pages import today

ALL_WEEK = tuple((day, "00:00", "24:00") for day in range(1, 8))
HOSTILE = "<script>alert(1)</script>\"' \u202egnp.exe " + "x" * 10_000


def text_of(answer):
    return html.unescape(answer.text)


def words_of(answer):
    """The text of a page without its elements."""
    return " ".join(re.sub(r"<[^>]+>", " ", text_of(answer)).split())


def test_without_an_account_none_can_send(operator):
    text = words_of(operator.get("/today"))
    assert "There is no account yet." in text
    assert "Every account can send." not in text


def test_a_calm_day_says_that_nothing_waits(operator, anisha):
    text = words_of(operator.get("/today"))
    assert "Nothing waits for a person." in text
    assert "Every account can send." in text
    assert operator.get("/").headers["location"] == "/today"


def test_each_campaign_with_parked_people_has_its_banner_as_a_link(
    opened, operator, anisha
):
    campaign_id, step_ids = make_campaign(opened, anisha[0])
    ids = make_enrollments(opened, *anisha, campaign_id, step_ids[0], count=28)
    with loading(opened):
        opened.execute(
            "update outreach.campaign_prospects set"
            " linkedin_status = 'pending_template_fix', template_error = %s"
            " where workspace_id = %s and enrollment_id = any(%s)",
            [Jsonb({"message": "expected '}}'"}), anisha[0], ids],
        )
    text = text_of(operator.get("/today"))
    banner = "28 prospects waiting for this template to be fixed"
    assert f'href="/campaigns/{anisha[0]}/{campaign_id}">{banner}</a>' in text
    assert "expected '}}'" in text


def test_accounts_that_cannot_send_are_listed_with_since_when(opened, operator, anisha):
    dipti = (anisha[0], make_account(opened, anisha[0], "Dipti"))
    flip(opened, *dipti, "restricted")
    opened.execute(
        "select outreach.set_pause(%s, 'account', %s, true, 'mira', 'on holiday')",
        anisha,
    )
    text = words_of(operator.get("/today"))
    now = dt.datetime.now(dt.UTC)
    assert f"Restricted since {now.day} {now:%b %Y}" in text
    assert f"Paused since {now.day} {now:%b %Y}" in text
    assert "mira : on holiday" in text


def open_alert(opened, workspace_id, number, details=None):
    return opened.execute(
        "select outreach.open_admin_alert(%s, 'a_test', %s, %s, %s)",
        [workspace_id, f"{number}", f"Alert {number}", Jsonb(details or {})],
    ).fetchone()[0]


def test_an_alert_says_what_to_do_and_is_acknowledged_once(opened, operator, anisha):
    alert_id = open_alert(opened, 0, 1, {"what_to_do": "Look at the run."})
    assert "Look at the run." in text_of(operator.get("/today"))
    form = {"workspace": "0", "alert": f"{alert_id}", "from": "today"}
    first = operator.post("/today/acknowledge", data=form)
    assert first.headers["location"] == "/today"
    text = words_of(operator.get("/today"))
    assert "Others see now that you know of the alert." in text
    assert "Ines Moreau knows since" in text
    operator.post("/today/acknowledge", data=form)
    assert "acknowledged this alert before you" in text_of(operator.get("/today"))


@pytest.mark.parametrize("alert", ["", "x", "9" * 18, "9" * 30])
def test_an_alert_that_does_not_exist_is_refused_with_a_sentence(operator, alert):
    form = {"workspace": "0", "alert": alert}
    answer = operator.post("/today/acknowledge", data=form)
    assert answer.status_code == 422
    assert "Not done." in answer.text


def test_all_open_alerts_are_listed_page_by_page_new_ones_first(
    opened, operator, anisha
):
    ids = [open_alert(opened, anisha[0], number) for number in range(60)]
    opened.execute(
        "select outreach.acknowledge_admin_alert(%s, %s, 'mira')", [anisha[0], ids[-1]]
    )
    first = operator.get("/today/alerts").text
    following = html.unescape(re.search(r'href="([^"]+)">Next page<', first)[1])
    second = operator.get(following).text
    shown = [re.findall(r"Alert (\d+)<", page) for page in (first, second)]
    assert [len(numbers) for numbers in shown] == [50, 10]
    assert shown[0][0] == "58"
    assert shown[1][-1] == "59"
    assert len({*shown[0], *shown[1]}) == 60


@pytest.fixture
def unanswered(workspace):
    """The path of a call that nobody answered, and the sandbox has it not."""
    workspace.enroll(workspace.campaign(INVITE))
    workspace.sandbox.script_fault("send_invite", drop="before")
    workspace.drain()
    attempt_id = workspace.one("select attempt_id from outreach.send_attempts")
    return f"/today/sends/{workspace.workspace_id}/{attempt_id}"


def test_a_call_that_nobody_answered_is_shown_with_what_is_known(operator, unanswered):
    assert unanswered in operator.get("/today/sends").text
    assert unanswered not in operator.get("/today").text
    text = words_of(operator.get(unanswered))
    assert "Invite to Ada" in text
    assert "0 complete reads" in text
    assert "Server disconnected without sending a response" in text


@pytest.mark.parametrize(
    ("act", "status"), [("sent", "completed"), ("unsent", "queued")]
)
def test_a_persons_word_decides_a_call_once(
    operator, workspace, unanswered, act, status
):
    form = {"reason": "seen on LinkedIn"}
    first = operator.post(f"{unanswered}/{act}", data=form)
    assert first.headers["location"] == "/today", text_of(first)
    assert workspace.one(
        "select status from outreach.campaign_send_jobs order by job_id limit 1"
    ) == (status)
    assert (
        workspace.one(
            "select count(*) from outreach.heal_reports where actor = 'Ines Moreau'"
        )
        == 1
    )
    second = operator.post(f"{unanswered}/{act}", data=form)
    assert second.status_code == 404
    assert "It may have been decided" in second.text


def test_a_decision_without_a_reason_is_asked_for_one(operator, workspace, unanswered):
    answer = operator.post(f"{unanswered}/unsent", data={"reason": ""})
    assert answer.status_code == 422
    assert "Say how you know" in answer.text
    assert workspace.one("select status from outreach.campaign_send_jobs") == "unknown"


def forecast(opened, anisha, count=9):
    opened.execute(
        "insert into analytics.send_forecast (workspace_id, enrollment_id, campaign_id,"
        " campaign_name, prospect_name, public_identifier, account_id, account_name,"
        " action, outlook, expected_at, account_timezone, forecast_at)"
        " select %s, number, 1, 'PIPL', 'Person ' || number, 'p', %s, 'Anisha',"
        " case when number > 5 then 'send_message' else 'send_invite' end, 'expected',"
        " clock_timestamp() + number * interval '100 minutes', 'Asia/Kolkata',"
        " clock_timestamp() - interval '5 hours'"
        " from generate_series(1, %s) as numbers (number)",
        [*anisha, count],
    )
    # Rows that a build keeps are older than the build.
    opened.execute(
        "do $$ begin execute format('comment on table analytics.send_forecast is %L',"
        " 'As of: ' || to_char((clock_timestamp() - interval '12 minutes')"
        " at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US \"UTC\"') || '.'); end $$"
    )


def test_the_next_hours_of_many_jobs_are_shown_as_the_mart_expects_them(
    opened, operator, anisha, monkeypatch
):
    monkeypatch.setattr(today, "MOST_FORESEEN", -1)
    forecast(opened, anisha)
    text = words_of(operator.get("/today"))
    assert "Invites 5 Messages 2 Other 0" in text
    assert "Message: Person 7" in text
    assert "Person 8" not in text
    assert "more until" not in text
    with monkeypatch.context() as patched:
        patched.setattr(today, "NEXT_SENDS", 5)
        assert "And 2 more until" in words_of(operator.get("/today"))
    assert "as foreseen 12 min ago" in text
    assert "UTC Invite: Person 1" in text
    opened.execute("truncate analytics.send_forecast")
    assert "Not forecast yet." in words_of(operator.get("/today"))


def test_the_next_hours_of_few_jobs_are_foreseen_for_the_page(opened, operator, anisha):
    campaign_id, step_ids = make_campaign(opened, anisha[0])
    now = opened.execute("select clock_timestamp()").fetchone()[0]
    ids = make_enrollments(
        opened, *anisha, campaign_id, step_ids[0], count=3,
        run_at=now + dt.timedelta(minutes=30),
    )  # fmt: skip
    forecast(opened, anisha)
    text = words_of(operator.get("/today"))
    assert "Invites 3 Messages 0 Other 0" in text
    assert "as foreseen now" in text
    assert "Person 7" not in text
    assert len(ids) == 3
    opened.execute(
        "select outreach.set_pause(%s, 'account', %s, true, 'mira', 'away')", anisha
    )
    text = words_of(operator.get("/today"))
    assert "Nothing is expected to go out until" in text


def test_a_send_whose_text_cannot_be_written_is_foreseen_as_parked(
    opened, operator, database, monkeypatch
):
    workspace_id = make_senders(opened, windows=ALL_WEEK)
    now = dt.datetime.now(dt.UTC)
    campaign = save(opened, PLAIN, now, **{NOTE: "On {{custom.subject_line}}"})
    step_id = opened.execute(
        "select step_id from outreach.campaign_steps where position = 0"
    ).fetchone()[0]
    one, _ = make_enrollments(
        opened, workspace_id, account_id_of(opened, workspace_id),
        campaign.campaign_id, step_id, count=2, run_at=now,
    )  # fmt: skip
    opened.execute(
        'update outreach.prospects set custom = \'{"subject_line": "Engines"}\''
        " from outreach.campaign_prospects as enrollments"
        " where prospects.prospect_id = enrollments.prospect_id and enrollment_id = %s",
        [one],
    )
    text = words_of(operator.get("/today"))
    assert "Invites 2 Messages 0" in text
    assert text.count("will be parked:") == 1
    assert "custom.subject_line" in text.partition("will be parked:")[2]
    monkeypatch.setenv("PGDATABASE", database.name)
    said = invoke("send", "forecast").output
    assert said.count("1 will be parked") == 1
    assert "custom.subject_line" in said.partition(" will be parked: ")[2]


def test_pages_are_shown_before_the_marts_are_built(opened, operator, anisha):
    campaign_id, step_ids = make_campaign(opened, anisha[0])
    make_enrollments(opened, *anisha, campaign_id, step_ids[0], count=3)
    opened.execute("drop schema analytics, analytics_intermediate cascade")
    for path, words in (
        ("/today", "Invites 3"),
        ("/accounts", "Anisha"),
        ("/accounts/{}/{}".format(*anisha), "Connected since"),
        ("/accounts/{}/{}".format(*anisha), "Last connected now"),
        ("/campaigns", "not counted yet"),
        ("/people", "3 rows"),
        ("/replies", "Nobody accepted or wrote yet."),
    ):
        answer = operator.get(path)
        assert (answer.status_code, words in words_of(answer)) == (200, True), path
    waits = operator.get(f"/people?campaign={anisha[0]}/{campaign_id}&state=sent")
    assert (waits.status_code, waits.headers["refresh"]) == (503, "10")


def test_an_alert_of_an_account_leads_to_its_page_and_names_no_command(
    opened, operator, anisha
):
    opened.execute(
        "select outreach.open_admin_alert(%s, 'account_disconnected', %s,"
        " 'Anisha is disconnected. poll: the provider says CREDENTIALS.', %s)",
        [
            anisha[0],
            f"Anisha (account {anisha[1]})",
            Jsonb({"what_to_do": "What to do: run `scripts/trueup x` (LL#280)."}),
        ],
    )
    answer = operator.get("/today")
    assert 'href="/accounts/{}/{}">Open the account'.format(*anisha) in answer.text
    text = words_of(answer)
    assert "Then reconnect it on its page." in text
    assert "Poll: the provider asks for a new login (CREDENTIALS)." in text
    assert "scripts/trueup" not in text
    assert "LL#280" not in text


def test_unread_replies_are_on_today_and_counted_for_the_navigation(
    operator, conversations
):
    assert operator.get("/replies/unread-count").text == ""
    conversations.write("ada", "Does Thursday suit you?")
    text = words_of(operator.get("/today"))
    assert "Unread replies" in text
    assert "Does Thursday suit you?" in text
    assert operator.get("/replies/unread-count").text == "1"


def test_hostile_names_on_today_are_shown_as_text(opened, operator, anisha):
    account_id = make_account(opened, anisha[0], HOSTILE)
    flip(opened, anisha[0], account_id, "disconnected")
    opened.execute(
        "select outreach.open_admin_alert(%s, 'a_test', 'x', %s, %s)",
        [anisha[0], HOSTILE, Jsonb({"what_to_do": HOSTILE.replace("\x00", "")})],
    )
    for path in ("/today", "/today/alerts"):
        text = operator.get(path).text
        assert "<script>alert" not in text
        assert "\u202e" not in text
        assert "\\u202egnp.exe" in text


def test_a_viewer_sees_today_and_changes_nothing(viewer, opened, workspace, unanswered):
    open_alert(opened, workspace.workspace_id, 1)
    for path in ("/today", "/today/alerts", "/today/sends", unanswered):
        assert viewer.get(path).text.count('method="post"') == 1
    for path in ("/today/acknowledge", f"{unanswered}/sent"):
        assert viewer.post(path, data={"reason": "x"}).status_code == 403
