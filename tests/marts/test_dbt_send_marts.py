"""send_proofs, unknown_sends, campaign_step_stats, and the alerts about open sends."""

import datetime as dt

import pytest
from psycopg.types.json import Jsonb

from tests.support.dbt_runner import run_dbt
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


class Queue:
    """An account with three invites that are due."""

    def __init__(self, connection):
        self.workspace_id = make_workspace(connection)
        self.account_id = make_account(connection, self.workspace_id)
        campaign_id, (step_id, _) = make_campaign(connection, self.workspace_id)
        make_enrollments(
            connection,
            self.workspace_id,
            self.account_id,
            campaign_id,
            step_id,
            count=3,
            run_at=NOON - 24 * HOUR,
        )
        self.people = [
            row[0]
            for row in connection.execute(
                "select provider_id from outreach.prospects order by prospect_id"
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


def proofs(modelled, connection):
    connection.commit()
    run_dbt(modelled, "run", "send_proofs", as_of=NOON)
    return [
        row[0]
        for row in connection.execute(
            "select proof from analytics.send_proofs order by attempt_id"
        )
    ]


def test_a_send_is_proven_by_its_answer_until_somebody_looked(modelled, opened, queue):
    send_one(opened, queue.workspace_id, NOON - 5 * HOUR)
    send_one(
        opened, queue.workspace_id, NOON - 4 * HOUR, **REFUSED | {"http_status": 504}
    )
    assert proofs(modelled, opened) == ["proven", "unknown"]


def test_a_complete_read_shows_what_is_there_and_what_is_missing(
    modelled, opened, queue
):
    for hours in (5, 4):
        send_one(opened, queue.workspace_id, NOON - hours * HOUR)
    keep_read(opened, queue, "sent_invitations", queue.people[:1], NOON - HOUR)
    keep_read(opened, queue, "relations", [], NOON - HOUR)
    assert proofs(modelled, opened) == ["proven", "missing"]


def test_an_incomplete_read_makes_nothing_missing(modelled, opened, queue):
    send_one(opened, queue.workspace_id, NOON - 5 * HOUR)
    keep_read(opened, queue, "sent_invitations", [], NOON - HOUR, is_complete=False)
    keep_read(opened, queue, "relations", [], NOON - HOUR)
    assert proofs(modelled, opened) == ["proven"]


def test_what_stands_there_though_the_answer_was_no_is_foreign(modelled, opened, queue):
    refused = {"http_status": 422, "error_type": "blocked_recipient"}
    send_one(opened, queue.workspace_id, NOON - 5 * HOUR, **(REFUSED | refused))
    keep_read(opened, queue, "sent_invitations", queue.people, NOON - HOUR)
    assert proofs(modelled, opened) == ["foreign"]


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


@pytest.mark.parametrize(("hours", "status"), [(24, "pass"), (25, "warn")])
def test_an_unknown_send_is_an_alert_after_a_day(
    modelled, opened, queue, hours, status
):
    opened.execute("update outreach.campaign_prospects set next_action_at = null")
    opened.execute("delete from outreach.campaign_send_jobs")
    campaign_id, (step_id, _) = make_campaign(opened, queue.workspace_id)
    lost_at = NOON - hours * HOUR
    make_enrollments(
        opened,
        queue.workspace_id,
        queue.account_id,
        campaign_id,
        step_id,
        run_at=lost_at,
    )
    send_one(opened, queue.workspace_id, lost_at, **REFUSED | {"http_status": 504})
    opened.commit()
    assert run_dbt(modelled, "test", OLD, as_of=NOON)[OLD] == status


@pytest.mark.parametrize(
    ("isolation_level", "statement"),
    [
        ("repeatable read", "select count(*) from outreach.workspaces"),
        ("read committed", "select pg_current_xact_id()"),
    ],
)
def test_a_transaction_that_holds_back_vacuum_is_an_alert(
    modelled, opened, isolation_level, statement
):
    moment = opened.execute("select clock_timestamp()").fetchone()[0]
    opened.commit()
    with modelled.connect() as keeper:
        keeper.execute(f"set transaction isolation level {isolation_level}")
        keeper.execute(statement)
        later = moment + HOUR
        assert run_dbt(modelled, "test", VACUUM, as_of=moment)[VACUUM] == "pass"
        assert run_dbt(modelled, "test", VACUUM, as_of=later)[VACUUM] == "warn"
        message = opened.execute(
            "select message from analytics_failures.a_transaction_holds_back_vacuum"
            " where pid = %s",
            [keeper.info.backend_pid],
        ).fetchone()[0]
        assert "has kept a transaction open since" in message
        keeper.rollback()


def test_step_stats_count_each_happening_once(modelled, opened, queue):
    send_one(opened, queue.workspace_id, NOON - 5 * HOUR)
    refused = {"http_status": 422, "error_type": "blocked_recipient"}
    send_one(opened, queue.workspace_id, NOON - 4 * HOUR, **(REFUSED | refused))
    too_long = {"http_status": 400, "error_type": "too_many_characters"}
    send_one(opened, queue.workspace_id, NOON - 3 * HOUR, **(REFUSED | too_long))
    opened.commit()
    run_dbt(
        modelled, "run", "int_counted_happenings", "campaign_step_stats", as_of=NOON
    )
    assert opened.execute(
        "select step_action, variant, sent_count, accepted_count, replied_count,"
        " failed_count, parked_count, refreshed_at from analytics.campaign_step_stats"
    ).fetchall() == [("send_invite", "A", 1, 0, 0, 1, 1, NOON)]
