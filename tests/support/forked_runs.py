"""What a test's process runs: forks of itself, and what they say of themselves.

`python -m tests.support.forked_runs SOCKET [killed|threaded]` prints a line for each
process: its id, its parent's, and the id of the process that imported this module.
`stopped` prints the exit code of a run that gets SIGTERM, `orphaned` the signal that a
run gets when its parent is killed.
"""

import os
import signal
import sys
import threading
from multiprocessing.synchronize import Event
from pathlib import Path

import psutil

from dagster_project.run_processes import fork_runs_from_here

IMPORTED_BY = os.getpid()
MODULE = "tests.support.forked_runs"


def say() -> None:
    """Write one line, whole, whichever process it is."""
    os.write(1, f"{os.getpid()} {os.getppid()} {IMPORTED_BY}\n".encode())


def work(works: Event, tells: bool) -> None:
    """Wait for a signal; tell which it is, or leave it as it is."""
    # It ends by itself where no signal comes.
    signal.alarm(20)
    if tells:
        signal.signal(signal.SIGTERM, lambda number, _: os.write(1, b"%d\n" % number))
    works.set()
    signal.pause()


def main(path: Path, what: str) -> None:
    """Fork runs and wait for them; meanwhile, perhaps kill one or their parent."""
    if what == "threaded":
        threading.Thread(target=threading.Event().wait, name="w", daemon=True).start()
    runs = fork_runs_from_here([MODULE], path)
    (server,) = (
        child
        for child in psutil.Process().children()
        if child.cmdline() == psutil.Process().cmdline()
    )
    os.write(1, f"{os.getpid()} {server.pid}\n".encode())
    from tests.support.forked_runs import say, work

    if what in ("stopped", "orphaned"):
        works = runs.Event()
        run = runs.Process(target=work, args=(works, what == "orphaned"))
        run.start()
        works.wait()
        if what == "orphaned":
            os.kill(server.pid, signal.SIGKILL)
        else:
            run.terminate()
            run.join()
            os.write(1, f"{run.exitcode}\n".encode())
        return
    for _ in range(2):
        run = runs.Process(target=say)
        run.start()
        run.join()
        if what == "killed":
            os.kill(server.pid, signal.SIGKILL)
            os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)
            what = "was killed"


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(sys.argv[2:] or [""]))
