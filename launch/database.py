"""What a start does in the databases before Dagster runs.

Belongs here: migrating, Dagster's own database, the first look, and the first workspace
beside a real provider. Does not: the server, or the rows of the first look.
"""

import contextlib
import os
from pathlib import Path

import psycopg
from psycopg.types.json import Jsonb

from demo.first_look import is_empty, load_first_look
from launch.report import Loaded
from trueup.inbound.accounts.workspaces import make_workspace
from trueup.inbound.settings import provider_addresses
from trueup.postgres.connection import UnusableDatabaseError, connect, database_name
from trueup.postgres.migrate import ensure_database, migrate
from trueup.postgres.timezone_files import zone_of_machine
from unipile_sandbox.control import Sandbox

DAGSTER_DATABASE = "dagster"
FIRST_WORKSPACE = "Main"
SERVICE_ENDED = "service_ended"
WHAT_TO_DO = (
    "What to do: read the end of the service's log beside this, and mend what it says. "
    "The alert closes once the service has run for five minutes."
)


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


def has_interrupted_runs(stopped_at: float | None) -> bool:
    """Whether Dagster's storage has runs that its last end interrupted.

    stopped_at: when that end began, in seconds of Unix time.
    """
    with connect(DAGSTER_DATABASE, autocommit=True) as connection:
        unfinished = ["STARTING", "STARTED", "CANCELING"]
        row = connection.execute(
            "select exists (select 1 from runs where status = any(%s)"
            " or status = 'FAILURE' and end_time >= %s::float8)",
            [unfinished, stopped_at],
        ).fetchone()
        return row == (True,)


def open_service_alert(service: str, sentence: str) -> None:
    """Opens an alert about a service that ended by itself, if Postgres answers."""
    with contextlib.suppress(psycopg.Error, UnusableDatabaseError), _alerts() as alerts:
        alerts.execute(
            "select outreach.open_admin_alert(0, %s, %s, %s, %s)",
            [
                SERVICE_ENDED,
                service,
                f"The service {service} ended by itself and is started again.",
                Jsonb({"end": sentence, "what_to_do": WHAT_TO_DO}),
            ],
        )


def resolve_service_alert(service: str) -> None:
    """Closes that alert, if Postgres answers."""
    with contextlib.suppress(psycopg.Error, UnusableDatabaseError), _alerts() as alerts:
        alerts.execute(
            "select outreach.resolve_admin_alert(0, %s, %s)", [SERVICE_ENDED, service]
        )


def make_first_workspace_if_none() -> str | None:
    """Makes a workspace beside a real provider if there is none; its name if it did."""
    with connect(autocommit=True, application_name="first workspace") as connection:
        query = "select 1 from outreach.workspaces limit 1"
        if connection.execute(query).fetchone() is not None:
            return None
        addresses = provider_addresses()
        make_workspace(
            connection, FIRST_WORKSPACE, addresses, zone_of_machine(), "scripts/up"
        )
    return FIRST_WORKSPACE


def first_account_id() -> int | None:
    """The lowest id of an account; None while there is none."""
    with connect(autocommit=True, application_name="first account") as connection:
        row = connection.execute(
            "select min(account_id) from outreach.linkedin_accounts"
        ).fetchone()
    assert row is not None
    return row[0]


def _alerts() -> psycopg.Connection:
    return connect(autocommit=True, application_name="trueup up")


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
