"""What an analyst may do: read marts and failing rows, each described, and no more."""

import psycopg
import pytest
from psycopg import sql

from tests.support.dbt_runner import modelled_copy, parsed_manifest, run_dbt
from tests.support.ledger_rows import loading, set_counter
from tests.support.rows import NOON, make_account, make_workspace

READABLE = {"analytics", "analytics_failures"}
RELATIONS = """
select
    namespaces.nspname,
    relations.relname,
    (
        select attributes.attname
        from pg_catalog.pg_attribute as attributes
        where attributes.attrelid = relations.oid and attributes.attnum = 1
    )
from pg_catalog.pg_class as relations
inner join pg_catalog.pg_namespace as namespaces
    on relations.relnamespace = namespaces.oid
where
    relations.relkind in ('r', 'v', 'm', 'p', 'f', 'S')
    and namespaces.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
order by 1, 2
"""
FUNCTIONS = """
select
    namespaces.nspname,
    functions.proname,
    array(
        select format_type(arguments.type, null)
        from unnest(functions.proargtypes) with ordinality
            as arguments (type, place)
        order by arguments.place
    )
from pg_catalog.pg_proc as functions
inner join pg_catalog.pg_namespace as namespaces
    on functions.pronamespace = namespaces.oid
where
    namespaces.nspname not in ('pg_catalog', 'information_schema')
    and functions.prokind = 'f'
order by 1, 2, 3
"""


@pytest.fixture(scope="module")
def database(template_database):
    """Every model built and every alert tried; one of them fails and keeps its rows."""
    with modelled_copy(template_database) as copy:
        with copy.connect() as connection:
            workspace_id = make_workspace(connection)
            account = (workspace_id, make_account(connection, workspace_id))
            connection.commit()
            with loading(connection):
                set_counter(connection, account, NOON.date(), 142, NOON)
        run_dbt(copy, "test", as_of=NOON)
        yield copy


@pytest.fixture
def analyst(database):
    with database.connect() as connection:
        connection.execute("set role analyst")
        yield connection
        connection.rollback()


@pytest.fixture(scope="module")
def relations(database):
    """Rows of schema, name and first column of every relation."""
    with database.connect() as connection:
        return connection.execute(RELATIONS).fetchall()


def may(connection, statement):
    """Whether the statement is permitted; what it does is taken back."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except (
        psycopg.errors.InsufficientPrivilege,
        psycopg.errors.ObjectNotInPrerequisiteState,
    ):
        return False
    return True


def test_an_analyst_reads_marts_and_failing_rows_and_nothing_else(analyst, relations):
    select = sql.SQL("select * from {} limit 1")
    readable = {
        (schema, name)
        for schema, name, _ in relations
        if may(analyst, select.format(sql.Identifier(schema, name)))
    }

    assert readable == {
        (schema, name) for schema, name, _ in relations if schema in READABLE
    }
    assert {schema for schema, _ in readable} == READABLE
    assert ("analytics_failures", "counter_differs_from_the_truth") in readable


def test_an_analyst_writes_nowhere(analyst, relations):
    writes = [
        "insert into {table} default values",
        "update {table} set {column} = null",
        "delete from {table}",
        "truncate {table}",
        "drop table {table}",
        "create index on {table} ({column})",
    ]
    written = [
        (schema, name, write)
        for schema, name, column in relations
        for write in writes
        if may_write(analyst, write, schema, name, column)
    ]
    assert written == []


def may_write(analyst, write, schema, name, column):
    statement = sql.SQL(write).format(
        table=sql.Identifier(schema, name), column=sql.Identifier(column)
    )
    try:
        return may(analyst, statement)
    except (psycopg.errors.WrongObjectType, psycopg.errors.FeatureNotSupported):
        return False  # a view: not even its owner could


def test_an_analyst_calls_none_of_the_functions(database, analyst):
    with database.connect() as connection:
        functions = connection.execute(FUNCTIONS).fetchall()
    called = [
        (schema, name)
        for schema, name, types in functions
        if may(
            analyst,
            sql.SQL("select {}({})").format(
                sql.Identifier(schema, name),
                sql.SQL(", ").join(sql.SQL(f"null::{each}") for each in types),
            ),
        )
    ]
    assert len(functions) > 100
    assert called == []


@pytest.mark.parametrize(
    "statement",
    [
        "create schema mine",
        "create table public.mine (id bigint)",
        "create table analytics.mine (id bigint)",
        "create role mine",
        "create extension pg_stat_statements",
        "copy (select 1) to program 'true'",
        "select pg_read_file('postgresql.conf')",
        "set role operator",
    ],
)
def test_an_analyst_makes_nothing_and_becomes_nobody(database, statement):
    with database.connect() as connection:
        # A session that is the analyst's from the start, not one that became it.
        connection.execute("set session authorization analyst")
        assert not may(connection, statement)
        connection.rollback()


def test_psql_describes_every_mart_and_column_as_the_yml_does(database):
    with database.connect() as connection:
        told = {
            (relation, column): comment
            for relation, column, comment in connection.execute(
                "select relname::text, attname::text, description"
                " from pg_catalog.pg_class as relations"
                " inner join pg_catalog.pg_attribute on attrelid = relations.oid"
                " left join pg_catalog.pg_description"
                " on objoid = relations.oid and objsubid = attnum"
                " where relnamespace = 'analytics'::regnamespace and attnum > 0"
                " and relkind in ('r', 'v') and not attisdropped"
            )
        }
    wanted = {
        (node.name, column.name): column.description
        for node in marts()
        for column in node.columns.values()
    }
    assert told == wanted


def test_psql_says_as_of_when_a_mart_speaks(database):
    with database.connect() as connection:
        told = dict(
            connection.execute(
                "select relname::text, obj_description(oid, 'pg_class')"
                " from pg_catalog.pg_class"
                " where relnamespace = 'analytics'::regnamespace"
                " and relkind in ('r', 'v')"
            ).fetchall()
        )
    as_of = f" As of: '{NOON.isoformat()}'::timestamptz."
    assert told == {node.name: node.description + as_of for node in marts()}


def test_a_view_that_is_not_held_at_a_moment_speaks_at_each_look(database):
    with database.connect(autocommit=True) as connection:
        before = written_comments(connection, "account_status")
        run_dbt(database, "run", "account_status")
        after = written_comments(connection, "account_status")
        comment = connection.execute(
            "select obj_description('analytics.account_status'::regclass, 'pg_class')"
        ).fetchone()[0]
    assert comment.endswith(" As of: each look.")
    # Number 0 is the view's own; those of its columns say the same as before.
    assert {column for column, _ in after - before} == {0}


def written_comments(connection, mart):
    """(column's number, the transaction that wrote its comment) of each comment."""
    return set(
        connection.execute(
            "select objsubid, xmin::text from pg_catalog.pg_description"
            " where objoid = %s::regclass",
            [f"analytics.{mart}"],
        )
    )


def marts():
    return [
        node
        for node in parsed_manifest().nodes.values()
        if node.resource_type == "model" and node.path.startswith("marts/")
    ]


def test_every_mart_is_exposed_to_somebody():
    exposed = {
        unique_id
        for exposure in parsed_manifest().exposures.values()
        for unique_id in exposure.depends_on.nodes
    }
    assert [node.name for node in marts() if node.unique_id not in exposed] == []
