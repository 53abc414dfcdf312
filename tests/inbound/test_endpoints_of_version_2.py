"""Our webhook endpoints of version 2: made, audited and repaired; their secrets."""

import httpx
import psycopg
import pytest

from tests.support.connected_accounts import TARGET, open_alerts
from tests.support.connected_accounts_v2 import ConnectedV2
from tests.support.rows import flip
from tests.support.sandboxes_v2 import v2_api_of
from tests.support.web_apps import served
from trueup.inbound.settings import UnusableSettingError, WebhookTarget
from trueup.inbound.webhooks.subscriptions import audit_webhooks
from trueup.unipile.addresses import UnusableProviderError, provider_address

WANTED = {
    "account.add",
    "account.locked",
    "account.reconnect",
    "account.remove",
    "account.status.degraded",
    "account.status.disconnected",
    "account.status.errored",
    "account.status.partial",
    "account.status.running",
    "account.unlocked",
    "message.new",
    "relation.new",
}


@pytest.fixture
def service(sandbox):
    """Version 2 of the API, with a service key."""
    with v2_api_of(sandbox, sandbox.v2_service_key) as client:
        yield client


@pytest.fixture
def account(opened, sandbox):
    return ConnectedV2(opened, sandbox)


def audit(connection, sandbox, target=TARGET, key=None):
    return audit_webhooks(
        connection,
        provider_address(sandbox.dsn, 2),
        sandbox.v2_account_key,
        target,
        service_key=key or sandbox.v2_service_key,
    )


def listed(service):
    return service.get("/webhooks/endpoints/").json()["data"]


def make(service, events=WANTED, url=TARGET.v2_url, **changes):
    fields = {"url": url, "trigger_events": sorted(events)} | changes
    answer = service.post("/webhooks/endpoints/", json=fields)
    assert answer.is_success, answer.text
    return answer.json()["id"]


def stored(connection):
    return dict(
        connection.execute(
            "select webhook_id, secret from outreach.provider_webhook_secrets"
        ).fetchall()
    )


def test_one_endpoint_is_made_for_everybody_and_its_secret_is_kept(
    opened, sandbox, service, account
):
    report = audit(opened, sandbox)

    (endpoint,) = listed(service)
    assert endpoint["url"] == TARGET.v2_url
    assert set(endpoint["trigger_events"]) == WANTED
    assert endpoint["account_ids"] == []
    assert stored(opened) == {endpoint["id"]: endpoint["secret"]}
    assert report.is_all_covered
    assert report.registered == [f"endpoint {endpoint['id']}"]
    assert open_alerts(opened) == {}


def test_a_second_audit_changes_nothing(opened, sandbox, service, account):
    audit(opened, sandbox)
    before = listed(service)

    report = audit(opened, sandbox)

    assert (report.registered, report.deleted) == ([], [])
    assert listed(service) == before


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ({"enabled": False}, "it is not enabled"),
        (
            {"trigger_events": sorted(WANTED - {"account.locked"})},
            "it does not tell of account_status",
        ),
        (
            {"trigger_events": ["message.new"]},
            "it does not tell of account_status, new_relation",
        ),
        ({"account_ids": ["acc_other"]}, "it tells of some accounts only"),
    ],
)
def test_what_does_not_tell_everything_is_changed_and_told(
    opened, sandbox, service, account, broken, why
):
    account.add("acc_other", "ACoAAother")
    audit(opened, sandbox)
    (endpoint,) = listed(service)
    service.patch(f"/webhooks/endpoints/{endpoint['id']}", json=broken)

    report = audit(opened, sandbox)

    assert listed(service) == [endpoint]
    assert report.is_all_covered
    assert opened.execute(
        "select repair, reason, is_done from outreach.webhook_repairs"
        " order by repair_id desc limit 1"
    ).fetchone() == ("changed", why, True)
    assert open_alerts(opened).keys() == {"webhook_repaired"}


def test_a_second_endpoint_of_ours_is_deleted_with_its_secret(
    opened, sandbox, service, account
):
    first = make(service)
    second = make(service)

    report = audit(opened, sandbox)

    assert [one["id"] for one in listed(service)] == [first]
    assert [stale.webhook_id for stale in report.deleted] == [second]
    assert stored(opened)[second] == ""


def test_the_endpoint_of_another_address_is_left_alone(
    opened, sandbox, service, account
):
    theirs = make(service, url="https://copy.example.com/webhooks/unipile/v2")
    audit(opened, sandbox)

    assert theirs in {one["id"] for one in listed(service)}
    assert theirs not in stored(opened)


