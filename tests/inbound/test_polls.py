"""Polls over real HTTP: what webhooks missed is found, and dated honestly."""

import datetime as dt

import pytest

from tests.support.inbound_rows import DAY, HOUR
from tests.support.invites_by_hand import fill_pending
from tests.support.rows import DSN, flip, make_account, make_workspace
from tests.support.sent_invites import SentInvites
from tests.support.versions import BOTH_VERSIONS
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.lists.polls import (
    accounts_to_poll,
    poll_accounts,
    poll_due_accounts,
)
from trueup.unipile.addresses import UnusableProviderError

# By version: the provider's word for a lost login.
DOWN = {1: "CREDENTIALS", 2: "disconnected"}


@pytest.fixture
def sandbox(sandbox):
    """A sandbox whose webhooks never come."""
    sandbox.change_settings(webhook_never_odds=1)
    return sandbox


@pytest.fixture
def sent(opened, sandbox, now):
    """31 invites that went out now."""
    return SentInvites(opened, sandbox, now)


def poll(connection, sandbox, as_of):
    return poll_due_accounts(connection, sandbox.dsn, sandbox.api_key, as_of)


def credits(connection):
    """(person, accepted after, accepted before, signals) of what was credited."""
    return connection.execute(
        "select person, accepted_after, accepted_before, signals"
        " from outreach.accept_credits where is_credited order by person"
    ).fetchall()


def accept_all(sandbox, sent, people):
    for person in people:
        sandbox.accept(sent.provider_account, person)


@BOTH_VERSIONS
def test_with_the_webhooks_dead_for_three_days_every_accept_is_found(
    opened, sandbox, sent, now
):
    sandbox.advance(days=1)
    accept_all(sandbox, sent, sent.people[:20])
    sandbox.advance(days=1)
    accept_all(sandbox, sent, sent.people[20:])
    sandbox.connect_stranger(sent.provider_account, "ACoAAstranger")
    sandbox.advance(days=1)
    as_of = now + 3 * DAY
    report = poll(opened, sandbox, as_of)
    assert report.new_events["relations"] == 32
    resolved = resolve_inbound(opened, as_of)

    assert (resolved.credited, resolved.uncredited) == (31, 1)
    truth = {
        line["provider_id"]: dt.datetime.fromisoformat(line["created_at"])
        for line in sandbox.journal("invite_accepted")
    }
    found = credits(opened)
    assert {row[0] for row in found} == set(truth)
    for person, after, before, signals in found:
        assert after <= truth[person] + dt.timedelta(milliseconds=1)
        assert abs(before - truth[person]) <= dt.timedelta(milliseconds=1)
        assert signals == ["relation", "invitation_gone"]
    statuses = opened.execute(
        "select distinct linkedin_status from outreach.campaign_prospects"
    ).fetchall()
    assert statuses == [("ready_to_message",)]


