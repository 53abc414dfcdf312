"""People and one person: what the pages show, and what an operator changes there."""

import datetime as dt
import html
import re

import pytest
from psycopg.types.json import Jsonb

from tests.support.campaign_files import PLAIN, make_senders, save
from tests.support.ledger_rows import loading
from tests.support.rows import (
    begin,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)
from tests.support.workbooks import archive
from trueup.console.pages import people as people_page
from trueup.console.pages import people_import, people_stops
from trueup.imports.do_not_contact import add_rule

NOW = dt.datetime.now(dt.UTC)
HOSTILE = "<script>alert(1)</script>\"' \u202egnp.exe " + "x" * 9_000
CSV = """\
First Name,Last Name,LinkedIn URL,Company,Subject Line
Ada,Lovelace,https://www.linkedin.com/in/ada-lovelace/,Analytical,Engines
Alan,Turing,not an address,Bletchley,
Grace,Hopper,https://uk.linkedin.com/in/Grace-Hopper,Navy,Compilers
"""


def text_of(answer):
    """The page as it reads: tags out, blanks as one."""
    assert answer.status_code in (200, 422), answer.text
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def people_on(answer):
    """The ids of the people that a list shows, in its order."""
    return [int(one) for one in re.findall(r'href="/people/\d+/(\d+)"', answer.text)]


def confirmation_in(answer):
    """What a browser sends as the yes to the question of a page."""
    (written,) = re.findall(r'name="confirm" value="([^"]*)"', answer.text)
    return html.unescape(written)


def pauses_of(opened):
    return opened.execute("select count(*) from outreach.pause_audit").fetchone()[0]


@pytest.fixture
def enrolled(opened, anisha):
    """(workspace, account, campaign, its steps, enrollments) of three due people."""
    campaign_id, step_ids = make_campaign(opened, anisha[0])
    ids = make_enrollments(
        opened, *anisha, campaign_id, step_ids[0], count=3, run_at=NOW
    )
    return *anisha, campaign_id, step_ids, ids


def person_of(opened, workspace_id, enrollment_id):
    return opened.execute(
        "select prospect_id from outreach.campaign_prospects"
        " where workspace_id = %s and enrollment_id = %s",
        [workspace_id, enrollment_id],
    ).fetchone()[0]


def rename(opened, workspace_id, prospect_id, **values):
    for column, value in values.items():
        opened.execute(
            f"update outreach.prospects set {column} = %s"
            " where workspace_id = %s and prospect_id = %s",
            [value, workspace_id, prospect_id],
        )


@pytest.mark.parametrize(
    "searched",
    [
        "lovelace",
        "LOVELACE ada",
        "zoe",
        "analytic",
        "ada@engines.example",
        "engines.example",
        "https://www.linkedin.com/in/zoe-ada/",
    ],
)
def test_a_person_is_found_by_the_beginning_of_any_word(
    opened, operator, enrolled, searched
):
    workspace_id, _, _, _, ids = enrolled
    people = [person_of(opened, workspace_id, one) for one in ids]
    rename(
        opened,
        workspace_id,
        people[1],
        first_name="Zoë Ada",
        last_name="Lovelace",
        company="Analytical Engines",
        email="ada@engines.example",
        public_identifier="zoe-ada",
    )
    answer = operator.get("/people", params={"search": searched})
    assert people_on(answer) == [people[1]]


@pytest.mark.parametrize(
    "searched", ["%", "' or 1=1", "!!!", "&:*|", "\u202e", "nobody"]
)
def test_a_search_for_what_nobody_has_finds_nobody(operator, enrolled, searched):
    answer = operator.get("/people", params={"search": searched})
    assert people_on(answer) == []
    assert "No person matches" in answer.text


