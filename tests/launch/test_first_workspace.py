"""The first start beside a real provider: a workspace, and words that are true."""

import io
from pathlib import Path

import pytest
from psycopg.types.json import Jsonb
from rich.console import Console

from launch import report
from launch.database import first_account_id, make_first_workspace_if_none
from tests.support.rows import make_account

PROVIDER = "https://provider.test:13111"


@pytest.fixture(autouse=True)
def real_provider(database, monkeypatch):
    monkeypatch.setenv("PGDATABASE", database.name)
    for name in ("TRUEUP_WEBHOOK_URL", *V2, *SERVICE_KEY):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UNIPILE_DSN", PROVIDER)


def welcome(first_workspace):
    """What a start prints, on one line."""
    text = io.StringIO()
    started = report.Started(
        port=3000,
        sign_in_url="http://127.0.0.1:8580/sign-in#token=secret",
        web_url="http://127.0.0.1:8100",
        loaded=None,
        first_workspace=first_workspace,
        first_account_id=first_account_id(),
    )
    console = Console(file=text, highlight=False, soft_wrap=True)
    report.print_welcome(console, started, Path(".local"))
    return " ".join(text.getvalue().split())


ADDRESS = "TRUEUP_WEBHOOK_URL is not set, so version {} of the provider's API sends no"
OFTEN = "new messages are polled every few minutes, the other lists four times a day."
HOURLY = "while a step is due, and once an hour otherwise, the other lists four times"
LATER = "are not registered yet: the audit does it once an account is connected,"
OURS = "https://trueup.test/webhooks/unipile"
HERE = "http://127.0.0.1:8100/webhooks/unipile"
V2 = {"UNIPILE_V2_DSN": "https://api.unipile.com/v2", "UNIPILE_V2_API_KEY": "k"}
SERVICE_KEY = {"UNIPILE_V2_SERVICE_KEY": "s"}


@pytest.mark.parametrize(
    ("settings", "says", "says_not"),
    [
        ({}, [ADDRESS.format(1), OFTEN, f"leads to {HERE}."], ["hour", "version 2"]),
        (
            V2,
            [
                *(ADDRESS.format(1), OFTEN, ADDRESS.format(2), HOURLY),
                f"leads to {HERE}, and UNIPILE_V2_SERVICE_KEY too.",
            ],
            ["registered"],
        ),
        (V2 | SERVICE_KEY, [ADDRESS.format(2)], ["SERVICE_KEY"]),
        (
            {"TRUEUP_WEBHOOK_URL": HERE},
            [f"Webhooks of version 1 of the provider's API {LATER} at {HERE} "],
            ["lead", "polled", "version 2", "Warning"],
        ),
        (
            {"TRUEUP_WEBHOOK_URL": "http://localhost:1/webhooks/unipile"},
            [
                "Warning: TRUEUP_WEBHOOK_URL leads to http://localhost:1/webhooks/unip",
                f"the receiver listens at {HERE}: no webhook of version 1 arrives.",
            ],
            ["version 2"],
        ),
        (
            {"TRUEUP_WEBHOOK_URL": OURS, **V2},
            [
                f"1 of the provider's API {LATER} at {OURS}, to lead to {HERE} ",
                "UNIPILE_V2_SERVICE_KEY is not set, so no webhooks are registered at"
                " version 2 of the provider's API: new messages are polled every few",
                HOURLY,
            ],
            ["TRUEUP_WEBHOOK_URL", OFTEN],
        ),
        (
            {"TRUEUP_WEBHOOK_URL": OURS, **V2, **SERVICE_KEY, "UNIPILE_DSN": ""},
            [
                f"Webhooks of version 2 of the provider's API {LATER} at {OURS}/v2, to "
                f"lead to {HERE}/v2 "
            ],
            ["version 1", "polled", "is not set"],
        ),
    ],
)
def test_what_is_said_of_webhooks_is_true_of_each_version(
    monkeypatch, settings, says, says_not
):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    said = welcome(None)
    for words in says:
        assert words in said
    for words in says_not:
        assert words not in said


def test_webhooks_are_said_to_be_registered_once_an_audit_has_seen_them(
    opened, monkeypatch
):
    for name, value in ({"TRUEUP_WEBHOOK_URL": OURS} | V2 | SERVICE_KEY).items():
        monkeypatch.setenv(name, value)
    opened.execute(
        "select outreach.record_provider_wide_read(%s, 'webhooks', %s, now(), now(),"
        " true, 1, 1, null, %s)",
        [
            V2["UNIPILE_V2_DSN"],
            f"{OURS}/v2",
            Jsonb([{"is_sound": True, "events": ["message.new"]}]),
        ],
    )
    said = welcome(None)
    assert f"version 1 of the provider's API {LATER} at {OURS}" in said
    assert f"2 of the provider's API are registered at {OURS}/v2 (seen 20" in said


def test_a_first_start_makes_a_workspace_and_says_what_comes_next(opened):
    made = make_first_workspace_if_none()
    said = welcome(made)

    assert made == "Main"
    assert opened.execute(
        "select name, provider_dsn, created_by from outreach.workspaces"
    ).fetchall() == [("Main", PROVIDER, "scripts/up")]
    assert f'There was no workspace, so "Main" was made for {PROVIDER}' in said
    assert "trueup is up: http://127.0.0.1:8580/sign-in#token=secret" in said
    assert "No account is connected yet." in said
    assert "scripts/trueup account connect" in said
    assert "last-activity" not in said


def test_a_later_start_makes_none_and_names_an_account_that_exists(opened):
    make_first_workspace_if_none()
    (workspace_id,) = opened.execute(
        "select workspace_id from outreach.workspaces"
    ).fetchone()
    account_id = make_account(opened, workspace_id)

    assert make_first_workspace_if_none() is None
    said = welcome(None)
    assert "There was no workspace" not in said
    assert "No account is connected yet." not in said
    assert f"/api/linkedin/accounts/{account_id}/last-activity" in said


def test_a_workspace_of_any_name_is_enough(opened):
    opened.execute(
        "insert into outreach.workspaces (name, provider_dsn) values ('Acme', %s)",
        [PROVIDER],
    )

    assert make_first_workspace_if_none() is None
