#!/usr/bin/env python
"""What a started demo costs while nothing much happens, and how long work waits.

For each checkout: `scripts/up` with a new database, `--settle` minutes to build, then
the processor seconds of all its processes over `--minutes`, and their memory. Then jobs
that come due at random moments, and webhooks that arrive at random moments. With
--before, a worktree of another commit is measured first, and the ratios are printed.

A checkout has no database yet (.local/postgres), because the demo differs with its age.
For the waits alone (200 jobs due at random moments within ten minutes, then 200
webhooks), give `--minutes 0`.
Ports 3000 to 9000 that others use are passed over, except --port, which must be free.
"""

import contextlib
import ctypes
import dataclasses
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

import click
import psutil

ROOT = pathlib.Path(__file__).resolve().parents[2]
WAITS = ROOT / "scripts" / "bench" / "steady_waits.py"
OWN_SETTINGS = ("PG", "UNIPILE_", "TRUEUP_")
MEGABYTE = 1024**2
READY = "trueup is up"
READY_SECONDS = 1_200.0
STOP_SECONDS = 120.0
PR_SET_CHILD_SUBREAPER = 36
WANTED = {
    "processor seconds": 1 / 3,
    "memory, MB": 0.6,
}
WANTED_SECONDS = {
    "due to called, median": 2.0,
    "due to called, 95th percentile": 5.0,
    "webhook to credited, median": 3.0,
}


@dataclasses.dataclass
class Figures:
    """What one checkout cost; None was not measured."""

    processor_seconds: float
    anonymous_mb: float
    proportional_mb: float
    due: list[float | None] | None
    webhooks: list[float | None] | None

    def rows(self) -> dict[str, float | None]:
        return {
            "processor seconds": self.processor_seconds,
            "memory, MB": self.anonymous_mb,
            "memory with files, MB": self.proportional_mb,
            "due to called, median": quantile(self.due, 0.5),
            "due to called, 95th percentile": quantile(self.due, 0.95),
            "webhook to credited, median": quantile(self.webhooks, 0.5),
            "webhook to credited, 95th percentile": quantile(self.webhooks, 0.95),
        }


def quantile(waits: list[float | None] | None, share: float) -> float | None:
    """A wait that did not end counts as longer than all others."""
    if not waits:
        return None
    ordered = sorted(float("inf") if wait is None else wait for wait in waits)
    if share == 0.5:
        return statistics.median(ordered)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def processes() -> list[psutil.Process]:
    """All descendants of this process, also those whose parents have ended."""
    return psutil.Process().children(recursive=True)


def processor_seconds() -> float:
    """Of all descendants, with what their ended children used."""
    total = 0.0
    for process in processes():
        with contextlib.suppress(psutil.Error):
            total += sum(process.cpu_times()[:4])
    return total


def memory_mb() -> tuple[float, float]:
    """Anonymous memory (as a cgroup's rss), and with shares of files, of them all."""
    anonymous = proportional = 0
    for process in processes():
        with contextlib.suppress(OSError):
            rollup = pathlib.Path(f"/proc/{process.pid}/smaps_rollup").read_text()
            sizes = {
                line.split(":")[0]: int(line.split()[1]) * 1024
                for line in rollup.splitlines()[1:]
            }
            anonymous += sizes["Pss_Anon"]
            proportional += sizes["Pss"]
    return anonymous / MEGABYTE, proportional / MEGABYTE


