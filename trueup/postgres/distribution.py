"""Spreading a database over the workers of a Citus cluster, and copying it back.

Belongs here: running `sql/citus.sql`, what is placed where, and the copy of a spread
database into a plain one. Does not: the rule which table belongs where
(`outreach.table_placements()`), or printing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from trueup.paths import SQL_FOLDER
from trueup.postgres.connection import is_distributed
from trueup.postgres.roles import with_names_on_server
from trueup.postgres.statements import statements_of

_FILE = SQL_FOLDER / "citus.sql"
# The migrations of the target have made these rows.
_NOT_COPIED = ("schema_migrations",)


class UndistributableError(Exception):
    """The database cannot be spread or copied back; a sentence for a person."""


@dataclass(frozen=True)
class Placement:
    """Where a table belongs: `placement` is tenant, reference or local.

    `is_placed`: whether it is there. A local table always is.
    """

    table: str
    placement: str
    is_placed: bool


def placements(connection: psycopg.Connection) -> list[Placement]:
    """Every table of the schema, parents first within each placement."""
    row = connection.execute(
        "select to_regclass('pg_catalog.pg_dist_partition') is not null"
    ).fetchone()
    placed: set[str] = set()
    if row == (True,):
        placed = {
            name
            for (name,) in connection.execute(
                "select relations.relname::text"
                " from pg_catalog.pg_dist_partition as distributed"
                " inner join pg_catalog.pg_class as relations"
                " on distributed.logicalrelid = relations.oid"
                " where relations.relnamespace = 'outreach'::regnamespace"
            )
        }
    return [
        Placement(table, placement, placement == "local" or table in placed)
        for table, placement in connection.execute(
            "select table_name, placement from outreach.table_placements()"
        )
    ]


def distribute(connection: psycopg.Connection) -> list[str]:
    """Runs `sql/citus.sql`; returns what it did, a line each.

    `connection` must be in autocommit, as a user who may change the database's roles.
    Safe to repeat: what is placed stays. Raises UndistributableError.
    """
    done: list[str] = []

    def keep(notice: psycopg.errors.Diagnostic) -> None:
        if notice.severity_nonlocalized == "WARNING" and notice.message_primary:
            done.append(notice.message_primary)

    connection.add_notice_handler(keep)
    try:
        for statement in statements_of(_FILE.read_text(encoding="utf-8")):
            connection.execute(with_names_on_server(statement.text).encode())
    except psycopg.Error as error:
        said = error.diag
        parts = [f"The database {connection.info.dbname} was not spread:"]
        parts += [f"{said.message_primary or error}."]
        parts += [said.message_hint] if said.message_hint else []
        raise UndistributableError(" ".join(parts)) from None
    finally:
        connection.remove_notice_handler(keep)
    return done


def rows_by_table(connection: psycopg.Connection) -> list[tuple[str, int]]:
    """The number of rows of each table that a copy would take."""
    return [(table, _count(connection, table)) for table in _copied_tables(connection)]


def copy_back(source: psycopg.Connection, target: psycopg.Connection) -> int:
    """Copies every row of a spread database into a migrated one without workspaces.

    Both in autocommit; the target's user owns its tables. One transaction on either
    side. Returns the number of rows. Raises UndistributableError.
    """
    if is_distributed(target):
        raise UndistributableError(
            f"The database {target.info.dbname} is spread over a cluster itself; name "
            "a new one."
        )
    if _count(target, "workspaces"):
        raise UndistributableError(
            f"The database {target.info.dbname} has workspaces already; name a new one."
        )
    tables = _copied_tables(source)
    copied = 0
    with source.transaction(), target.transaction():
        source.execute("set transaction isolation level repeatable read, read only")
        for table in tables:
            _set_triggers(target, table, "disable")
        for table in reversed(tables):
            target.execute(sql.SQL("delete from {}").format(_named(table)))
        for table in tables:
            copied += _copy(source, target, table)
        for table in tables:
            _set_triggers(target, table, "enable")
            _continue_identities(target, table)
    return copied


def _copied_tables(connection: psycopg.Connection) -> list[str]:
    """Every table whose rows are copied, parents first."""
    rows = connection.execute(
        "select table_name from outreach.table_placements()"
        " order by place_order, table_name"
    )
    return [table for (table,) in rows if table not in _NOT_COPIED]


def _count(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(
        sql.SQL("select count(*) from {}").format(_named(table))
    ).fetchone()
    assert row is not None
    return int(row[0])


def _copy(source: psycopg.Connection, target: psycopg.Connection, table: str) -> int:
    columns = sql.SQL(", ").join(map(sql.Identifier, _columns(target, table)))
    out = sql.SQL("copy {} ({}) to stdout").format(_named(table), columns)
    into = sql.SQL("copy {} ({}) from stdin").format(_named(table), columns)
    with source.cursor().copy(out) as read, target.cursor() as cursor:
        with cursor.copy(into) as write:
            for block in read:
                write.write(block)
        return cursor.rowcount


def _columns(connection: psycopg.Connection, table: str) -> Sequence[str]:
    """The columns that are stored and not computed from others."""
    rows = connection.execute(
        "select columns.attname::text from pg_catalog.pg_attribute as columns"
        " where columns.attrelid = %s::regclass and columns.attnum > 0"
        " and not columns.attisdropped and columns.attgenerated = ''"
        " order by columns.attnum",
        [f"outreach.{table}"],
    )
    return [name for (name,) in rows]


def _set_triggers(connection: psycopg.Connection, table: str, verb: str) -> None:
    connection.execute(
        sql.SQL("alter table {} {} trigger user").format(_named(table), sql.SQL(verb))
    )


def _continue_identities(connection: psycopg.Connection, table: str) -> None:
    """New rows get numbers after those of the copied rows."""
    for column in _identities(connection, table):
        connection.execute(
            sql.SQL(
                "select setval(pg_get_serial_sequence({}, {}), max({}))"
                " from {} having count(*) > 0"
            ).format(f"outreach.{table}", column, sql.Identifier(column), _named(table))
        )


def _identities(connection: psycopg.Connection, table: str) -> Iterator[str]:
    rows = connection.execute(
        "select columns.attname::text from pg_catalog.pg_attribute as columns"
        " where columns.attrelid = %s::regclass and columns.attidentity <> ''",
        [f"outreach.{table}"],
    ).fetchall()
    return (name for (name,) in rows)


def _named(table: str) -> sql.Identifier:
    return sql.Identifier("outreach", table)
