"""LL#275: accept events of people whose accept was reverted on May 1.

Belongs here: the rows of three campaigns after the revert, and the replay of their
stats. The events stay as evidence.
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
from demo.incidents.figures import Pair
from demo.incidents.past_rules import loading
from demo.incidents.replay import Incident, Stage
from trueup.inbound.lists.accepts import resolve_inbound


@dataclasses.dataclass(frozen=True)
class PhantomAccepts:
    """A campaign: people invited, accept events of theirs, and how many were reverted.

    file_name: the shipped campaign whose steps it has.
    """

    workspace: str
    account: str
    campaign: str
    file_name: str
    invited: int
    accept_events: int
    reverted: int

    @property
    def accepts(self) -> int:
        return self.accept_events - self.reverted


CAMPAIGNS = (
    PhantomAccepts(
        "EU SaaS", "Talha", "EU SaaS Outreach", "eu_saas_outreach.yml", 261, 47, 16
    ),
    PhantomAccepts(
        "replaiy", "marc@replaiy.ai", "Founders", "pipl_connection.yml", 420, 89, 10
    ),
    PhantomAccepts(
        "PIPL", "Selva", "PIPL Connection", "pipl_connection.yml", 5_600, 1_208, 150
    ),
)


def load(connection: psycopg.Connection, provider_dsn: str, as_of: dt.datetime) -> None:
    """Load the incident so that `as_of` is now: invited ten days ago, accepted five.

    Workspaces, accounts and campaigns are made by the rules. Enrollments and events
    enter past the rules, in a second transaction. The connection must be outside a
    transaction.
    """
    query = (
        importlib.resources.files("demo.incidents")
        .joinpath("ll_275.sql")
        .read_text(encoding="utf-8")
    )
    places = []
    with connection.transaction():
        for one in CAMPAIGNS:
            workspace_id = make_workspace(connection, one.workspace, provider_dsn)
            key = f"{workspace_id}-{one.account.partition('@')[0].lower()}"
            account_id = make_account(
                connection, workspace_id, one.account, key, "UTC", as_of
            )
            saved = save_shipped_campaign(
                connection,
                one.file_name,
                workspace_id,
                [one.account],
                as_of,
                one.campaign,
            )
            places.append(
                {
                    "workspace_id": workspace_id,
                    "account_id": account_id,
                    "campaign_id": saved.campaign_id,
                    "step_id": saved.step_ids["wait_accept"],
                    "invited": one.invited,
                    "accept_events": one.accept_events,
                    "reverted": one.reverted,
                    "invited_at": as_of - dt.timedelta(days=10),
                    "accepted_at": as_of - dt.timedelta(days=5),
                }
            )
    with loading(connection):
        for place in places:
            connection.execute(query, place)


def _replay(stage: Stage) -> dict[str, Pair]:
    load(stage.connection, stage.sandbox.dsn, stage.as_of)
    stage.connection.execute("analyze")
    events_before = _forensic_events(stage)
    resolve_inbound(stage.connection, stage.as_of)
    stage.build("+campaign_accept_stats")
    rows = stage.connection.execute(
        "select campaign_name, greatest(events_accept_count, prospects_accept_count),"
        " accept_count, reverted_accept_count from analytics.campaign_accept_stats"
    ).fetchall()
    figures: dict[str, Pair] = {}
    for campaign, as_it_was_counted, accepts, reverted in rows:
        # The formula of then: whichever of the two counts was larger.
        figures[f"accepts of {campaign}"] = (as_it_was_counted, accepts)
        figures[f"reverted accepts of {campaign}"] = (None, reverted)
    for campaign, count in _forensic_events(stage).items():
        figures[f"accept events kept of {campaign}"] = (
            events_before[campaign],
            count,
        )
    return figures


def _forensic_events(stage: Stage) -> dict[str, int]:
    """Accept events in both logs together, by campaign; half of them in each."""
    return dict(
        stage.connection.execute(
            "select campaigns.name, count(*) + (select count(*)"
            " from outreach.linkedin_events as told"
            " where told.workspace_id = campaigns.workspace_id)"
            " from outreach.campaign_events inner join outreach.campaigns"
            " using (workspace_id, campaign_id) where event_type = 'invite_accepted'"
            " group by campaigns.workspace_id, campaigns.name"
        ).fetchall()
    )


INCIDENT = Incident(
    name="LL#275",
    says="The stats counted accepts that had been reverted, by their events.",
    replay=_replay,
    wanted={
        f"accepts of {one.campaign}": (one.accept_events, one.accepts)
        for one in CAMPAIGNS
    }
    | {f"reverted accepts of {one.campaign}": (None, one.reverted) for one in CAMPAIGNS}
    | {
        f"accept events kept of {one.campaign}": (2 * one.accept_events,) * 2
        for one in CAMPAIGNS
    },
)
