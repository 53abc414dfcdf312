"""What a start does to the databases before Dagster runs.

Belongs here: migrating, Dagster's own database, and the first look. Does not: the
server, or the rows of the first look.
"""

import os
from pathlib import Path

from demo.first_look import is_empty, load_first_look
from launch.report import Loaded
from trueup.postgres.connection import connect, database_name
from trueup.postgres.migrate import ensure_database, migrate
from unipile_sandbox.control import Sandbox

DAGSTER_DATABASE = "dagster"


def migrate_database() -> None:
    """Makes and migrates the project's database, and makes Dagster's."""
    ensure_database(database_name())
    with connect(application_name="migrate") as connection:
        migrate(connection)
    ensure_database(DAGSTER_DATABASE)


def has_dagster_tables() -> bool:
    """Whether Dagster has made its tables in its database."""
    with connect(DAGSTER_DATABASE, autocommit=True) as connection:
        row = connection.execute(
            "select to_regclass('public.runs') is not null"
            " and to_regclass('public.event_logs') is not null"
            " and to_regclass('public.job_ticks') is not null"
        ).fetchone()
    return row == (True,)


def has_interrupted_runs() -> bool:
    """Whether Dagster's records hold a run that its last end interrupted."""
    with connect(DAGSTER_DATABASE, autocommit=True) as connection:
        unfinished = ["STARTING", "STARTED", "CANCELING"]
        row = connection.execute(
            "select exists (select 1 from runs where status = any(%s))", [unfinished]
        ).fetchone()
        return row == (True,)


def load_first_look_if_empty(journal: Path) -> Loaded | None:
    """Loads LL#273 beside the project's own sandbox, into an empty database only."""
    with connect(autocommit=True, application_name="first look") as connection:
        if not is_empty(connection):
            return None
        row = connection.execute("select clock_timestamp()").fetchone()
        assert row is not None
        sandbox = Sandbox(
            dsn=os.environ["UNIPILE_DSN"],
            api_key=os.environ["UNIPILE_API_KEY"],
            journal_path=journal,
        )
        first_look = load_first_look(connection, sandbox, row[0])
    return Loaded(accounts=first_look.accounts, inflated=first_look.inflated)
