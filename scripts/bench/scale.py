"""Measures whether an account costs the same however many workspaces there are.

One, two, four and eight times 50 workspaces of 25 accounts with 1,000 sends each, in a
database of its own each on one server. Prints by size what an account costs: of a claim
that takes a job of every account, of a look of a waiting sender that finds nothing, of
the hourly build after one more hour of sends, and of the consistency sweep, in
microseconds that the server's processes used of the processor; and its bytes. Beside
each is the growth from the size before. The rows and the clock are those of growth.py.
"""

import os
import pathlib
import sys
import tempfile
from typing import LiteralString

import click

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import itertools

from scripts.bench.growth import SERVER_SETTINGS, Clock, Dbt, Size
from trueup.postgres.copies import drop_database
from trueup.postgres.server import start_server

ACCOUNTS = 25
WAITING_OF_ACCOUNT = 10
PENDING_OF_ACCOUNT = 5
MOST_GROWTH = 1.1
# A look takes milliseconds, and the clock of the processor has ten.
LOOKS = 50
CLAIM = "a claim of a job"
LOOK = "a look that finds nothing"
SWEEP = "the sweep"
BUILD = "the hourly build"
# The people of the loader wait for a send in 2 to 72 hours.
QUESTIONS: dict[str, LiteralString] = {
    CLAIM: (
        "select count(*) from outreach.workspaces cross join lateral"
        " outreach.claim_send_jobs(workspaces.workspace_id, 'bench', 100,"
        " clock_timestamp() + interval '80 hours', 'http://bench.test:1') as claimed"
    ),
    LOOK: (
        "select count(*) from generate_series(1, 50) as looks (number)"
        " cross join lateral outreach.workspaces_with_due_jobs('http://bench.test:1',"
        " null, clock_timestamp() - looks.number * interval '1 second')"
    ),
    SWEEP: "select count(*) from outreach.consistency_violations()",
}


def costs_of(
    size: Size, accounts: int, rounds: int, *, has_build: bool
) -> dict[str, float]:
    """What an account costs, in microseconds of the processor, and its bytes."""
    bytes_of_account = size.bytes / accounts
    asked = size.ask(rounds, QUESTIONS)
    seconds = {name: asked[f"? {name}"] for name in QUESTIONS}
    seconds[LOOK] /= LOOKS
    if has_build:
        seconds[BUILD] = sum(size.build(rounds).values())
    micros = {name: 1e6 * value / accounts for name, value in seconds.items()}
    return {f"{name}, µs": value for name, value in micros.items()} | {
        "bytes": bytes_of_account
    }


def say(costs: list[dict[str, float]], counts: list[int]) -> None:
    """A line for each cost, a column for each size, and the growth between them."""
    click.echo(f"{'of an account':<30}" + "".join(f"{count:>16,}" for count in counts))
    for name in costs[0]:
        values = [each[name] for each in costs]
        cells = [f"{values[0]:>16,.1f}"]
        for before, after in itertools.pairwise(values):
            growth = after / before
            sign = " " if growth <= MOST_GROWTH else "!"
            cells.append(f"{after:>9,.1f} ×{growth:.2f}{sign}")
        click.echo(f"{name:<30}" + "".join(cells))
    click.echo(f"! is a growth of more than {MOST_GROWTH} from one size to the next.")


@click.command(help=__doc__)
@click.option("--sends", default=1_000, show_default=True, help="Of an account.")
@click.option("--workspaces", default=50, show_default=True, help="At the first size.")
@click.option("--doublings", default=3, show_default=True)
@click.option("--days", default=60.0, show_default=True, help="Of history.")
@click.option("--rounds", default=3, show_default=True, help="Of which the median.")
@click.option(
    "--build/--no-build",
    "has_build",
    default=True,
    show_default=True,
    help="dbt takes most of the time of a run.",
)
def main(
    sends: int,
    workspaces: int,
    doublings: int,
    days: float,
    rounds: int,
    has_build: bool,
) -> None:
    """Print the costs at each size."""
    with tempfile.TemporaryDirectory(prefix="trueup-", dir="/tmp") as name:
        folder = pathlib.Path(name)
        server = start_server(
            folder / "data", is_durable=False, settings=SERVER_SETTINGS
        )
        try:
            os.environ.update(server.environment())
            dbt = Dbt(folder, Clock(server))
            costs, counts = [], []
            for doubling in range(doublings + 1):
                of_size = workspaces * 2**doubling
                counts.append(of_size * ACCOUNTS)
                size = Size(
                    f"bench_scale_{of_size}",
                    dbt,
                    {
                        "workspaces": of_size,
                        "accounts": ACCOUNTS,
                        "waiting": counts[-1] * WAITING_OF_ACCOUNT,
                        "pending": counts[-1] * PENDING_OF_ACCOUNT,
                    },
                )
                size.load(counts[-1] * sends, days)
                costs.append(costs_of(size, counts[-1], rounds, has_build=has_build))
                drop_database(size.name)
                click.echo(f"load average {os.getloadavg()[0]:.1f}")
                say(costs, counts)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
