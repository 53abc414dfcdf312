"""One accept is one credit, in every order in which it can be told (LL#275)."""

import itertools

import pytest

from tests.support.inbound_rows import (
    HOUR,
    Invited,
    check_constraints,
    deliver,
    take_in,
)
from tests.support.rows import NOON
from tests.support.web_apps import new_relation


def signals_of_one_accept(invited):
    """What tells of an accept at NOON + 2 h, each as a call."""
    connection, account = invited.connection, invited.provider_account
    return {
        "webhook": lambda: deliver(
            connection, new_relation(account, invited.person), NOON + 7 * HOUR
        ),
        "webhook, two days late": lambda: deliver(
            connection, new_relation(account, invited.person), NOON + 55 * HOUR
        ),
        "pending": lambda: invited.poll_pending(NOON + 9 * HOUR),
        "relations": lambda: invited.poll_relations(
            NOON + 9 * HOUR, (invited.person, NOON + 2 * HOUR)
        ),
        "relations again": lambda: invited.poll_relations(
            NOON + 15 * HOUR, (invited.person, NOON + 2 * HOUR)
        ),
    }


@pytest.mark.parametrize(
    "order",
    list(itertools.permutations(range(5))),
    ids=lambda order: "".join(map(str, order)),
)
def test_two_campaigns_one_person_one_accept_one_credit_in_every_order(
    connection, order
):
    """Both campaigns know the person; one sent the invite (LL#275)."""
    invited = Invited(connection)
    other_id = invited.enroll_in_another()
    invited.send()
    signals = list(signals_of_one_accept(invited).values())
    for index in order:
        signals[index]()
        take_in(connection)
    check_constraints(connection)

    assert invited.row() == ("ready_to_message", NOON + 2 * HOUR)
    assert invited.row(other_id) == ("ready_to_invite", None)
    assert invited.event_count("invite_accepted") == 1
    assert invited.event_count("invite_accepted", other_id) == 0
    assert invited.live_jobs() == ["send_message"]
    assert {row[0] for row in invited.credits()} == {invited.enrollment_id}
    assert invited.credits()[-1][1:] == (
        True,
        None,
        NOON + 2 * HOUR,
        NOON + 2 * HOUR,
        NOON + 2 * HOUR,
        ["relation", "webhook", "invitation_gone"],
    )


@pytest.mark.parametrize(
    "order",
    list(itertools.permutations(["invite", "enroll", "webhook", "relations"])),
    ids="-".join,
)
def test_an_accept_is_credited_once_whatever_was_known_first(connection, order):
    """The answer to the invite may be recorded after the accept was told of."""
    invited = Invited(connection)
    others = []
    account = invited.provider_account
    happen = {
        "invite": lambda: invited.send(NOON),
        "enroll": lambda: others.append(invited.enroll_in_another()),
        "webhook": lambda: deliver(
            connection, new_relation(account, invited.person), NOON + 7 * HOUR
        ),
        "relations": lambda: invited.poll_relations(
            NOON + 9 * HOUR, (invited.person, NOON + 2 * HOUR)
        ),
    }
    for what in order:
        happen[what]()
        take_in(connection)
    check_constraints(connection)

    assert invited.row() == ("ready_to_message", NOON + 2 * HOUR)
    assert invited.row(*others) == ("ready_to_invite", None)
    credited = [row for row in invited.credits() if row[1]]
    assert {row[0] for row in credited} == {invited.enrollment_id}
    assert credited[-1][3:] == (*[NOON + 2 * HOUR] * 3, ["relation", "webhook"])
