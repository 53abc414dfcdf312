"""A claim reads few pages right after a bulk insert, before autovacuum comes by."""

import pytest

from trueup.paths import PROJECT_ROOT

DSN = "http://bulk.test:1"
ACCOUNTS = 300
JOBS = 3_000
ROWS = PROJECT_ROOT / "scripts" / "bench" / "sender_rows.sql"


@pytest.fixture
def opened(own_database):
    """A connection to tables that autovacuum, which comes at any time, leaves alone."""
    with own_database.connection() as connection:
        connection.execute(
            "do $$ declare one regclass; begin"
            " for one in select oid from pg_class where relkind = 'r'"
            " and relnamespace = 'outreach'::regnamespace loop"
            " execute format('alter table %s set (autovacuum_enabled = off)', one);"
            " end loop; end $$"
        )
        yield connection


def bulk_workspace(connection, accounts, jobs):
    """Its id; rows that a session has just inserted, and that no one has analyzed."""
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        (workspace_id,) = connection.execute(
            "select pg_temp.bench_workspace(%s, %s, %s)", [DSN, accounts, jobs]
        ).fetchone()
    connection.execute("select pg_stat_force_next_flush()")
    return workspace_id


def pages_of_claim(connection, workspace_id):
    """The pages that a committed claim of a sender reads; its jobs are given back."""
    with connection.transaction():
        connection.execute("set local role sender")
        (plans,) = connection.execute(
            "explain (analyze, buffers, format json)"
            " select * from outreach.claim_send_jobs(%s, 'w1', 100, null, %s)",
            [workspace_id, DSN],
        ).fetchone()
        connection.execute("select outreach.release_claims(%s, 'w1')", [workspace_id])
    plan = plans[0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


@pytest.mark.parametrize("are_statistics_of_one_row", [False, True])
def test_a_claim_after_a_bulk_insert_reads_no_more_than_later_ones(
    opened, own_database, are_statistics_of_one_row
):
    opened.execute(ROWS.read_text())
    small = bulk_workspace(opened, 1, 1)
    if are_statistics_of_one_row:
        opened.execute("analyze")
    with own_database.connection() as sender:
        # The session keeps plans that it made for small tables: the worst to have.
        for _ in range(10):
            pages_of_claim(sender, small)
        big = bulk_workspace(opened, ACCOUNTS, JOBS)
        first, second = (pages_of_claim(sender, big) for _ in range(2))
        opened.execute("analyze")
        pages_of_claim(sender, big)  # reads the catalog for new plans
        later = pages_of_claim(sender, big)
    assert max(first, second) <= 2 * later
