"""Functions, views and triggers that no file makes leave with the next migration."""

from pathlib import Path

import pytest

from trueup.postgres.migrate import migrate
from trueup.postgres.migration_files import MigrationError

ROWING = """
create or replace function outreach.rowing(boat_id bigint)
returns bigint
language sql
set search_path = pg_catalog, pg_temp
as $$
    select boat_id;
$$;
"""

SAILING = """
create or replace function outreach.refuse_to_sail()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'no wind; not today';
end
$$;

create or replace trigger boats_stay
before insert on outreach.boats
for each row
execute function outreach.refuse_to_sail();
"""


@pytest.fixture
def sql_folder(tmp_path: Path) -> Path:
    """A table, a function and a trigger, each in a file."""
    for part in ("migrations", "functions", "triggers"):
        (tmp_path / part).mkdir()
    (tmp_path / "migrations/0001_boats.sql").write_text(
        "create table outreach.boats (boat_id bigint);"
    )
    (tmp_path / "functions/rowing.sql").write_text(ROWING)
    (tmp_path / "triggers/boats_stay.sql").write_text(SAILING)
    return tmp_path


@pytest.fixture
def session(empty_database):
    """A session outside a transaction."""
    with empty_database.connect(autocommit=True) as opened:
        yield opened


def routines(session):
    """The routines of the schema, with their arguments."""
    rows = session.execute(
        """
        select oid::regprocedure::text
        from pg_catalog.pg_proc
        where pronamespace = 'outreach'::regnamespace
        order by 1
        """
    )
    return [row[0] for row in rows]


def test_what_the_files_still_make_is_not_dropped(session, sql_folder):
    migrate(session, sql_folder)
    assert migrate(session, sql_folder).dropped == ()
    assert routines(session) == [
        "outreach.refuse_to_sail()",
        "outreach.rowing(bigint)",
    ]


def test_an_added_default_argument_leaves_one_function(session, sql_folder):
    migrate(session, sql_folder)
    (sql_folder / "functions/rowing.sql").write_text(
        ROWING.replace("boat_id bigint", "boat_id bigint, oars integer default 2")
    )
    migrate(session, sql_folder)
    assert routines(session) == [
        "outreach.refuse_to_sail()",
        "outreach.rowing(bigint,integer)",
    ]
    assert session.execute("select outreach.rowing(7)").fetchone() == (7,)


def test_a_view_may_call_a_function_with_an_added_argument(session, sql_folder):
    migrate(session, sql_folder)
    (sql_folder / "functions/rowing.sql").write_text(
        ROWING.replace("boat_id bigint", "boat_id bigint, oars integer default 2")
    )
    (sql_folder / "views").mkdir()
    (sql_folder / "views/rowers.sql").write_text(
        "create or replace view outreach.rowers as select outreach.rowing(8) as rower;"
    )
    migrate(session, sql_folder)
    assert session.execute("select rower from outreach.rowers").fetchone() == (8,)


def test_a_removed_view_is_dropped_with_the_function_that_it_called(
    session, sql_folder
):
    (sql_folder / "views").mkdir()
    view = sql_folder / "views/rowers.sql"
    view.write_text(
        "create or replace view outreach.rowers as select outreach.rowing(8) as rower;"
    )
    migrate(session, sql_folder)
    assert migrate(session, sql_folder).dropped == ()

    view.unlink()
    (sql_folder / "functions/rowing.sql").unlink()
    assert migrate(session, sql_folder).dropped == (
        "view outreach.rowers",
        "routine outreach.rowing(boat_id bigint)",
    )
    (kept,) = session.execute("select to_regclass('outreach.rowers')").fetchone()
    assert kept is None


def test_a_view_that_a_migration_makes_stays(session, sql_folder):
    (sql_folder / "migrations/0002_rowers.sql").write_text(
        "create view outreach.rowers as select boat_id from outreach.boats;"
    )
    migrate(session, sql_folder)

    assert migrate(session, sql_folder).dropped == ()


