"""send_proofs, unknown_sends, campaign_step_stats, and the alerts about open sends."""

import datetime as dt

import pytest
from psycopg.types.json import Jsonb

from tests.support.dbt_runner import modelled_copy, run_dbt
from tests.support.rows import (
    NOON,
    REFUSED,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
OLD = "an_unknown_send_is_older_than_a_day"
VACUUM = "a_transaction_holds_back_vacuum"
LOST = REFUSED | {"http_status": 504}


class Queue:
    """An account with invites that are due."""

    def __init__(self, connection, count=3, run_at=NOON - 24 * HOUR):
        self.workspace_id = make_workspace(connection)
        self.account_id = make_account(connection, self.workspace_id)
        campaign_id, (step_id, _) = make_campaign(connection, self.workspace_id)
        make_enrollments(
            connection,
            self.workspace_id,
            self.account_id,
            campaign_id,
            step_id,
            count=count,
            run_at=run_at,
        )
        self.people = [
            row[0]
            for row in connection.execute(
                "select provider_id from outreach.prospects where workspace_id = %s"
                " order by prospect_id",
                [self.workspace_id],
            )
        ]


@pytest.fixture
def queue(opened):
    return Queue(opened)


def keep_read(connection, queue, list_name, people, at, is_complete=True):
    items = [{"provider_id": person} for person in people]
    connection.execute(
        "select outreach.record_provider_read(%s, %s, %s, null, %s, %s, %s, 1, %s, %s)",
        [
            queue.workspace_id,
            queue.account_id,
            list_name,
            at,
            at,
            is_complete,
            None if is_complete else "page 2: 500",
            Jsonb(items),
        ],
    )


def refused(error_type):
    answers = {"blocked_recipient": 422, "too_many_characters": 400}
    return REFUSED | {"http_status": answers[error_type], "error_type": error_type}


def answered_and_lost(connection):
    queue = Queue(connection)
    send_one(connection, queue.workspace_id, NOON - 5 * HOUR)
    send_one(connection, queue.workspace_id, NOON - 4 * HOUR, **LOST)
    return queue


def read_completely(connection):
    queue = Queue(connection)
    for hours in (5, 4):
        send_one(connection, queue.workspace_id, NOON - hours * HOUR)
    keep_read(connection, queue, "sent_invitations", queue.people[:1], NOON - HOUR)
    keep_read(connection, queue, "relations", [], NOON - HOUR)
    return queue


def read_in_part(connection):
    queue = Queue(connection)
    send_one(connection, queue.workspace_id, NOON - 5 * HOUR)
    keep_read(connection, queue, "sent_invitations", [], NOON - HOUR, is_complete=False)
    keep_read(connection, queue, "relations", [], NOON - HOUR)
    return queue


def refused_and_seen(connection):
    queue = Queue(connection)
    answer = refused("blocked_recipient")
    send_one(connection, queue.workspace_id, NOON - 5 * HOUR, **answer)
    keep_read(connection, queue, "sent_invitations", queue.people, NOON - HOUR)
    return queue


def three_that_differ(connection):
    queue = Queue(connection)
    send_one(connection, queue.workspace_id, NOON - 5 * HOUR)
    for hours, error_type in ((4, "blocked_recipient"), (3, "too_many_characters")):
        answer = refused(error_type)
        send_one(connection, queue.workspace_id, NOON - hours * HOUR, **answer)
    return queue


def lost_hours_ago(hours):
    def arrange(connection):
        lost_at = NOON - hours * HOUR
        queue = Queue(connection, count=1, run_at=lost_at)
        send_one(connection, queue.workspace_id, lost_at, **LOST)
        return queue

    return arrange


HISTORIES = {
    "answered and lost": answered_and_lost,
    "read completely": read_completely,
    "read in part": read_in_part,
    "refused and seen": refused_and_seen,
    "three that differ": three_that_differ,
    "lost a day ago": lost_hours_ago(24),
    "lost 25 hours ago": lost_hours_ago(25),
}


@pytest.fixture(scope="module")
def built(template_database):
    """(connection, workspaces by history, statuses): all in one call of dbt."""
    with modelled_copy(template_database) as database, database.connect() as connection:
        connection.autocommit = True
        workspaces = {
            name: arrange(connection).workspace_id
            for name, arrange in HISTORIES.items()
        }
        marts = ("send_proofs", "int_counted_results", "campaign_step_stats")
        statuses = run_dbt(database, "build", *marts, OLD, as_of=NOON)
        yield connection, workspaces, statuses


@pytest.mark.parametrize(
    ("history", "proofs"),
    [
        # A send is proven by its answer until somebody looked.
        ("answered and lost", ["proven", "unknown"]),
        ("read completely", ["proven", "missing"]),
        # An incomplete read makes nothing missing.
        ("read in part", ["proven"]),
        # It stands there though the answer was no.
        ("refused and seen", ["foreign"]),
    ],
)
def test_a_send_is_proven_by_its_answer_and_by_what_was_read(built, history, proofs):
    connection, workspaces, _ = built
    found = connection.execute(
        "select proof from analytics.send_proofs where workspace_id = %s"
        " order by attempt_id",
        [workspaces[history]],
    ).fetchall()
    assert [row[0] for row in found] == proofs


def test_step_stats_count_each_result_once(built):
    connection, workspaces, _ = built
    assert connection.execute(
        "select step_action, variant, sent_count, accepted_count, replied_count,"
        " failed_count, parked_count, refreshed_at from analytics.campaign_step_stats"
        " where workspace_id = %s",
        [workspaces["three that differ"]],
    ).fetchall() == [("send_invite", "A", 1, 0, 0, 1, 1, NOON)]


def test_an_unknown_send_is_an_alert_after_a_day(built):
    connection, workspaces, statuses = built
    assert statuses[OLD] == "warn"
    assert connection.execute(
        f"select workspace_id from analytics_failures.{OLD}"
    ).fetchall() == [(workspaces["lost 25 hours ago"],)]


def test_unknown_sends_lists_what_waits_and_for_whom(opened, queue):
    lost = REFUSED | {"http_status": 504, "detail": "the gateway gave up"}
    send_one(opened, queue.workspace_id, NOON - HOUR, **lost)
    send_one(opened, queue.workspace_id, NOON - 5 * MINUTE, **lost)
    send_one(opened, queue.workspace_id, NOON - 4 * MINUTE)
    keep_read(opened, queue, "sent_invitations", [], NOON - MINUTE)
    rows = opened.execute(
        "select waits_for, complete_read_count, lost_because, lost_at"
        " from analytics.unknown_sends order by attempt_id"
    ).fetchall()
    assert rows == [
        ("the provider", 1, "the gateway gave up", NOON - HOUR),
        (
            "the provider, from 15 minutes after the loss on",
            0,
            "the gateway gave up",
            NOON - 5 * MINUTE,
        ),
    ]


def test_an_unknown_answer_is_listed_with_its_person(opened, queue):
    opened.execute("delete from outreach.campaign_send_jobs")
    opened.execute("update outreach.campaign_prospects set next_action_at = null")
    opened.execute(
        "insert into outreach.linkedin_account_limits"
        " values (%s, %s, 'send_message', 'day', 9, '0')",
        [queue.workspace_id, queue.account_id],
    )
    opened.execute(
        "select outreach.record_linkedin_events(%s, 'webhook', %s)",
        [
            queue.workspace_id,
            Jsonb(
                [
                    {
                        "account_id": queue.account_id,
                        "event_type": "message_received",
                        "subject": "m1",
                        "provider_id": "ACoAAstranger",
                        "received_at": NOON.isoformat(),
                        "payload": {"chat_id": "chat-1"},
                    }
                ]
            ),
        ],
    )
    opened.execute(
        "select outreach.answer_reply(%s, %s, 'ACoAAstranger', 'Hello', 'mira',"
        " as_of => %s)",
        [queue.workspace_id, queue.account_id, NOON - HOUR],
    )
    send_one(opened, queue.workspace_id, NOON - HOUR, reached="unanswered", **REFUSED)
    opened.commit()
    assert opened.execute(
        "select campaign_id, public_identifier, action, waits_for"
        " from analytics.unknown_sends"
    ).fetchall() == [(None, "ACoAAstranger", "answer_reply", "the provider")]


def test_a_transaction_that_holds_back_vacuum_is_an_alert(modelled, opened):
    moment = opened.execute("select clock_timestamp()").fetchone()[0]
    opened.commit()
    with modelled.connect() as reader, modelled.connect() as writer:
        reader.execute("set transaction isolation level repeatable read")
        reader.execute("select count(*) from outreach.workspaces")
        writer.execute("set transaction isolation level read committed")
        writer.execute("select pg_current_xact_id()")
        later = moment + HOUR
        assert run_dbt(modelled, "test", VACUUM, as_of=moment)[VACUUM] == "pass"
        assert run_dbt(modelled, "test", VACUUM, as_of=later)[VACUUM] == "warn"
        for keeper in (reader, writer):
            message = opened.execute(
                "select message from"
                " analytics_failures.a_transaction_holds_back_vacuum where pid = %s",
                [keeper.info.backend_pid],
            ).fetchone()[0]
            assert "has kept a transaction open since" in message
            keeper.rollback()