def test_the_list_is_narrowed_by_campaign_status_and_reason(
    opened, operator, enrolled, monkeypatch
):
    workspace_id, account_id, campaign_id, _, ids = enrolled
    other_id, steps = make_campaign(opened, workspace_id)
    (late,) = make_enrollments(
        opened,
        workspace_id,
        account_id,
        other_id,
        steps[0],
        run_at=NOW + dt.timedelta(days=2),
    )
    people = [person_of(opened, workspace_id, one) for one in [*ids, late]]
    in_campaign = operator.get(f"/people?campaign={workspace_id}/{campaign_id}")
    assert people_on(in_campaign) == people[2::-1]
    assert people_on(operator.get("/people?status=replied")) == []
    assert people_on(operator.get("/people?reason=not_due_yet")) == people[3:]
    assert people_on(operator.get("/people?reason=due_now")) == people[:1]
    behind = operator.get("/people?reason=behind_others")
    assert people_on(behind) == [people[2], people[1]]
    chosen = re.compile(r"<option value=\"(\w+)\"[^>]*>([^<]*\(\d+\))</option>")
    assert chosen.findall(behind.text) == [
        ("behind_others", "Behind others (2)"),
        ("due_now", "Due now (1)"),
        ("not_due_yet", "Not due yet (1)"),
    ]
    unheld = operator.get("/people?reason=day_limit").text
    assert ("day_limit", "Day limit (0)") in chosen.findall(unheld)
    monkeypatch.setattr(people_page, "MOST_COUNTED_BY_REASON", 3)
    many = operator.get("/people").text
    assert chosen.findall(many) == []
    assert '<option value="week_limit">Week limit</option>' in many


def test_a_reason_on_the_page_is_the_one_of_the_mart(opened, operator, enrolled):
    workspace_id, _, _, _, ids = enrolled
    opened.execute(
        "select outreach.set_pause(%s, 'enrollment', %s, true, 'me', 'a talk')",
        [workspace_id, ids[0]],
    )
    shown = opened.execute(
        "select enrollment_id, blocker from outreach.console_reasons(%s, %s, now())"
        " order by 1",
        [workspace_id, ids],
    ).fetchall()
    assert (
        shown
        == opened.execute(
            "select enrollment_id, blocker from analytics.enrollment_blockers"
            " order by 1"
        ).fetchall()
    )
    assert {blocker for _, blocker in shown} == {
        "enrollment_paused",
        "due_now",
        "behind_others",
    }


def test_a_number_of_a_campaign_leads_to_exactly_its_people(opened, operator, enrolled):
    workspace_id, _, campaign_id, steps, ids = enrolled
    people = [person_of(opened, workspace_id, one) for one in ids]
    assert send_one(opened, workspace_id, NOW) == ["sent_proven"]
    base = f"/people?campaign={workspace_id}/{campaign_id}"
    sent = operator.get(f"{base}&step={steps[0]}&variant=A&state=sent")
    assert people_on(sent) == people[:1]
    assert people_on(operator.get(f"{base}&state=sent")) == people[:1]
    for state in ("accepted", "replied", "failed", "parked"):
        assert people_on(operator.get(f"{base}&state={state}")) == []
    assert people_on(operator.get(f"{base}&step={steps[1]}&state=sent")) == []
    assert people_on(operator.get(f"{base}&variant=B&state=sent")) == []


def test_each_person_is_on_one_page_and_a_count_stops_at_ten_thousand(
    opened, operator, anisha
):
    with loading(opened):
        opened.execute(
            "insert into outreach.prospects (workspace_id, provider_id)"
            " select %s, 'ACoAA' || number from generate_series(1, 10105) as number",
            [anisha[0]],
        )
    first = operator.get("/people")
    assert "10,000+ rows" in text_of(first)
    assert "In no campaign" in first.text
    following = html.unescape(re.search(r'href="([^"]+)">Next page<', first.text)[1])
    second = operator.get(following)
    assert len(set(people_on(first) + people_on(second))) == 100
    assert min(people_on(first)) > max(people_on(second))


def test_a_reason_that_many_do_not_have_goes_on_on_the_next_page(
    opened, operator, anisha
):
    campaign_id, steps = make_campaign(opened, anisha[0])
    (first,) = make_enrollments(opened, *anisha, campaign_id, steps[0], run_at=NOW)
    with loading(opened):
        opened.execute(
            "insert into outreach.prospects (workspace_id, provider_id)"
            " select %s, 'ACoAA' || number from generate_series(1, 2005) as number",
            [anisha[0]],
        )
    answer = operator.get("/people?reason=due_now")
    assert people_on(answer) == []
    following = html.unescape(
        re.search(r'href="([^"]+)">Judge the next ones', answer.text)[1]
    )
    second = operator.get(following)
    assert people_on(second) == [person_of(opened, anisha[0], first)]


