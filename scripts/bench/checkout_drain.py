"""Drains the queue of one checkout when it is told to; `peers.py` starts this.

It runs in the folder of the checkout that is measured, with that checkout's packages
and its own bench of the sender, so that an older build is measured as it was. Each line
of the input is one order as JSON, and each line of the output its answer:
{"fill": jobs} tops the queue up; {"drain": seconds, "workers": count, "batch": jobs}
drains it. The server is the one that the PG* variables name; the argument is the
database, which this makes.
"""

import contextlib
import importlib
import json
import multiprocessing
import sys
import time
from types import ModuleType

import psycopg

ACCOUNTS_OF_JOBS = 50


def bench_of_checkout() -> ModuleType:
    """The bench of the sender, where the checkout has it."""
    for name in ("scripts.bench.sender", "scripts.bench_sender"):
        with contextlib.suppress(ModuleNotFoundError):
            return importlib.import_module(name)
    raise SystemExit(
        "This checkout has no bench of the sender (scripts/bench/sender.py); compare "
        "with a commit that has one."
    )


def send(
    batch: int, database: str, workspace_id: int, worker: str, seconds: float
) -> int:
    """One sender's rounds of the given batch; jobs sent."""
    bench = bench_of_checkout()
    bench.BATCH = batch
    return bench.send_for(database, workspace_id, worker, seconds)


def jobs_per_second(
    database: str, workspace_id: int, workers: int, batch: int, seconds: float
) -> float:
    with multiprocessing.get_context("spawn").Pool(workers, bench_of_checkout) as pool:
        # Every process is up before the clock starts.
        pool.map(abs, range(workers), chunksize=1)
        orders = [
            (batch, database, workspace_id, f"w{number}", seconds)
            for number in range(workers)
        ]
        started = time.perf_counter()
        sent = pool.starmap(send, orders, chunksize=1)
        return sum(sent) / (time.perf_counter() - started)


class Queue:
    """The due invites of a workspace in a database of its own."""

    def __init__(
        self, bench: ModuleType, connection: psycopg.Connection, name: str
    ) -> None:
        self._bench = bench
        self._connection = connection
        self._name = name
        self._workspace_id: int | None = None

    def queued(self) -> int:
        (count,) = self._connection.execute(
            "select count(*) from outreach.campaign_send_jobs"
            " where workspace_id = %s and status = 'queued'",
            [self._workspace_id],
        ).fetchone()
        return count

    def fill(self, jobs: int) -> None:
        if self._workspace_id is None:
            accounts = max(1, jobs // ACCOUNTS_OF_JOBS)
            self._workspace_id = self._bench.add_rows(
                self._connection, self._bench.DSN, accounts, jobs
            )
        else:
            self._bench.add_jobs(
                self._connection, self._workspace_id, jobs - self.queued()
            )
        self._connection.execute("analyze")

    def drain(self, seconds: float, workers: int, batch: int) -> dict[str, float]:
        """Jobs, jobs per second, and what is left."""
        before = self.queued()
        rate = jobs_per_second(self._name, self._workspace_id, workers, batch, seconds)
        left = self.queued()
        return {"jobs": before - left, "rate": rate, "left": left}


def main() -> None:
    """Argument: the database."""
    (name,) = sys.argv[1:]
    bench = bench_of_checkout()
    with bench.fresh_database(name) as connection:
        queue = Queue(bench, connection, name)
        for line in sys.stdin:
            order = json.loads(line)
            if "fill" in order:
                queue.fill(order["fill"])
                answer = {"left": queue.queued()}
            else:
                answer = queue.drain(order["drain"], order["workers"], order["batch"])
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
