"""Hostile names on every page, and hostile requests: shown as text, and not taken.

One world for the file: every text that people, files and the provider bring is hostile.
Nothing here needs a browser, because a page without a foreign element runs nothing.
"""

import base64
import datetime as dt
import html
import json
import re
from html.parser import HTMLParser

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.console_apps import OPERATOR_TOKEN, VIEWER_TOKEN, served_console
from tests.support.dbt_runner import copied
from tests.support.ledger_rows import loading
from tests.support.rows import (
    begin,
    claim,
    flip,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)
from tests.support.sandboxes import subscriber
from trueup.console.shown import plain
from trueup.postgres.connection import connect

NOW = dt.datetime.now(dt.UTC)
# An element or an attribute of this name on a page was made by one of the names.
NAMES = (
    "<hostile>",
    "<script>hostile()</script>",
    "</title><hostile>",
    "</textarea><hostile>",
    "</option></select><hostile>",
    "</summary></details><hostile>",
    "</pre><hostile>",
    "</bdi><hostile>",
    "</style><hostile>",
    "--><hostile><!--",
    "]]><hostile>",
    '"><hostile>',
    "'><hostile>",
    '" hostile="1',
    "' hostile='1",
    "` hostile=`1",
    '" onfocus="hostile()" autofocus="',
    "<img src=x onerror=hostile()>",
    "<svg/onload=hostile()>",
    "<a href='javascript:hostile()'>Ada</a>",
    "javascript:hostile()",
    "&lt;hostile&gt; &amp;lt;hostile&amp;gt;",
    "&#60;hostile&#62;",
    "\\u003chostile\\u003e",
    "%3Chostile%3E",
    "{{ 7 * 191 }}{% for hostile in range(9) %}9{% endfor %}",
    "{{ person.role }}{{ config }}${7*191}#{7*191}",
    "'; drop table outreach.prospects; --",
    "Ada\u202egnp.exe\u2066\u200b\u200f",
    "\x01\x1b[31mred\x7f\x85",
    "A" + "\u0301" * 200,
    "=HYPERLINK('hostile')",
    "../../../etc/passwd",
    "Ada\r\nSet-Cookie: hostile=1",
    "ada" * 3_400,
)
# All of them in one text of more than 10,000 characters.
ALL = " ".join(NAMES)
UNSEEN = "\u202e\u2066\u200b\u200f"
# Attributes that lead from one element to another, and what a form sends.
UNREAD = ("id", "for", "name", "value", "href", "aria-describedby", "data-counts")


class Rendered(HTMLParser):
    """What a browser makes of a page: its text, and what a name has made of it."""

    def __init__(self, page):
        super().__init__()
        self.foreign = []
        self.text = []
        self.shown = []
        self.title = ""
        self._open = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self._open.append(tag)
        for name, value in attributes:
            value = value or ""
            goes = name in ("href", "src", "action", "formaction")
            is_ours = value.startswith(
                ("/", "#", "?", "https://www.linkedin.com/in/", "http://127.0.0.1:9/")
            )
            if name.startswith("on") or "hostile" in name or name == "style":
                self.foreign.append((tag, name, value[:80]))
            if goes and not is_ours:
                self.foreign.append((tag, name, value[:80]))
            if name not in UNREAD and set(UNSEEN) & set(value):
                self.foreign.append((tag, name, "an unseen character"))
        if "hostile" in tag or tag in ("iframe", "object", "img", "base", "style"):
            self.foreign.append((tag, "", ""))
        if tag == "script" and dict(attributes).get("src") != "/static/console.js":
            self.foreign.append((tag, "", ""))

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        self.text.append(data)
        is_field = "textarea" in self._open
        if not is_field and set(UNSEEN) & set(data):
            self.foreign.append(("text", "", "an unseen character"))


def judged(answer, status=200):
    """The page as text, after it was looked through."""
    assert answer.status_code == status, answer.text[:2_000]
    rendered = Rendered(answer.text)
    assert rendered.foreign == []
    assert f"{7 * 191}" not in "".join(rendered.text)
    return " ".join("".join(rendered.text).split())


def as_shown(name, most=60):
    """How the beginning of a name reads on a page."""
    return " ".join(plain(name).split())[:most].strip()


