"""A clock that goes on while the machine sleeps, and an event loop that uses it.

Belongs here: elapsed time on this machine. The database's clock is `queue.py`.
"""

import asyncio
import time

# Linux's monotonic clock stops during suspend, and its boot clock does not. macOS has
# no such clock in Python: there the database's clock alone shows that time has passed.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", None)


def elapsed_seconds() -> float:
    """Seconds since an arbitrary moment; the time of a suspend counts if possible."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


class EventLoop(asyncio.SelectorEventLoop):
    """Time-outs of calls count the time of a suspend.

    A call that waits for a connection when the machine goes to sleep is cancelled on
    waking instead of going out late: due time-outs run before the call goes on.
    """

    def time(self) -> float:
        return elapsed_seconds()
