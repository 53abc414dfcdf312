"""Sessions: their settings, and the databases that are refused in a sentence."""

import psycopg
import pytest

from trueup.postgres import connection as connection_module
from trueup.postgres.connection import (
    UnusableDatabaseError,
    acting_as,
    connect,
)
from trueup.postgres.migrate import ensure_database


def test_a_session_is_in_utc_and_read_committed(shared_database):
    with shared_database.connect() as session:
        row = session.execute(
            """
            select
                current_setting('TimeZone'),
                current_setting('transaction_isolation'),
                current_setting('jit'),
                current_setting('application_name')
            """
        ).fetchone()
    assert row == ("UTC", "read committed", "off", "trueup")


def test_a_persons_own_pgoptions_are_kept(shared_database, monkeypatch):
    monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=7s")
    with shared_database.connect() as session:
        row = session.execute("select current_setting('lock_timeout')").fetchone()
    assert row == ("7s",)


def test_autocommit_is_off_unless_asked_for(shared_database):
    with shared_database.connect() as session:
        assert session.autocommit is False
    with shared_database.connect(autocommit=True) as session:
        assert session.autocommit is True


def test_a_session_acts_as_the_role_it_is_given(shared_database):
    with shared_database.connect(role="pg_monitor") as session:
        assert session.execute("select current_user").fetchone() == ("pg_monitor",)
        session.rollback()
        assert session.execute("select current_user").fetchone() == ("pg_monitor",)


def test_in_a_cluster_an_analyst_is_a_session_that_writes_nothing(
    shared_database, monkeypatch
):
    monkeypatch.setattr(
        "trueup.postgres.connection.is_distributed", lambda _connection: True
    )
    with shared_database.connect(role="analyst") as session:
        # The owner's rights, since workers do not know those of a view.
        session.execute("select 1 from outreach.prospects")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            session.execute("delete from outreach.prospects")
        session.rollback()
    with (
        shared_database.connect() as session,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
        session.transaction(),
        acting_as(session, "analyst"),
    ):
        session.execute("create table outreach.written ()")


def test_an_unknown_role_is_named_in_a_sentence(shared_database):
    with pytest.raises(UnusableDatabaseError) as refusal:
        shared_database.connect(role="nobody_at_all")
    assert "cannot act as nobody_at_all" in str(refusal.value)


def test_an_unreachable_server_is_named_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PGHOST", str(tmp_path))
    monkeypatch.setenv("PGPORT", "5999")
    monkeypatch.setenv("PGPASSWORD", "swordfish")
    with pytest.raises(UnusableDatabaseError) as refusal:
        connect("trueup")
    sentence = str(refusal.value)
    assert f"The database trueup cannot be reached at {tmp_path}, port 5999" in sentence
    assert "correct PGHOST" in sentence
    assert "swordfish" not in sentence


def test_a_server_that_is_lost_right_after_the_log_in_is_named_in_a_sentence(
    shared_database, monkeypatch
):
    def end_session(connection):
        with psycopg.connect(dbname=shared_database.name) as another:
            another.execute(
                "select pg_terminate_backend(%s, 10000)", [connection.info.backend_pid]
            )

    monkeypatch.setattr(connection_module, "_refuse_foreign_schema", end_session)

    with pytest.raises(UnusableDatabaseError) as lost:
        connect(shared_database.name, role="sender")

    assert str(lost.value).startswith(
        f"The database {shared_database.name} cannot be reached at "
    )


def test_a_missing_database_is_named_in_a_sentence(shared_database):
    with pytest.raises(UnusableDatabaseError) as refusal:
        connect("never_made")
    assert shared_database.name != "never_made"
    assert 'database "never_made" does not exist' in str(refusal.value)


def test_a_server_older_than_15_is_refused(shared_database, monkeypatch):
    monkeypatch.setattr(connection_module, "_OLDEST_VERSION", 99)
    with pytest.raises(UnusableDatabaseError) as refusal:
        shared_database.connect()
    assert "and trueup needs 99 to" in str(refusal.value)


def test_a_server_newer_than_18_is_used_with_a_warning(
    shared_database, monkeypatch, caplog
):
    monkeypatch.setattr(connection_module, "_NEWEST_TRIED_VERSION", 14)
    with shared_database.connect() as session:
        assert session.execute("select 1").fetchone() == (1,)
    assert "trueup has been tried up to 14" in caplog.text


def test_another_projects_outreach_schema_is_refused(empty_database):
    with empty_database.connect(autocommit=True) as session:
        session.execute("create schema outreach")
    with pytest.raises(UnusableDatabaseError) as refusal:
        empty_database.connect()
    assert "has a schema outreach that trueup did not make" in str(refusal.value)


def test_another_projects_schema_migrations_are_refused(empty_database):
    with empty_database.connect(autocommit=True) as session:
        session.execute("create schema outreach")
        session.execute("create table outreach.schema_migrations (version bigint)")
    with pytest.raises(UnusableDatabaseError):
        empty_database.connect()


def test_ensuring_a_database_makes_it_once(shared_database):
    with shared_database.connect(autocommit=True) as session:
        assert ensure_database("made_once") is True
        assert ensure_database("made_once") is False
        session.execute("drop database made_once with (force)")


def test_ensuring_a_database_of_an_unreachable_server_names_that_database(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("PGHOST", str(tmp_path))
    with pytest.raises(UnusableDatabaseError, match="The database mine cannot be"):
        ensure_database("mine")
