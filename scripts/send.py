"""Works the send queue without Dagster: once, or forever.

The same drain as the send_queue asset; both may run at once, here or on other machines.
Forever means forever: while the provider cannot be reached or refuses the key, or the
database is away, it says so once, waits, and tries again.
"""

import os
import pathlib
import socket
import sys

import click
import rich.console
import rich.progress

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from trueup.postgres.connection import UnusableDatabaseError, connect_migrated
from trueup.sender import (
    DrainReport,
    UnusableProviderError,
    drain,
)
from trueup.sender.stopping import stopping_on_signals

SECONDS_BETWEEN_DRAINS = 5
# Before the next try where one failed: twice as long each time, up to the longest.
FIRST_WAIT_SECONDS = 1
LONGEST_WAIT_SECONDS = 60


@click.command()
@click.option("--once", is_flag=True, help="Stop when nothing is due any more.")
@click.option("--worker", help="This worker's name; host and process id by default.")
@click.option(
    "--seconds",
    default=45.0,
    show_default=True,
    help="How long one drain may start new rounds.",
)
def main(once: bool, worker: str | None, seconds: float) -> None:
    """Send what is due, within limits and windows."""
    worker = worker or f"{socket.gethostname()}:{os.getpid()}"
    try:
        dsn, api_key = os.environ["UNIPILE_DSN"], os.environ["UNIPILE_API_KEY"]
    except KeyError as missing:
        raise click.ClickException(
            f"{missing.args[0]} is not set. Set UNIPILE_DSN to the provider's address "
            "and UNIPILE_API_KEY to its key; scripts/up does both for its sandbox."
        ) from None

    console = rich.console.Console(stderr=True)
    columns = (rich.progress.SpinnerColumn(), "{task.description}")
    try:
        with (
            stopping_on_signals() as is_stopping,
            connect_migrated(
                autocommit=True, role="sender", application_name=f"send {worker}"
            ) as connection,
            rich.progress.Progress(*columns, console=console) as progress,
        ):
            task = progress.add_task("nothing sent yet", total=None)

            def show(report: DrainReport) -> None:
                progress.update(
                    task,
                    description=f"{report.sent} sent, {report.unknown} unknown,"
                    f" {report.parked} parked, {report.claimed} claimed",
                )

            wait, told = FIRST_WAIT_SECONDS, ""
            while not is_stopping.is_set():
                try:
                    report = drain(
                        connection,
                        worker=worker,
                        provider_dsn=dsn,
                        api_key=api_key,
                        until_seconds=seconds,
                        is_stopping=is_stopping.is_set,
                        on_round=show,
                    )
                except (UnusableDatabaseError, UnusableProviderError) as unusable:
                    if once:
                        raise
                    if told != str(unusable):
                        told = str(unusable)
                        console.print(told, markup=False, soft_wrap=True)
                    is_stopping.wait(wait)
                    wait = min(2 * wait, LONGEST_WAIT_SECONDS)
                    continue
                wait, told = FIRST_WAIT_SECONDS, ""
                if once and report.claimed == 0:
                    break
                is_stopping.wait(0 if once else SECONDS_BETWEEN_DRAINS)
    except (UnusableDatabaseError, UnusableProviderError) as unusable:
        raise click.ClickException(str(unusable)) from None


if __name__ == "__main__":
    main()