def test_chosen_people_are_paused_with_a_reason(opened, operator, enrolled):
    workspace_id, _, _, _, ids = enrolled
    form = {"workspace": str(workspace_id), "enrollment": [str(one) for one in ids[:2]]}
    nobody = operator.post("/people/pause", data={"workspace": str(workspace_id)})
    assert "Nobody is chosen" in text_of(nobody)
    form |= {"do": "pause", "reason": "holiday"}
    asked = operator.post("/people/pause", data=form)
    assert "This stops 2 people and 2 jobs until somebody resumes them." in text_of(
        asked
    )
    assert asked.text.count(" checked>") == 2
    assert asked.status_code == 200
    assert pauses_of(opened) == 0
    confirmed = form | {"confirm": confirmation_in(asked)}
    for other in ({"do": "resume"}, {"enrollment": [str(one) for one in ids]}):
        again = operator.post("/people/pause", data={**confirmed, **other})
        assert again.status_code in (200, 422)
    assert pauses_of(opened) == 0
    done = operator.post("/people/pause", data=confirmed)
    assert done.status_code == 303
    assert "2 people are paused." in text_of(operator.get("/people"))
    nobody = operator.post("/people/pause", data=confirmed)
    assert "All of them are paused already." in text_of(nobody)
    assert opened.execute(
        "select count(*) from outreach.pause_audit"
        " where actor = 'Ines Moreau' and reason = 'holiday'"
    ).fetchone() == (2,)


def test_a_person_shows_what_they_got_and_wrote_with_its_proof(
    opened, operator, enrolled
):
    workspace_id, account_id, _, _, ids = enrolled
    prospect_id = person_of(opened, workspace_id, ids[0])
    send_one(opened, workspace_id, NOW)
    (provider_id,) = opened.execute(
        "select provider_id from outreach.prospects where prospect_id = %s",
        [prospect_id],
    ).fetchone()
    with loading(opened):
        for number, (kind, text) in enumerate(
            [("message_received", "Hello there"), ("message_sent", "Good morning")]
        ):
            opened.execute(
                "insert into outreach.linkedin_events (workspace_id, account_id,"
                " dedupe_key, event_type, occurred_at, received_at, received_via,"
                " provider_id, payload) values (%s, %s, %s, %s, %s, %s, 'webhook', %s,"
                " jsonb_build_object('message', %s::text))",
                [
                    workspace_id,
                    account_id,
                    str(number),
                    kind,
                    NOW,
                    NOW,
                    provider_id,
                    text,
                ],
            )
    text = text_of(operator.get(f"/people/{workspace_id}/{prospect_id}"))
    assert "✓ Sent" in text
    assert "Anisha : invite" in text
    assert "the note is shown here once LinkedIn tells of it" in text
    assert "Next: wait for the accept" in text
    assert "Hello there" in text
    assert "Anisha wrote on LinkedIn Good morning" in text
    assert "step 1, variant" not in text
    assert "Waiting for accept" in text


def test_the_next_message_is_shown_as_it_will_read_with_both_zones(opened, operator):
    workspace_id = make_senders(opened, timezone="Europe/Berlin")
    saved = save(
        opened,
        PLAIN,
        NOW,
        wait_accept="wait_accept\n    time_out: 5 days\n    on_time_out: withdraw",
    )
    (account_id,) = opened.execute(
        "select account_id from outreach.linkedin_accounts where workspace_id = %s",
        [workspace_id],
    ).fetchone()
    step_id = opened.execute(
        "select step_id from outreach.campaign_steps where campaign_id = %s"
        " order by position",
        [saved.campaign_id],
    ).fetchone()[0]
    (one,) = make_enrollments(
        opened,
        workspace_id,
        account_id,
        saved.campaign_id,
        step_id,
        run_at=dt.datetime(2030, 7, 1, 10, tzinfo=dt.UTC),
    )
    prospect_id = person_of(opened, workspace_id, one)
    text = text_of(operator.get(f"/people/{workspace_id}/{prospect_id}"))
    assert "Hi Ada, shall we connect?" in text
    assert "1 Jul 2030, 12:00 CEST (10:00 UTC)" in text
    with loading(opened):
        opened.execute(
            "with moved as (update outreach.campaign_send_jobs as jobs"
            " set action = 'withdraw_invite', step_id = steps.step_id"
            " from outreach.campaign_steps as steps where steps.position = 1"
            " returning jobs.enrollment_id, jobs.step_id)"
            " update outreach.campaign_prospects as enrollments"
            " set linkedin_status = 'pending_accept', linkedin_invited_at = now(),"
            " current_step_id = moved.step_id from moved"
            " where enrollments.enrollment_id = moved.enrollment_id"
        )
    text = text_of(operator.get(f"/people/{workspace_id}/{prospect_id}"))
    assert (
        "Next: the invite is withdrawn on 1 Jul 2030, 12:00 CEST ,"
        " if it is not accepted before"
    ) in text
    assert "Once accepted, step 3: message" in text


