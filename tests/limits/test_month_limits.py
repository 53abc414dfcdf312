"""A limit per month, counted on the account's own calendar, wherever it lives."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import CheckViolation

from tests.support.rows import (
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)
from trueup.postgres.timezone_files import zone_of

ZONES = [
    "Pacific/Kiritimati",
    "Pacific/Niue",
    "America/Santiago",
    "Europe/Berlin",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Africa/Cairo",
    "Asia/Kathmandu",
]
UTC = dt.UTC
START = dt.datetime(2026, 2, 26, tzinfo=UTC)
HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)


def lifts_of(connection, workspace_id, at):
    return connection.execute(
        "select blocker, lifts_at from outreach.enrollment_blockers(%s, %s)"
        " order by enrollment_id desc limit 1",
        [workspace_id, at],
    ).fetchone()


def month_in(zone, at):
    local = at.astimezone(zone)
    return local.year, local.month


@given(
    zone_name=st.sampled_from(ZONES),
    limit=st.integers(1, 3),
    hours=st.lists(st.integers(1, 300), min_size=8, max_size=14),
    start_hour=st.integers(0, 200),
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_local_month_has_more_than_its_limit(
    database, zone_name, limit, hours, start_hour
):
    zone = zone_of(zone_name)
    with database.connect() as connection:
        workspace_id = make_workspace(connection)
        account_id = make_account(
            connection,
            workspace_id,
            timezone=zone_name,
            limits=[("send_invite", "day", 80), ("send_invite", "month", limit)],
        )
        campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
        at = START + start_hour * HOUR
        make_enrollments(
            connection, workspace_id, account_id, campaign_id, step_id, 16, at
        )
        sent = {}
        for gap in hours:
            month = month_in(zone, at)
            if send_one(connection, workspace_id, as_of=at):
                sent[month] = sent.get(month, 0) + 1
            else:
                assert sent[month] == limit
                blocker, lifts_at = lifts_of(connection, workspace_id, at)
                assert blocker == "month_limit"
                assert month_in(zone, lifts_at - SECOND) == month
                assert month_in(zone, lifts_at) > month
            assert sent[month] <= limit
            at += gap * HOUR
        violations = connection.execute(
            "select * from outreach.judged_attempts() where workspace_id = %s"
            " and (is_over_month_limit or spent_in_month > %s)",
            [workspace_id, limit],
        ).fetchall()
        assert violations == []
        connection.rollback()


@pytest.mark.parametrize(
    ("zone", "at", "lifts_at"),
    [
        ("UTC", "2026-12-31 23:59:59", "2027-01-01 00:00"),
        ("UTC", "2026-02-01 00:00", "2026-03-01 00:00"),
        ("Pacific/Kiritimati", "2026-05-31 09:59", "2026-05-31 10:00"),
        ("Pacific/Kiritimati", "2026-05-31 10:00", "2026-06-30 10:00"),
        ("Pacific/Niue", "2026-06-01 10:59", "2026-06-01 11:00"),
        # March has summer time in Berlin from the 29th on.
        ("Europe/Berlin", "2026-03-01 12:00", "2026-03-31 22:00"),
        ("Europe/Berlin", "2026-10-20 12:00", "2026-10-31 23:00"),
    ],
)
def test_the_next_month_begins_at_the_accounts_own_midnight(
    connection, zone, at, lifts_at
):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id, timezone=zone)
    (found,) = connection.execute(
        "select next_month_at from outreach.account_openings(%s, %s, %s)",
        [workspace_id, account_id, dt.datetime.fromisoformat(at).replace(tzinfo=UTC)],
    ).fetchone()
    assert found == dt.datetime.fromisoformat(lifts_at).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "at", "lifts_at"),
    [
        # The new zone is behind: May goes on there for 13 hours more.
        ("Asia/Tokyo", "America/New_York", "2026-05-31 12:00", "2026-06-01 04:00"),
        # The new zone is ahead: June is there already when it takes effect.
        ("America/New_York", "Asia/Tokyo", "2026-05-31 12:00", "2026-06-01 04:00"),
        ("America/New_York", "Asia/Tokyo", "2026-05-30 12:00", "2026-05-31 15:00"),
    ],
)
def test_a_zone_that_changes_before_the_month_ends_has_its_say(
    connection, old, new, at, lifts_at
):
    moment = dt.datetime.fromisoformat(at).replace(tzinfo=UTC)
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id, timezone=old)
    connection.execute(
        "select outreach.set_account_timezone(%s, %s, %s, 'Ada', %s)",
        [workspace_id, account_id, new, moment],
    )
    (found,) = connection.execute(
        "select next_month_at from outreach.account_openings(%s, %s, %s)",
        [workspace_id, account_id, moment],
    ).fetchone()
    assert found == dt.datetime.fromisoformat(lifts_at).replace(tzinfo=UTC)


def test_a_known_unsent_invite_gives_its_place_in_the_month_back(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(
        connection,
        workspace_id,
        limits=[("send_invite", "day", 80), ("send_invite", "month", 1)],
    )
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id, 3, START
    )
    refused = {
        "is_well_formed": False,
        "provider_reference": None,
        "http_status": 422,
        "error_type": "blocked_recipient",
    }
    assert send_one(connection, workspace_id, START, **refused) == [
        "permanent_prospect"
    ]
    assert send_one(connection, workspace_id, START) == ["sent_proven"]
    assert send_one(connection, workspace_id, START) == []


@pytest.mark.parametrize(
    ("action", "per", "said"),
    [
        ("send_invite_with_note", "day", "is none that notes can have"),
        ("send_invite_with_note", "outstanding", "is none that notes can have"),
        ("send_invite", "year", "is per something that does not exist"),
    ],
)
def test_a_limit_that_means_nothing_is_refused(connection, action, per, said):
    workspace_id = make_workspace(connection)
    with pytest.raises(CheckViolation, match=said):
        make_account(connection, workspace_id, limits=[(action, per, 1)])
