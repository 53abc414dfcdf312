"""Told to stop: finish or give back what is in flight, and be gone within 10 seconds.
And a database that goes away: no answer is lost while the process lives."""

import asyncio
import signal
import subprocess
import sys

import psycopg
import pytest

from tests.support.rows import NOON
from tests.support.sandboxes import FOREVER_SECONDS
from tests.support.sender_campaigns import ACCEPTED, HOUR, INVITE, SenderWorkspace
from tests.support.sender_processes import (
    one_round,
    sender_environment,
    start_sender,
    wait_until,
)
from trueup.paths import PROJECT_ROOT
from trueup.sender import session as session_module
from trueup.sender.session import LostConnectionError, Session
from trueup.unipile.client import UnipileClient

EXITS_WITHIN_SECONDS = 10
ENDS_WITHIN_SECONDS = 90


def test_a_sender_cancels_a_hanging_call_on_a_stop(database, sandbox, workspace):
    sandbox.script_fault("send_invite", delay_before_seconds=FOREVER_SECONDS)
    now = workspace.one("select clock_timestamp()")
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED), run_at=now)
    other_account = workspace.add_account({})
    workspace.account_id = other_account
    done = workspace.enroll(workspace.campaign(INVITE, ACCEPTED), run_at=now)
    sender = start_sender(database, sandbox)
    try:
        wait_until(sender, lambda: sandbox.requests("send_invite"))
        sender.send_signal(signal.SIGTERM)
        # Raises when it takes longer: that is the promise.
        assert sender.wait(EXITS_WITHIN_SECONDS) == 0
    finally:
        sender.kill()
        sender.wait()
    statuses = {workspace.jobs(each)[0][1] for each in (enrollment, done)}
    assert statuses == {"unknown", "completed"}
    assert sorted(workspace.outcomes()) == ["sent_proven", "unknown"]
    assert workspace.violations() == []


# The asset as a run works it, in a process of its own.
MATERIALIZE = """
import dagster as dg
from dagster_project.assets.send_queue import send_queue
from dagster_project.resources import Postgres, Provider

with dg.DagsterInstance.ephemeral() as instance:
    dg.materialize(
        [send_queue],
        instance=instance,
        resources={"postgres": Postgres(), "provider": Provider()},
    )
"""


