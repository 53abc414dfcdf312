"""Applying the validator to a campaign's templates, saved or to be saved.

Belongs here: validating the texts of a campaign. Does not: the validator itself.
"""

from collections.abc import Collection, Iterator, Mapping

from trueup.campaigns.errors import CampaignError
from trueup.campaigns.model import Campaign, Step, Variant
from trueup.templates import (
    FIELDS,
    TemplateError,
    explain,
    longest_allowed,
    stamp,
    validate,
)


def judge(
    template: str,
    field: str,
    custom_fields: Collection[str],
    *,
    is_for_free_accounts: bool,
    longest: Mapping[str, str] | None = None,
) -> list[TemplateError]:
    """All errors of one text of a campaign; an empty list means it may be saved.

    `longest` has the longest real values by path, for the check of its length.
    """
    return validate(
        template,
        FIELDS,
        custom_fields,
        max_length=longest_allowed(field, is_for_free_accounts=is_for_free_accounts),
        longest=longest,
    )


def stamp_of(template: str, custom_fields: Collection[str]) -> str:
    """The stamp of a text that `judge` accepted."""
    return stamp(template, FIELDS, custom_fields)


def template_errors(
    campaign: Campaign,
    *,
    is_for_free_accounts: bool = False,
    longest: Mapping[str, str] | None = None,
) -> list[CampaignError]:
    """All errors in the texts of all steps and variants of a campaign."""
    found: list[CampaignError] = []
    for number, step in enumerate(campaign.steps, start=1):
        for variant in step.variants:
            for field, text in variant.templates.items():
                errors = judge(
                    text,
                    field,
                    campaign.custom_fields,
                    is_for_free_accounts=is_for_free_accounts,
                    longest=longest,
                )
                found += _worded(campaign, number, step, variant, field, errors)
    return found


def _worded(
    campaign: Campaign,
    number: int,
    step: Step,
    variant: Variant,
    field: str,
    errors: list[TemplateError],
) -> Iterator[CampaignError]:
    text = variant.templates[field]
    path = (*variant.path, field)
    shown = field if len(step.variants) < 2 else f"{field} (variant {variant.name})"
    if not text.strip() or "\x00" in text:
        what = "shows nothing" if not text.strip() else "holds a NUL character"
        yield CampaignError(
            campaign.line(path),
            f"Step {number}, {shown} {what}. Write the text, or take the line out.",
            campaign.source,
            step=number,
            field=field,
            variant=variant.name,
            path=path,
        )
        return
    for error in errors:
        yield CampaignError(
            _line_in_file(campaign, path, error.line),
            explain([error], text, step=number, field=shown),
            campaign.source,
            step=number,
            field=field,
            variant=variant.name,
            code=error.code,
            path=path,
            cause=error,
        )


def _line_in_file(
    campaign: Campaign, path: tuple[str | int, ...], line_in_text: int
) -> int:
    place = campaign.places.get(path)
    if place is None or not place.is_literal:
        return campaign.line(path)
    return place.first_text_line + line_in_text - 1