def test_an_unanswered_call_is_decided_by_a_person(opened, operator, enrolled):
    workspace_id, _, _, _, ids = enrolled
    past = NOW - dt.timedelta(hours=1)
    with loading(opened):
        opened.execute("update outreach.campaign_send_jobs set run_at = %s", [past])
        opened.execute(
            "update outreach.campaign_prospects set next_action_at = %s", [past]
        )
        opened.execute(
            "update outreach.send_queue_watermarks set watermark_at = %s", [past]
        )
    job_ids = claim(opened, workspace_id, as_of=past)
    begin(opened, workspace_id, job_ids, as_of=past)
    opened.execute("select outreach.expire_send_leases(%s, now())", [workspace_id])
    prospect_id = person_of(opened, workspace_id, ids[0])
    path = f"/people/{workspace_id}/{prospect_id}"
    page = operator.get(path)
    (decision,) = re.findall(r'href="(/today/sends/\d+/\d+)"', page.text)
    decided = operator.post(f"{decision}/sent", data={"reason": "seen there"})
    assert decided.status_code == 303, text_of(decided)
    assert "Waiting for accept" in text_of(operator.get(path))


def test_a_person_is_paused_and_resumed_and_then_not_contacted(
    opened, operator, enrolled
):
    workspace_id, _, _, _, ids = enrolled
    path = f"/people/{workspace_id}/{person_of(opened, workspace_id, ids[0])}"
    form = {"enrollment": str(ids[0]), "reason": "talks to sales"}
    question = "This stops 1 person and 1 job until somebody resumes it."
    assert question in text_of(operator.get(path))
    operator.post(f"{path}/pause", data=form)
    assert "Paused by Ines Moreau : talks to sales" in text_of(operator.get(path))
    operator.post(f"{path}/resume", data=form)
    assert "1 person and cancels 1 job" in text_of(operator.get(path))
    operator.post(f"{path}/do-not-contact", data={"reason": "asked by mail"})
    text = text_of(operator.get(path))
    assert "not contacted any more; 1 job is cancelled" in text
    assert "asked by mail" in text
    again = operator.post(f"{path}/do-not-contact", data={"reason": "again"})
    assert again.status_code == 422
    operator.post(f"{path}/contact-again", data={"reason": "wants to hear from us"})
    text = text_of(operator.get(path))
    assert "may be contacted again" in text
    assert "Nothing is sent to this person any more" not in text
    assert "May be contacted again : wants to hear from us" in text
    assert "Marked do-not-contact : asked by mail" in text
    twice = operator.post(f"{path}/contact-again", data={"reason": "again"})
    assert twice.status_code == 422


def test_a_company_is_shown_with_whom_it_stops_before_it_is_marked(
    opened, operator, enrolled
):
    workspace_id, _, _, _, ids = enrolled
    for one in ids[:2]:
        rename(
            opened,
            workspace_id,
            person_of(opened, workspace_id, one),
            company="Acme Inc",
            last_name="Lovelace",
        )
    form = {
        "workspace": str(workspace_id),
        "kind": "company",
        "name": "ACME",
        "reason": "a client",
    }
    asked = operator.post("/people/do-not-contact/look", data=form)
    assert "This stops 2 people and cancels 2 jobs: " in text_of(asked)
    assert "Lovelace, " in text_of(asked)
    assert "No company and no domain is marked." in text_of(asked)
    misspelt = operator.post(
        "/people/do-not-contact/look", data={**form, "name": "Acmee"}
    )
    assert "Nobody matches who is not marked already." in text_of(misspelt)
    assert "Did you mean Acme Inc ?" in text_of(misspelt)
    operator.post("/people/do-not-contact/mark", data=form)
    text = text_of(operator.get("/people/do-not-contact"))
    assert "2 people are not contacted any more; 2 jobs are cancelled." in text
    assert "ACME company a client Ines Moreau" in text
    wrong = operator.post(
        "/people/do-not-contact/look", data={**form, "kind": "email_domain"}
    )
    assert '"ACME" is no email domain' in text_of(wrong)


