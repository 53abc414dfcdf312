"""Python calls of the queue's SQL functions.

Belongs here: passing arguments, reading rows, and the quarantine of a failing row. Does
not: rules, or SQL other than one call each. The caller commits.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb
from psycopg.types.multirange import Int8Multirange

from trueup.postgres.isolation import is_of_a_row, isolate
from trueup.postgres.witness import SeenAttempt

# The ids of the workspaces that one of several senders takes.
Share = Int8Multirange


class MovedWorkspaceError(Exception):
    """The workspace was moved to another provider while this one was drained."""


@dataclasses.dataclass(frozen=True)
class DueWorkspace:
    """A workspace with a job whose time is reached, or with an expired lease."""

    workspace_id: int
    has_expired_leases: bool


@dataclasses.dataclass(frozen=True)
class ClaimedSend:
    """A claimed job with all facts for rendering and the call.

    enrollment_id, step_id: None for an answer, whose text is settings['text'].
    templates: rows of {variant, field, template, validation_stamp}.
    prospect: the fields that templates may name, custom ones under 'custom'.
    variant: the wording that was assigned, None for a step that has only one.
    settings: the step's own. chat_id, social_id, invitation_id: where to write, what to
    comment, what to take back; each None where there is none.
    local_time: where the account lives, when the job was claimed.
    is_note_held: whether the account's invites with a note are held back now.
    walk_pages: how many pages of the account's pending invites may be read; None for no
    bound.
    """

    workspace_id: int
    job_id: int
    enrollment_id: int | None
    account_id: int
    step_id: int | None
    action: str
    run_at: datetime
    lease_expires_at: datetime
    provider_account_id: str | None
    recipient_provider_id: str | None
    recipient_public_identifier: str | None
    has_premium: bool
    custom_fields: list[str]
    templates: list[dict[str, str]]
    prospect: dict[str, Any]
    variant: str | None
    settings: dict[str, Any]
    chat_id: str | None
    social_id: str | None
    invitation_id: str | None
    local_time: datetime
    is_note_held: bool = False
    walk_pages: int | None = None


@dataclasses.dataclass(frozen=True)
class BegunSend:
    """A job that is called as `attempt_id`, or the reason why not."""

    job_id: int
    attempt_id: int | None
    refusal: str | None


@dataclasses.dataclass(frozen=True)
class RecordedOutcome:
    outcome_id: int
    attempt_id: int
    outcome: str


def clock(connection: psycopg.Connection) -> datetime:
    """The database's own clock, whatever clock the steps are given."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute("select clock_timestamp()").fetchone()


