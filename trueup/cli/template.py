"""`trueup template`: validating texts."""

import pathlib
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from trueup.cli.sentences import SentenceError, say

if TYPE_CHECKING:
    from trueup.campaigns.validations import TemplateValidation


@click.group()
def template() -> None:
    """Templates: check them."""


@template.command("check")
@click.argument("text", required=False)
@click.option(
    "--file",
    "path",
    metavar="PATH",
    type=click.Path(path_type=pathlib.Path),
    help="Read the template from this file.",
)
@click.option(
    "--custom", metavar="FIELD", multiple=True, help="A custom field that it may use."
)
@click.option(
    "--max-length",
    metavar="NUMBER",
    type=click.IntRange(min=1),
    help="Longest allowed text.",
)
@click.option("--all", "is_all", is_flag=True, help="Every template in the database.")
def check_templates(
    text: str | None,
    path: pathlib.Path | None,
    custom: tuple[str, ...],
    max_length: int | None,
    is_all: bool,
) -> None:
    """Check one template, or all saved ones; writes nothing.

    TEXT is the template; without TEXT, --file and --all it is read from standard input.
    The same function validates a template when its campaign is saved and when it is
    sent. Ends with 1 if a template is refused, with 2 if none could be read.

    Example: trueup template check "Hi {{firstName}}" --max-length 200
    """
    from trueup.templates import FIELDS, explain, validate

    if is_all:
        if text is not None or path is not None:
            _give_up("--all takes no template. Leave the text and --file out.")
        sys.exit(_validate_saved())
    wanted = _template(text, path)
    errors = validate(wanted, FIELDS, custom, max_length=max_length)
    if errors:
        say(explain(errors, wanted), err=True)
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
    import psycopg

    from trueup.campaigns.validations import judge_saved_templates
    from trueup.postgres.connection import UnusableDatabaseError, connect_migrated

    try:
        with connect_migrated(application_name="validate_templates") as connection:
            validations = judge_saved_templates(connection)
    except (UnusableDatabaseError, psycopg.Error) as error:
        _give_up(str(error).strip())
    broken = [one for one in validations if not one.is_valid]
    for validation in broken:
        say(_told(validation), err=True)
    click.echo(f"{len(validations)} templates, {len(broken)} of them broken.")
    return 1 if broken else 0


def _told(validation: "TemplateValidation") -> str:
    from trueup.templates import explain

    row = validation.template
    place = f"workspace {validation.workspace_id}, campaign {row.campaign_name}"
    shown = explain(
        validation.errors,
        row.template,
        step=row.step_number,
        field=f"{row.field} (variant {row.variant})",
    )
    return f"{place}\n{shown}\n"


def _give_up(sentence: str) -> NoReturn:
    raise SentenceError(sentence)
