"""A person connects an account on the provider's page: made, linked, or refused."""

import datetime as dt
import json
import os
import re

import psycopg
import pytest

from tests.support.command_line import ran_as_a_process, ran_here
from tests.support.connected_accounts import (
    TARGET,
    Connected,
    open_alerts,
    status_of,
)
from tests.support.rows import flip, make_workspace
from tests.support.sandboxes import api_of
from trueup.inbound.accounts.hosted_auth import (
    NoHostedPageError,
    ask_for_hosted_page,
    finish_logins,
    keep_notice,
    read_notice,
)
from trueup.inbound.accounts.reconnect import (
    reconnect_account,
    refresh_and_restore,
)
from trueup.inbound.settings import WebhookTarget


def receive_notice(connection, body):
    """What a notice comes to, from its bytes."""
    notice = read_notice(body)
    if notice is None:
        return "unreadable"
    return "unknown" if notice.page is None else keep_notice(connection, notice)


def target(hook):
    return WebhookTarget(hook.url, TARGET.secret)


def ask(connection, sandbox, hook, workspace_id, **who):
    return ask_for_hosted_page(
        connection,
        sandbox.dsn,
        sandbox.api_key,
        target(hook),
        workspace_id,
        "ines",
        **who,
    )


def log_in(connection, sandbox, hook, url, username="mark@example.com"):
    """As a person would; what the notice came to."""
    with api_of(sandbox) as api:
        assert api.post(url, data={"username": username}).status_code == 200
    sandbox.settle()
    return [receive_notice(connection, body) for _, body in hook.received][-1]


def finish(connection, sandbox):
    return finish_logins(connection, sandbox.dsn, sandbox.api_key)


def accounts(connection):
    return connection.execute(
        "select account_id, name, timezone, status from outreach.linkedin_accounts"
        " order by account_id"
    ).fetchall()


def test_who_logs_in_becomes_an_account_of_the_workspace(opened, sandbox, hook, talha):
    url = ask(opened, sandbox, hook, talha.workspace_id, timezone="Europe/Berlin")

    told = log_in(opened, sandbox, hook, url)
    (login,) = finish(opened, sandbox)

    assert told == "kept"
    assert (login.workspace_id, login.refusal) == (talha.workspace_id, None)
    _, mark = accounts(opened)
    assert (mark[0], mark[2:]) == (login.account_id, ("Europe/Berlin", "connecting"))
    assert opened.execute(
        "select actor, reason from outreach.provider_account_links"
    ).fetchall() == [("ines", "logged in on a hosted page (CREATION_SUCCESS)")]


@pytest.mark.parametrize("escaped", ["Ada \\ud83d", "Ada \\u0000"])
def test_a_name_that_no_table_can_hold_holds_up_no_other_login(
    opened, sandbox, hook, talha, escaped
):
    for username in ("ada@example.com", "bea@example.com"):
        url = ask(opened, sandbox, hook, talha.workspace_id, timezone="UTC")
        log_in(opened, sandbox, hook, url, username)
    sandbox.script_fault(
        "get_account",
        junk='{"object": "Account", "id": "acc9", "type": "LINKEDIN",'
        f' "name": "{escaped}", "connection_params": {{"im": {{"id": "ACoAAada"}}}},'
        ' "sources": [{"id": "acc9_MESSAGING", "status": "OK"}]}',
    )
    assert [login.refusal for login in finish(opened, sandbox)] == [None, None]
    _, (_, name, _, _), _ = accounts(opened)
    assert name == "Ada �"


def test_the_new_account_is_connected_once_the_provider_says_so(
    opened, sandbox, hook, talha
):
    url = ask(opened, sandbox, hook, talha.workspace_id, timezone="UTC")
    log_in(opened, sandbox, hook, url)
    (login,) = finish(opened, sandbox)

    refresh, back = reconnect_account(
        opened,
        sandbox.dsn,
        sandbox.api_key,
        login.workspace_id,
        login.account_id,
        "ines",
        lambda: TARGET,
    )

    assert (refresh.outcome, refresh.to_status) == ("flipped", "connected")
    assert back.unsubscribed == {}


def test_an_account_that_logs_in_again_stays_what_it_was(opened, sandbox, hook, talha):
    sandbox.set_account_status(talha.provider_id, "CREDENTIALS")
    flip(opened, *talha.key, "disconnected")
    url = ask(opened, sandbox, hook, talha.workspace_id, account_id=talha.account_id)

    log_in(opened, sandbox, hook, url)
    (login,) = finish(opened, sandbox)

    assert login.account_id == talha.account_id
    assert len(accounts(opened)) == 1
    (link,) = sandbox.journal("hosted_link_made")
    assert link["wanted"]["reconnect_account"] == talha.provider_id


