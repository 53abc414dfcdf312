"""Times the sender against single-row committed updates, in one run on one server.

Prints ratios beside what is wanted: jobs drained, buffers that a claim reads as the
table ages, the first claim after a bulk insert, and sends over HTTP against bare calls.
The server is the embedded one, durable and with its own settings. Consumed jobs are
aged in bulk, by the same three updates that a send makes of its row; about one claim in
ten of those that would have been made for them is made. peers.py compares the drain
with older checkouts and with other projects' queues.
"""

import asyncio
import contextlib
import json
import multiprocessing
import os
import pathlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from trueup.paths import PROJECT_ROOT
from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.migrate import migrate
from trueup.postgres.server import start_server
from trueup.sender.drain import drain
from trueup.sender.round import Work, run_round
from trueup.sender.session import Session
from trueup.unipile.answer import Answer
from trueup.unipile.client import UnipileClient
from unipile_sandbox.control import RunningSandbox, start_sandbox

DSN = "http://bench.test:1"
BATCH = 100
CONSUME_CHUNK = 20_000
ROWS = PROJECT_ROOT / "scripts" / "bench" / "sender_rows.sql"


class InstantProvider:
    """Answers every invite at once, in the sender's own process."""

    def __init__(self) -> None:
        self.number = 0

    async def send_invite(self, *_: object) -> Answer:
        self.number += 1
        body = {
            "object": "UserInvitationSent",
            "invitation_id": f"{os.getpid()}-{self.number}",
        }
        return Answer("answered", 201, None, None, body, json.dumps(body), None, 0)


def add_rows(connection: psycopg.Connection, dsn: str, accounts: int, jobs: int) -> int:
    """A workspace with accounts and due invites dealt out among them; its id."""
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        return connection.execute(
            "select pg_temp.bench_workspace(%s, %s, %s)", [dsn, accounts, jobs]
        ).fetchone()[0]


def add_jobs(connection: psycopg.Connection, workspace_id: int, jobs: int) -> None:
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        connection.execute("select pg_temp.bench_jobs(%s, %s)", [workspace_id, jobs])


def consume(connection: psycopg.Connection, workspace_id: int, jobs: int) -> None:
    """Ages the table: the oldest queued jobs go through claimed and sending."""
    for _ in range(0, jobs, CONSUME_CHUNK):
        ids = None
        # Claimed twice: an account has one job in sending at most, and a row that is
        # updated under any status leaves the same dead entries.
        for status in ("claimed", "claimed", "completed"):
            with connection.transaction():
                connection.execute("set local session_replication_role = replica")
                ids = connection.execute(
                    "select pg_temp.bench_move(%s, coalesce(%s,"
                    " pg_temp.bench_oldest(%s, %s)), %s)",
                    [workspace_id, ids, workspace_id, CONSUME_CHUNK, status],
                ).fetchone()[0]
        claim_of_each(connection, workspace_id)


def claim_of_each(connection: psycopg.Connection, workspace_id: int) -> None:
    """Claims a job of every account, committed, and gives them back."""
    claimed = None
    while claimed != 0:
        (claimed,) = connection.execute(
            "select count(*) from outreach.claim_send_jobs(%s, 'bench', %s, null, %s)",
            [workspace_id, BATCH, DSN],
        ).fetchone()
    connection.execute("select outreach.release_claims(%s, 'bench')", [workspace_id])


def updates_per_second(connection: psycopg.Connection, seconds: float) -> float:
    """Single-row committed updates by one connection: what all else is measured by."""
    connection.execute("create table if not exists public.reference (count bigint)")
    connection.execute("truncate public.reference")
    connection.execute("insert into public.reference values (0)")
    started = time.perf_counter()
    count = 0
    while time.perf_counter() - started < seconds:
        connection.execute("update public.reference set count = count + 1")
        count += 1
    return count / (time.perf_counter() - started)


def send_for(database: str, workspace_id: int, worker: str, seconds: float) -> int:
    """One sender's rounds for so long, the provider answering at once; jobs sent."""

    async def rounds() -> int:
        sent = 0
        with connect(database, autocommit=True) as connection:
            session, provider = Session(connection), InstantProvider()
            work = Work(workspace_id, worker, DSN, BATCH)
            ends_at = time.perf_counter() + seconds
            while time.perf_counter() < ends_at:
                done = await run_round(session, provider, work)
                sent += done.outcomes["sent_proven"]
                if not done.claimed:
                    break
        return sent

    return asyncio.run(rounds())


