"""From the inbox to events: any order, any number of times, late, and forged."""

import datetime as dt
import json

import pytest

from tests.support.inbound_rows import (
    DAY,
    HOUR,
    Invited,
    deliver,
    take_in,
)
from tests.support.rows import NOON, make_account, make_workspace
from tests.support.web_apps import account_status, new_relation

LATER = NOON + 30 * DAY


def events(connection, workspace_id):
    return connection.execute(
        "select event_type, provider_id, received_via, occurred_at, received_at"
        " from outreach.linkedin_events where workspace_id = %s order by event_id",
        [workspace_id],
    ).fetchall()


def asides(connection):
    return connection.execute(
        "select quarantine_reason from outreach.linkedin_webhook_inbox"
        " order by delivery_id"
    ).fetchall()


def test_one_event_told_five_times_is_one_event(connection, invited):
    for minutes in range(5):
        deliver(
            connection,
            new_relation(invited.provider_account, invited.person),
            NOON + HOUR + dt.timedelta(minutes=minutes),
        )
    taken, _ = take_in(connection)

    assert (taken.deliveries, taken.new_events, taken.already_known) == (5, 1, 4)
    assert events(connection, invited.workspace_id) == [
        ("new_relation", invited.person, "webhook", None, NOON + HOUR)
    ]


def test_a_poll_tells_nothing_new_of_what_a_webhook_told(connection, invited):
    deliver(
        connection, new_relation(invited.provider_account, invited.person), NOON + HOUR
    )
    take_in(connection)
    assert invited.poll_relations(NOON + DAY, (invited.person, NOON + HOUR)) == 0
    assert len(events(connection, invited.workspace_id)) == 1


def test_an_account_status_is_one_event_a_minute(connection, invited):
    for seconds in (0, 1, 30, 60):
        deliver(
            connection,
            account_status(invited.provider_account) | {"noise": seconds},
            NOON + dt.timedelta(seconds=seconds),
        )
    take_in(connection)
    assert [row[0] for row in events(connection, invited.workspace_id)] == [
        "account_status"
    ] * 2


def test_a_webhook_of_an_unknown_account_waits_until_it_is_known(connection):
    workspace_id = make_workspace(connection)
    deliver(connection, new_relation("acc-later", "ACoAAjulien"))
    taken, _ = take_in(connection)
    assert (taken.new_events, taken.quarantined) == (0, 1)
    assert asides(connection) == [("unknown account",)]
    assert take_in(connection)[0].deliveries == 0

    account_id = make_account(connection, workspace_id)
    connection.execute(
        "update outreach.provider_accounts set provider_account_id = 'acc-later'"
        " where account_id = %s",
        [account_id],
    )
    taken, _ = take_in(connection)
    assert (taken.new_events, asides(connection)) == (1, [])


@pytest.mark.parametrize("is_linked_anew_first", [True, False])
def test_what_was_told_under_an_accounts_earlier_id_is_its_own(
    connection, invited, is_linked_anew_first
):
    """Added again it has a new id; the webhook of before comes three days late."""

    def link_anew():
        connection.execute(
            "select outreach.link_provider_account(%s, %s, %s, 'acc-new', 'ines',"
            " 'added again', %s)",
            [invited.workspace_id, invited.account_id, invited.owner, NOON + DAY],
        )

    if is_linked_anew_first:
        link_anew()
    deliver(
        connection,
        new_relation(invited.provider_account, invited.person),
        NOON + 3 * DAY,
    )
    taken, report = take_in(connection)
    if not is_linked_anew_first:
        link_anew()
    deliver(connection, new_relation("acc-new", invited.person), NOON + 4 * DAY)
    again, repeated = take_in(connection)

    assert (taken.new_events, taken.quarantined, report.credited) == (1, 0, 1)
    assert (again.already_known, repeated.credited) == (1, 0)
    assert invited.row() == ("ready_to_message", NOON + 3 * DAY)


def test_an_id_that_somebody_else_has_now_is_theirs(connection, invited):
    other = Invited(connection, workspace_id=invited.workspace_id)
    for account, provider_id in (
        (invited, "acc-new"),
        (other, invited.provider_account),
    ):
        connection.execute(
            "select outreach.link_provider_account(%s, %s, %s, %s, 'ines', 'again')",
            [account.workspace_id, account.account_id, account.owner, provider_id],
        )
    deliver(connection, new_relation(invited.provider_account, "ACoAAx"), NOON + DAY)
    take_in(connection)
    owner = connection.execute(
        "select account_id from outreach.linkedin_events where provider_id = 'ACoAAx'"
    ).fetchone()
    assert owner == (other.account_id,)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff", "not JSON"),
        (b"{", "not JSON"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": 1e999}', "not JSON"),
        (b"[" * 1_100, "not JSON"),
        (b"[]", "not an object"),
        (b'{"event": "something_new", "account_id": "a"}', "unknown event"),
        (b'{"event": ["new_relation"], "account_id": "a"}', "unknown event"),
        (b'{"event": "new_relation", "user_provider_id": "p"}', "no account"),
        (b'{"event": "new_relation", "account_id": "a"}', "no person"),
        (b'{"event": "message_received", "account_id": "a"}', "no message id"),
        (
            b'{"event": "message_received", "account_id": "a", "message_id": "m"}',
            "no sender",
        ),
        (b'{"AccountStatus": "OK"}', "no account status"),
        (b'{"AccountStatus": {"account_id": "a"}}', "no account status"),
        (
            b'{"event": "new_relation", "account_id": "' + b"a" * 501 + b'",'
            b' "user_provider_id": "p"}',
            "account_id is too long",
        ),
    ],
)
def test_an_unreadable_delivery_is_quarantined_with_the_reason(
    connection, body, reason
):
    connection.execute(
        "select outreach.record_webhook_deliveries(array[%s::bytea], array[null])",
        [body],
    )
    taken, _ = take_in(connection)
    assert (taken.quarantined, asides(connection)) == (1, [(reason,)])


def test_what_postgres_cannot_hold_is_kept_without_it(connection, invited):
    payload = new_relation(
        invited.provider_account, invited.person, user_full_name="a\x00b\ud800"
    )
    connection.execute(
        "select outreach.record_webhook_deliveries(array[%s::bytea], array[null])",
        [json.dumps(payload).encode()],
    )
    taken, _ = take_in(connection)
    assert taken.new_events == 1


def test_one_that_the_database_refuses_keeps_no_other_waiting(connection, invited):
    with connection.transaction():
        bad = new_relation(invited.provider_account, "ACoAAx") | {"n": "n"}
        body = json.dumps(bad).replace('"n"}', "1" * 4_000 + "e131072}")
        connection.execute(
            "select outreach.record_webhook_deliveries(array[%s::bytea], array[null])",
            [body.encode()],
        )
        deliver(connection, new_relation(invited.provider_account, invited.person))
    taken, _ = take_in(connection)
    assert (taken.new_events, taken.quarantined) == (1, 1)
