"""A replica by streaming replication: analysts read it, and nobody writes there."""

import os
import subprocess

import pytest

from tests.conftest import Database
from tests.support.command_line import invoke
from tests.support.dbt_runner import run_dbt
from tests.support.given_servers import is_server_given
from tests.support.rows import NOON, make_campaign, make_workspace
from trueup.cli.options import script_connection
from trueup.cli.sentences import SentenceError
from trueup.postgres.connection import connect
from trueup.postgres.copies import copied_database
from trueup.postgres.data_directory import PROGRAMS, server_user
from trueup.postgres.server import start_server

MARTS = ("campaigns", "steps")
MOST_LOOKS = 100_000


@pytest.fixture(scope="module")
def database(template_database):
    """A database with a campaign, and the marts of campaigns."""
    with copied_database(template_database, "trueup_replicated") as name:
        add_rows_and_build(Database(name))
        yield Database(name)


def add_rows_and_build(database):
    """One more campaign with two steps, and the marts of them."""
    with database.connect() as connection:
        make_campaign(connection, make_workspace(connection))
    run_dbt(database, "run", *(f"+{mart}" for mart in MARTS), as_of=NOON)


@pytest.fixture(scope="module")
def replica(server, database, tmp_path_factory):
    """The replica of this session's server, started from a base backup of it."""
    if is_server_given():
        pytest.skip("A replica is made of the embedded server only.")
    folder = tmp_path_factory.mktemp("replica") / "pg"
    folder.mkdir(mode=0o700)
    owner = server_user()
    if owner is not None:
        os.chown(folder, owner.uid, owner.gid)
    for parent in folder.parents:
        parent.chmod(parent.stat().st_mode | 0o011)
    subprocess.run(
        [
            PROGRAMS / "pg_basebackup",
            *("--pgdata", folder),
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--no-sync",
        ],
        check=True,
        cwd=folder,
        user=None if owner is None else owner.uid,
        group=None if owner is None else owner.gid,
        extra_groups=None if owner is None else [],
    )
    # The embedded server's socket lies in its data directory.
    (folder / ".s.PGSQL.5432.lock").unlink()
    running = start_server(folder, is_durable=False)
    yield running
    running.stop()


@pytest.fixture
def at_replica(replica, database, monkeypatch):
    """The PG* variables lead to the replica, and a provider is named."""
    for name, value in replica.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("UNIPILE_DSN", "http://127.0.0.1:9")
    monkeypatch.setenv("UNIPILE_API_KEY", "key")


def marts_of(host):
    """The rows of each mart at a server, as an analyst reads them."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PGHOST", host)
        with connect("trueup_replicated", role="analyst") as connection:
            return {
                mart: connection.execute(
                    f"select to_jsonb(mart) from analytics.{mart} as mart"
                    " order by to_jsonb(mart)::text"
                ).fetchall()
                for mart in MARTS
            }


def wait_for_replica(replica, lsn):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PGHOST", replica.environment()["PGHOST"])
        with connect("trueup_replicated", autocommit=True) as connection:
            looks = iter(range(MOST_LOOKS))
            while connection.execute(
                "select pg_last_wal_replay_lsn() < %s::pg_lsn", [lsn]
            ).fetchone()[0]:
                next(looks)


def test_an_analyst_reads_the_same_marts_on_a_replica(server, database, replica):
    primary_host, replica_host = (
        each.environment()["PGHOST"] for each in (server, replica)
    )
    before = marts_of(replica_host)

    assert before == marts_of(primary_host)
    assert [len(rows) for rows in before.values()] == [1, 2]

    add_rows_and_build(database)
    with database.connect() as connection:
        at = connection.execute("select pg_current_wal_insert_lsn()::text").fetchone()
    wait_for_replica(replica, *at)
    after = marts_of(replica_host)

    assert after == marts_of(primary_host)
    assert [len(rows) for rows in after.values()] == [2, 4]


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["send", "run", "--once"], "is a replica, where sender can write nothing."),
        (
            ["workspace", "add", "Acme"],
            "is a replica, where operator can write nothing.",
        ),
        (["db", "migrate"], "in a read-only transaction."),
    ],
)
def test_whoever_writes_on_a_replica_is_led_to_the_primary(
    at_replica, command, sentence
):
    result = invoke(*command)
    said = " ".join(result.output.split())

    assert result.exit_code != 0
    assert sentence in said
    assert "set PGHOST and PGPORT to the primary" in said.replace("Set", "set")


def test_what_writes_without_a_role_is_led_there_too(at_replica):
    with (
        pytest.raises(SentenceError, match=r"If that server is a replica, set PGHOST"),
        script_connection("a test") as connection,
    ):
        connection.execute("delete from outreach.workspaces")