def test_for_three_days_four_polls_a_day_find_each_accept_by_the_next(
    opened, sandbox, sent, now
):
    """A look every three hours; 20 people accept, one after the other."""
    polls = 0
    for hour in range(0, 72, 3):
        if hour < 60:
            accept_all(sandbox, sent, [sent.people[hour // 3]])
        sandbox.advance(hours=3)
        as_of = now + (hour + 3) * HOUR
        polls += poll(opened, sandbox, as_of).accounts
        resolve_inbound(opened, as_of)

    # One moment in each slot of six hours. The 69 hours from the first look to the
    # last touch at most 13 slots, and the first look may meet the slot before them.
    # A look may also meet two moments at once.
    assert 6 <= polls <= 14
    found, is_honest, longest = opened.execute(
        "select count(*), bool_and(accepted_after >= linkedin_invited_at),"
        " max(decided_at - accepted_before)"
        " from outreach.accept_credits"
        " inner join outreach.campaign_prospects using (workspace_id, enrollment_id)"
        " where is_credited"
    ).fetchone()
    assert (found, is_honest) == (20, True)
    # Two polls are at most two slots of six hours apart, and the look comes after.
    assert longest <= 15 * HOUR


@BOTH_VERSIONS
def test_polling_and_resolving_again_changes_nothing(opened, sandbox, sent, now):
    accept_all(sandbox, sent, sent.people[:3])
    poll(opened, sandbox, now + HOUR)
    resolve_inbound(opened, now + HOUR)
    before = credits(opened)
    report = poll(opened, sandbox, now + DAY)
    assert set(report.new_events.values()) == {0}
    assert resolve_inbound(opened, now + DAY).decisions == []
    assert credits(opened) == before


def test_a_walk_that_breaks_on_page_3_of_5_proves_nothing_gone(
    opened, sandbox, sent, now
):
    fill_pending(sandbox, sent.provider_account, 450)
    sandbox.script_fault(
        "sent_invitations", page=3, times=None, status=500, type="unexpected_error"
    )
    sandbox.advance(hours=1)
    report = poll(opened, sandbox, now + HOUR)
    assert (report.incomplete, report.new_events["sent_invitations"]) == (1, 0)
    assert resolve_inbound(opened, now + HOUR).decisions == []
    assert opened.execute(
        "select is_complete, page_count, stopped_by from outreach.provider_reads"
        " where list = 'sent_invitations'"
    ).fetchall() == [(False, 2, "page 3: 500 unexpected_error")]


@BOTH_VERSIONS
def test_a_relation_found_before_the_walk_broke_off_counts(opened, sandbox, sent, now):
    accept_all(sandbox, sent, sent.people[:2])
    sandbox.script_fault("chats", times=None, status=500, type="unexpected_error")
    sandbox.script_fault(
        "sent_invitations", times=None, status=500, type="unexpected_error"
    )
    report = poll(opened, sandbox, now + HOUR)
    assert report.incomplete == 2
    assert resolve_inbound(opened, now + HOUR).credited == 2


@BOTH_VERSIONS
def test_a_reply_that_no_webhook_told_is_found_in_the_chats(opened, sandbox, sent, now):
    accept_all(sandbox, sent, sent.people[:2])
    sandbox.incoming_message(sent.provider_account, sent.people[0], "Tell me more")
    sandbox.incoming_message(sent.provider_account, "ACoAAstranger", "Buy now")
    report = poll(opened, sandbox, now + HOUR)
    assert report.new_events["inbox_messages"] == 1
    resolved = resolve_inbound(opened, now + HOUR)

    assert (resolved.credited, resolved.replies, resolved.stopped) == (2, 1, 1)
    texts = opened.execute(
        "select count(*) from outreach.provider_reads"
        " where items::text like '%Tell me more%'"
    ).fetchone()
    assert texts == (0,)


def test_a_chat_is_read_again_only_when_something_was_said(opened, sandbox, sent, now):
    accept_all(sandbox, sent, sent.people[:1])
    sandbox.incoming_message(sent.provider_account, sent.people[0], "Hello")
    poll(opened, sandbox, now + HOUR)
    poll(opened, sandbox, now + DAY)
    assert len(sandbox.requests("chat_messages")) == 1

    sandbox.advance(days=2)
    sandbox.incoming_message(sent.provider_account, sent.people[0], "Still there?")
    poll(opened, sandbox, now + 3 * DAY)
    assert len(sandbox.requests("chat_messages")) == 2


@BOTH_VERSIONS
def test_an_account_that_is_down_is_not_believed(opened, sandbox, sent, now, version):
    accept_all(sandbox, sent, sent.people[:2])
    sandbox.set_account_status(sent.provider_account, "CREDENTIALS")
    report = poll(opened, sandbox, now + HOUR)

    assert list(report.not_polled.values()) == [
        f"the account is {DOWN[version]} at the provider, so its lists may be old"
    ]
    assert sandbox.requests("relations") == []
    assert accounts_to_poll(opened, sandbox.dsn, now + HOUR) == []
    # The poll asks about the account, so that its status and its alert follow at once.
    assert opened.execute(
        "select accounts.status, alerts.code"
        " from outreach.linkedin_accounts as accounts"
        " inner join outreach.linkedin_admin_alerts as alerts using (workspace_id)"
    ).fetchall() == [("disconnected", "account_disconnected")]


def test_an_account_that_the_provider_does_not_know_keeps_its_status(
    opened, sandbox, sent, now
):
    sandbox.reset()
    assert len(poll(opened, sandbox, now + HOUR).not_polled) == 1
    assert opened.execute(
        "select status from outreach.linkedin_accounts"
    ).fetchall() == [("connected",)]


def test_a_catch_up_on_demand_says_that_it_is_one(opened, sandbox, sent, now):
    accept_all(sandbox, sent, sent.people[:2])
    accounts = accounts_to_poll(opened, sandbox.dsn, now)
    poll_accounts(opened, sandbox.dsn, sandbox.api_key, accounts, now + HOUR, "replay")
    ways = opened.execute(
        "select distinct received_via from outreach.linkedin_events"
        " where event_type = 'new_relation'"
    ).fetchall()
    assert ways == [("replay",)]


def test_a_refused_key_is_a_sentence(opened, sandbox, sent, now):
    with pytest.raises(UnusableProviderError, match="Set UNIPILE_API_KEY"):
        poll_due_accounts(opened, sandbox.dsn, "another-key", now)


def moments(connection, account, days):
    """When an account's turn comes, slot by slot."""
    return [
        row[0]
        for row in connection.execute(
            "select outreach.last_poll_moment("
            "%s, %s, to_timestamp(slot * 21600) - interval '1 microsecond') from"
            " generate_series(80001, 80000 + %s) as slot",
            [*account, days * 4],
        )
    ]


def test_an_account_is_polled_four_times_a_day_at_minutes_of_its_own(connection):
    some, others = moments(connection, (1, 1), 100), moments(connection, (1, 2), 100)
    assert some == sorted(some)
    assert len({moment.date() for moment in some}) == 100
    assert len({moment.minute for moment in some}) > 50
    assert set(some).isdisjoint(others)


def test_an_account_is_polled_at_once_when_it_is_connected_again(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    now = connection.execute("select clock_timestamp()").fetchone()[0]

    def due(as_of):
        return len(accounts_to_poll(connection, DSN, as_of))

    def note_poll(at):
        connection.execute(
            "select outreach.record_provider_read(%s, %s, 'inbox', null, %s, %s, true,"
            " 1, null, '[]')",
            [workspace_id, account_id, at, at],
        )

    assert due(now) == 1
    note_poll(now)
    assert due(now) == 0
    assert due(now + 13 * HOUR) == 1
    flip(connection, workspace_id, account_id, "disconnected")
    assert due(now + 13 * HOUR) == 0
    flip(connection, workspace_id, account_id, "connected")
    later = connection.execute("select clock_timestamp()").fetchone()[0]
    assert due(later) == 1
    note_poll(later)
    assert due(later) == 0
