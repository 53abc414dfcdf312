"""Marks the runs that the end of the last start interrupted in Dagster's storage.

Belongs here: this one correction. It runs as its own process before Dagster starts.
Without it, the interrupted runs keep their pools taken, and those that Dagster itself
marked as failed while it was ended open alerts.
"""

import sys
from datetime import UTC, datetime

import dagster as dg

UNFINISHED = (
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


# Tells a run that trueup's own end interrupted from one that failed by itself.
INTERRUPTED_TAG = "trueup/interrupted"


def end_interrupted_runs(
    instance: dg.DagsterInstance, stopped_at: float | None = None
) -> int:
    """Marks them as failed and interrupted; gives how many there were.

    stopped_at: when the last start began to end, in seconds of Unix time; what failed
    since then was interrupted by it.
    """
    ended = []
    if stopped_at is not None:
        ended = instance.get_run_records(
            dg.RunsFilter(
                statuses=[dg.DagsterRunStatus.FAILURE],
                # Its end decides; the row is written at about the same time.
                updated_after=datetime.fromtimestamp(stopped_at - 60, UTC),
            )
        )
    interrupted = [
        record.dagster_run
        for record in ended
        if (record.end_time or 0) >= stopped_at
        and INTERRUPTED_TAG not in record.dagster_run.tags
    ]
    for run in interrupted:
        instance.add_run_tags(run.run_id, {INTERRUPTED_TAG: "true"})
    runs = instance.get_runs(dg.RunsFilter(statuses=list(UNFINISHED)))
    for run in runs:
        instance.add_run_tags(run.run_id, {INTERRUPTED_TAG: "true"})
        instance.report_run_failed(
            run, "trueup was stopped while this run was under way."
        )
    return len(interrupted) + len(runs)


def main() -> None:
    """Prints how many were ended. Its argument: when the last start began to end."""
    stopped_at = float(sys.argv[1]) if sys.argv[1:] else None
    with dg.DagsterInstance.get() as instance:
        count = end_interrupted_runs(instance, stopped_at)
        print(f"{count} interrupted runs ended")


if __name__ == "__main__":
    main()