@pytest.fixture(scope="module")
def database(live_template):
    with copied(live_template) as copy:
        yield copy


@pytest.fixture(scope="module")
def opened(database):
    with connect(database.name, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def console(database, world):
    with served_console(database) as served:
        yield served


@pytest.fixture(scope="module")
def operator(console):
    with console.person() as client:
        yield client


@pytest.fixture(scope="module")
def viewer(console):
    with console.person(VIEWER_TOKEN, "Vera Lind") as client:
        yield client


@pytest.fixture(scope="module")
def world(opened):
    """Ids by name: of a workspace with hostile rows, each name once and ALL once."""
    workspace_id = make_workspace(opened)
    account_id = make_account(opened, workspace_id, limits=LIMITS)
    for name in NAMES:
        make_account(opened, workspace_id, name, limits=())
    campaign_id, step_ids = make_campaign(
        opened, workspace_id, ("send_invite", "wait_accept", "send_message")
    )
    others = [make_campaign(opened, workspace_id)[0] for _ in NAMES]
    enrollment_ids = make_enrollments(
        opened, workspace_id, account_id, campaign_id, step_ids[0], 3, NOW
    )
    assert send_one(opened, workspace_id, NOW) == ["sent_proven"]
    attempt_id = lose_one(opened, workspace_id)
    people = opened.execute(
        "select prospect_id, provider_id from outreach.prospects order by prospect_id"
    ).fetchall()
    opened.execute(
        "insert into outreach.campaign_accounts (workspace_id, campaign_id, account_id)"
        " values (%s, %s, %s)",
        [workspace_id, campaign_id, account_id],
    )
    with loading(opened):
        opened.execute("update outreach.workspaces set name = %s", [ALL])
        opened.execute(
            "update outreach.linkedin_accounts set name = %s where account_id = %s",
            [ALL, account_id],
        )
        opened.execute(
            "update outreach.campaigns set name = %s, custom_fields = %s"
            " where campaign_id = %s",
            [ALL, ["line"], campaign_id],
        )
        for other, name in zip(others, NAMES, strict=True):
            opened.execute(
                "update outreach.campaigns set name = %s where campaign_id = %s",
                [name, other],
            )
        opened.execute(
            "update outreach.prospects set first_name = %(all)s, last_name = %(all)s,"
            " company = %(all)s, job_title = %(all)s, email = %(all)s,"
            " location = %(all)s, industry = %(all)s,"
            " custom = jsonb_build_object(%(name)s::text, %(all)s::text)",
            {"all": ALL, "name": NAMES[12]},
        )
        opened.execute(
            "update outreach.campaign_prospects set linkedin_invited_at = %s"
            " where linkedin_invited_at is not null",
            [NOW - dt.timedelta(days=30)],
        )
        opened.execute(
            "update outreach.campaign_prospects set"
            " linkedin_status = 'pending_template_fix', template_error = %s"
            " where enrollment_id = %s",
            [Jsonb({"message": ALL}), enrollment_ids[2]],
        )
        for number, name in enumerate(NAMES):
            opened.execute(
                "insert into outreach.prospects (workspace_id, provider_id,"
                " public_identifier, first_name, company, email)"
                " values (%s, %s, %s, %s, %s, %s)",
                [workspace_id, f"ACoAA{number}", f"hostile-{number}", name, name, name],
            )
        for variant, field, step in (
            ("A", "note", 0),
            ("A", "message", 2),
            ("B", "message", 2),
        ):
            opened.execute(
                "insert into outreach.campaign_step_templates (workspace_id, step_id,"
                " variant, field, template, validation_stamp, validated_at)"
                " values (%s, %s, %s, %s, %s, '', now())",
                [workspace_id, step_ids[step], variant, field, ALL],
            )
        for number, text in enumerate([ALL, *NAMES]):
            for kind, person in (
                ("message_received", people[0][1]),
                ("message_sent", people[0][1]),
                ("message_received", f"ACoAA{number}"),
            ):
                tell(opened, (workspace_id, account_id), person, kind, text)
    for number, name in enumerate(NAMES):
        opened.execute(
            "select outreach.open_admin_alert(%s, 'a_test', %s, %s, %s)",
            [workspace_id, name, name, Jsonb({"what_to_do": name})],
        )
        opened.execute(
            "select outreach.add_do_not_contact_rule(%s, 'company', %s, %s, %s)",
            [workspace_id, f"hostile {number} {name}", name, name],
        )
    opened.execute(
        "select outreach.set_prospect_fields(%s, %s, %s, %s)",
        [workspace_id, people[0][0], Jsonb({"company": ALL + "!"}), ALL],
    )
    opened.execute(
        "select outreach.set_pause(%s, 'enrollment', %s, true, %s, %s)",
        [workspace_id, enrollment_ids[0], ALL, ALL],
    )
    (paused_id,) = opened.execute(
        "select account_id from outreach.linkedin_accounts where name = %s",
        [NAMES[11]],
    ).fetchone()
    opened.execute(
        "select outreach.set_pause(%s, 'account', %s, true, %s, %s)",
        [workspace_id, paused_id, ALL, ALL],
    )
    flip(opened, workspace_id, paused_id, "disconnected")
    return {
        "workspace": workspace_id,
        "account": account_id,
        "paused": paused_id,
        "campaign": campaign_id,
        "step": step_ids[0],
        "enrollment": enrollment_ids[0],
        "attempt": attempt_id,
        "person": people[0][0],
        "due": people[1][0],
        "linkedin": people[0][1],
    }


LIMITS = (("send_invite", "day", 80), ("send_message", "day", 80))


def lose_one(opened, workspace_id):
    """A call that nobody answered; the id of its attempt."""
    past = NOW - dt.timedelta(hours=1)
    with loading(opened):
        opened.execute(
            "update outreach.campaign_send_jobs set run_at = %s"
            " where run_at is not null",
            [past],
        )
        opened.execute(
            "update outreach.campaign_prospects set next_action_at = %s"
            " where next_action_at is not null",
            [past],
        )
        opened.execute(
            "update outreach.send_queue_watermarks set watermark_at = %s", [past]
        )
    job_ids = claim(opened, workspace_id, as_of=NOW + dt.timedelta(minutes=1))
    begun = begin(opened, workspace_id, job_ids, as_of=NOW + dt.timedelta(minutes=1))
    opened.execute(
        "select outreach.expire_send_leases(%s, %s)",
        [workspace_id, NOW + dt.timedelta(hours=1)],
    )
    return begun[0][1]


def tell(opened, account, person, kind, text):
    opened.execute(
        "insert into outreach.linkedin_events (workspace_id, account_id, dedupe_key,"
        " event_type, occurred_at, received_at, received_via, provider_id, payload)"
        " values (%s, %s, gen_random_uuid()::text, %s, %s, %s, 'webhook', %s,"
        " jsonb_build_object('message', %s::text, 'sender', %s::text))",
        [*account, kind, NOW, NOW, person, text, text],
    )


PAGES = (
    "/today",
    "/today/alerts",
    "/today/sends",
    "/today/sends/{workspace}/{attempt}",
    "/accounts",
    "/accounts?status=disconnected",
    "/accounts/{workspace}/{account}",
    "/accounts/{workspace}/{paused}",
    "/accounts/new",
    "/campaigns",
    "/campaigns/new?workspace={workspace}",
    "/campaigns/{workspace}/{campaign}",
    "/campaigns/{workspace}/{campaign}/banner",
    "/campaigns/{workspace}/{campaign}/preview",
    "/people",
    "/people?reason=enrollment_paused",
    "/people?campaign={workspace}/{campaign}&state=sent&variant=A",
    "/people/{workspace}/{person}",
    "/people/{workspace}/{due}",
    "/people/{workspace}/{person}/changes",
    "/people/import",
    "/people/do-not-contact",
    "/people/withdraw?days=1",
    "/replies",
    "/replies/{workspace}/{account}/{linkedin}",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_hostile_rows_shows_them_as_text(operator, viewer, world, path):
    for client in (operator, viewer):
        text = judged(client.get(path.format(**world)))
        if path not in ("/people/import", "/today/sends", "/accounts/new"):
            assert "hostile" in text


@pytest.mark.parametrize(
    "path", ["/people", "/accounts", "/campaigns", "/today/alerts", "/replies"]
)
def test_each_hostile_name_is_on_its_list_as_text(operator, world, path):
    texts = []
    while path is not None:
        answer = operator.get(path)
        texts.append(judged(answer))
        following = re.search(r'href="([^"]+)">Next page<', answer.text)
        path = following and html.unescape(following[1])
    whole = " ".join(texts)
    assert [name for name in NAMES if as_shown(name) not in whole] == []


@pytest.mark.parametrize(
    "path", ["/people/do-not-contact", "/replies/{workspace}/{account}/{linkedin}"]
)
def test_each_hostile_text_of_a_page_is_shown_as_text(operator, world, path):
    text = judged(operator.get(path.format(**world)))
    assert [name for name in NAMES if as_shown(name) not in text] == []


def test_a_hostile_sign_in_is_shown_as_text(console):
    with console.visitor() as visitor:
        for wanted in (ALL, f"/today?{ALL}", f"//{ALL}", *NAMES):
            judged(visitor.get("/sign-in", params={"next": wanted}))
        for name in NAMES:
            form = {"name": name, "token": OPERATOR_TOKEN, "next": f"/today?{name}"}
            answer = visitor.post("/sign-in", data=form)
            if answer.status_code != 303:
                judged(answer, 422)
                assert name.replace("\r\n", "\n").strip() in shown_in_fields(answer)
                continue
            assert as_shown(name) in judged(visitor.get("/people/import"))
            visitor.cookies.clear()


def shown_in_fields(answer):
    fields = re.findall(r'<input[^>]*value="([^"]*)"', answer.text, re.S)
    return [html.unescape(field) for field in fields]


def test_a_login_page_of_a_hostile_provider_is_shown_as_text(
    operator, opened, world, monkeypatch
):
    with subscriber() as provider:
        dsn = provider.url.removesuffix("/hook")
        monkeypatch.setenv("UNIPILE_DSN", dsn)
        monkeypatch.setenv("UNIPILE_API_KEY", "key")
        monkeypatch.delenv("TRUEUP_WEBHOOK_URL", raising=False)
        provider.headers = {"content-type": "application/json"}
        form = {
            "workspace": make_workspace(opened, dsn),
            "timezone": "UTC",
            "preset": "careful",
        }

        def answer_to(url):
            provider.statuses = [201]
            said = {"object": "HostedAuthUrl", "url": url}
            provider.text = json.dumps(said).encode()
            return operator.post("/accounts/new/connect", data=form)

        for name in (*NAMES, ALL):
            url = f"http://127.0.0.1:9/{name}"
            answer = answer_to(url)
            assert "The new account logs in" in judged(answer)
            assert url in links_of(answer)
            judged(answer_to(name), 422)


def links_of(answer):
    return [html.unescape(one) for one in re.findall(r'href="([^"]*)"', answer.text)]


def csv_of(rows):
    quoted = (
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows
    )
    return "\n".join(quoted).encode()


def test_a_hostile_file_is_shown_as_text_before_it_is_imported(operator, world):
    header = ["First Name", "Last Name", "LinkedIn URL", "Company", *NAMES[:20]]
    good = [
        [name[:200], name, f"https://www.linkedin.com/in/person-{number}", name]
        for number, name in enumerate(NAMES)
    ]
    bad = [[name, name, name[:300], name] for name in NAMES]
    answer = operator.post(
        "/people/import/check",
        data={"campaign": "{workspace}/{campaign}".format(**world)},
        files={"file": ("<hostile>.csv", csv_of([header, *good, *bad]))},
    )
    text = judged(answer)
    assert "Refused rows" in text
    assert "names are read without titles, degrees, signs or markup" in text
    assert "Who would be enrolled" in text


def asked(world):
    """Acts that show hostile text again: (path, form, what is said)."""
    account = "/accounts/{workspace}/{account}".format(**world)
    campaign = "/campaigns/{workspace}/{campaign}".format(**world)
    person = "/people/{workspace}/{person}".format(**world)
    rule = {"workspace": world["workspace"], "kind": "company", "reason": ALL}
    step = {
        "step": "1",
        "s1-action": "send_message",
        "s1-variant": "A",
        "s1-A-message": ALL,
        "s1-delay": ALL,
        "custom_fields": ALL,
    }
    return (
        ("/people/do-not-contact/look", rule | {"name": ALL[:300]}, 200),
        ("/people/do-not-contact/look", rule | {"kind": ALL, "name": ALL}, 422),
        ("/people/pause", {"do": ALL, "enrollment": world["enrollment"]}, 422),
        (f"{account}/windows", {"windows": ALL}, 422),
        (f"{account}/timezone", {"timezone": ALL}, 422),
        (f"{account}/preset", {"preset": ALL}, 422),
        (f"{account}/limits", {"limit-send_invite-day": ALL}, 422),
        (f"{account}/limits", {"new-action": ALL, "new-limit": "7"}, 422),
        (f"{campaign}/validate", step | {"validate": "1"}, 200),
        (f"{campaign}/save", step, 422),
        (f"{campaign}/preview", step | {"preview-person": ALL}, 422),
        (f"{campaign}/arrange", step | {"arrange": "ask-remove-1"}, 200),
        (
            f"{campaign}/arrange",
            step
            | {"s1-variant": [ALL, "B"], f"s1-{ALL}-message": ALL, "s1-key": ALL}
            | {"arrange": f"ask-unvariant-1-{ALL}"},
            200,
        ),
        ("/campaigns/new/save", step | {"workspace": "1", "name": ALL}, 422),
        (f"{person}/fields", {"firstName": ALL + "!"}, 422),
        (f"{person}/pause", {"enrollment": ALL, "reason": ALL}, 422),
        ("/accounts/new/workspace", {"name": ALL, "zone": ALL}, 422),
    )


@pytest.mark.parametrize("number", range(17))
def test_what_was_typed_into_an_act_comes_back_as_text(operator, world, number):
    path, form, status = asked(world)[number]
    answer = operator.post(path, data=form)
    judged(answer, status)


def stored(opened):
    """The number and a sum of the rows of every table."""
    tables = opened.execute(
        "select relname from pg_class where relnamespace = 'outreach'::regnamespace"
        " and relkind in ('r', 'p') order by relname"
    ).fetchall()
    return {
        name: opened.execute(
            psycopg.sql.SQL(
                "select count(*), sum(hashtextextended(t::text, 0)::numeric)"
                " from outreach.{} as t"
            ).format(psycopg.sql.Identifier(name))
        ).fetchone()
        for (name,) in tables
    }


REASON = {"reason": "because"}
HUGE_RANK = base64.urlsafe_b64encode(
    json.dumps([2**31, NOW.isoformat(), 1]).encode()
).decode()
PAUSE = "/accounts/{workspace}/{account}/pause"
DO_NOT_CONTACT = "/people/{workspace}/{person}/do-not-contact"
# (method, path, what is sent, the status)
REQUESTS = (
    ("GET", PAUSE, {}, 405),
    ("HEAD", PAUSE, {}, 405),
    ("PUT", PAUSE, {"data": REASON}, 405),
    ("DELETE", "/people/{workspace}/{person}", {}, 405),
    ("PATCH", "/campaigns/{workspace}/{campaign}", {}, 405),
    ("OPTIONS", PAUSE, {"headers": {"Access-Control-Request-Method": "POST"}}, 405),
    ("TRACE", "/today", {}, 405),
    ("POST", PAUSE, {"data": REASON, "headers": {"Origin": "null"}}, 403),
    ("POST", PAUSE, {"data": REASON, "headers": {"Origin": "http://a.example"}}, 403),
    ("POST", PAUSE, {"data": REASON, "headers": {"Sec-Fetch-Site": "same-site"}}, 403),
    ("POST", PAUSE, {"data": REASON, "headers": {"Host": "a.example"}}, 400),
    (
        "POST",
        "/today",
        {"data": REASON, "headers": {"X-HTTP-Method-Override": "DELETE"}},
        405,
    ),
    ("POST", PAUSE + "?reason=because", {}, 422),
    ("POST", PAUSE, {"json": REASON}, 422),
    ("POST", PAUSE, {"data": {"reason": " \t\n "}}, 422),
    ("POST", PAUSE, {"data": {"reason": "\x00"}}, 422),
    ("POST", "/accounts/{workspace}/%30/pause", {"data": REASON}, 404),
    ("POST", "/accounts/{workspace}/-1/pause", {"data": REASON}, 404),
    ("POST", "/accounts/{workspace}/1e9/pause", {"data": REASON}, 404),
    ("POST", "/accounts/{workspace}/\u0661/pause", {"data": REASON}, 404),
    ("POST", "/accounts/{workspace}/9223372036854775808/pause", {"data": REASON}, 404),
    ("POST", "/accounts/999/{account}/pause", {"data": REASON}, 404),
    ("POST", "/accounts/{workspace}/{account}/pause/", {"data": REASON}, 307),
    ("POST", "/accounts/{workspace}/../{account}/pause", {"data": REASON}, 405),
    ("POST", "/people/999/{person}/do-not-contact", {"data": REASON}, 404),
    ("POST", DO_NOT_CONTACT, {"data": {"Reason": "because"}}, 422),
    ("POST", "/people/import/commit", {"data": {"key": "0" * 64}}, 422),
    ("POST", "/people/import/commit", {"data": {"key": "../../x"}}, 422),
    ("POST", "/people/pause", {"data": {"enrollment": "1 or 1=1", **REASON}}, 422),
    (
        "POST",
        "/people/pause",
        {"data": {"enrollment": "{enrollment}", "workspace": "999", **REASON}},
        422,
    ),
    (
        "POST",
        "/people/withdraw/commit",
        {"data": {"workspace": "{workspace}", "days": "1", **REASON}},
        422,
    ),
    (
        "POST",
        "/people/withdraw/commit",
        {"data": {"workspace": "1", "days": "-1", "listed-at": "now", **REASON}},
        422,
    ),
    (
        "POST",
        "/accounts/{workspace}/{account}/limits",
        {
            "data": {
                "was-limit-send_invite-day": "80",
                "limit-send_invite-day": "",
                "confirm": "yes",
            }
        },
        200,
    ),
    (
        "POST",
        "/accounts/{workspace}/{account}/limits",
        {"data": {"limit-send_invite-day": "1' or '1'='1"}},
        422,
    ),
    (
        "POST",
        "/accounts/{workspace}/{account}/timezone",
        {"data": {"timezone": "UTC'; drop table outreach.prospects; --"}},
        422,
    ),
    ("POST", "/today/acknowledge", {"data": {"workspace": "1", "alert": "0x1"}}, 422),
    ("POST", "/today/sends/{workspace}/0/sent", {"data": REASON}, 404),
    ("POST", "/today/sends/999/{attempt}/sent", {"data": REASON}, 404),
    ("GET", "/people?search='%20or%201=1%20--", {}, 200),
    ("GET", "/people?campaign={workspace}/1)%20or%20(1=1", {}, 200),
    ("GET", "/people?after=" + "A" * 4_000, {}, 200),
    ("GET", f"/today/sends?after={HUGE_RANK}", {}, 200),
    ("GET", "/accounts?workspace[]=1&status=connected'--", {}, 200),
    ("GET", "/replies/{workspace}/{account}/..%2f..%2fetc", {}, 404),
    ("GET", "/static/../app.py", {}, 404),
    ("GET", "/static/%2e%2e/%2e%2e/app.py", {}, 404),
    ("GET", "/static//etc/passwd", {}, 404),
    ("GET", "/people/withdraw?days=1;drop%20table", {}, 200),
)


@pytest.mark.parametrize("number", range(len(REQUESTS)))
def test_a_hostile_request_is_not_taken(operator, opened, world, number):
    method, path, sent, status = REQUESTS[number]
    before = stored(opened)
    form = {
        name: value.format(**world) if "{" in value else value
        for name, value in sent.get("data", {}).items()
    }
    answer = operator.request(
        method, path.format(**world), **(sent | ({"data": form} if form else {}))
    )
    assert answer.status_code == status
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert Rendered(answer.text).foreign == []
    assert OPERATOR_TOKEN not in answer.text
    assert stored(opened) == before
