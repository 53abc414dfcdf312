"""Events become deliveries in the transaction that records them, once each."""

import json

import psycopg
import pytest

from tests.support.endpoint_rows import URL, add_endpoint, deliveries
from tests.support.inbound_rows import HOUR, Invited, deliver, reply, take_in
from tests.support.rows import (
    NOON,
    flip,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)
from tests.support.web_apps import new_relation


@pytest.fixture
def invited(connection):
    return Invited(connection).send()


def bodies(connection):
    return [json.loads(body) for body in deliveries(connection, "body")]


def test_a_reply_is_one_delivery_of_each_endpoint_that_wants_it(connection, invited):
    crm, _ = add_endpoint(connection, invited.workspace_id, "reply.received")
    add_endpoint(
        connection, invited.workspace_id, "limit.reached", url="https://b.example.com/"
    )
    message = reply(invited, "m1", NOON + HOUR, text="Tell me more")
    for _ in range(2):
        deliver(connection, message, NOON + HOUR)
        take_in(connection)

    assert deliveries(connection, "endpoint_id, event_type") == [
        (crm, "reply.received")
    ]
    (body,) = bodies(connection)
    assert body["type"] == "reply.received"
    assert body["timestamp"] == "2026-05-04T13:00:00+00:00"
    assert body["data"]["text"] == "Tell me more"
    assert body["data"]["person"]["linkedin_id"] == invited.person
    assert body["data"]["person"]["id"] == invited.prospect_id
    assert body["data"]["campaign"]["id"] == invited.campaign_id
    assert body["data"]["account"]["name"] == "Anisha"


def test_an_accept_is_queued_without_a_text(connection, invited):
    add_endpoint(connection, invited.workspace_id)
    deliver(
        connection, new_relation(invited.provider_account, invited.person), NOON + HOUR
    )
    take_in(connection)

    (body,) = bodies(connection)
    assert body["type"] == "invite.accepted"
    assert "text" not in body["data"]


def test_another_workspace_is_told_nothing(connection, invited):
    add_endpoint(connection, make_workspace(connection))
    deliver(connection, reply(invited, "m1", NOON + HOUR), NOON + HOUR)
    take_in(connection)

    assert deliveries(connection) == []


def test_each_flip_of_an_account_is_told_once(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    add_endpoint(connection, workspace_id)
    for status in ("disconnected", "restricted", "connecting", "connected"):
        flip(connection, workspace_id, account_id, status)
        flip(connection, workspace_id, account_id, status)

    told = [(body["type"], body["data"]) for body in bodies(connection)]
    assert [
        (event, data["from_status"], data["account"]["status"]) for event, data in told
    ] == [
        ("account.disconnected", "connected", "disconnected"),
        ("account.disconnected", "disconnected", "restricted"),
        ("account.connected", "connecting", "connected"),
    ]


def queue_limits(connection, workspace_id, at):
    return connection.execute(
        "select outreach.queue_reached_limits(%s, %s)", [workspace_id, at]
    ).fetchone()[0]


def send_invites(connection, workspace_id, account_id, times):
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id, len(times)
    )
    for at in times:
        assert send_one(connection, workspace_id, as_of=at) == ["sent_proven"]


def test_a_limit_is_told_once_for_each_account_action_and_period(connection):
    workspace_id = make_workspace(connection)
    limits = (("send_invite", "day", 2), ("send_invite", "week", 80))
    account_id = make_account(connection, workspace_id, limits=limits)
    add_endpoint(connection, workspace_id, as_of=NOON - HOUR)
    send_invites(connection, workspace_id, account_id, [NOON])
    assert queue_limits(connection, workspace_id, NOON) == 0
    send_invites(connection, workspace_id, account_id, [NOON + HOUR])
    assert queue_limits(connection, workspace_id, NOON + HOUR) == 1
    assert queue_limits(connection, workspace_id, NOON + 2 * HOUR) == 0
    tomorrow = [NOON + 24 * HOUR, NOON + 25 * HOUR]
    send_invites(connection, workspace_id, account_id, tomorrow)
    # The tick comes after the account's midnight, and tells what the day reached.
    assert queue_limits(connection, workspace_id, NOON + 40 * HOUR) == 1

    first, second = (body["data"] for body in bodies(connection))
    assert (first["account"]["id"], first["action"], first["per"]) == (
        account_id,
        "send_invite",
        "day",
    )
    assert (first["limit"], first["lifts_at"]) == (2, "2026-05-05T00:00:00+00:00")
    assert second["lifts_at"] == "2026-05-06T00:00:00+00:00"


