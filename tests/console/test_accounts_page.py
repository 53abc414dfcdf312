"""The pages of accounts: what they show, and what an operator changes there."""

import datetime as dt
import html
import re

import pytest
from psycopg.types.json import Jsonb

from tests.support.connected_accounts import Connected, flips_of, open_alerts, status_of
from tests.support.rows import (
    flip,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)
from tests.support.sandboxes import ANISHA, PINKI
from tests.support.web_apps import SECRET

HOSTILE = "<script>alert(1)</script>\"' \u202egnp.exe " + "x" * 10_000


def path_of(account):
    return "/accounts/{}/{}".format(*account)


def text_of(answer):
    return html.unescape(answer.text)


def history_of(opened, account):
    return opened.execute(
        "select is_paused, actor, reason from outreach.pause_audit"
        " where workspace_id = %s and subject_id = %s order by pause_id",
        account,
    ).fetchall()


def test_a_tile_says_status_with_its_date_window_and_what_is_spent(operator, anisha):
    text = text_of(operator.get("/accounts"))
    today = dt.datetime.now(dt.UTC)
    assert f'Connected since <time datetime="{today:%Y-%m-%d}' in text
    assert "0 of 80" in text
    assert "Open until 24:00 UTC" in text


def test_each_tile_has_its_invites_before_its_messages(opened, operator, anisha):
    limits = (("send_invite", "day", 20), ("send_message", "day", 30))
    for number in range(20):
        make_account(
            opened, anisha[0], name=f"Account {37 * number % 100}", limits=limits
        )
    spent = re.findall(
        "<span>(Invites|Messages)</span>", operator.get("/accounts").text
    )
    assert spent == ["Invites", "Messages"] * 20 + ["Invites"]


def test_a_disconnected_account_shows_since_when_and_why_nothing_is_sent(
    opened, operator, anisha
):
    flip(opened, *anisha, "disconnected")
    text = text_of(operator.get(path_of(anisha)))
    assert "Disconnected since" in text
    assert "Nothing is sent: a person must log in again" in text
    assert "Connected → disconnected" in text.replace(
        '<span aria-hidden="true">→</span><span class="visually-hidden">to</span>', "→"
    )


def test_accounts_are_shown_by_status_and_by_workspace(opened, operator, anisha):
    other = make_workspace(opened)
    pinki = make_account(opened, other, "Pinki", status="restricted")
    only_restricted = text_of(operator.get("/accounts?status=restricted"))
    only_first = text_of(operator.get(f"/accounts?workspace={anisha[0]}"))
    assert path_of((other, pinki)) in only_restricted
    assert path_of(anisha) not in only_restricted
    assert path_of(anisha) in only_first
    assert path_of((other, pinki)) not in only_first


def test_each_account_is_on_one_page_of_a_long_list(opened, operator):
    workspace_id = make_workspace(opened)
    opened.execute(
        "insert into outreach.linkedin_accounts (workspace_id, name, timezone)"
        " select %s, 'Account ' || number %% 7, 'UTC'"
        " from generate_series(1, 120) as numbers (number)",
        [workspace_id],
    )
    seen, path, pages = [], "/accounts", 0
    while path is not None:
        text = operator.get(path).text
        seen += [
            part.split('"')[0] for part in text.split(f'"/accounts/{workspace_id}/')[1:]
        ]
        following = re.search(r'href="([^"]+)">Next page<', text)
        path = following and html.unescape(following[1])
        pages += 1
        assert pages < 9
    assert pages == 3
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("after", ["x", "W10", "'", "eyJhIjogMX0", "A" * 5_000])
def test_a_cursor_of_somebody_else_shows_the_first_page(operator, anisha, after):
    answer = operator.get("/accounts", params={"after": after})
    assert answer.status_code == 200
    assert path_of(anisha) in answer.text