def test_a_deleted_account_is_added_again_on_a_page_for_a_new_one(
    opened, sandbox, hook, talha
):
    url = ask(opened, sandbox, hook, talha.workspace_id, timezone="UTC")
    log_in(opened, sandbox, hook, url)
    (first,) = finish(opened, sandbox)
    with api_of(sandbox) as api:
        notice = json.loads(hook.received[-1][1])
        api.delete(f"/accounts/{notice['account_id']}")
    flip(opened, first.workspace_id, first.account_id, "deleted")

    url = ask(opened, sandbox, hook, talha.workspace_id, account_id=first.account_id)
    log_in(opened, sandbox, hook, url)
    (second,) = finish(opened, sandbox)

    assert sandbox.journal("hosted_link_made")[-1]["wanted"]["type"] == "create"
    assert second.account_id == first.account_id
    assert opened.execute(
        "select count(*) from outreach.provider_account_links where account_id = %s",
        [first.account_id],
    ).fetchone() == (2,)


def test_a_login_again_is_a_reason_to_ask_at_once(opened, sandbox, hook, talha):
    sandbox.set_account_status(talha.provider_id, "CREDENTIALS")
    flip(opened, *talha.key, "disconnected")
    url = ask(opened, sandbox, hook, talha.workspace_id, account_id=talha.account_id)
    log_in(opened, sandbox, hook, url)
    finish(opened, sandbox)

    report, back = refresh_and_restore(
        opened, sandbox.dsn, sandbox.api_key, lambda: TARGET, is_whole_round=False
    )

    assert [one.outcome for one in report.refreshes] == ["flipped"]
    assert status_of(opened, talha) == "connected"
    assert back.unsubscribed == {}


def test_somebody_else_who_logs_in_is_refused_with_a_sentence(
    opened, sandbox, hook, talha
):
    flip(opened, *talha.key, "deleted")
    url = ask(opened, sandbox, hook, talha.workspace_id, account_id=talha.account_id)

    log_in(opened, sandbox, hook, url, "somebody@example.com")
    (login,) = finish(opened, sandbox)

    assert login.account_id is None
    assert login.refusal.startswith(
        f"account {talha.account_id} (Talha) of workspace {talha.workspace_id} is the "
        f"LinkedIn identity {talha.identity}, not "
    )
    assert status_of(opened, talha) == "deleted"
    assert "hosted_auth_refused" in open_alerts(opened)
    assert finish(opened, sandbox) == []


def test_a_person_of_another_workspace_is_refused(opened, sandbox, hook, talha):
    url = ask(opened, sandbox, hook, talha.workspace_id, timezone="UTC")
    log_in(opened, sandbox, hook, url)
    finish(opened, sandbox)
    selva = Connected(opened, sandbox, "Selva")

    url = ask(opened, sandbox, hook, selva.workspace_id, timezone="UTC")
    log_in(opened, sandbox, hook, url)
    (login,) = finish(opened, sandbox)

    assert "is linked to account" in login.refusal
    assert f"of workspace {talha.workspace_id} already" in login.refusal
    assert len(accounts(opened)) == 3


def test_a_notice_told_twice_counts_once(opened, sandbox, hook, talha):
    url = ask(opened, sandbox, hook, talha.workspace_id, timezone="UTC")
    log_in(opened, sandbox, hook, url)
    body = hook.received[-1][1]

    again = receive_notice(opened, body)
    finish(opened, sandbox)
    later = receive_notice(opened, body)

    assert (again, later) == ("told before", "told before")
    assert finish(opened, sandbox) == []


def notice(**changes):
    fields = {
        "status": "CREATION_SUCCESS",
        "account_id": "acc-x",
        "name": "trueup-1-guessed",
    }
    return json.dumps(fields | changes).encode()


@pytest.mark.parametrize(
    ("body", "received"),
    [
        (notice(), "unknown"),
        (notice(name="somebody-elses"), "unknown"),
        (notice(name="trueup-x-y"), "unknown"),
        (notice(name=f"trueup-{9 * 10**30}-y"), "unknown"),
        (notice(name="trueup-1-\ud800"), "unreadable"),
        (notice(account_id="acc\x00"), "unreadable"),
        (notice(name=""), "unreadable"),
        (notice(name=7), "unreadable"),
        (notice(account_id="x" * 501), "unreadable"),
        (notice(status="FAILED"), "unreadable"),
        (b"\xff", "unreadable"),
        (b"[]", "unreadable"),
        (b"[" * 1_100, "unreadable"),
    ],
)
def test_a_notice_that_nobody_asked_for_is_not_kept(opened, talha, body, received):
    assert receive_notice(opened, body) == received
    assert opened.execute(
        "select count(*) from outreach.hosted_auth_links"
    ).fetchone() == (0,)


