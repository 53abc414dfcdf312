"""Named points at which a sender can be made to die or to freeze, for tests.

Belongs here: the names, dying and freezing. Nothing else in the project reads this
variable, and without it the points do nothing.
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

    Where `:freeze` follows the name, it is stopped instead (SIGSTOP), at the first time
    that it comes here, and goes on when it is continued.
    """
    wanted = os.environ.get(VARIABLE)
    if wanted == name:
        os.kill(os.getpid(), signal.SIGKILL)
    elif wanted == name + FREEZE:
        del os.environ[VARIABLE]
        os.kill(os.getpid(), signal.SIGSTOP)
