"""Ends, in Dagster's records, the runs that a killed start left as running.

Belongs here: that one correction, run as a process of its own between two starts, when
nothing of Dagster is alive. Without it their pools stay taken. Does not: anything
while Dagster runs.
"""

import dagster as dg

UNFINISHED = (
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


def end_interrupted_runs(instance: dg.DagsterInstance) -> int:
    """Marks them as failed; gives how many there were."""
    runs = instance.get_runs(dg.RunsFilter(statuses=list(UNFINISHED)))
    for run in runs:
        instance.report_run_failed(
            run, "trueup was stopped while this run was under way."
        )
    return len(runs)


def main() -> None:
    """Prints how many were ended."""
    with dg.DagsterInstance.get() as instance:
        print(f"{end_interrupted_runs(instance)} interrupted runs ended")


if __name__ == "__main__":
    main()
