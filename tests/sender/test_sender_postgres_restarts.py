"""Postgres goes down at once, three times, in mid-run: nothing twice, nothing lost."""

import signal

import pytest

from tests.conftest import Database
from tests.support.sender_campaigns import ACCEPTED, INVITE, SenderWorkspace
from tests.support.sender_processes import (
    exit_code,
    expire_leases,
    start_sender,
    wait_until,
)
from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.migrate import migrate
from unipile_sandbox.control import start_sandbox

ACCOUNTS = 8
INVITES_PER_ACCOUNT = 8
SENT_BEFORE_EACH_RESTART = (10, 25, 40)


@pytest.fixture
def restarting(own_server, monkeypatch):
    """A database of its own, and what kills its server and starts it again."""
    servers, start_again = own_server
    for name, value in servers[0].environment().items():
        monkeypatch.setenv(name, value)
    ensure_database("trueup")
    with connect() as connection:
        migrate(connection)

    def restart_at_once():
        # Immediate mode: no session is waited for, and the log is replayed.
        servers[-1].process.send_signal(signal.SIGQUIT)
        servers[-1].process.wait()
        start_again()

    return Database("trueup"), restart_at_once


def wait_for_invites(sandbox, sender, count):
    wait_until(sender, lambda: len(sandbox.journal("invite_sent")) >= count)


def test_a_sender_outlives_three_restarts_of_postgres(restarting, tmp_path):
    database, restart_at_once = restarting
    with start_sandbox(tmp_path / "journal.jsonl", latency_ms=20) as sandbox:
        with connect(autocommit=True) as connection:
            workspace = SenderWorkspace(connection, sandbox)
            campaign = workspace.campaign(INVITE, ACCEPTED)
            now = workspace.one("select clock_timestamp()")
            for number in range(ACCOUNTS):
                if number:
                    workspace.account_id = workspace.add_account({})
                for _ in range(INVITES_PER_ACCOUNT):
                    workspace.enroll(campaign, run_at=now)
        sender = start_sender(database, sandbox)
        try:
            for count in SENT_BEFORE_EACH_RESTART:
                wait_for_invites(sandbox, sender, count)
                restart_at_once()
                assert sender.poll() is None
            wait_for_invites(sandbox, sender, SENT_BEFORE_EACH_RESTART[-1] + 8)
            sender.terminate()
            assert exit_code(sender) == 0
        finally:
            sender.kill()
            sender.wait()
        with connect(autocommit=True) as connection:
            workspace.connection = connection
            expire_leases(workspace)
            assert start_sender(database, sandbox, "--once").wait(60) == 0
            statuses = dict(
                workspace.all(
                    "select status, count(*) from outreach.campaign_send_jobs"
                    " where action = 'send_invite' group by status"
                )
            )
            people = [line["provider_id"] for line in sandbox.journal("invite_sent")]
            assert len(people) == len(set(people))
            assert statuses.keys() <= {"completed", "unknown"}
            assert sum(statuses.values()) == ACCOUNTS * INVITES_PER_ACCOUNT
            assert statuses["completed"] <= len(people) <= sum(statuses.values())
            assert workspace.violations() == []
