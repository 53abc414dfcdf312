"""Compares a forecast with what a sender then does, and times it for many people.

The first part runs the sender's own drains against the sandbox, on a simulated clock,
at each moment at which something may be due: limits per day, week and month, pending
invites, gaps, windows in four time zones and a change to summer time. Nobody accepts or
replies, because a forecast holds if nothing changes. The second part times
outreach.send_forecast. The server is an embedded one.
"""

import contextlib
import datetime as dt
import os
import pathlib
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator

import click
import psutil
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.support.simulated_weeks import (
    DAY,
    FRIDAY,
    Comparison,
    add_senders,
    compare,
    forecast,
    send_until,
)
from trueup.paths import PROJECT_ROOT
from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.migrate import migrate
from trueup.postgres.server import start_server
from trueup.postgres.witness import FOLDER_VARIABLE as WITNESS_FOLDER
from trueup.sender.spool import FOLDER_VARIABLE as SPOOL_FOLDER
from unipile_sandbox.control import start_sandbox

ROWS = PROJECT_ROOT / "scripts" / "bench" / "forecast_rows.sql"
WANTED_MEDIAN = dt.timedelta(minutes=5)
WANTED_SHARE = 0.95


@click.command(help=__doc__)
@click.option("--days", default=7.0, show_default=True, help="How long to simulate.")
@click.option("--people", default=120, show_default=True, help="Of each of 4 accounts.")
@click.option("--seed", default=1, show_default=True, help="Of the people's times.")
@click.option("--accounts", default=50, show_default=True, help="Of the timed part.")
@click.option("--each", default=2000, show_default=True, help="People of each of them.")
def main(days: float, people: int, seed: int, accounts: int, each: int) -> None:
    """Print each figure as soon as it is known."""
    with tempfile.TemporaryDirectory(prefix="trueup-", dir="/tmp") as name:
        folder = pathlib.Path(name)
        os.environ[SPOOL_FOLDER] = str(folder / "spool")
        os.environ[WITNESS_FOLDER] = str(folder / "witness")
        server = start_server(folder / "data", is_durable=False)
        try:
            os.environ.update(server.environment())
            time_forecast(accounts, each)
            simulate(folder, days, people, seed)
        finally:
            server.stop()


@contextlib.contextmanager
def fresh_database(name: str) -> Iterator[psycopg.Connection]:
    ensure_database(name)
    with connect(name, autocommit=True) as connection:
        migrate(connection)
        yield connection


def simulate(folder: pathlib.Path, days: float, people: int, seed: int) -> None:
    """A forecast of all days at their start, the days, and the comparison."""
    ends_at = FRIDAY + days * DAY
    with (
        start_sandbox(folder / "journal.jsonl") as sandbox,
        fresh_database("bench_forecast") as connection,
    ):
        workspace = add_senders(connection, sandbox, people, FRIDAY, seed=seed)
        # Longer than the days, so that what is expected near their end has its bounds.
        expected = forecast(workspace, FRIDAY, ends_at + DAY)
        click.echo(f"{len(expected)} actions are expected until {ends_at:%a %H:%M}")
        started = time.perf_counter()
        drains = send_until(workspace, FRIDAY, ends_at)
        click.echo(f"{drains} drains in {time.perf_counter() - started:.0f} s")
        comparison = compare(workspace, expected, ends_at)
    say("the next action of each person", comparison.of(1))
    say("all actions, with those that follow", comparison)


def say(what: str, compared: Comparison) -> None:
    share, median = compared.share_inside, compared.median_error
    is_met = share >= WANTED_SHARE and median <= WANTED_MEDIAN
    worst = compared.worst
    click.echo(
        f"{what}: {len(compared.done)} of {len(compared.acts)} done, median error"
        f" {median}, {100 * share:.1f} of 100 inside the window (wanted: at most"
        f" {WANTED_MEDIAN}, at least 95; {'met' if is_met else 'NOT met'})"
    )
    click.echo(
        f"  worst: {worst.action} of {worst.account}, expected"
        f" {worst.expected_at:%a %H:%M:%S}, done {worst.done_at:%a %H:%M:%S}, off by"
        f" {worst.error} ({worst.blocker})"
    )
    outside = Counter(act.action for act in compared.acts if not act.is_inside)
    click.echo(f"  outside: {dict(outside) or 'none'}")


def time_forecast(accounts: int, each: int) -> None:
    """Seconds of one forecast of a workspace, beside its reasons of today."""
    with fresh_database("bench_forecast_time") as connection:
        connection.execute(ROWS.read_bytes())
        with connection.transaction():
            connection.execute("set local session_replication_role = replica")
            (workspace_id,) = connection.execute(
                "select pg_temp.forecast_workspace(%s, %s, %s)",
                [accounts, each, FRIDAY],
            ).fetchone()
        connection.execute("analyze")
        for name, query in {
            "send_forecast, 30 days": "select * from outreach.send_forecast(%s, %s)",
            "send_forecast, 7 days": (
                "select * from outreach.send_forecast(%s, %s, '7 days')"
            ),
            "enrollment_blockers": "select * from outreach.enrollment_blockers(%s, %s)",
        }.items():
            walls, cpus, rows = [], [], 0
            for _ in range(3):
                started, used = time.perf_counter(), cpu_seconds(connection)
                rows = connection.execute(query, [workspace_id, FRIDAY]).rowcount
                walls.append(time.perf_counter() - started)
                cpus.append(cpu_seconds(connection) - used)
            click.echo(
                f"{name}: {rows} people of {accounts} accounts in"
                f" {statistics.median(walls):.1f} s"
                f" ({statistics.median(cpus):.1f} s of the processor)"
            )


def cpu_seconds(connection: psycopg.Connection) -> float:
    """What the connection's server process has used; the machine may be shared."""
    return sum(psutil.Process(connection.info.backend_pid).cpu_times()[:2])


if __name__ == "__main__":
    main()
