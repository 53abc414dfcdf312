"""LL#274: 1,247 people past their time in 23 workspaces, and nothing held them.

Belongs here: their rows as they lay. Every other one had no live job; the rest had one
at another time, earlier or later.
"""

import dataclasses
import datetime as dt
import importlib.resources

import psycopg

from dagster_project.incidents.accounts import (
    make_account,
    make_workspace,
    save_shipped_campaign,
)
from dagster_project.incidents.past_rules import loading

LAGGING = 1_247
WORKSPACES = 23
# One zone for each workspace in turn: some sleep, some are at work.
ZONES = ("Europe/Berlin", "Asia/Kolkata", "America/New_York", "Asia/Singapore")


@dataclasses.dataclass(frozen=True)
class Loaded:
    """The workspaces, and how many lag in each."""

    lagging: dict[int, int]


def load(
    connection: psycopg.Connection, provider_dsn: str, as_of: dt.datetime
) -> Loaded:
    """Load the incident so that `as_of` is now.

    Workspaces, accounts and campaigns are made by the rules; the enrollments and jobs
    enter past them, in a second transaction.
    """
    query = (
        importlib.resources.files("dagster_project.incidents")
        .joinpath("ll_274.sql")
        .read_text(encoding="utf-8")
    )
    lagging: dict[int, int] = {}
    places = []
    with connection.transaction():
        for number in range(WORKSPACES):
            name = f"Workspace {number + 1}"
            workspace_id = make_workspace(connection, name, provider_dsn)
            account_id = make_account(
                connection,
                workspace_id,
                "Amara",
                f"{workspace_id}-amara",
                ZONES[number % len(ZONES)],
                as_of,
            )
            campaign = save_shipped_campaign(
                connection, "pipl_connection.yml", workspace_id, ["Amara"], as_of
            )
            share = LAGGING // WORKSPACES + (number < LAGGING % WORKSPACES)
            lagging[workspace_id] = share
            places.append(
                {
                    "workspace_id": workspace_id,
                    "account_id": account_id,
                    "campaign_id": campaign.campaign_id,
                    "invite_step_id": campaign.step_ids["send_invite"],
                    "message_step_id": campaign.step_ids["send_message"],
                    "count": share,
                    "as_of": as_of,
                }
            )
    with loading(connection):
        for place in places:
            connection.execute(query, place)
    return Loaded(lagging)
