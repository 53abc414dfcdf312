"""Times each page of the console against its own main query, with a large database.

The rows are one workspace of ten accounts, with campaigns, 100,000 people in them and
10 million events, made by set-based SQL. A page is asked for over HTTP by one person,
as a browser does, and its main query is run by itself, as the role console. Both are
medians. A page may take 200 ms, and three times its main query beside what a page
without a query takes. The server is an embedded one of its own. Most of the run is
spent on making the rows, which --minutes bounds: it then says how many there are.
"""

import datetime as dt
import os
import pathlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import LiteralString, NamedTuple

import click
import httpx
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.support.console_apps import served_console
from tests.support.dbt_runner import ModelledDatabase, run_dbt
from trueup.paths import PROJECT_ROOT
from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.migrate import migrate
from trueup.postgres.server import start_server

DATABASE = "bench_console"
ROWS = PROJECT_ROOT / "scripts" / "bench" / "console_rows.sql"
MARTS = (
    "account_status",
    "account_last_activity",
    "webhook_coverage",
    "campaign_step_stats",
    "enrollment_blockers",
    "send_proofs",
)
BATCH = 500_000
MOST_MILLISECONDS = 200
MOST_TIMES = 3
SERVER_SETTINGS = {
    "max_wal_size": "8GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "512MB",
}


class Page(NamedTuple):
    """An address, and the query that its page is about."""

    path: str
    query: LiteralString
    values: tuple[object, ...] = ()


# What a list of people shows is judged after its people are found.
_SHOWN: LiteralString = (
    "select people.* from (select array_agg(prospect_id) as prospect_ids,"
    " array_agg(enrollment_id) as enrollment_ids"
    " from outreach.console_people_found(1, {wanted}, null, null, 51)) as found"
    " cross join lateral outreach.console_people("
    "1, found.prospect_ids, found.enrollment_ids, now()) as people"
)
# What a list says of their number.
_COUNTED: LiteralString = (
    " cross join (select count(*)"
    " from outreach.console_people_found(1, {wanted}, null, null, 10001)) as counted"
)
# The arguments of outreach.console_people_found(), by the filters that set them.
_WANTED: dict[str, LiteralString] = {
    "": "null, null, null, null, null, null",
    "?search=surname77": "'surname77', null, null, null, null, null",
    "?search=a": "'a', null, null, null, null, null",
    "?campaign=1/3": "null, 3, null, null, null, null",
    "?status=replied": "null, null, 'replied', null, null, null",
    "?campaign=1/3&state=sent": "null, 3, null, null, null, 'sent'",
    "?campaign=1/3&state=accepted": "null, 3, null, null, null, 'accepted'",
    "?campaign=1/3&state=replied": "null, 3, null, null, null, 'replied'",
    "?campaign=1/3&state=failed": "null, 3, null, null, null, 'failed'",
}
PAGES = (
    Page(
        "/accounts",
        "select * from outreach.console_accounts(null, null, null, null, null, 51,"
        " now())",
    ),
    Page(
        "/accounts/1/1",
        "select * from outreach.console_accounts(1, 1, null, null, null, 1, now())",
    ),
    *(
        Page(
            f"/people{filters}",
            (_SHOWN if "state=" in filters else _SHOWN + _COUNTED).format(
                wanted=wanted
            ),
        )
        for filters, wanted in _WANTED.items()
    ),
    *(
        Page(
            f"/people?reason={reason}",
            "select * from outreach.console_people_with_reason(1, null, null, null,"
            " %s, null, null, 51, 2000, now())",
            (reason,),
        )
        for reason in ("not_due_yet", "account_held")
    ),
    *(
        Page(
            f"/people/1/{person}",
            "select * from outreach.console_people(1, array[%s::bigint],"
            " array[%s::bigint], now())",
            (person, person),
        )
        for person in (8, 10)
    ),
    Page("/people/import", "select * from outreach.console_campaign_names(1)"),
    Page(
        "/people/do-not-contact",
        "select * from outreach.console_do_not_contact_rules(1)",
    ),
    Page(
        "/people/withdraw?days=21",
        "select * from outreach.console_pending_invites(1, null, null, '21 days', 100,"
        " now())",
    ),
)