@contextlib.contextmanager
def starting(
    checkout: pathlib.Path, port: int
) -> Iterator[tuple[subprocess.Popen[bytes], pathlib.Path]]:
    """The checkout's demo, which may not be up yet, and its log; ended with the block.

    Refuses a checkout that has a database.
    """
    if (checkout / ".local" / "postgres").exists():
        raise click.ClickException(
            f"{checkout} has a database already, in .local/postgres. Measure a new "
            "worktree, or remove that database."
        )
    log = checkout / ".local" / "steady.log"
    log.parent.mkdir(exist_ok=True)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(OWN_SETTINGS)
    }
    with log.open("wb") as output:
        up = subprocess.Popen(
            [checkout / "scripts" / "up", "--port", str(port)],
            cwd=checkout,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        yield up, log
    finally:
        up.send_signal(signal.SIGTERM)
        try:
            up.wait(STOP_SECONDS)
        finally:
            for process in processes():
                with contextlib.suppress(psutil.Error):
                    process.kill()


@contextlib.contextmanager
def started(checkout: pathlib.Path, port: int) -> Iterator[None]:
    """The checkout's demo, once it is up; ended with the block."""
    with starting(checkout, port) as (up, log):
        ends_at = time.monotonic() + READY_SECONDS
        while READY not in log.read_text():
            if up.poll() is not None or time.monotonic() > ends_at:
                raise click.ClickException(f"{checkout} did not start; see {log}.")
            time.sleep(0.5)
        yield


def waits(
    checkout: pathlib.Path, what: str, count: int, seconds: float
) -> list[float | None] | None:
    """None where the checkout has not the helpers that make the rows."""
    if count == 0 or not (checkout / "tests" / "support" / "rows.py").exists():
        return None
    finished = subprocess.run(
        [
            "sh",
            "-c",
            '. .local/environment && exec .venv/bin/python -P "$@"',
            "sh",
            str(WAITS),
            what,
            str(count),
            str(seconds),
        ],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise click.ClickException(f"The waits of {checkout} could not be measured.")
    return json.loads(finished.stdout)


def measure(
    checkout: pathlib.Path,
    *,
    port: int,
    settle: float,
    minutes: float,
    count: int,
    waits_minutes: float,
) -> Figures:
    with started(checkout, port):
        time.sleep(settle * 60)
        before = processor_seconds()
        time.sleep(minutes * 60)
        spent = processor_seconds() - before
        anonymous, proportional = memory_mb()
        click.echo(f"{checkout}: {spent:.1f} processor seconds, {anonymous:.0f} MB")
        for process in sorted(processes(), key=lambda each: each.pid):
            with contextlib.suppress(psutil.Error, IndexError):
                used = sum(process.cpu_times()[:4])
                if used >= 1:
                    name = " ".join(process.cmdline())[-72:]
                    click.echo(f"  {used:7.1f} s since the start  {name}")
        due = waits(checkout, "due", count, waits_minutes * 60)
        webhooks = waits(checkout, "webhooks", count, waits_minutes * 60)
    return Figures(spent, anonymous, proportional, due, webhooks)


def show(before: Figures | None, now: Figures) -> None:
    rows_before = before.rows() if before else {}
    click.echo(f"{'':38}{'before':>10}{'now':>10}{'ratio':>8}  wanted")
    for name, value in now.rows().items():
        old = rows_before.get(name)
        ratio = "" if not old or value is None else f"{value / old:.2f}"
        if name in WANTED:
            wanted = f"at most {WANTED[name]:.2f} x before"
        elif name in WANTED_SECONDS:
            wanted = f"at most {WANTED_SECONDS[name]:g} s"
        else:
            wanted = ""
        cells = ["" if one is None else f"{one:.2f}" for one in (old, value)]
        click.echo(f"{name:38}{cells[0]:>10}{cells[1]:>10}{ratio:>8}  {wanted}")


@click.command()
@click.argument(
    "checkout", type=click.Path(path_type=pathlib.Path, exists=True), default=ROOT
)
@click.option(
    "--before",
    type=click.Path(path_type=pathlib.Path, exists=True),
    help="A worktree of the commit to compare with.",
)
@click.option("--settle", default=4.0, show_default=True, help="Minutes to build.")
@click.option("--minutes", default=10.0, show_default=True, help="Minutes measured.")
@click.option("--count", default=200, show_default=True, help="Jobs, and webhooks.")
@click.option(
    "--waits-minutes",
    default=10.0,
    show_default=True,
    help="The jobs come due within so many minutes, and so do the webhooks.",
)
@click.option("--port", default=3917, show_default=True, help="Where the UI listens.")
def main(
    checkout: pathlib.Path,
    before: pathlib.Path | None,
    settle: float,
    minutes: float,
    count: int,
    waits_minutes: float,
    port: int,
) -> None:
    """Measure CHECKOUT, by default this one, and compare it with --before."""
    # Processes whose parent has ended become children of this one, and are counted.
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    figures = [
        measure(
            each.resolve(),
            port=port,
            settle=settle,
            minutes=minutes,
            count=count,
            waits_minutes=waits_minutes,
        )
        for each in ([before] if before else []) + [checkout]
    ]
    show(figures[0] if before else None, figures[-1])


if __name__ == "__main__":
    sys.exit(main())