def jobs_per_second(
    database: str, workspace_id: int, senders: int, seconds: float
) -> float:
    with multiprocessing.get_context("spawn").Pool(senders) as pool:
        pool.map(abs, range(senders))  # every process is up before the clock starts
        started = time.perf_counter()
        sent = pool.starmap(
            send_for,
            [(database, workspace_id, f"w{n}", seconds) for n in range(senders)],
            chunksize=1,
        )
        return sum(sent) / (time.perf_counter() - started)


def claim_buffers(connection: psycopg.Connection, workspace_id: int) -> float:
    """Buffers of one claim of 100 jobs, the median of five that are rolled back."""
    counts = []
    for number in range(6):
        with connection.transaction(force_rollback=True):
            plan = connection.execute(
                "explain (analyze, buffers, format json)"
                " select * from outreach.claim_send_jobs(%s, 'bench', %s, null, %s)",
                [workspace_id, BATCH, DSN],
            ).fetchone()[0][0]["Plan"]
        if number:  # the first also loads the session's catalog
            counts.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
    return statistics.median(counts)


def claim_seconds(connection: psycopg.Connection, workspace_id: int) -> float:
    """Seconds of a committed claim, whose jobs are given back afterwards."""
    started = time.perf_counter()
    connection.execute(
        "select * from outreach.claim_send_jobs(%s, 'bench', %s, null, %s)",
        [workspace_id, BATCH, DSN],
    )
    seconds = time.perf_counter() - started
    connection.execute("select outreach.release_claims(%s, 'bench')", [workspace_id])
    return seconds


@contextlib.contextmanager
def holding_back_vacuum(database: str) -> Iterator[None]:
    with connect(database) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("select count(*) from outreach.workspaces")
        yield


def bare_calls_per_second(sandbox: RunningSandbox, names: list[str]) -> float:
    """The same invites by the same client, as many at once as a round has."""

    async def call_all() -> float:
        async with UnipileClient(sandbox.dsn, sandbox.api_key) as provider:
            started = time.perf_counter()
            for first in range(0, len(names), BATCH):
                answers = await asyncio.gather(
                    *(
                        provider.send_invite(name, f"ACoAAbare{first}-{name}")
                        for name in names[first : first + BATCH]
                    )
                )
                assert all(answer.is_success for answer in answers)
            return len(names) / (time.perf_counter() - started)

    return asyncio.run(call_all())


def sends_per_second(
    connection: psycopg.Connection, sandbox: RunningSandbox, sends: int
) -> float:
    started = time.perf_counter()
    report = drain(
        connection,
        worker="bench",
        provider_dsn=sandbox.dsn,
        api_key=sandbox.api_key,
        until_seconds=120,
        batch=BATCH,
    )
    assert report.sent == sends, report
    return sends / (time.perf_counter() - started)


def say(what: str, figure: float, is_met: Callable[[float], bool], wanted: str) -> None:
    verdict = "met" if is_met(figure) else "NOT met"
    click.echo(f"{what}: {figure:.2f} (wanted: {wanted}; {verdict})")


@click.command(help=__doc__)
@click.option("--backlog", default=100_000, show_default=True, help="Jobs to drain.")
@click.option("--accounts", default=2_000, show_default=True)
@click.option("--consumed", default=400_000, show_default=True, help="Jobs to age by.")
@click.option("--seconds", default=60.0, show_default=True, help="How long to drain.")
@click.option("--senders", default=os.cpu_count() or 1, show_default=True)
@click.option("--http-accounts", default=200, show_default=True)
def main(
    backlog: int,
    accounts: int,
    consumed: int,
    seconds: float,
    senders: int,
    http_accounts: int,
) -> None:
    """Print each figure as soon as it is known."""
    with tempfile.TemporaryDirectory(prefix="trueup-", dir="/tmp") as folder:
        server = start_server(pathlib.Path(folder) / "data")
        try:
            os.environ.update(server.environment())
            measure_first_claim(backlog, accounts)
            measure_drain(backlog, accounts, seconds, senders)
            measure_buffers(backlog, accounts, consumed)
            measure_http(pathlib.Path(folder), http_accounts)
        finally:
            server.stop()


@contextlib.contextmanager
def fresh_database(name: str) -> Iterator[psycopg.Connection]:
    ensure_database(name)
    with connect(name, autocommit=True) as connection:
        migrate(connection)
        connection.execute(ROWS.read_bytes())
        yield connection