def workspaces_of(
    connection: psycopg.Connection,
    provider_dsn: str | None,
    share: Share | None = None,
) -> list[int]:
    """The workspaces of this provider's address, or of any."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            "select * from outreach.workspaces_at_provider(%s, %s)",
            [provider_dsn, share],
        )
        return cursor.fetchall()


def due_workspaces(
    connection: psycopg.Connection,
    provider_dsn: str,
    share: Share | None,
    as_of: datetime | None,
) -> list[DueWorkspace]:
    """The workspaces with due jobs or expired leases."""
    with connection.cursor(row_factory=class_row(DueWorkspace)) as cursor:
        cursor.execute(
            "select * from outreach.workspaces_with_due_jobs(%s, %s, %s)",
            [provider_dsn, share, as_of],
        )
        return cursor.fetchall()


def open_key_alert(
    connection: psycopg.Connection,
    provider_dsn: str,
    message: str,
    as_of: datetime | None,
) -> None:
    connection.execute(
        "select outreach.open_admin_alert("
        "0, 'provider_key_refused', %s, %s, as_of => %s)",
        [provider_dsn, message, as_of],
    )


def resolve_key_alert(
    connection: psycopg.Connection, provider_dsn: str, as_of: datetime | None
) -> None:
    connection.execute(
        "select outreach.resolve_admin_alert(0, 'provider_key_refused', %s, %s)",
        [provider_dsn, as_of],
    )


def expire_leases(
    connection: psycopg.Connection, workspace_id: int, as_of: datetime | None
) -> tuple[int, int]:
    """End expired leases; returns (released claims, calls now unknown)."""
    released, unknown = connection.execute(
        "select released, unknown from outreach.expire_send_leases(%s, %s)",
        [workspace_id, as_of],
    ).fetchone()
    return released, unknown


def claim(
    connection: psycopg.Connection,
    workspace_id: int,
    worker: str,
    batch: int,
    as_of: datetime | None,
    provider_dsn: str,
) -> list[ClaimedSend]:
    """Claim due jobs, without waiting for the disk.

    Nothing has been begun, so a claim that a crash takes back is harmless: its jobs are
    queued again, and beginning them is refused. No begin comes before it on the disk.
    An account that cannot be judged, or a job that cannot be read, stops no other. If
    all claimed jobs are set aside, it claims again what is due behind them.

    Raises MovedWorkspaceError if the workspace belongs to another provider by now.
    """
    connection.execute("set local synchronous_commit = off")
    while True:
        job_ids = _claim_ids(
            connection, workspace_id, worker, batch, as_of, provider_dsn
        )
        sends = _read_claimed(connection, workspace_id, worker, job_ids, as_of)
        if sends or not job_ids:
            return sends


def _claim_ids(
    connection: psycopg.Connection,
    workspace_id: int,
    worker: str,
    batch: int,
    as_of: datetime | None,
    provider_dsn: str,
) -> list[int]:
    job_ids: list[int] = []

    def claim_for(account_ids: Sequence[int] | None) -> None:
        with connection.cursor(row_factory=scalar_row) as cursor:
            cursor.execute(
                "select job_id from outreach.claim_send_jobs("
                "%s, %s, %s, %s, %s, account_ids => %s)",
                [
                    workspace_id,
                    worker,
                    batch - len(job_ids),
                    as_of,
                    provider_dsn,
                    account_ids,
                ],
            )
            job_ids.extend(cursor.fetchall())

    def set_aside(account_id: int, error: psycopg.Error) -> None:
        # The next claim tries it again. outreach.resolve_job_alerts() closes the alert
        # after ten minutes without the error.
        connection.execute(
            "select outreach.open_admin_alert("
            "%s, 'account_cannot_be_judged', %s, %s, %s, %s)",
            [
                workspace_id,
                f"account {account_id}",
                f"Account {account_id} sends nothing, because what it may do cannot be "
                f"told: {error.diag.message_primary}. Correct its time zone, windows "
                "or limits.",
                Jsonb({"account_id": account_id}),
                as_of,
            ],
        )

    try:
        with connection.transaction():
            claim_for(None)
    except psycopg.Error as error:
        if not is_of_a_row(error):
            raise
        _refuse_moved(connection, workspace_id, provider_dsn)
        claim_for([])  # raises an error that does not concern an account
        isolate(
            connection, _accounts_of(connection, workspace_id), claim_for, set_aside
        )
    return job_ids


def _refuse_moved(
    connection: psycopg.Connection, workspace_id: int, provider_dsn: str
) -> None:
    if workspace_id not in workspaces_of(connection, provider_dsn):
        raise MovedWorkspaceError(
            f"Workspace {workspace_id} was moved to another provider, so this sender "
            "sends nothing more for it. A sender with the new provider's UNIPILE_DSN "
            "goes on with it."
        )


def _read_claimed(
    connection: psycopg.Connection,
    workspace_id: int,
    worker: str,
    job_ids: Sequence[int],
    as_of: datetime | None,
) -> list[ClaimedSend]:
    sends: list[ClaimedSend] = []

    def read(some_ids: Sequence[int]) -> None:
        with connection.cursor(row_factory=class_row(ClaimedSend)) as cursor:
            cursor.execute(
                "select * from outreach.claimed_send_jobs(%s, %s, %s)",
                [workspace_id, list(some_ids), as_of],
            )
            sends.extend(cursor.fetchall())

    def set_aside(job_id: int, error: psycopg.Error) -> None:
        quarantine_job(connection, workspace_id, worker, job_id, error, as_of)

    isolate(connection, job_ids, read, set_aside)
    return sends


def _accounts_of(connection: psycopg.Connection, workspace_id: int) -> list[int]:
    with connection.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            "select account_id from outreach.linkedin_accounts"
            " where workspace_id = %s order by account_id",
            [workspace_id],
        )
        return cursor.fetchall()


def quarantine_job(
    connection: psycopg.Connection,
    workspace_id: int,
    worker: str,
    job_id: int,
    error: psycopg.Error,
    as_of: datetime | None,
) -> None:
    """Skip a job for an hour, with an alert, if this worker still holds it."""
    connection.execute(
        "select outreach.quarantine_job(%s, %s, %s, %s, %s)",
        [workspace_id, worker, job_id, error.diag.message_primary, as_of],
    )


def park(
    connection: psycopg.Connection,
    workspace_id: int,
    worker: str,
    failures: Iterable[dict[str, Any]],
    as_of: datetime | None,
) -> list[int]:
    """Park jobs whose templates failed; returns the parked ones."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            "select * from outreach.park_send_jobs(%s, %s, %s, %s)",
            [workspace_id, worker, Jsonb(list(failures)), as_of],
        )
        return cursor.fetchall()


