"""Code location `sender`: the queue, inbound events, endpoints, retention.

Belongs here: the list of definitions, without dagster_dbt, whose import alone takes
longer than most rounds of sending.
"""

import dagster as dg

from dagster_project.assets.accounts import refreshed_accounts, reported_accounts
from dagster_project.assets.endpoints import endpoint_deliveries
from dagster_project.assets.inbound import (
    inbound_events,
    polled_lists,
    polled_replies,
    resolved_accepts,
)
from dagster_project.assets.retention import (
    deleted_dagster_runs,
    emptied_raw_columns,
)
from dagster_project.assets.send_queue import send_queue
from dagster_project.assets.unknown_sends import (
    reconciled_orphans,
    resolved_unknown_sends,
)
from dagster_project.assets.webhooks import webhook_subscriptions
from dagster_project.resources import Postgres, Provider
from dagster_project.schedules.endpoints import ENDPOINT_JOBS
from dagster_project.schedules.inbound import INBOUND_JOBS
from dagster_project.schedules.queue import QUEUE_JOBS, QUEUE_SCHEDULES
from dagster_project.schedules.retention import RETENTION_JOBS, RETENTION_SCHEDULES
from dagster_project.schedules.staying import STAYING_JOBS, STAYING_SCHEDULES

defs = dg.Definitions(
    assets=[
        webhook_subscriptions,
        inbound_events,
        reported_accounts,
        refreshed_accounts,
        polled_lists,
        polled_replies,
        resolved_accepts,
        send_queue,
        resolved_unknown_sends,
        reconciled_orphans,
        endpoint_deliveries,
        emptied_raw_columns,
        deleted_dagster_runs,
    ],
    jobs=[
        *STAYING_JOBS,
        *QUEUE_JOBS,
        *INBOUND_JOBS,
        *ENDPOINT_JOBS,
        *RETENTION_JOBS,
    ],
    schedules=[*STAYING_SCHEDULES, *QUEUE_SCHEDULES, *RETENTION_SCHEDULES],
    resources={"postgres": Postgres(), "provider": Provider()},
    executor=dg.in_process_executor,
)
