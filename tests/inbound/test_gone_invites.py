"""Invites that a person withdrew by hand, or that expired: they are pending no more."""

import datetime as dt

import pytest

from tests.support.inbound_rows import DAY, HOUR, Invited
from tests.support.rows import NOON
from tests.support.sent_invites import SentInvites
from tests.support.versions import BOTH_VERSIONS
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.lists.polls import poll_accounts
from trueup.inbound.lists.provider_reads import ReadAccount


@pytest.fixture
def sandbox(sandbox):
    """A sandbox whose webhooks never come."""
    sandbox.change_settings(webhook_never_odds=1)
    return sandbox


@pytest.fixture
def sent(opened, sandbox, now):
    """31 invites that went out now."""
    return SentInvites(opened, sandbox, now)


def outstanding(connection, workspace_id, account_id):
    return connection.execute(
        "select invite_count from"
        " outreach.outstanding_invite_counts(%s, array[%s]::bigint[])",
        [workspace_id, account_id],
    ).fetchone()[0]


def gone(connection):
    """The people of the events invite_gone."""
    return [
        row[0]
        for row in connection.execute(
            "select prospects.provider_id from outreach.campaign_events as events"
            " inner join outreach.prospects using (workspace_id, prospect_id)"
            " where event_type = 'invite_gone' order by event_id"
        )
    ]


def poll(connection, sandbox, sent, as_of):
    account = ReadAccount(*connection.execute(
        "select workspace_id, account_id, provider_account_id, linkedin_identity"
        " from outreach.provider_accounts where provider_account_id = %s",
        [sent.provider_account],
    ).fetchone())  # fmt: skip
    return poll_accounts(connection, sandbox.dsn, sandbox.api_key, [account], as_of)


@BOTH_VERSIONS
def test_two_rounds_of_reads_free_the_ceiling_of_invites_that_are_gone(
    opened, sandbox, sent, now
):
    account = (sent.workspace_id, sent.account_id)
    by_hand, expired, accepted = sent.people[:3]
    assert outstanding(opened, *account) == 31
    sandbox.advance(days=1)
    sandbox.withdraw(sent.provider_account, by_hand)
    sandbox.expire(sent.provider_account, expired)
    sandbox.accept(sent.provider_account, accepted)

    assert poll(opened, sandbox, sent, now + DAY).gone_invites == 0
    resolve_inbound(opened, now + DAY)
    assert outstanding(opened, *account) == 30
    assert poll(opened, sandbox, sent, now + DAY + 6 * HOUR).gone_invites == 2

    assert sorted(gone(opened)) == sorted([by_hand, expired])
    assert outstanding(opened, *account) == 28
    assert poll(opened, sandbox, sent, now + 2 * DAY).gone_invites == 0


def test_an_accept_that_is_told_later_is_credited(opened, sandbox, sent, now):
    """A second invite by hand, accepted: the relation comes after the event."""
    person = sent.people[0]
    sandbox.advance(days=1)
    sandbox.expire(sent.provider_account, person)
    for hours in (0, 6):
        poll(opened, sandbox, sent, now + DAY + hours * HOUR)
    assert gone(opened) == [person]

    sandbox.connect_stranger(sent.provider_account, person)
    poll(opened, sandbox, sent, now + 2 * DAY)
    assert resolve_inbound(opened, now + 2 * DAY).credited == 1
    assert opened.execute(
        "select linkedin_status from outreach.campaign_prospects"
        " inner join outreach.prospects using (workspace_id, prospect_id)"
        " where provider_id = %s",
        [person],
    ).fetchone() == ("ready_to_message",)


class Reads:
    """One invite of NOON, and reads of its account's lists by hand."""

    def __init__(self, connection):
        self.invited = Invited(connection).send()
        self.connection = connection

    def pending(self, at, *people, is_complete=True):
        self.invited.poll_pending(at, *people, is_complete=is_complete)

    def relations(self, at, *people):
        self.invited.poll_relations(at, *[(person, at) for person in people])

    def gone(self, at):
        return self.connection.execute(
            "select outreach.record_gone_invites(%s, %s, 'test', %s)",
            [self.invited.workspace_id, self.invited.account_id, at],
        ).fetchone()[0]


@pytest.fixture
def reads(connection):
    return Reads(connection)


def test_one_round_of_reads_proves_nothing(reads):
    reads.pending(NOON + HOUR)
    reads.relations(NOON + HOUR)
    assert reads.gone(NOON + HOUR) == 0
    reads.pending(NOON + 2 * HOUR)
    assert reads.gone(NOON + 2 * HOUR) == 0
    reads.relations(NOON + 2 * HOUR)
    assert reads.gone(NOON + 2 * HOUR) == 1
    assert reads.gone(NOON + 2 * HOUR) == 0


def test_a_read_that_broke_off_proves_nothing(reads):
    reads.pending(NOON + HOUR)
    reads.relations(NOON + HOUR)
    reads.pending(NOON + 2 * HOUR, is_complete=False)
    reads.relations(NOON + 2 * HOUR)
    assert reads.gone(NOON + 2 * HOUR) == 0


def test_an_invite_that_is_listed_again_is_not_gone(reads):
    reads.pending(NOON + HOUR)
    reads.pending(NOON + 2 * HOUR, reads.invited.person)
    reads.pending(NOON + 3 * HOUR)
    for hours in (1, 2, 3):
        reads.relations(NOON + hours * HOUR)
    assert reads.gone(NOON + 3 * HOUR) == 0


def test_a_person_among_the_relations_accepted(reads):
    for hours in (1, 2):
        reads.pending(NOON + hours * HOUR)
        reads.relations(NOON + hours * HOUR, reads.invited.person)
    assert reads.gone(NOON + 2 * HOUR) == 0


def test_emptied_reads_prove_nothing(reads):
    for hours in (1, 2):
        reads.pending(NOON + hours * HOUR)
        reads.relations(NOON + hours * HOUR)
    reads.connection.execute("set local session_replication_role = replica")
    reads.connection.execute(
        "update outreach.provider_reads set items = null, items_sha256 = 'x',"
        " items_emptied_at = now()"
        " where workspace_id = %s",
        [reads.invited.workspace_id],
    )
    reads.connection.execute("set local session_replication_role = origin")
    assert reads.gone(NOON + 2 * HOUR) == 0


def test_an_invite_that_was_never_read_as_gone_stays_pending(reads):
    reads.pending(NOON + HOUR, reads.invited.person)
    reads.pending(NOON + 2 * HOUR, reads.invited.person)
    for hours in (1, 2):
        reads.relations(NOON + hours * HOUR)
    assert reads.gone(NOON + dt.timedelta(days=1)) == 0


def test_an_invite_of_a_person_who_replied_is_gone_as_any_other(reads):
    invited = reads.invited
    account = (invited.workspace_id, invited.account_id)
    reads.connection.execute(
        "select outreach.record_enrollment_event(%s, %s, 'send_cancelled', 'test', %s,"
        " to_status => 'replied')",
        [invited.workspace_id, invited.enrollment_id, NOON + HOUR],
    )
    assert outstanding(reads.connection, *account) == 1
    for hours in (2, 3):
        reads.pending(NOON + hours * HOUR)
        reads.relations(NOON + hours * HOUR)
    assert reads.gone(NOON + 3 * HOUR) == 1
    assert outstanding(reads.connection, *account) == 0