def measure_first_claim(backlog: int, accounts: int) -> None:
    name = "bench_first_claim"
    # The claimer's plans are from when everything was empty: the worst to have.
    with fresh_database(name) as connection, connect(name, autocommit=True) as claimer:
        tiny = add_rows(connection, DSN, 1, 1)
        for _ in range(10):
            claim_seconds(claimer, tiny)
        workspace_id = add_rows(connection, DSN, accounts, backlog)
        first = claim_seconds(claimer, workspace_id)
        second = claim_seconds(claimer, workspace_id)
        connection.execute("analyze")
        claim_seconds(claimer, workspace_id)  # with new plans
        later = claim_seconds(claimer, workspace_id)
    click.echo(f"first claim {first:.3f} s, second {second:.3f}, later {later:.3f}")
    say("first claim / second", first / second, lambda r: r <= 2, "at most 2")


def measure_drain(backlog: int, accounts: int, seconds: float, senders: int) -> None:
    """Slices of draining between slices of the reference: the machine may be shared."""
    name = "bench_drain"
    slices = 3
    with fresh_database(name) as connection:
        workspace_id = add_rows(connection, DSN, accounts, backlog)
        connection.execute("analyze")
        references = [updates_per_second(connection, 3)]
        # Until autovacuum first comes by, statistics are those of an empty ledger.
        cold = jobs_per_second(name, workspace_id, senders, seconds / slices)
        connection.execute("analyze")
        references.append(updates_per_second(connection, 3))
        click.echo(f"cold start: drained {cold:.0f} jobs/s by {senders}")
        ratios = []
        for _ in range(slices):
            # Full again, or a fast slice would run dry and measure nothing.
            (queued,) = connection.execute(
                "select count(*) from outreach.campaign_send_jobs"
                " where workspace_id = %s and status = 'queued'",
                [workspace_id],
            ).fetchone()
            add_jobs(connection, workspace_id, backlog - queued)
            drained = jobs_per_second(name, workspace_id, senders, seconds / slices)
            references.append(updates_per_second(connection, 3))
            ratios.append(drained / statistics.mean(references[-2:]))
            click.echo(
                f"drained {drained:.0f} jobs/s by {senders}, reference before and after"
                f" {references[-2]:.0f} and {references[-1]:.0f} updates/s"
            )
    ratio = statistics.median(ratios)
    say("drained / reference", ratio, lambda r: r >= 1.5, "at least 1.5")


def measure_buffers(backlog: int, accounts: int, consumed: int) -> None:
    with fresh_database("bench_buffers") as connection:
        workspace_id = add_rows(connection, DSN, accounts, backlog)
        connection.execute("vacuum analyze")
        fresh = claim_buffers(connection, workspace_id)
        add_jobs(connection, workspace_id, consumed)
        consume(connection, workspace_id, consumed)
        # A send takes longer than these updates: autovacuum would have come by.
        connection.execute("vacuum analyze")
        aged = claim_buffers(connection, workspace_id)
        with holding_back_vacuum("bench_buffers"):
            add_jobs(connection, workspace_id, consumed)
            consume(connection, workspace_id, consumed)
            connection.execute("vacuum analyze")
            held = claim_buffers(connection, workspace_id)
    click.echo(f"buffers of a claim: fresh {fresh:.0f}, {aged:.0f}, held {held:.0f}")
    aged_ratio, held_ratio = aged / fresh, held / fresh
    say(f"after {consumed} jobs", aged_ratio, lambda r: r <= 2, "at most 2")
    say("with vacuum held back", held_ratio, lambda r: r <= 4, "at most 4")


def measure_http(folder: pathlib.Path, accounts: int, each: int = 5) -> None:
    with (
        start_sandbox(folder / "journal.jsonl", latency_ms=100) as sandbox,
        fresh_database("bench_http") as connection,
    ):
        workspace_id = add_rows(connection, sandbox.dsn, accounts, accounts * each)
        connection.execute("analyze")
        names = [
            row[0]
            for row in connection.execute(
                "select provider_account_id from outreach.provider_accounts"
                " where workspace_id = %s order by account_id",
                [workspace_id],
            )
        ]
        sandbox.register_accounts(
            [
                {
                    "id": name,
                    "name": name,
                    "provider_id": f"ACoAA{name}",
                    "public_identifier": name,
                }
                for name in names
            ]
        )
        bare = bare_calls_per_second(sandbox, names * each)
        sends = sends_per_second(connection, sandbox, accounts * each)
    click.echo(f"bare {bare:.0f} calls/s, sent {sends:.0f}/s over HTTP")
    say("sends / bare calls", sends / bare, lambda r: r >= 0.5, "at least 0.5")


if __name__ == "__main__":
    main()
