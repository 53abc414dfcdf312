"""Whatever order, however often and however late: what was told comes to one state."""

import datetime as dt

import hypothesis
import pytest
from hypothesis import strategies as st

from tests.support.inbound_rows import (
    HOUR,
    Invited,
    check_constraints,
    deliver,
    reply,
    take_in,
)
from tests.support.rows import NOON, send_one
from tests.support.web_apps import account_status, new_relation

TOLD_AT = NOON + 8 * HOUR
ACCEPTED = {"Ada": NOON + 2 * HOUR, "Ben": NOON + 3 * HOUR}


class CampaignHistory:
    """Three people invited by one account; Ada is in a second campaign, uninvited.

    Ada and Ben accepted, Ben replied, Cleo did neither; a stranger connected.
    """

    def __init__(self, connection):
        self.connection = connection
        self.ada = Invited(connection)
        same = {
            "workspace_id": self.ada.workspace_id,
            "account_id": self.ada.account_id,
        }
        self.ben, self.cleo = (Invited(connection, **same) for _ in range(2))
        self.uninvited = self.ada.enroll_in_another()
        for second in range(3):
            at = NOON + dt.timedelta(seconds=second)
            assert send_one(connection, self.ada.workspace_id, as_of=at) != []
        account = self.ada.provider_account
        self.webhooks = [
            new_relation(account, self.ada.person),
            new_relation(account, self.ben.person),
            new_relation(account, "ACoAAstranger"),
            reply(self.ben, "in-1", NOON + 5 * HOUR),
            reply(
                self.cleo, "out-1", NOON, sender=self.cleo.owner, to=self.cleo.person
            ),
            account_status(account, "OK"),
        ]

    @property
    def tellings(self):
        return len(self.webhooks) + 2

    def tell(self, number, late):
        """One telling, which came this late, taken in and acted upon."""
        at = TOLD_AT + late
        if number < len(self.webhooks):
            deliver(self.connection, self.webhooks[number], at)
        elif number == len(self.webhooks):
            self.ada.poll_relations(
                at,
                (self.ada.person, ACCEPTED["Ada"]),
                (self.ben.person, ACCEPTED["Ben"]),
                ("ACoAAstranger", None),
            )
        else:
            self.ada.poll_pending(at, self.cleo.person)
        take_in(self.connection)

    def state(self):
        """By enrollment: status, accept, next action, what it did, jobs; the credits.

        Of its events those that somebody else caused: how far the sequence had gone
        when a reply ended it is history, and depends on what was known then.
        """
        check_constraints(self.connection)
        enrollments = self.connection.execute(
            "select enrollment_id, linkedin_status, linkedin_accepted_at,"
            " next_action_at,"
            " (select array_agg(events.event_type order by events.event_type)"
            "  from outreach.campaign_events as events where"
            "  events.workspace_id = enrollments.workspace_id"
            "  and events.enrollment_id = enrollments.enrollment_id"
            "  and events.event_type in ('invite_sent', 'invite_accepted',"
            "  'accept_reverted', 'reply_received')),"
            " (select array_agg((jobs.action, jobs.status)::text order by jobs.action)"
            "  from outreach.campaign_send_jobs as jobs where"
            "  jobs.workspace_id = enrollments.workspace_id"
            "  and jobs.enrollment_id = enrollments.enrollment_id"
            "  and jobs.status <> 'cancelled')"
            " from outreach.campaign_prospects as enrollments"
            " where workspace_id = %s order by enrollment_id",
            [self.ada.workspace_id],
        ).fetchall()
        credits = self.connection.execute(
            "select distinct on (person, invite_event_id) person, enrollment_id,"
            " is_credited, reason, signals from outreach.accept_credits"
            " where workspace_id = %s order by person, invite_event_id, credit_id desc",
            [self.ada.workspace_id],
        ).fetchall()
        return enrollments, credits


@pytest.fixture
def story(connection):
    return CampaignHistory(connection)


@pytest.fixture
def wanted(connection, story):
    """The state after everything was told once, in order and at once."""
    with connection.transaction(force_rollback=True):
        for number in range(story.tellings):
            story.tell(number, dt.timedelta())
        return story.state()


def test_told_once_in_order_the_state_is_as_it_happened(story, wanted):
    enrollments, credits = wanted

    assert {row[0]: row[1:3] for row in enrollments} == {
        story.ada.enrollment_id: ("ready_to_message", ACCEPTED["Ada"]),
        story.ben.enrollment_id: ("replied", ACCEPTED["Ben"]),
        story.cleo.enrollment_id: ("pending_accept", None),
        story.uninvited: ("ready_to_invite", None),
    }
    seen = ["relation", "webhook", "invitation_gone"]
    assert sorted(credits) == sorted(
        [
            (story.ada.person, story.ada.enrollment_id, True, None, seen),
            (story.ben.person, story.ben.enrollment_id, True, None, seen),
            ("ACoAAstranger", None, False, "no prospect", ["webhook"]),
        ]
    )


TELLINGS = 8
# In whole minutes: the same body twice in a minute is kept once, the first that came.
LATE = st.integers(0, 3 * 24 * 60).map(lambda minutes: dt.timedelta(minutes=minutes))


@st.composite
def orders(draw):
    """Each telling once or several times, up to three days late, in any order."""
    again = draw(st.lists(st.integers(0, TELLINGS - 1), max_size=6))
    numbers = draw(st.permutations([*range(TELLINGS), *again]))
    return [(number, draw(LATE)) for number in numbers]


def test_any_order_any_number_of_times_three_days_late_comes_to_the_same(
    connection, story, wanted
):
    assert story.tellings == TELLINGS

    @hypothesis.settings(max_examples=40)
    @hypothesis.given(orders())
    def comes_to_the_same(order):
        with connection.transaction(force_rollback=True):
            for number, late in order:
                story.tell(number, late)
            assert story.state() == wanted

    comes_to_the_same()


def test_however_late_the_interval_holds_what_happened(connection, story):
    """Nobody told a date: the invite and the first word are all that is known."""

    @hypothesis.settings(max_examples=20)
    @hypothesis.given(st.lists(LATE, min_size=1, max_size=4))
    def is_honest(lates):
        with connection.transaction(force_rollback=True):
            for late in lates:
                story.tell(0, late)
            (credit,) = story.ada.credits()[-1:]
            assert credit[3:5] == (NOON, TOLD_AT + min(lates))
            assert credit[3] <= ACCEPTED["Ada"] <= credit[4]

    is_honest()
