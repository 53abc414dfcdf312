"""Pausing and resuming for people: the command line of scripts/pause.py and resume.py.

Belongs here: reading who and what. What a pause does is `outreach.set_pause`.
"""

import getpass

import click
import psycopg

from trueup.cli.row_ids import ROW_ID
from trueup.postgres.connection import UnusableDatabaseError, connect_migrated


def pause_command(*, is_paused: bool) -> click.Command:
    """The command that pauses, or the one that resumes."""
    verb = "Pause" if is_paused else "Resume"
    done = "is paused" if is_paused else "goes on"
    nothing = "was paused already" if is_paused else "was not paused"

    @click.command(
        help=f"{verb} an account, a campaign or one enrollment, by its id. Takes "
        "effect on every send whose call has not begun; next_action_at stays as it is."
    )
    @click.argument("subject", type=click.Choice(["account", "campaign", "enrollment"]))
    @click.argument("subject_id", type=ROW_ID)
    @click.option("--workspace", type=ROW_ID, required=True, help="The workspace's id.")
    @click.option("--reason", required=True, help="Why; kept with the pause.")
    @click.option("--actor", default=getpass.getuser, help="Who asks; you by default.")
    def command(
        subject: str, subject_id: int, workspace: int, reason: str, actor: str
    ) -> None:
        try:
            with connect_migrated(role="operator") as connection:
                has_changed = connection.execute(
                    "select outreach.set_pause(%s, %s, %s, %s, %s, %s)",
                    [workspace, subject, subject_id, is_paused, actor, reason],
                ).fetchone()[0]
        except UnusableDatabaseError as unusable:
            raise click.ClickException(str(unusable)) from None
        except (psycopg.errors.NoDataFound, psycopg.errors.CheckViolation) as refusal:
            said = refusal.diag
            sentence = f"{said.message_primary}. {said.message_hint}"
            raise click.ClickException(sentence) from None
        click.echo(f"The {subject} {subject_id} {done if has_changed else nothing}.")

    return command
