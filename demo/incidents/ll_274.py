"""LL#274: 1,247 people in 23 workspaces past their time, with nothing to hold them.

Belongs here: their rows before the fix. Half of them had no live job; the others had a
job at another time, earlier or later.
"""

import dataclasses
import datetime as dt
import importlib.resources

import psycopg

from demo.incidents.accounts import (
    make_account,
    make_workspace,
    save_shipped_campaign,
)
from demo.incidents.figures import Pair, Value, paired
from demo.incidents.past_rules import loading
from demo.incidents.replay import Incident, Stage
from trueup.heals.next_actions import heal_next_actions

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
        importlib.resources.files("demo.incidents")
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


def _replay(stage: Stage) -> dict[str, Pair]:
    load(stage.connection, stage.sandbox.dsn, stage.as_of)
    stage.connection.execute("analyze")
    before = _look(stage)
    moved = heal_next_actions(stage.connection, as_of=stage.as_of).moved
    again = heal_next_actions(stage.connection, as_of=stage.as_of).moved
    return paired(before, _look(stage)) | {
        "moved by the heal": (None, moved),
        "moved by a second heal": (None, again),
    }


def _look(stage: Stage) -> dict[str, Value]:
    return {
        "enrollments listed": stage.one(
            "select count(*) from analytics.stale_next_actions"
        ),
        "in workspaces": stage.one(
            "select count(distinct workspace_id) from analytics.stale_next_actions"
        ),
        "with a job at their own time": stage.one(
            "select count(*) from outreach.campaign_prospects as enrollments"
            " inner join outreach.campaign_send_jobs as jobs"
            " using (workspace_id, enrollment_id)"
            " where jobs.status = 'queued'"
            " and jobs.run_at = enrollments.next_action_at"
        ),
    }


INCIDENT = Incident(
    name="LL#274",
    says="People stood past their time in 23 workspaces, and nothing held them.",
    replay=_replay,
    wanted={
        "enrollments listed": (LAGGING, 0),
        "in workspaces": (WORKSPACES, 0),
        "with a job at their own time": (0, LAGGING),
        "moved by the heal": (None, LAGGING),
        "moved by a second heal": (None, 0),
    },
)
