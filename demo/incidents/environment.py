"""The environment of a replay: a database and a sandbox of its own.

Belongs here: making one modelled database, copying it for each incident, and dropping
both. The user's own database and provider are never touched.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from demo.incidents.figures import Replayed
from demo.incidents.replay import AS_OF, Incident, Stage, replay
from trueup.marts.dbt_in_process import run_dbt
from trueup.postgres.connection import (
    connect,
    default_database,
    ensure_database,
)
from trueup.postgres.copies import copied_database, drop_database
from trueup.postgres.migrate import migrate
from trueup.postgres.server import start_server
from unipile_sandbox.control import Sandbox, start_sandbox


@contextlib.contextmanager
def replay_server() -> Iterator[str]:
    """A server for the block: the one that PGHOST names, or a temporary embedded one.

    Says which. Raises UnusableServerError or UnusableDatabaseError.
    """
    if os.environ.get("PGHOST") or os.environ.get("PGDATABASE"):
        yield f"the server at {os.environ.get('PGHOST') or 'the default socket'}"
        return
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="trueup-") as folder:
        running = start_server(Path(folder) / "pg", is_durable=False)
        try:
            os.environ |= running.environment()
            yield "a temporary embedded Postgres"
        finally:
            os.environ.clear()
            os.environ.update(before)
            running.stop()


@contextlib.contextmanager
def modelled_template() -> Iterator[str]:
    """A database with every migration and model as of AS_OF, dropped afterwards."""
    name = f"trueup_replay_{os.getpid()}"
    # A process of that number may have been killed before it could drop its own.
    drop_database(name)
    try:
        ensure_database(name)
        with connect(name, application_name="replay") as connection:
            migrate(connection)
        run_dbt(name, "run", as_of=AS_OF)
        yield name
    finally:
        drop_database(name)


@contextlib.contextmanager
def stage_of(template: str, sandbox: Sandbox) -> Iterator[Stage]:
    """A copy of the template and a connection to it, for one incident."""
    with (
        copied_database(template, f"{template}_stage") as database,
        # A connection that is opened again leads here too, never to a user's database.
        default_database(database),
        connect(database, autocommit=True, application_name="replay") as connection,
    ):
        yield Stage(database, connection, sandbox)


def replay_all(
    incidents: Sequence[Incident],
    on_incident: Callable[[str], None] = lambda _: None,
) -> Iterator[Replayed]:
    """Replay incidents, each in a database of its own, which is dropped afterwards.

    on_incident: called with the name of each incident when it begins.
    """
    with (
        tempfile.TemporaryDirectory(prefix="trueup-") as folder,
        start_sandbox(Path(folder) / "journal.jsonl") as sandbox,
        modelled_template() as template,
    ):
        for incident in incidents:
            on_incident(incident.name)
            with stage_of(template, sandbox) as stage:
                yield replay(incident, stage)
