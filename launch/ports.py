"""Ports on this machine.

Belongs here: whether one is free, and which ones our services keep.
Does not: serving.
"""

import socket
from pathlib import Path

import psutil

from launch.services import HOST

# The sandbox takes even ports, the web app odd ones, so they never collide.
FIRST_SANDBOX_PORT = 8480
FIRST_WEB_PORT = 8481
# Above all ports that fifty sandboxes and web apps would take.
FIRST_CONSOLE_PORT = 8580
# By these a process of ours is known, from whatever folder it was started.
_OUR_MODULES = (
    "dagster_webserver",
    "trueup.console",
    "trueup.web",
    "unipile_sandbox",
)


class PortInUseError(Exception):
    """Another program listens on the port; a sentence for a person."""


def is_free(port: int) -> bool:
    """Whether this machine could listen on `port` of its loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return False
        return True


def listener_of(port: int) -> str:
    """What listens on the port, as words of a sentence: trueup itself, if it does."""
    try:
        (process,) = {
            psutil.Process(connection.pid)
            for connection in psutil.net_connections(kind="tcp4")
            if connection.status == psutil.CONN_LISTEN
            and connection.laddr.port == port
            and connection.pid
        }
        command, folder = process.cmdline(), process.cwd()
    except (ValueError, psutil.Error):
        return "another program"
    if any(module in command for module in _OUR_MODULES):
        return f"trueup itself, started in {folder} (process {process.pid})"
    return f"another program, {process.name()} (process {process.pid})"


def refuse_used_ui_port(port: int) -> None:
    """Raises PortInUseError before anything has been started."""
    if not is_free(port):
        raise PortInUseError(
            f"Port {port}, which the Dagster UI would use, is in use by "
            f"{listener_of(port)}; stop that, or choose another port: "
            f"scripts/up --port {port + 1}"
        )


def sandbox_port(kept_in: Path) -> int:
    """The sandbox's port: the first free one, and the same one at each later start.

    Workspaces store the provider's address, and a claim under another address is
    refused, so the port must not change.
    """
    whose = "the address of the sandbox that this data was loaded for"
    return _kept_port(kept_in, FIRST_SANDBOX_PORT, whose)


def web_port(kept_in: Path) -> int:
    """The web app's port: the first free one, and the same one at each later start.

    Webhook subscriptions, or a proxy, name it.
    """
    whose = "the address at which the provider tells this trueup"
    return _kept_port(kept_in, FIRST_WEB_PORT, whose)


def console_port(kept_in: Path) -> int:
    """The console's port: the first free one, and the same one at each later start.

    People keep its address.
    """
    return _kept_port(kept_in, FIRST_CONSOLE_PORT, "the address of the console")


def _kept_port(kept_in: Path, first: int, whose: str) -> int:
    if kept_in.exists():
        port = int(kept_in.read_text())
        if not is_free(port):
            raise PortInUseError(
                f"Port {port}, {whose}, is in use by {listener_of(port)}; stop that, "
                "then start again."
            )
        return port
    port = next((port for port in range(first, 65_536, 2) if is_free(port)), None)
    if port is None:
        raise PortInUseError(
            f"No port of {first}, {first + 2} and so on is free; stop a program that "
            "listens on one, then start again."
        )
    kept_in.parent.mkdir(parents=True, exist_ok=True)
    kept_in.write_text(f"{port}\n")
    return port
