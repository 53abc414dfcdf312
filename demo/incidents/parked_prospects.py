"""Prospects parked for a template, some since before saving re-armed prospects.

Belongs here: two campaigns with parked prospects. PIPL's text was corrected, and nobody
was re-armed; EU SaaS's text is still broken.
"""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator

import psycopg
from psycopg.types.json import Jsonb

from demo.incidents.accounts import (
    make_account,
    make_workspace,
    save_shipped_campaign,
)
from demo.incidents.enrolling import enroll
from demo.incidents.figures import Pair, Value, paired
from demo.incidents.past_rules import loading
from demo.incidents.people import DemoPerson, demo_person
from demo.incidents.replay import Incident, Stage
from trueup.campaigns.backlog import parked_campaigns, rearm_parked
from trueup.campaigns.validations import validate_saved_templates

FIXED, BROKEN = "PIPL Connection", "EU SaaS Outreach"
PARKED = {FIXED: 40, BROKEN: 12}
# Of PIPL's: they had lost their jobs by the time that saving began to re-arm.
BEFORE_AUTO_RESUME = 25
ERROR = "This merge tag closes with one brace only."
PARKED_BEFORE = dt.timedelta(days=10)


def load(connection: psycopg.Connection, provider_dsn: str, as_of: dt.datetime) -> None:
    """Load the two campaigns so that `as_of` is now; parked ten days ago."""
    people = (demo_person(number) for number in itertools.count())
    with connection.transaction():
        fixed = _load_parked(
            connection, FIXED, "pipl_connection.yml", provider_dsn, people, as_of
        )
        broken = _load_parked(
            connection, BROKEN, "eu_saas_outreach.yml", provider_dsn, people, as_of
        )
    with loading(connection):
        connection.execute(
            "delete from outreach.campaign_send_jobs where workspace_id = %s"
            " and enrollment_id = any(%s)",
            [fixed.workspace_id, list(fixed.enrollment_ids[:BEFORE_AUTO_RESUME])],
        )
        for parked in (fixed, broken):
            connection.execute(
                "update outreach.campaign_step_templates"
                " set validation_stamp = 'before the gate'"
                " where workspace_id = %s and step_id = %s",
                [parked.workspace_id, parked.step_id],
            )
        connection.execute(
            "update outreach.campaign_step_templates"
            " set template = template || ' {{company}'"
            " where workspace_id = %s and step_id = %s",
            [broken.workspace_id, broken.step_id],
        )


@dataclasses.dataclass(frozen=True)
class _Parked:
    workspace_id: int
    step_id: int
    enrollment_ids: tuple[int, ...]


def _load_parked(
    connection: psycopg.Connection,
    name: str,
    file_name: str,
    provider_dsn: str,
    people: Iterator[DemoPerson],
    as_of: dt.datetime,
) -> _Parked:
    parked_at = as_of - PARKED_BEFORE
    workspace_id = make_workspace(connection, name, provider_dsn)
    account_id = make_account(
        connection, workspace_id, "Selva", f"{workspace_id}-selva", "UTC", as_of
    )
    campaign = save_shipped_campaign(
        connection, file_name, workspace_id, ["Selva"], parked_at
    )
    place = {
        "workspace_id": workspace_id,
        "account_id": account_id,
        "campaign_id": campaign.campaign_id,
        "step_id": campaign.step_ids["send_message"],
    }
    enrollment_ids = enroll(
        connection,
        place,
        people,
        [parked_at] * PARKED[name],
        parked_at,
        "ready_to_message",
    )
    error = {"code": "template_error", "message": ERROR}
    connection.execute(
        "select outreach.park_step(%s, %s, %s, 'a send', %s)",
        [workspace_id, place["step_id"], Jsonb(error), parked_at],
    )
    return _Parked(workspace_id, place["step_id"], tuple(enrollment_ids))


def _replay(stage: Stage) -> dict[str, Pair]:
    load(stage.connection, stage.sandbox.dsn, stage.as_of)
    validate_saved_templates(stage.connection, stage.as_of)
    before = _look(stage)
    rearmings = [
        rearming
        for _, rearming in rearm_parked(
            stage.connection,
            parked_campaigns(stage.connection),
            is_dry_run=False,
            as_of=stage.as_of,
        )
    ]
    return paired(before, _look(stage)) | {
        "re-armed": (None, sum(one.rearmed for one in rearmings)),
        "still failing": (None, sum(one.still_parked_count for one in rearmings)),
    }


def _look(stage: Stage) -> dict[str, Value]:
    parked: dict[str, Value] = {
        f"parked of {name}": stage.one(
            "select coalesce(sum(parked_count), 0)::integer"
            " from analytics.template_fix_backlog where campaign_name = %s",
            name,
        )
        for name in PARKED
    }
    return parked | {
        f"the error of {BROKEN}": stage.one(
            "select error_message from analytics.template_fix_backlog"
            " where campaign_name = %s",
            BROKEN,
        ),
        f"jobs queued of {FIXED}": stage.one(
            "select count(*) from outreach.campaign_send_jobs as jobs"
            " inner join outreach.campaign_prospects as enrollments"
            " using (workspace_id, enrollment_id)"
            " where jobs.status = 'queued'"
            " and jobs.run_at = enrollments.next_action_at"
        ),
    }


INCIDENT = Incident(
    name="parked prospects",
    says="People stayed parked for a template that had been corrected.",
    replay=_replay,
    wanted={
        f"parked of {FIXED}": (PARKED[FIXED], 0),
        f"parked of {BROKEN}": (PARKED[BROKEN], PARKED[BROKEN]),
        f"the error of {BROKEN}": (ERROR, ERROR),
        "re-armed": (None, PARKED[FIXED]),
        "still failing": (None, PARKED[BROKEN]),
        f"jobs queued of {FIXED}": (0, PARKED[FIXED]),
    },
)