def test_a_rule_is_taken_off_before_its_people_are_contacted_again(
    opened, operator, enrolled
):
    workspace_id, _, campaign_id, _, ids = enrolled
    prospect_id = person_of(opened, workspace_id, ids[0])
    path = f"/people/{workspace_id}/{prospect_id}"
    rename(opened, workspace_id, prospect_id, company="Acme Inc", provider_id="ACoA1")
    add_rule(opened, workspace_id, "company", "ACME", reason="a client", actor="Ines")
    marked = operator.get(path)
    assert "The company ACME is on the list" in text_of(marked)
    assert f'href="/people/do-not-contact?workspace={workspace_id}#rules"' in (
        marked.text
    )
    assert "Do not contact anybody of Acme" not in text_of(marked)
    assert "Lift the mark" not in text_of(marked)
    assert f'href="/campaigns/{workspace_id}/{campaign_id}"' in marked.text
    assert f'href="/replies/{workspace_id}/' in marked.text
    rule = {"workspace": str(workspace_id), "kind": "company", "name": "ACME"}
    assert "Take it off" in text_of(operator.get("/people/do-not-contact"))
    assert (
        operator.post("/people/do-not-contact/take-off", data=rule).status_code == 303
    )
    assert "ACME is off the list" in text_of(operator.get("/people/do-not-contact"))
    twice = operator.post("/people/do-not-contact/take-off", data=rule)
    assert "ACME is not on the list any more" in text_of(twice)
    operator.post(f"{path}/contact-again", data={"reason": "wants to hear from us"})
    assert "may be contacted again" in text_of(operator.get(path))


def test_old_invites_are_listed_and_withdrawn_after_one_question(
    opened, operator, enrolled
):
    workspace_id, _, _, _, _ = enrolled
    invited_long_ago(opened, workspace_id, 1)
    page = operator.get("/people/withdraw?days=21")
    text = text_of(page)
    assert "1 invite pending for more than 21 days" in text
    assert "This queues the withdrawal of 1 invite" in text
    assert "No invite is pending" in text_of(operator.get("/people/withdraw?days=31"))
    form = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    done = operator.post("/people/withdraw/commit", data={**form, "reason": "too old"})
    assert done.status_code == 303, text_of(done)
    shown = text_of(operator.get(done.headers["location"]))
    assert "1 invite is queued to be withdrawn." in shown


def invited_long_ago(opened, workspace_id, count):
    for minutes in range(count):
        send_one(opened, workspace_id, NOW + dt.timedelta(minutes=minutes))
    with loading(opened):
        opened.execute(
            "update outreach.campaign_prospects set linkedin_invited_at = %s"
            " where linkedin_invited_at is not null",
            [NOW - dt.timedelta(days=30)],
        )


def withdrawals(opened):
    """The queued withdrawals, and the transactions that queued them."""
    return opened.execute(
        "select count(*), count(distinct xmin::text) from outreach.campaign_send_jobs"
        " where action = 'withdraw_invite'"
    ).fetchone()


def test_many_old_invites_are_withdrawn_in_several_transactions(
    opened, operator, enrolled, monkeypatch
):
    workspace_id, account_id, _, _, _ = enrolled
    invited_long_ago(opened, workspace_id, 3)
    page = operator.get(f"/people/withdraw?days=21&account={account_id}")
    form = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    form["reason"] = "too old"
    for forged in (
        {"account": f"{account_id}x"},
        {"campaign": "all"},
        {"listed-at": "9999-12-31T00:00:00+00:00", "days": "3650"},
    ):
        operator.post("/people/withdraw/commit", data=form | forged)
        assert withdrawals(opened) == (0, 0), forged
    monkeypatch.setattr(people_stops, "INVITES_AT_ONCE", 2)
    done = operator.post("/people/withdraw/commit", data=form)
    assert "3 invites are queued" in text_of(operator.get(done.headers["location"]))
    assert withdrawals(opened) == (3, 2)


@pytest.fixture
def saved(opened):
    """(workspace_id, campaign_id) of a campaign that people are imported into."""
    workspace_id = make_senders(opened)
    text = PLAIN.replace("steps:", "steps:\n  - action: resolve_profile")
    return workspace_id, save(opened, text, NOW).campaign_id


def people_count(opened):
    return opened.execute("select count(*) from outreach.prospects").fetchone()[0]


