"""The gate of every command that repairs rows; the default is a dry run.

Belongs here: the transaction around each subject, the count of faults before and after
it, and the report with the proof. Does not: options and printing (trueup/cli), the
faults and repairs of each heal, or Dagster.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, LiteralString, TypeVar

import psycopg

from trueup.postgres.error_sentences import sentence_of

ACCOUNT_LOCK: LiteralString = (
    "select from outreach.linkedin_accounts where workspace_id = %(workspace_id)s"
    " and account_id = %(account_id)s for no key update"
)

Result = TypeVar("Result")


@dataclass(frozen=True)
class Heal:
    """A heal with its name and its queries.

    proof: a query that counts the faults of one subject. lock: a query that takes the
        locks of the repair, so that no other session heals between the count and the
        repair, whose changes the report would claim.
    """

    name: str
    proof: LiteralString
    lock: LiteralString | None = None


@dataclass(frozen=True)
class Subject:
    """The unit that one transaction heals, usually an account.

    keys: the proof's parameters. target: the repair's argument.
    """

    workspace_id: int
    label: str
    keys: Mapping[str, Any]
    target: Any


@dataclass(frozen=True)
class Outcome(Generic[Result]):
    """The result for a subject, or its preview in a dry run.

    kept, rolled_back: recorded in heal_reports. unneeded: no fault was left. failed:
        the database raised the error in `error`.
    """

    subject: Subject
    verdict: Literal["kept", "rolled_back", "unneeded", "failed"]
    before: int = 0
    after: int = 0
    result: Result | None = None
    error: str = ""


def run_heal(
    connection: psycopg.Connection,
    heal: Heal,
    subjects: Iterable[Subject],
    repair: Callable[[Any], Result],
    *,
    actor: str,
    commit: bool,
) -> Iterator[Outcome[Result]]:
    """Repair the subjects, each in its own transaction.

    A repair is kept only if the number of faults is lower afterwards and every deferred
    constraint holds; a dry run does the same and rolls it back. The connection must be
    in autocommit.
    """
    if not connection.autocommit:
        raise ValueError("run_heal commits by subject: use autocommit")
    for subject in subjects:
        try:
            outcome = _heal_one(connection, heal, subject, repair, actor, commit)
        except psycopg.Error as error:
            outcome = Outcome(subject, "failed", error=sentence_of(error))
        if commit and outcome.verdict == "rolled_back":
            _report(connection, heal, outcome, actor)
        yield outcome


def _heal_one(
    connection: psycopg.Connection,
    heal: Heal,
    subject: Subject,
    repair: Callable[[Any], Result],
    actor: str,
    commit: bool,
) -> Outcome[Result]:
    with connection.transaction(force_rollback=not commit):
        if heal.lock is not None:
            connection.execute(heal.lock, dict(subject.keys))
        before = _count(connection, heal, subject)
        result = repair(subject.target)
        connection.execute("set constraints all immediate")
        after = _count(connection, heal, subject)
        outcome = Outcome(subject, _verdict(before, after), before, after, result)
        if outcome.verdict != "kept":
            raise psycopg.Rollback
        _report(connection, heal, outcome, actor)
    return outcome


def _verdict(before: int, after: int) -> Literal["kept", "rolled_back", "unneeded"]:
    if after < before:
        return "kept"
    return "unneeded" if before == after == 0 else "rolled_back"


def _count(connection: psycopg.Connection, heal: Heal, subject: Subject) -> int:
    row = connection.execute(heal.proof, dict(subject.keys)).fetchone()
    assert row is not None
    return row[0]


def _report(
    connection: psycopg.Connection, heal: Heal, outcome: Outcome[Any], actor: str
) -> None:
    subject = outcome.subject
    proof = psycopg.ClientCursor(connection).mogrify(heal.proof, dict(subject.keys))
    connection.execute(
        "select outreach.record_heal_report(%s, %s, %s, %s, %s, %s, %s)",
        [
            subject.workspace_id,
            heal.name,
            subject.label,
            actor,
            outcome.before,
            outcome.after,
            proof,
        ],
    )
