"""`python -m unipile_sandbox`: the sandbox as a process of its own."""

import asyncio
import os
import pathlib
import socket
import sys
import threading

import click
import uvicorn

from unipile_sandbox.app import sandbox_app
from unipile_sandbox.journal import Journal, JournalInUseError
from unipile_sandbox.settings import Settings
from unipile_sandbox.world import Sandbox

HOST = "127.0.0.1"
SHUTDOWN_SECONDS = 3


@click.command()
@click.option("--port", default=8480, show_default=True, help="0 for any free port.")
@click.option(
    "--journal",
    "journal_path",
    required=True,
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    help="The file of all actions; the sandbox restores its state from it.",
)
@click.option("--api-key", default="sandbox-key", show_default=True)
@click.option("--v2-account-key", default="sandbox-account-key", show_default=True)
@click.option("--v2-service-key", default="sandbox-service-key", show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--accept-odds", default=0.3, type=click.FloatRange(0, 1))
@click.option("--latency-ms", default=0, type=click.IntRange(0))
@click.option("--clock-rate", default=1.0, type=click.FloatRange(0))
@click.option(
    "--die-with-stdin",
    is_flag=True,
    help="End when standard input closes: the parent holds the other end.",
)
def main(
    port: int,
    journal_path: pathlib.Path,
    api_key: str,
    v2_account_key: str,
    v2_service_key: str,
    seed: int,
    accept_odds: float,
    latency_ms: int,
    clock_rate: float,
    die_with_stdin: bool,
) -> None:
    """Serve a provider on loopback that speaks Unipile's contract."""
    listener = _listen(port)
    try:
        journal = Journal(journal_path)
    except JournalInUseError as error:
        _refuse(f"{error}")
    except OSError as error:
        _refuse(
            f"The journal {journal_path} cannot be opened: {error.strerror}. "
            "Give a --journal in a folder that you may write to."
        )
    settings = Settings(
        seed=seed,
        api_key=api_key,
        v2_account_key=v2_account_key,
        v2_service_key=v2_service_key,
        accept_odds=accept_odds,
        latency_ms=latency_ms,
    )
    try:
        sandbox = Sandbox(journal, settings, clock_rate)
    except (ValueError, KeyError, TypeError) as error:
        _refuse(
            f"The journal {journal_path} cannot be replayed ({error!r}). "
            "Move it away, or give another --journal."
        )
    config = uvicorn.Config(
        sandbox_app(sandbox),
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    server = uvicorn.Server(config)
    if die_with_stdin:
        threading.Thread(target=_die_with_stdin, args=[server], daemon=True).start()
    asyncio.run(_serve(server, listener))
    journal.close()


async def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.005)
    if server.started:
        port = listener.getsockname()[1]
        click.echo(f"Unipile sandbox: serving on http://{HOST}:{port}")
    await serving


def _listen(port: int) -> socket.socket:
    # With IPPROTO_TCP the event loop turns off Nagle's delay of 40 ms per answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(1024)
    except (OSError, OverflowError) as error:
        _refuse(
            f"The sandbox cannot serve on port {port}: {error}; "
            "stop what is using it, or give another --port."
        )
    return listener


def _refuse(sentence: str) -> None:
    click.echo(sentence, err=True)
    raise SystemExit(2)


def _die_with_stdin(server: uvicorn.Server) -> None:
    while sys.stdin.buffer.read(65_536):
        pass
    server.should_exit = True
    threading.Event().wait(SHUTDOWN_SECONDS + 2)
    # Each journal line is on disk before its answer, so this loses nothing.
    os._exit(0)


if __name__ == "__main__":
    main()
