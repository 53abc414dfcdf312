"""The process that holds all others, and ends them when its starter is gone.

Belongs here: starting what the starter asks for over standard input, telling over
standard output what ended, and the order of the end. Does not: deciding what runs, or
speaking to a person.

It lives in a session of its own: neither Ctrl-C nor a closed terminal reaches it, but
the end of its standard input does, however the starter died.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from launch.processes import end_marked_processes, mark
from trueup.postgres.data_directory import UnusableServerError
from trueup.postgres.parent_death import tied_to_this_process
from trueup.postgres.server import Server, start_server

_POLL_SECONDS = 0.1


class Keeper:
    """The running services, by layer, and the embedded Postgres beneath them."""

    def __init__(self, keeper_id: str, logs: Path, grace_seconds: float) -> None:
        self._keeper_id = keeper_id
        self._logs = logs
        self._grace_seconds = grace_seconds
        self._server: Server | None = None
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._layers: dict[str, int] = {}

    def serve(self, requests: Iterator[dict[str, Any] | None]) -> None:
        """Does what is asked until there is nobody left who asks."""
        for request in requests:
            self._tell_what_ended()
            if request is None:
                continue
            if "postgres" in request:
                self._start_postgres(Path(request["postgres"]))
            else:
                self._start_service(**request["service"])

    def end_all(self) -> None:
        """Ends the highest layer first: Dagster still writes to Postgres then."""
        for layer in sorted(set(self._layers.values()), reverse=True):
            names = [name for name, its in self._layers.items() if its == layer]
            for name in names:
                stdin = self._running[name].stdin if name in self._running else None
                if stdin is not None:
                    stdin.close()
            self._reaping(names)
        # Whatever changed its name: everything with this keeper's mark.
        end_marked_processes(self._keeper_id, grace_seconds=0)
        if self._server is not None:
            self._server.stop()

    def _reaping(self, names: list[str]) -> None:
        end_marked_processes(self._keeper_id, names, grace_seconds=self._grace_seconds)
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
    ) -> None:
        with (self._logs / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                tied_to_this_process(argv),
                env={**environment, **mark(self._keeper_id, name)},
                stdin=subprocess.PIPE if has_open_stdin else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running[name] = process
        self._layers[name] = layer
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
        pass  # the starter is gone, and standard input says so next


def _requests(stdin: int) -> Iterator[dict[str, Any] | None]:
    """Each line of standard input, None now and then, and an end with the starter."""
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
    """Arguments: this keeper's id, the folder for logs, the grace in seconds."""
    keeper_id, logs, grace_seconds = sys.argv[1:4]
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(ignored, signal.SIG_IGN)
    keeper = Keeper(keeper_id, Path(logs), float(grace_seconds))
    try:
        keeper.serve(_requests(sys.stdin.fileno()))
    finally:
        keeper.end_all()
    # Standard output may be a pipe that nobody reads: leave without flushing it.
    os._exit(0)


if __name__ == "__main__":
    main()
