"""The supervisor process: parent of all services, which it ends with its starter.

Belongs here: starting what the starter asks for over standard input, reporting over
standard output what ended, and the order of the end. Does not: deciding what runs and
what is restarted, or speaking to a person.

It has a session of its own: Ctrl-C and a closed terminal do not reach it. Its standard
input ends when the starter ends, in any way, and then it ends all services.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from launch.processes import end_marked_processes, mark
from trueup.postgres.data_directory import UnusableServerError
from trueup.postgres.parent_death import tied_to_this_process
from trueup.postgres.server import Server, start_server

_POLL_SECONDS = 0.1
# Beside the logs: when the end of the last services that had runs of Dagster began, in
# seconds of Unix time. The next start that has runs reads it and removes it.
STOPPED_AT = "stopped-at"


class Supervisor:
    """The running services by layer, and the embedded Postgres."""

    def __init__(self, supervisor_id: str, logs: Path, grace_seconds: float) -> None:
        self._supervisor_id = supervisor_id
        self._logs = logs
        self._grace_seconds = grace_seconds
        self._server: Server | None = None
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._layers: dict[str, int] = {}
        self._has_runs = False

    def serve(self, requests: Iterator[dict[str, Any] | None]) -> None:
        """Serves requests until the starter has ended."""
        for request in requests:
            self._tell_what_ended()
            if request is None:
                continue
            if "postgres" in request:
                self._start_postgres(Path(request["postgres"]))
            else:
                self._start_service(**request["service"])

    def end_all(self) -> None:
        """Ends the services from the highest layer down, and Postgres last."""
        if self._has_runs:
            with contextlib.suppress(OSError):
                (self._logs / STOPPED_AT).write_text(f"{time.time()}")
        for layer in sorted(set(self._layers.values()), reverse=True):
            names = [name for name, its in self._layers.items() if its == layer]
            for name in names:
                stdin = self._running[name].stdin if name in self._running else None
                if stdin is not None:
                    stdin.close()
            self._reaping(names)
        # Every process with this supervisor's mark, whatever its name is now.
        end_marked_processes(self._supervisor_id, grace_seconds=0)
        if self._server is not None:
            self._server.stop()

    def _reaping(self, names: list[str]) -> None:
        end_marked_processes(
            self._supervisor_id, names, grace_seconds=self._grace_seconds
        )
        for name in names:
            process = self._running.pop(name, None)
            if process is not None:
                process.wait()

    def _start_postgres(self, data_directory: Path) -> None:
        try:
            self._server = start_server(data_directory)
        except UnusableServerError as error:
            _tell(refused="postgres", sentence=str(error))
        else:
            _tell(started="postgres", environment=self._server.environment())

    def _start_service(
        self,
        name: str,
        argv: list[str],
        environment: dict[str, str],
        layer: int,
        has_open_stdin: bool,
        has_runs: bool,
    ) -> None:
        is_restart = name in self._layers
        with (self._logs / f"{name}.log").open("ab" if is_restart else "wb") as log:
            process = subprocess.Popen(
                tied_to_this_process(argv),
                env={**environment, **mark(self._supervisor_id, name)},
                stdin=subprocess.PIPE if has_open_stdin else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running[name] = process
        self._layers[name] = layer
        self._has_runs = self._has_runs or has_runs
        _tell(started=name)

    def _tell_what_ended(self) -> None:
        if self._server is not None and self._server.process.poll() is not None:
            _tell(ended="postgres", code=self._server.process.returncode)
            self._server = None
        for name, process in list(self._running.items()):
            if process.poll() is not None:
                del self._running[name]
                if process.stdin is not None:
                    process.stdin.close()
                _tell(ended=name, code=process.returncode)


def _tell(**what: Any) -> None:  # noqa: ANN401
    try:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        pass  # the starter has ended; standard input ends next


def _requests(stdin: int) -> Iterator[dict[str, Any] | None]:
    """Requests from standard input; None at each poll; ends with the starter."""
    is_stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_stopping
        is_stopping = True

    signal.signal(signal.SIGTERM, stop)
    buffer = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stdin, selectors.EVENT_READ)
        while not is_stopping:
            if not selector.select(_POLL_SECONDS):
                yield None
                continue
            received = os.read(stdin, 65_536)
            if not received:
                return
            *lines, buffer = (buffer + received).split(b"\n")
            for line in lines:
                yield json.loads(line)


def main() -> None:
    """Arguments: the supervisor's id, the folder for logs, the grace in seconds."""
    supervisor_id, logs, grace_seconds = sys.argv[1:4]
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(ignored, signal.SIG_IGN)
    supervisor = Supervisor(supervisor_id, Path(logs), float(grace_seconds))
    try:
        supervisor.serve(_requests(sys.stdin.fileno()))
    finally:
        supervisor.end_all()
    # Standard output may be a closed pipe, so it is not flushed.
    os._exit(0)


if __name__ == "__main__":
    main()
