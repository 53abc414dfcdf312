"""20 × kill -9 of a sender in mid-send, against the sandbox's journal.

Half of the accounts are called at each version of the provider's API.
"""

import collections
import contextlib
import datetime as dt
import os
import random
import subprocess

import pytest

from demo.journal_comparison import find_violations
from tests.support.faces import Version2
from tests.support.rows import (
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)
from tests.support.sender_processes import start_sender
from unipile_sandbox.control import start_sandbox

ACCOUNTS_PER_VERSION = 10
INVITES_PER_ACCOUNT = 60
KILLS = 20
# Within the call of one invite: the sandbox answers after 10 ms.
LOOK_AGAIN_SECONDS = 0.002


@pytest.fixture
def sandbox(tmp_path):
    with start_sandbox(tmp_path / "journal.jsonl", latency_ms=10) as running:
        yield running


@pytest.fixture
def faces(sandbox):
    """The sandbox at each version of the API."""
    return [sandbox, Version2(sandbox)]


@pytest.fixture
def workspaces(database, faces):
    """A workspace of each version: their ids."""
    return [make_campaign_of_many(database, face) for face in faces]


def make_campaign_of_many(database, sandbox):
    now = dt.datetime.now(dt.UTC)
    with database.connect() as connection:
        workspace_id = make_workspace(connection, sandbox.dsn)
        campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
        account_ids = [
            make_account(connection, workspace_id, name=f"Account {number}")
            for number in range(ACCOUNTS_PER_VERSION)
        ]
        for account_id in account_ids:
            make_enrollments(
                connection,
                workspace_id,
                account_id,
                campaign_id,
                step_id,
                count=INVITES_PER_ACCOUNT,
                run_at=now,
            )
    sandbox.register_accounts(
        [
            {
                "id": f"acc{account_id}",
                "name": f"Account {account_id}",
                "provider_id": f"ACoAAaccount{account_id}",
                "public_identifier": f"account-{account_id}",
            }
            for account_id in account_ids
        ]
    )
    return workspace_id


def invited_people(sandbox):
    """How often each person was really invited."""
    return collections.Counter(
        (line["account_id"], line["provider_id"])
        for line in sandbox.journal("invite_sent")
    )


def kill_in_mid_send(sender, sandbox, after_effects):
    """Kill once the journal tells of that many new invites; its exit code."""
    with open(sandbox.journal_path, encoding="utf-8") as journal:
        journal.seek(0, os.SEEK_END)
        while sender.poll() is None and after_effects > 0:
            line = journal.readline()
            after_effects -= line.count('"invite_sent"')
            if not line:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    sender.wait(LOOK_AGAIN_SECONDS)
    sender.kill()
    return sender.wait(60)


def expire_leases(connection, workspaces):
    connection.execute(
        "select outreach.expire_send_leases(workspace_id, now() + '10 minutes')"
        " from unnest(%s::bigint[]) as workspace_id",
        [workspaces],
    )


def has_queued_jobs(connection):
    return connection.execute(
        "select exists (select 1 from outreach.campaign_send_jobs"
        " where status = 'queued')"
    ).fetchone()[0]


def test_a_sender_killed_20_times_sends_nothing_twice_and_loses_nothing(
    database, sandbox, faces, workspaces
):
    draw = random.Random(273)
    kills = 0
    # A sender may end by itself: a killed one's session can hold the locks a moment.
    for _ in range(2 * KILLS):
        sender = start_sender(database, faces[kills % 2], "--once")
        kills += kill_in_mid_send(sender, sandbox, draw.randint(1, 25)) == -9
        with database.connect() as connection:
            expire_leases(connection, workspaces)
        if kills == KILLS:
            break
    assert kills == KILLS

    of_version_2 = {
        "UNIPILE_V2_DSN": faces[1].dsn,
        "UNIPILE_V2_API_KEY": faces[1].api_key,
    }
    for _ in range(KILLS):
        both = start_sender(database, sandbox, "--once", **of_version_2)
        assert both.wait(120) == 0
        with database.connect() as connection:
            expire_leases(connection, workspaces)
            if not has_queued_jobs(connection):
                break
    really_invited = invited_people(sandbox)
    with database.connect() as connection:
        expire_leases(connection, workspaces)
        jobs = {
            (account, provider_id): status
            for account, provider_id, status in connection.execute(
                "select provider_account_id, prospects.provider_id, jobs.status"
                " from outreach.campaign_send_jobs as jobs"
                " inner join outreach.campaign_prospects as enrollments"
                " using (workspace_id, enrollment_id)"
                " inner join outreach.prospects using (workspace_id, prospect_id)"
                " inner join outreach.provider_accounts as accounts"
                " on jobs.account_id = accounts.account_id"
            )
        }
        counters, attempts = connection.execute(
            "select (select sum(count) from outreach.linkedin_daily_counters),"
            " (select count(*) from outreach.send_attempts)"
        ).fetchone()

    sent_twice = [person for person, times in really_invited.items() if times > 1]
    completed = {person for person, status in jobs.items() if status == "completed"}
    unknown = {person for person, status in jobs.items() if status == "unknown"}
    assert sent_twice == []
    assert completed <= set(really_invited)
    assert set(really_invited) <= completed | unknown
    assert set(jobs) == completed | unknown
    assert 0 < len(unknown) <= KILLS * ACCOUNTS_PER_VERSION
    assert {account.startswith("acc_") for account, _ in unknown} == {False, True}
    assert counters == attempts == len(jobs)
    with database.connect() as connection:
        assert find_violations(connection, sandbox.journal_path) == []
