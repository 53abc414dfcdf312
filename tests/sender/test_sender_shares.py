"""Senders that each take a share of the workspaces, one of which has many jobs."""

import threading
from collections import Counter

import pytest
from psycopg.types.multirange import Int8Multirange
from psycopg.types.range import Int8Range

from demo.journal_comparison import compare_with_journal
from trueup.paths import PROJECT_ROOT
from trueup.sender import drain

ROWS = PROJECT_ROOT / "scripts" / "bench" / "sender_rows.sql"
SMALL = 6
MIDDLE = SMALL // 2
JOBS_OF_SMALL = 4
JOBS_OF_LARGE = 60
BATCH = 5


@pytest.fixture
def workspaces(opened, sandbox):
    """The ids of small workspaces, with a large one in the middle, and of one more.

    An account of a small workspace has one due job.
    """
    sizes = [(JOBS_OF_SMALL, JOBS_OF_SMALL)] * SMALL
    sizes.insert(MIDDLE, (20, JOBS_OF_LARGE))
    with opened.transaction():
        opened.execute("set local session_replication_role = replica")
        opened.execute(ROWS.read_text())
        made = [
            opened.execute(
                "select pg_temp.bench_workspace(%s, %s, %s)",
                [sandbox.dsn, accounts, jobs],
            ).fetchone()[0]
            for accounts, jobs in [*sizes, (1, 1)]
        ]
    sandbox.register_accounts(
        [
            {
                "id": name,
                "name": name,
                "provider_id": f"ACoAA{name}",
                "public_identifier": name,
            }
            for (name,) in opened.execute(
                "select provider_account_id from outreach.provider_accounts"
            )
        ]
    )
    return made


def drain_share(database, sandbox, worker, first, last):
    with database.connect(autocommit=True, role="sender") as connection:
        drain(
            connection,
            worker=worker,
            provider_dsn=sandbox.dsn,
            api_key=sandbox.api_key,
            until_seconds=120,
            batch=BATCH,
            share=Int8Multirange([Int8Range(first, last, "[]")]),
        )


def begun(connection):
    """The worker and the workspace of each attempt, in their order."""
    return connection.execute(
        "select split_part(worker, ' ', 1), workspace_id from outreach.send_attempts"
        " order by attempt_id"
    ).fetchall()


def test_senders_of_shares_send_all_once_and_let_no_workspace_wait_for_a_large_one(
    database, opened, sandbox, workspaces
):
    first_small = workspaces[:MIDDLE]
    large, *second_small, outside = workspaces[MIDDLE:]
    shares = {"w1": (first_small[0], large), "w2": (large, second_small[-1])}
    senders = [
        threading.Thread(target=drain_share, args=(database, sandbox, worker, *share))
        for worker, share in shares.items()
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    attempts = begun(opened)
    counts = Counter(workspace_id for _, workspace_id in attempts)
    assert counts == {large: JOBS_OF_LARGE} | dict.fromkeys(
        [*first_small, *second_small], JOBS_OF_SMALL
    )
    assert compare_with_journal(opened, sandbox.journal_path) == []
    for worker, small in (("w1", first_small), ("w2", second_small)):
        own = [workspace_id for who, workspace_id in attempts if who == worker]
        assert set(own) <= {large, *small}
        # Each workspace has one round before any has its second.
        of_small = [place for place, each in enumerate(own) if each != large]
        assert own[: of_small[-1]].count(large) <= BATCH
    assert opened.execute(
        "select * from outreach.workspaces_with_due_jobs(%s)", [sandbox.dsn]
    ).fetchall() == [(outside, False)]
