"""Queueing parked people again after their template validates (LL#277).

Belongs here: deciding, by the validator and by rendering, which people can continue,
and why the others cannot. Does not: the changes
(`sql/functions/campaigns/rearm_campaign.sql`).
"""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, scalar_row

from trueup.campaigns.stamping import keep_stamps
from trueup.campaigns.template_checks import judge, stamp_of
from trueup.templates import (
    FIELDS,
    LONGEST_TIME,
    RenderError,
    draw_of,
    longest_allowed,
    render,
)

REFUSED_BY_PROVIDER = (
    "The provider refused exactly this text for them. Change the template."
)
NOT_FREE_TO_SEND = (
    "An earlier send of this step may have reached them, or another job of theirs is "
    "under way."
)


@dataclasses.dataclass(frozen=True)
class StillParked:
    """People who stay parked at one step for one reason."""

    step_id: int
    reason: str
    count: int


@dataclasses.dataclass(frozen=True)
class Rearming:
    """The people who were queued again, and those who stay parked and why."""

    rearmed: int = 0
    still_parked: Sequence[StillParked] = ()

    @property
    def still_parked_count(self) -> int:
        return sum(row.count for row in self.still_parked)


@dataclasses.dataclass(frozen=True)
class SavedTemplate:
    """A saved text; see outreach.saved_templates()."""

    campaign_id: int
    campaign_name: str
    step_id: int
    step_number: int
    action: str
    variant: str
    field: str
    template: str
    validation_stamp: str
    custom_fields: list[str]
    is_for_free_accounts: bool


@dataclasses.dataclass(frozen=True)
class _Parked:
    enrollment_id: int
    step_id: int
    is_stamped: bool
    is_parked_alone: bool
    is_refused_by_provider: bool


@dataclasses.dataclass(frozen=True)
class _Alone:
    enrollment_id: int
    step_id: int
    variant: str | None
    has_premium: bool
    prospect: dict[str, Any]


def saved_templates(
    connection: psycopg.Connection, workspace_id: int, campaign_id: int | None = None
) -> list[SavedTemplate]:
    """The texts of a workspace's campaigns, or of one campaign."""
    with connection.cursor(row_factory=class_row(SavedTemplate)) as cursor:
        cursor.execute(
            "select * from outreach.saved_templates(%s, %s)",
            [workspace_id, campaign_id],
        )
        return cursor.fetchall()


def rearm_campaign(
    connection: psycopg.Connection,
    workspace_id: int,
    campaign_id: int,
    *,
    as_of: datetime | None = None,
    actor: str = "rearm_campaign",
) -> Rearming:
    """Re-arm a campaign's parked people whose step validates today.

    A person who was parked alone continues only if the text can be rendered for them
    now. A valid text without a stamp gets its stamp. The caller commits, or rolls back
    for a dry run.
    """
    with connection.cursor(row_factory=class_row(_Parked)) as cursor:
        parked = cursor.execute(
            "select enrollment_id, step_id, is_stamped, is_parked_alone,"
            " is_refused_by_provider from outreach.parked_enrollments(%s, %s)",
            [workspace_id, campaign_id],
        ).fetchall()
    if not parked:
        return Rearming()
    templates: dict[int, list[SavedTemplate]] = defaultdict(list)
    for template in saved_templates(connection, workspace_id, campaign_id):
        templates[template.step_id].append(template)
    broken = _broken_steps(templates)
    unstamped = {row.step_id for row in parked if not row.is_stamped} - broken.keys()
    for step_id in sorted(unstamped):
        _stamp(connection, workspace_id, templates[step_id])
    failing = _failing_alone(connection, workspace_id, campaign_id, templates)
    approved = [
        row.enrollment_id
        for row in parked
        if row.step_id not in broken and row.enrollment_id not in failing
    ]
    with connection.cursor(row_factory=scalar_row) as cursor:
        rearmed = set(
            cursor.execute(
                "select * from outreach.rearm_campaign(%s, %s, %s, %s, %s)",
                [workspace_id, campaign_id, actor, as_of, approved],
            ).fetchall()
        )
    reasons = Counter(
        (row.step_id, _reason(row, broken, failing))
        for row in parked
        if row.enrollment_id not in rearmed
    )
    return Rearming(
        rearmed=len(rearmed),
        still_parked=tuple(
            StillParked(step_id, reason, count)
            for (step_id, reason), count in sorted(reasons.items())
        ),
    )


def _broken_steps(templates: dict[int, list[SavedTemplate]]) -> dict[int, str]:
    """The first error of the validator in the texts of each step."""
    broken: dict[int, str] = {}
    for step_id, rows in templates.items():
        for row in rows:
            errors = judge(
                row.template,
                row.field,
                row.custom_fields,
                is_for_free_accounts=row.is_for_free_accounts,
            )
            if errors and step_id not in broken:
                first = errors[0]
                broken[step_id] = (
                    f"Step {row.step_number}, {row.field}, line {first.line}, column "
                    f"{first.column}: {first.message}"
                )
    return broken


def _stamp(
    connection: psycopg.Connection, workspace_id: int, templates: list[SavedTemplate]
) -> None:
    keep_stamps(
        connection,
        workspace_id,
        [stamp_of(row.template, row.custom_fields) for row in templates],
    )
    for row in templates:
        connection.execute(
            "select outreach.stamp_template(%s, %s, %s, %s, %s, %s, %s)",
            [
                workspace_id,
                row.step_id,
                row.variant,
                row.field,
                sorted(FIELDS),
                sorted(row.custom_fields),
                stamp_of(row.template, row.custom_fields),
            ],
        )


def _failing_alone(
    connection: psycopg.Connection,
    workspace_id: int,
    campaign_id: int,
    templates: dict[int, list[SavedTemplate]],
) -> dict[int, str]:
    """The people parked alone for whom the text still cannot be rendered."""
    with connection.cursor(row_factory=class_row(_Alone)) as cursor:
        alone = cursor.execute(
            "select * from outreach.prospects_parked_alone(%s, %s)",
            [workspace_id, campaign_id],
        ).fetchall()
    failing: dict[int, str] = {}
    for person in alone:
        for row in templates[person.step_id]:
            if person.variant not in (None, row.variant):
                continue
            try:
                render(
                    row.template,
                    person.prospect,
                    max_length=longest_allowed(
                        row.field, is_for_free_accounts=not person.has_premium
                    ),
                    draw=draw_of(workspace_id, person.enrollment_id, person.step_id),
                    local_time=LONGEST_TIME,
                )
            except RenderError as error:
                failing[person.enrollment_id] = str(error)
    return failing


def _reason(row: _Parked, broken: dict[int, str], failing: dict[int, str]) -> str:
    if row.step_id in broken:
        return broken[row.step_id]
    if row.enrollment_id in failing:
        return failing[row.enrollment_id]
    if row.is_refused_by_provider:
        return REFUSED_BY_PROVIDER
    return NOT_FREE_TO_SEND