def test_an_operator_pauses_and_resumes_with_a_reason(opened, operator, anisha):
    paused = operator.post(f"{path_of(anisha)}/pause", data={"reason": "holiday"})
    assert paused.headers["location"] == path_of(anisha)
    text = text_of(operator.get(path_of(anisha)))
    assert "The account is paused." in text
    assert "Paused by <bdi>Ines Moreau</bdi>" in text
    assert "The account is paused." not in text_of(operator.get(path_of(anisha)))
    operator.post(f"{path_of(anisha)}/resume", data={"reason": "back"})
    assert history_of(opened, anisha) == [
        (True, "Ines Moreau", "holiday"),
        (False, "Ines Moreau", "back"),
    ]


def test_a_pause_without_a_reason_says_what_is_missing(opened, operator, anisha):
    answer = operator.post(f"{path_of(anisha)}/pause", data={"reason": "  "})
    assert answer.status_code == 422
    assert "Say why: the reason is kept with the change." in text_of(answer)
    assert history_of(opened, anisha) == []


@pytest.mark.parametrize(
    ("act", "typed", "why"),
    [
        ("windows", {"windows": "mon 9 to 5"}, "is no sending window"),
        ("timezone", {"timezone": "Europe/Berln"}, "Did you mean Europe/Berlin?"),
        ("limits", {"limit-send_invite-day": "many"}, "A limit is a whole number"),
        (
            "limits",
            {"new-action": "comment", "new-per": "outstanding", "new-limit": "7"},
            "Only invites are outstanding",
        ),
        ("preset", {"preset": "bold"}, 'there is no preset "bold"'),
    ],
)
def test_a_refused_change_keeps_what_was_typed(operator, anisha, act, typed, why):
    answer = operator.post(f"{path_of(anisha)}/{act}", data=typed)
    text = text_of(answer)
    assert answer.status_code == 422
    assert why.lower() in text.lower()
    if act == "timezone":
        assert "The field offers" not in text
        assert 'aria-invalid="true"' in answer.text
    for name, value in typed.items():
        if name in ("windows", "timezone", "limit-send_invite-day", "new-limit"):
            assert f'value="{value}"' in text


def test_an_operator_changes_windows_zone_and_limits(opened, operator, anisha):
    path = path_of(anisha)
    yes = {"windows": "mon-fri 9-17:30", "confirm": "mon-fri 09:00-17:30"}
    operator.post(f"{path}/windows", data=yes)
    operator.post(f"{path}/timezone", data={"timezone": "Europe/Berlin"})
    operator.post(
        f"{path}/limits",
        data={
            "was-limit-send_invite-day": "80",
            "limit-send_invite-day": "20",
            "new-action": "send_message",
            "new-per": "day",
            "new-limit": "30",
        },
    )
    text = text_of(operator.get(path))
    assert "0 of 20" in text
    assert "0 of 30" in text
    assert "09:00–17:30" in text
    assert "it lives in Europe/Berlin" in text
    assert opened.execute(
        "select setting, actor from outreach.linkedin_account_setting_audit"
        " where workspace_id = %s and account_id = %s order by change_id",
        anisha,
    ).fetchall() == [
        (setting, "Ines Moreau")
        for setting in ("sending_windows", "timezone", "limits")
    ]


def test_windows_that_close_hours_are_saved_after_one_question(
    opened, operator, anisha
):
    path = path_of(anisha)
    campaign_id, step_ids = make_campaign(opened, anisha[0])
    make_enrollments(opened, *anisha, campaign_id, step_ids[0], count=3)
    stored = "select outreach.sending_windows_text(%s, %s)"

    def posted(windows, **confirmation):
        answer = operator.post(
            f"{path}/windows", data={"windows": windows, **confirmation}
        )
        return answer, opened.execute(stored, anisha).fetchone()[0]

    for confirmation in ({}, {"confirm": "yes"}, {"confirm": "mon-fri 09:00-17:00"}):
        asked, now = posted("mon-fri 9-17:30", **confirmation)
        assert asked.status_code == 200
        assert (
            "This closes 125 hours 30 minutes of each week: 3 people and 3 jobs of this"
            " account wait for the hours that stay."
        ) in text_of(asked)
        assert 'value="mon-fri 9-17:30"' in asked.text
        assert now == "mon-sun 00:00-24:00"
    assert opened.execute(
        "select count(*) from outreach.linkedin_account_setting_audit"
    ).fetchone() == (0,)
    (confirm,) = re.findall(r'name="confirm" value="([^"]*)"', asked.text)
    assert posted("mon-fri 9-17:30", confirm=confirm)[1] == "mon-fri 09:00-17:30"
    # The same hours in two windows, and more of them, close nothing.
    wider = "mon-fri 09:00-12:00, 12:00-18:00"
    answer, now = posted(wider)
    assert (answer.status_code, now) == (303, wider)
    # As many hours at another time close those that were.
    assert "This closes 5 hours of each week" in text_of(posted("mon-fri 8-17")[0])


