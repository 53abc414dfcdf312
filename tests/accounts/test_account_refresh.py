"""Statuses follow what the provider says of an account, and nothing else."""

import psycopg
import pytest

from tests.support.connected_accounts import Connected, flips_of, status_of
from tests.support.rows import flip
from trueup.inbound.accounts.refresh import (
    refresh_account,
    refresh_accounts,
    refresh_reported_accounts,
)
from trueup.unipile.addresses import UnusableProviderError


@pytest.fixture
def account(opened, sandbox):
    return Connected(opened, sandbox)


def refresh(connection, account, api_key=None):
    return refresh_account(
        connection,
        account.sandbox.dsn,
        api_key or account.sandbox.api_key,
        *account.key,
        "ines",
        "checked by hand",
    )


def refresh_all(connection, sandbox, **changes):
    return refresh_accounts(connection, sandbox.dsn, sandbox.api_key, **changes)


def last_sync_at(connection, account):
    return connection.execute(
        "select last_sync_at from outreach.linkedin_accounts where account_id = %s",
        [account.account_id],
    ).fetchone()[0]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("CONNECTING", "connecting"),
        ("STOPPED", "disconnected"),
        ("ERROR", "disconnected"),
        ("CREDENTIALS", "disconnected"),
        ("PERMISSIONS", "restricted"),
    ],
)
def test_each_word_of_the_provider_is_one_of_our_statuses(
    opened, sandbox, account, said, status
):
    sandbox.set_account_status(account.provider_id, said)

    refreshed = refresh(opened, account)

    assert (refreshed.outcome, refreshed.provider_state) == ("flipped", said)
    assert status_of(opened, account) == status
    assert flips_of(opened, account) == [
        ("connected", status, "ines", f"checked by hand: the provider says {said}")
    ]


def test_an_account_that_works_stays_connected_and_is_noted_as_checked(opened, account):
    refreshed = refresh(opened, account)

    assert refreshed.outcome == "same"
    assert flips_of(opened, account) == []
    assert last_sync_at(opened, account) is not None


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (["OK"], "connected"),
        (["OK", "SYNC_SUCCESS", "RECONNECTED", "CREATION_SUCCESS"], "connected"),
        (["OK", "CONNECTING"], "connecting"),
        (["CREDENTIALS", "CONNECTING", "OK"], "disconnected"),
        (["PERMISSIONS", "ERROR"], "restricted"),
        (["DELETED", "PERMISSIONS"], "deleted"),
        (["OK", "SOMETHING_NEW"], "disconnected"),
    ],
)
def test_an_account_is_as_well_as_the_worst_of_its_sources(connection, states, status):
    said = connection.execute(
        "select status from outreach.provider_status_of('state', %s)", [states]
    ).fetchall()
    assert said == [(status,)]


def test_no_word_at_all_says_nothing(connection):
    said = connection.execute(
        "select status from outreach.provider_status_of('state', '{}')"
    ).fetchall()
    assert said == []


def test_every_known_word_has_its_status(connection):
    words = connection.execute(
        "select provider_state from outreach.provider_account_states"
        " where state_field = 'state'"
    ).fetchall()
    assert {word for (word,) in words} == {
        "OK",
        "CONNECTING",
        "CREDENTIALS",
        "ERROR",
        "STOPPED",
        "PERMISSIONS",
        "DELETED",
        "CREATION_SUCCESS",
        "RECONNECTED",
        "SYNC_SUCCESS",
        "*",
    }


def test_an_account_that_the_provider_does_not_know_is_deleted(
    opened, sandbox, account
):
    sandbox.control("POST", "/reset")

    assert refresh(opened, account).to_status == "deleted"


@pytest.mark.parametrize(
    ("status", "error_type", "becomes"),
    [
        (403, "account_restricted", "restricted"),
        (401, "expired_credentials", "disconnected"),
        (500, "unexpected_error", "connected"),
        (404, "no_such_route", "connected"),
        (429, "too_many_requests", "connected"),
        (503, "service_unavailable", "connected"),
    ],
)
def test_only_an_error_about_the_account_changes_its_status(
    opened, sandbox, account, status, error_type, becomes
):
    sandbox.script_fault("get_account", status=status, type=error_type)

    refreshed = refresh(opened, account)

    assert status_of(opened, account) == becomes
    assert (refreshed.outcome == "unproven") == (becomes == "connected")


def test_our_own_bad_key_disconnects_nobody(opened, account):
    with pytest.raises(UnusableProviderError, match="Set UNIPILE_API_KEY"):
        refresh(opened, account, api_key="wrong")
    assert status_of(opened, account) == "connected"


def test_a_provider_that_is_away_disconnects_nobody(opened, account):
    opened.execute("update outreach.workspaces set provider_dsn = 'http://127.0.0.1:9'")
    with pytest.raises(UnusableProviderError, match="cannot be reached"):
        refresh_account(opened, "http://127.0.0.1:9", "k", *account.key, "a", "b")
    assert status_of(opened, account) == "connected"


