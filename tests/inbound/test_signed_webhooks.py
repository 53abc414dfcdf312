"""Webhooks of version 2: who may tell, what is kept once, and what each event means."""

import asyncio
import datetime as dt
import json
import time

import pytest

from tests.support.inbound_rows import DAY, HOUR, Invited, deliver_all, take_in
from tests.support.rows import NOON, make_workspace
from tests.support.signed_webhooks import (
    APPLICATION,
    DSN_V2,
    ENDPOINT_SECRET,
    account_event,
    body_of,
    event,
    know_endpoint,
    message_new,
    post_all,
    relation_new,
    signature,
)
from tests.support.web_apps import SECRETS, message_received, new_relation
from trueup.inbound.webhooks.payloads_v2 import read_envelope
from trueup.web.app import web_app
from trueup.web.endpoint_secrets import EndpointSecrets, SecretCache
from trueup.web.settings import Secrets

SIGNED = "unipile-signature"
EVENT = relation_new("acc_1", "ACoAAjulien", "evt_1")
BODY = body_of(EVENT)
LATER = NOON + 30 * DAY


class Kept:
    """A store that keeps webhooks in memory."""

    def __init__(self):
        self.webhooks = []

    def keep(self, webhooks):
        self.webhooks += webhooks

    def close(self):
        pass


class Receiver:
    """The app with an endpoint of ours; keeps webhooks and refusals in memory."""

    def __init__(self, secrets=SECRETS, known=None):
        self.store = Kept()
        self.refusals = {}
        self.app = web_app(secrets, self.store)
        known = known or EndpointSecrets(
            {"we_1": ENDPOINT_SECRET}, {"we_1": APPLICATION}
        )
        self.app.state.endpoint_secrets = SecretCache(lambda: known)
        self.app.state.refusals._store = self.refusals.update

    def post(self, body=BODY, *headers):
        (answer,) = post_all(self.app, [(body, headers)])
        return answer


def signed(body=BODY, **changes):
    return SIGNED, signature(body, **changes)


def test_a_signed_webhook_is_kept_as_it_came_with_its_id():
    receiver = Receiver()

    status, text = receiver.post(BODY, signed(), ("Content-Type", "application/json"))

    assert (status, text) == (200, "")
    (kept,) = receiver.store.webhooks
    assert (kept.body, kept.content_type) == (BODY, "application/json")
    assert (kept.api_version, kept.event_id) == (2, "evt_1")


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ([], "no_signature"),
        ([("Unipile-Auth", SECRETS.webhook_secret)], "no_signature"),
        ([(SIGNED, "")], "unreadable_signature"),
        ([(SIGNED, "t=1")], "unreadable_signature"),
        ([signed(), signed()], "unreadable_signature"),
        ([signed(secret="wes_other")], "wrong_signature"),
        ([signed(BODY + b" ")], "wrong_signature"),
        ([signed(secret=ENDPOINT_SECRET.removeprefix("wes_"))], "wrong_signature"),
        ([signed(at=time.time() - 3_600)], "old_signature"),
        ([signed(at=time.time() + 3_600)], "old_signature"),
    ],
)
def test_what_is_not_signed_by_our_endpoint_is_refused_and_counted(headers, reason):
    receiver = Receiver()

    status, text = receiver.post(BODY, *headers)

    assert status == 401
    assert text.endswith(".")
    assert receiver.store.webhooks == []
    assert receiver.refusals == {reason: 1}


def test_the_name_of_the_header_has_no_case():
    status, _ = Receiver().post(BODY, ("Unipile-Signature", signature(BODY)))
    assert status == 200


def test_two_lines_of_the_header_are_one_with_a_comma():
    at, digest = signature(BODY).split(",")
    receiver = Receiver()

    status, _ = receiver.post(BODY, (SIGNED, at), (SIGNED, digest))

    assert (status, len(receiver.store.webhooks)) == (200, 1)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"application_id": "app_other"}, "wrong_application"),
        ({"application_production": False}, "wrong_environment"),
    ],
)
def test_an_event_of_another_application_is_refused(changes, reason):
    body = body_of(EVENT | changes)
    receiver = Receiver()

    status, _ = receiver.post(body, signed(body))

    assert (status, receiver.store.webhooks) == (403, [])
    assert receiver.refusals == {reason: 1}


