"""What a migrated database lets its roles make, and what a migrating user needs."""

import psycopg
import pytest

from tests.conftest import Database
from trueup.postgres.connection import (
    UnusableDatabaseError,
    acting_as,
    ensure_database,
)
from trueup.postgres.copies import drop_database
from trueup.postgres.migrate import migrate
from trueup.postgres.migration_files import MigrationError
from trueup.postgres.roles import PREFIX_VARIABLE, ROLES, role_of_name


@pytest.fixture(scope="module")
def migrated(server):
    """A database migrated by itself: rights on a database do not come with a copy."""
    database = Database("trueup_migrated_by_itself")
    ensure_database(database.name)
    with database.connect() as session:
        migrate(session)
    yield database
    drop_database(database.name)


@pytest.mark.parametrize("role", ["sender", "analyst", "console", "validator"])
def test_a_role_cannot_make_temporary_tables(migrated, role):
    with (
        migrated.connect(role=role) as session,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="temporary tables"),
    ):
        session.execute("create temporary table now (moment timestamptz)")


def test_a_restored_database_takes_temporary_tables_away_again(migrated):
    with migrated.connect(autocommit=True) as session:
        # As a new database has it; a dump of the old one holds none of its own rights.
        session.execute(f"grant temporary on database {migrated.name} to public")
        session.execute(f"revoke temporary on database {migrated.name} from operator")
        migrate(session)
        assert session.execute(
            "select has_database_privilege('public', current_database(), 'temporary'),"
            " has_database_privilege('operator', current_database(), 'temporary')"
        ).fetchone() == (False, True)


def test_an_operator_makes_temporary_tables_for_imports_and_heals(migrated):
    with migrated.connect(role="operator") as session:
        session.execute("create temporary table boats (boat_id bigint)")
        assert session.execute("select boat_id from boats").fetchall() == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("schema", ["outreach", "public"])
def test_a_role_cannot_make_anything_in(migrated, role, schema):
    with (
        migrated.connect(role=role) as session,
        pytest.raises(
            psycopg.errors.InsufficientPrivilege,
            match=f"permission denied for schema {schema}",
        ),
    ):
        session.execute(f"create table {schema}.boats (boat_id bigint)")


@pytest.fixture
def second_owner(empty_database):
    """A session as a user without rights on roles who owns the database."""
    with empty_database.connect(autocommit=True) as session:
        session.execute("create role second_owner login")
        session.execute(f"alter database {empty_database.name} owner to second_owner")
        session.execute("set session authorization second_owner")
        try:
            yield session
        finally:
            session.execute("reset session authorization")
            session.execute("drop owned by second_owner cascade")
            session.execute(f"alter database {empty_database.name} owner to postgres")
            session.execute("drop role second_owner")


@pytest.mark.usefixtures("template_database")
def test_a_user_without_the_roles_reads_which_rights_are_missing(second_owner):
    with pytest.raises(MigrationError) as refusal:
        migrate(second_owner)
    sentence = str(refusal.value)
    assert "the user second_owner may not make or grant the role sender" in sentence
    assert (
        "grant sender, operator, analyst, console, validator to second_owner. Then"
        in sentence
    )


@pytest.mark.usefixtures("template_database")
def test_a_member_of_the_roles_migrates_without_rights_on_them(second_owner):
    second_owner.execute("reset session authorization")
    second_owner.execute(
        "grant sender, operator, analyst, console, validator to second_owner"
    )
    second_owner.execute("set session authorization second_owner")
    assert migrate(second_owner).dropped == ()
    second_owner.execute("set role operator")
    assert second_owner.execute("select current_user").fetchone() == ("operator",)
    second_owner.execute("reset role")


@pytest.fixture
def second_roles(second_owner, monkeypatch):
    """The roles of a second installation on the server, of which its owner is none."""
    monkeypatch.setenv(PREFIX_VARIABLE, "second_")
    names = [f"second_{role}" for role in ROLES]
    second_owner.execute("reset session authorization")
    for name in names:
        second_owner.execute(f"create role {name} nologin")
    yield names
    second_owner.execute("reset session authorization")
    second_owner.execute(f"drop owned by {', '.join(names)}")
    for name in names:
        second_owner.execute(f"drop role {name}")


@pytest.mark.usefixtures("template_database")
def test_who_may_only_grant_the_roles_becomes_a_member_of_those_with_the_prefix(
    second_owner, second_roles, monkeypatch
):
    if second_owner.info.server_version < 160_000:
        pytest.skip("Before Postgres 16 nobody has the right to grant a role alone.")
    second_owner.execute(
        f"grant {', '.join(second_roles)} to second_owner"
        " with admin true, inherit false, set false"
    )
    second_owner.execute("set session authorization second_owner")
    migrate(second_owner)

    with acting_as(second_owner, "sender"):
        assert second_owner.execute(
            "select current_user, has_table_privilege('outreach.prospects', 'select')"
        ).fetchone() == ("second_sender", True)
    assert role_of_name("second_sender") == "sender"
    assert second_owner.execute(
        "select count(*) filter (where grantees.rolname ^@ 'second_') > 100,"
        " array_agg(distinct grantees.rolname) filter"
        " (where not grantees.rolname ^@ 'second_')"
        " from ("
        " select relacl as acl from pg_class"
        " where relnamespace = 'outreach'::regnamespace"
        " union all select attacl from pg_attribute"
        " inner join pg_class on pg_class.oid = attrelid"
        " where relnamespace = 'outreach'::regnamespace"
        " union all select proacl from pg_proc"
        " where pronamespace = 'outreach'::regnamespace"
        " union all select nspacl from pg_namespace where nspname = 'outreach'"
        " union all select datacl from pg_database where datname = current_database()"
        ") as rights cross join lateral aclexplode(rights.acl) as granted"
        " inner join pg_roles as grantees on grantees.oid = granted.grantee"
    ).fetchone() == (True, None)

    monkeypatch.delenv(PREFIX_VARIABLE)
    with pytest.raises(MigrationError, match=r"is not set. Set it to second_\.$"):
        migrate(second_owner)


def test_a_prefix_that_begins_no_name_is_a_sentence(migrated, monkeypatch):
    monkeypatch.setenv(PREFIX_VARIABLE, "Acme-")
    with pytest.raises(UnusableDatabaseError, match=r"is 'Acme-', which cannot begin"):
        migrated.connect(role="sender")
