"""Times 100,000 audited status flips against the same update without the check.

Both run in one session of one server, and in a session whose plans were cached while
the audit table was empty. Prints ratios; the issue asks for less than 3.
"""

import os
import pathlib
import statistics
import sys
import tempfile
import time

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from trueup.postgres.connection import (
    connect,
    ensure_database,
)
from trueup.postgres.migrate import migrate
from trueup.postgres.server import start_server

DATABASE = "bench_status_flips"
CHECKS = (
    ("linkedin_accounts", "account_status_is_audited"),
    ("linkedin_account_status_audit", "account_status_audit_finds_its_flip"),
)


def load_accounts(connection: psycopg.Connection, count: int) -> int:
    workspace_id = connection.execute(
        "insert into outreach.workspaces (name, provider_dsn) values ('bench', 'none')"
        " returning workspace_id"
    ).fetchone()[0]
    connection.execute(
        "insert into outreach.linkedin_accounts (workspace_id, name, timezone)"
        " select %s, 'account ' || number, 'UTC' from generate_series(1, %s) as number",
        [workspace_id, count],
    )
    return workspace_id


def flip_all(
    connection: psycopg.Connection, workspace_id: int, to_status: str
) -> float:
    """Seconds for one committed bulk flip with its audit rows."""
    started = time.perf_counter()
    # status-writer: on purpose, the price of the rule is measured
    connection.execute(
        "with flipped as (update outreach.linkedin_accounts set status = %s"
        " where workspace_id = %s"
        " returning account_id, status_seq, old.status as from_status)"
        " insert into outreach.linkedin_account_status_audit"
        " select %s, account_id, status_seq, from_status, %s, 'bench', 'bench', now()"
        " from flipped",
        [to_status, workspace_id, workspace_id, to_status],
    )
    connection.commit()
    return time.perf_counter() - started


def set_checks(connection: psycopg.Connection, verb: str) -> None:
    for table, trigger in CHECKS:
        connection.execute(f"alter table outreach.{table} {verb} trigger {trigger}")
    connection.commit()


@click.command()
@click.option("--rows", default=100_000, show_default=True, help="Accounts to flip.")
@click.option("--runs", default=3, show_default=True, help="Pairs to time.")
def main(rows: int, runs: int) -> None:
    """Print the ratio of checked to unchecked bulk flips."""
    with tempfile.TemporaryDirectory(prefix="trueup-", dir="/tmp") as folder:
        server = start_server(pathlib.Path(folder) / "data")
        try:
            os.environ.update(server.environment())
            ensure_database(DATABASE)
            with connect(DATABASE) as connection:
                migrate(connection)
            with connect(DATABASE) as connection:
                _measure(connection, rows, runs)
        finally:
            server.stop()


def _measure(connection: psycopg.Connection, rows: int, runs: int) -> None:
    # The warm-up: the check's plans are made while the audit table is tiny.
    tiny = load_accounts(connection, 10)
    for status in ("connected", "connecting") * 10:
        flip_all(connection, tiny, status)
    workspace_id = load_accounts(connection, rows)
    connection.commit()
    ratios = []
    for _ in range(runs):
        set_checks(connection, "disable")
        unchecked = flip_all(connection, workspace_id, "connected")
        set_checks(connection, "enable")
        checked = flip_all(connection, workspace_id, "connecting")
        ratios.append(checked / unchecked)
        click.echo(f"unchecked {unchecked:.2f} s, checked {checked:.2f} s")
    click.echo(
        f"{rows} flips: checked / unchecked = {statistics.median(ratios):.2f}"
        f" (median of {runs}, {min(ratios):.2f} to {max(ratios):.2f}; wanted: under 3)"
    )


if __name__ == "__main__":
    main()
