"""Times recomputing against one sequential scan of the events, in one run.

SQL time only, of one process, as ratios: today's counters of all accounts by the dbt
model and the heal, the same once history is three times as long, one day's partition,
and the backfill of all days against one pass over the rows. The server is an embedded
one of its own. Most of the run is spent on making the rows.
"""

import contextlib
import datetime as dt
import json
import os
import pathlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from dagster_project.assets.heals import AFTER_MIDNIGHT
from trueup.heals.daily_counters import heal_daily_counters
from trueup.paths import PROJECT_ROOT
from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.migrate import migrate
from trueup.postgres.server import start_server

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

DATABASE = "bench_recompute"
MODEL = "daily_account_counters"
ROWS = PROJECT_ROOT / "scripts" / "bench" / "recompute_rows.sql"
STARTS_AT = dt.datetime(2026, 1, 31, 18, 0, tzinfo=dt.UTC)
# So many of the newest rows were never seen by vacuum, as on a live system.
UNVACUUMED = 5_000
# For a bulk load; the timed sessions run with the server's own.
SERVER_SETTINGS = {
    "max_wal_size": "8GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
LOADER_SETTINGS = (
    "set session_replication_role = replica; set maintenance_work_mem = '1GB';"
    " set max_parallel_workers_per_gather = 0"
)


class Dbt:
    """dbt in this process, parsed once; it sums up what its queries took."""

    def __init__(self, folder: pathlib.Path) -> None:
        # Imported here: dbt takes seconds, which --help need not.
        from dbt.cli.main import dbtRunner

        self.runner_class = dbtRunner
        self.flags = [
            f"--project-dir={PROJECT_ROOT / 'dbt'}",
            f"--profiles-dir={PROJECT_ROOT / 'dbt'}",
            f"--target-path={folder / 'target'}",
            f"--log-path={folder / 'logs'}",
            "--log-level=none",
            "--log-level-file=none",
        ]
        self.manifest = self.runner_class().invoke(["parse", *self.flags]).result

    def run(self, *select: str, **variables: str) -> float:
        """Seconds that the model's own statements took in Postgres."""
        seconds = 0.0

        def add_up(event: "EventMsg") -> None:
            nonlocal seconds
            if (
                event.info.name == "SQLQueryStatus"
                and event.data.node_info.node_name == MODEL
            ):
                seconds += event.data.elapsed

        runner = self.runner_class(manifest=self.manifest, callbacks=[add_up])
        arguments = ["run", "--select", *select, "--vars", json.dumps(variables)]
        outcome = runner.invoke([*arguments, *self.flags])
        assert outcome.success, outcome.exception or outcome.result
        return seconds


class Bench:
    """The database under measurement and how far its rows go."""

    def __init__(
        self, connection: psycopg.Connection, dbt: Dbt, per_day: float, rounds: int
    ) -> None:
        self.connection = connection
        self.dbt = dbt
        self.per_day = per_day
        self.rounds = rounds
        self.count = 0

    @property
    def as_of(self) -> dt.datetime:
        return STARTS_AT + dt.timedelta(days=self.count / self.per_day)

    def grow(self, count: int) -> None:
        """Adds sends until there are so many, indexes made afresh, all vacuumed."""
        started = time.perf_counter()
        with without_indexes(self.connection):
            self.add(count - UNVACUUMED)
        self.connection.execute("select pg_temp.bench_counters()")
        self.connection.execute("vacuum analyze")
        self.add(count)
        self.connection.execute("select pg_temp.bench_counters()")
        # Its index by day says nothing of rows that no vacuum has summarized.
        self.connection.execute("vacuum analyze outreach.linkedin_daily_counters")
        # Or the timed statements would wait while the load is written out.
        self.connection.execute("checkpoint")
        click.echo(f"{count} sends made in {time.perf_counter() - started:.0f} s")

    def add(self, count: int) -> None:
        self.connection.execute(
            "select pg_temp.bench_add_sends(%s, %s, %s::numeric, %s)",
            [self.count + 1, count, str(self.per_day), STARTS_AT],
        )
        self.count = count

    def scan(self) -> float:
        """One sequential scan of the events."""
        with self.connection.transaction():
            for kind in ("indexscan", "indexonlyscan", "bitmapscan"):
                self.connection.execute(f"set local enable_{kind} = off")
            return seconds_of(
                lambda: self.connection.execute(
                    "select count(*) from outreach.campaign_events"
                )
            )

    def rebuild(self, first: dt.date, last: dt.date) -> float:
        return self.dbt.run(MODEL, from_date=str(first), to_date=str(last))

    def today(self) -> tuple[float, float]:
        """The model's and the heal's seconds, with one account in 100 drifted."""
        self.connection.execute("select pg_temp.bench_drift(%s)", [self.as_of])
        model = self.dbt.run(MODEL, as_of=f"'{self.as_of.isoformat()}'::timestamptz")
        with connect(DATABASE, autocommit=True, role="operator") as healer:
            # As the tick of every half hour does; the first loads the session's plans.
            heal_daily_counters(healer, as_of=self.as_of, look_back=AFTER_MIDNIGHT)
            self.connection.execute("select pg_temp.bench_drift(%s)", [self.as_of])
            started = time.perf_counter()
            report = heal_daily_counters(
                healer, as_of=self.as_of, look_back=AFTER_MIDNIGHT
            )
            heal = time.perf_counter() - started
        assert report.healed, "the heal found nothing to heal"
        return model, heal


def seconds_of(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


@contextlib.contextmanager
def without_indexes(connection: psycopg.Connection) -> Iterator[None]:
    statements = [
        row[0] for row in connection.execute("select pg_temp.bench_index_statements()")
    ]
    connection.execute("select pg_temp.bench_drop_indexes()")
    yield
    for statement in statements:
        connection.execute(statement)


def say(what: str, figure: float, at_most: float) -> None:
    verdict = "met" if figure <= at_most else "NOT met"
    load = os.getloadavg()[0]
    click.echo(
        f"{what}: {figure:.3f} (wanted: at most {at_most}; {verdict}; load {load:.1f})"
    )


def measure_today(bench: Bench) -> float:
    """The median seconds of model and heal together; says them beside a scan."""
    ratios, totals = [], []
    bench.today()  # what was just made is not in memory yet
    for _ in range(bench.rounds):
        scan = bench.scan()
        model, heal = bench.today()
        totals.append(model + heal)
        ratios.append((model + heal) / scan)
        click.echo(f"scan {scan:.3f} s, model {model:.3f}, heal {heal:.3f}")
    say("today, model and heal / scan", statistics.median(ratios), 0.2)
    return statistics.median(totals)


def measure_history(bench: Bench, days: int) -> None:
    last = bench.as_of.date()
    first = last - dt.timedelta(days=days)
    backfill, passes = [], []
    for _ in range(bench.rounds):
        passes.append(
            seconds_of(
                lambda: bench.connection.execute("select pg_temp.bench_one_pass()")
            )
        )
        backfill.append(bench.rebuild(first, last))
        click.echo(f"one pass {passes[-1]:.2f} s, backfill {backfill[-1]:.2f}")
    say(
        f"{days} days by backfill / one pass",
        statistics.median(map(float.__truediv__, backfill, passes)),
        2,
    )
    ratios = []
    for back in range(bench.rounds):
        day = first + dt.timedelta(days=days // 2 + back)
        scan = bench.scan()
        rebuilt = bench.rebuild(day, day)
        ratios.append(rebuilt / scan)
        click.echo(f"scan {scan:.3f} s, one day {rebuilt:.3f}")
    say("one day's partition / scan", statistics.median(ratios), 1)


@click.command(help=__doc__)
@click.option("--events", default=10_000_000, show_default=True)
@click.option("--accounts", default=5_000, show_default=True)
@click.option("--days", default=90, show_default=True)
@click.option("--growth", default=3, show_default=True, help="Times as many, later.")
@click.option("--rounds", default=3, show_default=True, help="Of which the median.")
def main(events: int, accounts: int, days: int, growth: int, rounds: int) -> None:
    """Print each figure as soon as it is known."""
    with tempfile.TemporaryDirectory(prefix="trueup-", dir="/tmp") as name:
        folder = pathlib.Path(name)
        server = start_server(
            folder / "data", is_durable=False, settings=SERVER_SETTINGS
        )
        try:
            os.environ.update(server.environment() | {"PGDATABASE": DATABASE})
            ensure_database(DATABASE)
            with connect(DATABASE, autocommit=True) as connection:
                migrate(connection)
                connection.execute(
                    f"alter database {DATABASE} set max_parallel_workers_per_gather = 0"
                )
                connection.execute(ROWS.read_bytes())
                connection.execute(LOADER_SETTINGS)
                connection.execute("select pg_temp.bench_accounts(%s)", [accounts])
                bench = Bench(connection, Dbt(folder), events / days, rounds)
                bench.grow(events)
                bench.dbt.run(f"+{MODEL}")  # the views below it, and the table
                measure_history(bench, days)
                small = measure_today(bench)
                bench.grow(events * growth)
                large = measure_today(bench)
                say(f"today with {growth} times as many events", large / small, 1.3)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
