"""When the inbound jobs start by themselves, and ticks that start nothing."""

import datetime as dt

import dagster as dg
import pytest

from dagster_project.resources import Postgres, Provider
from dagster_project.schedules.inbound import (
    audit_webhooks_when_due,
    poll_lists_when_due,
    poll_replies_when_due,
    refresh_accounts_when_due,
    take_in_webhooks_each_minute,
)
from tests.support.connected_accounts import TARGET, Connected
from tests.support.inbound_rows import deliver
from tests.support.rows import flip
from tests.support.web_apps import account_status, new_relation
from trueup.inbound.webhooks.events import take_in_deliveries
from trueup.inbound.webhooks.subscriptions import audit_webhooks

ALL = (
    take_in_webhooks_each_minute,
    poll_lists_when_due,
    poll_replies_when_due,
    refresh_accounts_when_due,
    audit_webhooks_when_due,
)

pytestmark = pytest.mark.usefixtures("configured")


@pytest.fixture
def tick(instance):
    """What a schedule does now: the word "run", or why it starts none."""

    def evaluate(schedule):
        context = dg.build_schedule_context(
            instance=instance,
            scheduled_execution_time=dt.datetime.now(dt.UTC),
            resources={"postgres": Postgres(), "provider": Provider()},
        )
        said = schedule(context)
        return said.skip_message if isinstance(said, dg.SkipReason) else "run"

    return evaluate


def test_webhooks_are_read_only_when_one_waits(tick, opened, talha):
    assert tick(take_in_webhooks_each_minute) == "No webhook waits to be read."

    deliver(opened, new_relation(talha.provider_id, "ACoAAperson"))

    assert tick(take_in_webhooks_each_minute) == "run"


def test_replies_are_polled_only_while_no_webhook_tells_of_them(
    tick, opened, sandbox, talha
):
    assert tick(poll_replies_when_due) == "run"
    audit_webhooks(opened, sandbox.dsn, sandbox.api_key, TARGET)
    assert tick(poll_replies_when_due) == (
        "No account's turn has come, or webhooks tell of messages."
    )


def test_lists_are_polled_once_an_account_is_connected_and_then_by_turns(
    tick, opened, talha
):
    assert tick(poll_lists_when_due) == "run"

    opened.execute(
        "select outreach.record_provider_read(%s, %s, 'inbox', null,"
        " clock_timestamp(), clock_timestamp(), true, 1, null, '[]')",
        talha.key,
    )

    assert tick(poll_lists_when_due) == "No account's turn has come."


def walk_all_accounts(connection, sandbox):
    connection.execute(
        "select outreach.record_provider_wide_read(%s, 'accounts', null,"
        " clock_timestamp(), clock_timestamp(), true, 1, 1, null, '[]')",
        [sandbox.dsn],
    )


def test_accounts_are_refreshed_when_all_are_due_or_one_has_a_webhook(
    tick, opened, sandbox, talha
):
    assert tick(refresh_accounts_when_due) == "run"
    walk_all_accounts(opened, sandbox)
    assert "Nothing was told" in tick(refresh_accounts_when_due)

    deliver(opened, account_status(talha.provider_id))
    take_in_deliveries(opened)

    assert tick(refresh_accounts_when_due) == "run"


@pytest.mark.parametrize(("minutes", "is_due"), [(4, False), (6, True)])
def test_a_login_under_way_is_asked_about_every_five_minutes(
    opened, sandbox, minutes, is_due
):
    talha = Connected(opened, sandbox, status="connecting")
    walk_all_accounts(opened, sandbox)
    opened.execute(
        "update outreach.linkedin_accounts"
        " set last_sync_at = clock_timestamp() - make_interval(mins => %s)"
        " where workspace_id = %s and account_id = %s",
        [minutes, *talha.key],
    )
    row = opened.execute(
        "select outreach.has_accounts_to_ask(%s)", [sandbox.dsn]
    ).fetchone()

    assert row == (is_due,)


def is_audit_due(connection, sandbox, url=TARGET.url, later="0"):
    return connection.execute(
        "select outreach.is_webhook_audit_due("
        "%s, %s, clock_timestamp() + %s::interval)",
        [sandbox.dsn, url, later],
    ).fetchone()[0]


def test_subscriptions_are_audited_at_once_and_then_once_a_day(
    tick, opened, sandbox, talha
):
    assert tick(audit_webhooks_when_due) == "run"

    audit_webhooks(opened, sandbox.dsn, sandbox.api_key, TARGET)

    assert tick(audit_webhooks_when_due).startswith("The provider's list was read")
    assert not is_audit_due(opened, sandbox, later="23 hours")
    assert is_audit_due(opened, sandbox, later="25 hours")


def test_subscriptions_are_audited_again_once_an_account_is_connected(
    opened, sandbox, talha
):
    audit_webhooks(opened, sandbox.dsn, sandbox.api_key, TARGET)
    flip(opened, *talha.key, "disconnected")
    assert not is_audit_due(opened, sandbox)

    flip(opened, *talha.key, "connected")

    assert is_audit_due(opened, sandbox)


def test_a_new_address_of_ours_is_audited_at_once(opened, sandbox, talha):
    audit_webhooks(opened, sandbox.dsn, sandbox.api_key, TARGET)

    assert is_audit_due(opened, sandbox, url="https://moved.test/webhooks/unipile")


def test_a_list_that_breaks_off_is_asked_for_again_after_ten_minutes(
    opened, sandbox, talha
):
    sandbox.script_fault("webhooks", status=500, type="provider_error")

    audit_webhooks(opened, sandbox.dsn, sandbox.api_key, TARGET)

    assert not is_audit_due(opened, sandbox, later="9 minutes")
    assert is_audit_due(opened, sandbox, later="11 minutes")


def test_without_accounts_there_is_nothing_to_subscribe_to(opened, sandbox):
    assert not is_audit_due(opened, sandbox)


def test_a_missing_address_is_named_by_the_skipped_audit(
    tick, opened, talha, monkeypatch
):
    monkeypatch.delenv("TRUEUP_WEBHOOK_URL")

    assert "TRUEUP_WEBHOOK_URL is not set" in tick(audit_webhooks_when_due)


@pytest.mark.parametrize("schedule", ALL, ids=lambda each: each.name)
def test_a_missing_provider_is_named_by_the_skipped_tick(
    tick, opened, talha, monkeypatch, schedule
):
    monkeypatch.delenv("UNIPILE_DSN")

    assert "UNIPILE_DSN is not set" in tick(schedule)


@pytest.mark.parametrize("schedule", ALL, ids=lambda each: each.name)
def test_a_tick_starts_nothing_while_the_run_before_is_not_over(
    tick, opened, talha, instance, schedule
):
    deliver(opened, new_relation(talha.provider_id, "ACoAAperson"))
    assert tick(schedule) == "run"

    instance.create_run_for_job(
        dg.GraphDefinition(name=schedule.job_name).to_job(),
        status=dg.DagsterRunStatus.STARTED,
    )

    assert tick(schedule) == "The run before this one is not over."
