"""Marks a person do-not-contact: nothing that has not begun is sent to them any more.

Says what would be cancelled and changes nothing, unless told --commit with CONFIRM=yes
in the environment.
"""

import pathlib
import sys

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from trueup.cli.row_ids import ROW_ID
from trueup.heals.gate import (
    NOTHING_WRITTEN,
    Heal,
    SentenceError,
    Subject,
    acted,
    gated,
    opened,
    run_heal,
)

# What is wrong until then: nobody holds back what may be sent to this person.
HEAL = Heal(
    "do_not_contact",
    "select count(*) from outreach.prospects"
    " where workspace_id = %(workspace_id)s and prospect_id = %(prospect_id)s"
    " and do_not_contact_at is null",
)


@click.command(help=__doc__)
@click.argument("person")
@click.option("--workspace", type=ROW_ID, required=True, help="The workspace's id.")
@click.option("--reason", required=True, help="Why; kept with the person.")
@acted
@gated
def main(person: str, workspace: int, reason: str, actor: str, commit: bool) -> None:
    """PERSON is their id in outreach.prospects, LinkedIn id or public identifier."""
    with opened(HEAL.name) as connection:
        prospect_id, name = _find(connection, workspace, person)

        def mark(prospect_id: int) -> int:
            return connection.execute(
                "select outreach.mark_do_not_contact(%s, %s, %s, %s)",
                [workspace, prospect_id, reason, actor],
            ).fetchone()[0]

        keys = {"workspace_id": workspace, "prospect_id": prospect_id}
        subject = Subject(workspace, name, keys, prospect_id)
        (outcome,) = run_heal(
            connection, HEAL, [subject], mark, actor=actor, commit=commit
        )
    if outcome.verdict == "failed":
        raise SentenceError(outcome.error)
    if outcome.verdict == "unneeded":
        click.echo(f"{name} is marked do-not-contact already.")
        return
    jobs = "1 job" if outcome.result == 1 else f"{outcome.result} jobs"
    if commit:
        click.echo(f"{name} is not contacted any more; {jobs} cancelled.")
    else:
        click.echo(
            f"{name} would not be contacted any more, {jobs} would be cancelled. "
            f"{NOTHING_WRITTEN}"
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
        raise SentenceError(
            f"Workspace {workspace} has {len(found) or 'no'} people called {person}. "
            "Give the id of one person in outreach.prospects."
        )
    return found[0]


if __name__ == "__main__":
    main()
