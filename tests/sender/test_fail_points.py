"""kill -9 at each named point of a round, and recovery: nothing twice, nothing lost."""

import os
import signal

import pytest

from tests.support.sender_campaigns import ACCEPTED, INVITE, SenderWorkspace
from tests.support.sender_processes import expire_leases, start_sender
from tests.support.versions import on_version_2
from trueup.sender import fail_points

ACCOUNTS = 3


@pytest.fixture
def workspace(database, sandbox):
    """Three accounts with two invites each that are due now."""
    with database.connect(autocommit=True) as connection:
        workspace = SenderWorkspace(connection, sandbox)
        campaign = workspace.campaign(INVITE, ACCEPTED)
        now = workspace.one("select clock_timestamp()")
        workspace.people = []
        for number in range(ACCOUNTS):
            if number:
                workspace.account_id = workspace.add_account({})
            workspace.people += [
                workspace.enroll(campaign, run_at=now) for _ in range(2)
            ]
        yield workspace


def run_sender(database, sandbox, fail_point=None):
    """A sender's exit code; it works until nothing is due, or dies where it is told."""
    wanted = {} if fail_point is None else {fail_points.VARIABLE: fail_point}
    return start_sender(database, sandbox, "--once", **wanted).wait(60)


def statuses(workspace):
    return [
        row[0]
        for row in workspace.all(
            "select status from outreach.campaign_send_jobs order by status, job_id"
        )
    ]


# Of three first invites, by where the worker died: how they stand after the lease, and
# how many of them really went out. What went out in the end is all of them, but for
# those that nobody can tell of.
DEATHS = {
    "after_claim": ("queued", 0),
    "after_begin": ("unknown", 0),
    "before_call": ("unknown", 0),
    "after_answer": ("unknown", None),
    "after_record": ("completed", 3),
}


def test_every_point_has_its_death():
    assert set(DEATHS) == set(fail_points.FAIL_POINTS)


@pytest.mark.parametrize(
    ("point", "version"),
    [
        *(pytest.param(point, 1, id=point) for point in fail_points.FAIL_POINTS),
        on_version_2("after_begin"),
        on_version_2("after_answer"),
    ],
    indirect=["version"],
)
def test_a_sender_that_dies_at_a_named_point_leaves_nothing_twice_or_lost(
    database, sandbox, workspace, point
):
    assert run_sender(database, sandbox, point) == -9
    status, sent_before = DEATHS[point]
    sent = len(sandbox.journal("invite_sent"))
    assert sent == sent_before or (sent_before is None and 1 <= sent <= ACCOUNTS)
    expire_leases(workspace)
    assert statuses(workspace).count(status) == (
        2 * ACCOUNTS if status == "queued" else ACCOUNTS
    )
    assert workspace.violations() == []

    assert run_sender(database, sandbox) == 0
    people = [line["provider_id"] for line in sandbox.journal("invite_sent")]
    assert len(people) == len(set(people))
    never_sent = ACCOUNTS - sent if status == "unknown" else 0
    assert len(people) == len(workspace.people) - never_sent
    assert set(statuses(workspace)) == {"completed"} | {status} - {"queued"}
    assert workspace.violations() == []


def test_a_point_kills_only_where_the_variable_names_it(monkeypatch):
    deaths = []
    monkeypatch.setattr(os, "kill", lambda pid, number: deaths.append((pid, number)))
    for named in (None, *fail_points.FAIL_POINTS):
        deaths.clear()
        monkeypatch.delenv(fail_points.VARIABLE, raising=False)
        if named is not None:
            monkeypatch.setenv(fail_points.VARIABLE, named)
        for point in fail_points.FAIL_POINTS:
            fail_points.reached(point)
        assert deaths == [(os.getpid(), signal.SIGKILL)] * (named is not None)