def test_an_emptied_limit_is_taken_away_after_one_question_and_a_preset_replaces_all(
    opened, operator, anisha
):
    path = path_of(anisha)
    campaign_id, step_ids = make_campaign(opened, anisha[0])
    make_enrollments(opened, *anisha, campaign_id, step_ids[0], count=3)
    form = {"was-limit-send_invite-day": "80", "limit-send_invite-day": ""}
    for confirmation in ({}, {"confirm": "yes"}, {"confirm": "send_message-day"}):
        asked = operator.post(f"{path}/limits", data=form | confirmation)
        assert asked.status_code == 200
        assert (
            "This takes away 1 limit.\nSend invite, day: 3 people and 3 jobs, stopped"
            " until there is a limit of the day again."
        ) in text_of(asked)
        assert "0 of 80" in text_of(operator.get(path))
    (confirm,) = re.findall(r'name="confirm" value="([^"]*)"', asked.text)
    operator.post(f"{path}/limits", data=form | {"confirm": confirm})
    assert "This account has no limits" in text_of(operator.get(path))
    operator.post(f"{path}/preset", data={"preset": "careful", "age": "1 year"})
    assert "limits of the preset careful" in text_of(operator.get(path))


def limits_form(limit, gap="", **others):
    """What the form sends for invites a day, of which there were 80 without a gap."""
    return {
        "was-limit-send_invite-day": "80",
        "limit-send_invite-day": f"{limit}",
        "was-gap-send_invite-day": "",
        "gap-send_invite-day": gap,
        **others,
    }


