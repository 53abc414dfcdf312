"""The notice that somebody logged in, over HTTP, as the provider sends it."""

import httpx
import pytest

from tests.support.connected_accounts import TARGET, Connected
from tests.support.sandboxes import api_of
from tests.support.web_apps import served
from trueup.inbound.accounts.hosted_auth import ask_for_hosted_page
from trueup.inbound.settings import WebhookTarget

PATH = "/webhooks/unipile/hosted-auth"
NOTICE = {"status": "CREATION_SUCCESS", "account_id": "acc1", "name": "trueup-1-guess"}


@pytest.fixture
def receiver(database, monkeypatch):
    monkeypatch.setenv("PGDATABASE", database.name)
    with served() as address:
        yield address


def notify(receiver, **request):
    return httpx.post(f"{receiver}{PATH}", timeout=60, trust_env=False, **request)


def test_a_login_on_a_hosted_page_is_told_and_waits_to_be_finished(
    opened, receiver, sandbox
):
    talha = Connected(opened, sandbox)
    url = ask_for_hosted_page(
        opened,
        sandbox.dsn,
        sandbox.api_key,
        WebhookTarget(f"{receiver}/webhooks/unipile", TARGET.secret),
        talha.workspace_id,
        "ines",
        timezone="Europe/Berlin",
    )
    with api_of(sandbox) as api:
        assert api.post(url, data={"username": "mark@example.com"}).is_success
    sandbox.settle()

    (told,) = sandbox.journal("hosted_notified")
    assert told["outcome"] == "answered 200"
    waiting = opened.execute(
        "select provider_account_id, requested_by"
        " from outreach.hosted_auths_to_finish(%s)",
        [sandbox.dsn],
    ).fetchall()
    assert waiting == [(told["payload"]["account_id"], "ines")]
    # Told again, it is kept once.
    assert notify(receiver, json=told["payload"]).status_code == 200


def test_a_guessed_name_is_refused(receiver):
    answer = notify(receiver, json=NOTICE)

    assert answer.status_code == 401
    assert "does not name a page that was asked for here" in answer.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"status": "CREATION_SUCCESS"}'])
def test_what_is_no_notice_is_refused(receiver, body):
    answer = notify(receiver, content=body)

    assert answer.status_code == 400
    assert answer.text.startswith("A notice is JSON")


def test_a_notice_of_more_than_four_kilobytes_is_refused(receiver):
    assert notify(receiver, content=b" " * 4_096).status_code == 400
    assert notify(receiver, content=b" " * 4_097).status_code == 413


def test_what_names_no_page_is_refused_without_a_session_of_postgres(
    receiver, monkeypatch
):
    monkeypatch.setenv("PGDATABASE", "gone")

    assert notify(receiver, content=b"{}").status_code == 400
    assert notify(receiver, json=NOTICE | {"name": "another"}).status_code == 401


def test_without_a_database_the_provider_is_told_to_come_again(receiver, monkeypatch):
    monkeypatch.setenv("PGDATABASE", "gone")

    assert notify(receiver, json=NOTICE).status_code == 503
