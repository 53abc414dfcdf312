"""Compares drained jobs per second with other queues and with older builds, in one run.

The contestants drain in turn, each in a database of its own on one embedded server,
durable and with its own settings, and two workers (processes) each: this build,
pgqueuer and procrastinate, whose jobs write one event row each, and each checkout that
--before names. First each drains with several batches, and the other projects with
several connections of a worker; with the best of them it goes through the rounds. Each
slice stands between two of the reference: single-row committed updates by one
connection. The order changes from round to round, so that what drifts on the machine
hits all. Ratios are those within a round; printed is their median, with the lowest and
the highest. Beside a rate is what a job took of the server's processor.

The other projects are installed by pip into an environment of this run's own, in its
temporary folder; --peer-python names an interpreter that has them already.
"""

import contextlib
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from scripts.bench.growth import Clock
from scripts.bench.sender import say, updates_per_second
from trueup.paths import PROJECT_ROOT
from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.server import start_server
from trueup.postgres.witness import FOLDER_VARIABLE as WITNESS_FOLDER
from trueup.sender.spool import FOLDER_VARIABLE as SPOOL_FOLDER

FOLDER = PROJECT_ROOT / "scripts" / "bench"
VERSIONS = {"pgqueuer": "1.6.0", "procrastinate": "3.10.0"}
REQUIREMENTS = (
    f"pgqueuer[asyncpg]=={VERSIONS['pgqueuer']}",
    f"procrastinate=={VERSIONS['procrastinate']}",
    "psycopg[binary]==3.3.9",
)
OURS = "this build"
REFERENCE = "reference"
REFERENCE_SECONDS = 3.0
# What this build is wanted to drain, as a multiple of each.
WANTED = {"pgqueuer": 1.05, "procrastinate": 4.0, REFERENCE: 1.0}
WANTED_OF_BEFORE = 0.95
# What each tries first: the batch, and the connections of a worker.
OUR_WAYS = ((50, 1), (100, 1), (200, 1), (400, 1))
WAYS_OF_PEERS = {
    "pgqueuer": ((10, 1), (10, 4), (10, 10), (50, 4), (50, 10), (100, 20)),
    "procrastinate": ((4, 4), (10, 4), (10, 10), (20, 20)),
}


class Contestant:
    """A process that fills and drains one queue when it is told to."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str | pathlib.Path],
        *,
        folder: pathlib.Path,
        environment: Mapping[str, str],
        ways: Sequence[tuple[int, int]],
    ) -> None:
        self.name = name
        self.ways = ways
        self.way = ways[0]
        self._process = subprocess.Popen(
            argv,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def fill(self, jobs: int) -> None:
        self._order({"fill": jobs})

    def drain(self, seconds: float, workers: int) -> dict[str, float]:
        """Jobs, and jobs per second. Raises if its queue ran dry."""
        batch, connections = self.way
        order = {"drain": seconds, "workers": workers, "batch": batch}
        drained = self._order({**order, "connections": connections})
        if not drained["left"]:
            raise click.ClickException(
                f"{self.name} drained its whole queue before the time was over, so its "
                "rate is not known; give a greater --backlog."
            )
        return drained

    def end(self) -> None:
        with self._process, contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()

    def _order(self, order: Mapping[str, float]) -> dict[str, float]:
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise click.ClickException(
                f"{self.name} ended with {self._process.wait()}; it says why above."
            )
        return json.loads(answer)


@dataclasses.dataclass
class Rounds:
    """The rates of each contestant, and the reference beside each, round by round."""

    rates: dict[str, list[float]] = dataclasses.field(default_factory=dict)
    references: dict[str, list[float]] = dataclasses.field(default_factory=dict)
    milliseconds: dict[str, list[float]] = dataclasses.field(default_factory=dict)

    def add(self, name: str, rate: float, reference: float, each_ms: float) -> None:
        self.rates.setdefault(name, []).append(rate)
        self.references.setdefault(name, []).append(reference)
        self.milliseconds.setdefault(name, []).append(each_ms)

    def ratios_to(self, name: str) -> list[float]:
        """This build's rate as a multiple of another's, round by round."""
        ours = self.rates[OURS]
        others = self.references[OURS] if name == REFERENCE else self.rates[name]
        return [one / other for one, other in zip(ours, others, strict=True)]

    def report(self) -> None:
        for name, rates in self.rates.items():
            each_ms = statistics.median(self.milliseconds[name])
            of_reference = statistics.median(
                rate / reference
                for rate, reference in zip(rates, self.references[name], strict=True)
            )
            click.echo(
                f"{name}: {statistics.median(rates):.0f} jobs/s, {of_reference:.2f} of "
                f"the reference, {each_ms:.2f} ms of the server's processor a job"
            )
        commits = [each for ones in self.references.values() for each in ones]
        click.echo(f"reference: {statistics.median(commits):.0f} commits/s")
        for name in [*self.rates, REFERENCE]:
            if name == OURS:
                continue
            ratios = self.ratios_to(name)
            least = WANTED.get(name, WANTED_OF_BEFORE)
            say(
                f"{OURS} / {name} ({min(ratios):.2f} to {max(ratios):.2f})",
                statistics.median(ratios),
                lambda ratio, least=least: ratio >= least,
                f"at least {least:g}",
            )


def peer_environment(folder: pathlib.Path) -> pathlib.Path:
    """The interpreter of a new environment with the other projects."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    click.echo(f"installing {', '.join(REQUIREMENTS)}")
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", *REQUIREMENTS],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return python


