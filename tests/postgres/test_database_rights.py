"""What a migrated database lets its roles make, and what a migrating user needs."""

import psycopg
import pytest

from tests.conftest import Database
from trueup.postgres.connection import ensure_database
from trueup.postgres.copies import drop_database
from trueup.postgres.migrate import migrate
from trueup.postgres.migration_files import MigrationError

ROLES = ("sender", "operator", "analyst", "console", "validator")


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


@pytest.mark.usefixtures("template_database")
def test_who_may_only_grant_the_roles_becomes_a_member(second_owner):
    if second_owner.info.server_version < 160_000:
        pytest.skip("Before Postgres 16 nobody has the right to grant a role alone.")
    second_owner.execute("reset session authorization")
    second_owner.execute(
        "grant sender, operator, analyst, console, validator to second_owner"
        " with admin true, inherit false, set false"
    )
    second_owner.execute("set session authorization second_owner")
    migrate(second_owner)
    second_owner.execute("set role sender")
    assert second_owner.execute("select current_user").fetchone() == ("sender",)
    second_owner.execute("reset role")