def test_a_receiver_of_a_development_application_takes_its_events_alone():
    body = body_of(EVENT | {"application_production": False})
    secrets = Secrets(is_production=False)
    assert Receiver(secrets).post(body, signed(body))[0] == 200
    assert Receiver(secrets).post(BODY, signed())[0] == 403


@pytest.mark.parametrize(
    "body",
    [
        body_of({key: EVENT[key] for key in EVENT if "application" not in key}),
        body_of({"type": "relation.new"}),
        b"\xff\x00 not json",
        b"[]",
        body_of(EVENT | {"id": 7, "application_id": None}),
    ],
)
def test_what_a_signed_body_does_not_say_is_no_reason_to_refuse_it(body):
    receiver = Receiver()
    assert receiver.post(body, signed(body))[0] == 200
    assert [kept.body for kept in receiver.store.webhooks] == [body]


def test_an_empty_body_is_refused_though_it_is_signed():
    assert Receiver().post(b"", signed(b""))[0] == 400


@pytest.mark.parametrize(
    ("is_unknown", "at", "reads"),
    [(False, 60.0, 1), (False, 60.1, 2), (True, 2.0, 1), (True, 2.1, 2)],
)
def test_secrets_are_read_again_when_they_are_old_or_none_fits(is_unknown, at, reads):
    """Not within two seconds, so that a flood of forged ones asks nobody."""
    moments = [0.0, 0.0, at, at]
    known = []
    cache = SecretCache(
        lambda: known.append(1) or EndpointSecrets({}), lambda: moments.pop(0)
    )

    async def ask():
        await cache.secrets()
        await cache.secrets(is_unknown=is_unknown)

    asyncio.run(ask())
    assert len(known) == reads


def test_an_endpoint_that_was_made_since_is_known_after_one_look():
    known = [EndpointSecrets({}), EndpointSecrets({"we_1": ENDPOINT_SECRET})]
    moments = [0.0, 0.0, 3.0, 3.0]
    receiver = Receiver()
    receiver.app.state.endpoint_secrets = SecretCache(
        lambda: known.pop(0), lambda: moments.pop(0)
    )

    assert receiver.post(BODY, signed())[0] == 200


def test_without_postgres_the_provider_is_told_to_come_again(monkeypatch):
    monkeypatch.setenv("PGDATABASE", "there_is_none")
    app = web_app(SECRETS)
    ((status, text),) = post_all(app, [(BODY, [signed()])])
    assert (status, "again later" in text) == (503, True)


def test_a_webhook_goes_by_http_into_the_inbox_once(database, monkeypatch):
    """The whole way: the stored secret, one commit, and the counted refusals."""
    monkeypatch.setenv("PGDATABASE", database.name)
    with database.connect() as connection:
        know_endpoint(connection)
        connection.commit()
    again = body_of(EVENT | {"account_name": "A new name"})

    answers = post_all(
        web_app(SECRETS),
        [
            (BODY, [signed()]),
            (BODY, [signed()]),
            (again, [signed(again)]),
            (BODY, [signed(secret="wes_other")]),
            (BODY, []),
        ],
    )

    assert [status for status, _ in answers] == [200, 200, 200, 401, 401]
    with database.connect() as connection:
        kept = connection.execute(
            "select api_version, provider_event_id"
            " from outreach.linkedin_webhook_deliveries"
            " inner join outreach.linkedin_webhook_inbox using (delivery_id)"
        ).fetchall()
        refused = connection.execute(
            "select reason, refused_count from outreach.linkedin_webhook_refusals"
            " order by reason"
        ).fetchall()
    assert kept == [(2, "evt_1")]
    assert refused == [("no_signature", 1), ("wrong_signature", 1)]


def test_the_secret_of_an_endpoint_that_is_gone_is_emptied(connection):
    know_endpoint(connection)
    know_endpoint(connection, "wes_other", "we_2")

    rows = connection.execute(
        "select webhook_id, secret, retired_at is null"
        " from outreach.provider_webhook_secrets order by webhook_id"
    ).fetchall()
    assert rows == [("we_1", "", False), ("we_2", "wes_other", True)]


