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
from tests.support.sender_campaigns import ACCEPTED, HOUR, INVITE, Desk
from tests.support.sender_processes import (
    one_round,
    sender_environment,
    start_sender,
    wait_until,
)
from trueup.paths import PROJECT_ROOT
from trueup.sender.session import LostConnectionError, Session
from trueup.unipile.client import UnipileClient
from unipile_sandbox.control import start_sandbox

EXITS_WITHIN_SECONDS = 10
ENDS_WITHIN_SECONDS = 90


@pytest.fixture(scope="module")
def running_sandbox(tmp_path_factory):
    journal = tmp_path_factory.mktemp("sigterm") / "journal.jsonl"
    with start_sandbox(journal) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox):
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture
def desk(database, sandbox):
    with database.connect(autocommit=True) as connection:
        yield Desk(connection, sandbox)


def test_a_sender_that_is_told_to_stop_gives_up_a_call_that_hangs(
    database, sandbox, desk
):
    sandbox.script_fault("send_invite", delay_before_seconds=FOREVER_SECONDS)
    now = desk.one("select clock_timestamp()")
    enrollment = desk.enroll(desk.campaign(INVITE, ACCEPTED), run_at=now)
    other_account = desk.add_account({})
    desk.account_id = other_account
    done = desk.enroll(desk.campaign(INVITE, ACCEPTED), run_at=now)
    sender = start_sender(database, sandbox)
    try:
        wait_until(sender, lambda: sandbox.requests("send_invite"))
        sender.send_signal(signal.SIGTERM)
        # Raises when it takes longer: that is the promise.
        assert sender.wait(EXITS_WITHIN_SECONDS) == 0
    finally:
        sender.kill()
        sender.wait()
    statuses = {desk.jobs(each)[0][1] for each in (enrollment, done)}
    assert statuses == {"unknown", "completed"}
    assert sorted(desk.outcomes()) == ["sent_proven", "unknown"]
    assert desk.violations() == []


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
    database, sandbox, desk, tmp_path
):
    sandbox.script_fault("send_invite", delay_before_seconds=FOREVER_SECONDS)
    now = desk.one("select clock_timestamp()")
    campaign = desk.campaign(INVITE, ACCEPTED)
    hanging = desk.enroll(campaign, run_at=now)
    waiting = desk.enroll(campaign, run_at=now)
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
    assert desk.jobs(hanging) == [("send_invite", "unknown")]
    assert desk.jobs(waiting) == [("send_invite", "queued")]
    assert desk.outcomes() == ["unknown"]
    assert desk.violations() == []


def test_what_was_claimed_and_not_begun_goes_back_to_the_queue(desk, sandbox):
    enrollment = desk.enroll(desk.campaign(INVITE))
    done = one_round(desk, is_stopping=lambda: True)
    assert done.claimed == 1
    assert desk.jobs(enrollment) == [("send_invite", "queued")]
    assert desk.due(enrollment) == NOON
    assert sandbox.requests("send_invite") == []


def test_a_worker_gives_back_its_own_claims_only(desk):
    desk.enroll(desk.campaign(INVITE))
    desk.connection.execute(
        "select outreach.claim_send_jobs(%s, 'w1', 10, %s, %s)",
        [desk.workspace_id, NOON, desk.sandbox.dsn],
    )
    release = "select outreach.release_claims(%s, %s)"
    assert desk.one(release, desk.workspace_id, "w2") == 0
    assert desk.one(release, desk.workspace_id, "w1") == 1
    assert desk.one(release, desk.workspace_id, "w1") == 0


class CutsTheConnection(UnipileClient):
    """Sends for real, then kills the sender's session before anything is recorded."""

    def __init__(self, desk, database):
        super().__init__(desk.sandbox.dsn, desk.sandbox.api_key)
        self._cut = cutter(desk, database)

    async def send_invite(self, account_id, provider_id, message=None):
        answer = await super().send_invite(account_id, provider_id, message)
        self._cut()
        return answer


