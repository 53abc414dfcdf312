"""A limit that grows by day: it stops at its goal, and no send passes it."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import CheckViolation

from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)

DAY = dt.timedelta(days=1)


def make_ramp(connection, workspace_id, account_id, per, start, goal, growth, on):
    connection.execute(
        "insert into outreach.linkedin_account_limits (workspace_id, account_id,"
        " action, per, limit_count, goal_count, growth_per_day, ramp_starts_on)"
        " values (%s, %s, 'send_invite', %s, %s, %s, %s, %s)",
        [workspace_id, account_id, per, start, goal, growth, on],
    )


def limits_of_days(connection, start, goal, growth, days):
    """The limit on each day from `days[0]` to `days[1]` after the ramp's start."""
    return [
        limit
        for (limit,) in connection.execute(
            "select outreach.ramped_limit(%s, %s, %s, '2026-05-04',"
            " '2026-05-04'::date + day) from generate_series(%s::integer, %s::integer)"
            " as days (day) order by day",
            [start, goal, growth, *days],
        )
    ]


@given(
    start=st.integers(1, 200),
    rise=st.integers(0, 300),
    growth=st.decimals("0.01", "999999", places=2),
)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_ramp_never_passes_its_goal_and_never_shrinks(
    connection, start, rise, growth
):
    limits = limits_of_days(connection, start, start + rise, growth, (-400, 40000))

    assert limits[:401] == [start] * 401
    assert limits == sorted(limits)
    assert limits[-1] == start + min(rise, int(growth * 40000))


def test_a_part_of_a_send_counts_once_it_is_whole(connection):
    assert limits_of_days(connection, 5, 7, "0.5", (0, 6)) == [5, 5, 6, 6, 7, 7, 7]


def test_a_limit_without_a_ramp_is_the_same_on_each_day(connection):
    assert limits_of_days(connection, 5, None, None, (0, 2)) == [5, 5, 5]


@given(
    start=st.integers(1, 2),
    rise=st.integers(0, 3),
    growth=st.sampled_from(["0.5", "1", "2"]),
    gaps=st.lists(st.integers(1, 2), min_size=3, max_size=4),
    timezone=st.sampled_from(["Pacific/Kiritimati", "America/St_Johns"]),
)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_day_sends_its_own_limit_and_not_one_more(
    connection, start, rise, growth, gaps, timezone
):
    with connection.transaction(force_rollback=True):
        workspace_id = make_workspace(connection)
        account_id = make_account(
            connection, workspace_id, timezone=timezone, limits=()
        )
        began_on = connection.execute(
            "select outreach.account_local_date(%s, %s, %s)",
            [workspace_id, account_id, NOON],
        ).fetchone()[0]
        make_ramp(
            connection,
            workspace_id,
            account_id,
            "day",
            start,
            start + rise,
            growth,
            began_on,
        )
        campaign_id, (step_id, *_) = make_campaign(connection, workspace_id)
        make_enrollments(
            connection, workspace_id, account_id, campaign_id, step_id, count=30
        )

        at, expected = NOON, []
        for gap in (0, *gaps):
            at += gap * DAY
            while send_one(connection, workspace_id, as_of=at):
                at += dt.timedelta(seconds=1)
            grown = int(float(growth) * (at - NOON).days)
            expected.append((start + min(rise, grown),) * 2)

        assert (
            connection.execute(
                "select count(*)::integer, max(limit_per_day)"
                " from outreach.send_attempts where workspace_id = %s"
                " group by counted_on order by counted_on",
                [workspace_id],
            ).fetchall()
            == expected
        )


def test_a_week_grows_on_the_same_days(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    make_ramp(connection, workspace_id, account_id, "week", 1, 2, 1, NOON.date())
    campaign_id, (step_id, *_) = make_campaign(connection, workspace_id)
    make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id, count=3
    )

    sent = [
        len(send_one(connection, workspace_id, as_of=at))
        for at in (NOON, NOON + DAY / 24, NOON + DAY, NOON + 2 * DAY, NOON + 7 * DAY)
    ]

    assert sent == [1, 0, 1, 0, 1]


@pytest.mark.parametrize(
    ("start", "goal", "growth", "on", "sentence"),
    [
        (10, 5, 1, NOON.date(), "would grow from 10 to 5"),
        (0, 5, 1, NOON.date(), "would grow from 0"),
        (5, 10, 0, NOON.date(), "would grow by 0.00 per day"),
        (5, 10, 1, None, "has a part of a ramp"),
        (5, None, 1, None, "has a part of a ramp"),
    ],
)
def test_a_ramp_that_makes_no_sense_is_refused(
    connection, start, goal, growth, on, sentence
):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id, limits=())

    with pytest.raises(CheckViolation, match=sentence):
        make_ramp(connection, workspace_id, account_id, "day", start, goal, growth, on)
