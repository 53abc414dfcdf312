"""Which of several reasons a forecast names: the one that the gates name first."""

import pytest

READY = "2026-05-01 12:00+00"
LATER = "2026-05-01 13:00+00"
ORDER = ("account_held", "day_limit", "outside_window", "minimum_gap")


@pytest.mark.parametrize("first", range(len(ORDER) + 1))
def test_the_first_reason_in_the_order_of_the_gates_is_named(connection, first):
    held, limited, window, gap = (
        LATER if place >= first else READY for place in range(len(ORDER))
    )
    (named,) = connection.execute(
        "select outreach.forecast_blocker("
        "%(ready)s, %(limited)s, 'day_limit', %(held)s, %(window)s, %(gap)s,"
        " 'behind_others')",
        {
            "ready": READY,
            "limited": limited,
            "held": held,
            "window": window,
            "gap": gap,
        },
    ).fetchone()
    assert named == (*ORDER, "behind_others")[first]
