"""Code location `sender`: the queue and its schedule.

Belongs here: a list of what there is, without dagster_dbt, which alone would take
longer to import than a round often takes to send.
"""

import dagster as dg

from dagster_project.assets.send_queue import send_queue
from dagster_project.resources import Postgres, Provider
from dagster_project.schedules import send_due_jobs, send_due_jobs_each_minute

defs = dg.Definitions(
    assets=[send_queue],
    jobs=[send_due_jobs],
    schedules=[send_due_jobs_each_minute],
    resources={"postgres": Postgres(), "provider": Provider()},
    executor=dg.in_process_executor,
)
