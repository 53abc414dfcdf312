"""Code location `sender`: the queue, what keeps it whole, and their schedules.

Belongs here: a list of what there is, without dagster_dbt, which alone would take
longer to import than a round often takes to send.
"""

import dagster as dg

from dagster_project.assets.send_queue import send_queue
from dagster_project.assets.unknown_sends import (
    reconciled_orphans,
    resolved_unknown_sends,
)
from dagster_project.resources import Postgres, Provider
from dagster_project.schedules import SENDER_JOBS, SENDER_SCHEDULES

defs = dg.Definitions(
    assets=[send_queue, resolved_unknown_sends, reconciled_orphans],
    jobs=SENDER_JOBS,
    schedules=SENDER_SCHEDULES,
    resources={"postgres": Postgres(), "provider": Provider()},
    executor=dg.in_process_executor,
)
