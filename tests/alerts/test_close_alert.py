"""`trueup alert close`: a person has dealt with an alert."""

import pytest

from tests.support.command_line import invoke
from tests.support.rows import flip, make_account, make_workspace


@pytest.fixture
def opened(database, monkeypatch):
    monkeypatch.setenv("PGDATABASE", database.name)
    with database.connect(autocommit=True) as connection:
        yield connection


def test_an_open_alert_is_closed_once(opened):
    (alert_id,) = opened.execute(
        "select outreach.open_admin_alert(0, 'reply_asks_for_no_contact', 'person 7',"
        " 'Ada replied stop.')"
    ).fetchone()
    closed = invoke("alert", "close", alert_id)
    assert closed.output == (
        f"Alert {alert_id} (reply_asks_for_no_contact, person 7) is closed.\n"
    )
    assert opened.execute(
        "select resolved_at is not null from outreach.linkedin_admin_alerts"
        " where alert_id = %s",
        [alert_id],
    ).fetchone() == (True,)
    again = invoke("alert", "close", alert_id)
    assert again.exit_code == 2
    assert f"No open alert has the id {alert_id}; see `alert list`." in again.output


def test_an_alert_about_an_account_is_acknowledged_and_not_closed(opened):
    workspace_id = make_workspace(opened)
    account_id = make_account(opened, workspace_id, "Talha")
    flip(opened, workspace_id, account_id, "disconnected")
    (alert_id,) = opened.execute(
        "select alert_id from outreach.linkedin_admin_alerts"
    ).fetchone()
    closed = invoke("alert", "close", alert_id)
    assert closed.exit_code == 1
    assert "closes by itself when the account is connected again" in closed.output
    known = invoke("alert", "acknowledge", alert_id, "--actor", "mia")
    assert known.output == (
        f"Alert {alert_id} (account_disconnected, Talha (account {account_id})) is"
        " acknowledged by mia.\n"
    )
    listed = invoke("alert", "list", "--csv").output.splitlines()[-1]
    assert listed.split(",")[-2] == "mia"
    shown = invoke("alert", "list").output
    first, *others = shown.splitlines()
    assert first.startswith(f"Alert {alert_id}, account disconnected: ")
    assert first.endswith(f"Talha (account {account_id})")
    assert max(map(len, others)) <= 80
    assert "  Talha is disconnected. " in shown
    assert "what_to_do" not in shown
    assert shown.count("What to do: ") == 1