def test_a_secret_that_was_lost_is_read_again(opened, sandbox, service, account):
    endpoint = make(service)
    secret = audit(opened, sandbox) and stored(opened)[endpoint]
    opened.execute("delete from outreach.provider_webhook_secrets")

    audit(opened, sandbox)

    assert stored(opened) == {endpoint: secret}


def test_without_an_account_at_version_2_no_endpoint_is_made(opened, sandbox, service):
    account = ConnectedV2(opened, sandbox)
    flip(opened, *account.key, "deleted")

    audit(opened, sandbox)

    assert listed(service) == []


def test_an_account_key_is_refused_with_the_setting(opened, sandbox, account):
    with pytest.raises(UnusableProviderError, match="UNIPILE_V2_SERVICE_KEY"):
        audit(opened, sandbox, key=sandbox.v2_account_key)


def test_without_a_service_key_the_setting_is_named(
    opened, sandbox, account, monkeypatch
):
    monkeypatch.delenv("UNIPILE_V2_SERVICE_KEY", raising=False)
    with pytest.raises(UnusableSettingError, match="UNIPILE_V2_SERVICE_KEY is not set"):
        audit_webhooks(
            opened,
            provider_address(sandbox.dsn, 2),
            sandbox.v2_account_key,
            TARGET,
        )


def test_an_endpoint_that_cannot_be_made_is_told(opened, sandbox, service, account):
    sandbox.script_fault(
        "create_webhook", status=500, type="api/internal_error", times=None
    )
    report = audit(opened, sandbox)

    assert not report.is_all_covered
    assert report.failures == [
        "an endpoint was not registered (500 api/internal_error)"
    ]
    assert "webhook_registration_failed" in open_alerts(opened)


def test_the_stored_list_shows_no_secret(opened, sandbox, service, account):
    audit(opened, sandbox)

    (items,) = opened.execute(
        "select items from outreach.provider_wide_reads where list = 'webhooks'"
        " order by read_id desc limit 1"
    ).fetchone()
    (item,) = items
    assert item.keys() == {
        "reference",
        "events",
        "account_ids",
        "is_sound",
        "unsound_because",
    }
    assert "wes_" not in str(items)


def test_the_sandbox_signs_what_the_receiver_takes(
    database, sandbox, monkeypatch, service
):
    """The whole way: endpoint, secret, signature, inbox, event."""
    monkeypatch.setenv("PGDATABASE", database.name)
    with database.connect(autocommit=True) as connection:
        account = ConnectedV2(connection, sandbox)
        with served() as address:
            target = WebhookTarget(f"{address}/webhooks/unipile", "x")
            audit(connection, sandbox, target)
            sandbox.send_v2_event(
                account.provider_id,
                "message.new",
                {"id": "m-1", "sender_id": "ACoAAjulien", "text": "Hello"},
            )
            sandbox.settle()
        assert connection.execute(
            "select api_version, provider_event_id is not null, content_type"
            " from outreach.linkedin_webhook_deliveries"
        ).fetchall() == [(2, True, "application/json")]
        assert httpx.get(f"{sandbox.dsn}/v2/accounts", trust_env=False).is_error


@pytest.mark.parametrize(
    ("has_moved", "has_delivered", "is_needless"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
def test_webhooks_of_version_1_stay_until_version_2_has_delivered(
    connection: psycopg.Connection, has_moved, has_delivered, is_needless
):
    from tests.support.rows import make_account, make_workspace

    v1, v2 = "http://127.0.0.1:1", "http://127.0.0.1:1/v2"
    workspace_id = make_workspace(connection, v1)
    account_id = make_account(connection, workspace_id)
    connection.execute(
        "select outreach.open_workspace_to_provider(%s, %s, 0, 'test', 'a test')",
        [workspace_id, v2],
    )
    if has_moved:
        connection.execute(
            "select outreach.link_provider_account(%s, %s, %s, 'acc_new', 'test',"
            " 'moves', now() - interval '1 hour', %s)",
            [workspace_id, account_id, f"ACoAA{workspace_id}-{account_id}", v2],
        )
    if has_delivered:
        connection.execute(
            "select outreach.record_webhook_deliveries(array['{}'::bytea],"
            " array[null], now(), array[2], array['evt_1'])"
        )

    (needless,) = connection.execute(
        "select outreach.are_old_webhooks_needless(%s)", [v1]
    ).fetchone()
    assert needless is is_needless
