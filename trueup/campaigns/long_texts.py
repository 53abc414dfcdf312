"""Texts that become too long with the values of some people of a campaign.

Belongs here: finding such texts, and whom they concern. Does not: errors of a text
itself (`template_checks.py`): these do not refuse a save, because the person whose
values are too long is parked alone when their turn comes.
"""

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import psycopg
from psycopg.rows import class_row

from trueup.campaigns.model import Campaign
from trueup.campaigns.rearming import saved_templates
from trueup.campaigns.template_checks import judge
from trueup.templates import (
    LONGEST_TIME,
    RenderError,
    TooLongError,
    longest_allowed,
    render,
)

MOST_PEOPLE = 200
_NAMES_SHOWN = 3
_LONGEST_NAME = 60


@dataclasses.dataclass(frozen=True)
class TooLongText:
    """A text and the people with whose values it is too long.

    step: its number. names: of the first of them. is_more: there may be more than
    people_count, which ends at MOST_PEOPLE. most: the characters that are allowed.
    """

    step: int
    field: str
    variant: str
    names: tuple[str, ...]
    people_count: int
    is_more: bool
    most: int

    def __str__(self) -> str:
        others = self.people_count - len(self.names)
        named = list(self.names)
        if self.is_more or others > 0:
            named.append(f"{others}{'+' if self.is_more else ''} more")
        who = (
            named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
        )
        return (
            f"Step {self.step}, {self.field}: with the values of {who} it is longer "
            f"than the {self.most} characters allowed. They are parked when their turn "
            "comes, and the others go on. Shorten the text or these values."
        )


@dataclasses.dataclass(frozen=True)
class _Text:
    step: int
    variant: str
    field: str
    template: str
    custom_fields: Collection[str]
    is_for_free_accounts: bool


@dataclasses.dataclass(frozen=True)
class _Person:
    name: str
    has_premium: bool
    prospect: dict[str, Any]


def too_long_of(
    connection: psycopg.Connection,
    workspace_id: int,
    campaign_id: int | None,
    campaign: Campaign,
    *,
    is_for_free_accounts: bool,
) -> tuple[TooLongText, ...]:
    """The texts of a campaign that are too long for some people of the saved one."""
    if campaign_id is None:
        return ()
    texts = [
        _Text(
            number, variant.name, field, text, campaign.custom_fields,
            is_for_free_accounts,
        )
        for number, step in enumerate(campaign.steps, start=1)
        for variant in step.variants
        for field, text in variant.templates.items()
    ]  # fmt: skip
    return _found(connection, workspace_id, campaign_id, texts)


def too_long_of_saved(
    connection: psycopg.Connection, workspace_id: int, campaign_id: int
) -> tuple[TooLongText, ...]:
    """The saved texts of a campaign that are too long for some of its people."""
    texts = [
        _Text(
            one.step_number, one.variant, one.field, one.template, one.custom_fields,
            one.is_for_free_accounts,
        )
        for one in saved_templates(connection, workspace_id, campaign_id)
    ]  # fmt: skip
    return _found(connection, workspace_id, campaign_id, texts)


def _found(
    connection: psycopg.Connection,
    workspace_id: int,
    campaign_id: int,
    texts: Iterable[_Text],
) -> tuple[TooLongText, ...]:
    limited = [text for text in texts if _most(text) is not None]
    if not limited:
        return ()
    (longest,) = connection.execute(
        "select outreach.longest_prospect_values(%s, %s)", [workspace_id, campaign_id]
    ).fetchone()
    found = (
        _people_of(connection, workspace_id, campaign_id, text)
        for text in limited
        if _is_too_long(text, longest)
    )
    return tuple(one for one in found if one is not None)


def _most(text: _Text) -> int | None:
    return longest_allowed(text.field, is_for_free_accounts=text.is_for_free_accounts)


def _is_too_long(text: _Text, longest: Mapping[str, str]) -> bool:
    """Whether the values make it too long; a text with another error is judged so."""
    errors = judge(
        text.template,
        text.field,
        text.custom_fields,
        is_for_free_accounts=text.is_for_free_accounts,
        longest=longest,
    )
    return [error.code for error in errors] == ["too_long"]


def _people_of(
    connection: psycopg.Connection, workspace_id: int, campaign_id: int, text: _Text
) -> TooLongText | None:
    with connection.cursor(row_factory=class_row(_Person)) as cursor:
        people = cursor.execute(
            "select * from outreach.people_with_longest_values(%s, %s, %s, %s, %s)",
            [workspace_id, campaign_id, text.step, text.template, MOST_PEOPLE],
        ).fetchall()
    too_long = [one for one in people if _is_too_long_for(one, text)]
    most = _most(text)
    if not too_long or most is None:
        return None
    return TooLongText(
        text.step,
        text.field,
        text.variant,
        tuple(_short(one.name) for one in too_long[:_NAMES_SHOWN]),
        len(too_long),
        len(too_long) == MOST_PEOPLE,
        most,
    )


def _is_too_long_for(person: _Person, text: _Text) -> bool:
    most = longest_allowed(text.field, is_for_free_accounts=not person.has_premium)
    try:
        render(text.template, person.prospect, max_length=most, local_time=LONGEST_TIME)
    except TooLongError:
        return True
    except RenderError:
        return False
    return False


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
