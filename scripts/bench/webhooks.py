#!/usr/bin/env python
"""Times webhooks acknowledged by the receiver, with its database and without one.

The same app in both, connections that stay open, a body of its own for each webhook;
an acknowledgement waits for the commit that holds it. Postgres restarts half-way: the
caller gets 503 and tells again, and at the end all that was acknowledged must be there.
"""

import asyncio
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import click

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.migrate import migrate
from trueup.postgres.server import start_server
from trueup.web.group_commit import Webhook

SECRET = "bench"
WANTED = 0.3
RETRY_SECONDS = 0.05


class NoDatabase:
    """Acknowledges everything at once: what the app itself costs."""

    def keep(self, webhooks: list[Webhook]) -> None:
        """Keeps nothing."""

    def close(self) -> None:
        """Holds nothing open."""


@dataclass
class Told:
    """What the callers saw. hashes: of the bodies that were acknowledged."""

    hashes: set[str] = field(default_factory=set)
    refused: int = 0
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.hashes) / self.seconds


@contextmanager
def receiver(*, has_database: bool) -> Iterator[int]:
    """The app in a process of its own; its port."""
    command = [sys.executable, __file__, "serve"]
    process = subprocess.Popen(
        command if has_database else [*command, "--without-database"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None, "it is piped"
    try:
        yield int(process.stdout.readline().rsplit(":", 1)[1])
    finally:
        process.terminate()
        process.communicate()


async def tell_for(port: int, seconds: float, connections: int, run: str) -> Told:
    """Tell as fast as the answers come, over `connections` connections."""
    told = Told()
    started = time.perf_counter()
    until = started + seconds
    await asyncio.gather(
        *(
            _caller(port, until, f"{run}-{number}", told)
            for number in range(connections)
        )
    )
    told.seconds = time.perf_counter() - started
    return told


async def _caller(port: int, until: float, name: str, told: Told) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    number = 0
    while time.perf_counter() < until:
        number += 1
        body = json.dumps(
            {
                "event": "new_relation",
                "account_id": "SDF4tGaPSPSzNe1D1xsOs",
                "account_type": "LINKEDIN",
                "user_full_name": "Julien Crépieux",
                "user_provider_id": f"ACoAA{name}-{number}",
                "user_profile_url": "https://www.linkedin.com/in/julien-crepieux/",
            }
        ).encode()
        request = (
            b"POST /webhooks/unipile HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nUnipile-Auth: bench\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        while True:
            writer.write(request)
            status = await _status_of(reader)
            if status == 200:
                told.hashes.add(hashlib.sha256(body).hexdigest())
                break
            told.refused += 1
            await asyncio.sleep(RETRY_SECONDS)
    writer.close()


async def _status_of(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            await reader.readexactly(int(value))
    return int(head.split(b" ", 2)[1])


@click.group(invoke_without_command=True)
@click.pass_context
@click.option("--seconds", default=60.0, show_default=True, help="With the database.")
@click.option("--connections", default=64, show_default=True)
def main(context: click.Context, seconds: float, connections: int) -> None:
    """Print both rates, their ratio, and whether anything acknowledged was lost."""
    if context.invoked_subcommand is None:
        sys.exit(asyncio.run(_measure(seconds, connections)))


@main.command(hidden=True)
@click.option("--without-database", is_flag=True)
def serve(without_database: bool) -> None:
    """Serve the app on any free port, as `python -m trueup.web` does."""
    from trueup.web.__main__ import listen, serve
    from trueup.web.app import web_app
    from trueup.web.settings import Secrets

    app = web_app(
        Secrets(webhook_secret=SECRET), NoDatabase() if without_database else None
    )
    asyncio.run(serve(app, listen("127.0.0.1", 0)))


async def _measure(seconds: float, connections: int) -> int:
    with tempfile.TemporaryDirectory(prefix="trueup-", dir="/tmp") as folder:
        data = pathlib.Path(folder) / "data"
        server = start_server(data)
        try:
            os.environ.update(server.environment())
            ensure_database("trueup")
            with connect() as connection:
                migrate(connection)
            with (
                receiver(has_database=False) as bare,
                receiver(has_database=True) as kept,
            ):
                ratios = []
                for run in range(3):
                    without = await tell_for(bare, 3, connections, f"bare{run}")
                    quick = await tell_for(kept, 3, connections, f"quick{run}")
                    ratios.append(quick.per_second / without.per_second)
                    click.echo(
                        f"without a database {without.per_second:.0f}/s, "
                        f"with one {quick.per_second:.0f}/s"
                    )
                ratio = sorted(ratios)[1]
                telling = asyncio.create_task(
                    tell_for(kept, seconds, connections, "long")
                )
                await asyncio.sleep(seconds / 2)
                await asyncio.to_thread(server.stop)
                server = await asyncio.to_thread(start_server, data)
                told = await telling
            with connect() as connection:
                stored = connection.execute(
                    "select body_sha256 from outreach.linkedin_webhook_deliveries"
                ).fetchall()
        finally:
            server.stop()
    lost = told.hashes - {row[0] for row in stored}
    click.echo(
        f"{ratio:.2f} × the app without a database (median of 3, {min(ratios):.2f} to "
        f"{max(ratios):.2f}; wanted: at least {WANTED})"
    )
    click.echo(
        f"{len(told.hashes)} acknowledged in {told.seconds:.0f} s with a restart of "
        f"Postgres half-way, {told.refused} refused meanwhile and told again, "
        f"{len(lost)} lost (wanted: 0)"
    )
    return 0 if ratio >= WANTED and not lost else 1


if __name__ == "__main__":
    main()
