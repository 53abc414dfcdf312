"""A worker that freezes, or is slow, past its lease while a rescuer takes over."""

import concurrent.futures
import contextlib
import os
import signal
import threading
import time
import types

import pytest

from tests.support.rows import NOON, begin, claim, record
from tests.support.sandboxes import api_of
from tests.support.sender_campaigns import ACCEPTED, HOUR, INVITE, Desk
from tests.support.sender_processes import expire_leases, start_sender
from trueup.sender import fail_points, round
from unipile_sandbox.control import start_sandbox

REPETITIONS = 10


@pytest.fixture(scope="module")
def running_sandbox(tmp_path_factory):
    journal = tmp_path_factory.mktemp("freezes") / "journal.jsonl"
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


@contextlib.contextmanager
def frozen_sender(database, sandbox, point):
    """A sender that has come to the point and stands still there."""
    wanted = {fail_points.VARIABLE: point + fail_points.FREEZE}
    sender = start_sender(database, sandbox, "--once", **wanted)
    try:
        stopped = os.waitid(os.P_PID, sender.pid, os.WSTOPPED | os.WEXITED)
        assert stopped.si_status == signal.SIGSTOP
        yield sender
    finally:
        sender.kill()
        sender.wait()


# Where a worker froze: how its job stands when its lease has ended, and what was
# answered and decided in the end.
FREEZES = {
    "after_claim": ("queued", ["sent_proven"]),
    "after_begin": ("unknown", ["unknown", "sent_proven"]),
    "before_call": ("unknown", ["unknown", "sent_proven"]),
    "after_answer": ("unknown", ["unknown", "sent_proven"]),
    "after_record": ("completed", ["sent_proven"]),
}


def test_every_point_has_its_freeze():
    assert set(FREEZES) == set(fail_points.FAIL_POINTS)


@pytest.mark.parametrize("point", fail_points.FAIL_POINTS)
def test_a_worker_that_wakes_after_its_lease_sends_nothing_twice(
    database, sandbox, desk, point
):
    now = desk.one("select clock_timestamp()")
    enrollment = desk.enroll(desk.campaign(INVITE, ACCEPTED), run_at=now)
    rescued, outcomes = FREEZES[point]
    with frozen_sender(database, sandbox, point) as sender:
        expire_leases(desk)
        assert desk.jobs(enrollment)[0] == ("send_invite", rescued)
        desk.drain(None, worker="rescuer")
        sender.send_signal(signal.SIGCONT)
        assert sender.wait(60) == 0
    assert desk.jobs(enrollment)[0] == ("send_invite", "completed")
    assert desk.outcomes() == outcomes
    assert len(sandbox.journal("invite_sent")) == 1
    assert desk.events(enrollment).count("invite_sent") == 1
    assert desk.violations() == []


def test_a_worker_that_slept_through_its_lease_calls_nobody(desk, sandbox, monkeypatch):
    enrollment = desk.enroll(desk.campaign(INVITE, ACCEPTED))
    slept_seconds = [0.0]
    clock = types.SimpleNamespace(monotonic=lambda: time.monotonic() + slept_seconds[0])

    def sleep_three_minutes(point):
        if point == "after_begin":
            slept_seconds[0] = 180.0
            desk.connection.execute(
                "select outreach.expire_send_leases(%s, %s::timestamptz + '3 minutes')",
                [desk.workspace_id, NOON],
            )
            assert desk.jobs(enrollment) == [("send_invite", "unknown")]

    with monkeypatch.context() as patched:
        patched.setattr(round, "time", clock)
        patched.setattr(fail_points, "reached", sleep_three_minutes)
        desk.drain()
    assert sandbox.requests("send_invite") == []
    assert desk.outcomes() == ["unknown", "retry_safe"]
    assert desk.jobs(enrollment) == [("send_invite", "queued")]
    desk.drain(NOON + HOUR)
    assert len(sandbox.journal("invite_sent")) == 1
    assert desk.violations() == []


def test_a_slow_living_worker_and_two_rescuers_agree_on_each_send(
    database, desk, sandbox
):
    campaign = desk.campaign(INVITE, ACCEPTED)
    people = [desk.enroll(campaign) for _ in range(REPETITIONS)]
    stamps = desk.one(
        "select array_agg(validation_stamp) from outreach.campaign_step_templates"
    )
    start = threading.Barrier(3)

    def answer(connection, attempt_id):
        start.wait()
        return record(connection, desk.workspace_id, attempt_id)

    def rescue(connection):
        start.wait()
        connection.execute(
            "select outreach.expire_send_leases(%s, %s::timestamptz + '3 minutes')",
            [desk.workspace_id, NOON],
        )

    with (
        contextlib.ExitStack() as stack,
        concurrent.futures.ThreadPoolExecutor(3) as threads,
        api_of(sandbox) as api,
    ):
        worker, *rescuers = (
            stack.enter_context(database.connect(autocommit=True)) for _ in range(3)
        )
        for enrollment in people:
            (job_id,) = claim(worker, desk.workspace_id, dsn=sandbox.dsn)
            ((_, attempt_id, _),) = begin(
                worker, desk.workspace_id, [job_id], stamps=stamps
            )
            person = desk.person(enrollment)
            fields = {"account_id": desk.account, "provider_id": person}
            assert api.post("/users/invite", json=fields).is_success
            told = threads.submit(answer, worker, attempt_id)
            for rescued in [threads.submit(rescue, each) for each in rescuers]:
                rescued.result()
            assert told.result() == "sent_proven"
    assert [desk.jobs(each)[0][1] for each in people] == ["completed"] * REPETITIONS
    assert [desk.events(each).count("invite_sent") for each in people] == (
        [1] * REPETITIONS
    )
    assert desk.violations() == []
