"""The job that delivers events to endpoints once, for a person to start.

Belongs here: its asset and its time limit. The job keep_working does the same all the
time. Imports no dagster_dbt: the sender's location loads this.
"""

import dagster as dg

from dagster_project.schedules.ticks import longest

deliver_to_endpoints = dg.define_asset_job(
    "deliver_to_endpoints",
    selection=dg.AssetSelection.assets("endpoint_deliveries"),
    description="Send events to the endpoints of other programs, signed.",
    run_tags=longest(180),
)

ENDPOINT_JOBS = [deliver_to_endpoints]
