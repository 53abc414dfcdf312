"""LL#279: 89 people put off by days, because a counter said 142 and 12 were sent.

Belongs here: Anisha's rows as they lay after the heal of her counter. The 12 sends are
made by the queue's own functions and the heal by its own; only the inflated counter is
written by hand.
"""

import dataclasses
import datetime as dt
import itertools
import zoneinfo

import psycopg
from psycopg.types.json import Jsonb

from dagster_project.first_look.accounts import ZONES
from dagster_project.incidents.accounts import (
    MINIMUM_GAP,
    OPENS,
    make_account,
    make_workspace,
    save_shipped_campaign,
)
from dagster_project.incidents.enrolling import enroll
from dagster_project.incidents.people import demo_person

STALE = 89
SENT = 12
COUNTED = 142
WINDOW_DAYS_AHEAD = (1, 2, 3)
HEALED_BEFORE = dt.timedelta(hours=12)
WORKER = "ll_279"


@dataclasses.dataclass(frozen=True)
class Loaded:
    """Where Anisha's rows are."""

    workspace_id: int
    account_id: int
    campaign_id: int
    enrollment_ids: tuple[int, ...]


def load(
    connection: psycopg.Connection, provider_dsn: str, as_of: dt.datetime
) -> Loaded:
    """Load the incident so that `as_of` is now, in the hours before her window opens.

    Her counter was healed twelve hours ago, on the evening of her day before. Runs in
    one transaction.
    """
    people = (demo_person(number) for number in itertools.count())
    with connection.transaction():
        workspace_id = make_workspace(connection, "PIPL", provider_dsn)
        account_id = make_account(
            connection,
            workspace_id,
            "Anisha",
            f"{workspace_id}-anisha",
            zone_before_work(as_of),
            as_of,
        )
        campaign = save_shipped_campaign(
            connection, "pipl_connection.yml", workspace_id, ["Anisha"], as_of
        )
        place = {
            "workspace_id": workspace_id,
            "account_id": account_id,
            "campaign_id": campaign.campaign_id,
            "step_id": campaign.step_ids["send_invite"],
        }
        healed_at = as_of - HEALED_BEFORE
        first_sent_at = healed_at - 2 * SENT * MINIMUM_GAP
        enroll(connection, place, people, [first_sent_at] * SENT, first_sent_at)
        for number in range(SENT):
            sent_at = first_sent_at + 2 * number * MINIMUM_GAP
            _send_one(connection, workspace_id, provider_dsn, sent_at)
        _inflate_and_heal(connection, workspace_id, account_id, healed_at)
        openings = [
            _opening(connection, workspace_id, account_id, as_of + dt.timedelta(days))
            for days in WINDOW_DAYS_AHEAD
        ]
        # As each spurious trip of the limit left it: a day's opening and jitter.
        run_ats = [
            openings[number % len(openings)] + dt.timedelta(minutes=number % 30)
            for number in range(STALE)
        ]
        enrollment_ids = enroll(
            connection, place, people, run_ats, as_of - dt.timedelta(days=4)
        )
    return Loaded(workspace_id, account_id, campaign.campaign_id, tuple(enrollment_ids))


def zone_before_work(as_of: dt.datetime) -> str:
    """A time zone where it is between 5 and 8 in the morning."""
    return next(
        zone
        for zone in ZONES
        if dt.time(5) <= as_of.astimezone(zoneinfo.ZoneInfo(zone)).time() < OPENS
    )


def _send_one(
    connection: psycopg.Connection,
    workspace_id: int,
    provider_dsn: str,
    at: dt.datetime,
) -> None:
    """One invite, answered: the queue's own steps without a provider."""
    jobs = connection.execute(
        "select claimed.job_id, array(select templates.validation_stamp"
        " from outreach.campaign_step_templates as templates"
        " where templates.workspace_id = claimed.workspace_id"
        " and templates.step_id = claimed.step_id)"
        " from outreach.claim_send_jobs(%s, %s, 1, %s, %s) as claimed",
        [workspace_id, WORKER, at, provider_dsn],
    ).fetchall()
    rendered = [
        {"job_id": job_id, "request_sha256": "0", "validation_stamps": stamps}
        for job_id, stamps in jobs
    ]
    begun = connection.execute(
        "select attempt_id from outreach.begin_send_attempts(%s, %s, %s, %s)",
        [workspace_id, WORKER, Jsonb(rendered), at],
    ).fetchall()
    answers = [
        {
            "attempt_id": attempt_id,
            "reached": "answered",
            "http_status": 201,
            "is_well_formed": True,
            "provider_reference": f"invitation-{attempt_id}",
        }
        for (attempt_id,) in begun
    ]
    connection.execute(
        "select * from outreach.record_send_outcomes(%s, %s, %s, %s)",
        [workspace_id, WORKER, Jsonb(answers), at],
    )


def _inflate_and_heal(
    connection: psycopg.Connection,
    workspace_id: int,
    account_id: int,
    healed_at: dt.datetime,
) -> None:
    connection.execute(
        "update outreach.linkedin_daily_counters set count = %s, updated_at = %s"
        " where workspace_id = %s and account_id = %s and action = 'send_invite'",
        [COUNTED, healed_at, workspace_id, account_id],
    )
    connection.execute(
        "select outreach.heal_daily_counters(%s, 'll_279', %s)",
        [workspace_id, healed_at],
    )


def _opening(
    connection: psycopg.Connection,
    workspace_id: int,
    account_id: int,
    at: dt.datetime,
) -> dt.datetime:
    return connection.execute(
        "select outreach.clamp_to_sending_window(%s, %s, %s)",
        [workspace_id, account_id, at],
    ).fetchone()[0]
