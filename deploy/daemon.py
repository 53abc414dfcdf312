"""Dagster's daemon, started once interrupted runs are marked as failed."""

import os
import sys

import click

from dagster_project.interrupted_runs import main as end_interrupted_runs


@click.command()
@click.option("--workspace", required=True, help="Dagster's workspace file.")
def main(workspace: str) -> None:
    """End interrupted runs, then become the daemon."""
    end_interrupted_runs()
    daemon = ("-m", "dagster._daemon", "run", "--workspace", workspace)
    os.execv(sys.executable, (sys.executable, *daemon))


if __name__ == "__main__":
    main()
