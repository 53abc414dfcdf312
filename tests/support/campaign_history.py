"""Two accounts and one campaign, and what happens to them, in two parts.

Belongs here: a history with invites, an unknown send, accepts, a reversal, replies,
reads and flips, by the rules of any other writer and on the database's own clock.
"""

import datetime as dt
import json

from tests.support.inbound_rows import STEPS, deliver, take_in
from tests.support.rows import (
    DSN,
    flip,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    record,
    send_one,
)
from tests.support.web_apps import message_received, new_relation

HOUR = dt.timedelta(hours=1)
LIMITS = (("send_invite", "day", 80), ("send_message", "day", 80))


def clock(connection):
    return connection.execute("select clock_timestamp()").fetchone()[0]


class CampaignHistory:
    """Two accounts and one campaign, and what happens to them, on the real clock."""

    def __init__(self, connection):
        self.connection = connection
        self.workspace_id = make_workspace(connection)
        self.anisha = make_account(
            connection, self.workspace_id, "Anisha", limits=LIMITS
        )
        self.pinki = make_account(connection, self.workspace_id, "Pinki", limits=LIMITS)
        campaign_id, self.step_ids = make_campaign(connection, self.workspace_id, STEPS)
        self.people = make_enrollments(
            connection,
            self.workspace_id,
            self.anisha,
            campaign_id,
            self.step_ids[0],
            count=6,
            run_at=clock(connection) - HOUR,
        )

    def send(self, **answer):
        """The next due send of each account, as it was answered."""
        return send_one(
            self.connection, self.workspace_id, clock(self.connection), **answer
        )

    def accept(self, enrollment_id):
        self.connection.execute(
            "select outreach.accept_enrollment(%(workspace)s, %(enrollment)s, %(at)s,"
            " 'test', '{}', %(at)s)",
            {
                "workspace": self.workspace_id,
                "enrollment": enrollment_id,
                "at": clock(self.connection),
            },
        )

    def revert(self, enrollment_id):
        """As revert_accept does: back to its wait, and what was queued is cancelled."""
        with self.connection.transaction():
            self.connection.execute(
                "select outreach.set_job_status(jobs, 'cancelled', 'accept_reverted')"
                " from outreach.campaign_send_jobs as jobs"
                " where enrollment_id = %s and status = 'queued'",
                [enrollment_id],
            )
            self.connection.execute(
                "update outreach.campaign_prospects"
                " set linkedin_accepted_at = null, current_step_id = %s"
                " where enrollment_id = %s",
                [self.step_ids[1], enrollment_id],
            )
            self.connection.execute(
                "select outreach.record_enrollment_event(%s, %s, 'accept_reverted',"
                " 'test', %s, to_status => 'pending_accept')",
                [self.workspace_id, enrollment_id, clock(self.connection)],
            )

    def settle(self):
        """A day later all that was queued has gone; one call was never answered.

        Returns a moment after that.
        """
        later = clock(self.connection) + 24 * HOUR
        answer = {"reached": "unanswered"}
        while send_one(self.connection, self.workspace_id, later, **answer):
            answer = {}
        return later + HOUR

    def reply(self, message_id):
        person = self.connection.execute(
            "select provider_id from outreach.prospects order by prospect_id limit 1"
        ).fetchone()[0]
        at = clock(self.connection)
        message = message_received(
            f"acc{self.anisha}",
            message_id,
            person,
            at,
            own=f"ACoAA{self.workspace_id}-{self.anisha}",
        )
        deliver(self.connection, message, at)
        take_in(self.connection, clock(self.connection))

    def connect_with(self, stranger):
        """Somebody connects whom no campaign invited."""
        payload = new_relation(f"acc{self.anisha}", stranger)
        deliver(self.connection, payload, clock(self.connection))
        take_in(self.connection, clock(self.connection))

    def read_lists(self, webhooks):
        at = clock(self.connection)
        for name in ("relations", "sent_invitations"):
            self.connection.execute(
                "select outreach.record_provider_read(%s, %s, %s, null, %s, %s, true,"
                " 1, null, '[]')",
                [self.workspace_id, self.anisha, name, at, at],
            )
        self.connection.execute(
            "select outreach.record_provider_wide_read(%s, 'webhooks', 'http://us',"
            " %s, %s, true, 1, 1, null, %s)",
            [DSN, at, at, json.dumps(webhooks)],
        )


def make_first_events(history):
    for _ in range(3):
        history.send()
    history.send(reached="unanswered")
    history.accept(history.people[0])
    history.accept(history.people[1])
    history.reply("m1")
    history.connect_with("ACoAAtim")
    history.read_lists(
        [{"account_ids": [], "events": ["new_relation"], "is_sound": True}]
    )
    flip(history.connection, history.workspace_id, history.pinki, "disconnected")


def make_later_events(history):
    unknown = history.connection.execute(
        "select max(attempt_id) from outreach.send_attempts"
    ).fetchone()[0]
    at = clock(history.connection)
    record(history.connection, history.workspace_id, unknown, as_of=at)
    history.send()
    history.revert(history.people[1])
    history.accept(history.people[2])
    history.reply("m2")
    history.connect_with("ACoAAada")
    history.read_lists([])
    flip(history.connection, history.workspace_id, history.pinki, "connected")
    make_campaign(history.connection, history.workspace_id, STEPS)
