"""Migrates a database to the state that `sql/` defines.

Belongs here: applying migrations once, and functions, views and triggers at every
deploy. Does not: reading the files, choosing the database, or printing.

The user needs to own the database, or have the right to create in it, and CREATEROLE
or membership in the roles sender, operator, analyst, console and validator.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from psycopg.pq import TransactionStatus

from trueup.paths import SQL_FOLDER
from trueup.postgres.connection import ensure_database, sentence_of_read_only
from trueup.postgres.database_rights import keep_temporary_tables_to_operator
from trueup.postgres.leftovers import (
    drop_changed_routine,
    drop_leftovers,
    drop_other_versions,
    remade_objects,
)
from trueup.postgres.migration_files import (
    MigrationError,
    MigrationFile,
    SqlFile,
    SqlFolder,
    read_sql_folder,
)
from trueup.postgres.migration_lock import only_migration
from trueup.postgres.roles import (
    PREFIX_VARIABLE,
    name_on_server,
    role_prefix,
    with_names_on_server,
)
from trueup.postgres.statements import Statement, statements_of

__all__ = ["MigrationReport", "ensure_database", "migrate"]

# The longest wait for the migration lock and for each table lock. A waiting table lock
# blocks the sender.
_LOCK_WAIT_SECONDS = 60


@dataclass(frozen=True)
class MigrationReport:
    """The result of one run.

    `applied` has the paths of new migrations, `dropped` the objects that no file
    creates any more. The counts are of files that were applied before or applied again.
    """

    database: str
    applied: tuple[str, ...]
    already_applied_count: int
    function_count: int
    trigger_count: int
    dropped: tuple[str, ...]


def migrate(
    connection: psycopg.Connection,
    sql_folder: Path = SQL_FOLDER,
    *,
    lock_wait_seconds: int = _LOCK_WAIT_SECONDS,
) -> MigrationReport:
    """Applies pending files; safe to repeat and to run concurrently.

    `connection` must be outside a transaction. Each migration commits on its own;
    functions, views and triggers commit together, with the drop of those that no file
    creates any more. Raises MigrationError, whose text has the file and the error of
    Postgres, or the holder of a lock after `lock_wait_seconds`; the failing file is
    rolled back.
    """
    folder = read_sql_folder(sql_folder)
    with _in_autocommit(connection), only_migration(connection, lock_wait_seconds):
        _make_schema_migrations(connection)
        recorded = _recorded_checksums(connection)
        _refuse_other_history(connection.info.dbname, folder, recorded)
        _refuse_edited(folder, recorded)
        _refuse_other_roles(connection)
        pending = [m for m in folder.migrations if m.version not in recorded]
        for migration in pending:
            _apply_once(connection, migration)
        keep_temporary_tables_to_operator(connection)
        dropped = _apply_again(connection, folder)
    return MigrationReport(
        database=connection.info.dbname,
        applied=tuple(migration.file.path for migration in pending),
        already_applied_count=len(recorded),
        function_count=len(folder.functions),
        trigger_count=len(folder.triggers),
        dropped=dropped,
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
    except psycopg.errors.ReadOnlySqlTransaction as error:
        raise MigrationError(sentence_of_read_only(error)) from None
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


def _refuse_other_history(
    database: str, folder: SqlFolder, recorded: dict[str, tuple[str, str]]
) -> None:
    """Refuses a database whose migrations have the same numbers but other names.

    A database of a checkout before release 0.1.0 has such migrations, because the
    schema was rewritten for that release.
    """
    for migration in folder.migrations:
        name, _ = recorded.get(migration.version, (migration.name, ""))
        if name != migration.name:
            raise MigrationError(
                f"The database {database} was made by a checkout from before release "
                f"0.1.0: it has applied {migration.version}_{name}.sql, and here that "
                f"number is {migration.file.path}. Its tables cannot be brought to "
                "this release. Set PGDATABASE to a new database and migrate that one, "
                "or drop this one first."
            )


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


def _refuse_other_roles(connection: psycopg.Connection) -> None:
    """Refuses a database whose rights belong to roles with another prefix."""
    last = "validator"
    holders = [
        name
        for (name,) in connection.execute(
            """
            select roles.rolname::text
            from pg_catalog.pg_namespace as schemas
            cross join lateral aclexplode(schemas.nspacl) as granted
            inner join pg_catalog.pg_roles as roles on granted.grantee = roles.oid
            where
                schemas.nspname = 'outreach'
                and right(roles.rolname, length(%(role)s)) = %(role)s
            order by roles.rolname
            """,
            {"role": last},
        )
    ]
    if not holders or name_on_server(last) in holders:
        return
    theirs = holders[0].removesuffix(last)
    raise MigrationError(
        f"The rights in the database {connection.info.dbname} belong to {holders[0]} "
        f"and the roles beside it, and {PREFIX_VARIABLE} is "
        f"{role_prefix() or 'not set'}. "
        + (f"Set it to {theirs}." if theirs else "Unset it.")
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


def _apply_again(connection: psycopg.Connection, folder: SqlFolder) -> tuple[str, ...]:
    with connection.transaction():
        # Functions call one another, but are created in the order of their names. Their
        # bodies are not checked here, so views that they read may be created later.
        connection.execute("set local check_function_bodies = off")
        connection.execute("set local client_min_messages = warning")
        before = remade_objects(connection)
        for file in folder.functions:
            _run(connection, file, may_drop=True)
        drop_other_versions(connection, before)
        for file in (*folder.views, *folder.triggers):
            _run(connection, file, may_drop=True)
        return drop_leftovers(connection, before, folder.migrations)


def _run(
    connection: psycopg.Connection, file: SqlFile, *, may_drop: bool = False
) -> None:
    for written in statements_of(file.text):
        statement = replace(written, text=with_names_on_server(written.text))
        try:
            if may_drop:
                _execute_or_remake(connection, file, statement)
            else:
                connection.execute(statement.text.encode())
        except psycopg.Error as error:
            raise MigrationError(_failure(file, statement, error)) from error
        if connection.info.transaction_status != TransactionStatus.INTRANS:
            raise MigrationError(
                f"{file.path} ends its own transaction; take begin and commit out of "
                "it."
            )


def _execute_or_remake(
    connection: psycopg.Connection, file: SqlFile, statement: Statement
) -> None:
    """Runs a statement; a routine that cannot be replaced is dropped and recreated."""
    connection.execute("savepoint before_statement")
    try:
        connection.execute(statement.text.encode())
    except psycopg.errors.InvalidFunctionDefinition as error:
        connection.execute("rollback to savepoint before_statement")
        if not drop_changed_routine(connection, error, file.path):
            raise
        connection.execute(statement.text.encode())
    if connection.info.transaction_status == TransactionStatus.INTRANS:
        connection.execute("release savepoint before_statement")


def _failure(file: SqlFile, statement: Statement, error: psycopg.Error) -> str:
    said = error.diag
    place = file.path
    if said.statement_position is not None:
        # The position counts characters from 1.
        before = statement.text[: int(said.statement_position) - 1]
        line = statement.lines_before + before.count("\n") + 1
        place = f"{file.path}, line {line}"
    parts = [f"{place}: {said.message_primary or str(error)}"]
    if said.message_detail:
        parts.append(said.message_detail)
    if said.message_hint:
        parts.append(said.message_hint)
    if said.statement_position is None and said.context:
        parts.append(f"({said.context.splitlines()[0]})")
    if isinstance(error, psycopg.errors.LockNotAvailable):
        parts.append(
            "Another session holds a lock that this file needs; pg_stat_activity shows "
            "it. Let it end, and migrate again."
        )
    return " ".join(parts)