def test_only_operator_and_the_owner_read_secrets(connection):
    for role, may_read in (
        ("sender", False),
        ("analyst", False),
        ("console", False),
        ("operator", True),
    ):
        (may,) = connection.execute(
            "select has_table_privilege(%s, 'outreach.provider_webhook_secrets',"
            " 'select')",
            [role],
        ).fetchone()
        assert may is may_read, role


def test_refusals_of_an_hour_are_added_up(connection):
    for minutes, counts in ((0, [2, 1]), (59, [3, 1]), (60, [1, 1])):
        connection.execute(
            "select outreach.count_webhook_refusals("
            "array['wrong_signature', 'wrong_secret'], %s::bigint[], %s)",
            [counts, NOON + dt.timedelta(minutes=minutes)],
        )
    assert connection.execute(
        "select refused_hour, reason, refused_count, newest_at"
        " from outreach.linkedin_webhook_refusals order by refused_hour, reason"
    ).fetchall() == [
        (NOON, "wrong_secret", 2, NOON + dt.timedelta(minutes=59)),
        (NOON, "wrong_signature", 5, NOON + dt.timedelta(minutes=59)),
        (NOON + HOUR, "wrong_secret", 1, NOON + HOUR),
        (NOON + HOUR, "wrong_signature", 1, NOON + HOUR),
    ]


def deliver_signed(connection, told, at=NOON + HOUR):
    """An event of version 2 as the receiver keeps it."""
    body = body_of(told)
    connection.execute(
        "select outreach.record_webhook_deliveries("
        "array[%s::bytea], array[null], %s, array[2], array[%s::text])",
        [body, at, read_envelope(body).event_id],
    )


def events_of(connection, workspace_id):
    return connection.execute(
        "select event_type, provider_id, provider_reference, api_version"
        " from outreach.linkedin_events where workspace_id = %s order by event_id",
        [workspace_id],
    ).fetchall()


def quarantined(connection):
    return [
        reason
        for (reason,) in connection.execute(
            "select quarantine_reason from outreach.linkedin_webhook_inbox"
            " order by delivery_id"
        )
    ]


def test_a_new_relation_is_an_accept(connection, invited):
    deliver_signed(
        connection, relation_new(invited.provider_account, invited.person, "evt_1")
    )
    take_in(connection)

    assert invited.row()[0] == "ready_to_message"
    assert invited.event_count("invite_accepted") == 1


def test_both_versions_tell_of_one_accept(connection, invited):
    account = invited.provider_account
    deliver_signed(connection, relation_new(account, invited.person, "evt_1"))
    body = json.dumps(new_relation(account, invited.person)).encode()
    connection.execute(
        "select outreach.record_webhook_deliveries(array[%s::bytea], array[null], %s)",
        [body, NOON + HOUR],
    )
    taken, _ = take_in(connection)

    assert (taken.new_events, taken.already_known) == (1, 1)


@pytest.mark.parametrize("is_new_first", [True, False])
@pytest.mark.parametrize("batch", [1, 500])
def test_both_versions_tell_of_one_reply(connection, invited, is_new_first, batch):
    """Their ids of the message differ; its writer and its time are the same."""
    from trueup.inbound.lists.accepts import resolve_inbound
    from trueup.inbound.webhooks.events import take_in_deliveries

    at = NOON + HOUR
    account = invited.provider_account
    old = message_received(account, "m-1", invited.person, at, own=invited.owner)
    story = [
        lambda: deliver_signed(
            connection, message_new(account, "2-abc", invited.person, at, "evt_1")
        ),
        lambda: connection.execute(
            "select outreach.record_webhook_deliveries("
            "array[%s::bytea], array[null], %s)",
            [json.dumps(old).encode(), at],
        ),
    ]
    for tell in story if is_new_first else reversed(story):
        tell()
    taken = take_in_deliveries(connection, LATER, batch)
    resolve_inbound(connection, LATER)

    assert (taken.new_events, taken.already_known) == (1, 1)
    assert invited.event_count("reply_received") == 1


