"""What tests share: one embedded Postgres, a migrated template, and copies of it.

Belongs here: fixtures that more than one test file needs. Does not: rows.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest

from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.copies import copy_database, drop_database
from trueup.postgres.migrate import migrate
from trueup.postgres.server import Server, start_server

hypothesis.settings.register_profile("trueup", deadline=None)
hypothesis.settings.load_profile("trueup")

TEMPLATE = "trueup_template"
SHARED = "trueup_shared"
_copy_numbers = itertools.count(1)


@dataclass(frozen=True)
class Database:
    """A database of the test server, whoever made it."""

    name: str

    def connect(self, **settings: Any) -> psycopg.Connection:
        """Opens a connection as the project does; settings as for connect()."""
        return connect(self.name, **settings)

    def environment(self) -> dict[str, str]:
        """A whole environment in which PGDATABASE names this database."""
        return {**os.environ, "PGDATABASE": self.name}


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The embedded server; the PG* variables lead to it while the session lasts."""
    folder = Path(tempfile.mkdtemp(prefix="trueup-"))
    settings_before = dict(os.environ)
    try:
        running = start_server(folder / "pg", is_durable=False)
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
def template_database(server: Server) -> str:
    """The name of a migrated database that nobody connects to any more."""
    ensure_database(TEMPLATE)
    with connect(TEMPLATE) as connection:
        migrate(connection)
    return TEMPLATE


@pytest.fixture(scope="session")
def shared_database(template_database: str) -> Database:
    """The migrated database of all tests that roll back."""
    copy_database(template_database, SHARED)
    return Database(SHARED)


@pytest.fixture
def connection(shared_database: Database) -> Iterator[psycopg.Connection]:
    """One transaction that is rolled back after the test."""
    with shared_database.connect() as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def database(template_database: str) -> Iterator[Database]:
    """A migrated database of the test's own, for tests where commits matter."""
    copy = Database(f"trueup_copy_{next(_copy_numbers)}")
    copy_database(template_database, copy.name)
    yield copy
    drop_database(copy.name)


@pytest.fixture
def empty_database(server: Server) -> Iterator[Database]:
    """A database of the test's own that nothing has been applied to."""
    empty = Database(f"trueup_empty_{next(_copy_numbers)}")
    ensure_database(empty.name)
    yield empty
    drop_database(empty.name)


@pytest.fixture
def own_server(server: Server) -> Iterator[tuple[list[Server], Callable[[], None]]]:
    """A durable Postgres that only this test uses: its servers, and one more of them.

    The PG* variables lead elsewhere until the test sets them.
    """
    folder = Path(tempfile.mkdtemp(prefix="trueup-"))
    servers = [start_server(folder / "pg")]
    try:
        yield servers, lambda: servers.append(start_server(folder / "pg"))
    finally:
        servers[-1].stop()
        shutil.rmtree(folder)