def test_a_login_on_somebody_elses_page_is_not_believed(opened, sandbox, hook, talha):
    url = ask(opened, sandbox, hook, talha.workspace_id, timezone="UTC")
    log_in(opened, sandbox, hook, url)
    body = json.loads(hook.received[-1][1]) | {"account_id": "acc-forged"}

    assert receive_notice(opened, json.dumps(body).encode()) == "unknown"


def test_a_notice_of_an_account_that_is_not_there_is_refused(
    opened, sandbox, hook, talha
):
    ask(opened, sandbox, hook, talha.workspace_id, timezone="UTC")
    (link,) = sandbox.journal("hosted_link_made")
    receive_notice(opened, notice(name=link["wanted"]["name"], account_id="acc-gone"))

    (login,) = finish(opened, sandbox)

    assert "The provider has no account acc-gone" in login.refusal


def test_only_the_hash_of_a_pages_secret_is_kept(opened, sandbox, hook, talha):
    ask(opened, sandbox, hook, talha.workspace_id, timezone="UTC")
    (link,) = sandbox.journal("hosted_link_made")
    token = link["wanted"]["name"].split("-", 2)[2]
    kept = opened.execute(
        "select links::text from outreach.hosted_auth_links as links"
    ).fetchone()[0]
    assert len(token) > 40
    assert token not in kept


def test_a_provider_that_gives_no_page_is_a_sentence(opened, sandbox, hook, talha):
    with pytest.raises(NoHostedPageError, match="gave no page to log in on"):
        ask_for_hosted_page(
            opened,
            sandbox.dsn,
            "wrong",
            target(hook),
            talha.workspace_id,
            "ines",
            timezone="UTC",
        )


def connect_account(database, sandbox, *arguments, how=ran_here, **settings):
    environment = database.environment() | {
        "UNIPILE_DSN": sandbox.dsn,
        "UNIPILE_API_KEY": sandbox.api_key,
        "TRUEUP_WEBHOOK_URL": TARGET.url,
        "TRUEUP_WEBHOOK_SECRET": TARGET.secret,
    }
    environment.pop("CONFIRM", None)
    return how(environment | settings, "account", "connect", *arguments)


def test_the_command_prints_a_page_and_what_the_account_gets(
    database, opened, sandbox, talha
):
    arguments = ("--timezone", "Europe/Berlin", "--account-age", "2y")
    done = connect_account(database, sandbox, *arguments, how=ran_as_a_process)

    assert done.stdout.startswith(f"{sandbox.dsn}/hosted/")
    said = " ".join(done.stderr.split())
    assert "lives in Europe/Berlin, and sends mon-fri 09:00-17:00 there" in said
    assert (
        'Its limits are the preset "recommended" for an account of 2 years: the daily'
        " invites grow from 15 to 25 if it is a free account, from 20 to 40 if it is a"
        " paid one." in said
    )
    (link,) = sandbox.journal("hosted_link_made")
    assert link["wanted"]["notify_url"] == f"{TARGET.url}/hosted-auth"


def test_a_new_account_can_send_without_another_word(opened, sandbox, hook, talha):
    opened.execute("update outreach.workspaces set timezone = 'Asia/Kathmandu'")
    url = ask(opened, sandbox, hook, talha.workspace_id, account_age="2 years")
    log_in(opened, sandbox, hook, url)
    (login,) = finish(opened, sandbox)

    (row,) = opened.execute(
        "select timezone, sending_windows, account_type,"
        " current_date - opened_on between 365 * 2 - 5 and 365 * 2 + 6,"
        " limits -> 0 from outreach.show_account(%s, %s)",
        [login.workspace_id, login.account_id],
    ).fetchall()
    assert row[:4] == ("Asia/Kathmandu", "mon-fri 09:00-17:00", "sales_navigator", True)
    assert (row[4]["limit_today"], row[4]["goal_count"]) == (20, 40)
    assert opened.execute(
        "select setting, actor from outreach.linkedin_account_setting_audit"
    ).fetchall() == [("limits", "ines"), ("sending_windows", "ines")]


