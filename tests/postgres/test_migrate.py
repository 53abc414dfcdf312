"""Migrations: applied once, in order, whole or not at all, and by two at once."""

import os
import subprocess
import threading

import pglast
import pytest

from tests.support.command_line import trueup
from trueup.paths import PROJECT_ROOT, SQL_FOLDER
from trueup.postgres.connection import connect
from trueup.postgres.migrate import migrate
from trueup.postgres.migration_files import MigrationError
from trueup.postgres.statements import statements_of


@pytest.fixture
def sql_folder(tmp_path):
    """Two migrations, a function that needs a later one, and a trigger's file."""
    write = writer_into(tmp_path)
    write("migrations/0001_boats.sql", "create table outreach.boats (boat_id bigint);")
    write(
        "migrations/0002_sails.sql",
        "create table outreach.sails (sail_id bigint);\n"
        "insert into outreach.sails (sail_id) values (1);",
    )
    write(
        "functions/a_first.sql",
        "create or replace function outreach.a_first() returns bigint language sql\n"
        "set search_path = '' as $$ select outreach.b_second() $$;",
    )
    write(
        "functions/deeper/b_second.sql",
        "create or replace function outreach.b_second() returns bigint language sql\n"
        "set search_path = '' as $$ select sail_id from outreach.sails $$;",
    )
    write(
        "triggers/sails_stay.sql",
        "comment on table outreach.sails is 'one trigger file ran';",
    )
    return tmp_path


def writer_into(folder):
    """A function that writes one file below `folder`."""

    def write(path, text):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)

    return write


def test_a_first_run_applies_all_and_a_second_nothing_new(empty_database, sql_folder):
    with empty_database.connect() as session:
        first = migrate(session, sql_folder)
        second = migrate(session, sql_folder)
        value = session.execute("select outreach.a_first()").fetchone()
    assert first.applied == (
        "migrations/0001_boats.sql",
        "migrations/0002_sails.sql",
    )
    assert (first.function_count, first.trigger_count) == (2, 1)
    assert second.applied == ()
    assert second.already_applied_count == 2
    assert value == (1,)


def test_the_projects_own_sql_is_applied_twice_without_complaint(empty_database):
    with empty_database.connect() as session:
        first = migrate(session)
        second = migrate(session)
    assert len(first.applied) == second.already_applied_count > 0
    assert second.applied == ()
    # Each file makes its functions and triggers anew, so that none is taken for a
    # leftover.
    assert second.dropped == ()


def test_a_changed_function_is_replaced(empty_database, sql_folder):
    with empty_database.connect() as session:
        migrate(session, sql_folder)
        path = sql_folder / "functions/deeper/b_second.sql"
        path.write_text(
            path.read_text().replace("select sail_id", "select 10 * sail_id")
        )
        migrate(session, sql_folder)
        assert session.execute("select outreach.a_first()").fetchone() == (10,)


def test_an_edited_migration_is_refused(empty_database, sql_folder):
    with empty_database.connect() as session:
        migrate(session, sql_folder)
        path = sql_folder / "migrations/0001_boats.sql"
        path.write_text(path.read_text() + "\n")
        with pytest.raises(MigrationError, match=r"0001_boats.sql was edited after"):
            migrate(session, sql_folder)


def test_other_line_ends_are_no_edit(empty_database, sql_folder):
    with empty_database.connect() as session:
        migrate(session, sql_folder)
        path = sql_folder / "migrations/0002_sails.sql"
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        assert migrate(session, sql_folder).applied == ()


def test_a_missing_applied_migration_is_refused(empty_database, sql_folder):
    with empty_database.connect() as session:
        migrate(session, sql_folder)
        (sql_folder / "migrations/0002_sails.sql").unlink()
        with pytest.raises(MigrationError, match=r"has applied 0002_sails.sql, which"):
            migrate(session, sql_folder)


def test_a_migration_below_an_applied_one_is_refused(empty_database, sql_folder):
    with empty_database.connect() as session:
        migrate(session, sql_folder)
        writer_into(sql_folder)("migrations/0000_late.sql", "select 1;")
        with pytest.raises(MigrationError, match=r"0000_late.sql comes before 0002"):
            migrate(session, sql_folder)


def test_a_database_from_before_the_first_release_is_refused(
    empty_database, sql_folder
):
    with empty_database.connect(autocommit=True) as session:
        migrate(session, sql_folder)
        session.execute("drop function outreach.a_first()")
        before = sql_folder / "migrations/0002_sails.sql"
        before.rename(before.with_name("0002_masts.sql"))
        with pytest.raises(MigrationError) as refusal:
            migrate(session, sql_folder)
        sentence = str(refusal.value)
        assert f"database {empty_database.name} was made by a checkout from" in sentence
        assert "it has applied 0002_sails.sql, and here that number is" in sentence
        assert "Set PGDATABASE to a new database" in sentence
        # It is refused before anything runs.
        row = session.execute("select to_regproc('outreach.a_first')").fetchone()
        assert row == (None,)


