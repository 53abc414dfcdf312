"""account_status and webhook_coverage over real rows, and their alerts."""

import pytest

from tests.support.connected_accounts import TARGET, Connected, subscribe
from tests.support.connected_accounts_v2 import ConnectedV2
from tests.support.dbt_runner import copied, modelled_copy, run_dbt
from tests.support.rows import flip, make_account
from tests.support.sandboxes import api_of
from trueup.inbound.webhooks.subscriptions import audit_webhooks

ALERT = "an_active_account_is_not_covered"


@pytest.fixture(scope="module")
def live(template_database):
    """A modelled database whose marts of accounts are built as of now."""
    with modelled_copy(template_database) as database:
        run_dbt(database, "run", "+webhook_coverage", "+account_status")
        yield database


@pytest.fixture
def modelled(live):
    """A copy of it."""
    with copied(live.name) as copy:
        yield copy


@pytest.fixture
def opened(opened):
    """A connection to the modelled database in autocommit mode."""
    opened.autocommit = True
    return opened


def coverage(connection):
    return connection.execute(
        "select coverage, covers_new_relation, missing_events"
        " from analytics.webhook_coverage order by account_id"
    ).fetchall()


def audit(connection, sandbox):
    return audit_webhooks(connection, sandbox.dsn, sandbox.api_key, TARGET)


def alert(modelled):
    return run_dbt(modelled, "test", ALERT)[ALERT]


def failing(connection):
    return connection.execute(
        f"select subject, message from analytics_failures.{ALERT}"
    ).fetchall()


def test_coverage_is_unknown_and_alerted_before_the_first_list(modelled, opened, talha):
    assert coverage(opened) == [("unknown", None, None)]
    assert alert(modelled) == "warn"
    assert failing(opened) == [
        (
            f"Talha (account {talha.account_id})",
            "It is not known which webhooks tell of it.",
        )
    ]


def test_after_an_audit_everything_is_covered(modelled, opened, sandbox, talha):
    audit(opened, sandbox)

    assert coverage(opened) == [("covered", True, None)]
    assert alert(modelled) == "pass"


def test_a_subscription_that_lost_new_relation_leaves_the_account_uncovered(
    modelled, opened, sandbox, talha
):
    with api_of(sandbox) as api:
        subscribe(api, "messaging", ["message_received"])
        subscribe(api, "account_status")
    sandbox.script_fault(
        "create_webhook", times=None, status=500, type="provider_error"
    )

    audit(opened, sandbox)

    assert coverage(opened) == [("missing", False, "new_relation")]
    assert alert(modelled) == "warn"
    ((subject, message),) = failing(opened)
    assert subject == f"Talha (account {talha.account_id})"
    assert message.startswith("No webhook tells of new_relation, as of ")


def test_a_list_that_breaks_off_leaves_what_was_known(modelled, opened, sandbox, talha):
    audit(opened, sandbox)
    sandbox.script_fault("webhooks", status=500, type="provider_error")

    audit(opened, sandbox)

    assert coverage(opened) == [("covered", True, None)]


def test_a_subscription_of_other_accounts_covers_nobody_else(
    modelled, opened, sandbox, talha
):
    other = Connected(opened, sandbox, "Anisha", workspace_id=talha.workspace_id)
    with api_of(sandbox) as api:
        subscribe(api, "messaging", ["message_received"])
        subscribe(api, "account_status")
        subscribe(api, "users", account_ids=[other.provider_id])
    sandbox.script_fault(
        "create_webhook", times=None, status=500, type="provider_error"
    )

    audit(opened, sandbox)

    assert coverage(opened) == [
        ("missing", False, "new_relation"),
        ("covered", True, None),
    ]


def test_accounts_of_version_2_are_covered_by_their_endpoint(
    modelled, opened, sandbox, monkeypatch
):
    monkeypatch.setenv("UNIPILE_V2_SERVICE_KEY", sandbox.v2_service_key)
    account = ConnectedV2(opened, sandbox)
    audit_webhooks(opened, account.dsn, sandbox.v2_account_key, TARGET)

    assert coverage(opened) == [("covered", True, None)]
    assert alert(modelled) == "pass"


def test_webhooks_that_were_refused_in_the_last_hour_are_told(modelled, opened):
    opened.execute(
        "select outreach.count_webhook_refusals(array['old_signature'], array[3],"
        " clock_timestamp() - interval '10 minutes'),"
        " outreach.count_webhook_refusals(array['wrong_secret'], array[1],"
        " clock_timestamp() - interval '2 hours')"
    )
    status = run_dbt(modelled, "test", "webhooks_are_refused")["webhooks_are_refused"]

    assert status == "warn"
    assert opened.execute(
        "select subject, refused_count from analytics_failures.webhooks_are_refused"
    ).fetchall() == [("webhooks refused: old_signature", 3)]


def test_an_account_without_the_providers_id_waits_and_a_deleted_one_is_left_out(
    modelled, opened, sandbox, talha
):
    dipti = make_account(opened, talha.workspace_id, "Dipti", status="connecting")
    opened.execute(
        "delete from outreach.provider_accounts where account_id = %s", [dipti]
    )
    flip(opened, *talha.key, "deleted")

    audit(opened, sandbox)

    assert coverage(opened) == [("not linked", None, None)]
    assert alert(modelled) == "pass"


def test_a_disconnected_account_says_since_when(opened, talha):
    at = opened.execute("select clock_timestamp() - interval '1 hour'").fetchone()[0]
    opened.execute(
        "select outreach.flip_linkedin_account_status(%s, %s, 'disconnected',"
        " 'the provider says CREDENTIALS', 'accounts poll', %s)",
        [*talha.key, at],
    )

    row = opened.execute(
        "select pill, since, reason, actor, is_explained from analytics.account_status"
    ).fetchone()

    assert row == (
        f"Disconnected since {at:%Y-%m-%d %H:%M} UTC",
        at,
        "the provider says CREDENTIALS",
        "accounts poll",
        True,
    )


def test_a_status_written_past_the_function_is_an_alert(modelled, opened, talha):
    with opened.transaction():
        opened.execute("set local session_replication_role = replica")
        # status-writer: on purpose, the alert must find it
        opened.execute("update outreach.linkedin_accounts set status = 'restricted'")

    name = "an_account_status_is_not_explained"
    assert run_dbt(modelled, "test", name)[name] == "warn"
    ((message,),) = opened.execute(
        f"select message from analytics_failures.{name}"
    ).fetchall()
    assert message.startswith(
        "The account is restricted, and its audit rows say connected since "
    )
