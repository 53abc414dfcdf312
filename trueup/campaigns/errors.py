"""Errors in a campaign, each a sentence with its place in the file.

Belongs here: one error, and the exception that carries all of them. Does not: finding
errors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from trueup.templates import TemplateError


@dataclass(frozen=True, order=True)
class CampaignError:
    """One error: `line` counts from 1 in the campaign file, 0 if unknown.

    `message` is the error and the remedy; for a template it has several lines, with the
    source line and a caret. `code` is the template error's code, "campaign", or
    "occupied" for a removed step with people at it. `path` is the place in the data of
    a campaign file, such as ("steps", 2, "delay"). `cause` is the template's error.
    """

    line: int
    message: str
    source: str | None = None
    step: int | None = None
    field: str | None = None
    variant: str | None = None
    code: str = "campaign"
    path: tuple[str | int, ...] = dataclass_field(default=(), compare=False)
    cause: TemplateError | None = dataclass_field(default=None, compare=False)

    def __str__(self) -> str:
        place = self.source or ""
        if self.line:
            place += f"{', ' if place else ''}line {self.line}"
        return f"{place}: {self.message}" if place else self.message


class RefusedCampaignError(Exception):
    """The campaign is not saved; `errors` has all its errors."""

    def __init__(self, errors: Sequence[CampaignError]) -> None:
        # Errors of one line stay in the order in which they were found.
        self.errors = tuple(sorted(errors, key=lambda error: error.line))
        super().__init__("\n\n".join(str(error) for error in self.errors))
