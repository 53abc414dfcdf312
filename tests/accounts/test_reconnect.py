"""A reconnect: flipped and committed, registered again, and what was missed caught up.

LL#280: Talha reconnected, his subscription lost new_relation, 31 people accepted, and
no event arrived.
"""

import logging

import pytest

from tests.support.connected_accounts import (
    TARGET,
    Connected,
    flips_of,
    listed,
    open_alerts,
    status_of,
    subscribe,
)
from tests.support.rows import flip, make_campaign, make_enrollments
from trueup.inbound.accounts.reconnect import (
    reconnect_account,
    refresh_and_restore,
    restore_accounts,
)
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.lists.polls import PollReport
from trueup.inbound.settings import (
    UnusableSettingError,
    webhook_target_of_environment,
)
from trueup.inbound.webhooks.subscriptions import audit_webhooks
from trueup.sender import drain
from trueup.unipile.addresses import UnusableProviderError

ACCEPTS = 31


@pytest.fixture
def talha(opened, sandbox, api, talha):
    """Logged out at the provider and here, told of messages and statuses only."""
    sandbox.set_account_status(talha.provider_id, "CREDENTIALS")
    flip(opened, *talha.key, "disconnected")
    subscribe(api, "messaging", ["message_received"])
    subscribe(api, "account_status")
    return talha


def no_polls(_connection, _accounts):
    return PollReport()


def log_in(sandbox, account):
    sandbox.set_account_status(account.provider_id, "OK")


def reconnect(connection, account, catch_up=no_polls, target=TARGET):
    return reconnect_account(
        connection,
        account.sandbox.dsn,
        account.sandbox.api_key,
        *account.key,
        "talha",
        lambda: target,
        catch_up=catch_up,
    )


def test_a_reconnect_flips_registers_and_catches_up_in_this_order(
    database, opened, sandbox, api, talha
):
    log_in(sandbox, talha)
    seen = []

    def catch_up(_connection, accounts):
        with database.connect() as somebody_else:
            seen.append(status_of(somebody_else, talha))
        seen.append(sorted(map(tuple, listed(api).values())).count(("new_relation",)))
        seen.append([account.provider_account_id for account in accounts])
        return PollReport(accounts=1)

    refresh, back = reconnect(opened, talha, catch_up)

    assert refresh.outcome == "flipped"
    assert seen == ["connected", 1, [talha.provider_id]]
    assert (back.unsubscribed, back.caught_up.accounts) == ({}, 1)
    assert flips_of(opened, talha) == [
        ("disconnected", "connected", "talha", "reconnected: the provider says OK")
    ]


def test_what_the_provider_does_not_confirm_flips_nothing(opened, sandbox, talha):
    refresh, back = reconnect(opened, talha)

    assert (refresh.to_status, back) == ("disconnected", None)
    assert sandbox.journal("webhook_created")[2:] == []


def assert_stands_unregistered(connection, caplog, account, why):
    assert status_of(connection, account) == "connected"
    (line,) = [one for one in caplog.messages if "WEBHOOK-REREGISTER-FAILED" in one]
    assert line.startswith(
        f"[WEBHOOK-REREGISTER-FAILED] Talha (account {account.account_id}) of "
        f"workspace {account.workspace_id} is connected, and its webhooks are not: "
    )
    assert why in line
    assert (
        open_alerts(connection)["webhook_reregister_failed"]
        == f"Talha (account {account.account_id})"
    )


def test_a_failed_registration_leaves_an_alert_and_a_log_line_and_undoes_nothing(
    opened, sandbox, talha, caplog
):
    log_in(sandbox, talha)
    sandbox.script_fault(
        "create_webhook", times=None, status=500, type="unexpected_error"
    )
    caught_up = []

    with caplog.at_level(logging.WARNING):
        reconnect(opened, talha, lambda _, accounts: caught_up.extend(accounts))

    assert_stands_unregistered(
        opened, caplog, talha, "no subscription covers new_relation"
    )
    assert [account.account_id for account in caught_up] == [talha.account_id]


def test_a_provider_that_refuses_the_list_undoes_nothing(
    opened, sandbox, talha, caplog
):
    log_in(sandbox, talha)
    sandbox.script_fault("webhooks", times=None, status=503, type="no_client_session")

    with caplog.at_level(logging.WARNING):
        reconnect(opened, talha)

    assert_stands_unregistered(opened, caplog, talha, "broke off")


def test_a_missing_address_undoes_nothing(opened, sandbox, talha, caplog, monkeypatch):
    log_in(sandbox, talha)
    monkeypatch.delenv("TRUEUP_WEBHOOK_URL", raising=False)

    with caplog.at_level(logging.WARNING):
        reconnect_account(
            opened,
            sandbox.dsn,
            sandbox.api_key,
            *talha.key,
            "talha",
            webhook_target_of_environment,
            catch_up=no_polls,
        )

    assert_stands_unregistered(opened, caplog, talha, "TRUEUP_WEBHOOK_URL is not set")


