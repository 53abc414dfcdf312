"""The one gate of every script that writes: a dry run unless it is told twice.

Belongs here: the options, the transaction around each subject, what is wrong before and
after it, and the report that proves it. What is wrong and how it is repaired is each
script's own. No Dagster here.
"""

import contextlib
import getpass
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Generic, Literal, LiteralString, TypeVar

import click
import psycopg
import rich.console
import rich.markup
import rich.table

from trueup.postgres.connection import UnusableDatabaseError, connect_migrated

NOTHING_WRITTEN = "Nothing was written: add --commit and set CONFIRM=yes."
WORDS = {
    "kept": ("healed", "would be healed"),
    "rolled_back": ("rolled back: no less is wrong", "would be rolled back"),
    "unneeded": ("nothing was wrong any more", "nothing is wrong any more"),
    "failed": ("failed", "would fail"),
}

ACCOUNT_LOCK: LiteralString = (
    "select from outreach.linkedin_accounts where workspace_id = %(workspace_id)s"
    " and account_id = %(account_id)s for no key update"
)

Result = TypeVar("Result")
Command = TypeVar("Command", bound=Callable[..., Any])


class SentenceError(click.ClickException):
    """A mistake told in one sentence; the script ends with 2."""

    exit_code = 2

    def show(self, file: IO[str] | None = None) -> None:
        click.echo(self.format_message(), file=file, err=file is None)


@dataclass(frozen=True)
class Heal:
    """A heal by its name.

    proof: a query that counts what is wrong with one subject. lock: one that takes the
    locks of its repair, so that nobody else heals between the count and the repair and
    the report claims what they did.
    """

    name: str
    proof: LiteralString
    lock: LiteralString | None = None


@dataclass(frozen=True)
class Subject:
    """What one transaction heals, mostly an account.

    keys: the proof's parameters. target: what the repair is given.
    """

    workspace_id: int
    label: str
    keys: Mapping[str, Any]
    target: Any


@dataclass(frozen=True)
class Outcome(Generic[Result]):
    """What became of a subject; in a dry run, what would.

    kept, rolled_back: told in heal_reports. unneeded: nothing was wrong any more.
    failed: the database refused; `error` is its sentence.
    """

    subject: Subject
    verdict: Literal["kept", "rolled_back", "unneeded", "failed"]
    before: int = 0
    after: int = 0
    result: Result | None = None
    error: str = ""


def gated(command: Command) -> Command:
    """Give a command --commit, which counts only with CONFIRM=yes set."""
    option = click.option(
        "--commit",
        is_flag=True,
        is_eager=True,
        callback=_confirmed,
        help="Write; needs CONFIRM=yes in the environment too. Without, a dry run.",
    )
    return option(command)


def acted(command: Command) -> Command:
    """Give a command --actor: who is to be kept as having done it."""
    option = click.option(
        "--actor", default=getpass.getuser, help="Who does it; you by default."
    )
    return option(command)


@contextlib.contextmanager
def opened(name: str) -> Iterator[psycopg.Connection]:
    """A connection in autocommit, under the script's name; its errors are sentences."""
    try:
        with connect_migrated(autocommit=True, application_name=name) as connection:
            yield connection
    except (UnusableDatabaseError, psycopg.OperationalError) as error:
        raise SentenceError(str(error).strip()) from None


def refuse_unknown_account(connection: psycopg.Connection, account: int | None) -> None:
    """Raises SentenceError where no workspace has an account of that id."""
    row = connection.execute(
        "select %(account)s::bigint is null or exists ("
        "select 1 from outreach.linkedin_accounts where account_id = %(account)s)",
        {"account": account},
    ).fetchone()
    if row != (True,):
        raise SentenceError(
            f"There is no account {account}. Look the id up in the mart account_status."
        )


def run_heal(
    connection: psycopg.Connection,
    heal: Heal,
    subjects: Iterable[Subject],
    repair: Callable[[Any], Result],
    *,
    actor: str,
    commit: bool,
) -> Iterator[Outcome[Result]]:
    """Repair subject by subject, each in a transaction of its own.

    Kept only where less is wrong afterwards and every deferred rule holds; a dry run
    does the same and undoes it. The connection must be in autocommit.
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


def sentence_of(error: psycopg.Error) -> str:
    """What the database said, and its hint."""
    said = error.diag
    return f"{said.message_primary or error}. {said.message_hint or ''}".strip()


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


def print_outcomes(
    outcomes: Sequence[Outcome[Any]], *, commit: bool, nothing: str
) -> None:
    """Each subject with what was wrong before and after; `nothing` where there is none.

    Says at the end, of a dry run, that nothing was written.
    """
    if not outcomes:
        click.echo(nothing)
        return
    rows = [
        (
            str(outcome.subject.workspace_id),
            outcome.subject.label,
            str(outcome.before),
            str(outcome.after),
            outcome.error or WORDS[outcome.verdict][not commit],
        )
        for outcome in outcomes
    ]
    print_table(("workspace", "subject", "wrong before", "after", "outcome"), rows)
    if not commit:
        click.echo(NOTHING_WRITTEN)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on standard output; headings that count are told by their cells."""
    table = rich.table.Table()
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(rich.markup.escape(cell) for cell in row))
    rich.console.Console(soft_wrap=True).print(table)


def exit_code_of(outcomes: Iterable[Outcome[Any]]) -> int:
    """0 where each was healed or needed nothing, else 1."""
    return int(any(one.verdict in ("rolled_back", "failed") for one in outcomes))


def _confirmed(context: click.Context, parameter: click.Parameter, value: bool) -> bool:  # noqa: ARG001
    if value and os.environ.get("CONFIRM") != "yes":
        raise SentenceError(
            "--commit writes, and needs CONFIRM=yes in the environment as well. "
            "Nothing was written; run it without --commit first to see what would be."
        )
    return value
