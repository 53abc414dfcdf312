"""The assets about accounts and subscriptions, run against a sandbox."""

import dagster as dg
import pytest

from dagster_project.assets.accounts import refreshed_accounts
from dagster_project.assets.webhooks import webhook_subscriptions
from dagster_project.resources import Postgres, Provider
from tests.support.connected_accounts import Connected, listed, status_of
from tests.support.sandboxes import api_of

pytestmark = pytest.mark.usefixtures("configured")


def run(asset):
    return asset(postgres=Postgres(), provider=Provider()).metadata


def test_the_audit_says_what_it_registered(opened, sandbox):
    Connected(opened, sandbox)

    metadata = run(webhook_subscriptions)

    assert (metadata["accounts"], metadata["registered"]) == (1, 3)
    assert metadata["is_all_covered"] is True
    assert "| registered | new_relation |" in metadata["repairs"].value
    with api_of(sandbox) as api:
        assert len(listed(api)) == 3


def test_a_missing_setting_fails_the_audit_with_its_sentence(
    opened, sandbox, monkeypatch
):
    monkeypatch.delenv("TRUEUP_WEBHOOK_URL")
    with pytest.raises(dg.Failure, match="TRUEUP_WEBHOOK_URL is not set"):
        run(webhook_subscriptions)


def test_the_refresh_says_whom_it_flipped_and_brought_back(opened, sandbox):
    talha = Connected(opened, sandbox, status="disconnected")

    metadata = run(refreshed_accounts)

    assert (metadata["flipped"], metadata["brought_back"]) == (1, 1)
    flip = "| Acme / Talha | disconnected → connected | OK |"
    assert flip in metadata["changes"].value
    assert status_of(opened, talha) == "connected"


def test_a_bad_key_fails_the_refresh_with_its_sentence(opened, sandbox, monkeypatch):
    talha = Connected(opened, sandbox)
    monkeypatch.setenv("UNIPILE_API_KEY", "wrong")
    with pytest.raises(dg.Failure, match="refuses the API key"):
        run(refreshed_accounts)
    assert status_of(opened, talha) == "connected"
