"""Decides a call that nobody answered: it was sent, or it was not.

For what the provider's lists cannot tell, after a person has looked at LinkedIn. A dry
run unless --commit is given and CONFIRM=yes is set. Who decided, and why, is kept.
"""

import pathlib
import sys

import click

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

HEAL = Heal(
    "resolve_unknown_send",
    "select count(*) from outreach.campaign_send_jobs as jobs"
    " inner join outreach.send_attempts as attempts using (workspace_id, job_id)"
    " where jobs.workspace_id = %(workspace_id)s"
    " and attempts.attempt_id = %(attempt_id)s and jobs.status = 'unknown'",
)


@click.command(help=__doc__)
@click.argument("attempt", type=ROW_ID)
@click.option("--workspace", type=ROW_ID, required=True, help="The workspace's id.")
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
@acted
@gated
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
        raise SentenceError("Say what became of it: give --sent or --unsent.")
    keys = {"workspace_id": workspace, "attempt_id": attempt}
    subject = Subject(workspace, f"attempt {attempt}", keys, attempt)
    with opened(HEAL.name) as connection:

        def decide(attempt_id: int) -> tuple:
            return connection.execute(
                "select * from outreach.resolve_unknown_send(%s, %s, %s, %s, %s)",
                [workspace, attempt_id, decision == "sent", actor, reason],
            ).fetchone()

        (outcome,) = run_heal(
            connection, HEAL, [subject], decide, actor=actor, commit=commit
        )
    if outcome.result is None:
        raise SentenceError(outcome.error)
    job_id, job_status, enrollment_id, linkedin_status, next_action_at = outcome.result
    becomes = "is" if commit else "would be"
    due = "" if next_action_at is None else f", due {next_action_at:%Y-%m-%d %H:%M %Z}"
    click.echo(
        f"Attempt {attempt} counts as {decision}: job {job_id} {becomes} {job_status}, "
        f"enrollment {enrollment_id} {linkedin_status}{due}."
    )
    if not commit:
        click.echo(NOTHING_WRITTEN)


if __name__ == "__main__":
    main()
