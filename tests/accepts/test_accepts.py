"""Accepts: which signals count, to whom each is credited, and when it was."""

import datetime as dt

import pytest

from tests.support.inbound_rows import (
    DAY,
    HOUR,
    Invited,
    check_constraints,
    deliver,
    take_in,
)
from tests.support.rows import NOON, REFUSED, make_account, send_one
from tests.support.web_apps import message_received, new_relation
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.lists.notes import note_request_sha256

MINUTE = dt.timedelta(minutes=1)
LATER = NOON + 30 * DAY


@pytest.fixture
def invited(connection):
    """One person, invited at NOON by the only campaign there is."""
    return Invited(connection).send()


def test_a_webhook_credits_the_invite_and_the_campaign_continues(connection, invited):
    deliver(
        connection, new_relation(invited.provider_account, invited.person), NOON + HOUR
    )
    _, report = take_in(connection)
    check_constraints(connection)

    assert (report.credited, report.uncredited) == (1, 0)
    assert invited.row() == ("ready_to_message", NOON + HOUR)
    assert invited.event_count("invite_accepted") == 1
    assert invited.live_jobs() == ["send_message"]
    assert invited.credits() == [
        (
            invited.enrollment_id,
            True,
            None,
            NOON,
            NOON + HOUR,
            NOON + HOUR,
            ["webhook"],
        )
    ]


def test_a_relations_date_narrows_the_interval_to_a_point(connection, invited):
    invited.poll_relations(NOON + 3 * DAY, (invited.person, NOON + 5 * HOUR))
    resolve_inbound(connection, LATER)

    assert invited.row() == ("ready_to_message", NOON + 5 * HOUR)
    assert invited.credits()[0][3:] == (
        NOON + 5 * HOUR,
        NOON + 5 * HOUR,
        NOON + 5 * HOUR,
        ["relation"],
    )


def test_a_relation_without_a_date_lies_between_the_invite_and_the_walk(
    connection, invited
):
    invited.poll_relations(NOON + 3 * DAY, (invited.person, None))
    resolve_inbound(connection, LATER)

    assert invited.credits()[0][3:6] == (NOON, NOON + 3 * DAY, NOON + 3 * DAY)


@pytest.mark.parametrize(
    ("dated", "credited_at"),
    [
        (NOON - 5 * MINUTE, NOON),
        (NOON + 2 * DAY, NOON + DAY),
    ],
    ids=["before the invite, by the provider's clock", "after we were told"],
)
def test_a_date_outside_the_interval_is_brought_into_it(
    connection, invited, dated, credited_at
):
    invited.poll_relations(NOON + DAY, (invited.person, dated))
    resolve_inbound(connection, LATER)

    assert invited.row() == ("ready_to_message", credited_at)


def test_a_person_who_was_connected_long_before_is_not_credited(connection, invited):
    invited.poll_relations(NOON + DAY, (invited.person, NOON - 300 * DAY))
    resolve_inbound(connection, LATER)

    assert invited.row() == ("pending_accept", None)
    assert invited.credits()[0][1:3] == (False, "invited only afterwards")


def test_an_undated_walk_of_somebody_known_before_the_invite_says_nothing_new(
    connection,
):
    invited = Invited(connection)
    deliver(
        connection, new_relation(invited.provider_account, invited.person), NOON - DAY
    )
    take_in(connection)
    invited.send()
    invited.poll_relations(NOON + DAY, (invited.person, None))
    resolve_inbound(connection, LATER)
    assert invited.row() == ("pending_accept", None)

    invited.poll_relations(NOON + 2 * DAY, (invited.person, NOON + 30 * HOUR))
    resolve_inbound(connection, LATER)
    assert invited.row() == ("ready_to_message", NOON + 30 * HOUR)


def test_a_stranger_is_kept_as_uncredited(connection, invited):
    deliver(
        connection, new_relation(invited.provider_account, "ACoAAstranger"), NOON + HOUR
    )
    _, report = take_in(connection)

    assert (report.credited, report.uncredited) == (0, 1)
    assert invited.credits()[0][:3] == (None, False, "no prospect")
    assert invited.row() == ("pending_accept", None)


def test_an_accept_of_another_account_is_not_credited(connection, invited):
    other_id = make_account(connection, invited.workspace_id, name="Pinki")
    deliver(connection, new_relation(f"acc{other_id}", invited.person), NOON + HOUR)
    take_in(connection)

    assert invited.credits()[0][:3] == (None, False, "invited by another account only")
    assert invited.row() == ("pending_accept", None)


def test_an_accept_of_somebody_not_invited_yet_is_not_credited(connection):
    invited = Invited(connection)
    deliver(
        connection, new_relation(invited.provider_account, invited.person), NOON - HOUR
    )
    take_in(connection)
    assert invited.credits()[0][1:3] == (False, "not invited")
    assert invited.row() == ("ready_to_invite", None)


