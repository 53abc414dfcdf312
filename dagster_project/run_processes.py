"""A process that has loaded the code locations, from which each run is forked.

Belongs here: starting that process, and how Dagster's code servers ask it for a run.
A run that starts its own Python spends seconds of the processor on imports, and holds
what it imports in memory of its own.

Nothing of Dagster is imported at the top: each run imports this module again.
"""

import gc
import importlib
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext
from pathlib import Path

from trueup.postgres.parent_death import die_with_parent

# What each run imports beside its location, before it starts its first step.
OF_ALL_RUNS = (
    "dagster_project.storage",
    "dagster._grpc.impl",
    "dagster._core.storage.local_compute_log_manager",
    "httpcore",
)


class StartedThreadsError(Exception):
    """A process with threads cannot be forked; the text names them."""


def fork_runs_from_here(modules: Sequence[str], path: Path) -> ForkServerContext:
    """Import the modules, fork, and give the context that starts runs from the fork.

    The fork is the server of Python's start method `forkserver`, which is otherwise a
    new Python: so it shares the memory of these modules with this process. It ends when
    this process and all runs have ended. If it is killed, its runs get SIGTERM, since
    Dagster takes them for ended, and a new Python takes its place.

    modules: of the runs' code locations. Importing them opens no connection and starts
        no thread.
    path: of the socket on which the fork is asked; a stale one is replaced.
    Raises StartedThreadsError if one did, and what their import raises.
    """
    for module in (*OF_ALL_RUNS, *modules):
        importlib.import_module(module)
    if threading.active_count() > 1:
        raise StartedThreadsError(
            "Runs cannot be forked from this process, because it has the threads "
            f"{[thread.name for thread in threading.enumerate()]}."
        )
    context = multiprocessing.get_context("forkserver")
    # Its pipe is handed to each run, so it is there before the fork.
    resource_tracker.ensure_running()
    ends_with_clients, held_by_clients = os.pipe()
    with socket.socket(socket.AF_UNIX) as listener:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen()
        # The collector writes to each object that it looks at, which copies the page.
        gc.collect()
        gc.freeze()
        pid = os.fork()
        if pid == 0:
            os.close(held_by_clients)
            _serve(listener.detach(), ends_with_clients)
    os.close(ends_with_clients)
    server = forkserver._forkserver
    server._forkserver_address = str(path)
    server._forkserver_alive_fd = held_by_clients
    server._forkserver_pid = pid
    return context


def _serve(listener: int, ends_with_clients: int) -> None:
    """Fork a run for each request, until all clients have ended."""
    code = 1
    try:
        # Whoever ends trueup ends all of its processes; this one ends after its runs.
        signal.signal(signal.SIGTERM, lambda *_: None)
        server = os.getpid()
        os.register_at_fork(after_in_child=lambda: _begin_run(server))
        forkserver.main(listener, ends_with_clients, [])
    except SystemExit:
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def _begin_run(server: int) -> None:
    """What the server does about signals is not for a run, nor for what a run forks."""
    if os.getppid() == server:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        die_with_parent(signal.SIGTERM)