def test_a_file_is_checked_first_and_then_exactly_it_is_imported(
    opened, operator, saved
):
    form = {"campaign": "{}/{}".format(*saved)}
    checked = operator.post(
        "/people/import/check", data=form, files={"file": ("people.csv", CSV)}
    )
    text = text_of(checked)
    assert people_count(opened) == 0
    assert "Would be enrolled 2" in text
    assert '"not an address" is no address of a profile' in text
    assert "line 3, Alan Turing" in text
    assert "Who would be enrolled" in text
    assert "Analytical Anisha Profile look-up" in text
    assert "A profile look-up reads the person's LinkedIn id" in text
    assert "Grace Hopper" in text
    (key,) = re.findall(r'name="key" value="([0-9a-f]{64})"', checked.text)
    wrong = operator.post("/people/import/commit", data={"key": "0" * 64})
    assert "is not kept any more" in text_of(wrong)
    done = operator.post("/people/import/commit", data={"key": key})
    assert done.status_code == 303, text_of(done)
    assert people_count(opened) == 2
    listed = text_of(operator.get(done.headers["location"]))
    assert "2 people are enrolled; 1 row was refused." in listed
    assert "First steps are spread over 30 minutes" in listed
    assert "Grace Hopper" in listed
    again = operator.post("/people/import/commit", data={"key": key})
    assert "is not kept any more" in text_of(again)


def test_a_file_checked_for_two_campaigns_is_not_imported_into_the_wrong_one(
    opened, operator, saved
):
    workspace_id, campaign_id = saved
    second = PLAIN.replace("name: ", "name: Second ", 1)
    other_id = save(opened, second, NOW).campaign_id
    keys = []
    for one in (campaign_id, other_id):
        checked = operator.post(
            "/people/import/check",
            data={"campaign": f"{workspace_id}/{one}"},
            files={"file": ("people.csv", CSV)},
        )
        keys += re.findall(r'name="key" value="([0-9a-f]{64})"', checked.text)
    # The first tab still shows the first campaign.
    stale = operator.post("/people/import/commit", data={"key": keys[0]})
    assert "you checked another one since" in text_of(stale)
    assert people_count(opened) == 0
    done = operator.post("/people/import/commit", data={"key": keys[1]})
    assert done.status_code == 303
    assert opened.execute(
        "select distinct campaign_id from outreach.campaign_prospects"
    ).fetchall() == [(other_id,)]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Choose a file"),
        (b"\x00\x01\x02", "Not done."),
        (b"a,b\n1,2\n", "column"),
        (
            archive({"Connections.csv": bytes(people_import.LARGEST_FILE + 1)}),
            "Connections.csv is larger than 10 MB. Split it.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    operator, saved, content, why
):
    answer = operator.post(
        "/people/import/check",
        data={"campaign": "{}/{}".format(*saved)},
        files={"file": ("people.csv", content)},
    )
    assert answer.status_code == 422
    assert why in text_of(answer)


def test_one_person_cannot_commit_the_file_of_another(console, saved, opened):
    with console.person() as ines, console.person(name="Otto") as otto:
        checked = ines.post(
            "/people/import/check",
            data={"campaign": "{}/{}".format(*saved)},
            files={"file": ("people.csv", CSV)},
        )
        (key,) = re.findall(r'name="key" value="([0-9a-f]{64})"', checked.text)
        answer = otto.post("/people/import/commit", data={"key": key})
    assert answer.status_code == 422
    assert people_count(opened) == 0


def test_hostile_people_and_messages_are_shown_as_text(opened, operator, enrolled):
    workspace_id, account_id, _, _, ids = enrolled
    prospect_id = person_of(opened, workspace_id, ids[0])
    rename(
        opened,
        workspace_id,
        prospect_id,
        first_name=HOSTILE,
        company=HOSTILE,
        email=HOSTILE,
        location=HOSTILE,
    )
    (provider_id,) = opened.execute(
        "select provider_id from outreach.prospects where prospect_id = %s",
        [prospect_id],
    ).fetchone()
    with loading(opened):
        opened.execute(
            "insert into outreach.linkedin_events (workspace_id, account_id,"
            " dedupe_key, event_type, occurred_at, received_at, received_via,"
            " provider_id, payload) values (%s, %s, 'x', 'message_received', now(),"
            " now(), 'webhook', %s, jsonb_build_object('message', %s::text))",
            [workspace_id, account_id, provider_id, HOSTILE],
        )
    for path in ("/people", f"/people/{workspace_id}/{prospect_id}"):
        text = operator.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text
        assert "\u202e" not in text
        assert "\\u202egnp.exe" in text


