"""Decides a call that nobody answered: it was sent, or it was not.

For what the provider's lists cannot tell, after a person has looked at LinkedIn. A dry
run unless --commit is given and CONFIRM=yes is set. Who decided, and why, is kept.
"""

import getpass
import os
import pathlib
import sys

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from dagster_project.postgres.connection import UnusableDatabaseError, connect

REFUSALS = (
    psycopg.errors.NoDataFound,
    psycopg.errors.CheckViolation,
    psycopg.errors.ObjectNotInPrerequisiteState,
)


@click.command(help=__doc__)
@click.argument("attempt", type=click.IntRange(min=1, max=2**63 - 1))
@click.option("--workspace", type=int, required=True, help="The workspace's id.")
@click.option(
    "--sent", "decision", flag_value="sent", help="The person did receive it."
)
@click.option(
    "--unsent",
    "decision",
    flag_value="unsent",
    help="They did not: it is queued and sent again.",
)
@click.option("--reason", required=True, help="How you know; kept with the decision.")
@click.option("--actor", default=getpass.getuser, help="Who decides; you by default.")
@click.option("--commit", is_flag=True, help="Do it; without, only show what would be.")
def main(
    attempt: int,
    workspace: int,
    decision: str | None,
    reason: str,
    actor: str,
    commit: bool,
) -> None:
    """Decide, show what follows, and keep it only where that was asked for."""
    if decision is None:
        raise click.UsageError("Say what became of it: give --sent or --unsent.")
    if commit and os.environ.get("CONFIRM") != "yes":
        raise click.ClickException(
            "--commit decides for good, so it also needs CONFIRM=yes in the "
            "environment. Run it without --commit first to see what would follow."
        )
    try:
        with connect() as connection:
            row = connection.execute(
                "select * from outreach.resolve_unknown_send(%s, %s, %s, %s, %s)",
                [workspace, attempt, decision == "sent", actor, reason],
            ).fetchone()
            if not commit:
                connection.rollback()
    except UnusableDatabaseError as unusable:
        raise click.ClickException(str(unusable)) from None
    except REFUSALS as refusal:
        said = refusal.diag
        sentence = f"{said.message_primary}. {said.message_hint or ''}".strip()
        raise click.ClickException(sentence) from None
    assert row is not None
    job_id, job_status, enrollment_id, linkedin_status, next_action_at = row
    becomes = "is" if commit else "would be"
    due = "" if next_action_at is None else f", due {next_action_at:%Y-%m-%d %H:%M %Z}"
    click.echo(
        f"Attempt {attempt} counts as {decision}: job {job_id} {becomes} {job_status}, "
        f"enrollment {enrollment_id} {linkedin_status}{due}."
    )
    if not commit:
        click.echo(
            "Nothing was changed. Add --commit and set CONFIRM=yes to decide it so."
        )


if __name__ == "__main__":
    main()