def test_a_renamed_function_leaves_no_old_name(session, sql_folder):
    migrate(session, sql_folder)
    (sql_folder / "functions/rowing.sql").unlink()
    (sql_folder / "functions/paddling.sql").write_text(
        ROWING.replace("rowing", "paddling")
    )
    assert migrate(session, sql_folder).dropped == (
        "routine outreach.rowing(boat_id bigint)",
    )
    assert routines(session) == [
        "outreach.paddling(bigint)",
        "outreach.refuse_to_sail()",
    ]


def test_a_removed_procedure_is_dropped(session, sql_folder):
    path = sql_folder / "functions/sink.sql"
    path.write_text(
        "create or replace procedure outreach.sink() language sql as $$ select 1; $$;"
    )
    migrate(session, sql_folder)
    path.unlink()
    assert migrate(session, sql_folder).dropped == ("routine outreach.sink()",)


def test_a_removed_trigger_no_longer_fires(session, sql_folder):
    migrate(session, sql_folder)
    (sql_folder / "triggers/boats_stay.sql").unlink()
    assert migrate(session, sql_folder).dropped == (
        "trigger boats_stay on outreach.boats",
        "routine outreach.refuse_to_sail()",
    )
    session.execute("insert into outreach.boats (boat_id) values (1)")
    assert session.execute("select boat_id from outreach.boats").fetchall() == [(1,)]


def test_functions_that_depend_on_one_another_leave_together(session, sql_folder):
    first = sql_folder / "functions/a_base.sql"
    first.write_text(
        "create or replace function outreach.a_base() returns bigint\n"
        "language sql return 1;"
    )
    second = sql_folder / "functions/b_on_it.sql"
    second.write_text(
        "create or replace function outreach.b_on_it() returns bigint\n"
        "language sql return outreach.a_base();"
    )
    migrate(session, sql_folder)
    first.unlink()
    second.unlink()
    migrate(session, sql_folder)
    assert "outreach.a_base()" not in routines(session)
    assert "outreach.b_on_it()" not in routines(session)


def test_a_function_of_a_migration_stays(session, sql_folder):
    (sql_folder / "migrations/0002_depth.sql").write_text(
        "create function outreach.depth() returns bigint language sql return 3;"
    )
    migrate(session, sql_folder)
    assert migrate(session, sql_folder).dropped == ()
    assert session.execute("select outreach.depth()").fetchone() == (3,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("returns bigint", "returns text"),
        ("boat_id bigint)", "keel bigint)"),
    ],
)
def test_a_function_that_cannot_be_replaced_is_made_anew(session, sql_folder, old, new):
    migrate(session, sql_folder)
    (sql_folder / "functions/rowing.sql").write_text(
        ROWING.replace(old, new).replace("select boat_id", "select $1")
    )
    migrate(session, sql_folder)
    row = session.execute("select outreach.rowing(7)::text").fetchone()
    assert row == ("7",)


def depend_on_rowing(session):
    """A view outside the schema, as dbt makes them."""
    session.execute("create schema marts")
    session.execute("create view marts.rows as select outreach.rowing(1) as rower")


def test_a_function_that_a_view_elsewhere_reads_is_not_dropped(session, sql_folder):
    migrate(session, sql_folder)
    depend_on_rowing(session)
    (sql_folder / "functions/rowing.sql").unlink()
    (sql_folder / "triggers/boats_stay.sql").unlink()
    with pytest.raises(MigrationError) as refusal:
        migrate(session, sql_folder)
    sentence = str(refusal.value)
    assert "A routine that no file of this checkout creates" in sentence
    assert "view marts.rows depends on function outreach.rowing(bigint)" in sentence
    # Nothing of the run stays, so the trigger is there too.
    assert routines(session) == [
        "outreach.refuse_to_sail()",
        "outreach.rowing(bigint)",
    ]


def test_a_changed_result_that_a_view_elsewhere_reads_is_refused(session, sql_folder):
    migrate(session, sql_folder)
    depend_on_rowing(session)
    (sql_folder / "functions/rowing.sql").write_text(
        ROWING.replace("returns bigint", "returns text")
    )
    with pytest.raises(MigrationError) as refusal:
        migrate(session, sql_folder)
    sentence = str(refusal.value)
    assert "functions/rowing.sql changes the result" in sentence
    assert "view marts.rows depends on function outreach.rowing(bigint)" in sentence
    assert session.execute("select rower from marts.rows").fetchone() == (1,)
