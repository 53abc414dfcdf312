"""Accounts of version 2 asked at a sandbox: states, the proof of the owner, logins."""

import json
import urllib.parse

import httpx
import pytest

from tests.support.connected_accounts import flips_of, status_of
from tests.support.connected_accounts_v2 import ConnectedV2
from tests.support.rows import flip, make_workspace
from tests.support.sandboxes import ANISHA
from tests.support.web_apps import served
from trueup.inbound.accounts.adopting import (
    StatedSettings,
    adopt_account,
    unlinked_accounts,
)
from trueup.inbound.accounts.hosted_auth import ask_for_hosted_page, finish_logins
from trueup.inbound.accounts.refresh import refresh_account, refresh_accounts
from trueup.inbound.settings import WebhookTarget
from trueup.inbound.webhooks.events import take_in_deliveries
from trueup.inbound.webhooks.subscriptions import audit_webhooks
from trueup.unipile.addresses import UnusableProviderError, provider_address


@pytest.fixture
def account(opened, sandbox):
    return ConnectedV2(opened, sandbox)


def refresh(connection, account, key=None):
    return refresh_account(
        connection,
        account.dsn,
        key or account.sandbox.v2_account_key,
        *account.key,
        "me",
        "asked",
    )


def own_profile_calls(sandbox):
    return len(sandbox.requests("get_own_profile"))


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"status": "disconnected"}, "disconnected"),
        ({"status": "errored"}, "errored"),
        ({"status": "running", "is_locked": True}, "locked"),
        (
            {"status": "partial", "products": {"sales_navigator": "disconnected"}},
            "partial",
        ),
        (
            {"status": "degraded", "products": {"sales_navigator": "errored"}},
            "degraded",
        ),
        ({"status": "a new word"}, "errored"),
    ],
)
def test_an_account_has_the_status_that_the_provider_says(
    opened, sandbox, account, facts, status
):
    sandbox.set_v2_status(account.provider_id, **facts)

    one = refresh(opened, account)
    again = refresh_accounts(opened, account.dsn, sandbox.v2_account_key)

    assert (one.outcome, status_of(opened, account)) == ("flipped", status)
    assert [each.outcome for each in again.refreshes] == ["same"]
    # A state that stops the account needs no proof, and costs no call of LinkedIn's.
    assert own_profile_calls(sandbox) == 0


def test_products_are_kept_with_the_status(opened, sandbox, account):
    sandbox.set_v2_status(
        account.provider_id,
        status="partial",
        products={"classic": "running", "sales_navigator": "disconnected"},
    )
    refresh(opened, account)

    (states,) = opened.execute(
        "select product_states from outreach.linkedin_accounts where account_id = %s",
        [account.account_id],
    ).fetchone()
    assert states["classic"] == "running"
    assert states["sales_navigator"] == "disconnected"


@pytest.mark.parametrize("by_list", [True, False])
def test_an_account_that_is_called_running_and_is_dead_stays_disconnected(
    opened, sandbox, account, by_list
):
    flip(opened, *account.key, "disconnected")
    sandbox.script_fault(
        "get_own_profile",
        status=401,
        type="provider/invalid_authorization",
        times=None,
    )
    if by_list:
        refresh_accounts(opened, account.dsn, sandbox.v2_account_key)
    else:
        refresh(opened, account)

    assert status_of(opened, account) == "disconnected"
    assert own_profile_calls(sandbox) == 1


@pytest.mark.parametrize("by_list", [True, False])
def test_an_account_that_comes_back_is_proven_once(opened, sandbox, account, by_list):
    flip(opened, *account.key, "disconnected")
    for _ in range(2):
        if by_list:
            refresh_accounts(opened, account.dsn, sandbox.v2_account_key)
        else:
            refresh(opened, account)

    assert status_of(opened, account) == "connected"
    assert own_profile_calls(sandbox) == 1