@contextlib.contextmanager
def contestants(
    before: Sequence[pathlib.Path], peers: Sequence[str], python: pathlib.Path
) -> Iterator[list[Contestant]]:
    """All of them, each with a database; this build is the first."""
    started: list[Contestant] = []
    checkouts = {OURS: PROJECT_ROOT}
    checkouts |= {f"before {path.name}": path.resolve() for path in before}
    try:
        for number, (name, path) in enumerate(checkouts.items()):
            started.append(
                Contestant(
                    name,
                    # With the packages of this checkout: older ones need no others.
                    [
                        sys.executable,
                        "-P",
                        FOLDER / "checkout_drain.py",
                        f"drain{number}",
                    ],
                    folder=path,
                    environment={"PYTHONPATH": str(path)},
                    ways=OUR_WAYS,
                )
            )
        for name in peers:
            ensure_database(name)
            started.append(
                Contestant(
                    name,
                    [python, "-P", FOLDER / "peer_drain.py", name, VERSIONS[name]],
                    folder=FOLDER,
                    environment={"PGDATABASE": name, "PYTHONPATH": ""},
                    ways=WAYS_OF_PEERS[name],
                )
            )
        yield started
    finally:
        for each in started:
            each.end()


def choose_ways(
    chosen: Sequence[Contestant], *, backlog: int, seconds: float, workers: int
) -> None:
    """Gives each contestant the batch and the connections with which it drains most."""
    for each in chosen:
        each.fill(backlog)
        each.drain(seconds, workers)  # the first slice warms its tables up
        rates = {}
        for way in each.ways:
            each.way = way
            each.fill(backlog)
            rates[way] = each.drain(seconds, workers)["rate"]
        each.way = max(rates, key=rates.__getitem__)
        for (batch, connections), rate in rates.items():
            taken = ", which it takes" if each.way == (batch, connections) else ""
            click.echo(
                f"{each.name}, batch {batch}, connections {connections}: "
                f"{rate:.0f} jobs/s{taken}"
            )


def compete(
    chosen: Sequence[Contestant],
    connection: psycopg.Connection,
    clock: Clock,
    *,
    rounds: int,
    backlog: int,
    seconds: float,
    workers: int,
) -> Rounds:
    results = Rounds()
    for number in range(rounds):
        shift = number % len(chosen)
        for each in [*chosen[shift:], *chosen[:shift]]:
            each.fill(backlog)
            references = [updates_per_second(connection, REFERENCE_SECONDS)]
            spent = clock.seconds()
            drained = each.drain(seconds, workers)
            spent = clock.seconds() - spent
            references.append(updates_per_second(connection, REFERENCE_SECONDS))
            reference = statistics.mean(references)
            each_ms = 1_000 * spent / drained["jobs"]
            results.add(each.name, drained["rate"], reference, each_ms)
            click.echo(
                f"round {number + 1}, {each.name}: {drained['rate']:.0f} jobs/s, "
                f"reference {references[0]:.0f} and {references[1]:.0f} commits/s, "
                f"{each_ms:.2f} ms a job"
            )
    return results


@click.command(help=__doc__)
@click.option(
    "--before",
    multiple=True,
    type=click.Path(path_type=pathlib.Path, exists=True, file_okay=False),
    help="A worktree of an older commit; may be given several times.",
)
@click.option("--peers/--no-peers", "has_peers", default=True, show_default=True)
@click.option(
    "--peer-python",
    type=click.Path(path_type=pathlib.Path, exists=True, dir_okay=False),
    help="An interpreter with the other projects; by default one is made.",
)
@click.option("--rounds", default=6, show_default=True)
@click.option("--seconds", default=20.0, show_default=True, help="Of a slice.")
@click.option("--trial", default=8.0, show_default=True, help="Seconds with a batch.")
@click.option("--backlog", default=100_000, show_default=True, help="Before a slice.")
@click.option("--workers", default=2, show_default=True, help="Processes of each.")
def main(
    before: tuple[pathlib.Path, ...],
    has_peers: bool,
    peer_python: pathlib.Path | None,
    rounds: int,
    seconds: float,
    trial: float,
    backlog: int,
    workers: int,
) -> None:
    """Print each slice as soon as it is known, then the medians."""
    with tempfile.TemporaryDirectory(prefix="trueup-", dir="/tmp") as name:
        folder = pathlib.Path(name)
        os.environ[WITNESS_FOLDER] = str(folder / "witness")
        os.environ[SPOOL_FOLDER] = str(folder / "spool")
        peers = tuple(WAYS_OF_PEERS) if has_peers else ()
        python = peer_python or pathlib.Path(sys.executable)
        if has_peers and peer_python is None:
            python = peer_environment(folder / "peers")
        server = start_server(folder / "data")
        try:
            os.environ.update(server.environment())
            ensure_database(os.environ["PGDATABASE"])
            with (
                contestants(before, peers, python.absolute()) as chosen,
                connect(autocommit=True) as connection,
            ):
                choose_ways(chosen, backlog=backlog, seconds=trial, workers=workers)
                results = compete(
                    chosen,
                    connection,
                    Clock(server),
                    rounds=rounds,
                    backlog=backlog,
                    seconds=seconds,
                    workers=workers,
                )
        finally:
            server.stop()
    results.report()
    click.echo(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
