"""Accepts that leaked to campaigns without an invite are reversed, and told so."""

import os

import pytest

from tests.support.command_line import ran_as_a_process, ran_here
from tests.support.inbound_rows import (
    DAY,
    HOUR,
    Invited,
    check_constraints,
    deliver,
    take_in,
)
from tests.support.rows import NOON, make_account, send_one
from tests.support.web_apps import new_relation
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.lists.leaked_accepts import find_leaks, revert

LATER = NOON + 30 * DAY


def leak_to(invited, enrollment_id, at=NOON + HOUR):
    """Credit an accept as the bridge of LL#275 did: to whoever knows the person."""
    invited.connection.execute(
        "select outreach.accept_enrollment(%s, %s, %s, 'bridge', '{}', %s)",
        [invited.workspace_id, enrollment_id, at, at],
    )


def find(connection, invited):
    return [
        (leak.enrollment_id, leak.why, leak.verdict, leak.obstacle)
        for leak in find_leaks(connection, invited.workspace_id)
    ]


def revert_all(connection, invited):
    leaks = find_leaks(connection, invited.workspace_id)
    done = revert(connection, leaks, NOON + 2 * HOUR)
    check_constraints(connection)
    return done


def test_an_accept_of_a_campaign_that_sent_no_invite_goes_back_to_ready(connection):
    invited = Invited(connection)
    other_id = invited.enroll_in_another(run_at=NOON + 9 * DAY)
    invited.send()
    deliver(
        connection, new_relation(invited.provider_account, invited.person), NOON + HOUR
    )
    take_in(connection)
    leak_to(invited, other_id)
    assert invited.row(other_id)[0] == "ready_to_message"
    assert find(connection, invited) == [
        (other_id, "its campaign sent no invite", "ready_to_invite", None)
    ]

    told_before = told(connection)
    revert_all(connection, invited)
    assert invited.row(other_id) == ("ready_to_invite", None)
    assert invited.live_jobs(other_id) == ["send_invite"]
    assert invited.event_count("accept_reverted", other_id) == 1
    assert invited.event_count("invite_accepted", other_id) == 1
    assert invited.row() == ("ready_to_message", NOON + HOUR)
    assert told(connection) == told_before
    assert find(connection, invited) == []


def told(connection):
    return connection.execute(
        "select count(*), max(event_id) from outreach.linkedin_events"
    ).fetchone()


def test_an_accept_of_another_account_goes_back_to_pending(connection):
    """Both accounts invited the person; they accepted one of them."""
    invited = Invited(connection)
    pinki_id = make_account(connection, invited.workspace_id, name="Pinki")
    other_id = invited.enroll_in_another(run_at=NOON, account_id=pinki_id)
    invited.send()
    deliver(connection, new_relation(f"acc{pinki_id}", invited.person), NOON + HOUR)
    take_in(connection)
    assert invited.row(other_id)[0] == "ready_to_message"
    leak_to(invited, invited.enrollment_id)
    assert find(connection, invited) == [
        (
            invited.enrollment_id,
            "the accept was another account's",
            "pending_accept",
            None,
        )
    ]

    revert_all(connection, invited)
    assert invited.row() == ("pending_accept", None)
    assert invited.live_jobs() == []
    assert invited.row(other_id)[0] == "ready_to_message"

    # Their own accept, told later, is credited after all.
    deliver(
        connection, new_relation(invited.provider_account, invited.person), NOON + DAY
    )
    take_in(connection)
    assert invited.row() == ("ready_to_message", NOON + DAY)


def test_a_wait_that_is_back_times_out_again(connection):
    invited = Invited(connection)
    connection.execute(
        'update outreach.campaign_steps set settings = \'{"time_out": "21 days"}\''
        " where action = 'wait_accept'"
    )
    invited.send(NOON)
    leak_to(invited, invited.enrollment_id, NOON + HOUR)
    connection.execute(
        "select outreach.record_accept_signals(%s, jsonb_build_array("
        "jsonb_build_object('account_id', %s::bigint, 'provider_id', %s::text,"
        " 'signal', 'webhook', 'observed_at', %s::timestamptz, 'evidence', '{}')))",
        [
            invited.workspace_id,
            make_account(connection, invited.workspace_id, name="Pinki"),
            invited.person,
            NOON + HOUR,
        ],
    )
    revert_all(connection, invited)
    assert invited.row() == ("pending_accept", None)
    assert invited.live_jobs() == ["end_wait"]
    (run_at,) = connection.execute(
        "select next_action_at from outreach.campaign_prospects"
        " where enrollment_id = %s",
        [invited.enrollment_id],
    ).fetchone()
    assert NOON + 21 * DAY <= run_at <= NOON + 22 * DAY


