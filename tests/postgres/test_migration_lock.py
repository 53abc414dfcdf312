"""A migration waits for another one for a bounded time, and says for whom it waited."""

import pytest

from trueup.postgres.migrate import migrate
from trueup.postgres.migration_files import MigrationError
from trueup.postgres.migration_lock import MIGRATION_LOCK


@pytest.fixture
def sql_folder(tmp_path):
    """One table."""
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations/0001_boats.sql").write_text(
        "create table outreach.boats (boat_id bigint);"
    )
    return tmp_path


def test_who_holds_the_migration_lock_is_named(empty_database, sql_folder):
    with (
        empty_database.connect(application_name="a forgotten console") as holder,
        empty_database.connect() as session,
    ):
        holder.execute("select pg_advisory_lock(%s)", [MIGRATION_LOCK])
        with pytest.raises(MigrationError) as refusal:
            migrate(session, sql_folder, lock_wait_seconds=1)
        sentence = str(refusal.value)
        assert f"pid {holder.info.backend_pid} (user {holder.info.user}" in sentence
        assert "application a forgotten console, connected since 20" in sentence
        assert "after 1 seconds" in sentence
        # Once it is free, the same session migrates.
        holder.execute("select pg_advisory_unlock(%s)", [MIGRATION_LOCK])
        assert migrate(session, sql_folder).applied == ("migrations/0001_boats.sql",)


def test_a_locked_table_is_not_waited_for_without_end(empty_database, sql_folder):
    with empty_database.connect() as holder, empty_database.connect() as session:
        migrate(session, sql_folder)
        (sql_folder / "migrations/0002_sails.sql").write_text(
            "select 1;\nalter table outreach.boats add column sail text;"
        )
        holder.execute("select boat_id from outreach.boats")
        with pytest.raises(MigrationError) as refusal:
            migrate(session, sql_folder, lock_wait_seconds=1)
        assert "migrations/0002_sails.sql" in str(refusal.value)
        assert "Another session holds a lock" in str(refusal.value)
        holder.rollback()
        assert migrate(session, sql_folder).applied == ("migrations/0002_sails.sql",)


def test_the_sessions_own_lock_timeout_returns(empty_database, sql_folder):
    with empty_database.connect(autocommit=True) as session:
        session.execute("set lock_timeout = '7s'")
        migrate(session, sql_folder)
        row = session.execute("select current_setting('lock_timeout')").fetchone()
    assert row == ("7s",)
