"""Pausing and resuming, for three nouns.

Belongs here: the call of `outreach.set_pause`, its message and its exit code.
"""

import psycopg

from trueup.cli.sentences import RefusalError, say
from trueup.postgres.error_sentences import sentence_of


def set_pause(
    connection: psycopg.Connection,
    subject: str,
    workspace_id: int,
    subject_id: int,
    label: str,
    *,
    is_paused: bool,
    actor: str,
    reason: str,
) -> None:
    """Pauses or resumes, and prints it. Raises RefusalError if it is refused."""
    done = "is paused" if is_paused else "goes on"
    nothing = "was paused already" if is_paused else "was not paused"
    try:
        has_changed = connection.execute(
            "select outreach.set_pause(%s, %s, %s, %s, %s, %s)",
            [workspace_id, subject, subject_id, is_paused, actor, reason],
        ).fetchone()[0]
    except (psycopg.errors.NoDataFound, psycopg.errors.CheckViolation) as refusal:
        raise RefusalError(sentence_of(refusal)) from None
    say(f"{label} {done if has_changed else nothing}.")