def test_an_invite_sent_after_the_leaked_accept_goes_back_to_pending(connection):
    invited = Invited(connection).send(NOON)
    invited.poll_relations(NOON + HOUR, (invited.person, NOON - 100 * DAY))
    leak_to(invited, invited.enrollment_id, NOON - 100 * DAY)
    assert [row[1:3] for row in find(connection, invited)] == [
        ("its invite was sent after the accept", "pending_accept")
    ]
    revert_all(connection, invited)
    resolve_inbound(connection, LATER)
    assert invited.row() == ("pending_accept", None)


def test_a_reverted_accept_is_not_credited_by_the_same_signals_again(connection):
    invited = Invited(connection).send()
    deliver(
        connection, new_relation(invited.provider_account, invited.person), NOON + HOUR
    )
    take_in(connection)
    connection.execute(
        "update outreach.campaign_prospects set linkedin_accepted_at = null"
    )
    connection.execute(
        "select outreach.record_enrollment_event(%s, %s, 'accept_reverted', 'test',"
        " %s)",
        [invited.workspace_id, invited.enrollment_id, NOON + 2 * HOUR],
    )
    invited.poll_pending(NOON + HOUR)
    assert resolve_inbound(connection, LATER).decisions == []

    invited.poll_relations(NOON + 3 * HOUR, (invited.person, NOON + HOUR))
    assert resolve_inbound(connection, LATER).repeated == 1
    assert invited.row()[1] == NOON + HOUR


def test_accepts_that_answer_their_own_invite_are_left_alone(connection):
    invited = Invited(connection).send()
    deliver(
        connection, new_relation(invited.provider_account, invited.person), NOON + HOUR
    )
    take_in(connection)
    # An accept of before signals were kept: nothing speaks against it.
    old = Invited(connection, workspace_id=invited.workspace_id).send()
    leak_to(old, old.enrollment_id)
    assert find(connection, invited) == []


def test_somebody_who_was_written_to_since_is_listed_and_left(connection):
    invited = Invited(connection)
    other_id = invited.enroll_in_another(run_at=NOON + 9 * DAY)
    leak_to(invited, other_id)
    send_one(connection, invited.workspace_id, as_of=NOON + 2 * HOUR)
    connection.execute(
        "select outreach.record_enrollment_event(%s, %s, 'message_sent', 'test', %s,"
        " action => 'send_message', counted_on => '2026-05-04')",
        [invited.workspace_id, other_id, NOON + 2 * HOUR],
    )
    assert find(connection, invited)[0][3] == "messages were sent to this person since"
    assert revert_all(connection, invited)[0].obstacle is not None
    assert invited.row(other_id)[1] == NOON + HOUR


def test_who_replied_keeps_that(connection):
    invited = Invited(connection)
    other_id = invited.enroll_in_another(run_at=NOON + 9 * DAY)
    leak_to(invited, other_id)
    connection.execute(
        "update outreach.campaign_send_jobs set status = 'cancelled', run_at = null"
        " where enrollment_id = %s",
        [other_id],
    )
    connection.execute(
        "update outreach.campaign_prospects set next_action_at = null"
        " where enrollment_id = %s",
        [other_id],
    )
    connection.execute(
        "select outreach.record_enrollment_event(%s, %s, 'reply_received', 'test', %s,"
        " to_status => 'replied')",
        [invited.workspace_id, other_id, NOON + HOUR],
    )
    revert_all(connection, invited)
    assert invited.row(other_id) == ("replied", None)
    assert find(connection, invited) == []


@pytest.fixture
def leaking(database):
    """A committed leak; (database, enrollment id)."""
    with database.connect() as connection:
        invited = Invited(connection)
        other_id = invited.enroll_in_another(run_at=NOON + 9 * DAY)
        invited.send()
        leak_to(invited, other_id)
        connection.commit()
    return database, other_id


def run_script(database, *arguments, how=ran_here, **environment):
    variables = database.environment() | environment
    return how(variables, "heal", "leaked-accepts", *arguments)


def accepted_at(database, enrollment_id):
    with database.connect() as connection:
        return connection.execute(
            "select linkedin_accepted_at from outreach.campaign_prospects"
            " where enrollment_id = %s",
            [enrollment_id],
        ).fetchone()[0]


def test_the_script_is_a_dry_run_until_it_is_confirmed(leaking):
    database, other_id = leaking
    os.environ.pop("CONFIRM", None)
    shown = run_script(database, how=ran_as_a_process)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "to ready_to_invite" in shown.stdout
    assert "Nothing was written" in shown.stdout

    unconfirmed = run_script(database, "--commit")
    assert (unconfirmed.returncode, "CONFIRM=yes" in unconfirmed.stderr) == (2, True)
    assert accepted_at(database, other_id) == NOON + HOUR

    done = run_script(database, "--commit", CONFIRM="yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert accepted_at(database, other_id) is None

    again = run_script(database, "--commit", CONFIRM="yes")
    assert "No accept stands" in again.stdout


def test_a_workspace_that_is_not_there_is_a_sentence(leaking):
    refused = run_script(leaking[0], "--workspace", "Nobody")
    assert (refused.returncode, refused.stderr) == (
        2,
        'There is no workspace "Nobody". There are: "Acme".\n',
    )