def test_an_uncredited_accept_is_credited_once_its_invite_is_known(connection):
    """The call was not answered; a read decides later that it was sent."""
    invited = Invited(connection)
    (outcome,) = send_one(
        connection, invited.workspace_id, **(REFUSED | {"http_status": 504})
    )
    assert outcome == "unknown"
    deliver(
        connection, new_relation(invited.provider_account, invited.person), NOON + HOUR
    )
    take_in(connection)
    assert invited.credits()[0][1:3] == (False, "not invited")

    connection.execute(
        "select outreach.resolve_unknown_send(%s, attempt_id, true, 'test', 'seen', %s)"
        " from outreach.send_attempts where workspace_id = %s",
        [invited.workspace_id, NOON + 2 * HOUR, invited.workspace_id],
    )
    resolve_inbound(connection, LATER)
    assert invited.row() == ("ready_to_message", NOON + HOUR)
    assert [row[1] for row in invited.credits()] == [False, True]


def test_an_invite_gone_from_the_pending_list_proves_no_accept(connection, invited):
    assert invited.poll_pending(NOON + DAY) == 1
    resolve_inbound(connection, LATER)

    assert invited.row() == ("pending_accept", None)
    assert invited.credits() == []


def test_an_invite_gone_and_the_person_connected_are_two_signals(connection, invited):
    invited.poll_pending(NOON + DAY)
    invited.poll_relations(NOON + DAY, (invited.person, NOON + HOUR))
    resolve_inbound(connection, LATER)

    assert invited.row() == ("ready_to_message", NOON + HOUR)
    assert invited.credits()[0][6] == ["relation", "invitation_gone"]


@pytest.mark.parametrize("is_complete", [True, False])
def test_a_walk_that_broke_off_says_nothing_is_gone(connection, invited, is_complete):
    told = invited.poll_pending(NOON + DAY, is_complete=is_complete)
    assert told == (1 if is_complete else 0)


def test_an_invite_that_is_still_pending_or_just_sent_is_not_gone(connection, invited):
    assert invited.poll_pending(NOON + DAY, invited.person) == 0
    assert invited.poll_pending(NOON + 14 * MINUTE) == 0


def own_note(invited, text, at, message_id="m1"):
    return message_received(
        invited.provider_account,
        message_id,
        invited.owner,
        at,
        own=invited.owner,
        text=text,
        to=invited.person,
    )


def remember_note(invited, text):
    """Give the invite's attempt the hash that a sender would have stored for it."""
    with_note = note_request_sha256(invited.provider_account, invited.person, text)
    invited.connection.execute("set local session_replication_role = replica")
    invited.connection.execute(
        "update outreach.send_attempts set request_sha256 = %s where workspace_id = %s",
        [with_note, invited.workspace_id],
    )
    invited.connection.execute("set local session_replication_role = origin")


def test_a_chat_that_opens_with_our_note_is_an_accept(connection, invited):
    remember_note(invited, "Hi Ada, shall we connect?")
    deliver(
        connection, own_note(invited, "Hi Ada, shall we connect?", NOON), NOON + HOUR
    )
    take_in(connection)

    assert invited.row() == ("ready_to_message", NOON + HOUR)
    assert invited.credits()[0][6] == ["note_in_chat"]


def test_another_message_of_ours_is_neither_an_accept_nor_a_reply(connection, invited):
    remember_note(invited, "Hi Ada, shall we connect?")
    deliver(connection, own_note(invited, "Hi Ada", NOON + HOUR), NOON + HOUR)
    _, report = take_in(connection)

    assert (report.credited, report.replies) == (0, 0)
    assert invited.row() == ("pending_accept", None)


def read_chat(invited, *texts, is_complete=True):
    items = [
        {
            "reference": f"m{number}",
            "provider_id": invited.owner,
            "recipient_id": invited.person,
            "is_own": True,
            "happened_at": (NOON + number * MINUTE).isoformat(),
            "note_sha256": note_request_sha256(
                invited.provider_account, invited.person, text
            ),
        }
        for number, text in enumerate(texts)
    ]
    read_id = invited.keep_read(
        "inbox_messages", items, NOON + DAY, is_complete, "chat-1"
    )
    invited._take("take_in_messages", read_id)


@pytest.mark.parametrize(
    ("texts", "is_complete", "status"),
    [
        (["our note", "more"], True, "ready_to_message"),
        (["something else", "our note"], True, "pending_accept"),
        (["our note", "more"], False, "pending_accept"),
    ],
)
def test_only_the_first_message_of_a_whole_chat_opens_it(
    connection, invited, texts, is_complete, status
):
    remember_note(invited, "our note")
    read_chat(invited, *texts, is_complete=is_complete)
    resolve_inbound(connection, LATER)
    assert invited.row()[0] == status


