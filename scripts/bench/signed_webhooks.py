#!/usr/bin/env python
"""Tells 10,000 signed webhooks, repeated, late, in any order and among forgeries.

One database is told a story once and in order by version 1, another one 10,000 times by
version 2: enrollments, credits and replies must be the same, and no forged one may be
taken. Prints how long the receiver's checks took, without the network.
"""

import os
import pathlib
import sys
import tempfile
import time

import click

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.inbound.test_ten_thousand_webhooks import (
    LATER,
    campaign_of_many,
    forged_ones,
    state_of,
    story_of,
    totals_of,
)
from tests.support.inbound_rows import deliver_all, take_in
from tests.support.webhook_storms import storm
from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.copies import copy_database
from trueup.postgres.migrate import migrate
from trueup.postgres.server import start_server


@click.command()
@click.option("--webhooks", default=10_000, show_default=True)
def main(webhooks: int) -> None:
    """Compare both databases; ends with 1 if they differ."""
    with tempfile.TemporaryDirectory(prefix="trueup-bench-") as folder:
        server = start_server(pathlib.Path(folder) / "pg", is_durable=False)
        try:
            sys.exit(_compare(webhooks, server.environment()))
        finally:
            server.stop()


def _compare(webhooks: int, environment: dict[str, str]) -> int:

    os.environ.update(environment)
    ensure_database("once")
    with connect("once") as connection:
        migrate(connection)
        story = story_of(campaign_of_many(connection))
        connection.commit()
    copy_database("once", "often")
    with connect("once") as connection:
        deliver_all(connection, story)
        take_in(connection, LATER)
        wanted = state_of(connection), totals_of(connection)
    with connect("often") as connection:
        quiet = forged_ones(connection)
        started = time.perf_counter()
        told, lies, refusals = storm(connection, story, quiet, webhooks)
        seconds = time.perf_counter() - started
        take_in(connection, LATER)
        found = state_of(connection), totals_of(connection)
    is_same = found == wanted
    click.echo(
        f"{len(told)} told and {len(lies)} forged in {seconds:.1f} s; taken: "
        f"{told.count(200)} told, {lies.count(200)} forged."
    )
    click.echo(f"Refused, by reason: {dict(sorted(refusals.items()))}.")
    click.echo(f"Enrollments, credits and replies are the same: {is_same}.")
    return 0 if is_same and told.count(200) == len(told) and 200 not in lies else 1


if __name__ == "__main__":
    main()
