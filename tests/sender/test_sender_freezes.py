"""A worker that freezes, or is slow, past its lease while a rescuer takes over."""

import asyncio
import concurrent.futures
import contextlib
import datetime as dt
import os
import signal
import threading
import time

import pytest

from tests.support.rows import NOON, begin, claim, record
from tests.support.sandboxes import api_of
from tests.support.sender_campaigns import ACCEPTED, HOUR, INVITE
from tests.support.sender_processes import expire_leases, one_round, start_sender
from tests.support.versions import on_version_2
from trueup.sender import fail_points, queue
from trueup.unipile.client import UnipileClient

REPETITIONS = 10


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


@pytest.mark.parametrize(
    ("point", "version"),
    [
        *(pytest.param(point, 1, id=point) for point in fail_points.FAIL_POINTS),
        on_version_2("before_call"),
    ],
    indirect=["version"],
)
def test_a_worker_that_wakes_after_its_lease_sends_nothing_twice(
    database, sandbox, workspace, point
):
    now = workspace.one("select clock_timestamp()")
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED), run_at=now)
    rescued, outcomes = FREEZES[point]
    with frozen_sender(database, sandbox, point) as sender:
        expire_leases(workspace)
        assert workspace.jobs(enrollment)[0] == ("send_invite", rescued)
        workspace.drain(None, worker="rescuer")
        sender.send_signal(signal.SIGCONT)
        assert sender.wait(60) == 0
    assert workspace.jobs(enrollment)[0] == ("send_invite", "completed")
    assert workspace.outcomes() == outcomes
    assert len(sandbox.journal("invite_sent")) == 1
    assert workspace.events(enrollment).count("invite_sent") == 1
    assert workspace.violations() == []


def put_boot_clock_ahead(monkeypatch, by):
    """A suspend: the clock that counts it jumps, and the monotonic one does not."""
    read = time.clock_gettime
    monkeypatch.setattr(
        time,
        "clock_gettime",
        lambda clock: read(clock) + by[0] * (clock == time.CLOCK_BOOTTIME),
    )


def put_database_clock_ahead(monkeypatch, by):
    """A paused virtual machine: only the clocks of other machines have gone on."""
    read = queue.clock
    monkeypatch.setattr(
        queue,
        "clock",
        lambda connection: read(connection) + dt.timedelta(seconds=by[0]),
    )


@pytest.mark.parametrize(
    "put_clock_ahead", [put_boot_clock_ahead, put_database_clock_ahead]
)
def test_a_worker_that_slept_through_its_lease_makes_no_call(
    workspace, sandbox, monkeypatch, put_clock_ahead
):
    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    slept_seconds = [0.0]

    def sleep_three_minutes(point):
        if point == "after_begin":
            slept_seconds[0] = 180.0
            workspace.connection.execute(
                "select outreach.expire_send_leases(%s, %s::timestamptz + '3 minutes')",
                [workspace.workspace_id, NOON],
            )
            assert workspace.jobs(enrollment) == [("send_invite", "unknown")]

    with monkeypatch.context() as patched:
        put_clock_ahead(patched, slept_seconds)
        patched.setattr(fail_points, "reached", sleep_three_minutes)
        workspace.drain()
    assert sandbox.requests("send_invite") == []
    assert workspace.outcomes() == ["unknown", "retry_safe"]
    assert workspace.jobs(enrollment) == [("send_invite", "queued")]
    workspace.drain(NOON + HOUR)
    assert len(sandbox.journal("invite_sent")) == 1
    assert workspace.violations() == []


def test_a_call_that_waits_for_a_connection_during_a_sleep_does_not_go_out_late(
    workspace, sandbox, monkeypatch
):
    slept_seconds = [0.0]

    class WaitsForAConnection(UnipileClient):
        async def send_invite(self, *arguments):
            loop = asyncio.get_running_loop()
            loop.call_soon(slept_seconds.__setitem__, 0, 180.0)
            await asyncio.sleep(1)
            return await super().send_invite(*arguments)

    enrollment = workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    with monkeypatch.context() as patched:
        put_boot_clock_ahead(patched, slept_seconds)
        one_round(
            workspace, WaitsForAConnection(workspace.sandbox.dsn, sandbox.api_key)
        )
    assert sandbox.requests("send_invite") == []
    assert workspace.outcomes() == ["unknown"]
    assert workspace.jobs(enrollment) == [("send_invite", "unknown")]
    assert workspace.violations() == []


def test_a_worker_that_loses_the_database_after_its_begin_makes_no_call(
    database, workspace, sandbox, monkeypatch
):
    workspace.enroll(workspace.campaign(INVITE, ACCEPTED))
    monkeypatch.setenv("PGDATABASE", database.name)

    def cut_after_begin(point):
        if point == "after_begin":
            with database.connect(autocommit=True) as other:
                other.execute(
                    "select pg_terminate_backend(%s, 5000)",
                    [workspace.connection.info.backend_pid],
                )

    with monkeypatch.context() as patched:
        patched.setattr(fail_points, "reached", cut_after_begin)
        workspace.drain()
    assert sandbox.requests("send_invite") == []
    with database.connect(autocommit=True) as workspace.connection:
        assert workspace.outcomes() == ["retry_safe"]
        assert workspace.violations() == []


def test_a_slow_living_worker_and_two_rescuers_agree_on_each_send(
    database, workspace, sandbox
):
    campaign = workspace.campaign(INVITE, ACCEPTED)
    people = [workspace.enroll(campaign) for _ in range(REPETITIONS)]
    stamps = workspace.one(
        "select array_agg(validation_stamp) from outreach.campaign_step_templates"
    )
    start = threading.Barrier(3)

    def answer(connection, attempt_id):
        start.wait()
        return record(connection, workspace.workspace_id, attempt_id)

    def rescue(connection):
        start.wait()
        connection.execute(
            "select outreach.expire_send_leases(%s, %s::timestamptz + '3 minutes')",
            [workspace.workspace_id, NOON],
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
            (job_id,) = claim(worker, workspace.workspace_id, dsn=sandbox.dsn)
            ((_, attempt_id, _),) = begin(
                worker, workspace.workspace_id, [job_id], stamps=stamps
            )
            person = workspace.person(enrollment)
            fields = {"account_id": workspace.account, "provider_id": person}
            assert api.post("/users/invite", json=fields).is_success
            told = threads.submit(answer, worker, attempt_id)
            for rescued in [threads.submit(rescue, each) for each in rescuers]:
                rescued.result()
            assert told.result() == "sent_proven"
    assert [workspace.jobs(each)[0][1] for each in people] == [
        "completed"
    ] * REPETITIONS
    assert [workspace.events(each).count("invite_sent") for each in people] == (
        [1] * REPETITIONS
    )
    assert workspace.violations() == []
