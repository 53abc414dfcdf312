"""LL#281: last activity said 47 minutes ago although six sends had completed since.

Belongs here: Mark Eagar's rows, and two accounts for the two other sources.
"""

import datetime as dt
import itertools

import psycopg

from demo.incidents.accounts import (
    make_account,
    make_workspace,
    save_shipped_campaign,
)
from demo.incidents.enrolling import enroll
from demo.incidents.figures import Pair, Value
from demo.incidents.people import demo_person
from demo.incidents.replay import Incident, Stage
from demo.incidents.sending import send_one
from demo.incidents.webhook_examples import store_new_relation
from trueup.inbound.webhooks.events import take_in_deliveries

MINUTE = dt.timedelta(minutes=1)
SYNCED_BEFORE = 47 * MINUTE
# Minutes ago, the newest last.
SENT_BEFORE = (9, 8, 7, 6, 4, 2)
# Without a send for 7 days the source is the newest event, then the health check.
QUIET, SILENT = "Quiet", "Silent"
TOLD_BEFORE = 180 * MINUTE


def load(connection: psycopg.Connection, provider_dsn: str, as_of: dt.datetime) -> None:
    """Load the three accounts so that `as_of` is now."""
    people = (demo_person(number) for number in itertools.count())
    with connection.transaction():
        workspace_id = make_workspace(connection, "Eagar", provider_dsn)
        ids = {
            name: make_account(
                connection,
                workspace_id,
                name,
                _key(workspace_id, name),
                "UTC",
                as_of,
            )
            for name in ("Mark Eagar", QUIET, SILENT)
        }
        connection.execute(
            "update outreach.linkedin_accounts set last_sync_at = %s",
            [as_of - SYNCED_BEFORE],
        )
        campaign = save_shipped_campaign(
            connection, "pipl_connection.yml", workspace_id, ["Mark Eagar"], as_of
        )
        place = {
            "workspace_id": workspace_id,
            "account_id": ids["Mark Eagar"],
            "campaign_id": campaign.campaign_id,
            "step_id": campaign.step_ids["send_invite"],
        }
        due_at = as_of - 10 * MINUTE
        enroll(connection, place, people, [due_at] * len(SENT_BEFORE), due_at)
        for minutes in SENT_BEFORE:
            send_one(connection, workspace_id, provider_dsn, as_of - minutes * MINUTE)
        store_new_relation(
            connection,
            provider_dsn,
            _key(workspace_id, QUIET),
            next(people).provider_id,
            as_of - TOLD_BEFORE,
        )
    take_in_deliveries(connection, as_of)


def _key(workspace_id: int, name: str) -> str:
    return f"{workspace_id}-{name.lower().replace(' ', '-')}"


def _replay(stage: Stage) -> dict[str, Pair]:
    load(stage.connection, stage.sandbox.dsn, stage.as_of)
    figures: dict[str, Pair] = {
        "sends that Mark Eagar completed in the last 10 minutes": (
            None,
            stage.one(
                "select count(*) from outreach.campaign_send_jobs"
                " where status = 'completed' and completed_at > %s",
                stage.as_of - 10 * MINUTE,
            ),
        )
    }
    rows = stage.connection.execute(
        "select account_name, %(now)s - last_sync_at, %(now)s - last_activity_at,"
        " last_activity_source from analytics.account_last_activity",
        {"now": stage.as_of},
    ).fetchall()
    for name, since_sync, since_activity, source in rows:
        figures[f"{name}'s last activity, minutes ago"] = (
            _minutes(since_sync),
            _minutes(since_activity),
        )
        figures[f"{name}'s last activity, by"] = ("last health check", source)
    return figures


def _minutes(passed: dt.timedelta | None) -> Value:
    return None if passed is None else passed // MINUTE


INCIDENT = Incident(
    name="LL#281",
    says="Last activity showed the health check while sends were completing.",
    replay=_replay,
    wanted={
        "Mark Eagar's last activity, minutes ago": (47, 2),
        "Mark Eagar's last activity, by": ("last health check", "last completed send"),
        "sends that Mark Eagar completed in the last 10 minutes": (None, 6),
        "Quiet's last activity, minutes ago": (47, 180),
        "Quiet's last activity, by": ("last health check", "last LinkedIn event"),
        "Silent's last activity, minutes ago": (47, 47),
        "Silent's last activity, by": ("last health check", "last health check"),
    },
)
