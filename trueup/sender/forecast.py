"""The next sends of a workspace, in their order, and what waits.

Belongs here: calling `outreach.list_forecast`, and the texts of its acts. Does not: the
simulation, which is SQL. The command line and the console use it.
"""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from trueup.sender.preview import PreviewedText, preview_saved
from trueup.templates import TEXT_FIELDS


@dataclasses.dataclass(frozen=True)
class ForecastAct:
    """One act that is expected, or the next act of an enrollment that waits.

    local_time: expected_at on the account's wall clock, in `timezone`. act_number: 1
    for the live job; the acts after it follow by themselves. outlook: expected,
    after_horizon, blocked (until a person, an accept or the provider acts) or ending
    (the sender ends the job without a call). blocker: why not earlier, or why not at
    all; explanation: its meaning. earliest_at, latest_at: the forecast's window.
    """

    expected_at: datetime | None
    local_time: datetime | None
    timezone: str
    account_id: int
    account: str
    prospect_id: int
    person: str
    campaign_id: int
    campaign: str
    step: int | None
    step_id: int | None
    action: str | None
    outlook: str
    blocker: str
    explanation: str | None
    earliest_at: datetime | None
    latest_at: datetime | None
    jobs_ahead_count: int | None
    act_number: int
    enrollment_id: int
    job_id: int | None


def forecast_sends(
    connection: psycopg.Connection,
    workspace_id: int,
    *,
    until: datetime,
    account_id: int | None = None,
    campaign_id: int | None = None,
    as_of: datetime | None = None,
) -> list[ForecastAct]:
    """What is expected before `until`, in its order, then what is not.

    It holds if nothing changes: no accept, no reply, no new people. `as_of` defaults to
    the database's clock.
    """
    accounts = None if account_id is None else [account_id]
    with connection.cursor(row_factory=class_row(ForecastAct)) as cursor:
        return cursor.execute(
            "select * from outreach.list_forecast("
            "%s, %s, %s, coalesce(%s, clock_timestamp()), %s)",
            [workspace_id, accounts, campaign_id, as_of, until],
        ).fetchall()


def texts_of(
    connection: psycopg.Connection,
    workspace_id: int,
    act: ForecastAct,
    *,
    as_of: datetime | None = None,
) -> list[PreviewedText]:
    """The texts of an act as its person will read them, or what would park them.

    Empty for an act without a text, such as a look-up.
    """
    return texts_of_step(
        connection,
        workspace_id,
        act.campaign_id,
        act.prospect_id,
        step_id=act.step_id,
        action=act.action,
        as_of=as_of,
    )


def texts_of_step(
    connection: psycopg.Connection,
    workspace_id: int,
    campaign_id: int,
    prospect_id: int,
    *,
    step_id: int | None,
    action: str | None,
    as_of: datetime | None = None,
) -> list[PreviewedText]:
    """The same of what a step does to a person."""
    if action not in TEXT_FIELDS:
        return []
    people = preview_saved(
        connection, workspace_id, campaign_id, prospect_id, as_of=as_of
    )
    return [
        text
        for person in people
        for text in person.texts
        if text.step_id == step_id
        and text.action == action
        and text.is_theirs is not False
    ]


def why_parked(texts: Sequence[PreviewedText]) -> str | None:
    """Why an act with these texts parks its person instead of going; None if it goes.

    The simulation knows no texts, so it expects such an act as any other.
    """
    return next((text.error for text in texts if text.error is not None), None)