def test_of_a_day_and_a_week_the_limit_that_lifts_last_is_told(connection):
    workspace_id = make_workspace(connection)
    limits = (("send_invite", "day", 1), ("send_invite", "week", 1))
    account_id = make_account(connection, workspace_id, limits=limits)
    add_endpoint(connection, workspace_id, as_of=NOON - HOUR)
    send_invites(connection, workspace_id, account_id, [NOON])

    assert queue_limits(connection, workspace_id, NOON + HOUR) == 1
    assert connection.execute(
        "select per, period_starts_on::text, limit_count from outreach.reached_limits"
    ).fetchall() == [("week", "2026-05-04", 1)]


def test_a_limit_is_told_although_the_next_day_has_begun_before_a_look(connection):
    workspace_id = make_workspace(connection)
    limits = (("send_invite", "day", 2),)
    account_id = make_account(connection, workspace_id, limits=limits)
    add_endpoint(connection, workspace_id, as_of=NOON - HOUR)
    times = [NOON, NOON + HOUR, NOON + 12 * HOUR]
    send_invites(connection, workspace_id, account_id, times)

    assert queue_limits(connection, workspace_id, NOON + 13 * HOUR) == 1
    assert connection.execute(
        "select per, period_starts_on::text from outreach.reached_limits"
    ).fetchall() == [("day", "2026-05-04")]


def test_nothing_is_noted_where_no_endpoint_wants_limits(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(
        connection, workspace_id, limits=(("send_invite", "day", 1),)
    )
    add_endpoint(connection, workspace_id, "reply.received", as_of=NOON - HOUR)
    send_invites(connection, workspace_id, account_id, [NOON])

    assert queue_limits(connection, workspace_id, NOON + HOUR) == 0
    assert connection.execute("select from outreach.reached_limits").fetchall() == []


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example.com/hook",
        "http://127.0.0.1.example.com/",
        "http://localhost@example.com/",
        "https://user:secret@crm.example.com/",
        "https://crm.example.com/ hook",
        "https://crm.example.com/#part",
        "https://crm.example.com\\@inside/",
        "https:///hook",
        "ftp://127.0.0.1/",
        "https://" + "a" * 2000,
    ],
)
def test_an_address_without_https_or_with_a_password_is_refused(connection, url):
    with pytest.raises(psycopg.errors.CheckViolation):
        add_endpoint(connection, make_workspace(connection), url=url)


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "https://hooks.example.com:8443/a/b?key=1",
        "http://localhost:8000/",
        "http://127.0.0.1:8000",
        "http://[::1]:8000/hook",
    ],
)
def test_https_and_this_machine_are_taken(connection, url):
    endpoint_id, secret = add_endpoint(connection, make_workspace(connection), url=url)
    assert endpoint_id > 0
    assert secret.startswith("whsec_")
    assert len(secret) == len("whsec_") + 44


def test_an_unknown_event_is_refused_with_the_known_ones(connection):
    with pytest.raises(psycopg.errors.InvalidParameterValue) as refusal:
        add_endpoint(connection, make_workspace(connection), "reply.sent")
    assert "reply.sent" in str(refusal.value)
    assert "reply.received" in refusal.value.diag.message_hint


@pytest.mark.parametrize(
    "table", ["endpoints", "endpoint_deliveries", "endpoint_tries", "reached_limits"]
)
@pytest.mark.parametrize("role", ["sender", "analyst"])
def test_only_operator_reads_endpoints_and_their_secrets(connection, role, table):
    connection.execute(f"set local role {role}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"select from outreach.{table}")


def test_a_sender_that_finds_an_accept_queues_it(connection, invited):
    add_endpoint(connection, invited.workspace_id, "invite.accepted")
    connection.execute("set local role sender")
    connection.execute(
        "select outreach.record_enrollment_event(%s, %s, 'invite_accepted', 'test',"
        " %s)",
        [invited.workspace_id, invited.enrollment_id, NOON + HOUR],
    )
    connection.execute("reset role")

    assert deliveries(connection) == ["invite.accepted"]
