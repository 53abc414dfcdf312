"""51 accounts move to version 2 in the middle of a campaign, at a real sandbox.

Some are not there, some are logged out, one is known by its owner alone, one is another
person; answers of version 1 get lost before. Nobody is invited twice, and nobody is
forgotten.
"""

import collections
import datetime as dt

import pytest

from demo.journal_comparison import find_violations
from tests.support.rows import (
    NOON,
    make_account,
    make_enrollments,
    make_workspace,
)
from tests.support.sender_campaigns import MESSAGE, SenderWorkspace, step
from trueup.inbound.accounts.moving import PAUSE_REASON, move_accounts, plan_moves
from trueup.inbound.lists.unknown_sends import resolve_unknown_sends
from trueup.sender import drain
from trueup.unipile.addresses import provider_address

ACCOUNTS = 51
PEOPLE = 3  # of each account
LOST = 4
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
PAUSED = "select name from outreach.linkedin_accounts where paused_at is not null"
ADDRESSES = "select * from outreach.provider_accounts order by account_id"


class Campaign(SenderWorkspace):
    """51 accounts of one workspace, each with people to invite."""

    def __init__(self, connection, sandbox):
        self.connection = connection
        self.sandbox = sandbox
        self.v2_dsn = provider_address(sandbox.dsn, 2)
        self.workspace_id = make_workspace(connection, sandbox.dsn)
        self.account_ids = [
            make_account(connection, self.workspace_id, f"Account {number}")
            for number in range(ACCOUNTS)
        ]
        sandbox.register_accounts(
            [
                {
                    "id": f"acc{account_id}",
                    "name": f"Account {account_id}",
                    "provider_id": self.identity(account_id),
                    "public_identifier": f"account-{account_id}",
                }
                for account_id in self.account_ids
            ]
        )
        campaign_id = self.campaign(step("send_invite"))
        for account_id in self.account_ids:
            make_enrollments(
                connection,
                self.workspace_id,
                account_id,
                campaign_id,
                self.step_ids[0],
                PEOPLE,
            )

    def identity(self, account_id):
        return f"ACoAA{self.workspace_id}-{account_id}"

    def send(self, version, as_of, most_rounds=None):
        """Drain at the address of a version; only some rounds, if given."""
        rounds = []
        return drain(
            self.connection,
            worker=f"v{version}",
            provider_dsn=self.sandbox.dsn if version == 1 else self.v2_dsn,
            api_key=self.key(version),
            until_seconds=120,
            as_of=as_of,
            on_round=rounds.append,
            is_stopping=lambda: len(rounds) == most_rounds,
        )

    def key(self, version):
        return self.sandbox.api_key if version == 1 else self.sandbox.v2_account_key

    def plan(self):
        return plan_moves(self.connection, self.v2_dsn, self.key(2))

    def move(self, plans, **options):
        return list(
            move_accounts(
                self.connection, self.v2_dsn, self.key(2), plans, "me", **options
            )
        )

    def migrate_in_the_dashboard(self):
        """What the provider's own tool does, account by account; the odd ones."""
        absent, logged_out, unnamed, other = (
            self.account_ids[:2],
            self.account_ids[2:5],
            self.account_ids[5],
            self.account_ids[6],
        )
        for account_id in self.account_ids:
            if account_id in (*absent, unnamed, other):
                continue
            status = "disconnected" if account_id in logged_out else "running"
            self.sandbox.migrate_to_v2(f"acc{account_id}", status=status)
        self.sandbox.register_accounts(
            [
                {
                    "id": f"acc_{name}",
                    "version": 2,
                    "name": name,
                    "provider_id": identity,
                    "public_identifier": name,
                    **more,
                }
                for name, identity, more in (
                    ("unnamed", self.identity(unnamed), {}),
                    ("stranger", "ACoAAstranger", {"v1_account_id": f"acc{other}"}),
                )
            ]
        )
        return {
            "absent": set(absent),
            "disconnected": set(logged_out),
            "unproven": {other},
        }

    def migrate_one(self, account_id, people):
        """people: as many are in the workspace."""
        self.sandbox.migrate_to_v2(f"acc{account_id}")
        self.one(
            "select outreach.open_workspace_to_provider(%s, %s, %s, 'me', 'version 2')",
            self.workspace_id,
            self.v2_dsn,
            people,
        )
        self.move([one for one in self.plan() if one.v2_id])

    def invited(self):
        """How often each person was really invited, whichever account id did it."""
        return collections.Counter(
            line["provider_id"] for line in self.sandbox.journal("invite_sent")
        )

    def jobs_that_are(self, status):
        return self.one(
            "select count(*) from outreach.campaign_send_jobs where status = %s", status
        )

    def people(self):
        rows = self.all(
            "select provider_id from outreach.prospects where workspace_id = %s",
            self.workspace_id,
        )
        return {person for (person,) in rows}


@pytest.fixture
def campaign(database, sandbox):
    with database.connect(autocommit=True) as connection:
        yield Campaign(connection, sandbox)