def test_the_files_of_the_tree_are_cut_where_postgres_cuts_them():
    for path in SQL_FOLDER.rglob("*.sql"):
        text = path.read_text()
        statements = [statement.text for statement in statements_of(text)]
        assert "".join(statements).strip() == text.strip(), path
        parts = pglast.split(text)
        assert len(statements) == len(parts), path
        for statement, part in zip(statements, parts, strict=True):
            # pglast leaves the comments before a statement and its semicolon out.
            assert statement.strip().rstrip(";").endswith(part.strip()), path


def test_two_migrations_of_one_number_are_refused(empty_database, sql_folder):
    writer_into(sql_folder)("migrations/0002_oars.sql", "select 1;")
    with (
        empty_database.connect() as session,
        pytest.raises(MigrationError, match="have the same number"),
    ):
        migrate(session, sql_folder)


def test_a_misnamed_migration_is_refused(empty_database, sql_folder):
    writer_into(sql_folder)("migrations/3-oars.sql", "select 1;")
    with (
        empty_database.connect() as session,
        pytest.raises(MigrationError, match="is not named like 0001_what_it_makes"),
    ):
        migrate(session, sql_folder)


def test_a_failing_migration_names_its_line_and_leaves_nothing(
    empty_database, sql_folder
):
    write = writer_into(sql_folder)
    write(
        "migrations/0003_oars.sql",
        "create table outreach.oars (oar_id bigint);\n\n"
        "-- ein Ruder für später\n"
        "select missing from outreach.oars;",
    )
    with empty_database.connect() as session:
        with pytest.raises(MigrationError) as failure:
            migrate(session, sql_folder)
        assert (
            "migrations/0003_oars.sql, line 4: "
            'column "missing" does not exist' in str(failure.value)
        )
        row = session.execute(
            """
            select
                to_regclass('outreach.oars') is null,
                to_regclass('outreach.sails') is null,
                (select max(version) from outreach.schema_migrations)
            """
        ).fetchone()
        assert row == (True, False, "0002")
        # It neither keeps the lock nor the transaction: the corrected file applies.
        session.rollback()
        write("migrations/0003_oars.sql", "create table outreach.oars (oar bigint);")
        assert migrate(session, sql_folder).applied == ("migrations/0003_oars.sql",)


def test_a_failing_trigger_file_undoes_the_functions_of_its_run(
    empty_database, sql_folder
):
    with empty_database.connect() as session:
        migrate(session, sql_folder)
        path = sql_folder / "functions/deeper/b_second.sql"
        path.write_text(
            path.read_text().replace("select sail_id", "select 10 * sail_id")
        )
        writer_into(sql_folder)("triggers/zz_broken.sql", "create trigger oops;")
        with pytest.raises(MigrationError, match=r"triggers/zz_broken.sql, line 1"):
            migrate(session, sql_folder)
        assert session.execute("select outreach.a_first()").fetchone() == (1,)


def test_a_file_that_commits_by_itself_is_refused(empty_database, sql_folder):
    writer_into(sql_folder)("migrations/0003_oars.sql", "select 1; commit;")
    with (
        empty_database.connect() as session,
        pytest.raises(MigrationError, match="ends its own transaction"),
    ):
        migrate(session, sql_folder)


def test_two_migrations_at_once_apply_each_file_once(empty_database):
    reports = []
    start_together = threading.Barrier(2)

    def run():
        with empty_database.connect() as session:
            start_together.wait(30)
            reports.append(migrate(session))

    runners = [threading.Thread(target=run) for _ in range(2)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(120)
    applied = sorted((report.applied for report in reports), key=len)
    assert applied[0] == ()
    assert len(applied[1]) > 0


def run_script(environment):
    """`trueup db migrate` from another folder, as a person would run it."""
    return subprocess.run(
        trueup("db", "migrate"),
        cwd="/",
        env=environment | {"PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_script_makes_the_database_and_prints_what_it_applied(server):
    result = run_script({**os.environ, "PGDATABASE": "by_script"})
    try:
        assert result.returncode == 0, result.stderr
        assert "0001_workspaces_and_accounts.sql" in result.stdout
    finally:
        with connect("postgres", autocommit=True) as session:
            session.execute("drop database if exists by_script with (force)")


def test_the_script_says_in_a_sentence_why_it_cannot(server, tmp_path):
    result = run_script({**os.environ, "PGHOST": str(tmp_path)})
    assert result.returncode == 2
    assert "cannot be reached" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
