"""A database goes to a cluster of Citus and comes back; without one it says so."""

import pytest
from click.testing import CliRunner

from tests.conftest import Database
from tests.support.inbound_rows import Invited
from tests.support.rows import NOON, make_workspace, send_one
from trueup.cli.db import db
from trueup.postgres.connection import default_database, is_distributed
from trueup.postgres.distribution import (
    UndistributableError,
    copy_back,
    distribute,
    placements,
    rows_by_table,
)
from trueup.postgres.migrate import migrate


def run(database: Database, *arguments: str) -> tuple[int, str]:
    with default_database(database.name):
        result = CliRunner().invoke(db, arguments)
    return result.exit_code, result.output


def test_without_the_extension_nothing_is_spread(connection):
    with pytest.raises(UndistributableError) as refused:
        distribute(connection)

    assert "has no extension citus. Install Citus on the coordinator" in str(
        refused.value
    )


def test_the_command_says_what_is_missing(shared_database):
    code, output = run(shared_database, "distribute")

    assert code == 1
    assert output.startswith(
        f"Error: The database {shared_database.name} was not spread: the database "
        f"{shared_database.name} has no extension citus."
    )


def test_a_dry_run_names_each_table_and_its_place(shared_database):
    code, output = run(shared_database, "distribute", "--dry-run")

    assert code == 0
    lines = {line.split()[0]: line.split()[1:] for line in output.splitlines() if line}
    assert lines["workspaces"] == ["reference", "would", "be", "placed"]
    assert lines["send_attempts"] == ["tenant", "would", "be", "placed"]
    assert lines["schema_migrations"] == ["local", "is", "there"]


def test_a_plain_database_has_nothing_to_take_back(shared_database):
    assert run(shared_database, "undistribute", "--dry-run") == (
        0,
        f"Nothing to do: {shared_database.name} is not spread over a cluster.\n",
    )


def test_a_target_that_cannot_be_migrated_is_a_sentence(
    shared_database, empty_database, monkeypatch
):
    with empty_database.connect(autocommit=True) as session:
        session.execute("create schema outreach")
        session.execute(
            "create table outreach.schema_migrations as select '9999' as version,"
            " 'later' as name, '' as checksum, now() as applied_at"
        )
    monkeypatch.setattr(
        "trueup.postgres.connection.is_distributed", lambda _connection: True
    )
    code, output = run(shared_database, "undistribute", "--into", empty_database.name)

    assert code == 1
    assert "has applied 9999_later.sql, which this checkout does not have" in output


def test_a_table_comes_after_those_that_it_refers_to(connection):
    order = [each.table for each in placements(connection) if not each.is_placed]

    for parent, child in (
        ("workspaces", "campaigns"),
        ("campaigns", "campaign_steps"),
        ("campaign_send_jobs", "send_attempts"),
        ("send_attempts", "send_attempt_outcomes"),
    ):
        assert order.index(parent) < order.index(child)


def test_outside_a_cluster_all_workspaces_are_passed_at_once(connection):
    assert connection.execute(
        "select * from outreach.workspaces_apart()"
    ).fetchall() == [(None,)]
    assert connection.execute("select outreach.is_on_a_worker()").fetchone() == (False,)
    assert not is_distributed(connection)


def test_a_copy_has_every_row_and_goes_on_with_its_numbers(opened, empty_database):
    send_one(opened, Invited(opened).workspace_id, as_of=NOON)

    with empty_database.connect(autocommit=True) as target:
        migrate(target)
        copied = copy_back(opened, target)
        migrate(target)
        before = dict(rows_by_table(opened))

        assert dict(rows_by_table(target)) == before
        assert copied == sum(before.values())
        assert before["send_attempts"] == 1
        newest = "select max(workspace_id) from outreach.workspaces"
        last = opened.execute(newest).fetchone()[0]
        assert make_workspace(target) == last + 1
        with pytest.raises(UndistributableError, match="has workspaces already"):
            copy_back(opened, target)