@pytest.mark.parametrize(
    ("act", "form", "question"),
    [
        (
            "limits",
            limits_form(2),
            "This tightens 1 limit.\nSend invite, day, 80 → 2: 3 people and 3 jobs, 1"
            " of the 3 due now waits longer.",
        ),
        (
            "limits",
            limits_form(80, "20 minutes"),
            "Send invite, day, 80 → 80, 20 minutes apart: 3 people and 3 jobs, 2 of the"
            " 3 due now wait longer.",
        ),
        (
            "limits",
            {"new-action": "send_invite", "new-per": "week", "new-limit": "1"},
            "Send invite, week, none → 1: 3 people and 3 jobs, 2 of the 3 due now wait"
            " longer.",
        ),
        (
            "preset",
            {"preset": "careful", "age": ""},
            "Send invite with note, week, none → 2: those of 3 people and 3 jobs that"
            " have a note wait longer.",
        ),
    ],
)
def test_a_limit_that_lets_less_through_is_saved_after_one_question(
    opened, operator, anisha, act, form, question
):
    path = path_of(anisha)
    was = operator.get(path).text
    campaign_id, step_ids = make_campaign(opened, anisha[0])
    make_enrollments(opened, *anisha, campaign_id, step_ids[0], count=3)
    stored = "select outreach.account_setting(%s, %s, 'limits')"
    before = opened.execute(stored, anisha).fetchone()
    asked = operator.post(f"{path}/{act}", data=form)
    assert (asked.status_code, "0 of 80" in was) == (200, True)
    assert question in text_of(asked)
    (confirm,) = re.findall(r'name="confirm" value="([^"]*)"', asked.text)
    stale = operator.post(f"{path}/{act}", data=form | {"confirm": f"{confirm}0"})
    assert question in text_of(stale)
    assert opened.execute(stored, anisha).fetchone() == before
    done = operator.post(f"{path}/{act}", data=form | {"confirm": confirm})
    assert done.status_code == 303
    assert opened.execute(stored, anisha).fetchone() != before


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        (
            (20, 9),
            (2, 2),
            ["day, 20 → 2: 7 of the 10", "week, 9 → 2: 7 of the 10"],
        ),
        # The day let two through; now the week lets five through.
        ((2, 9), (50, 5), ["week, 9 → 5: 0 of the 10"]),
        ((2, 9), ("", 1), ["day: stopped", "week, 9 → 1: 1 of the 10"]),
    ],
)
def test_a_question_about_several_limits_counts_what_all_of_them_held_back_before(
    opened, operator, anisha, was, becomes, told
):
    pers = ("day", "week")
    limits = [
        {"action": "send_invite", "per": per, "limit": limit}
        for per, limit in zip(pers, was, strict=True)
    ]
    opened.execute(
        "select outreach.set_account_limits(%s, %s, %s, 'mira')",
        [*anisha, Jsonb(limits)],
    )
    campaign_id, step_ids = make_campaign(opened, anisha[0])
    make_enrollments(opened, *anisha, campaign_id, step_ids[0], count=10)
    form = {}
    for per, before, after in zip(pers, was, becomes, strict=True):
        form[f"was-limit-send_invite-{per}"] = f"{before}"
        form[f"limit-send_invite-{per}"] = f"{after}"
    question = text_of(operator.post(f"{path_of(anisha)}/limits", data=form))
    shown = re.findall(
        r"Send invite, ((?:day|week)[^:\n]*): 10 people and 10 jobs, "
        r"(\w+ of the 10|stopped)",
        question,
    )
    assert [f"{name}: {effect}" for name, effect in shown] == told


def test_a_limit_that_lets_more_through_or_holds_nobody_is_saved_at_once(
    opened, operator, anisha
):
    path = path_of(anisha)
    lower = operator.post(f"{path}/limits", data=limits_form(20, "5 minutes"))
    assert lower.status_code == 303
    campaign_id, step_ids = make_campaign(opened, anisha[0])
    make_enrollments(opened, *anisha, campaign_id, step_ids[0], count=3)
    first = {"new-action": "send_message", "new-per": "day", "new-limit": "9"}
    higher = operator.post(f"{path}/limits", data=limits_form(90, "1 minute", **first))
    assert higher.status_code == 303


def test_a_time_zone_is_saved_after_one_question_about_the_times_of_jobs(
    opened, operator, anisha
):
    path = path_of(anisha)
    opened.execute(
        "select outreach.set_account_windows(%s, %s, 'mon-sun 9-10', 'mira')", anisha
    )
    at_once = operator.post(f"{path}/timezone", data={"timezone": "Europe/Berlin"})
    assert at_once.status_code == 303
    campaign_id, step_ids = make_campaign(opened, anisha[0])
    # In Tokyo it is half past nine, and half past six in the evening.
    for hour, count in ((0, 1), (9, 2)):
        due = dt.datetime(2101, 1, 3, hour, 30, tzinfo=dt.UTC)
        make_enrollments(opened, *anisha, campaign_id, step_ids[0], count, due)
    asked = operator.post(f"{path}/timezone", data={"timezone": "Asia/Tokyo"})
    assert asked.status_code == 200
    assert re.search(
        r"From \d+ \w+ \d+, 00:00 UTC on, the account's days and windows are those of "
        r"Asia/Tokyo\. The times of 3 jobs for 3 people do not change: 2 fall outside "
        r"its windows then and must wait for the next one\.",
        text_of(asked),
    )
    zone = "select next_timezone from outreach.linkedin_accounts"
    assert opened.execute(zone).fetchone() == ("Europe/Berlin",)
    yes = {"timezone": "Asia/Tokyo", "confirm": "Asia/Tokyo"}
    assert operator.post(f"{path}/timezone", data=yes).status_code == 303
    assert opened.execute(zone).fetchone() == ("Asia/Tokyo",)
    # To save it again changes nothing, so nothing is asked.
    same = operator.post(f"{path}/timezone", data={"timezone": "Asia/Tokyo"})
    assert same.status_code == 303


