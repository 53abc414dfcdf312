"""A role has the rights that the functions it calls need, on every branch.

Tests of the sender use the owner, who may date what they do. So a statement that only
a rare branch reaches could lack a right, and end the sender in use.
"""

import psycopg
import pytest

from tests.guards.role_rights import Right, called_in, rights_needed
from tests.guards.sql_functions import SqlFile, read_sql_file, read_sql_files
from trueup.paths import PROJECT_ROOT, SQL_FOLDER

# Modules whose connection is of the role.
MODULES = {
    "sender": ("trueup/sender/*.py",),
    "operator": (
        "trueup/console/**/*.py",
        "trueup/endpoints/*.py",
        "trueup/campaigns/*.py",
        "trueup/imports/*.py",
        "trueup/heals/daily_counters.py",
        "trueup/heals/decisions.py",
    ),
}
OTHERS = (
    # They only read, for the command line and as another role.
    "trueup/sender/forecast.py",
    "trueup/sender/preview.py",
    # It acts as the role validator.
    "trueup/campaigns/stamping.py",
)


@pytest.fixture(scope="module")
def files() -> list[SqlFile]:
    return read_sql_files(SQL_FOLDER)


def entry_points(role: str) -> set[str]:
    paths = {path for glob in MODULES[role] for path in PROJECT_ROOT.glob(glob)}
    names = called_in(paths - {PROJECT_ROOT / other for other in OTHERS})
    # Pages are read as the role console, by functions with their owner's rights.
    return {name for name in names if not name.startswith("console_")}


def missing(
    connection: psycopg.Connection, role: str, rights: set[Right]
) -> list[Right]:
    tables = {
        name
        for (name,) in connection.execute(
            "select pg_class.relname::text from pg_catalog.pg_class"
            " where pg_class.relnamespace = 'outreach'::regnamespace"
            " and pg_class.relkind in ('r', 'p', 'v')"
        )
    }
    return [
        right
        for right in sorted(rights, key=repr)
        if right.table in tables and not has(connection, role, right)
    ]


def has(connection: psycopg.Connection, role: str, right: Right) -> bool:
    table = f"outreach.{right.table}"
    if right.column is None:
        query, values = "has_table_privilege(%s, %s, %s)", [right.privilege]
    elif right.column == "":
        query, values = "has_any_column_privilege(%s, %s, %s)", [right.privilege]
    else:
        query = "has_column_privilege(%s, %s, %s, %s)"
        values = [right.column, right.privilege]
    row = connection.execute(f"select {query}", [role, table, *values]).fetchone()
    assert row is not None
    return bool(row[0])


@pytest.mark.parametrize("role", MODULES)
def test_a_role_may_do_all_that_its_calls_come_through(
    role: str, files: list[SqlFile], connection: psycopg.Connection
) -> None:
    rights = rights_needed(files, entry_points(role))
    assert len(rights) > 100
    assert missing(connection, role, rights) == []


BAD = """
create function outreach.bad_step(workspace_id bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if false then
        {statement}
    end if;
end
$$;
"""


@pytest.mark.parametrize(
    "statement",
    [
        "update outreach.linkedin_accounts as accounts set timezone = 'UTC' "
        "where accounts.workspace_id = 1;",
        "delete from outreach.send_attempts as a where a.workspace_id = 1;",
        "insert into outreach.campaigns (workspace_id, name) values (1, 'x');",
        "perform 1 from outreach.campaigns as c where c.workspace_id = 1 for update;",
        "perform 1 from outreach.hosted_auth_links as h where h.workspace_id = 1 "
        "for update;",
    ],
)
def test_a_statement_without_its_right_is_found(
    statement: str, connection: psycopg.Connection
) -> None:
    file = read_sql_file(BAD.format(statement=statement), "queue", "bad_step.sql")
    rights = rights_needed([file], ["bad_step"])
    found = missing(connection, "sender", rights)
    assert [right.function for right in found] == ["bad_step"] * len(found) != []
