"""Databases that one test after another uses, each as if it were a new copy.

Belongs here: emptying a copy of the template, and when it cannot be used again. A new
copy would plan and compile anew each function that a test calls, which takes most of
the time of a test whose commits matter.
"""

import contextlib
import itertools
from collections.abc import Iterator

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from trueup.postgres.connection import connect
from trueup.postgres.copies import copy_database, drop_database
from trueup.postgres.witness import Witness, adopt

_numbers = itertools.count(1)

# Sum and count of what each row of the catalog is and who wrote it last. ANALYZE and
# VACUUM write in place; temporary objects are left out.
_SCHEMA = """
select sum(hashtextextended(kind || id || written, 0)::numeric), count(*)
from (
    select 'class' as kind, oid::text as id, xmin::text as written
    from pg_class where not relname ^@ 'pg_' and relpersistence != 't'
        and relnamespace not in (select pg_my_temp_schema())
    union all select 'attribute', attrelid || '.' || attnum, attributes.xmin::text
    from pg_attribute as attributes
    inner join pg_class as classes on classes.oid = attrelid
    where attnum > 0 and relpersistence != 't' and not relname ^@ 'pg_'
    union all select 'function', oid::text, xmin::text from pg_proc
    where pronamespace != pg_my_temp_schema()
    union all select 'trigger', oid::text, xmin::text from pg_trigger
    union all select 'constraint', oid::text, xmin::text from pg_constraint
    union all select 'rule', oid::text, xmin::text from pg_rewrite
    union all select 'schema', oid::text, xmin::text from pg_namespace
    where not nspname ^@ 'pg_t'
    union all select 'policy', oid::text, xmin::text from pg_policy
    union all select 'event', oid::text, xmin::text from pg_event_trigger
    union all select 'settings', setrole::text, xmin::text from pg_db_role_setting
    where setdatabase in (
        0, (select oid from pg_database where datname = current_database())
    )
    union all select 'role', oid::text, xmin::text from pg_authid
    union all select 'member', roleid || '.' || member, xmin::text from pg_auth_members
    union all select 'database', oid::text, xmin::text from pg_database
    where datname = current_database()
) as written
"""
_TABLES = """
select classes.oid::regclass::text,
    (
        select string_agg(quote_ident(attname), ', ' order by attnum)
        from pg_attribute
        where attrelid = classes.oid and attnum > 0 and not attisdropped
            and attgenerated = ''
    )
from pg_class as classes
inner join pg_namespace as schemas on schemas.oid = classes.relnamespace
where relkind in ('r', 'p') and not relispartition and not nspname ^@ 'pg_'
    and nspname != 'information_schema'
order by 1
"""
_SEQUENCES = """
select format('%I.%I', schemaname, sequencename), start_value, last_value
from pg_sequences where not schemaname ^@ 'pg_'
"""


class OwnDatabase:
    """A copy of a template for one test, to which only that test connects."""

    def __init__(self, template: str) -> None:
        self.name = f"trueup_own_{next(_numbers)}"
        copy_database(template, self.name)

    def connection(self) -> psycopg.Connection:
        """A connection in autocommit mode."""
        return connect(self.name, autocommit=True)

    def drop(self) -> None:
        drop_database(self.name)


class ReusedDatabase:
    """A copy of a template whose rows and sequences can be set back."""

    def __init__(self, template: str) -> None:
        self.name = f"trueup_reused_{next(_numbers)}"
        copy_database(template, self.name)
        self._own = connect(self.name, autocommit=True)
        self._own.execute(_set_back(self._own))
        self._schema = self._schema_now()
        self._kept: list[psycopg.Connection] = []

    def _schema_now(self) -> object:
        return self._own.execute(_SCHEMA).fetchone()

    @contextlib.contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """A connection in autocommit mode, which an earlier test may have used."""
        opened = self._kept.pop() if self._kept else connect(self.name, autocommit=True)
        try:
            yield opened
            self._keep(opened)
        finally:
            if opened not in self._kept:
                opened.close()

    def _keep(self, opened: psycopg.Connection) -> None:
        """Keep a connection that is as it was when it was opened."""
        if not _is_as_opened(opened):
            return
        # A test may have ended its session.
        with contextlib.suppress(psycopg.Error):
            opened.execute(
                "reset all; reset session authorization; unlisten *; close all;"
                " select pg_advisory_unlock_all()"
            )
            self._kept.append(opened)

    def set_back(self) -> bool:
        """Sets it back; False if it cannot be used again, and is dropped."""
        try:
            for one in self._kept:
                one.execute("select 1")
            if self._schema_now() == self._schema:
                self._end_other_sessions()
                self._own.execute("select pg_temp.set_back()")
                adopt(self._own, Witness(), "copy_database")
                return True
        except psycopg.Error:
            pass
        self.drop()
        return False

    def _end_other_sessions(self) -> None:
        ours = [self._own, *self._kept]
        self._own.execute(
            "select count(pg_terminate_backend(pid, 10000)) from pg_stat_activity"
            " where datname = current_database() and pid != all(%s)"
            " and backend_type = 'client backend'",
            [[one.info.backend_pid for one in ours]],
        )

    def drop(self) -> None:
        for one in [self._own, *self._kept]:
            one.close()
        drop_database(self.name)


def _is_as_opened(connection: psycopg.Connection) -> bool:
    return (
        not connection.closed
        and connection.autocommit
        and connection.row_factory is tuple_row
        and connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    )


def _set_back(connection: psycopg.Connection) -> sql.Composed:
    """Makes pg_temp.set_back(), which gives each table the rows that it has now."""
    statements = []
    for number, (table, columns) in enumerate(connection.execute(_TABLES).fetchall()):
        name = sql.SQL(table)
        statements.append(sql.SQL("delete from {};").format(name))
        if connection.execute(
            sql.SQL("select exists (select from {})").format(name)
        ).fetchone() == (True,):
            kept = sql.Identifier("pg_temp", f"rows_{number}")
            connection.execute(
                sql.SQL("create table {} as table {}").format(kept, name)
            )
            statements.append(
                sql.SQL(
                    "insert into {0} ({1}) overriding system value select {1} from {2};"
                ).format(name, sql.SQL(columns), kept)
            )
    for name, start, last in connection.execute(_SEQUENCES).fetchall():
        statements.append(
            sql.SQL("perform setval({}, {}, {});").format(
                sql.Literal(name),
                sql.Literal(last or start),
                sql.Literal(last is not None),
            )
        )
    return sql.SQL(
        "create function pg_temp.set_back() returns void language plpgsql"
        " set session_replication_role = replica as {}"
    ).format(
        sql.Literal(
            sql.SQL("begin {} end")
            .format(sql.SQL(" ").join(statements))
            .as_string(connection)
        )
    )
