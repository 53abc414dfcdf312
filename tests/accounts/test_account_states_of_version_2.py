"""The states that version 2 gives an account: what is shown, and what may be sent."""

import json

import pytest

from tests.support.rows import (
    NOON,
    begin,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)

STATES = {"running": "connected", "degraded": "degraded", "partial": "partial"}


@pytest.fixture
def account(connection):
    workspace_id = make_workspace(connection)
    limits = (("send_invite", "day", 80), ("send_inmail", "day", 80))
    return workspace_id, make_account(connection, workspace_id, limits=limits)


def say(connection, account, word, products=None, is_locked=False, field="status"):
    """What the provider answers about the account, applied; (outcome, status)."""
    words = [word, "locked"] if is_locked else [word]
    stated = None if products is None else json.dumps(products)
    (known_seq,) = connection.execute(
        "select status_seq from outreach.linkedin_accounts where account_id = %s",
        [account[1]],
    ).fetchone()
    return connection.execute(
        "select outcome, to_status from outreach.apply_provider_states("
        "%s, %s, %s, %s, %s, 'test', 'a test', %s, %s)",
        [*account, known_seq, field, words, NOON, stated],
    ).fetchone()


def newest_flip(connection, account):
    return connection.execute(
        "select from_status, to_status, reason"
        " from outreach.linkedin_account_status_audit"
        " where workspace_id = %s and account_id = %s order by status_seq desc limit 1",
        account,
    ).fetchone()


def open_alert(connection):
    """(status, what to do) of the alert about an account; None if there is none."""
    return connection.execute(
        "select details ->> 'status', details ->> 'what_to_do'"
        " from outreach.linkedin_admin_alerts"
        " where code = 'account_disconnected' and resolved_at is null"
    ).fetchone()


@pytest.mark.parametrize(
    ("word", "is_locked", "status"),
    [
        ("running", False, "connected"),
        ("degraded", False, "degraded"),
        ("partial", False, "partial"),
        ("errored", False, "errored"),
        ("disconnected", False, "disconnected"),
        ("running", True, "locked"),
        ("disconnected", True, "locked"),
        ("paused", False, "locked"),
        ("a word of next year", False, "errored"),
        ("OK", False, "errored"),
    ],
)
def test_each_word_of_the_provider_is_its_own_status(
    connection, account, word, is_locked, status
):
    say(connection, account, "disconnected")
    say(connection, account, word, is_locked=is_locked)
    connection.execute("set constraints all immediate")

    (stored,) = connection.execute(
        "select status from outreach.linkedin_accounts where account_id = %s",
        [account[1]],
    ).fetchone()
    assert stored == status
    assert newest_flip(connection, account)[1] == status


@pytest.mark.parametrize(
    ("error_type", "status"),
    [
        ("provider/invalid_authorization", "disconnected"),
        ("provider/invalid_credentials", "disconnected"),
        ("api/account_restricted", "restricted"),
        ("api/inactive_subscription", "locked"),
        ("api/resource_not_found", "deleted"),
        ("provider/server_error", "connected"),
        ("api/expired_authorization", "connected"),
    ],
)
def test_an_error_about_the_account_says_no_more_than_it_proves(
    connection, account, error_type, status
):
    say(connection, account, error_type, field="error")

    (stored,) = connection.execute(
        "select status from outreach.linkedin_accounts where account_id = %s",
        [account[1]],
    ).fetchone()
    assert stored == status


def test_the_audit_says_the_products(connection, account):
    products = {"sales_navigator": "disconnected", "classic": "running"}
    say(connection, account, "partial", products)

    assert newest_flip(connection, account) == (
        "connected",
        "partial",
        "a test: the provider says partial"
        " (classic running, sales_navigator disconnected)",
    )


