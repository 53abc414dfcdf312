"""Validating every saved template again.

Belongs here: validating saved texts, and writing the results for dbt, which cannot run
Liquid. Does not: parking or re-arming.
"""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

import psycopg
from psycopg.types.json import Jsonb

from trueup.campaigns.rearming import SavedTemplate, saved_templates
from trueup.campaigns.template_checks import judge
from trueup.templates import TemplateError


@dataclasses.dataclass(frozen=True)
class TemplateValidation:
    """A saved text and its errors; a valid text has none."""

    workspace_id: int
    template: SavedTemplate
    errors: Sequence[TemplateError]

    @property
    def is_valid(self) -> bool:
        return not self.errors


def judge_saved_templates(connection: psycopg.Connection) -> list[TemplateValidation]:
    """Validate every saved text of every workspace. Writes nothing."""
    return [
        TemplateValidation(
            workspace_id,
            row,
            judge(
                row.template,
                row.field,
                row.custom_fields,
                is_for_free_accounts=row.is_for_free_accounts,
            ),
        )
        for (workspace_id,) in connection.execute(
            "select workspace_id from outreach.workspaces order by workspace_id"
        ).fetchall()
        for row in saved_templates(connection, workspace_id)
    ]


def validate_saved_templates(
    connection: psycopg.Connection, as_of: datetime | None = None
) -> list[TemplateValidation]:
    """Validate every saved text and write `outreach.template_validations`.

    Results of removed texts are deleted. The caller commits.
    """
    validations = judge_saved_templates(connection)
    for (workspace_id,) in connection.execute(
        "select workspace_id from outreach.workspaces order by workspace_id"
    ).fetchall():
        rows = [
            _as_json(one) for one in validations if one.workspace_id == workspace_id
        ]
        connection.execute(
            "select outreach.record_template_validations(%s, %s, %s)",
            [workspace_id, Jsonb(rows), as_of],
        )
    return validations


def _as_json(validation: TemplateValidation) -> dict[str, object]:
    row = validation.template
    return {
        "step_id": row.step_id,
        "variant": row.variant,
        "field": row.field,
        "validation_stamp": row.validation_stamp,
        "is_valid": validation.is_valid,
        "errors": [error.as_json() for error in validation.errors],
    }
