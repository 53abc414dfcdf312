#!/usr/bin/env python
"""Validates one template, from TEXT, a --file or standard input, or --all saved ones.

Writes nothing. The same function judges a template when its campaign is saved and when
it is sent.
"""

import pathlib
import sys

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from trueup.campaigns.validations import (
    TemplateValidation,
    judge_saved_templates,
)
from trueup.postgres.connection import UnusableDatabaseError, connect_migrated
from trueup.templates import FIELDS, explain, validate


@click.command(help=__doc__)
@click.argument("text", required=False)
@click.option(
    "--file", "path", type=click.Path(path_type=pathlib.Path), help="Read it from here."
)
@click.option("--custom", multiple=True, help="A custom field that it may use.")
@click.option("--max-length", type=click.IntRange(min=1), help="Longest allowed text.")
@click.option("--all", "is_all", is_flag=True, help="Every template in the database.")
def main(
    text: str | None,
    path: pathlib.Path | None,
    custom: tuple[str, ...],
    max_length: int | None,
    is_all: bool,
) -> None:
    """Ends with 1 if a template is refused, with 2 if none could be read."""
    if is_all:
        if text is not None or path is not None:
            _give_up("--all takes no template. Leave the text and --file out.")
        sys.exit(_validate_saved())
    template = _template(text, path)
    errors = validate(template, FIELDS, custom, max_length=max_length)
    if errors:
        click.echo(explain(errors, template), err=True)
        sys.exit(1)
    click.echo("The template is valid.")


def _template(text: str | None, path: pathlib.Path | None) -> str:
    if text is not None and path is not None:
        _give_up("Give the template as an argument or as a --file, not both.")
    if text is not None:
        return text
    try:
        content = sys.stdin.buffer.read() if path is None else path.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        _give_up(f"{path} cannot be read: {error.strerror}. Check its name.")
    except UnicodeDecodeError:
        _give_up("The template is not in UTF-8. Save it as UTF-8.")


def _validate_saved() -> int:
    try:
        with connect_migrated(application_name="validate_templates") as connection:
            validations = judge_saved_templates(connection)
    except (UnusableDatabaseError, psycopg.Error) as error:
        _give_up(str(error).strip())
    broken = [one for one in validations if not one.is_valid]
    for validation in broken:
        click.echo(_told(validation), err=True)
    click.echo(f"{len(validations)} templates, {len(broken)} of them broken.")
    return 1 if broken else 0


def _told(validation: TemplateValidation) -> str:
    row = validation.template
    place = f"workspace {validation.workspace_id}, campaign {row.campaign_name}"
    shown = explain(
        validation.errors,
        row.template,
        step=row.step_number,
        field=f"{row.field} (variant {row.variant})",
    )
    return f"{place}\n{shown}\n"


def _give_up(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
