"""The audit of our subscriptions: listed, compared, repaired, and told."""

import pytest

from tests.support.connected_accounts import (
    HEADERS,
    TARGET,
    Connected,
    listed,
    open_alerts,
    subscribe,
)
from tests.support.rows import flip
from trueup.inbound.settings import WebhookTarget
from trueup.inbound.webhooks.plan import (
    is_same_address,
    plan_repairs,
    read_subscriptions,
)
from trueup.inbound.webhooks.subscriptions import audit_webhooks
from trueup.sender import UnusableProviderError

ALL = {"new_relation", "message_received", "account_status"}
WANTED = {
    "new_relation": {"new_relation"},
    "message_received": {"message_received"},
}


def audit(connection, sandbox, target=TARGET, **changes):
    return audit_webhooks(connection, sandbox.dsn, sandbox.api_key, target, **changes)


def cover(api):
    """Every wanted event, for everybody; the subscriptions' ids."""
    return {
        subscribe(api, "users", ["new_relation"]),
        subscribe(api, "messaging", ["message_received"]),
        subscribe(api, "account_status"),
    }


def lose_all(api):
    for webhook_id in listed(api):
        api.delete(f"/webhooks/{webhook_id}").raise_for_status()


def test_what_is_missing_is_registered_for_all_accounts_with_our_headers(
    opened, sandbox, api, talha
):
    report = audit(opened, sandbox)

    assert set(report.registered) == ALL
    assert report.is_all_covered
    made = sandbox.journal("webhook_created")
    assert {line["source"] for line in made} == {"users", "messaging", "account_status"}
    assert all(line["account_ids"] == [] for line in made)
    assert all(line["headers"] == HEADERS for line in made)
    assert all(line["request_url"] == TARGET.url for line in made)


def test_a_second_audit_finds_nothing_to_repair(opened, sandbox, api, talha):
    audit(opened, sandbox)
    before = listed(api)

    report = audit(opened, sandbox)

    assert (report.registered, report.deleted) == ([], [])
    assert report.is_all_covered
    assert listed(api) == before


def test_what_was_there_before_us_is_missed_as_well(opened, sandbox, api, talha):
    cover(api)
    audit(opened, sandbox)
    lose_all(api)
    audit(opened, sandbox)

    assert open_alerts(opened).keys() == {"webhook_repaired"}


def test_another_address_of_ours_is_told_of(opened, sandbox, talha):
    audit(opened, sandbox)
    audit(opened, sandbox, WebhookTarget("http://127.0.0.1:9/elsewhere", TARGET.secret))

    assert open_alerts(opened).keys() == {"webhook_repaired"}


def test_the_first_registration_alerts_nobody(opened, sandbox, talha):
    audit(opened, sandbox)

    assert open_alerts(opened) == {}


def test_each_repair_is_kept_and_alerted(opened, sandbox, api, talha):
    audit(opened, sandbox)
    lose_all(api)
    audit(opened, sandbox)

    repairs = opened.execute(
        "select repair, wanted_event, reason, is_done from outreach.webhook_repairs"
        " order by wanted_event"
    ).fetchall()
    assert repairs == [
        (
            "registered",
            event,
            f"{event} was not told of Talha (account {talha.account_id})",
            True,
        )
        for event in sorted(ALL)
        for _ in ("at first", "repaired")
    ]
    alerts = opened.execute(
        "select message from outreach.linkedin_admin_alerts"
        " where code = 'webhook_repaired'"
    ).fetchall()
    assert len(alerts) == 3
    assert "new_relation was not told of Talha" in " ".join(row[0] for row in alerts)


def test_repair_alerts_close_an_hour_later_once_nothing_is_left(
    opened, sandbox, api, talha
):
    audit(opened, sandbox)
    lose_all(api)
    audit(opened, sandbox)
    now = opened.execute("select clock_timestamp()").fetchone()[0]

    audit(opened, sandbox)
    still_open = "webhook_repaired" in open_alerts(opened)
    opened.execute(
        "select outreach.resolve_webhook_repairs(%s, %s::timestamptz + '1 hour')",
        [sandbox.dsn, now],
    )

    assert still_open
    assert open_alerts(opened) == {}