def test_somebody_else_logged_in_under_the_same_id_disconnects_the_account(
    opened, sandbox, account
):
    sandbox.reset()
    account.add(identity="ACoAAsomebodyelse")

    refreshed = refresh(opened, account)

    assert refreshed.provider_state == "wrong_account"
    assert status_of(opened, account) == "disconnected"


def test_a_flip_made_while_the_provider_was_asked_is_not_undone(opened, account):
    row = opened.execute(
        "select outcome, to_status from outreach.apply_provider_states("
        "%s, %s, 0, 'state', '{OK}', 'poll', 'poll', clock_timestamp())",
        account.key,
    ).fetchone()
    assert row == ("superseded", "connected")


def test_an_account_of_another_address_is_not_asked_about(opened, sandbox, account):
    with pytest.raises(LookupError, match="trueup account connect"):
        refresh_account(opened, "http://other.test:1", "k", *account.key, "a", "b")


def test_an_account_cannot_be_flipped_past_the_function(opened, account):
    with pytest.raises(psycopg.errors.CheckViolation):
        # status-writer: on purpose, to see it refused
        opened.execute("update outreach.linkedin_accounts set status = 'deleted'")


def test_a_round_takes_one_call_for_all_accounts(opened, sandbox, account):
    accounts = [account] + [
        Connected(opened, sandbox, name, workspace_id=account.workspace_id)
        for name in ("Anisha", "Pinki", "Hafiz")
    ]
    sandbox.set_account_status(accounts[1].provider_id, "CREDENTIALS")

    report = refresh_all(opened, sandbox)

    assert [status_of(opened, one) for one in accounts] == [
        "connected",
        "disconnected",
        "connected",
        "connected",
    ]
    assert [one.account.account_name for one in report.of("flipped")] == ["Anisha"]
    assert [line["route"] for line in sandbox.requests()] == ["list_accounts"]


def test_an_account_missing_from_the_list_is_asked_about_before_it_is_deleted(
    opened, sandbox, account
):
    other = Connected(opened, sandbox, "Anisha", workspace_id=account.workspace_id)
    sandbox.reset()
    other.add()

    refresh_all(opened, sandbox)

    assert status_of(opened, account) == "deleted"
    assert status_of(opened, other) == "connected"
    assert [line["route"] for line in sandbox.requests()] == [
        "list_accounts",
        "get_account",
    ]


def test_a_list_that_broke_off_deletes_nobody(opened, sandbox, account):
    sandbox.script_fault("list_accounts", status=500, type="unexpected_error")

    report = refresh_all(opened, sandbox)

    assert not report.is_complete
    assert [one.outcome for one in report.refreshes] == ["unproven"]
    assert "500 unexpected_error" in report.refreshes[0].why
    assert status_of(opened, account) == "connected"


def test_a_list_with_none_of_our_accounts_is_another_workspaces(
    opened, sandbox, account
):
    other = Connected(opened, sandbox, "Anisha", workspace_id=account.workspace_id)
    sandbox.reset()

    with pytest.raises(UnusableProviderError, match="belongs to another workspace"):
        refresh_all(opened, sandbox)
    assert [status_of(opened, one) for one in (account, other)] == ["connected"] * 2


def test_a_webhook_about_a_status_is_only_a_reason_to_ask(opened, sandbox, account):
    opened.execute(
        "insert into outreach.linkedin_events (workspace_id, account_id, event_type,"
        " received_at, received_via, dedupe_key, payload) values (%s, %s,"
        " 'account_status', clock_timestamp(), 'webhook', 'k',"
        """ '{"AccountStatus": {"message": "CREDENTIALS"}}')""",
        account.key,
    )

    first = refresh_reported_accounts(opened, sandbox.dsn, sandbox.api_key)
    second = refresh_reported_accounts(opened, sandbox.dsn, sandbox.api_key)

    assert [one.outcome for one in first.refreshes] == ["same"]
    assert second.refreshes == []
    assert status_of(opened, account) == "connected"


def test_a_disconnected_account_has_nothing_claimed(opened, account):
    assert flip(opened, *account.key, "disconnected") is not None
    claimed = opened.execute(
        "select * from outreach.claim_send_jobs(%s, 'w', 10, null, %s)",
        [account.workspace_id, account.sandbox.dsn],
    ).fetchall()
    assert claimed == []


def test_the_list_is_due_until_it_was_walked_and_again_six_hours_later(
    opened, sandbox, account
):
    def is_due(hours):
        return opened.execute(
            "select outreach.are_accounts_due(%s,"
            " clock_timestamp() + make_interval(hours => %s))",
            [sandbox.dsn, hours],
        ).fetchone()[0]

    before = is_due(0)
    refresh_all(opened, sandbox)

    assert (before, is_due(0), is_due(12)) == (True, False, True)