def test_a_login_of_a_known_account_leaves_its_settings(opened, sandbox, hook, talha):
    before = opened.execute("select * from outreach.linkedin_account_limits").fetchall()
    url = ask(opened, sandbox, hook, talha.workspace_id, account_id=talha.account_id)
    log_in(opened, sandbox, hook, url, username="talha@example.com")
    finish(opened, sandbox)

    after = opened.execute("select * from outreach.linkedin_account_limits").fetchall()
    assert after == before


@pytest.mark.parametrize(
    ("arguments", "settings", "sentence"),
    [
        (
            ["--account", 1, "--timezone", "UTC"],
            {},
            "--provider-account and --link are for a new account. For a known one",
        ),
        (
            ["--account-age", "old"],
            {},
            "old is no such span; write 2y, 18mo, 10d, or new.",
        ),
        (["--account-age", "99y"], {}, "a LinkedIn account cannot be 99 years old"),
        (["--preset", "brave"], {}, "There are: careful, recommended."),
        (["--workspace", 1, "--timezone", "Europe/Berln"], {}, "Europe/Berlin"),
        (["--workspace", 1, "--account", 99], {}, "There is no account 99."),
        (["--workspace", 99, "--timezone", "UTC"], {}, "There is no workspace 99."),
        (["--provider-account", "x"], {}, "belong to --logged-in"),
        (["--link", 1], {}, "belong to --logged-in"),
        (["--logged-in", "--link", 1, "--preset", "careful"], {}, "Leave out"),
        (["--logged-in"], {}, "There are: none. Log in on the page of"),
    ],
)
def test_the_scripts_refusals_are_sentences(
    database, opened, sandbox, talha, arguments, settings, sentence
):
    ran = connect_account(database, sandbox, *arguments, **settings)

    assert ran.returncode != 0
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr
    assert os.environ.get("CONFIRM") is None


def log_in_unheard(sandbox, url, username):
    """As a person would, on a page that tells nobody."""
    with api_of(sandbox) as api:
        assert api.post(url, data={"username": username}).status_code == 200


def test_an_account_is_connected_without_a_public_address(
    database, opened, sandbox, talha
):
    nowhere = {"TRUEUP_WEBHOOK_URL": ""}
    page = connect_account(database, sandbox, "--account-age", "2y", **nowhere)
    assert (
        "After the login run: scripts/trueup account connect --logged-in"
        in " ".join(page.stderr.split())
    )
    log_in_unheard(sandbox, page.stdout.strip(), "mark@example.com")

    done = connect_account(database, sandbox, "--logged-in", **nowhere)

    assert done.returncode == 0, done.stderr
    mark = accounts(opened)[1]
    assert f"({mark[0]}) is connected." in done.stdout
    said = " ".join(done.stdout.split())
    assert "an account of 2 years, lives in UTC, limits of the preset" in said
    assert "(from login page " in said
    assert mark[3] == "connected"
    # The settings are those with which the page was asked for.
    assert opened.execute(
        "select limit_count from outreach.linkedin_account_limits"
        " where account_id = %s and action = 'send_invite' and per = 'day'",
        [mark[0]],
    ).fetchone() == (20,)
    again = connect_account(database, sandbox, "--logged-in", **nowhere)
    assert "There are: none." in again.stderr


def test_of_several_unheard_logins_one_is_named(database, opened, sandbox, talha):
    nowhere = {"TRUEUP_WEBHOOK_URL": ""}
    for name in ("mark", "zoe"):
        page = connect_account(database, sandbox, **nowhere)
        log_in_unheard(sandbox, page.stdout.strip(), f"{name}@example.com")

    several = connect_account(database, sandbox, "--logged-in", **nowhere)
    assert several.returncode == 1
    assert "Say which with --provider-account" in several.stderr
    named = several.stderr.split('"')[1]
    done = connect_account(
        database, sandbox, "--logged-in", "--provider-account", named, **nowhere
    )
    assert f"\n{named} (" in done.stdout


def test_a_known_account_says_that_it_logged_in_again(database, opened, sandbox, talha):
    flip(opened, talha.workspace_id, talha.account_id, "disconnected")

    done = connect_account(
        database,
        sandbox,
        *("--logged-in", "--account", talha.account_id),
        TRUEUP_WEBHOOK_URL="",
    )

    assert "is connected." in done.stdout
    assert status_of(opened, talha) == "connected"


def take_page(connection, workspace_id, at, link_id=None, **given):
    """(settings, where they are from) of a login that nobody told."""
    return connection.execute(
        "select settings, settings_from from outreach.take_login_page("
        "%s, null, %s, %s, %s, %s, 'a hash', 'ines',"
        " %s::timestamptz + interval '12 hours', %s)",
        [
            workspace_id,
            link_id,
            given.get("timezone"),
            given.get("limit_preset"),
            given.get("account_age"),
            at,
            at,
        ],
    ).fetchone()


