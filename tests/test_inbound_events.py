"""From the inbox to events: any order, any number of times, late, and forged."""

import concurrent.futures
import datetime as dt
import http.client
import json
import random
import urllib.parse

import pytest

from dagster_project.inbound.events import take_in_deliveries
from tests.inbound_rows import (
    DAY,
    HOUR,
    Invited,
    check_constraints,
    deliver,
    deliver_all,
    reply,
    take_in,
)
from tests.rows import NOON, make_account, make_workspace, send_one
from tests.web_apps import SECRET, account_status, new_relation, served

LATER = NOON + 30 * DAY


@pytest.fixture
def invited(connection):
    return Invited(connection).send()


def events(connection, workspace_id):
    return connection.execute(
        "select event_type, provider_id, received_via, occurred_at, received_at"
        " from outreach.linkedin_events where workspace_id = %s order by event_id",
        [workspace_id],
    ).fetchall()


def asides(connection):
    return connection.execute(
        "select aside_reason from outreach.linkedin_webhook_inbox order by delivery_id"
    ).fetchall()


def test_one_happening_told_five_times_is_one_event(connection, invited):
    for minutes in range(5):
        deliver(
            connection,
            new_relation(invited.provider_account, invited.person),
            NOON + HOUR + dt.timedelta(minutes=minutes),
        )
    taken, _ = take_in(connection)

    assert (taken.deliveries, taken.new_events, taken.told_before) == (5, 1, 4)
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
    assert (taken.new_events, taken.set_aside) == (0, 1)
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


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff", "not JSON"),
        (b"{", "not JSON"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": 1e999}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not an object"),
        (b'{"event": "something_new", "account_id": "a"}', "unknown event"),
        (b'{"event": ["new_relation"], "account_id": "a"}', "unknown event"),
        (b'{"event": "new_relation", "user_provider_id": "p"}', "no account"),
        (b'{"event": "new_relation", "account_id": "a"}', "no person"),
        (b'{"event": "message_received", "account_id": "a"}', "no message id"),
        (b'{"AccountStatus": "OK"}', "no account status"),
        (b'{"AccountStatus": {"account_id": "a"}}', "no account status"),
        (
            b'{"event": "new_relation", "account_id": "' + b"a" * 501 + b'",'
            b' "user_provider_id": "p"}',
            "account_id is too long",
        ),
    ],
)
def test_what_cannot_be_read_is_set_aside_with_the_reason(connection, body, reason):
    connection.execute(
        "select outreach.record_webhook_deliveries(array[%s::bytea], array[null])",
        [body],
    )
    taken, _ = take_in(connection)
    assert (taken.set_aside, asides(connection)) == (1, [(reason,)])


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
    assert (taken.new_events, taken.set_aside) == (1, 1)


PEOPLE = 250


def campaign_of_many(connection):
    """Accounts and people that were invited, made alike in every database."""
    many = []
    workspace_id = make_workspace(connection)
    for _ in range(5):
        first = Invited(connection, workspace_id=workspace_id)
        many.append(first)
        for _ in range(PEOPLE // 5 - 1):
            many.append(
                Invited(
                    connection, workspace_id=workspace_id, account_id=first.account_id
                )
            )
    for second in range(PEOPLE // 5 + 1):
        send_one(connection, workspace_id, as_of=NOON + dt.timedelta(seconds=second))
    connection.execute("analyze")
    return many


def story_of(many):
    """(payload, received at), in order: accepts, strangers, replies, own messages."""
    told = []
    for number, invited in enumerate(many):
        at = NOON + HOUR + dt.timedelta(minutes=number)
        account = invited.provider_account
        if number % 5 < 3:
            told.append((new_relation(account, invited.person), at))
        if number % 5 == 1:
            told.append((reply(invited, f"in-{number}", at), at + HOUR))
        if number % 5 == 2:
            own = reply(
                invited, f"out-{number}", at, sender=invited.owner, to=invited.person
            )
            told.append((own, at + HOUR))
        if number % 5 == 3:
            told.append((new_relation(account, f"ACoAAstranger{number:03}"), at))
        if number % 5 == 4:
            told.append((account_status(account, "OK"), at))
    return told


def state_of(connection):
    """What the events came to, without ids of rows and moments of work."""
    return connection.execute(
        "select enrollment_id, linkedin_status, linkedin_accepted_at,"
        " next_action_at is null,"
        " (select array_agg(events.event_type order by events.event_type)"
        "  from outreach.campaign_events as events where"
        "  events.enrollment_id = enrollments.enrollment_id"
        "  and events.event_type in ('invite_accepted', 'reply_received')),"
        " (select (credits.accepted_after, credits.accepted_before, credits.signals)"
        "  ::text from outreach.accept_credits as credits"
        "  where credits.enrollment_id = enrollments.enrollment_id"
        "  order by credits.credit_id desc limit 1)"
        " from outreach.campaign_prospects as enrollments order by enrollment_id"
    ).fetchall()


def totals_of(connection):
    """Events but the hints, enrollments credited, strangers, what still waits."""
    return connection.execute(
        "select (select count(*) from outreach.linkedin_events"
        "  where event_type <> 'account_status'),"
        " (select count(distinct enrollment_id) from outreach.accept_credits),"
        " (select count(distinct person) from outreach.accept_credits"
        "  where not is_credited),"
        " (select count(*) from outreach.linkedin_webhook_inbox)"
    ).fetchone()


def test_ten_thousand_webhooks_in_any_order_come_to_the_same(connection):
    """Each told many times, up to three days late, taken in by batches of any order."""
    story = story_of(campaign_of_many(connection))
    with connection.transaction(force_rollback=True):
        deliver_all(connection, story)
        take_in(connection)
        wanted, wanted_totals = state_of(connection), totals_of(connection)
    assert wanted_totals == (PEOPLE * 6 // 5, PEOPLE * 3 // 5, PEOPLE // 5, 0)

    chance = random.Random(280)
    copies = [
        (payload, at if copy == 0 else at + chance.random() * 3 * DAY)
        for payload, at in story
        for copy in range(10_000 // len(story) + 1)
    ]
    assert len(copies) >= 10_000
    chance.shuffle(copies)
    for start in range(0, len(copies), 2_500):
        deliver_all(connection, copies[start : start + 2_500])
        take_in(connection)
    check_constraints(connection)

    assert (state_of(connection), totals_of(connection)) == (wanted, wanted_totals)


def test_forged_webhooks_leave_nothing(database, monkeypatch):
    monkeypatch.setenv("PGDATABASE", database.name)
    with database.connect() as connection:
        invited = Invited(connection).send()
        connection.commit()
        relation = new_relation(invited.provider_account, invited.person)
        with served() as address:
            forged = post_all(address, [relation] * 500, "another secret")
            genuine = post_all(address, [relation], SECRET)
        assert set(forged) == {401}
        assert genuine == [200]
        taken = take_in_deliveries(connection)
        assert taken.deliveries == 1


def post_all(address, payloads, secret):
    """Statuses, over a few connections that stay open."""
    netloc = urllib.parse.urlsplit(address).netloc
    headers = {"Unipile-Auth": secret, "Content-Type": "application/json"}

    def post_some(part):
        server = http.client.HTTPConnection(netloc)
        statuses = []
        for payload in part:
            body = json.dumps(payload).encode()
            server.request("POST", "/webhooks/unipile", body, headers)
            response = server.getresponse()
            response.read()
            statuses.append(response.status)
        server.close()
        return statuses

    parts = [payloads[start::4] for start in range(4)]
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        return [status for part in threads.map(post_some, parts) for status in part]