@pytest.mark.parametrize(
    ("word", "products", "may"),
    [
        ("running", None, {"classic", "sales_navigator"}),
        ("running", {"classic": "running"}, {"classic", "sales_navigator"}),
        (
            "running",
            {"classic": "running", "sales_navigator": "errored"},
            {"classic"},
        ),
        (
            "degraded",
            {"classic": "running", "sales_navigator": "errored"},
            {"classic"},
        ),
        (
            "partial",
            {"classic": "disconnected", "sales_navigator": "running"},
            {"sales_navigator"},
        ),
        ("degraded", None, set()),
        ("partial", {}, set()),
        ("errored", {"classic": "running"}, set()),
        ("disconnected", {"classic": "running"}, set()),
    ],
)
def test_an_account_acts_with_the_products_that_run(
    connection, account, word, products, may
):
    """An invite needs the classic product, an InMail the one that its step names."""
    workspace_id, account_id = account
    wanted = {"classic": "send_invite", "sales_navigator": "send_inmail"}
    enrolled = {}
    for product, action in wanted.items():
        campaign_id, (step_id,) = make_campaign(connection, workspace_id, (action,))
        connection.execute(
            "update outreach.campaign_steps set settings = %s"
            " where workspace_id = %s and step_id = %s",
            [json.dumps({"api": product}), workspace_id, step_id],
        )
        (enrolled[product],) = make_enrollments(
            connection, workspace_id, account_id, campaign_id, step_id
        )
    say(connection, account, word, products)

    rows = connection.execute(
        "select enrollment_id from outreach.send_facts(%s, %s, %s, false)"
        " where is_account_connected",
        [workspace_id, list(enrolled.values()), NOON],
    ).fetchall()
    found = {product for product in wanted if (enrolled[product],) in rows}
    claimed = claim(connection, workspace_id)
    assert found == may
    assert bool(claimed) == bool(may)


def test_a_product_that_goes_between_claim_and_begin_stops_the_send(
    connection, account
):
    workspace_id, account_id = account
    campaign_id, (step_id,) = make_campaign(connection, workspace_id, ("send_invite",))
    make_enrollments(connection, workspace_id, account_id, campaign_id, step_id)
    say(connection, account, "degraded", {"classic": "running", "company": "errored"})
    job_ids = claim(connection, workspace_id)
    say(connection, account, "degraded", {"classic": "errored", "company": "running"})

    ((_, attempt_id, refusal),) = begin(connection, workspace_id, job_ids)

    assert attempt_id is None
    assert refusal == "account_not_connected"


@pytest.mark.parametrize(
    ("word", "is_locked", "advice"),
    [
        ("errored", False, "a login would not help"),
        ("running", True, "renew the subscription"),
        ("degraded", False, "nothing, unless it lasts"),
        ("partial", False, "log in to the LinkedIn product"),
        ("disconnected", False, "connect it again"),
    ],
)
def test_the_alert_says_what_to_do_and_closes_with_the_connection(
    connection, account, word, is_locked, advice
):
    say(connection, account, word, {"classic": "running"}, is_locked)
    status, what_to_do = open_alert(connection)
    say(connection, account, "running")

    assert status == ("locked" if is_locked else word)
    assert advice in what_to_do
    assert open_alert(connection) is None


def test_other_programs_are_told_when_it_stops_sending_and_when_it_sends_again(
    connection, account
):
    connection.execute(
        "select outreach.add_endpoint(%s, 'https://crm.test/x',"
        " array['account.connected', 'account.disconnected'], 'test')",
        [account[0]],
    )
    running = {"classic": "running"}
    for word, products in (
        ("degraded", running),
        ("partial", {"classic": "disconnected"}),
        ("disconnected", None),
        ("partial", running),
        ("running", running),
    ):
        say(connection, account, word, products)

    told = connection.execute(
        "select event_type, body::jsonb -> 'data' -> 'account' ->> 'status'"
        " from outreach.endpoint_deliveries where workspace_id = %s"
        " order by delivery_id",
        [account[0]],
    ).fetchall()
    assert told == [
        ("account.disconnected", "partial"),
        ("account.disconnected", "disconnected"),
        ("account.connected", "partial"),
        ("account.connected", "connected"),
    ]
