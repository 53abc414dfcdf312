"""A workspace that moves to another provider while a sender drains the old one."""

import threading

import pytest

from tests.support.sender_campaigns import ACCEPTED, INVITE, SenderWorkspace
from trueup.sender import drain
from trueup.sender.looping import send_once

ELSEWHERE = "https://api1.example.com:13111"


@pytest.fixture
def others(opened, sandbox):
    """Two workspaces of one provider, each with an invite that is due now."""
    workspaces = [SenderWorkspace(opened, sandbox) for _ in range(2)]
    for each in workspaces:
        now = each.one("select clock_timestamp()")
        each.enrollment = each.enroll(each.campaign(INVITE, ACCEPTED), run_at=now)
    return workspaces


def move(workspace):
    workspace.one(
        "select outreach.move_workspace_to_provider(%s, %s, 1, 'me', 'a test')",
        workspace.workspace_id,
        ELSEWHERE,
    )


class MovingAfterFirstRound:
    """Moves the workspace that the sender, in its own order, did not begin with."""

    def __init__(self, workspaces):
        self.stays = self.moves = None
        self.workspaces = workspaces

    def __call__(self, _report):
        if self.moves is None:
            self.moves, self.stays = sorted(
                self.workspaces,
                key=lambda each: each.status(each.enrollment) == "pending_accept",
            )
            move(self.moves)


def test_a_drain_goes_on_without_a_workspace_that_was_moved(opened, sandbox, others):
    moving = MovingAfterFirstRound(others)
    report = drain(
        opened,
        worker="w1",
        provider_dsn=sandbox.dsn,
        api_key=sandbox.api_key,
        until_seconds=60,
        on_round=moving,
    )
    stays, moves = moving.stays, moving.moves

    assert report.sent == 1
    assert stays.status(stays.enrollment) == "pending_accept"
    assert moves.status(moves.enrollment) == "ready_to_invite"
    (sentence,) = report.moved
    assert f"Workspace {moves.workspace_id} was moved" in sentence
    assert "UNIPILE_DSN" in sentence
    assert moves.one("select count(*) from outreach.linkedin_admin_alerts") == 0


def test_a_sender_says_so_once_and_goes_on(opened, sandbox, others):
    moving = MovingAfterFirstRound(others)
    told = []
    send_once(
        opened,
        worker="w1",
        providers=[(sandbox.dsn, sandbox.api_key)],
        seconds=60,
        is_stopping=threading.Event(),
        on_round=moving,
        on_trouble=told.append,
    )

    assert len(told) == 1
    assert f"Workspace {moving.moves.workspace_id} was moved" in told[0]