@click.command(help=__doc__)
@click.option("--people", default=100_000, show_default=True)
@click.option("--events", default=10_000_000, show_default=True)
@click.option("--minutes", default=10.0, show_default=True, help="Of loading events.")
@click.option("--rounds", default=7, show_default=True, help="Of which the median.")
def main(people: int, events: int, minutes: float, rounds: int) -> None:
    """Print each figure as soon as it is known."""
    with tempfile.TemporaryDirectory(prefix="trueup-", dir="/tmp") as name:
        server = start_server(
            pathlib.Path(name) / "data", is_durable=False, settings=SERVER_SETTINGS
        )
        try:
            os.environ.update(server.environment() | {"PGDATABASE": DATABASE})
            ensure_database(DATABASE)
            with connect(DATABASE, autocommit=True) as connection:
                migrate(connection)
                load(connection, people, events, minutes)
            database = ModelledDatabase(DATABASE)
            started = time.perf_counter()
            run_dbt(database, "run", *(f"+{mart}" for mart in MARTS))
            click.echo(f"marts built in {time.perf_counter() - started:.0f} s")
            measure(database, rounds)
        finally:
            server.stop()


def load(
    connection: psycopg.Connection, people: int, events: int, minutes: float
) -> None:
    """Makes the rows; stops after so many minutes, and says how far it came."""
    as_of = dt.datetime.now(dt.UTC)
    connection.execute(ROWS.read_bytes())
    connection.execute("set session_replication_role = replica")
    connection.execute("select pg_temp.bench_world(%s, %s)", [people, as_of])
    connection.execute("vacuum analyze")
    started, made = time.perf_counter(), 0
    while made < events and time.perf_counter() - started < minutes * 60:
        last = min(made + BATCH, events)
        connection.execute(
            "select pg_temp.bench_events(%s, %s, %s, %s)",
            [made + 1, last, events, as_of],
        )
        made = last
    connection.execute("select pg_temp.bench_messages(1000, %s)", [as_of])
    click.echo(
        f"{people:,} enrollments and {made:,} events made in"
        f" {time.perf_counter() - started:.0f} s (wanted: {events:,})"
    )
    connection.execute("vacuum analyze")
    connection.execute("checkpoint")


def measure(database: ModelledDatabase, rounds: int) -> None:
    """Print, for each page, its median, that of its query, and their ratio."""
    with (
        served_console(database) as console,
        console.person() as person,
        connect(database.name, autocommit=True, role="console") as connection,
    ):
        empty = median(lambda: ask(person, "/nowhere"), rounds)
        click.echo(f"a page without a query: {empty:.1f} ms")
        for page in PAGES:
            mine = median(lambda page=page: ask(person, page.path), rounds)
            query = median(
                lambda page=page: connection.execute(
                    page.query, page.values
                ).fetchall(),
                rounds,
            )
            ratio = (mine - empty) / query
            is_met = mine <= MOST_MILLISECONDS and ratio <= MOST_TIMES
            click.echo(
                f"{page.path}: {mine:.0f} ms, query {query:.1f} ms, ratio {ratio:.1f}"
                f" (wanted: at most {MOST_MILLISECONDS} ms and {MOST_TIMES};"
                f" {'met' if is_met else 'NOT met'};"
                f" load {os.getloadavg()[0]:.1f})"
            )


def ask(person: httpx.Client, path: str) -> None:
    answer = person.get(path)
    assert answer.status_code in (200, 404), answer.text


def median(action: Callable[[], object], rounds: int) -> float:
    """Milliseconds; the first run, which loads plans and pages, does not count."""
    action()
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        action()
        taken.append((time.perf_counter() - started) * 1_000)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
