"""GET /api/linkedin/accounts/{id}/last-activity: Mark Eagar's pill tells the truth."""

import datetime as dt

import httpx
import pytest

from tests.support.dbt_runner import modelled_copy
from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)
from tests.support.web_apps import TOKEN, served
from trueup.web.settings import Secrets

MINUTE = dt.timedelta(minutes=1)
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def modelled(template_database):
    with modelled_copy(template_database) as database:
        yield database


@pytest.fixture(scope="module")
def mark(modelled):
    """LL#281: a health check 47 minutes ago, six sends in the last ten minutes."""
    with modelled.connect() as connection:
        workspace_id = make_workspace(connection)
        account_id = make_account(connection, workspace_id, name="Mark Eagar")
        connection.execute(
            "update outreach.linkedin_accounts set last_sync_at = %s",
            [NOON - 47 * MINUTE],
        )
        campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
        make_enrollments(
            connection,
            workspace_id,
            account_id,
            campaign_id,
            step_id,
            count=6,
            run_at=NOON - 10 * MINUTE,
        )
        for minutes in range(7, 1, -1):
            send_one(connection, workspace_id, as_of=NOON - minutes * MINUTE)
        quiet_id = make_account(connection, workspace_id, name="Quiet")
        connection.commit()
    return workspace_id, account_id, quiet_id


@pytest.fixture
def api(modelled, monkeypatch):
    monkeypatch.setenv("PGDATABASE", modelled.name)
    with (
        served() as address,
        httpx.Client(base_url=address, trust_env=False, headers=BEARER) as client,
    ):
        yield client


def ask(api, account_id, **options):
    return api.get(f"/api/linkedin/accounts/{account_id}/last-activity", **options)


def test_the_newest_completed_send_speaks_not_the_health_check(api, mark):
    workspace_id, account_id, _ = mark
    answer = ask(api, account_id)

    assert answer.status_code == 200
    assert answer.json() == {
        "workspace_id": workspace_id,
        "account_id": account_id,
        "last_activity_at": "2026-05-04T11:58:00+00:00",
        "source": "last completed send",
        "tooltip": "Last completed send at 11:58 UTC",
    }
    assert answer.headers["cache-control"] == "no-store"


def test_an_account_that_did_nothing_says_so(api, mark):
    answer = ask(api, mark[2]).json()
    assert (answer["last_activity_at"], answer["source"], answer["tooltip"]) == (
        None,
        "no activity yet",
        "No activity yet",
    )


@pytest.mark.parametrize(
    "account_id", ["999999999", "-1", "mark", "1.5", "9" * 30, "٣", "1%20or%201=1"]
)
def test_an_account_that_is_not_there_is_not_found(api, mark, account_id):
    answer = ask(api, account_id)
    assert answer.status_code == 404
    assert "There is no" in answer.json()["problem"]


@pytest.mark.parametrize(
    "given",
    ["", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN, "Bearer"],
)
def test_without_the_token_nothing_is_told(api, mark, given):
    answer = ask(api, mark[1], headers={"Authorization": given})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "TRUEUP_API_TOKEN" in answer.json()["problem"]


@pytest.mark.parametrize("given", ["Bearer x", "Bearer", "", f"Bearer {TOKEN}"])
def test_without_a_configured_token_nobody_is_let_in(mark, given):
    with served(Secrets(webhook_secret="another")) as address:
        answer = httpx.get(
            f"{address}/api/linkedin/accounts/{mark[1]}/last-activity",
            headers={"Authorization": given},
            trust_env=False,
        )
    assert answer.status_code == 503
    assert "Set TRUEUP_API_TOKEN" in answer.json()["problem"]


def test_a_database_that_is_away_is_a_sentence(api, monkeypatch):
    monkeypatch.setenv("PGDATABASE", "there_is_none")
    answer = ask(api, 1)
    assert answer.status_code == 503
    assert "ask again later" in answer.json()["problem"]


def test_models_that_are_not_built_are_a_sentence(api, database, monkeypatch):
    monkeypatch.setenv("PGDATABASE", database.name)
    answer = ask(api, 1)
    assert answer.status_code == 503
    assert "materialize_everything" in answer.json()["problem"]