def test_a_subscription_of_some_accounts_leaves_the_others_uncovered(
    opened, sandbox, api, talha
):
    other = Connected(opened, sandbox, "Anisha", workspace_id=talha.workspace_id)
    subscribe(api, "messaging", ["message_received"])
    subscribe(api, "account_status")
    narrow = subscribe(api, "users", account_ids=[talha.provider_id])

    report = audit(opened, sandbox)

    (repair,) = opened.execute(
        "select reason from outreach.webhook_repairs where repair = 'registered'"
    ).fetchall()
    assert repair == (
        f"new_relation was not told of Anisha (account {other.account_id})",
    )
    # What is told twice goes: the new one tells of everybody.
    assert [stale.webhook_id for stale in report.deleted] == [narrow]
    assert narrow not in listed(api)


def test_a_deleted_account_needs_nothing(opened, sandbox, api, talha):
    flip(opened, *talha.key, "deleted")

    report = audit(opened, sandbox)

    assert (report.accounts, report.registered) == (0, [])
    assert listed(api) == {}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"enabled": False}, "it is not enabled"),
        ({"headers": HEADERS[:1]}, "its header Unipile-Auth is not our secret"),
        (
            {"headers": [HEADERS[0], {"key": "Unipile-Auth", "value": "old"}]},
            "its header Unipile-Auth is not our secret",
        ),
        ({"headers": HEADERS[1:]}, "it sends no content type"),
        ({"format": "form"}, "it does not tell in JSON"),
    ],
)
def test_an_unsound_subscription_is_replaced(opened, sandbox, api, talha, changes, why):
    subscribe(api, "messaging", ["message_received"])
    subscribe(api, "account_status")
    broken = subscribe(api, "users", ["new_relation"], **changes)

    report = audit(opened, sandbox)

    assert report.registered == ["new_relation"]
    assert [(one.webhook_id, one.reason) for one in report.deleted] == [(broken, why)]
    assert report.is_all_covered


def test_a_duplicate_goes_and_one_of_its_kind_stays(opened, sandbox, api, talha):
    first = cover(api)
    second = cover(api)

    report = audit(opened, sandbox)

    assert report.registered == []
    assert len(report.deleted) == 3
    assert {one.reason for one in report.deleted} == {
        "others tell everything that it tells"
    }
    assert len(listed(api)) == 3
    assert set(listed(api)) < first | second


def test_a_subscription_of_accounts_that_are_gone_goes(opened, sandbox, api, talha):
    cover(api)
    gone = Connected(opened, sandbox, "Anisha", workspace_id=talha.workspace_id)
    stale = subscribe(api, "users", account_ids=[gone.provider_id])
    flip(opened, *gone.key, "deleted")

    report = audit(opened, sandbox)

    assert [one.webhook_id for one in report.deleted] == [stale]


def test_a_subscription_at_another_address_neither_counts_nor_goes(
    opened, sandbox, api, talha
):
    others = {
        subscribe(api, "users", request_url="http://127.0.0.1:9/webhooks/other"),
        subscribe(api, "users", request_url="http://127.0.0.1:10/webhooks/unipile"),
    }

    report = audit(opened, sandbox)

    assert "new_relation" in report.registered
    assert others < set(listed(api))


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


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("https://T.example.com/hook", "https://t.example.com:443/hook", True),
        ("https://t.example.com/hook", "https://t.example.com/hook/", False),
        ("https://t.example.com/hook", "http://t.example.com/hook", False),
        ("https://t.example.com/Hook", "https://t.example.com/hook", False),
        ("https://t.example.com:x/", "https://t.example.com/", False),
        (None, "https://t.example.com/", False),
    ],
)
def test_two_addresses_are_one_to_the_letter_of_their_paths(one, other, is_same):
    assert is_same_address(one, other) is is_same


def test_a_new_secret_replaces_every_subscription(opened, sandbox, api, talha):
    audit(opened, sandbox)
    before = set(listed(api))

    report = audit(opened, sandbox, WebhookTarget(TARGET.url, "a new secret"))

    assert set(report.registered) == ALL
    assert {one.webhook_id for one in report.deleted} == before
    assert len(listed(api)) == 3
