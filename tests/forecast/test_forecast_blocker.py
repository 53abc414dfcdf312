"""Which of several reasons a forecast names: the one that the gates name first."""

import pytest

READY = "2026-05-01 12:00+00"
LATER = "2026-05-01 13:00+00"
UNREAD_UNTIL = "2026-05-01 13:30+00"
ORDER = (
    "account_held",
    "day_limit",
    "replies_not_read",
    "outside_window",
    "minimum_gap",
)


@pytest.mark.parametrize("first", range(len(ORDER) + 1))
def test_the_first_reason_in_the_order_of_the_gates_is_named(connection, first):
    held, limited, unread, window, gap = (place >= first for place in range(len(ORDER)))
    (named,) = connection.execute(
        "select outreach.forecast_blocker("
        "%(ready)s, %(held)s, %(limited)s, 'day_limit', %(unread)s,"
        " 'replies_not_read', %(window)s, %(gap)s, 'behind_others')",
        {
            "ready": READY,
            # Unread replies hold the queue as a hold does, until another moment.
            "held": LATER if held else UNREAD_UNTIL if unread else READY,
            "limited": LATER if limited else READY,
            "unread": UNREAD_UNTIL if unread else None,
            "window": LATER if window else READY,
            "gap": LATER if gap else READY,
        },
    ).fetchone()
    assert named == (*ORDER, "behind_others")[first]
