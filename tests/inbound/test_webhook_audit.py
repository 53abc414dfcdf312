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
from tests.support.subscriptions import audit, cover
from trueup.inbound.settings import WebhookTarget
from trueup.inbound.webhooks.plan import (
    is_same_address,
)

ALL = {"new_relation", "message_received", "account_status"}


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
            f"{event} was not subscribed for Talha (account {talha.account_id})",
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
    assert "new_relation was not subscribed for Talha" in " ".join(
        row[0] for row in alerts
    )


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
        f"new_relation was not subscribed for Anisha (account {other.account_id})",
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
