"""What tests share: an embedded Postgres, a migrated template, a sandbox process.

Belongs here: fixtures that more than one folder of tests needs. Fixtures of one folder
are in its own conftest.py, helpers that are no fixtures in tests/support.
"""

import collections
import gc
import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import psycopg
import pytest
from psycopg.rows import tuple_row

from tests.support.connected_accounts import Connected
from tests.support.faces import Version2
from tests.support.given_servers import (
    GivenServer,
    UnusableGivenServerError,
    given_server,
    is_server_given,
)
from tests.support.prepared import (
    TEMPLATE,
    make_migrated_template,
    start_test_server,
)
from tests.support.reused_databases import OwnDatabase, ReusedDatabase
from tests.support.sandboxes import Subscriber, api_of, empty, subscriber
from tests.support.sender_campaigns import SenderWorkspace
from trueup.paths import PROJECT_ROOT
from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.copies import copy_database, drop_database
from trueup.postgres.server import Server, start_server
from unipile_sandbox.control import RunningSandbox, start_sandbox

hypothesis.settings.register_profile("trueup", deadline=None)
hypothesis.settings.load_profile("trueup")

SHARED = "trueup_shared"
IdleDatabases = dict[str, list[ReusedDatabase]]
_copy_numbers = itertools.count(1)
# The files that take longest. Several workers begin with them, so that none is left
# with one when the others have nothing more to do.
LONG_FILES = (
    "tests/console/test_browser.py",
    "tests/console/test_campaign_browser.py",
    "tests/console/test_people_browser.py",
    "tests/console/test_replies_browser.py",
    "tests/demo/test_incident_274.py",
    "tests/demo/test_incidents.py",
    "tests/demo/test_replay_incident.py",
    "tests/launch/test_deploy.py",
    "tests/limits/test_limits_hold_under_races.py",
    "tests/marts/test_a_week_on_both_versions.py",
    "tests/marts/test_dbt_project.py",
    "tests/marts/test_docs_site.py",
    "tests/marts/test_past_marts.py",
    "tests/orchestration/test_sensors.py",
    "tests/sender/test_sender_fairness.py",
    "tests/sender/test_sender_kills.py",
    "tests/sender/test_sender_slots.py",
    "tests/templates/test_templates_mutation.py",
    "tests/time/test_clamp_on_dst_days.py",
)
_MEMORY = Path("/dev/shm")
_MEMORY_NEEDED_BYTES = 4 * 1024**3


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collects without collecting garbage: what is imported stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Marks the tests that a browser runs for, and puts the tests of LONG_FILES first.

    The order changes only where several workers share the tests.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    if hasattr(config, "workerinput"):
        long = {PROJECT_ROOT / name for name in LONG_FILES}
        if missing := [str(path) for path in long if not path.is_file()]:
            raise pytest.UsageError(f"LONG_FILES names what is not there: {missing}")
        items.sort(key=lambda item: item.path not in long)


@dataclass(frozen=True)
class Database:
    """A database of the test server, whoever made it."""

    name: str

    def connect(self, **settings: Any) -> psycopg.Connection:
        """Opens a connection as the project does; settings as for connect()."""
        return connect(self.name, **settings)

    def environment(self) -> dict[str, str]:
        """A whole environment for a process of ours that uses this database."""
        return {
            **os.environ,
            "PGDATABASE": self.name,
            "PYTHONPATH": str(PROJECT_ROOT),
        }


def _server_folder() -> Path:
    """A new folder for a server: in memory if there is room, else a temporary one.

    Most tests copy a database, which is ten times as fast in memory.
    """
    has_room = (
        os.access(_MEMORY, os.W_OK)
        and shutil.disk_usage(_MEMORY).free >= _MEMORY_NEEDED_BYTES
    )
    parent = _MEMORY if has_room else None
    return Path(tempfile.mkdtemp(prefix="trueup-", dir=parent))


@pytest.fixture(scope="session", autouse=True)
def children_end_on_sigterm() -> None:
    """Processes that tests start end on SIGTERM, also where this run ignores it.

    A process inherits an ignored signal, and no handler.
    """
    if signal.getsignal(signal.SIGTERM) is signal.SIG_IGN:
        signal.signal(signal.SIGTERM, lambda *_: None)


@pytest.fixture(scope="session", autouse=True)
def python_path() -> Iterator[None]:
    """Processes that tests start find the packages of the project, as pytest does."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", str(PROJECT_ROOT), prepend=os.pathsep)
        yield


@pytest.fixture(scope="session", autouse=True)
def spool_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Senders of tests leave no answers in the checkout."""
    with pytest.MonkeyPatch.context() as environment:
        folder = tmp_path_factory.mktemp("spool")
        environment.setenv("TRUEUP_SPOOL_FOLDER", str(folder))
        yield


