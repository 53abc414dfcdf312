"""Connections to Postgres, configured by libpq's variables alone.

Belongs here: opening a connection, the settings of every session, and the checks that a
database is usable. Does not: queries, pools, or starting a server.
"""

import contextlib
import logging
import os
from collections.abc import Iterator

import psycopg
from psycopg import sql

from trueup.postgres.roles import UnusablePrefixError, name_on_server, role_prefix

DEFAULT_DATABASE = "trueup"
_OLDEST_VERSION = 15
_NEWEST_TRIED_VERSION = 18
_CONNECT_SECONDS = 10
# A count under a row lock enforces a cap in read committed only. Times are shown in UTC
# unless a query names a zone.
_SESSION_OPTIONS = (
    "-c timezone=UTC -c default_transaction_isolation=read\\ committed -c jit=off"
)
_SCHEMA_MIGRATIONS_COLUMNS = frozenset({"version", "name", "checksum", "applied_at"})

# The roles that write. In a cluster of Citus, a transaction that has written as one
# user may do nothing as another, and some functions have their owner's rights: what
# writes acts there as the user who connects.
_WRITING_ROLES = frozenset({"sender", "operator", "validator"})

_logger = logging.getLogger(__name__)


class UnusableDatabaseError(Exception):
    """The database cannot be used; the text is a sentence for a person."""


def database_name() -> str:
    """The database that `PGDATABASE` names, or the project's own name."""
    return os.environ.get("PGDATABASE") or DEFAULT_DATABASE


@contextlib.contextmanager
def default_database(name: str) -> Iterator[None]:
    """Sets `PGDATABASE` to this database inside the block."""
    before = os.environ.get("PGDATABASE")
    os.environ["PGDATABASE"] = name
    try:
        yield
    finally:
        if before is None:
            del os.environ["PGDATABASE"]
        else:
            os.environ["PGDATABASE"] = before


def connect(
    database: str | None = None,
    *,
    autocommit: bool = False,
    role: str | None = None,
    application_name: str = "trueup",
) -> psycopg.Connection:
    """Opens a session in UTC and read committed, as `role` if one is given.

    In a database that is spread over a cluster, the user who connects acts, but for
    `console`; `analyst` is a session that can write nothing.

    Raises UnusableDatabaseError if the server does not answer or is older than Postgres
    15, if it is a replica and the role writes, or if its schema `outreach` belongs to
    another project.
    """
    name = database or database_name()
    connection = _open(name, application_name)
    with _closed_unless_usable(connection):
        _refuse_unknown_version(connection)
        _refuse_foreign_schema(connection)
        if role is not None:
            _become(connection, role)
        connection.autocommit = autocommit
    return connection


def connect_migrated(
    *,
    autocommit: bool = False,
    role: str | None = None,
    application_name: str = "trueup",
) -> psycopg.Connection:
    """Opens the project's migrated database, as `connect` does.

    Raises UnusableDatabaseError also if it has not been migrated.
    """
    connection = connect(autocommit=True, application_name=application_name)
    with _closed_unless_usable(connection):
        _refuse_unmigrated(connection)
        if role is not None:
            _become(connection, role)
        connection.autocommit = autocommit
    return connection


@contextlib.contextmanager
def acting_as(connection: psycopg.Connection, role: str) -> Iterator[None]:
    """Acts as another role for the length of the block, inside a transaction.

    In a database that is spread over a cluster, only `console` is taken; see `connect`.
    The user who opened the session must be a member of the role, whatever role the
    session acts as. Raises UnusableDatabaseError if it is not.
    """
    with connection.transaction():
        before = connection.execute("select current_setting('role')").fetchone()
        assert before is not None
        _become(connection, role, is_local=True)
        yield
        connection.execute("select set_config('role', %s, true)", before)


def ensure_database(name: str) -> bool:
    """Creates the database `name` unless it exists; returns whether it created it."""
    try:
        _open(name, "trueup").close()
        return False
    except UnusableDatabaseError as refusal:
        # Either the database is missing, or the server cannot be reached.
        try:
            connection = _open("postgres", "trueup")
        except UnusableDatabaseError:
            raise refusal from None
    with connection:
        known = connection.execute(
            "select 1 from pg_catalog.pg_database where datname = %s", [name]
        ).fetchone()
        if known is not None:
            # The database exists and refuses this user: raise its own error.
            _open(name, "trueup").close()
            return False
        return _create_database(connection, name)


def _create_database(connection: psycopg.Connection, name: str) -> bool:
    try:
        connection.execute(
            sql.SQL("create database {} encoding 'UTF8' template template0").format(
                sql.Identifier(name)
            )
        )
    except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
        return False  # another session created it meanwhile
    except psycopg.Error as error:
        raise UnusableDatabaseError(
            f"The database {name} does not exist {_place()} and could not be made: "
            f"{_first_line(error)} Create it, then start again."
        ) from None
    return True


def _open(name: str, application_name: str) -> psycopg.Connection:
    own_options = os.environ.get("PGOPTIONS", "")
    try:
        role_prefix()
    except UnusablePrefixError as error:
        raise UnusableDatabaseError(str(error)) from None
    try:
        return psycopg.connect(
            dbname=name,
            autocommit=True,
            application_name=application_name,
            options=f"{own_options} {_SESSION_OPTIONS}".strip(),
            connect_timeout=os.environ.get("PGCONNECT_TIMEOUT") or _CONNECT_SECONDS,
        )
    except psycopg.Error as error:
        raise UnusableDatabaseError(_sentence_of_outage(name, error)) from None


