"""Times the hourly work at two lengths of history, node by node, and its growth.

The rows are 200 workspaces of 25 accounts, 50,000 people who wait for a send that is
not due, 25,000 pending invites, and the sends of 17 days: 333,000, then three times as
many, in a database of its own each. All marts are built, the sends of one more hour
arrive, and the build that follows is timed by model and test. So are the questions that
the schedules ask, the looks of the heals, and the consistency sweep. Seconds are those
that the server's processes used of the processor, which other work on the machine does
not change. With --longer the larger history goes further back in time, instead of being
denser.
The server is an embedded one of its own. Most of the run is spent on making the rows.
"""

import collections
import datetime as dt
import os
import pathlib
import statistics
import sys
import tempfile
import time
from typing import TYPE_CHECKING, LiteralString

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from trueup.paths import PROJECT_ROOT
from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.migrate import migrate
from trueup.postgres.server import Server, start_server

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

ROWS = PROJECT_ROOT / "scripts" / "bench" / "growth_rows.sql"
# Of a person who accepted, the loader makes two sends.
SENDS_PER_PERSON = 1.3
EVENTS_PER_PERSON = 3.4
DSN = "http://bench.test:1"
# For a bulk load; the timed sessions run with the server's own.
SERVER_SETTINGS = {
    "max_wal_size": "8GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
LOADER_SETTINGS = (
    "set session_replication_role = replica; set maintenance_work_mem = '1GB';"
    " set work_mem = '256MB'"
)
QUESTIONS: dict[str, LiteralString] = {
    "has_due_jobs": "select outreach.has_due_jobs()",
    "consistency_violations": (
        "select kind, count(*) from outreach.consistency_violations() group by kind"
    ),
    "drifted_accounts": (
        "select count(*) from outreach.drifted_accounts("
        "null, clock_timestamp(), interval '1 day')"
    ),
    "stale_next_actions (as the heal reads them)": (
        "select count(*) from analytics.stale_next_actions"
    ),
    "orphaned_enrollments, all workspaces": (
        "select count(*) from outreach.workspaces cross join lateral"
        " outreach.orphaned_enrollments(workspaces.workspace_id)"
    ),
    "unknown_sends_to_ask, all workspaces": (
        "select count(*) from outreach.workspaces cross join lateral"
        " outreach.unknown_sends_to_ask(workspaces.workspace_id, clock_timestamp())"
    ),
    "accounts_to_poll": (
        "select count(*) from outreach.accounts_to_poll('http://bench.test:1', null)"
    ),
    "has_unread_webhooks": "select outreach.has_unread_webhooks()",
    "has_reply_polls_due": (
        "select outreach.has_reply_polls_due('http://bench.test:1', 'http://me.test')"
    ),
    "has_endpoint_work, all workspaces": (
        "select exists (select 1 from outreach.workspaces"
        " where outreach.has_endpoint_work(workspaces.workspace_id))"
    ),
    "claimable_jobs of one workspace": (
        "select count(*) from outreach.claimable_jobs(1, array(select account_id from"
        " outreach.linkedin_accounts where workspace_id = 1), clock_timestamp())"
    ),
}


class Clock:
    """The processor time of a Postgres server: its own and that of its processes."""

    def __init__(self, server: Server) -> None:
        self.pid = server.process.pid
        self.ticks = os.sysconf("SC_CLK_TCK")

    def seconds(self) -> float:
        own, ended = None, self._of_ended()
        # A child that ends meanwhile would count twice, or not at all.
        while own is None or own[3:] != ended[3:]:
            own, total = ended, sum(ended[1:])
            for folder in pathlib.Path("/proc").glob("[0-9]*"):
                times = self._times(int(folder.name))
                if times is not None and times[0] == self.pid:
                    total += times[1] + times[2]
            ended = self._of_ended()
        return total / self.ticks

    def _of_ended(self) -> list[int]:
        """The server's own times; of children that have ended, it has the sum."""
        times = self._times(self.pid)
        assert times is not None
        return times

    def _times(self, pid: int) -> list[int] | None:
        """The parent, and the ticks: user, system, and both of ended children."""
        try:
            text = pathlib.Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return None
        fields = text.rpartition(")")[2].split()
        return [int(fields[place]) for place in (1, 11, 12, 13, 14)]


class Dbt:
    """dbt in this process, parsed once; it sums up what the queries of a node took."""

    def __init__(self, folder: pathlib.Path, clock: Clock) -> None:
        self.clock = clock
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

    def build(self, *options: str) -> dict[str, float]:
        """Seconds of SQL by node of a build of everything but unit tests.

        options: of dbt's command line. Prints the nodes that did not succeed.
        """
        seconds: dict[str, float] = collections.defaultdict(float)

        began = self.clock.seconds()

        def add_up(event: "EventMsg") -> None:
            nonlocal began
            if event.info.name == "SQLQuery":
                began = self.clock.seconds()
            elif event.info.name == "SQLQueryStatus":
                node = event.data.node_info.node_name
                seconds[node] += self.clock.seconds() - began

        arguments = ["build", "--exclude-resource-type", "unit_test"]
        arguments += ["--exclude-resource-type", "exposure", "--threads", "1"]
        runner = self.runner_class(callbacks=[add_up])
        outcome = runner.invoke([*arguments, *options, *self.flags])
        for result in outcome.result or []:
            if result.status in ("error", "fail", "warn", "skipped"):
                message = " ".join((result.message or "").split())[:200]
                click.echo(f"  {result.node.name}: {result.status}: {message}")
        assert outcome.result is not None, outcome.exception
        seconds.pop("", None)
        return seconds


class Size:
    """A database with so many sends, and what its hour costs."""

    def __init__(self, name: str, dbt: Dbt, options: dict[str, int]) -> None:
        self.name = name
        self.dbt = dbt
        self.options = options
        self.as_of = dt.datetime.now(dt.UTC)
        self.last_person = 0
        self.bytes = 0

    def load(self, sends: int, days: float) -> None:
        """Make the rows, with the sends of so many days until now."""
        ensure_database(self.name)
        started, began = time.perf_counter(), self.dbt.clock.seconds()
        with connect(self.name, autocommit=True) as connection:
            migrate(connection)
            connection.execute(ROWS.read_bytes())
            connection.execute(LOADER_SETTINGS)
            connection.execute(
                "select pg_temp.bench_world(%s, %s, %s)",
                [self.options["workspaces"], self.options["accounts"], self.as_of],
            )
            taken = connection.execute("select pg_temp.bench_take_indexes()").fetchone()
            assert taken is not None
            history = dt.timedelta(days=days)
            self.add(connection, "waiting", self.options["waiting"], history)
            self.add(connection, "pending", self.options["pending"], history)
            people = round(sends / SENDS_PER_PERSON)
            self.add(connection, "mixed", people, history)
            for statement in taken[0]:
                connection.execute(statement)
            connection.execute("select pg_temp.bench_counters()")
            connection.execute("vacuum analyze")
            connection.execute("checkpoint")
            self.bytes, pretty, attempts, events = connection.execute(
                "select pg_database_size(current_database()),"
                " pg_size_pretty(pg_database_size(current_database())),"
                " (select count(*) from outreach.send_attempts),"
                " (select count(*) from outreach.campaign_events)"
            ).fetchone()
        click.echo(
            f"{self.name}: {attempts:,} attempts, {events:,} events, {pretty}, made in"
            f" {time.perf_counter() - started:.0f} s and"
            f" {self.dbt.clock.seconds() - began:.0f} s of the server's processor"
        )
        self.per_hour = max(round(people / days / 24), 1)

    def add(
        self,
        connection: psycopg.Connection,
        people: str,
        count: int,
        span: dt.timedelta,
        ends_at: dt.datetime | None = None,
    ) -> None:
        ends_at = ends_at or self.as_of
        connection.execute(
            "select pg_temp.bench_people(%s, %s, %s, %s, %s)",
            [
                self.last_person + 1,
                self.last_person + count,
                people,
                ends_at - span,
                ends_at,
            ],
        )
        self.last_person += count

    def add_an_hour(self) -> None:
        """What an hour brings, recorded in this moment."""
        with connect(self.name, autocommit=True) as connection:
            connection.execute(ROWS.read_bytes())
            connection.execute(LOADER_SETTINGS)
            now = dt.datetime.now(dt.UTC)
            self.add(connection, "mixed", self.per_hour, dt.timedelta(seconds=1), now)

    def build(self, rounds: int) -> dict[str, float]:
        """Seconds by node of the build after an hour of sends."""
        started = time.perf_counter()
        os.environ["PGDATABASE"] = self.name
        first = self.dbt.build()
        click.echo(
            f"{self.name}: the first build took {sum(first.values()):.1f} s of SQL,"
            f" {time.perf_counter() - started:.0f} s in all"
        )
        found = collections.defaultdict(list)
        for _ in range(rounds):
            self.add_an_hour()
            for node, seconds in self.dbt.build().items():
                found[node].append(seconds)
        return {name: statistics.median(values) for name, values in found.items()}

    def ask(self, rounds: int, questions: dict[str, LiteralString]) -> dict[str, float]:
        """Seconds by question; what a question writes is rolled back."""
        found = collections.defaultdict(list)
        with connect(self.name, autocommit=True) as connection:
            for name, query in questions.items():
                for _ in range(rounds):
                    started = self.dbt.clock.seconds()
                    with connection.transaction(force_rollback=True):
                        rows = connection.execute(query).fetchall()
                    found[f"? {name}"].append(self.dbt.clock.seconds() - started)
                if name == "consistency_violations" and rows:
                    click.echo(f"  violations: {rows}")
        return {name: statistics.median(values) for name, values in found.items()}


def say(found: list[dict[str, float]], least: float) -> None:
    """A line per node, the dearest last one first, and the sums."""
    small, large = found[0], found[-1]
    nodes = [name for name in large if not name.startswith("? ")]
    rows = [(name, small.get(name, 0), large[name]) for name in large]
    rows.sort(key=lambda row: (row[0].startswith("? "), -row[2]))
    rows.append(
        (
            f"all {len(nodes)} nodes",
            sum(small.get(name, 0) for name in nodes),
            sum(large[name] for name in nodes),
        )
    )
    for name, before, after in rows:
        if max(before, after) >= least or name.startswith(("all", "? ")):
            growth = after / before if before else float("nan")
            click.echo(f"{name:<55} {before:8.3f} {after:8.3f} {growth:6.2f}")


@click.command(help=__doc__)
@click.option("--sends", default=333_000, show_default=True, help="At the first size.")
@click.option("--growth", default=3.0, show_default=True, help="Times as many, later.")
@click.option("--days", default=17.0, show_default=True, help="Of history.")
@click.option("--longer", is_flag=True, help="Grow in days instead of density.")
@click.option("--events", type=int, help="Only one size: of so many events.")
@click.option("--scale", default=1.0, show_default=True, help="Of all numbers.")
@click.option("--rounds", default=1, show_default=True, help="Of which the median.")
@click.option("--least", default=0.05, show_default=True, help="Seconds to be shown.")
@click.option(
    "--keep", type=click.Path(path_type=pathlib.Path), help="Folder to leave."
)
def main(
    sends: int,
    growth: float,
    days: float,
    longer: bool,
    events: int | None,
    scale: float,
    rounds: int,
    least: float,
    keep: str | None,
) -> None:
    """Print each size's seconds, and the growth from the first to the second."""
    options = {
        "workspaces": max(round(200 * scale), 2),
        "accounts": 25,
        "waiting": round(50_000 * scale),
        "pending": round(25_000 * scale),
    }
    sizes = [(1.0, days), (growth, days * growth if longer else days)]
    if events is not None:
        sends = round(events / EVENTS_PER_PERSON * SENDS_PER_PERSON)
        sizes = [(1.0, days)]
    with tempfile.TemporaryDirectory(prefix="trueup-", dir="/tmp") as name:
        folder = pathlib.Path(keep or name)
        server = start_server(
            folder / "data", is_durable=False, settings=SERVER_SETTINGS
        )
        try:
            os.environ.update(server.environment())
            dbt = Dbt(folder, Clock(server))
            found = []
            for number, (times, of_days) in enumerate(sizes, 1):
                size = Size(f"bench_growth_{number}", dbt, options)
                size.load(round(sends * scale * times), of_days)
                found.append(size.build(rounds) | size.ask(rounds, QUESTIONS))
                click.echo(f"load average {os.getloadavg()[0]:.1f}")
            say(found, least)
            if keep:
                click.echo(f"PGHOST={os.environ['PGHOST']}; enter a line to end")
                sys.stdin.readline()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
