"""The job of the run that stays, and its schedule.

Belongs here: when the next run starts. Does not: what it does, which
`dagster_project.staying` and `trueup.staying` say. Imports no dagster_dbt: the sender's
location loads this.
"""

from datetime import UTC, datetime, timedelta

import dagster as dg

from dagster_project.resources import Postgres, Provider
from dagster_project.schedules.ticks import UNFINISHED, longest
from dagster_project.staying import work_all_loops
from trueup.inbound.settings import UnusableSettingError
from trueup.postgres.turns import states_of_turns
from trueup.staying.work import turn_of

# The loop whose turn shows that a run works: it is the first that a run takes, and the
# first that it gives back.
FIRST_LOOP = "send_queue"
STAYS = timedelta(minutes=30)
# A run that starts on a busy machine takes its first turn within this time.
STARTS_WITHIN = timedelta(minutes=3)


@dg.job(
    description=(
        "Send what is due, take in webhooks, poll the provider and deliver to "
        "endpoints, in one run that stays for half an hour until the next one relieves "
        "it."
    ),
    # Before the runs of a long backfill.
    tags={**longest(3_600), "dagster/priority": "10"},
)
def keep_working() -> None:
    work_all_loops()


STAYING_JOBS = [keep_working]


@dg.schedule(
    job=keep_working,
    cron_schedule="* * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Every minute, unless a run works that is younger than half an hour. After "
        "half an hour the next run starts, waits for the turns of this one, and goes "
        "on. A run that was killed is followed by the next tick."
    ),
)
def keep_working_each_minute(
    context: dg.ScheduleEvaluationContext,
    postgres: dg.ResourceParam[Postgres],
    provider: dg.ResourceParam[Provider],
) -> dg.RunRequest | dg.SkipReason:
    try:
        turn = turn_of(FIRST_LOOP, provider.dsns()[0])
    except UnusableSettingError as error:
        return dg.SkipReason(str(error))
    filters = dg.RunsFilter(job_name=keep_working.name, statuses=UNFINISHED)
    newest = context.instance.get_run_records(filters, limit=1)
    if not newest:
        return dg.RunRequest()
    age = datetime.now(UTC) - newest[0].create_timestamp
    if age < STARTS_WITHIN:
        return dg.SkipReason("A run has just started.")
    with postgres.connect() as connection:
        state = states_of_turns(connection, [turn])[turn]
    if state.is_wanted:
        return dg.SkipReason("The next run waits for its turns.")
    if state.is_taken and age < STAYS:
        return dg.SkipReason("A run works.")
    return dg.RunRequest()


STAYING_SCHEDULES = [keep_working_each_minute]
