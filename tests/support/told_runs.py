"""A code location with one job, whose run tells by which process it was forked."""

import os
from pathlib import Path

import dagster as dg

IMPORTED_BY = os.getpid()


@dg.op
def tell() -> None:
    """Write this process's parent, and who imported this module, to a pipe."""
    pipe = Path(os.environ["TOLD_RUNS_PIPE"])
    pipe.write_text(f"{os.getppid()} {IMPORTED_BY}\n")


@dg.job
def tell_processes() -> None:
    """The job that a test starts."""
    tell()


defs = dg.Definitions(jobs=[tell_processes], executor=dg.in_process_executor)