def test_a_changed_limit_goes_on_growing_and_the_history_has_the_values(
    opened, operator, anisha
):
    path = path_of(anisha)
    ramp = [{"action": "send_invite", "per": "day", "limit": 10, "goal": 40}]
    opened.execute(
        "select outreach.set_account_limits(%s, %s, %s, 'mira')", [*anisha, Jsonb(ramp)]
    )
    shown = operator.get(path).text
    names = r'name="((?:was-)?(?:limit|goal|growth|gap)-send_invite-day)" [^>]*?value="'
    fields = dict(re.findall(names + r'([^"]*)"', shown))
    assert fields["goal-send_invite-day"] == "40"
    assert fields["growth-send_invite-day"] == "1"
    fields |= {"limit-send_invite-day": "25", "gap-send_invite-day": "5m"}
    assert operator.post(f"{path}/limits", data=fields).status_code == 303
    text = text_of(operator.get(path))
    assert "0 of 25" in text
    assert "at least 5 min apart" in text
    assert "grows to 40" in text
    assert "Send invite, day: 10, growing by 1 a day to 40 → 25, growing by 1" in text
    wrong = {"goal-send_invite-day": "20", "was-goal-send_invite-day": "40"}
    refused = operator.post(f"{path}/limits", data={**fields, **wrong})
    assert "It grows to more than the limit" in text_of(refused)
    wrong = {"gap-send_invite-day": "soon"}
    refused = operator.post(f"{path}/limits", data={**fields, **wrong})
    assert "such as 5 minutes" in text_of(refused)


ACTS = (
    "pause",
    "resume",
    "windows",
    "timezone",
    "limits",
    "preset",
    "login",
    "reconnect",
)


@pytest.mark.parametrize("act", ACTS)
def test_a_viewers_change_is_refused_with_a_sentence(viewer, anisha, act):
    answer = viewer.post(f"{path_of(anisha)}/{act}", data={"reason": "because"})
    assert answer.status_code == 403
    assert "signed in as a viewer" in answer.text


def test_a_viewer_sees_everything_and_no_act(viewer, anisha):
    for path in ("/accounts", path_of(anisha), "/accounts/new"):
        text = viewer.get(path).text
        assert text.count('method="post"') == text.count('action="/sign-out"') == 1
        assert "0 of 80" in text or path == "/accounts/new"


@pytest.mark.parametrize(
    "path", ["/accounts/1/x", "/accounts/0/1", f"/accounts/1/{2**64}"]
)
def test_what_is_no_account_is_not_found(operator, path):
    answer = operator.get(path)
    assert answer.status_code == 404
    assert "There is no" in answer.text


def test_an_account_of_another_workspace_is_not_found(opened, operator, anisha):
    other = make_workspace(opened)
    assert operator.get(path_of((other, anisha[1]))).status_code == 404


def test_hostile_names_and_reasons_are_shown_as_text(opened, operator):
    workspace_id = make_workspace(opened)
    account = (workspace_id, make_account(opened, workspace_id, HOSTILE))
    operator.post(f"{path_of(account)}/pause", data={"reason": HOSTILE})
    for path in ("/accounts", path_of(account)):
        text = operator.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text
        assert "\\u202egnp.exe" in text
        assert "\u202e" not in text


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.mark.parametrize(
    ("act", "sent", "status"),
    [
        ("pause", {"content": b"--x\r\ngarbage", "headers": MULTIPART}, 422),
        ("pause", {"files": {"reason": ("reason.txt", b"because")}}, 400),
        ("pause", {"json": {"reason": "because"}}, 422),
        ("pause", {"content": b"reason=" + b"x" * 2**20, "headers": FORM}, 413),
        ("pause", {"content": iter([b"reason=x"]), "headers": FORM}, 413),
        ("pause", {"files": [(f"f{n}", (None, "x")) for n in range(1_100)]}, 400),
        ("timezone", {"content": b"timezone=%ed%a0%80", "headers": FORM}, 422),
        ("limits", {"data": {"limit-send_invite-day": "9" * 11}}, 422),
        ("limits", {"data": {"limit-fly-day": "1"}}, 422),
        ("limits", {"data": {"new-action": "x'; --", "new-limit": "1"}}, 422),
        ("preset", {"data": {"preset": "careful", "age": "-1 year"}}, 303),
    ],
)
def test_a_request_that_no_form_sends_changes_no_pause_and_ends_in_words(
    opened, operator, anisha, act, sent, status
):
    answer = operator.post(f"{path_of(anisha)}/{act}", **sent)
    assert answer.status_code == status
    assert history_of(opened, anisha) == []