def test_a_viewer_sees_people_and_no_act(viewer, opened, enrolled):
    workspace_id, _, _, _, ids = enrolled
    prospect_id = person_of(opened, workspace_id, ids[0])
    for path in (
        "/people",
        f"/people/{workspace_id}/{prospect_id}",
        "/people/import",
        "/people/do-not-contact",
        "/people/withdraw?days=1",
    ):
        answer = viewer.get(path)
        assert answer.status_code == 200
        assert answer.text.count('method="post"') == 1
    refused = viewer.post(
        f"/people/{workspace_id}/{prospect_id}/do-not-contact", data={"reason": "x"}
    )
    assert refused.status_code == 403


@pytest.mark.parametrize("path", ["/people/1/x", "/people/0/1", "/people/import/check"])
def test_what_is_no_person_is_not_found(operator, path):
    assert operator.get(path).status_code == 404


def test_a_person_of_another_workspace_is_not_found(opened, operator, enrolled):
    other = make_workspace(opened)
    make_account(opened, other, "Pinki")
    prospect_id = person_of(opened, enrolled[0], enrolled[4][0])
    assert operator.get(f"/people/{other}/{prospect_id}").status_code == 404


@pytest.mark.parametrize("days", ["0", "2.5", "abc", "3651", ""])
def test_an_age_of_invites_that_is_none_is_said_and_lists_nothing(
    operator, enrolled, days
):
    answer = operator.get(f"/people/withdraw?days={days}")
    text = text_of(answer)
    assert "Days are a whole number from 1 to 3,650" in text
    assert "Nothing is listed" in text
    assert f'inputmode="numeric" value="{days}"' in answer.text


def test_a_person_who_was_stopped_did_not_fail(opened, operator, enrolled):
    workspace_id, _, _, _, ids = enrolled
    path = f"/people/{workspace_id}/{person_of(opened, workspace_id, ids[0])}"
    operator.post(f"{path}/do-not-contact", data={"reason": "asked by mail"})
    for shown in (path, "/people"):
        text = text_of(operator.get(shown))
        assert "Stopped" in text
        assert "They are not to be contacted, so the campaign stopped." in text
        assert "A step failed for good" not in text


def test_the_fields_of_a_person_are_mended_and_parked_people_go_on(
    opened, operator, saved
):
    workspace_id, campaign_id = saved
    account_id = opened.execute(
        "select account_id from outreach.linkedin_accounts"
    ).fetchone()[0]
    step_id = opened.execute(
        "select step_id from outreach.campaign_steps where position = 0"
    ).fetchone()[0]
    (one,) = make_enrollments(
        opened, workspace_id, account_id, campaign_id, step_id, run_at=NOW
    )
    prospect_id = person_of(opened, workspace_id, one)
    path = f"/people/{workspace_id}/{prospect_id}"
    form = {"firstName": "Grace", "lastName": "Hopper", "company": "Navy"}
    answer = operator.post(f"{path}/fields", data={**form, "custom.line": "Hello"})
    assert answer.status_code == 303, text_of(answer)
    assert opened.execute(
        "select first_name, last_name, company, job_title, custom"
        " from outreach.prospects where prospect_id = %s",
        [prospect_id],
    ).fetchone() == ("Grace", "Hopper", "Navy", None, {"line": "Hello"})
    text = text_of(operator.get(path))
    assert "Grace Hopper" in text
    assert "Company : nothing → to Navy" in text
    assert opened.execute(
        "select actor, was ->> 'firstName', became ->> 'custom.line'"
        " from outreach.prospect_field_audit where prospect_id = %s",
        [prospect_id],
    ).fetchall() == [("Ines Moreau", "Ada", "Hello")]
    answer = operator.post(f"{path}/fields", data={**form, "company": "x" * 1_001})
    assert "at most 1,000 characters" in text_of(answer)


def test_all_changes_of_a_person_are_listed_page_by_page(opened, operator, enrolled):
    workspace_id, _, _, _, ids = enrolled
    prospect_id = person_of(opened, workspace_id, ids[0])
    path = f"/people/{workspace_id}/{prospect_id}"
    for number in range(60):
        opened.execute(
            "select outreach.set_prospect_fields(%s, %s, %s, 'mira')",
            [workspace_id, prospect_id, Jsonb({"company": f"Company {number}"})],
        )
    operator.post(f"{path}/do-not-contact", data={"reason": "asked by mail"})
    shown = text_of(operator.get(path))
    assert "Marked do-not-contact : asked by mail" in shown
    assert "Company 59" in shown
    assert "Company 40" not in shown
    assert f'href="{path}/changes"' in operator.get(path).text
    seen, following = [], f"{path}/changes"
    while following is not None:
        page = operator.get(following)
        seen += re.findall(r"to</span> <bdi>Company (\d+)<", page.text)
        found = re.search(r'href="([^"]+)">Next page<', page.text)
        following = found and html.unescape(found[1])
    assert [int(number) for number in seen] == [*range(59, -1, -1)]


