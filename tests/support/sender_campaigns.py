"""One account at a sandbox, campaigns with any steps, and draining them over HTTP.

Belongs here: arrangements that tests of the sender's steps and outcomes share.
"""

import datetime as dt
import itertools

from psycopg.types.json import Jsonb

from demo.journal_comparison import find_violations
from tests.support.rows import NOON, make_account, make_workspace, provider_account_id
from trueup.campaigns.stamping import keep_stamps
from trueup.sender import drain
from trueup.templates import FIELDS, stamp

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
ACTIONS = ("resolve_profile", "send_invite", "send_message", "send_inmail", "comment")
_numbers = itertools.count(1)


def step(action, delay="0", texts=None, **settings):
    """texts: {field: text}, or {variant: {field: text}} for several wordings."""
    return {"action": action, "delay": delay, "texts": texts or {}, "set": settings}


INVITE = step("send_invite", texts={"note": "Hi {{firstName}}"})
ACCEPTED = step("wait_accept")
MESSAGE = step("send_message", texts={"message": "Thanks, {{firstName}}"})
INMAIL = step("send_inmail", texts={"subject": "Hello", "body": "Dear {{firstName}}"})
COMMENT = step("comment", texts={"comment": "Well said"}, post="custom.post")


class NoSandbox:
    """An address where nothing answers, in place of a sandbox."""

    dsn, api_key = "http://127.0.0.1:9", "key"

    def register_accounts(self, accounts):
        pass