def test_the_next_audit_that_covers_the_account_closes_its_alert(
    opened, sandbox, talha
):
    log_in(sandbox, talha)
    sandbox.script_fault("create_webhook", times=1, status=500, type="provider_error")
    reconnect(opened, talha)
    before = open_alerts(opened)

    audit_webhooks(opened, sandbox.dsn, sandbox.api_key, TARGET)

    assert "webhook_reregister_failed" in before
    assert open_alerts(opened).keys() == {"webhook_repaired"}


def test_a_catch_up_that_cannot_run_undoes_nothing(opened, sandbox, talha):
    def fail(_connection, _accounts):
        raise UnusableProviderError("The provider is away.")

    log_in(sandbox, talha)

    _, back = reconnect(opened, talha, fail)

    assert (back.caught_up, back.not_caught_up) == (None, "The provider is away.")
    assert status_of(opened, talha) == "connected"


def test_a_round_brings_back_every_account_that_came_back_with_one_audit(
    opened, sandbox, api, talha
):
    other = Connected(opened, sandbox, "Anisha", "disconnected", talha.workspace_id)
    log_in(sandbox, talha)

    report, back = refresh_and_restore(
        opened, sandbox.dsn, sandbox.api_key, lambda: TARGET
    )

    assert len(report.of("flipped")) == 2
    assert [one.account_id for one in back.accounts] == [
        talha.account_id,
        other.account_id,
    ]
    assert back.unsubscribed == {}
    assert ["new_relation"] in listed(api).values()
    assert back.caught_up.accounts == 2


def test_a_round_in_which_nobody_came_back_registers_nothing(opened, sandbox, talha):
    report, back = refresh_and_restore(
        opened, sandbox.dsn, sandbox.api_key, lambda: TARGET
    )
    assert (len(report.of("same")), back) == (1, None)


def test_a_reconnect_is_committed_before_anything_else(database, talha):
    with (
        database.connect() as connection,
        pytest.raises(ValueError, match="autocommit"),
    ):
        restore_accounts(connection, "http://x", "k", [], lambda: TARGET)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("TRUEUP_WEBHOOK_URL", "", "TRUEUP_WEBHOOK_URL is not set"),
        ("TRUEUP_WEBHOOK_URL", "trueup.example.com/hook", "which is no web address"),
        ("TRUEUP_WEBHOOK_SECRET", " ", "TRUEUP_WEBHOOK_SECRET is not set"),
        ("TRUEUP_WEBHOOK_SECRET", "gehe\u00efm", "no HTTP header may carry"),
    ],
)
def test_a_setting_that_cannot_be_used_is_a_sentence(
    monkeypatch, name, value, sentence
):
    monkeypatch.setenv("TRUEUP_WEBHOOK_URL", TARGET.url)
    monkeypatch.setenv("TRUEUP_WEBHOOK_SECRET", TARGET.secret)
    monkeypatch.setenv(name, value)
    with pytest.raises(UnusableSettingError, match=sentence):
        webhook_target_of_environment()


def test_ll_280_after_the_reconnect_the_31_accepts_are_there(opened, sandbox, api):
    """Invited while connected; accepted while nobody told us of relations."""
    talha = Connected(opened, sandbox)
    opened.execute(
        "update outreach.linkedin_account_limits set limit_count = 100,"
        " minimum_gap = '0'"
    )
    steps = ("send_invite", "wait_accept", "send_message")
    campaign_id, (step_id, *_) = make_campaign(opened, talha.workspace_id, steps)
    now = opened.execute("select clock_timestamp()").fetchone()[0]
    with opened.transaction():
        make_enrollments(
            opened, *talha.key, campaign_id, step_id, count=ACCEPTS, run_at=now
        )
    drain(
        opened,
        worker="w1",
        provider_dsn=sandbox.dsn,
        api_key=sandbox.api_key,
        until_seconds=60,
    )
    invited = [line["provider_id"] for line in sandbox.journal("invite_sent")]
    subscribe(api, "messaging", ["message_received"])
    subscribe(api, "account_status")
    sandbox.set_account_status(talha.provider_id, "CREDENTIALS")
    flip(opened, *talha.key, "disconnected")
    log_in(sandbox, talha)
    for person in invited:
        sandbox.accept(talha.provider_id, person)
    events = "select count(*) from outreach.linkedin_events where event_type = %s"
    before = opened.execute(events, ["new_relation"]).fetchone()[0]

    _, back = reconnect(opened, talha, catch_up=None)

    resolve_inbound(opened)
    accepted_within = opened.execute(
        "select count(*) from outreach.campaign_prospects as enrollments"
        " inner join outreach.accept_credits as credits"
        " using (workspace_id, enrollment_id)"
        " where credits.is_credited"
        " and enrollments.linkedin_status <> 'pending_accept'"
        " and enrollments.linkedin_accepted_at between enrollments.linkedin_invited_at"
        " and credits.accepted_before"
    ).fetchone()[0]
    assert (len(invited), before) == (ACCEPTS, 0)
    assert back.caught_up.new_events["relations"] == ACCEPTS
    assert accepted_within == ACCEPTS
    going_on = opened.execute(
        "select count(*) from outreach.campaign_send_jobs"
        " where action = 'send_message' and status = 'queued'"
    ).fetchone()[0]
    assert going_on == ACCEPTS
    assert ["new_relation"] in listed(api).values()
