"""The client of the supervisor process: starts services, waits, restarts, ends.

Belongs here: the requests to the supervisor, readiness, restarts, and the sentence for
a service that ended. Does not: which services there are, or the words of a good start.
"""

import contextlib
import json
import queue
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import httpx

from launch.processes import end_marked_processes
from launch.restarts import Restarts
from launch.services import DAGSTER_LAYER, Service
from trueup.paths import PROJECT_ROOT

_POLL_SECONDS = 0.1
_READY_SECONDS = 180.0
_END_SECONDS = 90.0
_LAST_LINES = 15
GRACE_SECONDS = 8.0


class ServiceError(Exception):
    """A service that did not start or did not stay; a sentence for a person."""


@dataclass(frozen=True)
class ServiceEnd:
    """A service that ended by itself and is started again.

    sentence: what ended and how, with the end of its log. delay_seconds: until the
    next start.
    """

    service: str
    sentence: str
    delay_seconds: float


@dataclass
class SupervisorClient:
    """The services of one start of trueup."""

    supervisor_id: str
    logs: Path
    process: subprocess.Popen[str]
    grace_seconds: float
    _told: queue.Queue[dict[str, Any]]
    restarts: Restarts = field(default_factory=Restarts)
    _ended: dict[str, int] = field(default_factory=dict)
    # The request that started each service, to restart it.
    _requests: dict[str, dict[str, Any]] = field(default_factory=dict)

    def start_postgres(self, data_directory: Path) -> dict[str, str]:
        """Starts the embedded Postgres; gives the PG* variables that lead to it."""
        self._requests["postgres"] = {"postgres": str(data_directory)}
        self._ask(self._requests["postgres"])
        while True:
            told = self._next(_READY_SECONDS)
            if told.get("refused") == "postgres":
                raise ServiceError(told["sentence"])
            if told.get("started") == "postgres":
                return told["environment"]

    def start(self, service: Service) -> None:
        """Starts the service without waiting for it."""
        self._ended.pop(service.name, None)
        request = {
            "name": service.name,
            "argv": list(service.argv),
            "environment": dict(service.environment),
            "layer": service.layer,
            "has_open_stdin": service.has_open_stdin,
            "has_runs": service.has_runs,
        }
        self._requests[service.name] = {"service": request}
        self._ask(self._requests[service.name])
        while True:
            told = self._next(_READY_SECONDS)
            if "ended" in told:
                raise self._gone(told["ended"], told["code"])
            if told.get("started") == service.name:
                return

    def wait_until_ready(self, service: Service) -> None:
        """Raises ServiceError if it, or another service, ends before it is ready."""
        deadline = time.monotonic() + _READY_SECONDS
        while not self._is_ready(service):
            self.watch(_POLL_SECONDS)
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"{service.name} was not ready after {_READY_SECONDS:.0f} seconds."
                    + self._end_of_log(service.name)
                )

    def run(
        self,
        name: str,
        argv: Sequence[str],
        environment: Mapping[str, str],
        *,
        has_runs: bool = False,
    ) -> None:
        """Runs a command to its end. Raises ServiceError if it fails."""
        self.start(
            Service(name, tuple(argv), environment, DAGSTER_LAYER, has_runs=has_runs)
        )
        while name not in self._ended:
            told = self._next(None)
            if told.get("ended") not in (None, name):
                raise self._gone(told["ended"], told["code"])
        code = self._ended[name]
        del self._requests[name]
        if code != 0:
            raise ServiceError(
                f"{name} failed with exit code {code}." + self._end_of_log(name)
            )

    def watch(self, seconds: float | None = None) -> None:
        """Waits; raises ServiceError as soon as a service ends by itself."""
        with contextlib.suppress(queue.Empty):
            told = self._next(seconds)
            if "ended" in told:
                raise self._gone(told["ended"], told["code"])

    def keep_running(
        self,
        on_end: Callable[[ServiceEnd], None],
        on_recovery: Callable[[str], None],
    ) -> NoReturn:
        """Restarts each service that ends, after a delay that grows; never returns.

        on_end is called for each end, on_recovery with the service that has stayed
        since. Raises ServiceError when the supervisor itself is gone.
        """
        while True:
            now = time.monotonic()
            for name in self.restarts.take_recovered(now):
                on_recovery(name)
            for name in self.restarts.take_due(now):
                self._ended.pop(name, None)
                self._ask(self._requests[name])
            with contextlib.suppress(queue.Empty):
                told = self._next(self.restarts.seconds_until_next(now))
                if "ended" in told:
                    sentence = self._sentence_of_end(told["ended"], told["code"])
                    self._plan_restart(told["ended"], sentence, on_end)
                elif "refused" in told:
                    self._plan_restart(told["refused"], told["sentence"], on_end)
                elif "started" in told:
                    self.restarts.note_start(told["started"], time.monotonic())

    def _plan_restart(
        self, name: str, sentence: str, on_end: Callable[[ServiceEnd], None]
    ) -> None:
        delay = self.restarts.note_end(name, time.monotonic())
        on_end(ServiceEnd(name, sentence, delay))

    def close(self) -> None:
        """Ends everything; returns when nothing is left."""
        if self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
        try:
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        # Finds processes only if the supervisor itself was killed.
        end_marked_processes(self.supervisor_id, grace_seconds=self.grace_seconds)

    def _ask(self, request: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self._supervisor_gone() from None

    def _next(self, seconds: float | None) -> dict[str, Any]:
        told = self._told.get(timeout=seconds)
        if "supervisor_gone" in told:
            raise self._supervisor_gone()
        if "ended" in told:
            self._ended[told["ended"]] = told["code"]
        return told

    def _is_ready(self, service: Service) -> bool:
        if service.ready_url is not None:
            with contextlib.suppress(httpx.TransportError):
                answer = httpx.get(service.ready_url, timeout=5, trust_env=False)
                return answer.is_success
            return False
        if service.ready_words is not None:
            return service.ready_words in self._log_of(service.name)
        return True

    def _log_of(self, name: str) -> str:
        try:
            return (self.logs / f"{name}.log").read_text(errors="replace")
        except FileNotFoundError:
            return ""

    def _end_of_log(self, name: str) -> str:
        lines = self._log_of(name).strip().splitlines()[-_LAST_LINES:]
        if not lines:
            return " It logged nothing."
        text = "\n".join(f"  {line}" for line in lines)
        return f" The end of {self.logs / name}.log:\n{text}"

    def _gone(self, name: str, code: int) -> ServiceError:
        return ServiceError(self._sentence_of_end(name, code))

    def _sentence_of_end(self, name: str, code: int) -> str:
        how = f"exit code {code}" if code >= 0 else f"signal {-code}"
        return f"{name} stopped by itself ({how})." + self._end_of_log(name)

    def _supervisor_gone(self) -> ServiceError:
        return ServiceError(
            "The process that holds the services was killed."
            + self._end_of_log("supervisor")
        )


@contextlib.contextmanager
def supervised(
    logs: Path, *, lock: int | None = None, grace_seconds: float = GRACE_SECONDS
) -> Iterator[SupervisorClient]:
    """A supervisor for the length of the block; no process of it outlives the block.

    `lock` is a locked file descriptor that the supervisor holds as long as it lives.
    """
    logs.mkdir(parents=True, exist_ok=True)
    supervisor_id = uuid.uuid4().hex
    module = "launch.supervisor"
    argv = [sys.executable, "-m", module, supervisor_id, str(logs), str(grace_seconds)]
    with (logs / "supervisor.log").open("wb") as log:
        process = subprocess.Popen(
            argv,
            cwd=PROJECT_ROOT,  # where -m finds the supervisor
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            pass_fds=() if lock is None else (lock,),
            start_new_session=True,
        )
    told: queue.Queue[dict[str, Any]] = queue.Queue()
    listener = threading.Thread(target=_listen, args=(process, told), daemon=True)
    listener.start()
    supervisor = SupervisorClient(supervisor_id, logs, process, grace_seconds, told)
    try:
        yield supervisor
    finally:
        supervisor.close()
        listener.join()
        if process.stdout is not None:
            process.stdout.close()


def _listen(process: subprocess.Popen[str], told: queue.Queue[dict[str, Any]]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        told.put(json.loads(line))
    told.put({"supervisor_gone": True})