def test_a_cancelled_run_of_the_asset_records_what_is_in_flight(
    database, sandbox, workspace, tmp_path
):
    sandbox.script_fault("send_invite", delay_before_seconds=FOREVER_SECONDS)
    now = workspace.one("select clock_timestamp()")
    campaign = workspace.campaign(INVITE, ACCEPTED)
    hanging = workspace.enroll(campaign, run_at=now)
    waiting = workspace.enroll(campaign, run_at=now)
    told = tmp_path / "stderr"
    with told.open("wb") as stderr:
        run = subprocess.Popen(
            [sys.executable, "-c", MATERIALIZE],
            env=sender_environment(database, sandbox),
            cwd=PROJECT_ROOT,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
    try:
        wait_until(run, lambda: sandbox.requests("send_invite"))
        run.send_signal(signal.SIGTERM)
        # The sender is done within its ten seconds; what is left is Dagster's own end,
        # which takes as long as the machine is busy.
        run.wait(ENDS_WITHIN_SECONDS)
    finally:
        run.kill()
        run.wait()
    assert run.returncode not in (0, -signal.SIGKILL)
    assert "DagsterExecutionInterruptedError" in told.read_text()
    assert workspace.jobs(hanging) == [("send_invite", "unknown")]
    assert workspace.jobs(waiting) == [("send_invite", "queued")]
    assert workspace.outcomes() == ["unknown"]
    assert workspace.violations() == []


def test_claimed_jobs_that_are_not_begun_are_queued_again(workspace, sandbox):
    enrollment = workspace.enroll(workspace.campaign(INVITE))
    done = one_round(workspace, is_stopping=lambda: True)
    assert done.claimed == 1
    assert workspace.jobs(enrollment) == [("send_invite", "queued")]
    assert workspace.due(enrollment) == NOON
    assert sandbox.requests("send_invite") == []


def test_a_worker_gives_back_its_own_claims_only(workspace):
    workspace.enroll(workspace.campaign(INVITE))
    workspace.connection.execute(
        "select outreach.claim_send_jobs(%s, 'w1', 10, %s, %s)",
        [workspace.workspace_id, NOON, workspace.sandbox.dsn],
    )
    release = "select outreach.release_claims(%s, %s)"
    assert workspace.one(release, workspace.workspace_id, "w2") == 0
    assert workspace.one(release, workspace.workspace_id, "w1") == 1
    assert workspace.one(release, workspace.workspace_id, "w1") == 0


class CutsTheConnection(UnipileClient):
    """Sends for real, then kills the sender's session before anything is recorded."""

    def __init__(self, workspace, database):
        super().__init__(workspace.sandbox.dsn, workspace.sandbox.api_key)
        self._cut = cutter(workspace, database)

    async def send_invite(self, account_id, provider_id, message=None):
        answer = await super().send_invite(account_id, provider_id, message)
        self._cut()
        return answer


def cutter(workspace, database):
    pid = workspace.connection.info.backend_pid

    def cut():
        with database.connect(autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s, 5000)", [pid])

    return cut


@pytest.fixture
def watched(database, workspace, monkeypatch):
    """A workspace whose rows are seen through another connection than the sender's."""
    monkeypatch.setenv("PGDATABASE", database.name)
    with database.connect(autocommit=True) as connection:
        watching = SenderWorkspace.__new__(SenderWorkspace)
        watching.__dict__ |= workspace.__dict__ | {"connection": connection}
        yield watching


def test_an_answer_outlives_the_connection_it_was_to_be_recorded_by(
    database, workspace, watched, sandbox
):
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    done = one_round(workspace, CutsTheConnection(workspace, database))
    assert done.outcomes == {"sent_proven": 1}
    assert watched.status(enrollment) == "pending_accept"
    assert len(sandbox.journal("invite_sent")) == 1
    assert watched.violations() == []


def test_a_connection_lost_before_the_begin_makes_no_call_and_holds_no_job(
    database, workspace, watched, sandbox
):
    cut = cutter(workspace, database)
    enrollment = workspace.enroll(workspace.campaign(INVITE))

    def lose_connection_after_the_claim():
        if not workspace.connection.closed:
            cut()
        return False

    done = one_round(workspace, is_stopping=lose_connection_after_the_claim)
    assert (done.claimed, done.outcomes.total()) == (1, 0)
    assert watched.jobs(enrollment) == [("send_invite", "queued")]
    assert sandbox.requests("send_invite") == []


def test_a_begun_attempt_without_a_call_is_not_unknown(workspace, watched):
    enrollment = workspace.enroll(workspace.campaign(INVITE))
    job_id = workspace.one("select job_id from outreach.campaign_send_jobs")
    workspace.connection.execute(
        "select outreach.claim_send_jobs(%s, 'w1', 10, %s, %s)",
        [workspace.workspace_id, NOON, workspace.sandbox.dsn],
    )
    stamps = workspace.one(
        "select array_agg(validation_stamp) from outreach.campaign_step_templates"
    )
    workspace.connection.execute(
        "select outreach.begin_send_attempts(%s, 'w1', jsonb_build_array("
        "jsonb_build_object('job_id', %s::bigint, 'request_sha256', '0',"
        " 'validation_stamps', %s::text[])), %s)",
        [workspace.workspace_id, job_id, stamps, NOON],
    )
    assert workspace.jobs(enrollment) == [("send_invite", "sending")]
    uncalled = "select count(*) from outreach.uncalled_attempts(%s, %s, array[%s])"
    assert workspace.one(uncalled, workspace.workspace_id, "w1", job_id) == 1
    assert workspace.one(uncalled, workspace.workspace_id, "w2", job_id) == 0


def test_a_drain_continues_after_a_lost_connection(
    database, workspace, watched, sandbox
):
    campaign = workspace.campaign(INVITE, ACCEPTED)
    people = [workspace.enroll(campaign) for _ in range(3)]
    cut = cutter(workspace, database)
    rounds = []

    def lose_connection_once(report):
        rounds.append(report.rounds)
        if len(rounds) == 1:
            cut()

    report = workspace.drain(NOON + HOUR, on_round=lose_connection_once)
    assert report.lost_connections == 1
    assert report.sent == 3
    assert [watched.status(each) for each in people] == ["pending_accept"] * 3
    assert len(sandbox.journal("invite_sent")) == 3
    assert watched.violations() == []


def test_a_new_connection_acts_as_the_lost_one_did(database, workspace, monkeypatch):
    monkeypatch.setenv("PGDATABASE", database.name)
    with database.connect(autocommit=True, role="sender") as connection:
        session = Session(connection)
        with database.connect(autocommit=True) as other:
            pid = connection.info.backend_pid
            other.execute("select pg_terminate_backend(%s, 5000)", [pid])
        with pytest.raises(LostConnectionError):
            session.commit(who)
        assert session.commit(who) == ("sender", database.name)
        session.close()
        later = Session(connection)
        assert later.commit(who) == ("sender", database.name)
        later.close()


def who(connection):
    return connection.execute("select current_user, current_database()").fetchone()


def test_a_sender_frozen_in_mid_transaction_holds_nobody_up_for_long(
    database, workspace, monkeypatch
):
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setattr(session_module, "IDLE_IN_TRANSACTION_TIMEOUT", "300ms")
    session = Session(workspace.connection)
    lock = "select 1 from outreach.linkedin_accounts for no key update"

    def freeze_with_a_lock(connection):
        connection.execute(lock)
        with database.connect(autocommit=True) as other:
            other.execute("set statement_timeout = '60s'")
            other.execute(lock)  # waits until the frozen session is ended
        connection.execute(lock)

    with pytest.raises(LostConnectionError):
        session.commit(freeze_with_a_lock)
    assert session.commit(who)[1] == database.name
    session.close()


def test_an_error_that_a_retry_cannot_cure_is_raised(workspace):
    session = Session(workspace.connection)

    def claim_for_another_provider(connection):
        connection.execute(
            "select outreach.claim_send_jobs(%s, 'w1', 10, %s, 'http://other:1')",
            [workspace.workspace_id, NOON],
        )

    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
        asyncio.run(session.insist(claim_for_another_provider, lambda: False))
