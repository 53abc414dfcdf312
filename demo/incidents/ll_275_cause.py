"""LL#275's cause: one accept was credited to every campaign that the person was in.

Belongs here: one person in two campaigns of a workspace, invited by one of them, and
the accept as the provider told it.
"""

import dataclasses
import datetime as dt

import psycopg

from demo.incidents.accounts import (
    make_account,
    make_workspace,
    save_shipped_campaign,
)
from demo.incidents.enrolling import enroll
from demo.incidents.figures import Pair, Value, paired
from demo.incidents.people import demo_person
from demo.incidents.replay import Incident, Stage
from demo.incidents.sending import send_one
from demo.incidents.webhook_examples import store_new_relation
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.webhooks.events import take_in_deliveries


@dataclasses.dataclass(frozen=True)
class Loaded:
    """The person's two enrollments, and how the provider knows both sides."""

    invited_id: int
    other_id: int
    account_key: str
    person: str


def load(
    connection: psycopg.Connection, provider_dsn: str, as_of: dt.datetime
) -> Loaded:
    """Load the two enrollments so that `as_of` is now, a day after the invite."""
    invited_at = as_of - dt.timedelta(days=1)
    person = demo_person(1)
    with connection.transaction():
        workspace_id = make_workspace(connection, "EU SaaS", provider_dsn)
        key = f"{workspace_id}-talha"
        account_id = make_account(connection, workspace_id, "Talha", key, "UTC", as_of)
        inviting, other = (
            save_shipped_campaign(
                connection, file_name, workspace_id, ["Talha"], invited_at
            )
            for file_name in ("eu_saas_outreach.yml", "pipl_connection.yml")
        )
        place = {
            "workspace_id": workspace_id,
            "account_id": account_id,
            "campaign_id": inviting.campaign_id,
            "step_id": inviting.step_ids["send_invite"],
        }
        (invited_id,) = enroll(
            connection, place, iter([person]), [invited_at], invited_at
        )
        send_one(connection, workspace_id, provider_dsn, invited_at)
        other_id = connection.execute(
            "insert into outreach.campaign_prospects (workspace_id, campaign_id,"
            " prospect_id, account_id, current_step_id)"
            " select workspace_id, %s, prospect_id, account_id, %s"
            " from outreach.campaign_prospects"
            " where workspace_id = %s and enrollment_id = %s returning enrollment_id",
            [
                other.campaign_id,
                other.step_ids["send_invite"],
                workspace_id,
                invited_id,
            ],
        ).fetchone()[0]
    return Loaded(invited_id, other_id, key, person.provider_id)


def _replay(stage: Stage) -> dict[str, Pair]:
    loaded = load(stage.connection, stage.sandbox.dsn, stage.as_of)
    stage.build("+campaign_accept_stats")
    before = _look(stage, loaded)
    store_new_relation(
        stage.connection,
        stage.sandbox.dsn,
        loaded.account_key,
        loaded.person,
        stage.as_of,
    )
    take_in_deliveries(stage.connection, stage.as_of)
    resolve_inbound(stage.connection, stage.as_of)
    stage.build("+campaign_accept_stats")
    return paired(before, _look(stage, loaded))


def _look(stage: Stage, loaded: Loaded) -> dict[str, Value]:
    status = (
        "select linkedin_status from outreach.campaign_prospects"
        " where enrollment_id = %s"
    )
    accepts = (
        "select stats.accept_count from analytics.campaign_accept_stats as stats"
        " inner join outreach.campaign_prospects as enrollments"
        " using (workspace_id, campaign_id) where enrollments.enrollment_id = %s"
    )
    return {
        "accepts credited": stage.one(
            "select count(*) from outreach.accept_credits where is_credited"
        ),
        "where the invite was sent: status": stage.one(status, loaded.invited_id),
        "where the invite was sent: accepts": stage.one(accepts, loaded.invited_id),
        "in the other campaign: status": stage.one(status, loaded.other_id),
        "in the other campaign: accepts": stage.one(accepts, loaded.other_id),
    }


INCIDENT = Incident(
    name="LL#275 cause",
    says="One accept was credited to every campaign that the person was enrolled in.",
    replay=_replay,
    wanted={
        "accepts credited": (0, 1),
        "where the invite was sent: status": ("pending_accept", "ready_to_message"),
        "where the invite was sent: accepts": (0, 1),
        "in the other campaign: status": ("ready_to_invite", "ready_to_invite"),
        "in the other campaign: accepts": (0, 0),
    },
)
