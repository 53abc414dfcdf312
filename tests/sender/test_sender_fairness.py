"""One account with 20,000 due jobs beside 4,999 with one each keeps nobody waiting."""

import pytest

from demo.journal_comparison import compare_with_journal
from trueup.paths import PROJECT_ROOT
from trueup.sender import drain

ACCOUNTS = 5_000
JOBS_OF_THE_BIG_ONE = 20_000
BATCH_OF_CLAIMS = 250
BATCH_OF_SENDS = 50
ROWS = PROJECT_ROOT / "scripts" / "bench" / "sender_rows.sql"


@pytest.fixture
def opened(own_database):
    """A connection whose plans no earlier test chose while its tables were small."""
    with own_database.connection() as connection:
        yield connection


@pytest.fixture
def accounts(opened, sandbox):
    """{account: its id at the provider}, the big one first. Nothing was analyzed."""
    with opened.transaction():
        opened.execute("set local session_replication_role = replica")
        opened.execute(ROWS.read_text())
        (workspace_id,) = opened.execute(
            "select pg_temp.bench_workspace(%s, %s, %s)",
            [sandbox.dsn, ACCOUNTS, ACCOUNTS],
        ).fetchone()
        opened.execute(
            "select pg_temp.bench_jobs(%s, %s, 1)",
            [workspace_id, JOBS_OF_THE_BIG_ONE - 1],
        )
    return dict(
        opened.execute(
            "select account_id, provider_account_id from outreach.provider_accounts"
            " order by account_id"
        ).fetchall()
    )


def claimed_accounts(connection, dsn):
    return [
        row[0]
        for row in connection.execute(
            "select account_id from outreach.workspaces"
            " cross join lateral outreach.claim_send_jobs("
            "workspaces.workspace_id, 'w1', %s, null, %s)",
            [BATCH_OF_CLAIMS, dsn],
        )
    ]


def test_a_big_account_does_not_delay_others(opened, sandbox, accounts):
    with opened.transaction(force_rollback=True):
        served = [
            account
            for _ in range(ACCOUNTS // BATCH_OF_CLAIMS)
            for account in claimed_accounts(opened, sandbox.dsn)
        ]
        assert sorted(served) == list(accounts)
        # The big account has 19,999 more that are due, and one at a time.
        assert claimed_accounts(opened, sandbox.dsn) == []

    sandbox.register_accounts(
        [
            {
                "id": provider_id,
                "name": f"Account {account_id}",
                "provider_id": f"ACoAA{provider_id}",
                "public_identifier": f"account-{account_id}",
            }
            for account_id, provider_id in accounts.items()
        ]
    )
    rounds = []
    drain(
        opened,
        worker="w1",
        provider_dsn=sandbox.dsn,
        api_key=sandbox.api_key,
        until_seconds=60,
        batch=BATCH_OF_SENDS,
        is_stopping=lambda: len(rounds) == 2,
        on_round=rounds.append,
    )
    senders = [line["account_id"] for line in sandbox.journal("invite_sent")]
    assert len(senders) == 2 * BATCH_OF_SENDS
    others = [sender for sender in senders if sender != next(iter(accounts.values()))]
    assert len(others) == len(set(others)) >= 2 * (BATCH_OF_SENDS - 1)
    assert compare_with_journal(opened, sandbox.journal_path) == []
    opened.execute("analyze")
    # Rows made in bulk have no history that each status could be paired with.
    assert (
        opened.execute(
            "select * from outreach.consistency_violations() where kind <> 'unpaired'"
        ).fetchall()
        == []
    )
