"""A sender that stays: what wakes it, and what a kill in its wait or its call costs."""

import datetime as dt
import signal

import pytest

from tests.support.sandboxes import FOREVER_SECONDS
from tests.support.sender_campaigns import ACCEPTED, INVITE
from tests.support.sender_processes import expire_leases, start_sender, wait_until
from trueup.sender.drain import DrainReport
from trueup.sender.minutes import Minutes
from trueup.sender.pace import LONGEST_PAUSE_SECONDS, pause_after

# Less than the longest wait of a sender, and enough on a machine that is busy.
EXITS_WITHIN_SECONDS = 30


@pytest.fixture
def start(database, sandbox):
    """Starts senders that stay; all are killed after the test."""
    started = []

    def start_one(**settings):
        started.append(start_sender(database, sandbox, "--forever", **settings))
        return started[-1]

    yield start_one
    for sender in started:
        sender.kill()
        sender.wait()


@pytest.fixture
def waiting(start, sandbox, workspace):
    """A sender that has sent all that was due, and the people it has invited."""
    done = enroll(workspace)
    sender = start()
    wait_until(sender, lambda: workspace.status(done) == "pending_accept")
    return sender, [done]


def enroll(workspace, run_at=None):
    now = workspace.one("select clock_timestamp()")
    return workspace.enroll(workspace.campaign(INVITE, ACCEPTED), run_at=run_at or now)


def provider_checks(sandbox):
    return len(sandbox.requests("list_accounts"))


def test_a_job_that_is_queued_and_a_job_whose_time_comes_wake_a_waiting_sender(
    waiting, workspace, sandbox
):
    sender, _ = waiting
    checks = provider_checks(sandbox)
    queued = enroll(workspace)
    wait_until(sender, lambda: workspace.status(queued) == "pending_accept")
    soon = workspace.one("select clock_timestamp()") + dt.timedelta(seconds=1)
    timed = enroll(workspace, run_at=soon)
    wait_until(sender, lambda: workspace.status(timed) == "pending_accept")

    assert provider_checks(sandbox) == checks
    sender.send_signal(signal.SIGTERM)
    assert sender.wait(EXITS_WITHIN_SECONDS) == 0
    assert workspace.violations() == []


def test_a_lifted_pause_wakes_a_waiting_sender(waiting, workspace):
    sender, _ = waiting
    pause = (
        "select outreach.set_account_pause(%s, %s, %s, 'test', 'test',"
        " clock_timestamp())"
    )
    account = workspace.workspace_id, workspace.account_id
    workspace.connection.execute(pause, [*account, True])
    held = enroll(workspace)
    workspace.connection.execute(pause, [*account, False])
    wait_until(sender, lambda: workspace.status(held) == "pending_accept")


def test_a_lost_connection_in_the_wait_is_replaced(waiting, workspace):
    sender, _ = waiting
    assert workspace.all(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where datname = current_database() and starts_with(application_name, 'send')"
    ) == [(True,)]
    queued = enroll(workspace)
    wait_until(sender, lambda: workspace.status(queued) == "pending_accept")
    assert workspace.violations() == []


def test_a_sender_killed_in_its_wait_loses_nothing_and_repeats_nothing(
    waiting, start, workspace, sandbox
):
    sender, done = waiting
    sender.kill()
    sender.wait()
    later = enroll(workspace)
    successor = start()
    wait_until(successor, lambda: workspace.status(later) == "pending_accept")
    assert len(sandbox.journal("invite_sent")) == len([*done, later])
    assert workspace.violations() == []


def test_a_sender_killed_in_a_call_leaves_it_unknown_and_nobody_repeats_it(
    waiting, start, workspace, sandbox
):
    sender, done = waiting
    sandbox.script_fault("send_invite", delay_after_seconds=FOREVER_SECONDS)
    cut_off = enroll(workspace)
    wait_until(sender, lambda: len(sandbox.journal("invite_sent")) == 2)
    sender.kill()
    sender.wait()
    expire_leases(workspace)
    later = enroll(workspace)
    successor = start()
    wait_until(successor, lambda: workspace.status(later) == "pending_accept")
    assert workspace.jobs(cut_off) == [("send_invite", "unknown")]
    assert len(sandbox.journal("invite_sent")) == len([*done, cut_off, later])
    assert workspace.violations() == []


def test_the_pause_grows_with_the_cost_of_a_look_up_to_half_a_minute():
    assert [pause_after(spent) for spent in (0.0, 0.05, 0.25)] == [1.0, 1.0, 5.0]
    assert pause_after(100.0) == LONGEST_PAUSE_SECONDS
    assert pause_after(0.0, 60.0) == 60.0


def test_minutes_tell_what_was_done_since_the_last_one_and_nothing_without_work():
    told = []
    minutes = Minutes(told.append, seconds=0.0)
    report = DrainReport(rounds=1, claimed=2)
    report.outcomes["sent_proven"] = 2
    minutes.note(report)
    report.rounds = 2
    minutes.note(report)
    report.rounds, report.claimed = 3, 5
    report.outcomes["unknown"] = 1
    minutes.note(report)
    begun_anew = DrainReport(rounds=1, claimed=1)
    minutes.note(begun_anew)
    minutes.end()

    assert [(each.claimed, each.sent, each.unknown) for each in told] == [
        (2, 2, 0),
        (3, 0, 1),
        (1, 0, 0),
    ]
