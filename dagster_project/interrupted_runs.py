"""Marks as failed the runs that a killed start left as running in Dagster's storage.

Belongs here: this one correction. It runs as its own process before Dagster starts.
Without it, the interrupted runs keep their pools taken.
"""

import dagster as dg

UNFINISHED = (
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


# Tells a run that trueup's own end interrupted from one that failed by itself.
INTERRUPTED_TAG = "trueup/interrupted"


def end_interrupted_runs(instance: dg.DagsterInstance) -> int:
    """Marks them as failed and interrupted; gives how many there were."""
    runs = instance.get_runs(dg.RunsFilter(statuses=list(UNFINISHED)))
    for run in runs:
        instance.add_run_tags(run.run_id, {INTERRUPTED_TAG: "true"})
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
