"""Marks a person do-not-contact: nothing that has not begun is sent to them any more.

Says what would be cancelled and changes nothing, unless told --commit with CONFIRM=yes
in the environment.
"""

import getpass
import os
import pathlib
import sys

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from dagster_project.postgres.connection import UnusableDatabaseError, connect


@click.command(help=__doc__)
@click.argument("person")
@click.option("--workspace", type=int, required=True, help="The workspace's id.")
@click.option("--reason", required=True, help="Why; kept with the person.")
@click.option("--actor", default=getpass.getuser, help="Who asks; you by default.")
@click.option("--commit", is_flag=True, help="Really do it; needs CONFIRM=yes.")
def main(person: str, workspace: int, reason: str, actor: str, commit: bool) -> None:
    """PERSON is their id in outreach.prospects, LinkedIn id or public identifier."""
    if commit and os.environ.get("CONFIRM") != "yes":
        raise click.ClickException(
            "--commit stops everything to this person. Set CONFIRM=yes in the "
            "environment as well if you mean it; nothing was changed."
        )
    try:
        with connect() as connection:
            prospect_id, name = _find(connection, workspace, person)
            cancelled = connection.execute(
                "select outreach.mark_do_not_contact(%s, %s, %s, %s)",
                [workspace, prospect_id, reason, actor],
            ).fetchone()[0]
            if not commit:
                connection.rollback()
    except UnusableDatabaseError as unusable:
        raise click.ClickException(str(unusable)) from None
    except psycopg.errors.CheckViolation as refusal:
        said = refusal.diag
        raise click.ClickException(
            f"{said.message_primary}. {said.message_hint}"
        ) from None
    jobs = "1 job" if cancelled == 1 else f"{cancelled} jobs"
    if commit:
        click.echo(f"{name} is not contacted any more; {jobs} cancelled.")
    else:
        click.echo(
            f"{name} would not be contacted any more, {jobs} would be cancelled. "
            "Nothing was changed: add --commit and set CONFIRM=yes to do it."
        )


def _find(
    connection: psycopg.Connection, workspace: int, person: str
) -> tuple[int, str]:
    found = connection.execute(
        "select prospect_id, concat_ws(' ', 'Person', prospect_id, '('"
        " || coalesce(public_identifier, provider_id) || ')')"
        " from outreach.prospects where workspace_id = %s"
        " and %s in (prospect_id::text, provider_id, public_identifier)",
        [workspace, person],
    ).fetchall()
    if len(found) != 1:
        raise click.ClickException(
            f"Workspace {workspace} has {len(found) or 'no'} people called {person}. "
            "Give the id of one person in outreach.prospects."
        )
    return found[0]


if __name__ == "__main__":
    main()
