"""Accounts that people connect in a real browser, at the sandbox's login page."""

import pytest

from tests.console.conftest import accessibility_faults
from tests.support.connected_accounts import Connected, flips_of, open_alerts, status_of
from tests.support.rows import make_workspace
from tests.support.web_apps import SECRET


@pytest.fixture
def provider(sandbox, monkeypatch):
    monkeypatch.setenv("UNIPILE_DSN", sandbox.dsn)
    monkeypatch.setenv("UNIPILE_API_KEY", sandbox.api_key)
    monkeypatch.setenv("TRUEUP_WEBHOOK_URL", "http://127.0.0.1:9/webhooks/unipile")
    monkeypatch.setenv("TRUEUP_WEBHOOK_SECRET", SECRET)
    return sandbox


@pytest.fixture
def stuck(opened, provider):
    """Dipti is stuck in connecting although the provider says OK (LL#276)."""
    return Connected(opened, provider, "Dipti", status="connecting")


def reconnect(page, console, account):
    page.goto("{}/accounts/{}/{}".format(console.url, *account.key))
    assert page.get_by_text("Connecting since").is_visible()
    page.get_by_role("button", name="Reconnect").click()
    page.get_by_text("Connected since").first.wait_for()


def test_reconnect_mends_a_stuck_account_and_registers_its_webhooks(
    page, console, opened, stuck, api
):
    reconnect(page, console, stuck)
    assert page.get_by_role("status").inner_text().endswith("reads what it missed.")
    assert page.get_by_role(
        "cell", name="reconnected: the provider says OK"
    ).is_visible()
    assert flips_of(opened, stuck) == [
        ("connecting", "connected", "Ines Moreau", "reconnected: the provider says OK")
    ]
    assert api.get("/webhooks").json()["items"]


def test_a_registration_that_fails_leaves_an_alert_on_today(
    page, console, opened, stuck, monkeypatch
):
    monkeypatch.setenv("TRUEUP_WEBHOOK_URL", "no address")
    reconnect(page, console, stuck)
    assert status_of(opened, stuck) == "connected"
    (code,) = open_alerts(opened)
    page.get_by_role("link", name="Today").click()
    assert page.get_by_text(code).is_visible()
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_text("Ines Moreau knows since").wait_for()
    assert list(open_alerts(opened)) == [code]


def test_a_new_account_logs_in_on_the_sandboxs_page_and_is_taken_in(
    page, console, opened, provider, monkeypatch
):
    monkeypatch.delenv("TRUEUP_WEBHOOK_URL")
    make_workspace(opened, provider.dsn)
    page.goto(f"{console.url}/accounts/new")
    page.get_by_role("button", name="Get the login page").click()
    page.get_by_role("link", name="Open the login page").wait_for()
    assert accessibility_faults(page) == []
    with page.expect_popup() as opening:
        page.get_by_role("link", name="Open the login page").click()
    login = opening.value
    login.get_by_label("LinkedIn user name").fill("Anisha Rao")
    login.get_by_role("button", name="Connect").click()
    login.get_by_text("Connected as account").wait_for()
    page.get_by_role("button", name="The login is done").click()
    page.get_by_text("is in the workspace now").wait_for()
    assert page.get_by_text("Connected since").first.is_visible()