def test_an_operator_makes_a_workspace_and_connects_an_account(
    opened, operator, sandbox, monkeypatch
):
    monkeypatch.setenv("UNIPILE_DSN", sandbox.dsn)
    monkeypatch.setenv("UNIPILE_API_KEY", sandbox.api_key)
    monkeypatch.setenv("TRUEUP_WEBHOOK_URL", "http://127.0.0.1:9/webhooks/unipile")
    monkeypatch.setenv("TRUEUP_WEBHOOK_SECRET", SECRET)
    made = operator.post(
        "/accounts/new/workspace", data={"name": "Client One", "zone": "Europe/Berlin"}
    )
    assert made.status_code == 303
    again = operator.post(
        "/accounts/new/workspace", data={"name": "client one", "zone": "Europe/Berlin"}
    )
    assert 'there is a workspace "client one" already' in text_of(again).lower()
    ((workspace_id, created_by),) = opened.execute(
        "select workspace_id, created_by from outreach.workspaces"
        " where name = 'Client One'"
    ).fetchall()
    assert created_by == "Ines Moreau"
    link = operator.post(
        "/accounts/new/connect",
        data={
            "workspace": str(workspace_id),
            "timezone": "",
            "age": "1 year",
            "preset": "recommended",
        },
    )
    assert link.status_code == 200
    assert f'href="{sandbox.dsn}' in link.text
    assert opened.execute(
        "select requested_by from outreach.hosted_auth_links"
    ).fetchall() == [("Ines Moreau",)]


def test_an_account_whose_login_nobody_told_is_taken_in_by_a_person(
    opened, operator, sandbox, monkeypatch
):
    monkeypatch.setenv("UNIPILE_DSN", sandbox.dsn)
    monkeypatch.setenv("UNIPILE_API_KEY", sandbox.api_key)
    monkeypatch.delenv("TRUEUP_WEBHOOK_URL", raising=False)
    workspace_id = make_workspace(opened, sandbox.dsn)
    form = {"workspace": str(workspace_id), "account": ""}
    none_yet = operator.post("/accounts/new/logged-in", data=form)
    assert "Let its owner log in on a login page first" in text_of(none_yet)
    link = operator.post(
        "/accounts/new/connect", data={**form, "preset": "recommended", "age": ""}
    )
    assert "The login is done" in link.text
    address = re.search(r'<code class="address"[^>]*>([^<]+)</code>', link.text)[1]
    assert f'href="{address}"' in link.text
    waiting = operator.get("/accounts")
    assert "A login page is open" in waiting.text
    assert waiting.headers["refresh"] == "10"
    assert 'action="/accounts/new/logged-in"' in link.text
    assert f'name="workspace" value="{workspace_id}"' in link.text
    sandbox.register_accounts([ANISHA, PINKI])
    several = operator.post("/accounts/new/logged-in", data=form)
    assert "Several accounts are in no workspace" in text_of(several)
    operator.post(
        "/accounts/new/connect",
        data={**form, "preset": "recommended", "age": "1 year"},
    )
    pinki = {**form, "account": "Pinki Das"}
    unsure = text_of(operator.post("/accounts/new/logged-in", data=pinki))
    assert "2 open login pages have different settings" in unsure
    page = re.findall(
        r'value="(\d+)">[^<]*an account of 1 year, lives in', html.unescape(unsure)
    )[0]
    taken = operator.post("/accounts/new/logged-in", data={**pinki, "page": page})
    text = text_of(operator.get(taken.headers["location"]))
    assert "Pinki Das is in the workspace now: an account of 1 year" in text
    assert "postgres" not in text
    assert "Connected since" in text
    assert "per day" in text
    again = text_of(operator.post("/accounts/new/logged-in", data=pinki))
    assert "Pinki Das is here already." in again
    assert "under way" not in operator.get("/accounts").text
    opened.execute(
        "update outreach.hosted_auth_links set notified_at = now(),"
        " notified_status = 'CREATION_SUCCESS', provider_account_id = 'new'"
        " where notified_at is null"
    )
    told = operator.get("/accounts")
    assert "1 login is under way" in told.text
    assert told.headers["refresh"] == "10"
    opened.execute(
        "update outreach.hosted_auth_links set"
        " requested_at = now() - '2 days'::interval,"
        " notified_at = now() - '1 day'::interval,"
        " expires_at = now() - '1 day'::interval where finished_at is null"
    )
    late = operator.get("/accounts")
    assert "1 login was told more than an hour ago" in late.text
    assert "under way" not in late.text
    assert "refresh" not in late.headers


