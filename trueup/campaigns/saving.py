"""Saving a campaign as a whole, or not at all with every error.

Belongs here: the order of the checks and the transaction. Does not: the writes
(`sql/functions/campaigns/save_campaign.sql`), or the re-arming (`rearming.py`).
"""

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from trueup.campaigns.errors import CampaignError, RefusedCampaignError
from trueup.campaigns.long_texts import TooLongText, too_long_of
from trueup.campaigns.model import Campaign, Step
from trueup.campaigns.rearming import Rearming, rearm_campaign
from trueup.campaigns.rules import rule_errors
from trueup.campaigns.senders import Sender, find_senders
from trueup.campaigns.stamping import keep_stamps
from trueup.campaigns.step_matching import SavedStep, match_steps
from trueup.campaigns.template_checks import stamp_of, template_errors
from trueup.postgres.finding import UnknownNameError, find_workspace
from trueup.templates import FIELDS


@dataclasses.dataclass(frozen=True)
class SavedCampaign:
    """The result of a save. step_ids: of the file's steps, in their order.

    account_ids: of the accounts that it has now. too_long: texts that are too long with
    the values of some people, who are parked when their turn comes.
    """

    workspace_id: int
    campaign_id: int
    name: str
    is_new: bool
    account_ids: tuple[int, ...]
    step_ids: tuple[int, ...]
    new_step_count: int
    removed_step_count: int
    rearming: Rearming
    too_long: tuple[TooLongText, ...] = ()


def check_campaign(campaign: Campaign) -> None:
    """Raise RefusedCampaignError for all errors that need no database."""
    errors = [*rule_errors(campaign), *template_errors(campaign)]
    if errors:
        raise RefusedCampaignError(errors)


def find_errors(
    connection: psycopg.Connection, campaign: Campaign
) -> list[CampaignError]:
    """All errors for which a save would be refused now. Locks and writes nothing."""
    workspace_id = _workspace_of(connection, campaign)
    senders, errors = find_senders(connection, workspace_id, campaign)
    row = connection.execute(
        "select campaign_id from outreach.campaigns"
        " where workspace_id = %s and name = %s",
        [workspace_id, campaign.name],
    ).fetchone()
    campaign_id = None if row is None else row[0]
    matching = _matching(connection, workspace_id, campaign_id, campaign)
    errors += _all_errors(campaign, senders, matching)
    return errors


def find_too_long(
    connection: psycopg.Connection, campaign: Campaign
) -> tuple[TooLongText, ...]:
    """The texts that a save would report as too long for some people of the campaign.

    Raises RefusedCampaignError for a workspace that does not exist.
    """
    workspace_id = _workspace_of(connection, campaign)
    senders, _ = find_senders(connection, workspace_id, campaign)
    row = connection.execute(
        "select campaign_id from outreach.campaigns"
        " where workspace_id = %s and name = %s",
        [workspace_id, campaign.name],
    ).fetchone()
    return too_long_of(
        connection,
        workspace_id,
        None if row is None else row[0],
        campaign,
        is_for_free_accounts=_has_free(senders),
    )


def save_campaign(
    connection: psycopg.Connection,
    campaign: Campaign,
    as_of: datetime | None = None,
    *,
    actor: str = "save_campaign",
    is_draft: bool = False,
    expected_version: str | None = None,
) -> SavedCampaign:
    """Validate every text of a campaign, then write it, its stamps and the re-arming of
    its parked people in one transaction.

    `as_of` defaults to the database's clock. is_draft: a new campaign waits until it is
    started. expected_version: refuse if the saved campaign has another
    `outreach.campaign_version`. Raises RefusedCampaignError with all errors of all
    steps; nothing is saved then.
    """
    workspace_id = _workspace_of(connection, campaign)
    with connection.transaction():
        if as_of is None:
            as_of = connection.execute("select clock_timestamp()").fetchone()[0]
        senders, errors = find_senders(connection, workspace_id, campaign)
        campaign_id = connection.execute(
            "select outreach.lock_campaign(%s, %s, %s)",
            [workspace_id, campaign.name, [one.account_id for one in senders]],
        ).fetchone()[0]
        matching = _matching(connection, workspace_id, campaign_id, campaign)
        errors += _all_errors(campaign, senders, matching)
        if expected_version is not None:
            errors += _version_errors(
                connection, workspace_id, campaign_id, expected_version
            )
        if errors:
            raise RefusedCampaignError(errors)
        written = _as_json(campaign, senders, matching.matched)
        written["status"] = "draft" if is_draft else "running"
        written["is_new"] = campaign_id is None
        keep_stamps(connection, workspace_id, _stamps(written), as_of)
        saved_id = _write(connection, workspace_id, written, as_of)
        rearming = rearm_campaign(
            connection, workspace_id, saved_id, as_of=as_of, actor=actor
        )
        too_long = too_long_of(
            connection,
            workspace_id,
            saved_id,
            campaign,
            is_for_free_accounts=_has_free(senders),
        )
        step_ids = tuple(
            one.step_id for one in _saved_steps(connection, workspace_id, saved_id)
        )
    return SavedCampaign(
        workspace_id=workspace_id,
        campaign_id=saved_id,
        name=campaign.name,
        is_new=campaign_id is None,
        account_ids=tuple(one.account_id for one in senders),
        step_ids=step_ids,
        new_step_count=matching.matched.count(None),
        removed_step_count=len(matching.removed),
        rearming=rearming,
        too_long=too_long,
    )