@pytest.mark.parametrize(
    "changed", [{"company": "ACME, Inc."}, {"email": "ada@mail.acme.example"}]
)
def test_a_person_whom_a_rule_means_once_their_fields_are_mended_is_marked(
    opened, operator, enrolled, changed
):
    workspace_id, _, _, _, ids = enrolled
    rules = (("company", "Acme"), ("email_domain", "acme.example"))
    for kind, value in rules:
        add_rule(opened, workspace_id, kind, value, reason="a client", actor="mira")
    prospect_id = person_of(opened, workspace_id, ids[0])
    path = f"/people/{workspace_id}/{prospect_id}"
    answer = operator.post(f"{path}/fields", data=changed)
    assert answer.status_code == 303, text_of(answer)
    assert opened.execute(
        "select do_not_contact_reason, linkedin_status, failed_classification"
        " from outreach.prospects inner join outreach.campaign_prospects"
        " using (workspace_id, prospect_id) where prospect_id = %s",
        [prospect_id],
    ).fetchone() == ("a client", "failed", "do_not_contact")
    assert "is not contacted: a client" in text_of(operator.get(path))


def test_a_pause_of_a_person_is_in_their_timeline(opened, operator, enrolled):
    workspace_id, _, _, _, ids = enrolled
    path = f"/people/{workspace_id}/{person_of(opened, workspace_id, ids[0])}"
    form = {"enrollment": str(ids[0]), "reason": "talks to sales"}
    operator.post(f"{path}/pause", data=form)
    operator.post(f"{path}/resume", data={**form, "reason": "talked"})
    opened.execute(
        "select outreach.set_pause(%s, 'enrollment', %s, true, %s, 'a rule')",
        [workspace_id, ids[0], "dagster b9af700c 5fc6e2b4"],
    )
    timeline = text_of(operator.get(path)).split("Timeline")[1]
    assert "by itself, on schedule" in timeline.partition("Resumed talked")[0]
    assert "dagster" not in timeline
    assert timeline.index("Resumed talked") < timeline.index("Paused talks to sales")


def test_an_import_is_the_act_of_who_committed_it(opened, operator, saved):
    form = {"campaign": "{}/{}".format(*saved)}
    checked = operator.post(
        "/people/import/check", data=form, files={"file": ("people.csv", CSV)}
    )
    (key,) = re.findall(r'name="key" value="([0-9a-f]{64})"', checked.text)
    operator.post("/people/import/commit", data={"key": key})
    assert opened.execute(
        "select distinct actor from outreach.campaign_events"
        " where event_type = 'enrolled'"
    ).fetchall() == [("Ines Moreau",)]


def test_the_note_of_an_invite_that_the_provider_tells_of_is_one_line(
    opened, operator, enrolled
):
    workspace_id, account_id, _, _, ids = enrolled
    prospect_id = person_of(opened, workspace_id, ids[0])
    send_one(opened, workspace_id, NOW)
    (provider_id,) = opened.execute(
        "select provider_id from outreach.prospects where prospect_id = %s",
        [prospect_id],
    ).fetchone()
    with loading(opened):
        opened.execute("update outreach.send_attempts set has_note = true")
        opened.execute(
            "insert into outreach.linkedin_events (workspace_id, account_id,"
            " dedupe_key, event_type, occurred_at, received_at, received_via,"
            " provider_id, provider_reference, payload)"
            " values (%s, %s, 'note', 'message_sent', %s, %s, 'webhook', %s, 'told',"
            " jsonb_build_object('message', 'Shall we connect?'))",
            [
                workspace_id,
                account_id,
                NOW + dt.timedelta(minutes=1),
                NOW + dt.timedelta(minutes=2),
                provider_id,
            ],
        )
    text = text_of(operator.get(f"/people/{workspace_id}/{prospect_id}"))
    assert "Anisha : invite" in text
    assert text.count("Shall we connect?") == 1
    assert "wrote on LinkedIn" not in text
    told = text_of(operator.get(f"/replies/{workspace_id}/{account_id}/{provider_id}"))
    assert told.count("Shall we connect?") == 1
    assert "Its text is not kept" not in told
