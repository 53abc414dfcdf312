"""`python -m trueup.console`: the console as a process of its own."""

import asyncio
import logging

import click

from trueup.console.app import console_app
from trueup.console.settings import UnusableSettingsError, settings_of_environment
from trueup.web.__main__ import listen, serve


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on. Anything but loopback belongs behind TLS.",
)
@click.option("--port", default=8580, show_default=True, help="0 for any free port.")
def main(host: str, port: int) -> None:
    """Serve the pages for the people who run campaigns."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    listener = listen(host, port, what="console")
    try:
        settings = settings_of_environment(listener.getsockname()[1])
    except UnusableSettingsError as unusable:
        click.echo(str(unusable), err=True)
        raise SystemExit(2) from None
    app = console_app(settings, listener.getsockname()[1])
    asyncio.run(serve(app, listener, what="console"))


if __name__ == "__main__":
    main()