def begin(
    connection: psycopg.Connection,
    workspace_id: int,
    worker: str,
    rendered: Sequence[dict[str, Any]],
    as_of: datetime | None,
) -> list[BegunSend]:
    """Begin rendered jobs; one that cannot be begun is set aside and stops no other."""
    begun: list[BegunSend] = []

    def begin_together(sends: Sequence[dict[str, Any]]) -> None:
        with connection.cursor(row_factory=class_row(BegunSend)) as cursor:
            cursor.execute(
                "select * from outreach.begin_send_attempts(%s, %s, %s, %s)",
                [workspace_id, worker, Jsonb(list(sends)), as_of],
            )
            begun.extend(cursor.fetchall())

    def set_aside(send: dict[str, Any], error: psycopg.Error) -> None:
        quarantine_job(connection, workspace_id, worker, send["job_id"], error, as_of)
        begun.append(BegunSend(send["job_id"], None, "error"))

    isolate(connection, rendered, begin_together, set_aside)
    return begun


def newest_begun(
    connection: psycopg.Connection, workspace_id: int, begun: Iterable[BegunSend]
) -> SeenAttempt | None:
    """The newest of the attempts that were begun; None where there is none."""
    newest = max((each.attempt_id or 0 for each in begun), default=0)
    row = connection.execute(
        "select workspace_id, attempt_id, begun_at from outreach.send_attempts"
        " where workspace_id = %s and attempt_id = %s",
        [workspace_id, newest],
    ).fetchone()
    return None if row is None else SeenAttempt(*row)


def record(
    connection: psycopg.Connection,
    workspace_id: int,
    worker: str,
    answers: Iterable[dict[str, Any]],
    as_of: datetime | None,
) -> list[RecordedOutcome]:
    """Append the answers, then apply them; returns the recorded ones.

    An answer that cannot take effect is kept all the same, and its job set aside.
    """
    rows = list(answers)
    with connection.cursor(row_factory=class_row(RecordedOutcome)) as cursor:
        recorded = cursor.execute(
            "select * from outreach.append_send_outcomes(%s, %s, %s, %s)",
            [workspace_id, worker, Jsonb(rows), as_of],
        ).fetchall()
    outcome_ids = [each.outcome_id for each in recorded]
    settle(connection, workspace_id, worker, outcome_ids)
    if any("walk" in (answer.get("facts") or {}) for answer in rows):
        connection.execute(
            "select outreach.note_walks(%s, %s)", [workspace_id, outcome_ids]
        )
    return recorded


def attempts_of(
    connection: psycopg.Connection,
    workspace_id: int,
    worker: str,
    attempt_ids: Sequence[int],
) -> set[int]:
    """Those of the attempts that this database has, begun by this worker."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            "select attempt_id from outreach.send_attempts"
            " where workspace_id = %s and worker = %s and attempt_id = any(%s)",
            [workspace_id, worker, list(attempt_ids)],
        )
        return set(cursor.fetchall())


def settle(
    connection: psycopg.Connection,
    workspace_id: int,
    actor: str,
    outcome_ids: Sequence[int],
) -> None:
    """Apply appended outcomes; a failing one does not affect the others."""

    def settle_together(some_ids: Sequence[int]) -> None:
        connection.execute(
            "select outreach.settle_send_outcomes(%s, %s, %s)",
            [workspace_id, list(some_ids), actor],
        )

    def set_aside(outcome_id: int, error: psycopg.Error) -> None:
        connection.execute(
            "select outreach.quarantine_answer(%s, %s, %s, %s)",
            [workspace_id, outcome_id, error.diag.message_primary, error.sqlstate],
        )

    isolate(connection, outcome_ids, settle_together, set_aside)


def release_claims(
    connection: psycopg.Connection, workspace_id: int, worker: str
) -> int:
    """Release this worker's claims that have not begun; returns their number."""
    return connection.execute(
        "select outreach.release_claims(%s, %s)", [workspace_id, worker]
    ).fetchone()[0]


def uncalled_attempts(
    connection: psycopg.Connection,
    workspace_id: int,
    worker: str,
    job_ids: Iterable[int],
) -> list[int]:
    """This worker's attempts of these jobs without an outcome."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            "select * from outreach.uncalled_attempts(%s, %s, %s)",
            [workspace_id, worker, list(job_ids)],
        )
        return cursor.fetchall()
