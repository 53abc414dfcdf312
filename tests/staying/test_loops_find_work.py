"""When each loop of a process that stays finds work, and what it then does."""

import datetime as dt

import pytest

from tests.support.connected_accounts import TARGET, Connected, status_of
from tests.support.endpoint_rows import add_endpoint, deliveries, queue_event
from tests.support.inbound_rows import Invited, deliver
from tests.support.rows import (
    NOON,
    flip,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)
from tests.support.staying_loops import one_look
from tests.support.web_apps import account_status, new_relation
from trueup.inbound.webhooks.events import take_in_deliveries
from trueup.inbound.webhooks.subscriptions import audit_webhooks
from trueup.staying.work import loops_of, turn_of

pytestmark = pytest.mark.usefixtures("configured")


def test_each_provider_has_its_loops_and_no_turn_has_two():
    first, second = ("http://one.test:1", "a-key"), ("https://two.test/v2", "b-key")
    loops = loops_of("w1", [first, second])

    assert len({loop.turn for loop in loops}) == len({loop.name for loop in loops})
    assert len(loops) == len({loop.turn for loop in loops}) == 12
    assert [loop.name for loop in loops[:3]] == [
        "send_queue",
        "send_queue at https://two.test/v2",
        "inbound_events",
    ]
    assert loops[0].turn == turn_of("send_queue", first[0])
    assert loops_of("w1", [first])[0].turn == loops[0].turn


def test_webhooks_are_read_and_credited_once_one_waits(opened, sandbox):
    assert one_look("inbound_events") == {}

    invited = Invited(opened).send(NOON)
    opened.execute("update outreach.workspaces set provider_dsn = %s", [sandbox.dsn])
    now = opened.execute("select clock_timestamp()").fetchone()[0]
    deliver(opened, new_relation(invited.provider_account, invited.person), now)
    deliver(opened, new_relation("acc-unknown", invited.person))
    reports = one_look("inbound_events")

    assert reports["inbound_events"].new_events == 1
    assert reports["inbound_events"].quarantined == 1
    assert reports["resolved_accepts"].credited == 1
    assert one_look("inbound_events") == {}


def test_a_webhook_of_an_account_that_becomes_known_is_read(opened, sandbox, talha):
    deliver(opened, new_relation("acc-later", "ACoAAperson"))
    assert one_look("inbound_events")["inbound_events"].quarantined == 1
    assert one_look("inbound_events") == {}
    opened.execute(
        "update outreach.linkedin_webhook_inbox set provider_account_id = %s",
        [talha.provider_id],
    )
    assert "inbound_events" in one_look("inbound_events")


def test_replies_are_polled_and_it_is_noted_once_a_webhook_tells_of_them(
    opened, sandbox, talha
):
    opened.execute("delete from outreach.reply_polls")
    first = one_look("polled_replies")["polled_replies"]
    assert (first.changed, first.accounts) == (1, 1)
    audit_webhooks(opened, sandbox.dsn, sandbox.api_key, TARGET)
    told = one_look("polled_replies")["polled_replies"]
    assert (told.changed, told.accounts) == (1, 0)
    assert one_look("polled_replies") == {}


def test_lists_are_polled_once_an_account_is_connected_and_then_by_turns(
    opened, sandbox, talha
):
    assert one_look("polled_lists")["polled_lists"].accounts == 1
    assert one_look("polled_lists") == {}


def walk_all_accounts(connection, sandbox):
    connection.execute(
        "select outreach.record_provider_wide_read(%s, 'accounts', null,"
        " clock_timestamp(), clock_timestamp(), true, 1, 1, null, '[]')",
        [sandbox.dsn],
    )


def test_accounts_are_refreshed_when_all_are_due_or_one_has_a_webhook(
    opened, sandbox, talha
):
    assert one_look("refreshed_accounts")["refreshed_accounts"].accounts.is_complete
    assert one_look("refreshed_accounts") == {}

    sandbox.set_account_status(talha.provider_id, "CREDENTIALS")
    now = opened.execute("select clock_timestamp()").fetchone()[0]
    deliver(opened, account_status(talha.provider_id), now)
    take_in_deliveries(opened)

    assert "refreshed_accounts" in one_look("refreshed_accounts")
    assert status_of(opened, talha) == "disconnected"


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


def test_subscriptions_are_audited_at_once_and_then_once_a_day(opened, sandbox, talha):
    assert "webhook_subscriptions" in one_look("webhook_subscriptions")
    assert one_look("webhook_subscriptions") == {}
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


def test_without_our_address_nothing_is_audited(opened, talha, monkeypatch):
    monkeypatch.delenv("TRUEUP_WEBHOOK_URL")
    assert one_look("webhook_subscriptions") == {}


def test_endpoints_are_called_only_while_a_delivery_is_due(opened, hook):
    hook.statuses = [500]
    assert one_look("endpoint_deliveries") == {}
    workspace_id = make_workspace(opened)
    add_endpoint(opened, workspace_id, url=hook.url)
    queue_event(opened, workspace_id)
    first = one_look("endpoint_deliveries")["endpoint_deliveries"]
    assert (first.called, first.taken) == (1, 0)
    assert one_look("endpoint_deliveries") == {}
    opened.execute("update outreach.endpoint_deliveries set next_try_at = now()")
    second = one_look("endpoint_deliveries")["endpoint_deliveries"]
    assert (second.called, second.taken) == (1, 1)


def test_a_limit_that_was_reached_is_told_once(opened, hook):
    now = opened.execute("select clock_timestamp()").fetchone()[0]
    workspace_id = make_workspace(opened)
    account_id = make_account(opened, workspace_id, limits=(("send_invite", "day", 1),))
    add_endpoint(
        opened,
        workspace_id,
        "limit.reached",
        url=hook.url,
        as_of=now - dt.timedelta(hours=1),
    )
    campaign_id, (step_id, _) = make_campaign(opened, workspace_id)
    make_enrollments(opened, workspace_id, account_id, campaign_id, step_id, run_at=now)
    assert send_one(opened, workspace_id, as_of=now) == ["sent_proven"]

    assert one_look("endpoint_deliveries")["endpoint_deliveries"].taken == 1
    assert one_look("endpoint_deliveries") == {}
    assert deliveries(opened) == ["limit.reached"]