def test_a_login_of_another_person_under_the_same_id_stops_the_account(opened, sandbox):
    account = ConnectedV2(opened, sandbox, is_there=False)
    account.add(identity="ACoAAsomebodyelse")

    one = refresh(opened, account)

    assert one.provider_state == "wrong_account"
    assert status_of(opened, account) == "disconnected"


def test_an_account_that_is_gone_is_deleted(opened, sandbox, account):
    ConnectedV2(opened, sandbox, "Anisha")
    httpx.delete(
        f"{account.dsn}/accounts/{account.provider_id}",
        headers={"X-API-KEY": sandbox.v2_account_key},
        trust_env=False,
    ).raise_for_status()

    refresh_accounts(opened, account.dsn, sandbox.v2_account_key)

    assert status_of(opened, account) == "deleted"


@pytest.mark.parametrize("by_list", [True, False])
@pytest.mark.parametrize("is_same_person", [True, False])
def test_an_account_under_another_id_is_ours_only_if_linkedin_says_so(
    opened, sandbox, account, by_list, is_same_person
):
    """The owner's id that the list shows may be an old one."""
    ConnectedV2(opened, sandbox, "Anisha")
    key = {"X-API-KEY": sandbox.v2_account_key}
    with httpx.Client(base_url=account.dsn, headers=key, trust_env=False) as api:
        api.delete(f"/accounts/{account.provider_id}").raise_for_status()
        account.add("acc_again", None if is_same_person else "ACoAAsomebodyelse")
        listed = api.get("/accounts/").json()
    for one in listed["data"]:
        if one["id"] == "acc_again":
            one["user_id"] = account.identity
    sandbox.script_fault("list_accounts", junk=json.dumps(listed), times=None)
    if by_list:
        refresh_accounts(opened, account.dsn, sandbox.v2_account_key)
    else:
        refresh(opened, account)

    status = "connected" if is_same_person else "deleted"
    assert status_of(opened, account) == status
    assert own_profile_calls(sandbox) > 0


def test_an_expired_key_stops_everything_and_disconnects_nobody(
    opened, sandbox, account
):
    sandbox.make_v2_key("old", expires_at="2020-01-01T00:00:00.000Z")

    with pytest.raises(UnusableProviderError, match="UNIPILE_V2_API_KEY"):
        refresh(opened, account, "old")

    assert flips_of(opened, account) == []


# Logins on hosted pages


class Login:
    """A page of version 2, an endpoint, and the receiver at which both end."""

    def __init__(self, connection, sandbox, address):
        self.connection = connection
        self.sandbox = sandbox
        self.dsn = provider_address(sandbox.dsn, 2)
        self.target = WebhookTarget(f"{address}/webhooks/unipile", "x")
        self.workspace_id = make_workspace(connection, self.dsn)

    def page(self, account_id=None):
        return ask_for_hosted_page(
            self.connection,
            self.dsn,
            self.sandbox.v2_account_key,
            self.target,
            self.workspace_id,
            "me",
            account_id,
            "UTC",
        )

    def log_in(self, page, username):
        """The browser's last answer, after the redirect."""
        answer = httpx.post(
            page, data={"username": username}, trust_env=False, follow_redirects=True
        )
        self.sandbox.settle()
        return answer

    def take_in(self):
        take_in_deliveries(self.connection)
        return finish_logins(self.connection, self.dsn, self.sandbox.v2_account_key)


@pytest.fixture
def login(database, sandbox, monkeypatch):
    monkeypatch.setenv("PGDATABASE", database.name)
    with database.connect(autocommit=True) as connection, served() as address:
        # An account, because without one no endpoint is made.
        ConnectedV2(connection, sandbox, "Somebody")
        login = Login(connection, sandbox, address)
        audit_webhooks(
            connection,
            login.dsn,
            sandbox.v2_account_key,
            login.target,
            service_key=sandbox.v2_service_key,
        )
        yield login


