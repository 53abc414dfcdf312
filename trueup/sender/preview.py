"""What the people of a campaign will read, or what would park them.

Belongs here: putting saved or unsaved texts and people together as a claim does, and
rendering them as the sender does (`rendering.py`). Writes nothing. The command line and
the console use it.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from trueup.campaigns import Campaign, CampaignError, RefusedCampaignError
from trueup.campaigns.senders import find_senders
from trueup.campaigns.step_matching import SavedStep, match_steps
from trueup.postgres.finding import find_workspace
from trueup.sender.queue import ClaimedSend
from trueup.sender.rendering import FailedRendering, render_send
from trueup.templates import TEXT_FIELDS, longest_allowed
from trueup.templates.positions import utf16_length


@dataclasses.dataclass(frozen=True)
class PreviewedText:
    """One text of one step and variant for one person.

    step: its number from 1. variant: None for a step without texts. is_theirs: whether
    the person gets this variant; None if that is decided only once it is saved. field:
    None for an invite without a note. text: as it is sent, None if it cannot be.
    length: in UTF-16 units, as the provider counts; longest: its limit, None without
    one. error: why the person would be parked, None if nothing is wrong.
    """

    step: int
    step_id: int | None
    action: str
    variant: str | None
    is_theirs: bool | None
    field: str | None
    text: str | None
    length: int | None
    longest: int | None
    error: str | None


@dataclasses.dataclass(frozen=True)
class PreviewedPerson:
    """A person and all that they may read, in the order of steps and variants.

    enrollment_id: None for a person who is not in the campaign. account: who sends it.
    is_worst: whether they were chosen for missing, odd or long values. worst_because:
    what is bad about the values that the texts name; None for the others.
    """

    prospect_id: int
    enrollment_id: int | None
    name: str
    public_identifier: str | None
    account_id: int
    account: str
    is_worst: bool
    texts: list[PreviewedText]
    worst_because: str | None = None


@dataclasses.dataclass(frozen=True)
class _Step:
    """A step of a saved campaign, or of a file. texts: by (variant, field)."""

    number: int
    step_id: int | None
    action: str
    settings: Mapping[str, Any]
    texts: Mapping[tuple[str, str], str]

    def variants(self) -> list[str | None]:
        """All variants, with those that have no text; [None] if there is only one."""
        named = {variant for variant, _ in self.texts} | {*self.settings_weights()}
        return sorted(named) or [None]

    def settings_weights(self) -> Mapping[str, int]:
        return self.settings.get("weights") or {}


@dataclasses.dataclass(frozen=True)
class _Person:
    """A row of `outreach.preview_people`."""

    prospect_id: int
    enrollment_id: int | None
    account_id: int
    account_name: str
    provider_id: str | None
    public_identifier: str | None
    is_worst: bool
    fields: dict[str, Any]
    has_premium: bool
    local_time: datetime
    social_ids: list[str | None] | None

    @property
    def name(self) -> str:
        return self.fields["fullName"] or self.public_identifier or "(no name)"


def preview_saved(
    connection: psycopg.Connection,
    workspace_id: int,
    campaign_id: int,
    prospect_id: int | None = None,
    *,
    as_of: datetime | None = None,
) -> list[PreviewedPerson]:
    """The texts of a saved campaign, as this person will read them.

    Without a person: three who are next, and the one whose values are the worst. Empty
    if the campaign has no people.
    """
    # A cluster of Citus calls a function beside a table only in a CTE of its own.
    row = connection.execute(
        "with steps as materialized (select to_jsonb(saved) as step"
        " from outreach.saved_campaign_steps(%s, %s, is_counted => false) as saved)"
        " select campaigns.custom_fields, array("
        "select accounts.account_id from outreach.campaign_accounts as accounts"
        " where accounts.workspace_id = campaigns.workspace_id"
        " and accounts.campaign_id = campaigns.campaign_id order by 1),"
        " array(select step from steps)"
        " from outreach.campaigns where workspace_id = %s and campaign_id = %s",
        [workspace_id, campaign_id, workspace_id, campaign_id],
    ).fetchone()
    custom_fields, account_ids, saved_steps = ([], [], []) if row is None else row
    steps = [
        _Step(number, saved.step_id, saved.action, saved.settings, saved.texts())
        for number, saved in enumerate(
            (SavedStep(**saved) for saved in saved_steps), start=1
        )
    ]
    return _preview(
        connection, workspace_id, campaign_id, prospect_id, account_ids, custom_fields,
        steps, as_of,
    )  # fmt: skip


def preview_unsaved(
    connection: psycopg.Connection,
    campaign: Campaign,
    prospect_id: int | None = None,
    *,
    as_of: datetime | None = None,
) -> list[PreviewedPerson]:
    """The texts of a campaign's file, for the people of the saved one of its name.

    Without a saved one: for people of the workspace. Raises UnknownNameError for the
    workspace, and RefusedCampaignError for accounts that cannot be found.
    """
    workspace_id = find_workspace(connection, campaign.workspace).workspace_id
    senders, errors = find_senders(connection, workspace_id, campaign)
    if not senders:
        raise RefusedCampaignError(
            errors or [CampaignError(0, "It names no account.", campaign.source)]
        )
    row = connection.execute(
        "select campaign_id from outreach.campaigns"
        " where workspace_id = %s and name = %s",
        [workspace_id, campaign.name],
    ).fetchone()
    campaign_id = None if row is None else row[0]
    matched = match_steps(
        campaign.steps, _saved_steps(connection, workspace_id, campaign_id)
    )
    steps = [
        _Step(
            number,
            None if saved is None else saved.step_id,
            step.action,
            step.all_settings(),
            step.templates(),
        )
        for number, (step, saved) in enumerate(
            zip(campaign.steps, matched, strict=True), start=1
        )
    ]
    return _preview(
        connection, workspace_id, campaign_id, prospect_id,
        [one.account_id for one in senders], campaign.custom_fields, steps, as_of,
    )  # fmt: skip


def _saved_steps(
    connection: psycopg.Connection, workspace_id: int, campaign_id: int | None
) -> list[SavedStep]:
    with connection.cursor(row_factory=class_row(SavedStep)) as cursor:
        return cursor.execute(
            "select * from outreach.saved_campaign_steps(%s, %s, is_counted => false)",
            [workspace_id, campaign_id],
        ).fetchall()


def _preview(
    connection: psycopg.Connection,
    workspace_id: int,
    campaign_id: int | None,
    prospect_id: int | None,
    account_ids: Sequence[int],
    custom_fields: Sequence[str],
    steps: Sequence[_Step],
    as_of: datetime | None,
) -> list[PreviewedPerson]:
    texts = "\n".join(text for step in steps for text in step.texts.values())
    with connection.cursor(row_factory=class_row(_Person)) as cursor:
        people = cursor.execute(
            "select * from outreach.preview_people("
            "%s, %s, %s, %s, %s, %s, coalesce(%s, clock_timestamp()))",
            [
                workspace_id, campaign_id, prospect_id, list(account_ids), texts,
                Jsonb([dict(step.settings) for step in steps]), as_of,
            ],
        ).fetchall()  # fmt: skip
    drawn = _drawn_variants(connection, workspace_id, people, steps)
    return [
        PreviewedPerson(
            person.prospect_id,
            person.enrollment_id,
            person.name,
            person.public_identifier,
            person.account_id,
            person.account_name,
            person.is_worst,
            [
                text
                for step in steps
                if TEXT_FIELDS.get(step.action)
                for text in _texts(workspace_id, custom_fields, person, step, drawn)
            ],
            _worst_because(person, custom_fields, texts) if person.is_worst else None,
        )
        for person in people
    ]


def _worst_because(person: _Person, custom_fields: Sequence[str], texts: str) -> str:
    """The values that the texts name and the person lacks, else the longest one."""
    custom = person.fields.get("custom") or {}
    values = {
        name: value
        for name, value in {
            **{name: custom.get(name) for name in custom_fields},
            **person.fields,
        }.items()
        if name != "custom" and name in texts
    }
    missing = sorted(name for name, value in values.items() if value in (None, ""))
    if missing:
        return f"without {', '.join(missing)}"
    if not values:
        return "no text names a value"
    longest = max(values, key=lambda name: len(str(values[name])))
    return f"odd or long values, the longest is {longest}"


def _drawn_variants(
    connection: psycopg.Connection,
    workspace_id: int,
    people: Sequence[_Person],
    steps: Sequence[_Step],
) -> dict[tuple[int | None, int | None], str]:
    """The variant by (enrollment, step) that was or will be drawn for it.

    Nothing is drawn where a step has one variant.
    """
    pairs = [
        (person.enrollment_id, step.step_id)
        for person in people
        for step in steps
        if person.enrollment_id is not None
        and step.step_id is not None
        and len(step.variants()) > 1
    ]
    if not pairs:
        return {}
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "select * from outreach.drawn_variants(%s, %s::bigint[], %s::bigint[])",
            [workspace_id, [one for one, _ in pairs], [one for _, one in pairs]],
        )
        return {
            (row["enrollment_id"], row["step_id"]): row["variant"] for row in cursor
        }


def _texts(
    workspace_id: int,
    custom_fields: Sequence[str],
    person: _Person,
    step: _Step,
    drawn: Mapping[tuple[int | None, int | None], str],
) -> Iterator[PreviewedText]:
    variants = step.variants()
    for variant in variants:
        rendered = render_send(
            _claimed(workspace_id, custom_fields, person, step, variant)
        )
        is_theirs = True
        if len(variants) > 1:
            theirs = drawn.get((person.enrollment_id, step.step_id))
            is_theirs = None if theirs is None else theirs == variant
        place = (step.number, step.step_id, step.action, variant, is_theirs)
        if isinstance(rendered, FailedRendering):
            field, error = rendered.error.get("field"), rendered.error["message"]
            longest = _longest(field, person) if field in _FIELD_NAMES else None
            yield PreviewedText(*place, field, None, None, longest, error)
            continue
        for field, text in rendered.texts.items():
            yield PreviewedText(
                *place, field, text, utf16_length(text), _longest(field, person), None
            )
        if not rendered.texts:
            yield PreviewedText(*place, None, None, None, None, None)


_FIELD_NAMES = {field.name for fields in TEXT_FIELDS.values() for field in fields}


def _longest(field: str, person: _Person) -> int | None:
    return longest_allowed(field, is_for_free_accounts=not person.has_premium)


def _claimed(
    workspace_id: int,
    custom_fields: Sequence[str],
    person: _Person,
    step: _Step,
    variant: str | None,
) -> ClaimedSend:
    """The facts of a claimed job, for a step and a variant that may not be saved."""
    at = person.local_time
    return ClaimedSend(
        workspace_id=workspace_id,
        job_id=0,
        enrollment_id=person.enrollment_id or 0,
        account_id=person.account_id,
        step_id=step.step_id or 0,
        action=step.action,
        run_at=at,
        lease_expires_at=at + timedelta(minutes=2),
        provider_account_id=None,
        recipient_provider_id=person.provider_id,
        recipient_public_identifier=person.public_identifier,
        has_premium=person.has_premium,
        custom_fields=list(custom_fields),
        templates=[
            {
                "variant": one,
                "field": field,
                "template": template,
                "validation_stamp": "",
            }
            for (one, field), template in sorted(step.texts.items())
            if one == variant
        ],
        prospect=person.fields,
        variant=variant,
        settings=dict(step.settings),
        chat_id=None,
        social_id=(person.social_ids or [None] * step.number)[step.number - 1],
        invitation_id=None,
        local_time=at,
    )
