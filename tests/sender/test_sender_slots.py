"""30 × kill -9 of senders in ten slots at once, against the sandbox's journal."""

import random

import pytest

from tests.support.sender_campaigns import ACCEPTED, INVITE, SenderWorkspace
from tests.support.sender_processes import expire_leases
from tests.support.sender_slots import BATCH, Slots
from unipile_sandbox.control import start_sandbox

SLOTS = 10
KILLS = 30
ACCOUNTS = 80
INVITES_PER_ACCOUNT = 4
LIMIT_PER_DAY = 3


@pytest.fixture
def sandbox(tmp_path):
    with start_sandbox(tmp_path / "journal.jsonl", latency_ms=5) as running:
        yield running


@pytest.fixture
def workspace(database, sandbox):
    with database.connect(autocommit=True) as connection:
        workspace = SenderWorkspace(
            connection, sandbox, limits={"send_invite": LIMIT_PER_DAY}
        )
        campaign = workspace.campaign(INVITE, ACCEPTED)
        now = workspace.one("select clock_timestamp()")
        for number in range(ACCOUNTS):
            if number:
                workspace.account_id = workspace.add_account(
                    {"send_invite": LIMIT_PER_DAY}
                )
            for _ in range(INVITES_PER_ACCOUNT):
                workspace.enroll(campaign, run_at=now)
        yield workspace


def test_senders_in_ten_slots_killed_30_times_send_nothing_twice_and_lose_nothing(
    database, sandbox, workspace
):
    draw = random.Random(30)
    slots = Slots(SLOTS, database, sandbox)
    kills = 0
    with open(sandbox.journal_path, encoding="utf-8") as journal:
        for _ in range(2 * KILLS):
            kills += slots.kill_after(
                draw.randrange(SLOTS), journal, draw.randint(1, 4)
            )
            if kills == KILLS:
                break
    assert kills == KILLS
    assert slots.finish() == [0] * SLOTS
    expire_leases(workspace)
    while workspace.drain(None, worker="the last").claimed:
        pass

    jobs = {
        person: status
        for person, status in workspace.all(
            "select prospects.provider_id, jobs.status"
            " from outreach.campaign_send_jobs as jobs"
            " inner join outreach.campaign_prospects as enrollments"
            " using (workspace_id, enrollment_id)"
            " inner join outreach.prospects using (workspace_id, prospect_id)"
            " where jobs.action = 'send_invite'"
        )
    }
    people = [line["provider_id"] for line in sandbox.journal("invite_sent")]
    completed = {person for person, status in jobs.items() if status == "completed"}
    unknown = {person for person, status in jobs.items() if status == "unknown"}
    assert len(people) == len(set(people))
    assert completed <= set(people) <= completed | unknown
    assert 0 < len(unknown) <= KILLS * BATCH
    # Everybody else waits for tomorrow's limit, which nobody passed.
    queued = ACCOUNTS * (INVITES_PER_ACCOUNT - LIMIT_PER_DAY)
    assert len(jobs) == len(completed) + len(unknown) + queued
    assert workspace.violations() == []
