"""Drains the queue of another project when it is told to; `peers.py` starts this.

It runs with the interpreter of an environment that has that project's package, and
imports nothing of trueup. The orders and the answers are those of checkout_drain.py.
Each job writes one event row, and the job is counted once its own project counts it as
done. The projects' own settings stay, except the batch (of pgqueuer the jobs that one
query takes, of procrastinate those that a worker runs at once) and the connections of a
worker.
"""

import asyncio
import importlib.metadata
import json
import logging
import multiprocessing
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Protocol, TypeVar

EVENTS = """
create table if not exists events (
    event_id bigint generated always as identity primary key,
    job_number bigint not null,
    event_type text not null,
    occurred_at timestamptz not null default clock_timestamp()
)
"""
TAKE_DOWN = "insert into events (job_number, event_type) values ({}, 'invite_sent')"
ENTRYPOINT = "send_invite"
FILL_CHUNK = 5_000

Result = TypeVar("Result")


class Peer(Protocol):
    """A queue of another project."""

    async def install(self) -> None:
        """Makes its tables, as its documentation says, and those of the events."""

    async def add(self, jobs: int) -> None:
        """Queues so many jobs, through its own interface."""

    async def counts(self) -> tuple[int, int]:
        """Jobs that are not done, and events."""

    async def work(self, batch: int, seconds: float) -> None:
        """One worker for so long; what it has begun is then finished."""


class Pgqueuer:
    """pgqueuer through asyncpg: all on one connection, or on a pool of several.

    With connections apart for the queue and for the events, a worker would take the
    whole queue before it has written a part of it.
    """

    def __init__(self, connections: int = 1) -> None:
        self._connections = connections

    async def install(self) -> None:
        import asyncpg
        from pgqueuer.db import AsyncpgDriver
        from pgqueuer.queries import Queries

        connection = await asyncpg.connect()
        await Queries(AsyncpgDriver(connection)).install()
        await connection.execute(EVENTS)
        await connection.close()

    async def add(self, jobs: int) -> None:
        import asyncpg
        from pgqueuer.db import AsyncpgDriver
        from pgqueuer.queries import Queries

        connection = await asyncpg.connect()
        queries = Queries(AsyncpgDriver(connection))
        for first in range(0, jobs, FILL_CHUNK):
            numbers = range(first, min(first + FILL_CHUNK, jobs))
            await queries.enqueue(
                [ENTRYPOINT] * len(numbers),
                [str(number).encode() for number in numbers],
                [0] * len(numbers),
            )
        await connection.execute("analyze")
        await connection.close()

    async def counts(self) -> tuple[int, int]:
        import asyncpg

        connection = await asyncpg.connect()
        try:
            left = await connection.fetchval("select count(*) from pgqueuer")
            return left, await connection.fetchval("select count(*) from events")
        finally:
            await connection.close()

    async def work(self, batch: int, seconds: float) -> None:
        import asyncpg
        from pgqueuer import PgQueuer
        from pgqueuer.models import Job

        most = self._connections
        if most == 1:
            queue = PgQueuer.from_asyncpg_connection(await asyncpg.connect())
        else:
            pool = await asyncpg.create_pool(min_size=most, max_size=most)
            queue = PgQueuer.from_asyncpg_pool(pool)
        take_down = TAKE_DOWN.format("$1")

        @queue.entrypoint(ENTRYPOINT)
        async def send_invite(job: Job) -> None:
            await queue.connection.execute(take_down, int(job.payload))

        asyncio.get_running_loop().call_later(seconds, queue.shutdown.set)
        await queue.run(batch_size=batch)


class Procrastinate:
    """procrastinate through its psycopg pool, from which its jobs take a connection."""

    def __init__(self, connections: int = 4) -> None:
        import procrastinate

        # It warns of an app in a main module, which this one is on purpose.
        logging.getLogger("procrastinate").setLevel(logging.ERROR)
        self._app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(max_size=connections)
        )
        take_down = TAKE_DOWN.format("%(number)s")

        @self._app.task(name=ENTRYPOINT)
        async def send_invite(number: int) -> None:
            await self._app.connector.execute_query_async(take_down, number=number)

        self._task = send_invite

    async def install(self) -> None:
        async with self._app.open_async():
            await self._app.schema_manager.apply_schema_async()
            await self._app.connector.execute_query_async(EVENTS)

    async def add(self, jobs: int) -> None:
        async with self._app.open_async():
            for first in range(0, jobs, FILL_CHUNK):
                numbers = range(first, min(first + FILL_CHUNK, jobs))
                await self._task.batch_defer_async(
                    *({"number": number} for number in numbers)
                )
            await self._app.connector.execute_query_async("analyze")

    async def counts(self) -> tuple[int, int]:
        async with self._app.open_async():
            row = await self._app.connector.execute_query_one_async(
                "select (select count(*) from procrastinate_jobs"
                " where status <> 'succeeded') as waiting,"
                " (select count(*) from events) as events"
            )
            return row["waiting"], row["events"]

    async def work(self, batch: int, seconds: float) -> None:
        async with self._app.open_async():
            working = asyncio.create_task(
                self._app.run_worker_async(
                    concurrency=batch, install_signal_handlers=False
                )
            )
            await asyncio.wait([working], timeout=seconds)
            working.cancel()
            await asyncio.wait([working])


PEERS: dict[str, Callable[..., Peer]] = {
    "pgqueuer": Pgqueuer,
    "procrastinate": Procrastinate,
}


def run(name: str, main: Coroutine[object, object, Result]) -> Result:
    """In the event loop that the project's own command has."""
    if name == "pgqueuer":
        import uvloop

        return uvloop.run(main)
    return asyncio.run(main)


def work(name: str, batch: int, connections: int, seconds: float) -> None:
    run(name, PEERS[name](connections).work(batch, seconds))


def prepare(name: str) -> None:
    """Imports, before the clock starts, what a worker needs."""
    PEERS[name]()
    __import__("asyncpg" if name == "pgqueuer" else "psycopg_pool")
    __import__(name)


def drain(
    name: str, seconds: float, workers: int, batch: int, connections: int
) -> dict[str, float]:
    """Jobs, jobs per second, and what is left."""
    before, events_before = run(name, PEERS[name]().counts())
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        # Every process is up before the clock starts.
        pool.map(prepare, [name] * workers, chunksize=1)
        started = time.perf_counter()
        each = (name, batch, connections, seconds)
        pool.starmap(work, [each] * workers, chunksize=1)
        passed = time.perf_counter() - started
    left, events = run(name, PEERS[name]().counts())
    jobs = before - left
    if events - events_before != jobs:
        raise SystemExit(
            f"{name} finished {jobs} jobs, which wrote {events - events_before} events."
        )
    return {"jobs": jobs, "rate": jobs / passed, "left": left}


def main() -> None:
    """Arguments: the name of the project, and the version that is to be measured."""
    name, wanted = sys.argv[1:]
    if (found := importlib.metadata.version(name)) != wanted:
        raise SystemExit(
            f"{sys.executable} has {name} {found}; install {wanted}, or let peers.py "
            "make an environment of its own."
        )
    run(name, PEERS[name]().install())
    for line in sys.stdin:
        order = json.loads(line)
        if "fill" in order:
            left, _ = run(name, PEERS[name]().counts())
            run(name, PEERS[name]().add(order["fill"] - left))
            answer = {"left": order["fill"]}
        else:
            answer = drain(
                name,
                order["drain"],
                order["workers"],
                order["batch"],
                order["connections"],
            )
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