def _write(
    connection: psycopg.Connection,
    workspace_id: int,
    written: dict[str, Any],
    as_of: datetime,
) -> int:
    """The id of the written campaign."""
    try:
        row = connection.execute(
            "select outreach.save_campaign(%s, %s, %s)",
            [workspace_id, Jsonb(written), as_of],
        ).fetchone()
    except psycopg.errors.ObjectNotInPrerequisiteState:
        # Two people made it at once, and neither has seen the other's.
        message = (
            f"A campaign {written['name']} was saved meanwhile. Choose another name, "
            "or edit that one."
        )
        raise RefusedCampaignError(
            [CampaignError(0, message, path=("name",))]
        ) from None
    assert row is not None
    return row[0]


@dataclasses.dataclass(frozen=True)
class _Matching:
    """matched: the saved step of each step, None if it is new; removed: the others."""

    matched: list[SavedStep | None]
    removed: list[SavedStep]


def _workspace_of(connection: psycopg.Connection, campaign: Campaign) -> int:
    try:
        return find_workspace(
            connection, campaign.workspace, "`workspace:` in the file"
        ).workspace_id
    except UnknownNameError as error:
        path = ("workspace",)
        unknown = CampaignError(
            campaign.line(path), str(error), campaign.source, path=path
        )
        errors = [unknown, *rule_errors(campaign), *template_errors(campaign)]
        raise RefusedCampaignError(errors) from None


def _matching(
    connection: psycopg.Connection,
    workspace_id: int,
    campaign_id: int | None,
    campaign: Campaign,
) -> _Matching:
    saved = _saved_steps(connection, workspace_id, campaign_id)
    matched = match_steps(campaign.steps, saved)
    return _Matching(matched, [one for one in saved if one not in matched])


def _all_errors(
    campaign: Campaign, senders: list[Sender], matching: _Matching
) -> list[CampaignError]:
    """All errors but those of the accounts."""
    return [
        *rule_errors(campaign),
        *template_errors(
            campaign,
            is_for_free_accounts=_has_free(senders),
            longest=_longest_names(senders),
        ),
        *_step_errors(campaign, matching.matched, matching.removed),
    ]


def _has_free(senders: list[Sender]) -> bool:
    return any(not one.has_premium for one in senders)


def _version_errors(
    connection: psycopg.Connection,
    workspace_id: int,
    campaign_id: int | None,
    expected_version: str,
) -> list[CampaignError]:
    (version,) = connection.execute(
        "select outreach.campaign_version(%s, %s)", [workspace_id, campaign_id]
    ).fetchone()
    if version == expected_version:
        return []
    return [
        CampaignError(
            0,
            "The campaign was saved by somebody else since you opened it. Open it "
            "again in another tab, and take over what you changed.",
        )
    ]


def _longest_names(senders: list[Sender]) -> dict[str, str]:
    """The longest values of the fields that all people have in common."""
    return {
        name: max((value or "" for value in given), key=len)
        for name, given in (
            ("senderFirstName", [one.first_name for one in senders]),
            ("senderLastName", [one.last_name for one in senders]),
        )
        if given
    }


def _saved_steps(
    connection: psycopg.Connection, workspace_id: int, campaign_id: int | None
) -> list[SavedStep]:
    with connection.cursor(row_factory=class_row(SavedStep)) as cursor:
        cursor.execute(
            "select * from outreach.saved_campaign_steps(%s, %s)",
            [workspace_id, campaign_id],
        )
        return cursor.fetchall()


def _step_errors(
    campaign: Campaign, matched: list[SavedStep | None], removed: list[SavedStep]
) -> list[CampaignError]:
    errors = [
        CampaignError(
            campaign.line((*step.path, "action")),
            f"Step {number} (id `{step.key}`) was saved as a {found.action} and cannot "
            f"become a {step.action}: its history belongs to it. Give the new step "
            "another id.",
            campaign.source,
            step=number,
            path=(*step.path, "action"),
        )
        for number, (step, found) in enumerate(
            zip(campaign.steps, matched, strict=True), start=1
        )
        if found is not None and found.action != step.action
    ]
    errors += [
        CampaignError(
            campaign.line(("steps",)),
            f"The saved step {_called(step)} is missing, but {step.active_count} "
            "people are at it. Keep it until they have passed it: a step is never "
            "skipped.",
            campaign.source,
            code="occupied",
            path=("steps",),
        )
        for step in removed
        if step.active_count
    ]
    return errors


def _called(step: SavedStep) -> str:
    if step.step_key is not None:
        return f"`{step.step_key}` ({step.action})"
    first = next(iter(step.texts().values()), "")
    shown = f' "{first[:40].strip()}…"' if first else ""
    return f"{step.action}{shown}"


def _as_json(
    campaign: Campaign, senders: list[Sender], matched: list[SavedStep | None]
) -> dict[str, Any]:
    return {
        "name": campaign.name,
        "custom_fields": list(campaign.custom_fields),
        "settings": dict(campaign.settings),
        "notify": list(campaign.notify),
        "account_ids": [one.account_id for one in senders],
        "steps": [
            _step_as_json(campaign, step, found)
            for step, found in zip(campaign.steps, matched, strict=True)
        ],
    }


def _stamps(campaign: dict[str, Any]) -> Iterator[str]:
    for step in campaign["steps"]:
        for template in step["templates"]:
            yield template["validation_stamp"]


def _step_as_json(
    campaign: Campaign, step: Step, found: SavedStep | None
) -> dict[str, Any]:
    return {
        "step_id": None if found is None else found.step_id,
        "step_key": step.key,
        "action": step.action,
        "delay": step.delay,
        "settings": step.all_settings(),
        "templates": [
            {
                "variant": variant,
                "field": field,
                "template": text,
                "fields": sorted(FIELDS),
                "custom_fields": sorted(campaign.custom_fields),
                "validation_stamp": stamp_of(text, campaign.custom_fields),
            }
            for (variant, field), text in step.templates().items()
        ],
    }
