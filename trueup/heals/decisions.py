"""A person's decisions about one row, through the gate.

Belongs here: do-not-contact, and the outcome of a send without an answer. Both have a
dry run.
"""

import psycopg

from trueup.heals.gate import Heal, Outcome, Subject, run_heal

# The fault that the proof counts: sends to this person are not blocked.
DO_NOT_CONTACT = Heal(
    "do_not_contact",
    "select count(*) from outreach.prospects"
    " where workspace_id = %(workspace_id)s and prospect_id = %(prospect_id)s"
    " and do_not_contact_at is null",
)
UNKNOWN_SEND = Heal(
    "resolve_unknown_send",
    "select count(*) from outreach.campaign_send_jobs as jobs"
    " inner join outreach.send_attempts as attempts using (workspace_id, job_id)"
    " where jobs.workspace_id = %(workspace_id)s"
    " and attempts.attempt_id = %(attempt_id)s and jobs.status = 'unknown'",
)


def mark_do_not_contact(
    connection: psycopg.Connection,
    workspace_id: int,
    prospect_id: int,
    label: str,
    *,
    reason: str,
    actor: str,
    commit: bool,
) -> Outcome[int]:
    """Marks the person; the result is the number of cancelled jobs."""

    def mark(prospect_id: int) -> int:
        return connection.execute(
            "select outreach.mark_do_not_contact(%s, %s, %s, %s)",
            [workspace_id, prospect_id, reason, actor],
        ).fetchone()[0]

    keys = {"workspace_id": workspace_id, "prospect_id": prospect_id}
    subject = Subject(workspace_id, label, keys, prospect_id)
    (outcome,) = run_heal(
        connection, DO_NOT_CONTACT, [subject], mark, actor=actor, commit=commit
    )
    return outcome


def lift_do_not_contact(
    connection: psycopg.Connection,
    workspace_id: int,
    prospect_id: int,
    *,
    reason: str,
    actor: str,
) -> bool:
    """Lifts the person's mark; returns whether there was one.

    Raises ObjectNotInPrerequisiteState while a rule for their company or domain holds.
    """
    row = connection.execute(
        "select outreach.lift_do_not_contact(%s, %s, %s, %s)",
        [workspace_id, prospect_id, reason, actor],
    ).fetchone()
    assert row is not None
    return bool(row[0])


def decide_unknown_send(
    connection: psycopg.Connection,
    workspace_id: int,
    attempt_id: int,
    *,
    is_sent: bool,
    reason: str,
    actor: str,
    commit: bool,
) -> Outcome[tuple]:
    """Decides the attempt; the result is the row of `outreach.resolve_unknown_send`."""

    def decide(attempt_id: int) -> tuple:
        return connection.execute(
            "select * from outreach.resolve_unknown_send(%s, %s, %s, %s, %s)",
            [workspace_id, attempt_id, is_sent, actor, reason],
        ).fetchone()

    keys = {"workspace_id": workspace_id, "attempt_id": attempt_id}
    subject = Subject(workspace_id, f"attempt {attempt_id}", keys, attempt_id)
    (outcome,) = run_heal(
        connection, UNKNOWN_SEND, [subject], decide, actor=actor, commit=commit
    )
    return outcome
