"""LL#277: a missing brace made 28 messages fail, be recreated, and fail again.

Belongs here: a campaign whose message holds `{{company}`, saved before templates were
validated, and 28 people who have accepted and wait for it.
"""

import dataclasses
import datetime as dt
import itertools

import psycopg

from demo.incidents.accounts import (
    make_account,
    make_workspace,
    provider_account_id_of,
    register,
    save_shipped_campaign,
)
from demo.incidents.enrolling import enroll
from demo.incidents.figures import Pair, Value, paired
from demo.incidents.past_rules import loading
from demo.incidents.people import demo_person
from demo.incidents.replay import Incident, Stage
from trueup.heals.orphans import reconcile_orphans
from trueup.inbound.lists.reply_polls import poll_replies
from trueup.sender import DrainReport, drain
from unipile_sandbox.control import Sandbox

AFFECTED = 28
RIGHT = "{{company | default: 'your company'}}"
TYPO = "{{company}"
CAMPAIGN = "pipl_connection.yml"
HOUR = dt.timedelta(hours=1)


@dataclasses.dataclass(frozen=True)
class Loaded:
    """Where the campaign is."""

    workspace_id: int
    step_id: int


def load(
    connection: psycopg.Connection, sandbox: Sandbox, as_of: dt.datetime
) -> Loaded:
    """Load the campaign here and its people at the sandbox, all due at `as_of`."""
    with connection.transaction():
        workspace_id = make_workspace(connection, "PIPL", sandbox.dsn)
        key = f"{workspace_id}-selva"
        account_id = make_account(
            connection,
            workspace_id,
            "Selva",
            key,
            "UTC",
            as_of,
            minimum_gap=dt.timedelta(0),
        )
        campaign = save_shipped_campaign(
            connection, CAMPAIGN, workspace_id, ["Selva"], as_of
        )
        place = {
            "workspace_id": workspace_id,
            "account_id": account_id,
            "campaign_id": campaign.campaign_id,
            "step_id": campaign.step_ids["send_message"],
        }
        people = (demo_person(number) for number in itertools.count())
        enroll(connection, place, people, [as_of] * AFFECTED, as_of, "ready_to_message")
    with loading(connection):
        connection.execute(
            "update outreach.campaign_step_templates"
            " set template = replace(template, %s, %s),"
            " validation_stamp = 'before the gate'"
            " where workspace_id = %s and step_id = %s",
            [RIGHT, TYPO, workspace_id, place["step_id"]],
        )
    register(sandbox, "Selva", key)
    for number in range(AFFECTED):
        person = demo_person(number).provider_id
        sandbox.connect_stranger(provider_account_id_of(key, sandbox.dsn), person)
    return Loaded(workspace_id, place["step_id"])


def _replay(stage: Stage) -> dict[str, Pair]:
    loaded = load(stage.connection, stage.sandbox, stage.as_of)
    before = _look(stage)
    first = _drain(stage, stage.as_of)
    recreated = reconcile_orphans(stage.connection, as_of=stage.as_of).recreated
    second = _drain(stage, stage.as_of + HOUR)
    while_broken = {
        "parked by the first round": first.parked,
        "jobs recreated by the reconciler": recreated,
        "claimed again an hour later": second.claimed,
        "calls made while it was broken": _calls(stage),
        "quota spent while it was broken": stage.one(
            "select coalesce(sum(count), 0)::integer"
            " from outreach.linkedin_daily_counters"
        ),
    }
    saved_at = stage.as_of + 2 * HOUR
    save_shipped_campaign(
        stage.connection, CAMPAIGN, loaded.workspace_id, ["Selva"], saved_at
    )
    rearmed = {
        "re-armed within 30 minutes, by saving the fix": stage.one(
            "select count(*) from outreach.campaign_send_jobs"
            " where status = 'queued' and step_id = %s and run_at between %s and %s",
            loaded.step_id,
            saved_at,
            saved_at + HOUR / 2,
        )
    }
    _drain(stage, saved_at + HOUR)
    return paired(before, while_broken | rearmed | _look(stage))


def _look(stage: Stage) -> dict[str, Value]:
    return {
        "jobs of the step": stage.one(
            "select count(*) from outreach.campaign_send_jobs as jobs"
            " inner join outreach.campaign_step_templates as templates"
            " using (workspace_id, step_id) where templates.template like %s",
            "%Thanks for connecting%",
        ),
        "people parked": stage.one(
            "select count(*) from outreach.campaign_prospects"
            " where linkedin_status = 'pending_template_fix'"
        ),
        "messages sent": stage.one(
            "select count(*) from outreach.campaign_events"
            " where event_type = 'message_sent'"
        ),
        "messages that the provider took": _calls(stage),
    }


def _calls(stage: Stage) -> int:
    return len(stage.sandbox.requests("start_chat"))


def _drain(stage: Stage, at: dt.datetime) -> DrainReport:
    sandbox = stage.sandbox
    poll_replies(stage.connection, sandbox.dsn, sandbox.api_key, at)
    return drain(
        stage.connection,
        worker="LL#277",
        provider_dsn=stage.sandbox.dsn,
        api_key=stage.sandbox.api_key,
        until_seconds=60,
        as_of=at,
    )


INCIDENT = Incident(
    name="LL#277",
    says="A message held {{company}: its jobs failed, were recreated and failed again.",
    replay=_replay,
    wanted={
        "messages sent": (0, AFFECTED),
        "jobs of the step": (AFFECTED, AFFECTED),
        "people parked": (0, 0),
        "parked by the first round": (None, AFFECTED),
        "jobs recreated by the reconciler": (None, 0),
        "claimed again an hour later": (None, 0),
        "calls made while it was broken": (None, 0),
        "quota spent while it was broken": (None, 0),
        "re-armed within 30 minutes, by saving the fix": (None, AFFECTED),
        "messages that the provider took": (0, AFFECTED),
    },
)