@pytest.fixture(scope="session", autouse=True)
def witness_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Senders of tests leave nothing in the checkout."""
    with pytest.MonkeyPatch.context() as environment:
        folder = tmp_path_factory.mktemp("witness")
        environment.setenv("TRUEUP_WITNESS_FOLDER", str(folder))
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[Server | GivenServer]:
    """The server of the tests; the PG* variables lead to it while the session lasts."""
    yield from (_given_server() if is_server_given() else _embedded_server())


def _given_server() -> Iterator[GivenServer]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PGDATABASE", SHARED)
        try:
            yield from given_server((TEMPLATE, SHARED))
        except UnusableGivenServerError as unusable:
            pytest.exit(str(unusable), returncode=2)


def _embedded_server() -> Iterator[Server]:
    folder = _server_folder()
    settings_before = dict(os.environ)
    try:
        running = start_test_server(folder / "pg")
        try:
            for name in settings_before:
                if name.startswith("PG"):
                    del os.environ[name]
            os.environ.update(running.environment() | {"PGDATABASE": SHARED})
            yield running
        finally:
            running.stop()
    finally:
        os.environ.clear()
        os.environ.update(settings_before)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template_database(server: Server | GivenServer) -> str:
    """The name of a migrated database that nobody connects to any more."""
    return make_migrated_template()


@pytest.fixture(scope="session")
def shared_database(template_database: str) -> Database:
    """The migrated database of all tests that roll back."""
    copy_database(template_database, SHARED)
    return Database(SHARED)


@pytest.fixture(scope="session")
def kept_connections(shared_database: Database) -> Iterator[list[psycopg.Connection]]:
    """Connections that rolled-back tests have left as they were, for the next one.

    A new connection would compile each SQL function anew.
    """
    kept: list[psycopg.Connection] = []
    yield kept
    for one in kept:
        one.close()


@pytest.fixture
def connection(
    shared_database: Database, kept_connections: list[psycopg.Connection]
) -> Iterator[psycopg.Connection]:
    """One transaction that is rolled back after the test."""
    opened = kept_connections.pop() if kept_connections else shared_database.connect()
    # A prepared statement would outlive the tables that another test makes and drops.
    opened.prepare_threshold = None
    try:
        yield opened
        if opened.closed or opened.autocommit or opened.row_factory is not tuple_row:
            return
        opened.rollback()
        # What a rollback leaves: locks of the session.
        opened.execute("select pg_advisory_unlock_all()")
        opened.commit()
        kept_connections.append(opened)
    finally:
        if opened not in kept_connections:
            opened.close()


@pytest.fixture(scope="session")
def idle_databases(server: Server) -> Iterator[IdleDatabases]:
    """By the name of their template: databases that tests have left as it is."""
    idle: IdleDatabases = collections.defaultdict(list)
    yield idle
    for ones in idle.values():
        for one in ones:
            one.drop()


@pytest.fixture(scope="session")
def own_template(template_database: str) -> str:
    """What the database of each test is a copy of."""
    return template_database


@pytest.fixture
def reused_database(
    own_template: str, idle_databases: IdleDatabases
) -> Iterator[ReusedDatabase]:
    """What `database` names."""
    idle = idle_databases[own_template]
    one = idle.pop() if idle else ReusedDatabase(own_template)
    yield one
    if one.set_back():
        idle.append(one)


@pytest.fixture
def database(reused_database: ReusedDatabase) -> Database:
    """A migrated database of the test's own, for tests where commits matter."""
    return Database(reused_database.name)


@pytest.fixture
def opened(reused_database: ReusedDatabase) -> Iterator[psycopg.Connection]:
    """A connection in autocommit mode to a database of the test's own."""
    with reused_database.connection() as connection:
        yield connection


@pytest.fixture
def own_database(template_database: str) -> Iterator[OwnDatabase]:
    """For a file whose tests copy their database: nobody else is connected to it."""
    own = OwnDatabase(template_database)
    yield own
    own.drop()


@pytest.fixture
def empty_database(server: Server | GivenServer) -> Iterator[Database]:
    """A database of the test's own that nothing has been applied to."""
    empty = Database(f"trueup_empty_{next(_copy_numbers)}")
    ensure_database(empty.name)
    yield empty
    drop_database(empty.name)


@pytest.fixture
def own_server(
    server: Server | GivenServer,
) -> Iterator[tuple[list[Server], Callable[[], None]]]:
    """A durable Postgres that only this test uses: its servers, and one more of them.

    The PG* variables lead elsewhere until the test sets them.
    """
    folder = _server_folder()
    servers = [start_server(folder / "pg")]
    try:
        yield servers, lambda: servers.append(start_server(folder / "pg"))
    finally:
        servers[-1].stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def running_sandbox(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RunningSandbox]:
    """One sandbox process for all tests. A test takes `sandbox` instead."""
    journal = tmp_path_factory.mktemp("sandbox") / "journal.jsonl"
    with start_sandbox(journal) as running:
        yield running


@pytest.fixture
def version(request: pytest.FixtureRequest) -> int:
    """The version of the provider's API: 1, unless the test names another one."""
    return getattr(request, "param", 1)


@pytest.fixture
def sandbox(running_sandbox: RunningSandbox, version: int) -> RunningSandbox | Version2:
    """An empty sandbox: no accounts, no faults, default settings, and the real time."""
    empty(running_sandbox)
    return running_sandbox if version == 1 else Version2(running_sandbox)


@pytest.fixture
def api(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    """The sandbox's Unipile API, without the client of the engine."""
    with api_of(sandbox) as client:
        yield client


@pytest.fixture
def hook() -> Iterator[Subscriber]:
    """A local address that receives webhooks."""
    with subscriber() as taken:
        yield taken


@pytest.fixture
def talha(opened: psycopg.Connection, sandbox: RunningSandbox) -> Connected:
    """An account that both the database and the sandbox know."""
    return Connected(opened, sandbox)


@pytest.fixture
def workspace(
    reused_database: ReusedDatabase, sandbox: RunningSandbox
) -> Iterator[SenderWorkspace]:
    """A workspace with one account, and campaigns that a test drains."""
    with reused_database.connection() as connection:
        yield SenderWorkspace(connection, sandbox)
