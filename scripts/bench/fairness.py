"""Measures how long workspaces wait for a sender while one has very many due jobs.

4,999 workspaces with 4 due jobs each, and in the middle of them one with 20,000, all
due at one instant, and two senders, `trueup send run --workspaces`, each for one half.
Of the 4,999 it prints the longest wait until a job is begun beside the mean, and what
was begun of the 20,000 meanwhile. The server is an embedded one of its own, durable and
with its own settings, and the provider is the sandbox.
"""

import contextlib
import datetime as dt
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from scripts.bench.growth import Clock
from trueup.paths import PROJECT_ROOT
from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.migrate import migrate
from trueup.postgres.server import start_server
from trueup.postgres.witness import FOLDER_VARIABLE as WITNESS_FOLDER
from trueup.sender.spool import FOLDER_VARIABLE as SPOOL_FOLDER
from unipile_sandbox.control import RunningSandbox, start_sandbox

ROWS = PROJECT_ROOT / "scripts" / "bench" / "sender_rows.sql"
SEND = (sys.executable, "-P", "-m", "demo.cli", "send", "run")
JOBS_OF_SMALL = 4
ACCOUNTS_AT_ONCE = 2_000
SECONDS_UNTIL_DUE = 20
LOOK_SECONDS = 2.0


def add_rows(
    connection: psycopg.Connection, dsn: str, small: int, accounts: int, jobs: int
) -> int:
    """The workspaces; the id of the one with many jobs, in the middle of all."""
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        many = "select pg_temp.bench_workspace(%s, 4, 4) from generate_series(1, %s)"
        connection.execute(many, [dsn, small // 2])
        (large_id,) = connection.execute(
            "select pg_temp.bench_workspace(%s, %s, %s)", [dsn, accounts, jobs]
        ).fetchone()
        connection.execute(many, [dsn, small - small // 2])
    connection.execute("vacuum analyze")
    return int(large_id)


def register_accounts(connection: psycopg.Connection, sandbox: RunningSandbox) -> None:
    names = [
        name
        for (name,) in connection.execute(
            "select provider_account_id from outreach.provider_accounts"
        )
    ]
    for first in range(0, len(names), ACCOUNTS_AT_ONCE):
        sandbox.register_accounts(
            [
                {
                    "id": name,
                    "name": name,
                    "provider_id": f"ACoAA{name}",
                    "public_identifier": name,
                }
                for name in names[first : first + ACCOUNTS_AT_ONCE]
            ]
        )


def make_all_due(connection: psycopg.Connection) -> dt.datetime:
    """The instant at which all jobs are due, a little later."""
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        (due_at,) = connection.execute(
            "select clock_timestamp() + make_interval(secs => %s)", [SECONDS_UNTIL_DUE]
        ).fetchone()
        connection.execute(
            "update outreach.campaign_send_jobs set run_at = %s", [due_at]
        )
        connection.execute(
            "update outreach.campaign_prospects set next_action_at = %s", [due_at]
        )
    # Updated rows leave dead ones, which the sends of a real day leave over hours.
    connection.execute("vacuum analyze")
    return due_at


@contextlib.contextmanager
def sending(dsn: str, api_key: str, spans: list[str]) -> Iterator[None]:
    """A sender for each span of workspaces."""
    environment = os.environ | {
        "PYTHONPATH": str(PROJECT_ROOT),
        "UNIPILE_DSN": dsn,
        "UNIPILE_API_KEY": api_key,
    }
    senders = [
        subprocess.Popen(
            [*SEND, "--worker", f"sender {number}", "--workspaces", span],
            env=environment,
        )
        for number, span in enumerate(spans, 1)
    ]
    try:
        yield
    finally:
        for sender in senders:
            sender.terminate()
        for sender in senders:
            sender.wait()


def wait_until_begun(
    connection: psycopg.Connection, large_id: int, jobs: int, most_seconds: float
) -> None:
    """Until every job of the others was begun."""
    ends_at = time.monotonic() + most_seconds
    begun = 0
    while begun < jobs and time.monotonic() < ends_at:
        time.sleep(LOOK_SECONDS)
        (begun,) = connection.execute(
            "select count(*) from outreach.send_attempts where workspace_id <> %s",
            [large_id],
        ).fetchone()
    if begun < jobs:
        click.echo(f"only {begun:,} of {jobs:,} were begun in {most_seconds:.0f} s")


def report(connection: psycopg.Connection, large_id: int, due_at: dt.datetime) -> None:
    rows = connection.execute(
        """
        select
            split_part(attempts.worker, ' ', 2) as sender,
            count(*),
            count(distinct attempts.workspace_id),
            extract(epoch from avg(attempts.begun_at - %(due_at)s))::float,
            extract(epoch from max(attempts.begun_at - %(due_at)s))::float
        from outreach.send_attempts as attempts
        where attempts.workspace_id <> %(large_id)s
        group by rollup (1)
        order by 1
        """,
        {"due_at": due_at, "large_id": large_id},
    ).fetchall()
    for sender, jobs, workspaces, mean, longest in rows:
        who = "both senders" if sender is None else f"sender {sender}"
        click.echo(
            f"{who}: {jobs:,} jobs of {workspaces:,} small workspaces, wait"
            f" {mean:.1f} s on average and {longest:.1f} s at most"
        )
    verdict = "met" if longest <= 3 * mean else "NOT met"
    click.echo(f"longest / mean: {longest / mean:.2f} (wanted: at most 3; {verdict})")
    (of_large,) = connection.execute(
        "select count(*) from outreach.send_attempts"
        " where workspace_id = %s and begun_at <= (select max(begun_at)"
        " from outreach.send_attempts where workspace_id <> %s)",
        [large_id, large_id],
    ).fetchone()
    click.echo(f"meanwhile {of_large:,} jobs of the large workspace were begun")


@click.command(help=__doc__)
@click.option("--small", default=4_999, show_default=True, help="Small workspaces.")
@click.option("--jobs", default=20_000, show_default=True, help="Of the large one.")
@click.option("--accounts", default=200, show_default=True, help="Of the large one.")
@click.option("--latency", default=20, show_default=True, help="Of a call, in ms.")
@click.option("--seconds", default=1_200.0, show_default=True, help="At most.")
def main(small: int, jobs: int, accounts: int, latency: int, seconds: float) -> None:
    """Print the waits."""
    with tempfile.TemporaryDirectory(prefix="trueup-", dir="/tmp") as name:
        folder = pathlib.Path(name)
        os.environ[WITNESS_FOLDER] = str(folder / "witness")
        os.environ[SPOOL_FOLDER] = str(folder / "spool")
        server = start_server(folder / "data")
        try:
            os.environ.update(server.environment())
            measure(folder, Clock(server), small, jobs, accounts, latency, seconds)
        finally:
            server.stop()


def measure(
    folder: pathlib.Path,
    clock: Clock,
    small: int,
    jobs: int,
    accounts: int,
    latency: int,
    seconds: float,
) -> None:
    ensure_database(os.environ["PGDATABASE"])
    with (
        start_sandbox(folder / "journal.jsonl", latency_ms=latency) as sandbox,
        connect(autocommit=True) as connection,
    ):
        migrate(connection)
        connection.execute(ROWS.read_bytes())
        large_id = add_rows(connection, sandbox.dsn, small, accounts, jobs)
        register_accounts(connection, sandbox)
        due_at = make_all_due(connection)
        spans = [f"1-{large_id}", f"{large_id + 1}-"]
        before = clock.seconds()
        with sending(sandbox.dsn, sandbox.api_key, spans):
            wait_until_begun(connection, large_id, JOBS_OF_SMALL * small, seconds)
        spent = clock.seconds() - before
        report(connection, large_id, due_at)
        (sent,) = connection.execute(
            "select count(*) from outreach.send_attempts"
        ).fetchone()
        each_ms = 1_000 * spent / sent
        click.echo(f"{sent:,} sends, each {each_ms:.1f} ms of the server's processor")


if __name__ == "__main__":
    main()
