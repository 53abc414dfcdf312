"""An audit whose lists or registrations fail, and audits at the same time."""

import pytest

from tests.support.connected_accounts import (
    HEADERS,
    TARGET,
    listed,
    open_alerts,
    subscribe,
)
from tests.support.subscriptions import audit, cover
from trueup.inbound.webhooks.plan import (
    plan_repairs,
    read_subscriptions,
)
from trueup.inbound.webhooks.subscriptions import audit_webhooks
from trueup.unipile.addresses import UnusableProviderError

ALL = {"new_relation", "message_received", "account_status"}


WANTED = {
    "new_relation": {"new_relation"},
    "message_received": {"message_received"},
}


def test_a_list_that_breaks_off_proves_nothing_missing(opened, sandbox, api, talha):
    for _ in range(251):
        subscribe(api, "users", request_url="http://127.0.0.1:9/other")
    sandbox.script_fault("webhooks", page=2, status=500, type="unexpected_error")

    report = audit(opened, sandbox)

    assert report.problem == (
        "the provider's list of webhooks broke off (page 2: 500 unexpected_error)"
    )
    assert report.registered == []
    assert sandbox.journal("webhook_deleted") == []
    assert open_alerts(opened) == {"webhook_list_incomplete": TARGET.url}
    read = opened.execute(
        "select is_complete, page_count, stopped_by from outreach.provider_wide_reads"
    ).fetchall()
    assert read == [(False, 1, "page 2: 500 unexpected_error")]


def test_a_complete_list_closes_the_alert_about_a_broken_one(
    opened, sandbox, api, talha
):
    cover(api)
    sandbox.script_fault("webhooks", status=500, type="unexpected_error")
    audit(opened, sandbox)

    audit(opened, sandbox)

    assert open_alerts(opened) == {}


def test_a_registration_that_fails_deletes_nothing_and_alerts(
    opened, sandbox, api, talha
):
    old = subscribe(api, "users", ["new_relation"], headers=[])
    sandbox.script_fault(
        "create_webhook", times=None, status=500, type="unexpected_error"
    )

    report = audit(opened, sandbox)

    assert set(report.uncovered) == ALL
    assert set(listed(api)) == {old}
    assert "500 unexpected_error" in report.why_uncovered(talha.provider_id)
    assert open_alerts(opened) == {"webhook_registration_failed": TARGET.url}
    failed = opened.execute(
        "select count(*) from outreach.webhook_repairs where not is_done"
    ).fetchone()[0]
    assert failed == 3


def test_an_answer_that_was_lost_leaves_no_second_subscription(
    opened, sandbox, api, talha
):
    sandbox.script_fault("create_webhook", call_index=1, drop="after")

    first = audit(opened, sandbox)
    second = audit(opened, sandbox)

    assert first.failures != []
    assert first.is_all_covered
    assert second.registered == []
    assert len(listed(api)) == 3


def test_our_own_bad_key_repairs_nothing(opened, sandbox, api, talha):
    with pytest.raises(UnusableProviderError, match="Set UNIPILE_API_KEY"):
        audit_webhooks(opened, sandbox.dsn, "wrong", TARGET)
    assert listed(api) == {}


def test_the_secret_is_kept_nowhere(opened, sandbox, talha):
    audit(opened, sandbox)

    for table in ("provider_wide_reads", "webhook_repairs", "linkedin_admin_alerts"):
        rows = opened.execute(
            f"select count(*) from outreach.{table} as kept where kept::text like %s",
            [f"%{TARGET.secret}%"],
        ).fetchone()
        assert rows == (0,)
    assert TARGET.secret not in repr(TARGET)


def test_two_audits_at_once_register_once(database, opened, sandbox, talha):
    with database.connect(autocommit=True) as other:
        other.execute(
            "select pg_advisory_lock(hashtextextended("
            "'trueup.inbound.webhooks.subscriptions', 0))"
        )
        report = audit(opened, sandbox)

    assert report.problem == "another audit is under way"
    assert sandbox.requests() == []


def test_events_that_the_list_does_not_tell_cover_nobody():
    item = {
        "id": "w1",
        "enabled": True,
        "request_url": TARGET.url,
        "account_ids": [],
        "headers": HEADERS,
    }
    (one,) = read_subscriptions([item], TARGET)
    plan = plan_repairs([one], {"acc1"}, WANTED)
    assert one.unsound_because == "the list does not tell its events"
    assert [gap.wanted_event for gap in plan.gaps] == [
        "new_relation",
        "message_received",
    ]


def test_a_list_of_accounts_that_cannot_be_read_is_not_everybody():
    item = {
        "id": "w1",
        "enabled": True,
        "request_url": TARGET.url,
        "events": ["new_relation"],
        "account_ids": [{"name": "no id"}],
        "headers": HEADERS,
    }
    (one,) = read_subscriptions([item], TARGET)
    assert plan_repairs([one], {"acc1"}, {"new_relation": {"new_relation"}}).gaps