def test_51_accounts_move_and_nobody_is_invited_twice_or_forgotten(campaign):
    campaign.sandbox.script_fault(
        "send_invite", commits=True, status=500, type="unexpected_error", times=LOST
    )
    campaign.send(1, NOON, most_rounds=1)
    lost = campaign.jobs_that_are("unknown")
    odd = campaign.migrate_in_the_dashboard()
    before = campaign.all(ADDRESSES)
    plans = campaign.plan()

    verdicts = collections.defaultdict(set)
    for plan in plans:
        verdicts[plan.verdict].add(plan.account.account_id)
    staying = set().union(*odd.values())
    assert verdicts == odd | {"ready": set(campaign.account_ids) - staying}
    assert before == campaign.all(ADDRESSES)

    campaign.one(
        "select outreach.open_workspace_to_provider(%s, %s, %s, 'me', 'version 2')",
        campaign.workspace_id,
        campaign.v2_dsn,
        ACCOUNTS * PEOPLE,
    )
    moved = campaign.move(plans)
    assert {one.plan.account.account_id for one in moved if one.status is None} == (
        staying
    )
    assert {one.status for one in moved} == {None, "connected"}

    for version in (1, 2):
        resolve_unknown_sends(
            campaign.connection,
            campaign.sandbox.dsn if version == 1 else campaign.v2_dsn,
            campaign.key(version),
            NOON + HOUR,
        )
        campaign.send(version, NOON + HOUR)

    assert campaign.invited() == dict.fromkeys(campaign.people(), 1)
    assert (lost, campaign.jobs_that_are("unknown")) == (LOST, 0)
    assert campaign.jobs_that_are("completed") == ACCOUNTS * PEOPLE
    assert campaign.all(PAUSED) == []
    assert find_violations(campaign.connection, campaign.sandbox.journal_path) == []


def test_what_was_interrupted_is_finished_by_the_next_run(campaign):
    """The process dies after the change of the address; nothing is forgotten."""
    (account_id, *_) = campaign.account_ids
    campaign.sandbox.migrate_to_v2(f"acc{account_id}", id="acc_first")
    (plan,) = [one for one in campaign.plan() if one.verdict == "ready"]
    campaign.one(
        "select outreach.open_workspace_to_provider(%s, %s, %s, 'me', 'version 2')",
        campaign.workspace_id,
        campaign.v2_dsn,
        ACCOUNTS * PEOPLE,
    )
    campaign.one(
        "select outreach.set_pause(%s, 'account', %s, true, 'me', %s)",
        campaign.workspace_id,
        account_id,
        PAUSE_REASON,
    )
    campaign.one(
        "select outreach.move_account_to_version_2(%s, %s, %s, %s, 'me', %s)",
        campaign.workspace_id,
        account_id,
        campaign.v2_dsn,
        plan.v2_id,
        PAUSE_REASON,
    )
    assert campaign.send(2, NOON).sent == 0

    plans = [one for one in campaign.plan() if one.verdict == "to finish"]
    (moved,) = campaign.move(plans)

    assert (moved.plan.account.account_id, moved.status) == (account_id, "connected")
    assert campaign.plan() == [
        one for one in campaign.plan() if one.verdict == "absent"
    ]
    assert campaign.send(2, NOON).sent == PEOPLE


def test_an_invite_of_version_1_is_withdrawn_by_its_id_of_version_2(campaign):
    """The same call refuses what an account received: no foreign id goes there."""
    account_id = campaign.account_ids[0]
    campaign_id = campaign.campaign(
        step("send_invite"),
        step("wait_accept", time_out="3 weeks", on_time_out="withdraw"),
    )
    make_enrollments(
        campaign.connection,
        campaign.workspace_id,
        account_id,
        campaign_id,
        campaign.step_ids[0],
        1,
    )
    campaign.send(1, NOON)
    campaign.migrate_one(account_id, people=ACCOUNTS * PEOPLE + 1)
    campaign.send(2, NOON + 22 * DAY)

    assert len(campaign.sandbox.requests("cancel_invite")) == 1
    assert len(campaign.sandbox.journal("invite_withdrawn")) == 1


def test_a_message_whose_answer_was_lost_is_found_at_version_2(campaign):
    """Its request was made under the account's old id."""
    campaign.account_id = campaign.account_ids[0]
    campaign.connection.execute(
        "insert into outreach.linkedin_account_limits"
        " (workspace_id, account_id, action, per, limit_count)"
        " values (%s, %s, 'send_message', 'day', 80)",
        [campaign.workspace_id, campaign.account_id],
    )
    enrollment_id = campaign.enroll(campaign.campaign(MESSAGE))
    campaign.connection.execute(
        "update outreach.reply_polls set read_until = %s", [NOON]
    )
    campaign.sandbox.connect_stranger(
        f"acc{campaign.account_id}", campaign.person(enrollment_id)
    )
    campaign.sandbox.script_fault(
        "start_chat", commits=True, status=500, type="unexpected_error"
    )
    campaign.send(1, NOON)
    campaign.migrate_one(campaign.account_id, people=ACCOUNTS * PEOPLE + 1)

    assert campaign.jobs(enrollment_id) == [("send_message", "unknown")]
    resolve_unknown_sends(
        campaign.connection, campaign.v2_dsn, campaign.key(2), NOON + HOUR
    )
    campaign.send(2, NOON + HOUR)
    assert campaign.jobs(enrollment_id) == [("send_message", "completed")]
    assert len(campaign.sandbox.journal("message_sent")) == 1


def test_an_account_that_a_person_paused_stays_paused(campaign):
    account_id = campaign.account_ids[0]
    campaign.sandbox.migrate_to_v2(f"acc{account_id}")
    campaign.one(
        "select outreach.open_workspace_to_provider(%s, %s, %s, 'me', 'version 2')",
        campaign.workspace_id,
        campaign.v2_dsn,
        ACCOUNTS * PEOPLE,
    )
    campaign.one(
        "select outreach.set_pause(%s, 'account', %s, true, 'me', 'a holiday')",
        campaign.workspace_id,
        account_id,
    )

    (moved,) = campaign.move([one for one in campaign.plan() if one.v2_id])

    assert moved.status == "connected"
    assert campaign.all(
        "select paused_reason from outreach.linkedin_accounts where account_id = %s",
        account_id,
    ) == [("a holiday",)]
