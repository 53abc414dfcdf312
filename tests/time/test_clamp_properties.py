"""What holds of the clamp whatever the zone, the windows and the moment."""

import datetime as dt

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.rows import make_account, make_workspace
from tests.support.window_search import clock_of, clock_text

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
ZONES = (
    "UTC",
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Havana",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
)


@st.composite
def weeks_of_windows(draw):
    weekdays = draw(st.sets(st.integers(1, 7), min_size=1))
    windows = []
    for weekday in sorted(weekdays):
        times = sorted(draw(st.sets(st.integers(0, 1440), min_size=2, max_size=6)))
        pairs = zip(times[::2], times[1::2], strict=False)
        windows += [(weekday, *map(clock_text, pair)) for pair in pairs]
    return windows


MOMENTS = st.datetimes(
    dt.datetime(2025, 1, 1), dt.datetime(2029, 1, 1), timezones=st.just(dt.UTC)
)


def clamp(connection, account, at):
    return connection.execute(
        "select outreach.clamp_to_sending_window(%s, %s, %s)", [*account, at]
    ).fetchone()[0]


def is_inside(connection, account, at):
    return connection.execute(
        "select timezone is not null"
        " from outreach.limits_at(%s, array[%s::bigint], array['send_invite'], %s)",
        [*account, at],
    ).fetchone()[0]


@given(
    timezone=st.sampled_from(ZONES),
    next_timezone=st.sampled_from(ZONES),
    moves_after=st.one_of(st.none(), st.timedeltas(-DAY, 8 * DAY)),
    windows=weeks_of_windows(),
    at=MOMENTS,
    later=st.timedeltas(dt.timedelta(0), 2 * DAY),
)
@example(
    timezone="Africa/Cairo",
    next_timezone="UTC",
    moves_after=None,
    windows=[(5, "00:30", "00:45")],
    at=dt.datetime(2026, 4, 20, tzinfo=dt.UTC),
    later=3 * DAY,
)
@settings(
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_it_is_the_first_moment_inside_and_stays_in_order(
    connection,
    timezone,
    next_timezone,
    moves_after,
    windows,
    at,
    later,
):
    workspace_id = make_workspace(connection)
    account_id = make_account(
        connection, workspace_id, timezone=timezone, windows=windows, limits=()
    )
    # The clock is looked at minute by minute, so the move falls on a whole minute.
    start = at.replace(second=0, microsecond=0) - MINUTE
    change = None
    if moves_after is not None:
        change = (next_timezone, start + moves_after // MINUTE * MINUTE)
        connection.execute(
            "update outreach.linkedin_accounts set next_timezone = %s,"
            " next_timezone_at = %s where workspace_id = %s and account_id = %s",
            [*change, workspace_id, account_id],
        )
    account = (workspace_id, account_id)
    clock = clock_of(connection, timezone, start, 18 * DAY, change=change)

    result = clamp(connection, account, at)

    assert result >= at
    assert is_inside(connection, account, result)
    assert result == clock.first_inside(windows, at)
    assert clamp(connection, account, result) == result
    assert result <= clamp(connection, account, at + later)
