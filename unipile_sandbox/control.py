"""Starts a sandbox and controls it from Python, for tests and demonstrations.

Belongs here: a synchronous client of the /sandbox routes and of the journal. Calls of
the Unipile API are not here: use any client of it.
"""

import contextlib
import dataclasses
import os
import pathlib
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from unipile_sandbox.journal import Line, read_since_last_reset

ROOT = pathlib.Path(__file__).parents[1]
API_KEY = "sandbox-key"
V2_ACCOUNT_KEY = "sandbox-account-key"
V2_SERVICE_KEY = "sandbox-service-key"
# A sandbox serves plain HTTP, and a call would read the machine's certificates anew.
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class SandboxError(Exception):
    """A sandbox did not start or refused a request; the message is a sentence."""


@dataclasses.dataclass(frozen=True)
class Sandbox:
    """A sandbox that serves at `dsn` and writes `journal_path`."""

    dsn: str
    api_key: str
    journal_path: pathlib.Path
    v2_account_key: str = V2_ACCOUNT_KEY
    v2_service_key: str = V2_SERVICE_KEY

    def control(self, method: str, path: str, wanted: object = None) -> dict[str, Any]:
        """Call a /sandbox route. Raises SandboxError with its sentence."""
        response = httpx.request(
            method,
            f"{self.dsn}/sandbox{path}",
            json=wanted,
            timeout=60,
            trust_env=False,
            verify=_NO_CERTIFICATES,
        )
        answer = response.json()
        if response.status_code != 200:
            raise SandboxError(f"{method} {path}: {answer}")
        return answer

    def health(self) -> dict[str, Any]:
        return self.control("GET", "/health")

    def register_accounts(self, accounts: list[dict[str, Any]]) -> dict[str, Any]:
        """accounts: id, name, provider_id, public_identifier, and a status if not OK;
        with `version` 2 an id that starts with acc_.
        A known account with the same identity stays unchanged."""
        return self.control("POST", "/accounts", accounts)

    def set_account_status(
        self, account_id: str, status: str, *, notify: bool | str = False
    ) -> None:
        wanted = {"account_id": account_id, "status": status, "notify": notify}
        self.control("POST", "/account_status", wanted)

    def set_v2_status(self, account_id: str, **facts: Any) -> None:  # noqa: ANN401
        """facts: status, is_locked, products, reason (of errored), notify, product."""
        self.control("POST", "/account_status", {"account_id": account_id, **facts})

    def advance(self, *, rate: float | None = None, **by: float) -> None:
        """Move the clock, for example `advance(hours=8)`, and run what is due then."""
        seconds = sum(
            by[unit] * size
            for unit, size in {
                "seconds": 1,
                "minutes": 60,
                "hours": 3_600,
                "days": 86_400,
            }.items()
            if unit in by
        )
        wanted: dict[str, Any] = {"advance_seconds": seconds}
        self.control(
            "POST", "/clock", wanted if rate is None else wanted | {"rate": rate}
        )

    def set_clock(self, now: str, *, rate: float | None = None) -> None:
        """now: ISO 8601, or `real` for the real time."""
        wanted: dict[str, Any] = {"now": now}
        self.control(
            "POST", "/clock", wanted if rate is None else wanted | {"rate": rate}
        )

    def settle(self) -> None:
        """Wait until all due actions ran and their webhooks are answered."""
        self.control("POST", "/settle")

    def change_settings(self, **wanted: float) -> None:
        self.control("POST", "/settings", wanted)

    def script_fault(self, route: str, **fault: Any) -> None:  # noqa: ANN401
        """See `faults.Fault` for the fields."""
        self.control("POST", "/faults", {"route": route, **fault})

    def clear_faults(self) -> None:
        self.control("DELETE", "/faults")

    def set_person(self, identifier: str, **overrides: Any) -> str:  # noqa: ANN401
        """Fix what chance would decide about a person; returns their provider id."""
        answer = self.control(
            "POST", "/people", [{"identifier": identifier, **overrides}]
        )
        return answer["provider_ids"][0]

    def accept(
        self,
        account_id: str,
        identifier: str,
        *,
        webhook_delays_seconds: Sequence[float] | None = None,
    ) -> None:
        """webhook_delays_seconds: when its webhooks come; by chance if not given."""
        more = {}
        if webhook_delays_seconds is not None:
            more["webhook_delays_seconds"] = list(webhook_delays_seconds)
        self._about("/accept", account_id, identifier, **more)

    def withdraw(self, account_id: str, identifier: str) -> None:
        self._about("/withdraw", account_id, identifier)

    def decline(self, account_id: str, identifier: str) -> None:
        self._about("/decline", account_id, identifier)

    def expire(self, account_id: str, identifier: str) -> None:
        self._about("/expire", account_id, identifier)

    def connect_stranger(self, account_id: str, identifier: str) -> None:
        self._about("/stranger", account_id, identifier)

    def receive_request(self, account_id: str, identifier: str) -> None:
        """The person invites the owner of the account."""
        self._about("/request", account_id, identifier)

    def make_v2_key(self, key: str, **facts: Any) -> None:  # noqa: ANN401
        """facts: kind, expires_at, application_id, scope_id."""
        self.control("POST", "/keys", {"key": key, **facts})

    def migrate_to_v2(self, account_id: str, **facts: Any) -> str:  # noqa: ANN401
        """The id of the account of version 2 that the provider makes of one of version
        1. facts: id, status, notify, ends_v1."""
        wanted = {"account_id": account_id, **facts}
        return self.control("POST", "/migrate", wanted)["id"]

    def send_v2_event(
        self,
        account_id: str,
        type: str,
        payload: dict[str, Any],
        **facts: Any,  # noqa: ANN401
    ) -> str:
        """The event's id. facts: delays_seconds, form, is_short."""
        wanted = {"account_id": account_id, "type": type, "payload": payload, **facts}
        return self.control("POST", "/v2_event", wanted)["id"]

    def sign_next(self, form: str, times: int = 1) -> None:
        """See `v2.signature` for the forms."""
        self.control("POST", "/signatures", {"form": form, "times": times})

    def incoming_message(
        self, account_id: str, identifier: str, text: str, *, is_event: bool = False
    ) -> dict[str, Any]:
        return self._about(
            "/incoming_message", account_id, identifier, text=text, is_event=is_event
        )

    def reset(self) -> None:
        self.control("POST", "/reset")

    def _about(
        self,
        path: str,
        account_id: str,
        identifier: str,
        **more: Any,  # noqa: ANN401
    ) -> dict[str, Any]:
        wanted = {"account_id": account_id, "identifier": identifier, **more}
        return self.control("POST", path, wanted)

    # The journal

    def journal(self, kind: str | None = None) -> list[Line]:
        """The lines since the last reset, oldest first."""
        lines = read_since_last_reset(self.journal_path)
        return [line for line in lines if kind is None or line["kind"] == kind]

    def requests(self, route: str | None = None) -> list[Line]:
        """All API calls, also those that were refused or dropped."""
        lines = self.journal("request")
        return [line for line in lines if route is None or line["route"] == route]