@contextlib.contextmanager
def _closed_unless_usable(connection: psycopg.Connection) -> Iterator[None]:
    """Closes a new connection if the block refuses it, or if it is lost meanwhile."""
    name = connection.info.dbname
    try:
        yield
    except psycopg.OperationalError as error:
        connection.close()
        raise UnusableDatabaseError(_sentence_of_outage(name, error)) from None
    except BaseException:
        connection.close()
        raise


def _sentence_of_outage(name: str, error: psycopg.Error) -> str:
    return (
        f"The database {name} cannot be reached {_place()}: {_first_line(error)} "
        "Start that server, or correct PGHOST, PGPORT, PGUSER, PGPASSWORD and "
        "PGDATABASE."
    )


def _place() -> str:
    host = os.environ.get("PGHOST") or "the default socket"
    port = os.environ.get("PGPORT") or "5432"
    return f"at {host}, port {port}"


def _first_line(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    message = lines[0] if lines else type(error).__name__
    password = os.environ.get("PGPASSWORD")
    if password:
        message = message.replace(password, "…")
    return message if message.endswith((".", "?", "!")) else message + "."


def _refuse_unknown_version(connection: psycopg.Connection) -> None:
    major = connection.info.server_version // 10_000
    if major < _OLDEST_VERSION:
        raise UnusableDatabaseError(
            f"The server {_place()} is Postgres {major}, and trueup needs "
            f"{_OLDEST_VERSION} to {_NEWEST_TRIED_VERSION}; point PGHOST at a newer "
            "one, or unset PGHOST and PGDATABASE to use the embedded one."
        )
    if major > _NEWEST_TRIED_VERSION:
        _logger.warning(
            "The server %s is Postgres %s; trueup has been tried up to %s.",
            _place(),
            major,
            _NEWEST_TRIED_VERSION,
        )


def _refuse_foreign_schema(connection: psycopg.Connection) -> None:
    row = connection.execute(
        """
        select
            to_regnamespace('outreach') is not null,
            array(
                select attname::text
                from pg_catalog.pg_attribute
                where
                    attrelid = to_regclass('outreach.schema_migrations')
                    and attnum > 0
                    and not attisdropped
            )
        """
    ).fetchone()
    assert row is not None
    has_schema, columns = row
    if has_schema and not set(columns) >= _SCHEMA_MIGRATIONS_COLUMNS:
        raise UnusableDatabaseError(
            f"The database {connection.info.dbname} {_place()} has a schema outreach "
            "that trueup did not make; set PGDATABASE to another database, or rename "
            "that schema."
        )


def _refuse_unmigrated(connection: psycopg.Connection) -> None:
    row = connection.execute(
        "select to_regclass('outreach.schema_migrations') is not null"
    ).fetchone()
    if row != (True,):
        raise UnusableDatabaseError(
            f"The database {connection.info.dbname} {_place()} has none of trueup's "
            "tables. Run scripts/up or `trueup db migrate` first, or set PGDATABASE to "
            "another database."
        )


def is_distributed(connection: psycopg.Connection) -> bool:
    """Whether the database's tables are spread over the workers of a Citus cluster."""
    row = connection.execute(
        "select to_regclass('pg_catalog.pg_dist_partition') is not null"
    ).fetchone()
    if row != (True,):
        return False
    row = connection.execute(
        "select exists (select 1 from pg_catalog.pg_dist_partition"
        " where logicalrelid = to_regclass('outreach.linkedin_accounts'))"
    ).fetchone()
    return row == (True,)


def sentence_of_read_only(error: psycopg.errors.ReadOnlySqlTransaction) -> str:
    """Where nothing can be written, and what to do."""
    return (
        f"Nothing can be written {_place()}: {_first_line(error)} If that server is a "
        "replica, set PGHOST and PGPORT to the primary, or promote the replica if the "
        "primary is gone."
    )


def _refuse_replica(connection: psycopg.Connection, role: str) -> None:
    row = connection.execute("select pg_catalog.pg_is_in_recovery()").fetchone()
    if row == (True,):
        raise UnusableDatabaseError(
            f"The server {_place()} is a replica, where {role} can write nothing. Set "
            "PGHOST and PGPORT to the primary, or promote the replica if the primary "
            "is gone."
        )


def _become(
    connection: psycopg.Connection, role: str, *, is_local: bool = False
) -> None:
    if role in _WRITING_ROLES:
        _refuse_replica(connection, role)
        if is_distributed(connection):
            return
    elif role == "analyst" and is_distributed(connection):
        # Workers do not know the rights of a view's owner, so analyst can read no mart
        # that is a view. The user who connects reads instead, and writes nothing.
        setting = (
            "transaction_read_only" if is_local else "default_transaction_read_only"
        )
        connection.execute("select set_config(%s, 'on', %s)", [setting, is_local])
        return
    name = name_on_server(role)
    try:
        connection.execute("select set_config('role', %s, %s)", [name, is_local])
    except psycopg.OperationalError:
        raise  # the connection was lost, and the role may be right
    except psycopg.Error as error:
        raise UnusableDatabaseError(
            f"The user {connection.info.user} cannot act as {name} {_place()}: "
            f"{_first_line(error)} Run `trueup db migrate`, or grant {name} to it."
        ) from None