def cutter(desk, database):
    pid = desk.connection.info.backend_pid

    def cut():
        with database.connect(autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s, 5000)", [pid])

    return cut


@pytest.fixture
def watched(database, desk, monkeypatch):
    """A desk whose rows are seen through another connection than the sender's."""
    monkeypatch.setenv("PGDATABASE", database.name)
    with database.connect(autocommit=True) as connection:
        watching = Desk.__new__(Desk)
        watching.__dict__ |= desk.__dict__ | {"connection": connection}
        yield watching


def test_an_answer_outlives_the_connection_it_was_to_be_recorded_by(
    database, desk, watched, sandbox
):
    enrollment = desk.enroll(desk.campaign(INVITE, ACCEPTED))
    done = one_round(desk, CutsTheConnection(desk, database))
    assert done.outcomes == {"sent_proven": 1}
    assert watched.status(enrollment) == "pending_accept"
    assert len(sandbox.journal("invite_sent")) == 1
    assert watched.violations() == []


def test_a_connection_lost_before_the_begin_calls_nobody_and_holds_nothing(
    database, desk, watched, sandbox
):
    cut = cutter(desk, database)
    enrollment = desk.enroll(desk.campaign(INVITE))

    def lose_connection_after_the_claim():
        if not desk.connection.closed:
            cut()
        return False

    done = one_round(desk, is_stopping=lose_connection_after_the_claim)
    assert (done.claimed, done.outcomes.total()) == (1, 0)
    assert watched.jobs(enrollment) == [("send_invite", "queued")]
    assert sandbox.requests("send_invite") == []


def test_what_was_begun_and_provably_not_called_is_not_unknown(desk, watched):
    enrollment = desk.enroll(desk.campaign(INVITE))
    job_id = desk.one("select job_id from outreach.campaign_send_jobs")
    desk.connection.execute(
        "select outreach.claim_send_jobs(%s, 'w1', 10, %s, %s)",
        [desk.workspace_id, NOON, desk.sandbox.dsn],
    )
    stamps = desk.one(
        "select array_agg(validation_stamp) from outreach.campaign_step_templates"
    )
    desk.connection.execute(
        "select outreach.begin_send_attempts(%s, 'w1', jsonb_build_array("
        "jsonb_build_object('job_id', %s::bigint, 'request_sha256', '0',"
        " 'validation_stamps', %s::text[])), %s)",
        [desk.workspace_id, job_id, stamps, NOON],
    )
    assert desk.jobs(enrollment) == [("send_invite", "sending")]
    uncalled = "select count(*) from outreach.uncalled_attempts(%s, %s, array[%s])"
    assert desk.one(uncalled, desk.workspace_id, "w1", job_id) == 1
    assert desk.one(uncalled, desk.workspace_id, "w2", job_id) == 0


def test_a_drain_goes_on_after_its_connection_was_lost(
    database, desk, watched, sandbox
):
    campaign = desk.campaign(INVITE, ACCEPTED)
    people = [desk.enroll(campaign) for _ in range(3)]
    cut = cutter(desk, database)
    rounds = []

    def lose_connection_once(report):
        rounds.append(report.rounds)
        if len(rounds) == 1:
            cut()

    report = desk.drain(NOON + HOUR, on_round=lose_connection_once)
    assert report.lost_connections == 1
    assert report.sent == 3
    assert [watched.status(each) for each in people] == ["pending_accept"] * 3
    assert len(sandbox.journal("invite_sent")) == 3
    assert watched.violations() == []


def test_a_new_connection_acts_as_the_lost_one_did(database, desk, monkeypatch):
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


def test_what_a_second_try_would_not_cure_is_passed_on(desk):
    session = Session(desk.connection)

    def claim_for_another_provider(connection):
        connection.execute(
            "select outreach.claim_send_jobs(%s, 'w1', 10, %s, 'http://other:1')",
            [desk.workspace_id, NOON],
        )

    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
        asyncio.run(session.insist(claim_for_another_provider, lambda: False))
