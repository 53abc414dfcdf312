"""Replies: whose message answers a campaign, and what a reply ends."""

import pytest

from tests.support.inbound_rows import (
    DAY,
    HOUR,
    check_constraints,
    deliver,
    reply,
    take_in,
)
from tests.support.rows import NOON, send_one
from tests.support.web_apps import new_relation
from trueup.inbound.lists.accepts import resolve_inbound

LATER = NOON + 30 * DAY


def events(connection, workspace_id):
    return connection.execute(
        "select event_type"
        " from outreach.linkedin_events where workspace_id = %s order by event_id",
        [workspace_id],
    ).fetchall()


def test_a_reply_stops_the_sequence(connection, invited):
    deliver(
        connection, new_relation(invited.provider_account, invited.person), NOON + HOUR
    )
    take_in(connection)
    assert invited.live_jobs() == ["send_message"]
    deliver(connection, reply(invited, "m1", NOON + 2 * HOUR), NOON + 2 * HOUR)
    _, report = take_in(connection)
    check_constraints(connection)

    assert (report.replies, report.stopped) == (1, 1)
    assert invited.row() == ("replied", NOON + HOUR)
    assert invited.live_jobs() == []


def test_a_campaign_may_go_on_after_a_reply(connection, invited):
    connection.execute(
        "update outreach.campaigns set settings = '{\"stop_on_reply\": false}'"
        " where campaign_id = %s",
        [invited.campaign_id],
    )
    deliver(connection, reply(invited, "m1", NOON + HOUR), NOON + HOUR)
    deliver(
        connection,
        new_relation(invited.provider_account, invited.person),
        NOON + 2 * HOUR,
    )
    _, report = take_in(connection)

    assert (report.replies, report.stopped) == (1, 0)
    assert invited.row()[0] == "ready_to_message"
    assert invited.live_jobs() == ["send_message"]


def test_our_own_message_is_no_reply(connection, invited):
    own = [
        reply(invited, "m1", NOON + HOUR, sender=invited.owner, to=invited.person),
        # Some payloads lack account_info: then our own record of the account decides.
        reply(invited, "m2", NOON + HOUR, sender=invited.owner, to=invited.person)
        | {"account_info": None},
    ]
    for payload in own:
        deliver(connection, payload, NOON + HOUR)
    _, report = take_in(connection)

    assert report.replies == 0
    assert [row[0] for row in events(connection, invited.workspace_id)] == [
        "message_sent",
        "message_sent",
    ]


@pytest.mark.parametrize("is_relation_first", [True, False])
def test_who_is_known_by_an_id_of_another_kind_replies_too(
    connection, invited, is_relation_first
):
    """Sales Navigator names the same person ACwAA…, their messages ACoAA…."""
    connection.execute(
        "update outreach.prospects set provider_id = 'ACwAAsales'"
        " where workspace_id = %s",
        [invited.workspace_id],
    )
    relation = new_relation(
        invited.provider_account, "ACoAAclassic", user_public_identifier=invited.public
    )
    told = [relation, reply(invited, "m1", NOON + 2 * HOUR, "ACoAAclassic")]
    for payload in told if is_relation_first else reversed(told):
        deliver(connection, payload, NOON + 3 * HOUR)
        take_in(connection)

    assert invited.row()[0] == "replied"
    assert invited.event_count("reply_received") == 1


def test_a_public_identifier_that_changed_hands_replies_for_nobody(connection, invited):
    relation = new_relation(
        invited.provider_account, "ACoAAother", user_public_identifier=invited.public
    )
    deliver(connection, relation, NOON + HOUR)
    deliver(
        connection, reply(invited, "m1", NOON + 2 * HOUR, "ACoAAother"), NOON + 3 * HOUR
    )
    _, report = take_in(connection)

    assert (report.replies, invited.row()[0]) == (0, "pending_accept")


def test_a_message_of_before_our_first_word_is_no_reply(connection, invited):
    deliver(connection, reply(invited, "m1", NOON - HOUR), NOON + HOUR)
    _, report = take_in(connection)
    assert (report.replies, invited.row()[0]) == (0, "pending_accept")


def test_each_message_is_one_reply_however_often_and_however_it_is_told(
    connection, invited
):
    for number, message_id in enumerate(["m1", "m2", "m1", "m2", "m1"]):
        deliver(
            connection,
            reply(invited, message_id, NOON + HOUR) | {"n": number},
            NOON + (2 + number) * HOUR,
        )
        take_in(connection)
    items = [
        {
            "reference": "m1",
            "provider_id": invited.person,
            "is_own": False,
            "happened_at": (NOON + HOUR).isoformat(),
        }
    ]
    read_id = invited.keep_read("inbox_messages", items, NOON + DAY, subject="chat-1")
    invited._take("take_in_messages", read_id)
    resolve_inbound(connection, LATER)

    assert invited.event_count("reply_received") == 2


def test_a_reply_reaches_only_campaigns_that_said_something(connection, invited):
    other_id = invited.enroll_in_another()
    deliver(connection, reply(invited, "m1", NOON + HOUR), NOON + HOUR)
    take_in(connection)

    assert invited.row()[0] == "replied"
    assert invited.row(other_id)[0] == "ready_to_invite"
    assert invited.event_count("reply_received", other_id) == 0


@pytest.mark.parametrize("is_sent", [False, True])
def test_a_reply_while_a_call_is_unanswered_lets_nothing_follow_it(
    connection, invited, is_sent
):
    deliver(
        connection, new_relation(invited.provider_account, invited.person), NOON + HOUR
    )
    take_in(connection, NOON + HOUR)
    (outcome,) = send_one(
        connection,
        invited.workspace_id,
        as_of=NOON + 2 * HOUR,
        http_status=504,
        is_well_formed=False,
    )
    assert outcome == "unknown"
    deliver(connection, reply(invited, "m1", NOON + 3 * HOUR), NOON + 3 * HOUR)
    _, report = take_in(connection)
    check_constraints(connection)
    assert (report.replies, report.stopped) == (1, 1)
    assert (invited.row()[0], invited.live_jobs()) == ("replied", ["send_message"])

    connection.execute(
        "select outreach.resolve_unknown_send(%s, attempt_id, %s, 'test', 'seen', %s)"
        " from outreach.send_attempts"
        " where workspace_id = %s and action = 'send_message'",
        [invited.workspace_id, is_sent, NOON + 4 * HOUR, invited.workspace_id],
    )
    assert send_one(connection, invited.workspace_id, as_of=NOON + 5 * HOUR) == []
    assert (invited.row()[0], invited.live_jobs()) == ("replied", [])


@pytest.mark.parametrize("is_reply_first", [False, True])
def test_an_accept_and_a_reply_come_to_the_same_in_either_order(
    connection, invited, is_reply_first
):
    told = [
        (new_relation(invited.provider_account, invited.person), NOON + HOUR),
        (reply(invited, "m1", NOON + 2 * HOUR), NOON + 3 * HOUR),
    ]
    for payload, at in reversed(told) if is_reply_first else told:
        deliver(connection, payload, at)
        take_in(connection)
    check_constraints(connection)

    assert invited.row() == ("replied", NOON + HOUR)
    assert invited.live_jobs() == []
    assert invited.event_count("invite_accepted") == 1