def test_two_messages_of_one_version_at_the_same_time_are_two(connection, invited):
    account = invited.provider_account
    for number in (1, 2):
        told = message_new(
            account, f"m-{number}", invited.person, NOON + HOUR, f"evt_{number}"
        )
        deliver_signed(connection, told)
    taken, _ = take_in(connection)
    assert taken.new_events == 2


def test_a_second_message_of_the_moment_is_not_taken_for_the_one_known(
    connection, invited
):
    """Version 1 told of one; the other has its writer and time, and its own text."""
    at, account = NOON + HOUR, invited.provider_account
    old = message_received(account, "m-1", invited.person, at, own=invited.owner)
    deliver_all(connection, [(old, at)])
    for number, text in enumerate(("Hello", "And one more", "And one more")):
        told = message_new(
            account, f"2-{text}", invited.person, at, f"evt_{number}", text=text
        )
        deliver_signed(connection, told)
    taken, _ = take_in(connection)

    assert (taken.new_events, taken.already_known) == (2, 2)
    assert [row[2] for row in events_of(connection, invited.workspace_id)] == [
        "m-1",
        "2-And one more",
    ]


def test_an_own_message_is_no_reply(connection, invited):
    own = message_new(
        invited.provider_account,
        "m-1",
        "another id of the owner",
        NOON + HOUR,
        "evt_1",
        is_sender=True,
    )
    deliver_signed(connection, own)
    take_in(connection)

    assert events_of(connection, invited.workspace_id) == [
        ("message_sent", None, "m-1", 2)
    ]
    assert invited.event_count("reply_received") == 0


def test_a_line_that_nobody_wrote_is_no_reply(connection, invited):
    told = message_new(
        invited.provider_account, "m-1", invited.person, NOON, "evt_1", is_event=True
    )
    deliver_signed(connection, told)
    take_in(connection)

    assert [row[0] for row in events_of(connection, invited.workspace_id)] == [
        "message_event"
    ]
    assert invited.event_count("reply_received") == 0


def test_a_reply_has_its_text_and_its_writer(connection, invited):
    told = message_new(
        invited.provider_account, "m-1", invited.person, NOON + HOUR, "evt_1"
    )
    deliver_signed(connection, told)
    take_in(connection)

    (payload,) = connection.execute(
        "select payload from outreach.linkedin_events where workspace_id = %s",
        [invited.workspace_id],
    ).fetchone()
    assert payload["message"] == "Hello"
    assert payload["chat_id"] == "chat-v2"
    assert payload["sender"] == {"attendee_name": "Julien Crépieux"}


@pytest.mark.parametrize(
    "name",
    [
        "account.status.disconnected",
        "account.status.running",
        "account.status.errored",
        "account.status.degraded",
        "account.status.partial",
        "account.locked",
        "account.unlocked",
        "account.remove",
        "account.add",
        "account.reconnect",
    ],
)
def test_an_event_about_an_account_is_only_a_reason_to_ask(connection, invited, name):
    account = invited.provider_account
    told = account_event(name, account, "evt_1", product="x")
    if name in ("account.remove", "account.locked", "account.unlocked"):
        told["payload"] = None
    deliver_signed(connection, told)
    take_in(connection)

    asked = connection.execute(
        "select account_id from outreach.accounts_to_refresh("
        "(select provider_dsn from outreach.workspaces where workspace_id = %s))"
        " where workspace_id = %s",
        [invited.workspace_id, invited.workspace_id],
    ).fetchall()
    (status,) = connection.execute(
        "select status from outreach.linkedin_accounts where account_id = %s",
        [invited.account_id],
    ).fetchone()
    assert asked == [(invited.account_id,)]
    assert status == "connected"