def make_page(connection, workspace_id, token, at, *, zone=None, age=None, hours=12):
    connection.execute(
        "select outreach.begin_hosted_auth(%s, null, %s, %s, 'ines',"
        " %s::timestamptz + make_interval(hours => %s), %s, 'recommended', %s)",
        [workspace_id, token, zone, at, hours, at, age],
    )


NOON = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)
NEW = 'a new account, lives in UTC, limits of the preset "recommended"'
OLD = 'an account of 2 years, lives in Asia/Jakarta, limits of the preset "recommended"'


@pytest.fixture
def workspace_id(connection):
    return make_workspace(connection)


def test_an_open_login_page_gives_its_settings(connection, workspace_id):
    make_page(connection, workspace_id, "1", NOON, zone="Asia/Jakarta", age="2 years")
    settings, settings_from = take_page(connection, workspace_id, NOON)
    assert settings == OLD
    assert settings_from.endswith(", made 2026-05-04 12:00 UTC by ines")


def test_pages_with_different_settings_are_refused_and_listed(connection, workspace_id):
    make_page(connection, workspace_id, "1", NOON, zone="Asia/Jakarta", age="2 years")
    make_page(connection, workspace_id, "2", NOON)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState) as refused:
        take_page(connection, workspace_id, NOON)
    assert str(refused.value).startswith("2 open login pages have different settings")
    hint = refused.value.diag.message_hint
    assert f"by ines: {OLD}; page " in hint
    assert hint.endswith(f"by ines: {NEW}.")


def test_a_named_page_gives_its_settings(connection, workspace_id):
    make_page(connection, workspace_id, "1", NOON, zone="Asia/Jakarta", age="2 years")
    make_page(connection, workspace_id, "2", NOON)
    first, second = connection.execute(
        "select array_agg(link_id order by link_id) from outreach.hosted_auth_links"
    ).fetchone()[0]
    assert take_page(connection, workspace_id, NOON, first)[0] == OLD
    assert take_page(connection, workspace_id, NOON, second)[0] == NEW
    with pytest.raises(psycopg.errors.NoDataFound, match=r"page 0 .* is not open"):
        take_page(connection, workspace_id, NOON, 0)


def test_settings_given_at_the_login_win_over_open_pages(connection, workspace_id):
    make_page(connection, workspace_id, "1", NOON, zone="Asia/Jakarta", age="2 years")
    make_page(connection, workspace_id, "2", NOON)
    taken = take_page(connection, workspace_id, NOON, account_age="0 days")
    assert taken == (NEW, "the settings given now")


def test_an_expired_login_page_does_not_count(connection, workspace_id):
    make_page(connection, workspace_id, "1", NOON, zone="Asia/Jakarta", hours=1)
    later = NOON + dt.timedelta(hours=2)
    make_page(connection, workspace_id, "2", later)
    settings, settings_from = take_page(connection, workspace_id, later)
    assert settings == NEW
    assert "made 2026-05-04 14:00 UTC" in settings_from
    long_after = NOON + dt.timedelta(days=2)
    assert take_page(connection, workspace_id, long_after) == (
        NEW,
        "the defaults, because no login page is open",
    )


def test_each_of_two_unheard_logins_gets_the_page_that_is_named(
    database, opened, sandbox, talha
):
    nowhere = {"TRUEUP_WEBHOOK_URL": ""}
    settings = ["--account-age", "2y", "--timezone", "Asia/Jakarta"]
    for name, given in (("mark", settings), ("zoe", [])):
        page = connect_account(database, sandbox, *given, **nowhere)
        log_in_unheard(sandbox, page.stdout.strip(), f"{name}@example.com")
    several = connect_account(database, sandbox, "--logged-in", **nowhere)
    names = several.stderr.split('"')[1::2]
    named = ("--logged-in", "--provider-account", names[0])

    refused = connect_account(database, sandbox, *named, **nowhere)
    assert refused.returncode == 1
    said = " ".join(refused.stderr.split())
    assert "2 open login pages have different settings" in said
    assert "Repeat the command with --link and its number" in said
    first = re.search(r"page (\d+), made", said)[1]
    taken = connect_account(database, sandbox, *named, "--link", first, **nowhere)

    assert taken.returncode == 0, taken.stderr
    zones = {name: zone for _, name, zone, _ in accounts(opened)}
    assert zones[names[0]] == "Asia/Jakarta"
    last = connect_account(database, sandbox, "--logged-in", **nowhere)
    assert f"Settings of {names[1]}: {NEW}" in last.stdout
