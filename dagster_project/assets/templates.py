"""What the validator says today of every saved template: dbt cannot run Liquid.

Belongs here: the asset `template_validations` and its metadata. Judging is in
`dagster_project.templates`, the table's rows in `dagster_project.campaigns`.
"""

import dagster as dg

from dagster_project.assets.freshness import FRESHNESS
from dagster_project.campaigns import TemplateValidation, validate_saved_templates
from dagster_project.resources import Postgres

MOST_ROWS = 60


@dg.asset(
    group_name="sources",
    kinds={"python", "postgres", "table"},
    owners=["team:data"],
    freshness_policy=FRESHNESS["template_validations"],
)
def template_validations(postgres: dg.ResourceParam[Postgres]) -> dg.MaterializeResult:
    """Every saved template, judged anew by the validator that saving and sending use.

    A template that was right when it was saved may be wrong today: its campaign no
    longer declares a field, or the rules have become stricter.
    """
    with postgres.connect(role="operator") as connection, connection.transaction():
        validations = validate_saved_templates(connection)
    invalid = [validation for validation in validations if not validation.is_valid]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(validations),
            "invalid": len(invalid),
            "errors": dg.MetadataValue.md(error_table(invalid)),
        }
    )


def error_table(invalid: list[TemplateValidation]) -> str:
    """The first error of each template that no longer validates, as Markdown."""
    lines = ["| workspace | step | variant | field | error |"]
    lines.append("| ---: | ---: | --- | --- | --- |")
    for validation in invalid[:MOST_ROWS]:
        template = validation.template
        message = validation.errors[0].message.replace("|", "\\|")
        lines.append(
            f"| {validation.workspace_id} | {template.step_id} | {template.variant}"
            f" | {template.field} | {message} |"
        )
    return "\n".join(lines)
