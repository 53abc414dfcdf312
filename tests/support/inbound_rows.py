"""What the provider tells, put straight into the inbox; and invited people.

Belongs here: arrangements that tests of events, accepts and replies share.
"""

import datetime as dt
import json

from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)
from tests.support.web_apps import message_received
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.webhooks.events import take_in_deliveries

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
STEPS = ("send_invite", "wait_accept", "send_message")


def deliver(connection, payload, at=NOON):
    """A webhook as the receiver keeps it, received at `at`."""
    deliver_all(connection, [(payload, at)])


def deliver_all(connection, story):
    """Webhooks in this order; story: (payload, received at)."""
    connection.cursor().executemany(
        "select outreach.record_webhook_deliveries(array[%s::bytea], array[null], %s)",
        [
            (json.dumps(payload, ensure_ascii=False).encode(), at)
            for payload, at in story
        ],
    )


def take_in(connection, as_of=NOON + 30 * DAY):
    """Everything that waits, read and resolved."""
    taken = take_in_deliveries(connection, as_of)
    return taken, resolve_inbound(connection, as_of)


def reply(invited, message_id, at, sender=None, **changes):
    return message_received(
        invited.provider_account,
        message_id,
        sender or invited.person,
        at,
        own=invited.owner,
        **changes,
    )


def check_constraints(connection):
    """What would be checked at commit, checked now; later writes wait for it again."""
    connection.execute("set constraints all immediate")
    connection.execute("set constraints all deferred")


class Invited:
    """One account and one person whom its campaign invited at NOON.

    Attributes: workspace_id, account_id, provider_account, campaign_id, step_ids,
    enrollment_id, person (their provider id), public (their public identifier).
    """

    def __init__(self, connection, steps=STEPS, workspace_id=None, account_id=None):
        self.connection = connection
        self.workspace_id = workspace_id or make_workspace(connection)
        limits = (
            ("send_invite", "day", 80),
            ("send_message", "day", 80),
            ("send_inmail", "day", 80),
            ("comment", "day", 80),
        )
        self.account_id = account_id or make_account(
            connection, self.workspace_id, limits=limits
        )
        self.provider_account = f"acc{self.account_id}"
        self.owner = f"ACoAA{self.workspace_id}-{self.account_id}"
        self.campaign_id, self.step_ids = make_campaign(
            connection, self.workspace_id, steps
        )
        (self.enrollment_id,) = make_enrollments(
            connection,
            self.workspace_id,
            self.account_id,
            self.campaign_id,
            self.step_ids[0],
        )
        self.prospect_id, self.person, self.public = connection.execute(
            "select prospect_id, prospects.provider_id, prospects.public_identifier"
            " from outreach.campaign_prospects"
            " inner join outreach.prospects using (workspace_id, prospect_id)"
            " where workspace_id = %s and enrollment_id = %s",
            [self.workspace_id, self.enrollment_id],
        ).fetchone()

    def send(self, at=NOON):
        assert send_one(self.connection, self.workspace_id, as_of=at) != []
        return self

    def enroll_in_another(self, steps=STEPS, run_at=None, account_id=None):
        """The same person in a second campaign, invited only if run_at is given."""
        campaign_id, step_ids = make_campaign(self.connection, self.workspace_id, steps)
        enrollment_id = self.connection.execute(
            "insert into outreach.campaign_prospects (workspace_id, campaign_id,"
            " prospect_id, account_id, current_step_id)"
            " values (%s, %s, %s, %s, %s) returning enrollment_id",
            [
                self.workspace_id,
                campaign_id,
                self.prospect_id,
                account_id or self.account_id,
                step_ids[0],
            ],
        ).fetchone()[0]
        if run_at is not None:
            self.connection.execute(
                "select outreach.queue_send_job(%s, %s, %s)",
                [self.workspace_id, enrollment_id, run_at],
            )
        return enrollment_id

    def withdraw(self, at, enrollment_id=None):
        """The invite was taken back: another campaign may invite the person."""
        self.connection.execute(
            "select outreach.record_enrollment_event(%s, %s, 'invite_withdrawn',"
            " 'test', %s, to_status => 'withdrawn')",
            [self.workspace_id, enrollment_id or self.enrollment_id, at],
        )

    def row(self, enrollment_id=None):
        """(linkedin_status, linkedin_accepted_at)."""
        return self.connection.execute(
            "select linkedin_status, linkedin_accepted_at"
            " from outreach.campaign_prospects"
            " where workspace_id = %s and enrollment_id = %s",
            [self.workspace_id, enrollment_id or self.enrollment_id],
        ).fetchone()

    def event_count(self, event_type, enrollment_id=None):
        return self.connection.execute(
            "select count(*) from outreach.campaign_events"
            " where workspace_id = %s and enrollment_id = %s and event_type = %s",
            [self.workspace_id, enrollment_id or self.enrollment_id, event_type],
        ).fetchone()[0]

    def live_jobs(self, enrollment_id=None):
        return [
            row[0]
            for row in self.connection.execute(
                "select action from outreach.campaign_send_jobs"
                " where workspace_id = %s and enrollment_id = %s and status in"
                " ('queued', 'claimed', 'sending', 'unknown', 'parked')",
                [self.workspace_id, enrollment_id or self.enrollment_id],
            )
        ]

    def credits(self):
        """Rows of (enrollment_id, is_credited, reason, after, before, at, signals)."""
        return self.connection.execute(
            "select enrollment_id, is_credited, reason, accepted_after,"
            " accepted_before, accepted_at, signals from outreach.accept_credits"
            " where workspace_id = %s order by credit_id",
            [self.workspace_id],
        ).fetchall()

    def keep_read(self, list_name, items, at, is_complete=True, subject=None):
        """A walk of a list, as it would have been kept at `at`; its id."""
        return self.connection.execute(
            "select outreach.record_provider_read(%s, %s, %s, %s, %s, %s, %s, 1, %s,"
            " %s)",
            [
                self.workspace_id,
                self.account_id,
                list_name,
                subject,
                at,
                at,
                is_complete,
                None if is_complete else "page 2: 500 unexpected_error",
                json.dumps(items),
            ],
        ).fetchone()[0]

    def poll_relations(self, at, *people):
        """A walk of the relations; people: (provider id, date or None)."""
        items = [
            {
                "provider_id": person,
                "public_identifier": f"public-{person}",
                "happened_at": happened_at and happened_at.isoformat(),
            }
            for person, happened_at in people
        ]
        read_id = self.keep_read("relations", items, at)
        return self._take("take_in_relations", read_id)

    def poll_pending(self, at, *people, is_complete=True):
        items = [{"provider_id": person, "reference": "x"} for person in people]
        read_id = self.keep_read("sent_invitations", items, at, is_complete)
        return self._take("take_in_sent_invitations", read_id)

    def _take(self, function, read_id):
        return self.connection.execute(
            f"select outreach.{function}(%s, %s)", [self.workspace_id, read_id]
        ).fetchone()[0]
