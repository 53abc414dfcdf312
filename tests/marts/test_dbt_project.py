"""The dbt project as a whole: it builds, its unit tests hold, analysts read marts."""

import os
from unittest import mock

import psycopg
import pytest
from dbt.adapters.base.impl import DEFAULT_BASE_BEHAVIOR_FLAGS

from tests.support.dbt_runner import (
    parsed_manifest,
    run_dbt,
    run_unit_tests,
)


@pytest.fixture
def analyst(modelled):
    """A session that has become the role analyst."""
    with modelled.connect() as connection:
        connection.execute("set role analyst")
        yield connection


def test_an_analyst_reads_every_mart(analyst):
    marts = [
        node
        for node in parsed_manifest().nodes.values()
        if node.resource_type == "model" and node.schema == "analytics"
    ]
    assert {"account_counter_drift", "daily_account_counters"} <= {
        mart.name for mart in marts
    }
    for mart in marts:
        read = psycopg.sql.SQL("select * from {}").format(
            psycopg.sql.Identifier(mart.schema, mart.name)
        )
        is_calendar = mart.name == "dates"
        assert bool(analyst.execute(read).fetchall()) == is_calendar


@pytest.mark.parametrize(
    "relation",
    [
        "outreach.linkedin_accounts",
        "outreach.prospects",
        "analytics_staging.stg_prospects",
        "analytics_intermediate.int_attempt_states",
    ],
)
def test_an_analyst_reads_nothing_else(analyst, relation):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        analyst.execute(psycopg.sql.SQL("select from {}").format(identifier(relation)))


def test_an_analyst_changes_nothing(analyst):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        analyst.execute("delete from analytics.daily_account_counters")


def test_the_hundredth_call_of_dbt_searches_no_more_flags_than_the_first(modelled):
    run_dbt(modelled, "test", "not_null_dates_date")
    before = len(DEFAULT_BASE_BEHAVIOR_FLAGS)
    run_dbt(modelled, "test", "not_null_dates_date")
    assert len(DEFAULT_BASE_BEHAVIOR_FLAGS) == before


def test_every_unit_test_holds(modelled):
    statuses = run_unit_tests(modelled)
    assert len(statuses) == len(parsed_manifest().unit_tests)
    assert set(statuses.values()) == {"pass"}


def test_every_test_passes_on_an_empty_database_by_its_own_clock(database):
    statuses = run_dbt(database, "build")
    assert set(statuses.values()) == {"success", "pass"}


def test_every_column_that_exists_is_described(modelled):
    with modelled.connect() as connection:
        existing = connection.execute(
            "select table_name || '.' || column_name from information_schema.columns"
            " where table_schema like 'analytics%'"
        ).fetchall()
    described = {
        f"{node.name}.{column}"
        for node in parsed_manifest().nodes.values()
        if node.resource_type == "model"
        for column in node.columns
    }
    assert {name for (name,) in existing} == described


TYPES = (
    "select pg_class.relname || '.' || pg_attribute.attname,"
    " format_type(pg_attribute.atttypid, pg_attribute.atttypmod)"
    " from pg_catalog.pg_class inner join pg_catalog.pg_attribute"
    " on pg_attribute.attrelid = pg_class.oid"
    " inner join pg_catalog.pg_namespace"
    " on pg_class.relnamespace = pg_namespace.oid"
    " where pg_namespace.nspname like %s and pg_attribute.attnum > 0"
    " and not pg_attribute.attisdropped"
)


def test_every_column_has_the_type_of_its_contract(modelled):
    """dbt compares families of types only: numeric(4, 3) passes for numeric(10, 2)."""
    stated = {
        f"{node.name}.{column.name}": column.data_type
        for node in parsed_manifest().nodes.values()
        if node.resource_type == "model"
        for column in node.columns.values()
        if column.data_type
    }
    with modelled.connect() as connection:
        built = dict(connection.execute(TYPES, ["analytics%"]).fetchall())
        # A table of all stated types says how Postgres writes each.
        columns = [f"c{place} {type}" for place, type in enumerate(stated.values())]
        connection.execute(f"create temporary table stated ({', '.join(columns)})")
        written = dict(connection.execute(TYPES, ["pg_temp%"]).fetchall())
    assert len(stated) > 300
    assert {name: built[name] for name in stated} == {
        name: written[f"stated.c{place}"] for place, name in enumerate(stated)
    }


def test_building_one_view_leaves_those_after_it(modelled):
    run_dbt(modelled, "run", "stg_linkedin_accounts")
    with modelled.connect() as connection:
        read = connection.execute("select * from analytics.account_counter_drift")
        assert read.fetchall() == []


def test_a_view_whose_columns_changed_is_made_anew_with_those_after_it(
    modelled,
):
    with modelled.connect() as connection:
        connection.execute(
            "alter view analytics_intermediate.int_account_clocks"
            " rename column local_today to local_date"
        )
    run_dbt(modelled, "run", "int_account_clocks+")
    with modelled.connect() as connection:
        read = connection.execute("select local_today from analytics.send_queue_health")
        assert read.fetchall() == []


def test_an_owner_of_the_schemas_needs_no_superuser(modelled):
    with modelled.connect() as connection:
        connection.execute("create role builder login")
        connection.execute("grant usage on schema outreach to builder")
        connection.execute("grant select on all tables in schema outreach to builder")
        for schema in (
            "analytics",
            "analytics_staging",
            "analytics_intermediate",
            "analytics_failures",
        ):
            name = psycopg.sql.Identifier(schema)
            for statement in (
                "drop schema if exists {} cascade",
                "create schema {} authorization builder",
            ):
                connection.execute(psycopg.sql.SQL(statement).format(name))
    try:
        with mock.patch.dict(os.environ, PGUSER="builder"):
            statuses = run_dbt(modelled, "build")
        assert set(statuses.values()) == {"success", "pass"}
    finally:
        with modelled.connect() as connection:
            connection.execute("drop owned by builder cascade")
            connection.execute("drop role builder")


def identifier(relation):
    return psycopg.sql.Identifier(*relation.split("."))
