"""Brings a database to what `sql/` says.

Belongs here: applying migrations once, and functions, views and triggers at every
deploy. Does not: reading the files, choosing the database, or printing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.pq import TransactionStatus

from trueup.paths import SQL_FOLDER
from trueup.postgres.connection import ensure_database
from trueup.postgres.migration_files import (
    MigrationError,
    MigrationFile,
    SqlFile,
    SqlFolder,
    read_sql_folder,
)

__all__ = ["MigrationReport", "ensure_database", "migrate"]

# Any number will do that no other program takes in the same database.
_MIGRATION_LOCK = 7_388_270_265


@dataclass(frozen=True)
class MigrationReport:
    """What one run did: paths of new migrations, and counts of what was re-applied."""

    database: str
    applied: tuple[str, ...]
    already_applied_count: int
    function_count: int
    trigger_count: int


def migrate(
    connection: psycopg.Connection, sql_folder: Path = SQL_FOLDER
) -> MigrationReport:
    """Applies what is pending; safe to run again, and by two at once.

    `connection` must be outside a transaction. Each migration commits on its own;
    functions, views and triggers commit together. Raises MigrationError, whose text
    says which file and what Postgres said; the failing file leaves nothing behind.
    """
    folder = read_sql_folder(sql_folder)
    with _in_autocommit(connection), _alone(connection):
        _make_schema_migrations(connection)
        recorded = _recorded_checksums(connection)
        _refuse_edited(folder, recorded)
        pending = [m for m in folder.migrations if m.version not in recorded]
        for migration in pending:
            _apply_once(connection, migration)
        _apply_again(connection, folder)
    return MigrationReport(
        database=connection.info.dbname,
        applied=tuple(migration.file.path for migration in pending),
        already_applied_count=len(recorded),
        function_count=len(folder.functions),
        trigger_count=len(folder.triggers),
    )


@contextmanager
def _in_autocommit(connection: psycopg.Connection) -> Iterator[None]:
    was_autocommit = connection.autocommit
    connection.autocommit = True
    try:
        yield
    finally:
        if not connection.closed:
            connection.autocommit = was_autocommit


@contextmanager
def _alone(connection: psycopg.Connection) -> Iterator[None]:
    """Holds back a second migration of this database until this one is over."""
    connection.execute("select pg_advisory_lock(%s)", [_MIGRATION_LOCK])
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("select pg_advisory_unlock(%s)", [_MIGRATION_LOCK])


def _make_schema_migrations(connection: psycopg.Connection) -> None:
    try:
        with connection.transaction():
            connection.execute("set local client_min_messages = warning")
            connection.execute("create schema if not exists outreach")
            connection.execute(
                """
                create table if not exists outreach.schema_migrations (
                    version text not null,
                    name text not null,
                    checksum text not null,
                    applied_at timestamptz not null default clock_timestamp(),
                    constraint schema_migrations_pkey primary key (version)
                )
                """
            )
    except psycopg.errors.InsufficientPrivilege as error:
        raise MigrationError(
            f"The user {connection.info.user} cannot make the schema outreach in the "
            f"database {connection.info.dbname}: {error.diag.message_primary}. Migrate "
            "as the database's owner."
        ) from None


def _recorded_checksums(connection: psycopg.Connection) -> dict[str, tuple[str, str]]:
    rows = connection.execute(
        "select version, name, checksum from outreach.schema_migrations"
    )
    return {version: (name, checksum) for version, name, checksum in rows}


def _refuse_edited(folder: SqlFolder, recorded: dict[str, tuple[str, str]]) -> None:
    found = {migration.version: migration for migration in folder.migrations}
    for version, (name, checksum) in sorted(recorded.items()):
        migration = found.get(version)
        if migration is None:
            raise MigrationError(
                f"The database has applied {version}_{name}.sql, which this checkout "
                "does not have; check out the newer version, or use another database."
            )
        if migration.checksum != checksum:
            raise MigrationError(
                f"{migration.file.path} was edited after the database applied it; "
                "restore it, and put the change into a new migration."
            )
    newest = max(recorded, default="")
    for migration in folder.migrations:
        if migration.version not in recorded and migration.version < newest:
            raise MigrationError(
                f"{migration.file.path} comes before {newest}, which the database has "
                "applied; give it the next free number."
            )


def _apply_once(connection: psycopg.Connection, migration: MigrationFile) -> None:
    with connection.transaction():
        _run(connection, migration.file)
        connection.execute(
            """
            insert into outreach.schema_migrations (version, name, checksum)
            values (%s, %s, %s)
            """,
            [migration.version, migration.name, migration.checksum],
        )


def _apply_again(connection: psycopg.Connection, folder: SqlFolder) -> None:
    with connection.transaction():
        # Functions call one another, and their files are in the order of names. Their
        # bodies are not checked here, so the views that they read may come after them.
        connection.execute("set local check_function_bodies = off")
        connection.execute("set local client_min_messages = warning")
        for file in (*folder.functions, *folder.views, *folder.triggers):
            _run(connection, file)


def _run(connection: psycopg.Connection, file: SqlFile) -> None:
    try:
        connection.execute(file.text.encode())
    except psycopg.Error as error:
        raise MigrationError(_failure(file, error)) from error
    if connection.info.transaction_status != TransactionStatus.INTRANS:
        raise MigrationError(
            f"{file.path} ends its own transaction; take begin and commit out of it."
        )


def _failure(file: SqlFile, error: psycopg.Error) -> str:
    said = error.diag
    place = file.path
    if said.statement_position is not None:
        # Counted in characters from 1.
        before = file.text[: int(said.statement_position) - 1]
        place = f"{file.path}, line {before.count(chr(10)) + 1}"
    parts = [f"{place}: {said.message_primary or str(error)}"]
    if said.message_detail:
        parts.append(said.message_detail)
    if said.message_hint:
        parts.append(said.message_hint)
    if said.statement_position is None and said.context:
        parts.append(f"({said.context.splitlines()[0]})")
    return " ".join(parts)