def test_three_states_in_a_minute_are_three_events(connection, invited):
    names = ("disconnected", "running", "disconnected")
    for number, name in enumerate(names):
        told = account_event(
            f"account.status.{name}", invited.provider_account, f"evt_{number}"
        )
        deliver_signed(connection, told)
    taken, _ = take_in(connection)
    assert taken.new_events == 3


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (event("account.status.paused", "acc", {}, "evt_1"), "unknown event"),
        (event("relation.request.accept", "acc", {}, "evt_1"), "unknown event"),
        (event("new_relation", "acc", {}, "evt_1"), "unknown event"),
        (event("account.status.running ", "acc", {}, "evt_1"), "unknown event"),
        (event("relation.new", "acc", {"member_id": "x"}, "evt_1"), "no person"),
        (event("relation.new", "acc", None, "evt_1"), "no payload"),
        (event("relation.new", "", {}, "evt_1"), "no account"),
        (event("message.new", "acc", {"text": "Hi"}, "evt_1"), "no message id"),
        (event("message.new", "acc", {"id": "m"}, "evt_1"), "no sender"),
        (event("relation.new", "acc", {}, ""), "no event"),
        ("text", "not an object"),
        (new_relation("acc", "ACoAAperson"), "no payload"),
        (relation_new("acc_nobody", "ACoAAperson", "evt_1"), "unknown account"),
    ],
)
def test_what_is_not_known_is_set_aside_and_kept(connection, invited, told, reason):
    deliver_signed(connection, told)
    taken, _ = take_in(connection)

    assert (taken.new_events, taken.quarantined) == (0, 1)
    assert quarantined(connection) == [reason]


def test_an_event_of_version_2_by_the_secret_of_version_1_is_no_event(
    connection, invited
):
    body = body_of(relation_new(invited.provider_account, invited.person, "evt_1"))
    connection.execute(
        "select outreach.record_webhook_deliveries(array[%s::bytea], array[null], %s)",
        [body, NOON + HOUR],
    )
    take_in(connection)

    assert quarantined(connection) == ["unknown event"]
    assert invited.row()[0] == "pending_accept"


def test_events_that_come_after_a_disconnect_count_and_connect_nothing(connection):
    invited = Invited(connection).send()
    connection.execute(
        "select outreach.flip_linkedin_account_status(%s, %s, 'disconnected', 'a test',"
        " 'test')",
        [invited.workspace_id, invited.account_id],
    )
    account = invited.provider_account
    deliver_signed(connection, relation_new(account, invited.person, "evt_1"))
    deliver_signed(
        connection,
        message_new(account, "m-1", invited.person, NOON + 2 * HOUR, "evt_2"),
        NOON + 2 * HOUR,
    )
    deliver_signed(
        connection, account_event("account.status.running", account, "evt_3")
    )
    take_in(connection)

    (status,) = connection.execute(
        "select status from outreach.linkedin_accounts where account_id = %s",
        [invited.account_id],
    ).fetchone()
    assert invited.event_count("invite_accepted") == 1
    assert invited.event_count("reply_received") == 1
    assert status == "disconnected"


def test_a_login_on_a_page_of_version_2_is_believed_from_a_signed_event_alone(
    connection,
):
    from trueup.inbound.accounts.hosted_auth import keep_notice, read_notice

    workspace_id = make_workspace(connection, DSN_V2)
    token_hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    connection.execute(
        "insert into outreach.hosted_auth_links (workspace_id, token_sha256, timezone,"
        " requested_by, requested_at, expires_at, provider_dsn)"
        " values (%s, %s, 'UTC', 'test', %s, %s, %s)",
        [workspace_id, token_hash, NOON, NOON + DAY, DSN_V2],
    )
    state = f"trueup-{workspace_id}-test"
    notice = {"status": "CREATION_SUCCESS", "account_id": "acc_evil", "name": state}
    by_hand = keep_notice(connection, read_notice(body_of(notice)), NOON)
    in_its_words = read_notice(body_of(notice | {"status": "account.add"}))
    told = account_event(
        "account.add", "acc_new", "evt_1", account={"id": "acc_new"}, state=state
    )
    deliver_signed(connection, told)
    take_in(connection, NOON + HOUR)

    assert by_hand == "unknown"
    assert in_its_words is None
    assert connection.execute(
        "select provider_account_id, notified_status from outreach.hosted_auth_links"
        " where workspace_id = %s",
        [workspace_id],
    ).fetchall() == [("acc_new", "account.add")]
