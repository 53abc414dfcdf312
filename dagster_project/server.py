"""Dagster's webserver, daemon and code servers in one process.

Belongs here: starting them, and ending the process where one of them ends. As processes
of their own, each of the four holds a hundred megabytes of Dagster.
`deploy/compose.yaml` runs them apart.

Nothing of Dagster is imported at the top: each run imports this module again.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable
from multiprocessing.context import BaseContext
from pathlib import Path

import click

from dagster_project.run_processes import fork_runs_from_here

SECONDS_BETWEEN_WATCHES = 15
_logger = logging.getLogger("trueup.dagster")


@click.command()
@click.option("--host", required=True, help="Where the webserver listens.")
@click.option("--port", required=True, type=int, help="The webserver's port.")
@click.option(
    "--workspace", required=True, help="The file that names the code servers' sockets."
)
@click.option(
    "--location",
    "locations",
    multiple=True,
    type=(str, str, str),
    help="Name, module and socket of a code location; may be given again.",
)
def main(
    host: str, port: int, workspace: str, locations: tuple[tuple[str, str, str], ...]
) -> None:
    """Serve the code locations, then the daemon and the webserver, until a signal.

    The process ends with 1 where one of them ends by itself.
    """
    # First, since a process with threads cannot be forked.
    runs = fork_runs_from_here(
        [module for _, module, _ in locations], Path(workspace).with_name("runs.sock")
    )

    from dagster._grpc import server_watcher
    from dagster_webserver.cli import cli as webserver

    # The code servers of this process are replaced with it alone.
    server_watcher.WATCH_INTERVAL = SECONDS_BETWEEN_WATCHES
    for name, module, socket in locations:
        _in_thread(f"code server {name}", code_server(name, module, socket, runs))
    _in_thread("daemon", lambda: run_daemon(workspace))
    webserver.main(
        ["--host", host, "--port", str(port), "--workspace", workspace],
        standalone_mode=False,
    )


def code_server(
    name: str, module: str, socket: str, runs: BaseContext
) -> Callable[[], None]:
    """Load the location, and listen on the socket; what then serves until the end.

    runs: starts the process of each run; Dagster itself starts a new Python.
    Raises what the import of the module raises.
    """
    from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
    from dagster._core.utils import FuturesAwareThreadPoolExecutor
    from dagster._grpc.server import DagsterApiServer, DagsterGrpcServer

    has_ended = threading.Event()
    threads = FuturesAwareThreadPoolExecutor()
    servicer = DagsterApiServer(
        server_termination_event=has_ended,
        logger=_logger,
        server_threadpool_executor=threads,
        loadable_target_origin=LoadableTargetOrigin(
            executable_path=sys.executable,
            working_directory=str(Path.cwd()),
            module_name=module,
        ),
        location_name=name,
    )
    servicer._mp_ctx = runs
    server = DagsterGrpcServer(
        server_termination_event=has_ended,
        dagster_api_servicer=servicer,
        logger=_logger,
        threadpool_executor=threads,
        socket=socket,
    )
    return server.serve


def run_daemon(workspace: str) -> None:
    """Work schedules, sensors, the queue and backfills until one of them dies."""
    from dagster import DagsterInstance
    from dagster._core.workspace.load_target import WorkspaceFileTarget
    from dagster._daemon.controller import daemon_controller_from_instance

    with (
        DagsterInstance.get() as instance,
        daemon_controller_from_instance(
            instance, WorkspaceFileTarget(paths=[workspace])
        ) as controller,
    ):
        controller.check_daemon_loop()


def _in_thread(what: str, serve: Callable[[], None]) -> None:
    """Serve in a thread; its end is the end of the process, which is started again."""

    def run() -> None:
        try:
            serve()
            _logger.error("The %s has ended.", what)
        except BaseException:
            _logger.exception("The %s has failed.", what)
        logging.shutdown()
        os._exit(1)

    threading.Thread(target=run, name=what, daemon=True).start()


if __name__ == "__main__":
    main()
