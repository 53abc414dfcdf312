"""Finding and ending every process that a service has started.

Belongs here: the environment variable that marks processes, and TERM followed by KILL.
Does not: the order in which services end.

Dagster's code servers and run workers leave their parent's session and outlive it. A
process group or a parent's id does not find them; the marked environment does.
"""

import contextlib
import time
from collections.abc import Iterable

import psutil

MARK_VARIABLE = "TRUEUP_SUPERVISOR"
_POLL_SECONDS = 0.05
# After KILL, a process ends late only while it is in an uninterruptible read.
_KILL_SECONDS = 10.0


def mark(supervisor_id: str, service: str) -> dict[str, str]:
    """The variable that every process of this service carries."""
    return {MARK_VARIABLE: f"{supervisor_id}/{service}"}


def marked_processes(
    supervisor_id: str, services: Iterable[str] | None = None
) -> list[psutil.Process]:
    """The running processes of these services, or of all if `services` is None."""
    wanted = (
        None if services is None else {f"{supervisor_id}/{name}" for name in services}
    )
    found = []
    for process in psutil.process_iter():
        try:
            value = process.environ().get(MARK_VARIABLE, "")
        except (psutil.Error, OSError):
            continue  # another user's, or just ended
        is_ours = value.partition("/")[0] == supervisor_id
        if is_ours and (wanted is None or value in wanted):
            found.append(process)
    return found


def end_marked_processes(
    supervisor_id: str, services: Iterable[str] | None = None, *, grace_seconds: float
) -> None:
    """Sends TERM to all of them and, after the grace, KILL until none is left."""
    names = None if services is None else list(services)
    for process in marked_processes(supervisor_id, names):
        with contextlib.suppress(psutil.Error):
            process.terminate()
    if _are_gone(supervisor_id, names, grace_seconds):
        return
    deadline = time.monotonic() + _KILL_SECONDS
    while time.monotonic() < deadline:
        # Looked up again each time: a process may have started another one.
        remaining = marked_processes(supervisor_id, names)
        if not remaining:
            return
        for process in remaining:
            with contextlib.suppress(psutil.Error):
                process.kill()
        time.sleep(_POLL_SECONDS)


def _are_gone(supervisor_id: str, services: list[str] | None, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while marked_processes(supervisor_id, services):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True
