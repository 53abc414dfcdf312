"""Replies without accepts, and accepts that one signal alone tells of, are alerts."""

import pytest

from tests.support.dbt_runner import run_dbt
from tests.support.inbound_rows import DAY, HOUR, Invited, deliver, take_in
from tests.support.rows import NOON
from tests.support.web_apps import message_received, new_relation
from trueup.inbound.lists.accepts import resolve_inbound

NO_ACCEPT = "a_reply_has_no_accept"
LEAKED = "an_accept_leaked_to_a_campaign"
ONE_SIGNAL = "an_accept_was_seen_by_one_signal_only"


@pytest.fixture
def invited(opened):
    made = Invited(opened).send()
    opened.commit()
    return made


def found(modelled, connection, alert, as_of):
    connection.commit()
    # What the alert reads is built in the call that tests it, as the hourly run does.
    kept = ["int_leaked_accepts"] if alert == LEAKED else []
    status = run_dbt(modelled, "build", *kept, alert, as_of=as_of)[alert]
    rows = connection.execute(
        f"select subject, message from analytics_failures.{alert}"
    ).fetchall()
    connection.commit()
    return status, rows


def reply(invited, at):
    payload = message_received(invited.provider_account, "m1", invited.person, at)
    deliver(invited.connection, payload, at)


def test_a_reply_without_an_accept_is_found_after_a_day(modelled, opened, invited):
    reply(invited, NOON + HOUR)
    take_in(opened, NOON + HOUR)
    assert found(modelled, opened, NO_ACCEPT, NOON + 24 * HOUR) == ("pass", [])
    assert found(modelled, opened, NO_ACCEPT, NOON + 26 * HOUR) == (
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
    assert found(modelled, opened, NO_ACCEPT, NOON + 28 * HOUR) == ("pass", [])


def test_an_accept_of_one_signal_is_found_after_a_day(modelled, opened, invited):
    deliver(opened, new_relation(invited.provider_account, invited.person), NOON + HOUR)
    take_in(opened, NOON + HOUR)
    assert found(modelled, opened, ONE_SIGNAL, NOON + 24 * HOUR) == ("pass", [])
    assert found(modelled, opened, ONE_SIGNAL, NOON + 26 * HOUR) == (
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
    assert found(modelled, opened, ONE_SIGNAL, NOON + 4 * DAY) == ("pass", [])


def test_an_accept_that_leaked_to_another_campaign_is_found_until_it_is_reversed(
    modelled, opened, invited
):
    other_id = invited.enroll_in_another(run_at=NOON + 9 * DAY)
    assert found(modelled, opened, LEAKED, NOON + HOUR) == ("pass", [])

    opened.execute(
        "select outreach.accept_enrollment(%s, %s, %s, 'bridge', '{}', %s)",
        [invited.workspace_id, other_id, NOON + HOUR, NOON + HOUR],
    )
    status, rows = found(modelled, opened, LEAKED, NOON + 2 * HOUR)
    assert status == "warn"
    assert [message for _, message in rows] == [
        f"Enrollment {other_id} counts as accepted, but its campaign sent no invite."
    ]

    opened.execute(
        "select outreach.revert_accept(%s, %s, 'test', %s)",
        [invited.workspace_id, other_id, NOON + 3 * HOUR],
    )
    assert found(modelled, opened, LEAKED, NOON + 4 * HOUR) == ("pass", [])