@pytest.fixture
def stuck(opened, sandbox, monkeypatch):
    """Dipti is stuck in connecting although the provider says OK (LL#276)."""
    monkeypatch.setenv("UNIPILE_DSN", sandbox.dsn)
    monkeypatch.setenv("UNIPILE_API_KEY", sandbox.api_key)
    monkeypatch.setenv("TRUEUP_WEBHOOK_URL", "http://127.0.0.1:9/webhooks/unipile")
    monkeypatch.setenv("TRUEUP_WEBHOOK_SECRET", SECRET)
    return Connected(opened, sandbox, "Dipti", status="connecting")


def test_reconnect_connects_a_stuck_account_and_registers_its_webhooks(
    opened, operator, stuck, api
):
    answer = operator.post(f"{path_of(stuck.key)}/reconnect")
    assert answer.status_code == 303, text_of(answer)
    text = text_of(operator.get(path_of(stuck.key)))
    assert "The account is connected and its webhooks are registered." in text
    assert flips_of(opened, stuck) == [
        ("connecting", "connected", "Ines Moreau", "reconnected: the provider says OK")
    ]
    assert api.get("/webhooks").json()["items"]


def test_a_registration_that_fails_leaves_the_account_connected_and_an_alert(
    opened, operator, stuck, monkeypatch
):
    monkeypatch.setenv("TRUEUP_WEBHOOK_URL", "no address")
    operator.post(f"{path_of(stuck.key)}/reconnect")
    text = text_of(operator.get(path_of(stuck.key)))
    assert "Its webhooks could not be registered" in text
    assert ".." not in text.replace("...", "")
    assert status_of(opened, stuck) == "connected"
    assert any("REREGISTER" in code.upper() for code in open_alerts(opened))


def test_without_an_address_for_webhooks_a_reconnect_leaves_no_alert(
    opened, operator, stuck, monkeypatch
):
    monkeypatch.delenv("TRUEUP_WEBHOOK_URL")
    operator.post(f"{path_of(stuck.key)}/reconnect")
    text = text_of(operator.get(path_of(stuck.key)))
    assert "polls go on reading it" in text
    assert status_of(opened, stuck) == "connected"
    assert open_alerts(opened) == {}


def test_an_account_that_the_provider_calls_logged_out_stays_so(
    opened, operator, stuck, sandbox
):
    sandbox.set_account_status(stuck.provider_id, "CREDENTIALS")
    answer = operator.post(f"{path_of(stuck.key)}/reconnect")
    assert answer.status_code == 422
    assert "Let its owner log in again" in text_of(answer)
    assert status_of(opened, stuck) == "disconnected"
