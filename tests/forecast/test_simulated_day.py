"""A day's forecast beside what a sender then does.

scripts/bench/forecast.py has a week of it.
"""

import datetime as dt

from tests.support.simulated_weeks import (
    DAY,
    FRIDAY,
    SENDERS,
    add_senders,
    compare,
    forecast,
    send_until,
)


def test_a_sender_does_what_was_forecast_within_minutes(opened, sandbox):
    workspace = add_senders(opened, sandbox, 12, FRIDAY, senders=SENDERS[:2])
    expected = forecast(workspace, FRIDAY, FRIDAY + 2 * DAY)
    send_until(workspace, FRIDAY, FRIDAY + DAY)

    comparison = compare(workspace, expected, FRIDAY + DAY)
    assert len(comparison.done) >= 15
    assert comparison.median_error <= dt.timedelta(minutes=5)
    assert comparison.share_inside >= 0.95
