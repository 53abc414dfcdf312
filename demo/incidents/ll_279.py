"""LL#279: 89 people delayed by days, because a counter said 142 where 12 were sent.

Belongs here: Anisha's rows after the heal of her counter. The queue's functions make
the 12 sends, and the heal's functions heal. Only the inflated counter is written by
hand.
"""

import dataclasses
import datetime as dt
import itertools
import zoneinfo

import psycopg

from demo.first_look.accounts import ZONES
from demo.incidents.accounts import (
    MINIMUM_GAP,
    OPENS,
    make_account,
    make_workspace,
    save_shipped_campaign,
)
from demo.incidents.enrolling import enroll
from demo.incidents.figures import Pair, Value, paired
from demo.incidents.people import demo_person
from demo.incidents.replay import Incident, Stage
from demo.incidents.sending import send_one
from trueup.heals.next_actions import (
    heal_account,
    heal_next_actions,
    stale_accounts,
)

STALE = 89
SENT = 12
COUNTED = 142
WINDOW_DAYS_AHEAD = (1, 2, 3)
HEALED_BEFORE = dt.timedelta(hours=12)


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
            send_one(connection, workspace_id, provider_dsn, sent_at)
        _inflate_and_heal(connection, workspace_id, account_id, healed_at)
        openings = [
            _opening(connection, workspace_id, account_id, as_of + dt.timedelta(days))
            for days in WINDOW_DAYS_AHEAD
        ]
        # A false limit moved each one to the opening of a later day, with jitter.
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


def _replay(stage: Stage) -> dict[str, Pair]:
    loaded = load(stage.connection, stage.sandbox.dsn, stage.as_of)
    before = _look(stage, loaded)
    with stage.connection.transaction(force_rollback=True):
        would_move = sum(
            len(heal_account(stage.connection, account, as_of=stage.as_of))
            for account in stale_accounts(stage.connection)
        )
    left_by_dry_run = _look(stage, loaded)["listed as too far ahead"]
    report = heal_next_actions(stage.connection, as_of=stage.as_of)
    return paired(before, _look(stage, loaded)) | {
        "a dry run would move": (None, would_move),
        "listed after the dry run": (None, left_by_dry_run),
        "moved by the heal": (None, report.moved),
        "moved by a second heal": (
            None,
            heal_next_actions(stage.connection, as_of=stage.as_of).moved,
        ),
    }


def _look(stage: Stage, loaded: Loaded) -> dict[str, Value]:
    return {
        "listed as too far ahead": stage.one(
            "select count(*) from analytics.stale_next_actions"
            " where kind = 'too_far_ahead'"
        ),
        "due when her next window opens, the job too": stage.one(
            "select count(*) from outreach.campaign_prospects as enrollments"
            " inner join outreach.campaign_send_jobs as jobs"
            " using (workspace_id, enrollment_id)"
            " where enrollments.workspace_id = %s"
            " and enrollments.enrollment_id = any(%s) and jobs.status = 'queued'"
            " and enrollments.next_action_at = %s and jobs.run_at = %s",
            loaded.workspace_id,
            list(loaded.enrollment_ids),
            *[_opening_of(stage, loaded)] * 2,
        ),
        "her counter was healed from": stage.one(
            "select max(before) from outreach.linkedin_counter_heals"
        ),
        "her counter was healed to": stage.one(
            "select max(after) from outreach.linkedin_counter_heals"
        ),
    }


def _opening_of(stage: Stage, loaded: Loaded) -> dt.datetime:
    return _opening(
        stage.connection, loaded.workspace_id, loaded.account_id, stage.as_of
    )


INCIDENT = Incident(
    name="LL#279",
    says="Anisha's next actions stood days ahead after her counter was healed.",
    replay=_replay,
    wanted={
        "listed as too far ahead": (STALE, 0),
        "her counter was healed from": (COUNTED, COUNTED),
        "her counter was healed to": (SENT, SENT),
        "a dry run would move": (None, STALE),
        "listed after the dry run": (None, STALE),
        "moved by the heal": (None, STALE),
        "due when her next window opens, the job too": (0, STALE),
        "moved by a second heal": (None, 0),
    },
)