@dataclasses.dataclass(frozen=True, kw_only=True)
class RunningSandbox(Sandbox):
    """A sandbox whose process this program started."""

    process: subprocess.Popen[str]


@contextlib.contextmanager
def start_sandbox(
    journal_path: pathlib.Path,
    *,
    port: int = 0,
    api_key: str = API_KEY,
    seed: int = 1,
    accept_odds: float = 0.0,
    latency_ms: int = 0,
    clock_rate: float = 1.0,
) -> Iterator[RunningSandbox]:
    """A sandbox in its own process, which ends with the block or with its parent.

    port: 0 takes a free one. By default no person accepts by chance.
    Raises SandboxError with the process's own sentence when it does not start.
    """
    process = launch_sandbox(
        journal_path,
        port=port,
        api_key=api_key,
        seed=seed,
        accept_odds=accept_odds,
        latency_ms=latency_ms,
        clock_rate=clock_rate,
    )
    try:
        dsn = wait_until_serving(process)
        yield RunningSandbox(dsn, api_key, journal_path, process=process)
    finally:
        stop(process)


def launch_sandbox(
    journal_path: pathlib.Path, **options: str | float
) -> subprocess.Popen[str]:
    """Start the process; its standard input must stay open for as long as it lives."""
    command = [
        sys.executable,
        "-m",
        "unipile_sandbox",
        "--die-with-stdin",
        f"--journal={journal_path}",
        *(f"--{name.replace('_', '-')}={value}" for name, value in options.items()),
    ]
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
    )


def wait_until_serving(process: subprocess.Popen[str]) -> str:
    """The address it serves on, from its ready line."""
    assert process.stdout is not None, "launch_sandbox pipes it"
    assert process.stderr is not None, "launch_sandbox pipes it"
    line = process.stdout.readline()
    if "http://" not in line:
        raise SandboxError(process.stderr.read().strip() or f"It said {line!r}.")
    return line[line.index("http://") :].strip()


def stop(process: subprocess.Popen[str]) -> None:
    """Close the process's standard input; kill the process if it does not end."""
    try:
        process.communicate(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
