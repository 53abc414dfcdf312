"""How often a process that stays looks for work.

Belongs here: the pause between two looks. Does not: the look itself.
"""

LOOK_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
# A look over very many accounts takes long. Looks together take at most this share of
# the time.
LARGEST_SHARE = 0.05


def pause_after(spent_seconds: float, between_seconds: float = LOOK_SECONDS) -> float:
    """Seconds to wait after a look, or work in vain, that took `spent_seconds`.

    between_seconds: the wait after a look that took no time.
    """
    wanted = max(between_seconds, spent_seconds / LARGEST_SHARE)
    return min(wanted, max(between_seconds, LONGEST_PAUSE_SECONDS))
