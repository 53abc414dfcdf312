"""`python -m trueup.web`: the web app as a process of its own."""

import asyncio
import logging
import socket

import click
import uvicorn
from starlette.applications import Starlette

from trueup.web.app import web_app
from trueup.web.connections import bounded_protocol
from trueup.web.settings import (
    API_TOKEN,
    WEBHOOK_SECRET,
    secrets_of_environment,
)

SHUTDOWN_SECONDS = 10
_logger = logging.getLogger("trueup.web")


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on. Anything but loopback belongs behind TLS.",
)
@click.option("--port", default=8481, show_default=True, help="0 for any free port.")
def main(host: str, port: int) -> None:
    """Receive the provider's webhooks, and serve the last activity of accounts."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    secrets = secrets_of_environment()
    for setting, value, what in (
        (WEBHOOK_SECRET, secrets.webhook_secret, "every webhook"),
        (API_TOKEN, secrets.api_token, "every question about accounts"),
    ):
        if not value:
            _logger.warning("%s is not set: %s will be refused.", setting, what)
    asyncio.run(serve(web_app(secrets), listen(host, port)))


async def serve(app: Starlette, listener: socket.socket, what: str = "web") -> None:
    """Serve until a signal; print the address once it is served.

    what: the app's name, for the line that is printed.
    """
    config = uvicorn.Config(
        app,
        http=bounded_protocol(),
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.005)
    if server.started:
        host, port = listener.getsockname()[:2]
        click.echo(f"trueup {what}: serving on http://{host}:{port}")
    await serving


def listen(host: str, port: int, what: str = "web app") -> socket.socket:
    """A listening socket; ends the process with a sentence if there is none."""
    # Without the protocol's name, the event loop keeps Nagle's delay of 40 ms per
    # answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except (OSError, OverflowError) as error:
        click.echo(
            f"The {what} cannot serve on {host}, port {port}: {error}; stop what is "
            "using it, or give another --port.",
            err=True,
        )
        raise SystemExit(2) from None
    return listener


if __name__ == "__main__":
    main()