@pytest.mark.parametrize("first", ["this", "that"])
def test_of_two_campaigns_that_both_invited_the_later_invite_is_answered(
    connection, first
):
    """The earlier one was withdrawn, or the second could not have been sent."""
    invited = Invited(connection)
    if first == "this":
        invited.send(NOON).withdraw(NOON + HOUR)
        other_id = invited.enroll_in_another(run_at=NOON + DAY)
        assert send_one(connection, invited.workspace_id, as_of=NOON + DAY) != []
        credited, withdrawn = other_id, invited.enrollment_id
    else:
        other_id = invited.enroll_in_another(run_at=NOON - DAY)
        assert send_one(connection, invited.workspace_id, as_of=NOON - DAY) != []
        invited.withdraw(NOON - HOUR, other_id)
        invited.send(NOON)
        credited, withdrawn = invited.enrollment_id, other_id
    deliver(
        connection,
        new_relation(invited.provider_account, invited.person),
        NOON + 2 * DAY,
    )
    take_in(connection)

    assert invited.row(credited)[0] == "ready_to_message"
    assert invited.row(withdrawn) == ("withdrawn", None)


def test_an_accept_between_two_invites_belongs_to_the_first(connection, invited):
    """It was withdrawn when they had accepted already; nobody knew."""
    invited.withdraw(NOON + 2 * DAY)
    other_id = invited.enroll_in_another(run_at=NOON + 3 * DAY)
    assert send_one(connection, invited.workspace_id, as_of=NOON + 3 * DAY) != []
    invited.poll_relations(NOON + 4 * DAY, (invited.person, NOON + DAY))
    resolve_inbound(connection, LATER)

    assert invited.row() == ("withdrawn", NOON + DAY)
    assert invited.row(other_id) == ("pending_accept", None)


def test_resolving_again_changes_nothing(connection, invited):
    invited.poll_relations(NOON + DAY, (invited.person, NOON + HOUR))
    resolve_inbound(connection, LATER)
    before = invited.credits()
    report = resolve_inbound(connection, LATER)

    assert (report.decisions, invited.credits()) == ([], before)
    assert invited.event_count("invite_accepted") == 1


def test_the_public_identifier_finds_a_person_whose_ids_are_of_another_kind(
    connection, invited
):
    """Sales Navigator names the same person ACwAA…, the relation ACoAA…."""
    connection.execute(
        "update outreach.prospects set provider_id = 'ACwAAsales'"
        " where workspace_id = %s",
        [invited.workspace_id],
    )
    payload = new_relation(
        invited.provider_account, "ACoAAclassic", user_public_identifier=invited.public
    )
    deliver(connection, payload, NOON + HOUR)
    take_in(connection)
    assert invited.row()[0] == "ready_to_message"


@pytest.mark.parametrize(
    "written",
    [
        "Zo%C3%AB-M%C3%BCller-12",
        "ZOË-MÜLLER-12",
        "zoe\u0308-mu\u0308ller-12/",
        "zo%25C3%25AB-m%25C3%25BCller-12//",
        " zoë-müller-12?trk=x ",
        "https://www.linkedin.com/in/Zo%C3%AB-M%C3%BCller-12/",
    ],
)
def test_an_identifier_finds_its_person_however_the_event_writes_it(
    connection, invited, written
):
    connection.execute(
        "update outreach.prospects set provider_id = 'ACwAAsales',"
        " public_identifier = 'zoë-müller-12' where workspace_id = %s",
        [invited.workspace_id],
    )
    payload = new_relation(
        invited.provider_account, "ACoAAclassic", user_public_identifier=written
    )
    deliver(connection, payload, NOON + HOUR)
    take_in(connection)
    assert invited.row()[0] == "ready_to_message"


def test_an_escaped_nul_in_an_identifier_costs_no_event(connection, invited):
    payload = new_relation(
        invited.provider_account, invited.person, user_public_identifier="a%00b"
    )
    deliver(connection, payload, NOON + HOUR)
    take_in(connection)
    assert invited.row()[0] == "ready_to_message"


def test_a_public_identifier_of_another_person_now_credits_no_invite(
    connection, invited
):
    payload = new_relation(
        invited.provider_account, "ACoAAother", user_public_identifier=invited.public
    )
    deliver(connection, payload, NOON + HOUR)
    take_in(connection)
    assert invited.row() == ("pending_accept", None)


def test_an_account_without_a_window_holds_up_no_other(connection, invited):
    other = Invited(connection, workspace_id=invited.workspace_id).send()
    connection.execute(
        "delete from outreach.linkedin_account_sending_windows where account_id = %s",
        [invited.account_id],
    )
    for each in (invited, other):
        deliver(
            connection, new_relation(each.provider_account, each.person), NOON + HOUR
        )
    _, report = take_in(connection)

    assert [one.enrollment_id for one in report.problems] == [invited.enrollment_id]
    assert "has no sending window" in report.problems[0].problem
    assert invited.row() == ("pending_accept", None)
    assert other.row()[0] == "ready_to_message"
