"""Deliveries: signed, repeated with the same id, never lost, given up with an alert."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
import subprocess

import psycopg
import pytest

from tests.support.command_line import trueup
from tests.support.endpoint_rows import add_endpoint, deliveries, queue_event
from tests.support.rows import NOON, make_workspace
from tests.support.sandboxes import subscriber
from tests.support.sender_processes import wait_until
from trueup.endpoints import calling
from trueup.endpoints.delivering import deliver_due, deliver_one
from trueup.paths import PROJECT_ROOT
from trueup.postgres.retention import empty_raw_columns
from trueup.postgres.witness import RefusedLedgerError

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def told(opened, hook):
    """A workspace whose events the receiver `hook` is told; (workspace, id, secret)."""
    workspace_id = make_workspace(opened)
    return workspace_id, *add_endpoint(opened, workspace_id, url=hook.url)


@pytest.fixture
def workspace_id(told):
    return told[0]


def header(receiver, name):
    return [headers[name] for headers, _ in receiver.received]


def tries(connection):
    return connection.execute(
        "select try_number, http_status, error from outreach.endpoint_tries"
        " order by begun_at, try_number"
    ).fetchall()


def test_an_event_is_delivered_once_and_signed(opened, hook, told):
    workspace_id, _, secret = told
    queue_event(opened, workspace_id)
    assert queue_event(opened, workspace_id) == 0
    assert deliver_due(opened, as_of=NOON).taken == 1
    assert deliver_due(opened, as_of=NOON + DAY).called == 0

    ((headers, body),) = hook.received
    assert json.loads(body) == {
        "type": "reply.received",
        "timestamp": "2026-05-04T12:00:00+00:00",
        "workspace_id": workspace_id,
        "data": {"text": "Tell me more: é"},
    }
    assert headers["content-type"] == "application/json"
    assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


def test_the_documented_check_takes_our_deliveries_and_no_others(opened, hook, told):
    text = (PROJECT_ROOT / "docs/operations.md").read_text()
    (code,) = re.findall(r"```python\n(.*?def is_from_trueup.*?)```", text, re.DOTALL)
    names = {}
    exec(code, names)
    workspace_id, _, secret = told
    queue_event(opened, workspace_id)
    deliver_due(opened, as_of=NOON)
    ((headers, body),) = hook.received

    def is_ours(now=NOON, headers=headers, body=body):
        return names["is_from_trueup"](secret, headers, body, now.timestamp())

    assert is_ours()
    assert is_ours(now=NOON + 4 * MINUTE)
    assert not is_ours(now=NOON + 6 * MINUTE)
    assert not is_ours(body=body + b" ")
    assert not is_ours(headers=headers | {"webhook-id": "another"})
    assert not is_ours(headers={})


def test_a_refused_delivery_is_tried_again_later_with_the_same_id(
    opened, hook, workspace_id
):
    hook.statuses = [500, 302]
    hook.headers = {"location": "/elsewhere"}
    hook.text = b"out of\0order " * 10_000
    queue_event(opened, workspace_id)
    assert deliver_due(opened, as_of=NOON).taken == 0
    assert deliver_due(opened, as_of=NOON + MINUTE / 2).called == 0
    assert deliver_due(opened, as_of=NOON + MINUTE).taken == 0
    assert deliver_due(opened, as_of=NOON + 4 * MINUTE).called == 0
    assert deliver_due(opened, as_of=NOON + 5 * MINUTE).taken == 1

    assert len(set(header(hook, "webhook-id"))) == 1
    assert len({body for _, body in hook.received}) == 1
    assert len(set(header(hook, "webhook-timestamp"))) == 3
    first, second, third = tries(opened)
    assert first[:2] == (1, 500)
    assert first[2].startswith("status 500: out of")
    assert len(first[2]) < 400
    assert second == (2, 302, "status 302: redirects are not followed")
    assert third == (3, 200, None)


def test_after_ten_tries_an_event_is_given_up_with_an_alert_until_one_is_taken(
    opened, hook, told
):
    workspace_id, endpoint_id, _ = told
    hook.statuses = [503] * 10
    queue_event(opened, workspace_id)
    at, waits = NOON, []
    while (due := deliveries(opened, "next_try_at")) != [None]:
        waits.append(round((due[0] - at) / MINUTE))
        at = due[0]
        deliver_due(opened, as_of=at)
    assert waits == [0, 1, 4, 16, 64, 256, 720, 720, 720, 720]
    assert deliver_due(opened, as_of=at + 9 * DAY).called == 0

    def alert():
        return opened.execute(
            "select subject, message, resolved_at is null"
            " from outreach.linkedin_admin_alerts where code = 'endpoint_gave_up'"
        ).fetchall()

    (found,) = alert()
    assert found[0] == f"endpoint {endpoint_id}"
    assert "did not take an event after the last try of it: status 503" in found[1]
    assert found[2]
    retried = opened.execute(
        "select outreach.retry_endpoint_deliveries(%s, %s, %s)",
        [workspace_id, endpoint_id, at],
    ).fetchone()
    assert retried == (1,)
    assert deliver_due(opened, as_of=at).taken == 1
    assert len(set(header(hook, "webhook-id"))) == 1
    assert alert() == [(*found[:2], False)]


def test_a_receiver_that_answers_late_is_tried_again(
    opened, hook, workspace_id, monkeypatch
):
    monkeypatch.setattr(calling, "TIMEOUT_SECONDS", 0.1)
    hook.answers.clear()
    queue_event(opened, workspace_id)
    report = deliver_due(opened, as_of=NOON)

    assert (report.called, report.taken) == (1, 0)
    assert "no answer within" in report.errors[0]


def test_an_endpoint_that_refuses_everything_holds_up_no_other(opened, told):
    workspace_id, _, _ = told
    for number in range(45):
        queue_event(opened, workspace_id, f"old {number}")
    with subscriber() as other:
        add_endpoint(opened, workspace_id, url=other.url)
        queue_event(opened, workspace_id, "new", NOON + MINUTE)
        begun = opened.execute(
            "select url from outreach.begin_endpoint_tries(%s, 20, %s)",
            [workspace_id, NOON + MINUTE],
        ).fetchall()
    assert len(begun) == 20
    assert (other.url,) in begun


def test_a_paused_endpoint_is_told_later_and_a_removed_one_never(opened, hook, told):
    workspace_id, endpoint_id, _ = told

    def pause(is_paused):
        return opened.execute(
            "select outreach.set_endpoint_pause(%s, %s, %s, 'me', 'a test', %s)",
            [workspace_id, endpoint_id, is_paused, NOON],
        ).fetchone()[0]

    assert (pause(True), pause(True)) == (True, False)
    queue_event(opened, workspace_id)
    assert deliver_due(opened, as_of=NOON).called == 0
    pause(False)
    assert deliver_due(opened, as_of=NOON).taken == 1
    queue_event(opened, workspace_id, "two")
    removed = opened.execute(
        "select outreach.remove_endpoint(%s, %s, 'me', %s)",
        [workspace_id, endpoint_id, NOON],
    ).fetchone()
    assert removed == (1,)
    assert queue_event(opened, workspace_id, "three") == 0
    assert deliver_due(opened, as_of=NOON + DAY).called == 0
    assert len(hook.received) == 1


REMOVE = "select outreach.remove_endpoint(%s, %s, 'me')"


def test_an_endpoint_is_removed_after_the_event_that_is_being_queued(
    opened, database, told
):
    workspace_id, endpoint_id, _ = told
    with database.connect() as other:
        queue_event(other, workspace_id)
        opened.execute("set lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            opened.execute(REMOVE, [workspace_id, endpoint_id])
        other.commit()
    assert opened.execute(REMOVE, [workspace_id, endpoint_id]).fetchone() == (1,)


def test_an_event_waits_for_the_removal_and_is_not_queued(opened, database, told):
    workspace_id, endpoint_id, _ = told
    with database.connect() as other:
        other.execute(REMOVE, [workspace_id, endpoint_id])
        opened.execute("set lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            queue_event(opened, workspace_id)
        other.commit()
    assert queue_event(opened, workspace_id) == 0
    assert deliveries(opened) == []


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("add_endpoint(%(w)s, null, null, 'me')", "needs an address and the name"),
        ("add_endpoint(%(w)s, 'https://a.example', null, null)", "the name of who"),
        ("add_endpoint(%(w)s, 'https://a.example', '{}', 'me')", "needs an event"),
        ("add_endpoint(null, 'https://a.example', null, 'me')", "is no workspace"),
        ("set_endpoint_pause(%(w)s, %(e)s, true, null, 'why')", "needs an actor"),
        ("set_endpoint_pause(%(w)s, %(e)s, true, 'me', null)", "and a reason"),
        ("set_endpoint_pause(%(w)s, %(e)s, null, 'me', 'why')", "needs an actor"),
        ("remove_endpoint(%(w)s, %(e)s, null)", "needs the name of who asks"),
    ],
)
def test_a_change_of_endpoints_that_lacks_something_is_a_sentence(
    connection, call, sentence
):
    workspace_id = make_workspace(connection)
    endpoint_id, _ = add_endpoint(connection, workspace_id)
    with pytest.raises(psycopg.Error, match=sentence) as refused:
        connection.execute(
            f"select outreach.{call}", {"w": workspace_id, "e": endpoint_id}
        )
    assert refused.value.diag.message_hint is not None


def test_a_test_event_is_tried_once_and_opens_no_alert(opened, hook, told):
    workspace_id, endpoint_id, _ = told
    hook.statuses = [500]
    queue_event(opened, workspace_id)

    def ask():
        (delivery_id,) = opened.execute(
            "select outreach.queue_endpoint_test(%s, %s, 'me', %s)",
            [workspace_id, endpoint_id, NOON],
        ).fetchone()
        return deliver_one(opened, workspace_id, delivery_id, NOON)

    assert (ask().taken, ask().taken) == (0, 1)
    assert [json.loads(body)["type"] for _, body in hook.received] == [
        "endpoint.test"
    ] * 2
    assert (
        opened.execute(
            "select from outreach.linkedin_admin_alerts where code = 'endpoint_gave_up'"
        ).fetchall()
        == []
    )


def test_two_deliverers_call_an_endpoint_once(opened, database, hook, workspace_id):
    queue_event(opened, workspace_id)
    with (
        database.connect() as first,
        database.connect(autocommit=True) as second,
    ):
        query = "select from outreach.begin_endpoint_tries(%s, 20, %s)"
        assert first.execute(query, [workspace_id, NOON]).rowcount == 1
        assert second.execute(query, [workspace_id, NOON]).rowcount == 0
        first.commit()
        assert second.execute(query, [workspace_id, NOON]).rowcount == 0


def test_a_delivery_whose_process_was_killed_comes_again_with_the_same_id(
    opened, database, hook, workspace_id
):
    queue_event(opened, workspace_id)
    hook.answers.clear()
    deliverer = subprocess.Popen(
        trueup("endpoint", "deliver"), env=database.environment()
    )
    wait_until(deliverer, lambda: len(hook.received) == 1)
    deliverer.kill()
    deliverer.wait()
    hook.answers.set()
    assert tries(opened) == [(1, None, None)]
    (next_try_at,) = deliveries(opened, "next_try_at")

    assert deliver_due(opened, as_of=next_try_at - MINUTE / 2).called == 0
    assert deliver_due(opened, as_of=next_try_at).taken == 1
    assert len(set(header(hook, "webhook-id"))) == 1
    assert len(hook.received) == 2
    assert tries(opened)[1][:2] == (2, 200)
    assert deliver_due(opened, as_of=next_try_at + DAY).called == 0


def test_the_body_of_an_old_delivery_is_emptied_once_it_is_over(
    opened, hook, workspace_id
):
    hook.statuses = [200, 500]
    for key in ("taken", "waiting"):
        queue_event(opened, workspace_id, key)
    deliver_due(opened, as_of=NOON)

    def emptied(at):
        return empty_raw_columns(opened, at)["endpoint_deliveries.body"].rows

    assert emptied(NOON + 30 * DAY) == 0
    assert emptied(NOON + 31 * DAY) == 1
    assert deliver_due(opened, as_of=NOON + 31 * DAY).taken == 1
    assert emptied(NOON + 31 * DAY) == 1


def test_a_last_try_that_was_killed_is_given_up(opened, told):
    workspace_id, _, _ = told
    queue_event(opened, workspace_id)
    opened.execute("update outreach.endpoint_deliveries set most_tries = 1")
    begin = "select from outreach.begin_endpoint_tries(%s, 20, %s)"
    assert opened.execute(begin, [workspace_id, NOON]).rowcount == 1
    assert opened.execute(begin, [workspace_id, NOON + 2 * MINUTE]).rowcount == 0
    assert deliveries(opened, "given_up_at") == [NOON + 2 * MINUTE]
    assert opened.execute(
        "select message like %s from outreach.linkedin_admin_alerts",
        ["%its last try was never answered.%"],
    ).fetchall() == [(True,)]


@pytest.mark.parametrize(
    "url",
    [
        "https://xn--/",
        "https://xn--a/",
        "http://localhost:99999/",
    ],
)
def test_an_address_that_cannot_be_called_holds_up_no_other(opened, hook, told, url):
    workspace_id, _, _ = told
    add_endpoint(opened, workspace_id, url=url)
    queue_event(opened, workspace_id)
    report = deliver_due(opened, as_of=NOON)
    assert (report.called, report.taken, len(report.errors)) == (2, 1, 1)
    assert len(hook.received) == 1
    assert deliver_due(opened, as_of=NOON).called == 0


def test_a_copy_of_a_database_tells_nobody(opened, hook, told, database):
    queue_event(opened, told[0])
    opened.execute("update outreach.ledger_identity set database_oid = 1")
    with pytest.raises(RefusedLedgerError, match=f"The database {database.name} is a"):
        deliver_due(opened, as_of=NOON)
    (delivery_id,) = deliveries(opened, "delivery_id")
    with pytest.raises(RefusedLedgerError):
        deliver_one(opened, told[0], delivery_id, NOON)
    assert hook.received == []
    assert tries(opened) == []


def test_a_copy_without_endpoints_has_nothing_to_tell(opened):
    opened.execute("update outreach.ledger_identity set database_oid = 1")
    assert deliver_due(opened, as_of=NOON).called == 0