class SenderWorkspace:
    """One account with high limits; every step of a drain at the clock it is given."""

    def __init__(self, connection, sandbox, limits=None):
        """limits: by action, per day."""
        self.connection = connection
        self.sandbox = sandbox
        self.dsn, self.api_key = sandbox.dsn, sandbox.api_key
        self.workspace_id = make_workspace(connection, self.dsn)
        self.account_id = self.add_account(limits or {})
        self.step_ids = []

    @property
    def account(self):
        return provider_account_id(self.dsn, self.account_id)

    def add_account(self, limits):
        account_id = make_account(
            self.connection,
            self.workspace_id,
            limits=[(action, "day", limits.get(action, 80)) for action in ACTIONS],
        )
        self.sandbox.register_accounts(
            [
                {
                    "id": f"acc{account_id}",
                    "name": "Anisha Rao",
                    "provider_id": f"ACoAA{self.workspace_id}-{account_id}",
                    "public_identifier": f"anisha-{account_id}",
                    "premium_features": ["premium", "sales_navigator"],
                }
            ]
        )
        return account_id

    def campaign(self, *steps):
        """A running campaign with these steps; its id. The steps' ids: step_ids."""
        campaign_id = self.connection.execute(
            "insert into outreach.campaigns (workspace_id, name, status)"
            " values (%s, %s, 'running') returning campaign_id",
            [self.workspace_id, f"Campaign {next(_numbers)}"],
        ).fetchone()[0]
        self.step_ids = [
            self._step(campaign_id, position, each)
            for position, each in enumerate(steps)
        ]
        return campaign_id

    def _step(self, campaign_id, position, wanted):
        step_id = self.connection.execute(
            "insert into outreach.campaign_steps (workspace_id, campaign_id, position,"
            " action, delay, settings) values (%s, %s, %s, %s, %s, %s)"
            " returning step_id",
            [
                self.workspace_id,
                campaign_id,
                position,
                wanted["action"],
                wanted["delay"],
                Jsonb(wanted["set"]),
            ],
        ).fetchone()[0]
        texts = wanted["texts"]
        if not any(isinstance(each, dict) for each in texts.values()):
            texts = {"A": texts}
        for variant, fields in texts.items():
            for field, text in fields.items():
                self.save_text(step_id, variant, field, text)
        return step_id

    def save_text(self, step_id, variant, field, text):
        keep_stamps(self.connection, self.workspace_id, [stamp(text, FIELDS, [])])
        self.connection.execute(
            "insert into outreach.campaign_step_templates (workspace_id, step_id,"
            " variant, field, template, validation_stamp, validated_at)"
            " values (%s, %s, %s, %s, %s, %s, now())"
            " on conflict (workspace_id, step_id, variant, field) do update set"
            " template = excluded.template,"
            " validation_stamp = excluded.validation_stamp",
            [self.workspace_id, step_id, variant, field, text, stamp(text, FIELDS, [])],
        )

    def enroll(self, campaign_id, status=None, is_known=True, custom=None, run_at=NOON):
        """Somebody on the campaign's first step, due at run_at; their enrollment's id.

        is_known: whether their provider id was resolved before.
        """
        with self.connection.transaction():
            number = next(_numbers)
            prospect_id = self.connection.execute(
                "insert into outreach.prospects (workspace_id, provider_id,"
                " public_identifier, first_name, custom)"
                " values (%s, %s, %s, 'Ada', %s) returning prospect_id",
                [
                    self.workspace_id,
                    f"ACoAAperson{number}" if is_known else None,
                    f"person-{number}",
                    Jsonb(custom or {}),
                ],
            ).fetchone()[0]
            enrollment_id = self.connection.execute(
                "insert into outreach.campaign_prospects (workspace_id, campaign_id,"
                " prospect_id, account_id, current_step_id, linkedin_status)"
                " select %s, %s, %s, %s, step_id, coalesce(%s, case"
                " when action in ('resolve_profile', 'send_invite')"
                " then 'ready_to_invite' else 'ready_to_message' end)"
                " from outreach.campaign_steps where campaign_id = %s"
                " order by position limit 1 returning enrollment_id",
                [
                    self.workspace_id,
                    campaign_id,
                    prospect_id,
                    self.account_id,
                    status,
                    campaign_id,
                ],
            ).fetchone()[0]
            self.connection.execute(
                "select outreach.queue_send_job(%s, %s, %s)",
                [self.workspace_id, enrollment_id, run_at],
            )
        return enrollment_id

    def drain(self, as_of=NOON, worker="w1", **options):
        return drain(
            self.connection,
            worker=worker,
            provider_dsn=self.dsn,
            api_key=self.api_key,
            until_seconds=60,
            as_of=as_of,
            **options,
        )

    # What came of it

    def one(self, query, *values):
        row = self.connection.execute(query, values).fetchone()
        return row[0] if row is not None and len(row) == 1 else row

    def all(self, query, *values):
        return self.connection.execute(query, values).fetchall()

    def status(self, enrollment_id):
        return self.one(
            "select linkedin_status from outreach.campaign_prospects"
            " where enrollment_id = %s",
            enrollment_id,
        )

    def jobs(self, enrollment_id):
        """Each job's action and status, in the order in which they were made."""
        return self.all(
            "select action, status from outreach.campaign_send_jobs"
            " where enrollment_id = %s order by job_id",
            enrollment_id,
        )

    def due(self, enrollment_id):
        return self.one(
            "select next_action_at from outreach.campaign_prospects"
            " where enrollment_id = %s",
            enrollment_id,
        )

    def events(self, enrollment_id):
        """What happened, but for the steps it took."""
        return [
            row[0]
            for row in self.all(
                "select event_type from outreach.campaign_events"
                " where enrollment_id = %s and event_type not in"
                " ('enrolled', 'advanced', 'completed') order by event_id",
                enrollment_id,
            )
        ]

    def outcomes(self):
        return [
            row[0]
            for row in self.all(
                "select outcome from outreach.send_attempt_outcomes order by outcome_id"
            )
        ]

    def person(self, enrollment_id):
        return self.one(
            "select prospects.provider_id from outreach.prospects"
            " inner join outreach.campaign_prospects using (workspace_id, prospect_id)"
            " where enrollment_id = %s",
            enrollment_id,
        )

    def public(self, enrollment_id):
        return self.one(
            "select prospects.public_identifier from outreach.prospects"
            " inner join outreach.campaign_prospects using (workspace_id, prospect_id)"
            " where enrollment_id = %s",
            enrollment_id,
        )

    def counter(self, action):
        return self.one(
            "select coalesce(sum(count), 0) from outreach.linkedin_daily_counters"
            " where workspace_id = %s and action = %s",
            self.workspace_id,
            action,
        )

    def accept(self, enrollment_id, at):
        """The person accepts at the provider, and part of us hears of it."""
        self.sandbox.accept(self.account, self.person(enrollment_id))
        self.receive_accept(enrollment_id, at)

    def receive_accept(self, enrollment_id, at):
        return self.one(
            "select outreach.accept_enrollment(%s, %s, %s, 'test', at => %s)",
            self.workspace_id,
            enrollment_id,
            at,
            at,
        )

    def routes(self):
        """The API calls that were made, but for the look at the key."""
        return [
            line["route"]
            for line in self.sandbox.requests()
            if line["route"] != "list_accounts"
        ]

    def violations(self):
        return find_violations(self.connection, self.sandbox.journal_path)
