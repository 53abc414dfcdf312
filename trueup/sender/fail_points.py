"""Named points at which tests make a sender die or freeze.

Belongs here: the names, and the signals. No other code reads this variable, and without
it the points do nothing.
"""

import os
import signal

VARIABLE = "TRUEUP_FAIL_POINT"
FREEZE = ":freeze"
FAIL_POINTS = (
    "after_claim",
    "after_begin",
    "before_call",
    "after_answer",
    "after_record",
)


def reached(name: str) -> None:
    """Kill this process, as `kill -9` would, if the variable names this point.

    If `:freeze` follows the name, the process is stopped instead (SIGSTOP) at its first
    arrival, until it is continued (SIGCONT).
    """
    wanted = os.environ.get(VARIABLE)
    if wanted == name:
        os.kill(os.getpid(), signal.SIGKILL)
    elif wanted == name + FREEZE:
        del os.environ[VARIABLE]
        os.kill(os.getpid(), signal.SIGSTOP)
