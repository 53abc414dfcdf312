"""Named points at which a sender can be made to die, for tests of its recovery.

Belongs here: the names, and dying. Nothing else in the project reads this variable, and
without it the points do nothing.
"""

import os
import signal

VARIABLE = "TRUEUP_FAIL_POINT"
FAIL_POINTS = (
    "after_claim",
    "after_begin",
    "before_call",
    "after_answer",
    "after_record",
)


def reached(name: str) -> None:
    """Kill this process, as `kill -9` would, if the variable names this point."""
    if os.environ.get(VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