def test_a_person_who_logs_in_gets_an_account(login):
    login.sandbox.set_person("dana-cole")
    answer = login.log_in(login.page(), "dana.cole")
    (finished,) = login.take_in()

    assert answer.status_code == 200
    assert answer.text.startswith("Thank you.")
    identity, dsn, version = login.connection.execute(
        "select linkedin_identity, provider_dsn, provider_version"
        " from outreach.provider_accounts where account_id = %s",
        [finished.account_id],
    ).fetchone()
    assert (dsn, version) == (login.dsn, 2)
    assert identity.startswith("ACo")
    assert own_profile_calls(login.sandbox) == 1


def test_the_redirect_is_believed_by_nobody(login):
    """Whoever holds the link can write anything into it."""
    page = login.page()
    login.sandbox.register_accounts(
        [ANISHA | {"id": "acc_victim", "version": 2, "provider_id": "ACoAAvictim"}]
    )
    answer = httpx.post(page, data={"username": "unpaid-eve"}, trust_env=False)
    query = dict(
        urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.headers["location"]).query)
    )
    forged = {"state": query["state"], "account_id": "acc_victim", "provider": "x"}
    shown = httpx.get(login.target.landing_url, params=forged, trust_env=False)
    by_hand = httpx.post(
        login.target.notify_url,
        json={
            "status": "CREATION_SUCCESS",
            "account_id": "acc_victim",
            "name": query["state"],
        },
        trust_env=False,
    )

    assert shown.status_code == 200
    assert "acc_victim" not in shown.text
    assert by_hand.status_code == 401
    assert login.take_in() == []


@pytest.mark.parametrize(
    ("username", "sentence"),
    [
        ("restricted-dana", "LinkedIn restricts this account."),
        ("unpaid-dana", "The subscription at the provider has ended."),
    ],
)
def test_a_login_that_fails_is_told_in_our_own_words(login, username, sentence):
    answer = login.log_in(login.page(), username)

    assert answer.status_code == 200
    assert answer.text.startswith(sentence)
    assert login.take_in() == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"error_type": "api/already_exists"}, "This account is connected already."),
        ({"error_type": "api/expired_link"}, "This page has ended."),
        ({"error_type": "<b>new</b>"}, "The login was not finished."),
        ({"error_title": "<b>new</b>"}, "The login was not finished."),
        ({}, "Thank you."),
    ],
)
def test_the_page_to_return_to_says_nothing_of_what_it_is_given(query, sentence):
    with served() as address:
        url = f"{address}/webhooks/unipile/v2/connected"
        answer = httpx.get(url, params=query, trust_env=False)

    assert answer.status_code == 200
    assert answer.text.startswith(sentence)
    assert "<" not in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


def test_an_account_logs_in_again_under_its_id(login):
    account = ConnectedV2(login.connection, login.sandbox)
    login.workspace_id = account.workspace_id
    login.sandbox.set_v2_status(account.provider_id, status="disconnected")
    refresh(login.connection, account)

    login.log_in(login.page(account.account_id), f"talha-{account.account_id}")
    (finished,) = login.take_in()
    refresh(login.connection, account)

    assert finished.account_id == account.account_id
    assert status_of(login.connection, account) == "connected"


def test_where_no_webhook_comes_a_person_says_that_the_login_was_made(login):
    """Version 2 lists the account; its owner is asked for, as after a webhook."""
    login.sandbox.set_person("dana-cole")
    login.target = None
    httpx.post(login.page(), data={"username": "dana.cole"}, trust_env=False)

    key = login.sandbox.v2_account_key
    (account,) = unlinked_accounts(login.connection, login.dsn, key)
    adopted = adopt_account(
        login.connection,
        login.dsn,
        key,
        login.workspace_id,
        account,
        "me",
        StatedSettings(timezone="UTC"),
    )

    assert adopted.login.account_id is not None
