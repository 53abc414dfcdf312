"""Today: what waits for a person, alerts that are acknowledged, and sends decided."""

import datetime as dt
import html
import re

import pytest
from psycopg.types.json import Jsonb

from tests.support.ledger_rows import loading
from tests.support.rows import flip, make_account, make_campaign, make_enrollments
from tests.support.sender_campaigns import INVITE

HOSTILE = "<script>alert(1)</script>\"' \u202egnp.exe " + "x" * 10_000


def text_of(answer):
    return html.unescape(answer.text)


def words_of(answer):
    """The text of a page without its elements."""
    return " ".join(re.sub(r"<[^>]+>", " ", text_of(answer)).split())


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
    today = dt.datetime.now(dt.UTC)
    assert f"Restricted since {today.day} {today:%b %Y}" in text
    assert f"Paused since {today.day} {today:%b %Y}" in text
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


def test_the_next_hours_are_shown_as_the_forecast_expects_them(
    opened, operator, anisha
):
    opened.execute(
        "insert into analytics.send_forecast (workspace_id, enrollment_id, campaign_id,"
        " campaign_name, prospect_name, public_identifier, account_id, account_name,"
        " action, outlook, expected_at, account_timezone, forecast_at)"
        " select %s, number, 1, 'PIPL', 'Person ' || number, 'p', %s, 'Anisha',"
        " case when number > 5 then 'send_message' else 'send_invite' end, 'expected',"
        " clock_timestamp() + number * interval '100 minutes', 'Asia/Kolkata',"
        " clock_timestamp() - interval '12 minutes'"
        " from generate_series(1, 9) as numbers (number)",
        anisha,
    )
    text = words_of(operator.get("/today"))
    assert "Invites 5 Messages 2 Other 0" in text
    assert "Message: Person 7" in text
    assert "Person 8" not in text
    assert "as foreseen 12 min ago" in text
    assert "IST Invite: Person 1" in text


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
