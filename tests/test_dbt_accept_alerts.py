"""Replies without accepts, and accepts that one signal alone tells of, are alerts."""

import pytest
from dbt_runner import modelled_copy, run_dbt
from inbound_rows import DAY, HOUR, Invited, deliver, take_in
from rows import NOON
from web_apps import message_received, new_relation

from dagster_project.inbound.accepts import resolve_inbound

NO_ACCEPT = "a_reply_has_no_accept"
ONE_SIGNAL = "an_accept_was_seen_by_one_signal_only"


@pytest.fixture
def database(template_database):
    with modelled_copy(template_database) as copy:
        yield copy


@pytest.fixture
def opened(database):
    with database.connect() as connection:
        yield connection


@pytest.fixture
def invited(opened):
    made = Invited(opened).send()
    opened.commit()
    return made


def found(database, connection, alert, as_of):
    connection.commit()
    status = run_dbt(database, "test", alert, as_of=as_of)[alert]
    rows = connection.execute(
        f"select subject, message from analytics_failures.{alert}"
    ).fetchall()
    connection.commit()
    return status, rows


def reply(invited, at):
    payload = message_received(invited.provider_account, "m1", invited.person, at)
    deliver(invited.connection, payload, at)


def test_a_reply_without_an_accept_is_found_after_a_day(database, opened, invited):
    reply(invited, NOON + HOUR)
    take_in(opened, NOON + HOUR)
    assert found(database, opened, NO_ACCEPT, NOON + 24 * HOUR) == ("pass", [])
    assert found(database, opened, NO_ACCEPT, NOON + 26 * HOUR) == (
        "warn",
        [
            (
                f"Anisha (account {invited.account_id})",
                f"Enrollment {invited.enrollment_id} replied at 2026-05-04 13:00 UTC,"
                " and no accept is known.",
            )
        ],
    )

    deliver(
        opened, new_relation(invited.provider_account, invited.person), NOON + 27 * HOUR
    )
    take_in(opened, NOON + 27 * HOUR)
    assert found(database, opened, NO_ACCEPT, NOON + 28 * HOUR) == ("pass", [])


def test_an_accept_of_one_signal_is_found_after_a_day(database, opened, invited):
    deliver(opened, new_relation(invited.provider_account, invited.person), NOON + HOUR)
    take_in(opened, NOON + HOUR)
    assert found(database, opened, ONE_SIGNAL, NOON + 24 * HOUR) == ("pass", [])
    assert found(database, opened, ONE_SIGNAL, NOON + 26 * HOUR) == (
        "warn",
        [
            (
                f"Anisha (account {invited.account_id})",
                f"Only the signal webhook tells that enrollment {invited.enrollment_id}"
                " accepted, since 2026-05-04 13:00 UTC.",
            )
        ],
    )

    invited.poll_relations(NOON + 2 * DAY, (invited.person, NOON + HOUR))
    resolve_inbound(opened, NOON + 2 * DAY)
    assert found(database, opened, ONE_SIGNAL, NOON + 4 * DAY) == ("pass", [])
