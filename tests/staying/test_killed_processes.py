"""A process with a shift is killed in a call; the next one repeats nothing."""

import multiprocessing
import os
import signal
import threading

import pytest

from tests.support.sandboxes import FOREVER_SECONDS
from tests.support.sender_campaigns import ACCEPTED, INVITE
from tests.support.sender_processes import expire_leases
from trueup.postgres.connection import connect
from trueup.postgres.turns import states_of_turns
from trueup.staying.shift import work_shift
from trueup.staying.work import loops_of, turn_of

LOOK_AGAIN_SECONDS = 0.05
SENDERS = (
    "select count(*) from pg_stat_activity where datname = current_database()"
    " and application_name = 'send w1'"
)


class Silent:
    """Nobody listens."""

    def started(self, loop):
        pass

    def report(self, asset, done):
        pass

    def trouble(self, loop, sentence):
        pass

    def ready(self, loop):
        pass

    def passed(self):
        pass


def send_in_a_shift(database_name, provider):
    os.environ["PGDATABASE"] = database_name
    work_shift(
        loops_of("w1", [provider])[:1],
        lambda: connect(autocommit=True),
        is_stopping=threading.Event(),
        longest_seconds=600.0,
        audience=Silent(),
    )


@pytest.fixture
def start(database, sandbox):
    """Starts processes with a shift, whose only loop is the sender's."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])
    started = []

    def start_one():
        provider = (sandbox.dsn, sandbox.api_key)
        started.append(
            processes.Process(target=send_in_a_shift, args=[database.name, provider])
        )
        started[-1].start()
        return started[-1]

    yield start_one
    for process in started:
        process.kill()
        process.join()


def wait_until(process, is_so):
    while not is_so():
        process.join(LOOK_AGAIN_SECONDS)
        assert process.is_alive()


def enroll(workspace):
    return workspace.enroll(
        workspace.campaign(INVITE, ACCEPTED),
        run_at=workspace.one("select clock_timestamp()"),
    )


def test_the_next_process_goes_on_at_once_after_a_kill_in_a_call(
    start, workspace, sandbox
):
    turn = turn_of("send_queue", sandbox.dsn)

    def state():
        return states_of_turns(workspace.connection, [turn])[turn]

    sandbox.script_fault("send_invite", delay_after_seconds=FOREVER_SECONDS)
    cut_off = enroll(workspace)
    first = start()
    wait_until(first, lambda: sandbox.journal("invite_sent"))
    second = start()
    # It waits for the call in progress, and has no sender meanwhile.
    wait_until(second, lambda: state().is_wanted)
    assert workspace.one(SENDERS) == 1

    os.kill(first.pid, signal.SIGKILL)
    first.join()
    expire_leases(workspace)
    later = enroll(workspace)
    wait_until(second, lambda: workspace.status(later) == "pending_accept")
    assert state().is_taken
    assert workspace.jobs(cut_off) == [("send_invite", "unknown")]
    assert len(sandbox.journal("invite_sent")) == 2
    assert workspace.violations() == []
