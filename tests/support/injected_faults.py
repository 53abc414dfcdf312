"""Faults as something broken leaves them, each in a workspace of its own, and its heal.

Belongs here: injecting and healing. Which marks are wanted is said with each fault;
that they come and go is `test_ten_faults.py`.
"""

import abc

from psycopg.types.json import Jsonb

from demo.incidents.accounts import make_account
from tests.campaigns.test_rearm_pending_template_fix import BROKEN_NOTE, set_note
from tests.support.campaign_files import PLAIN, account_id_of, make_senders, save
from tests.support.connected_accounts import TARGET
from tests.support.ledger_rows import loading, set_counter
from tests.support.rows import (
    NOON,
    begin,
    claim,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)
from tests.support.sender_campaigns import DAY, HOUR, MINUTE
from trueup.heals.daily_counters import heal_daily_counters
from trueup.heals.next_actions import heal_next_actions
from trueup.heals.orphans import reconcile_orphans
from trueup.inbound.webhooks.subscriptions import audit_webhooks
from trueup.postgres.connection import connect


class Fault(abc.ABC):
    """One fault in a workspace of its own; `wanted`: subject by code of the mark."""

    wanted: dict[str, str]

    def __init__(self, connection, sandbox):
        self.connection = connection
        self.sandbox = sandbox
        self.workspace_id = make_workspace(connection, self.dsn)
        self.account_id = make_account(
            connection,
            self.workspace_id,
            "Anisha",
            f"{self.workspace_id}-anisha",
            "UTC",
            NOON,
        )
        self.account = f"Anisha (account {self.account_id})"
        self.inject()

    @property
    def dsn(self):
        return self.sandbox.dsn

    @abc.abstractmethod
    def inject(self):
        """Break it."""

    @abc.abstractmethod
    def heal(self):
        """Mend it as the system would."""

    def enroll(self, run_at):
        """Somebody on the first step of a campaign; (campaign's name, enrollment)."""
        campaign_id, (step_id, _) = make_campaign(self.connection, self.workspace_id)
        (enrollment_id,) = make_enrollments(
            self.connection,
            self.workspace_id,
            self.account_id,
            campaign_id,
            step_id,
            run_at=run_at,
        )
        (name,) = self.connection.execute(
            "select name from outreach.campaigns where campaign_id = %s", [campaign_id]
        ).fetchone()
        return f"{name} (campaign {campaign_id})", enrollment_id

    def past_the_rules(self, statement, *values):
        with loading(self.connection):
            self.connection.execute(statement, values)


class InflatedCounter(Fault):
    def inject(self):
        self.enroll(NOON - HOUR)
        send_one(self.connection, self.workspace_id, NOON - HOUR, dsn=self.dsn)
        account = (self.workspace_id, self.account_id)
        set_counter(self.connection, account, NOON.date(), 142, NOON)
        self.wanted = {"counter_differs_from_the_truth": f"{self.account}, send_invite"}

    def heal(self):
        heal_daily_counters(self.connection, as_of=NOON)


class CounterWithoutEvents(Fault):
    def inject(self):
        account = (self.workspace_id, self.account_id)
        set_counter(self.connection, account, NOON.date(), 38, NOON - 3 * HOUR)
        subject = f"{self.account}, send_invite"
        self.wanted = {
            "counter_without_events_for_two_hours": subject,
            "counter_differs_from_the_truth": subject,
        }

    def heal(self):
        heal_daily_counters(self.connection, as_of=NOON)


class EnrollmentWithoutAJob(Fault):
    def inject(self):
        campaign, enrollment_id = self.enroll(NOON + HOUR)
        self.past_the_rules(
            "delete from outreach.campaign_send_jobs where enrollment_id = %s",
            enrollment_id,
        )
        self.past_the_rules(
            "update outreach.campaign_prospects set next_action_at = null"
            " where enrollment_id = %s",
            enrollment_id,
        )
        self.wanted = {"an_enrollment_has_no_live_job": campaign}

    def heal(self):
        reconcile_orphans(self.connection, as_of=NOON)


class TwoTimesThatDiffer(Fault):
    def inject(self):
        _, enrollment_id = self.enroll(NOON + 2 * HOUR)
        self.past_the_rules(
            "update outreach.campaign_prospects set next_action_at = %s"
            " where enrollment_id = %s",
            NOON + HOUR,
            enrollment_id,
        )
        self.wanted = {"next_action_at_and_run_at_differ": self.account}

    def heal(self):
        heal_next_actions(self.connection, as_of=NOON)


class StaleNextAction(Fault):
    def inject(self):
        self.enroll(NOON - HOUR)
        self.wanted = {"a_next_action_is_stale": f"{self.account}, late"}

    def heal(self):
        heal_next_actions(self.connection, as_of=NOON)


class SavedTemplate(Fault):
    """A campaign saved by today's rules, whose note somebody broke past the gate."""

    def inject(self):
        self.workspace_id = make_senders(self.connection, provider_dsn=self.dsn)
        self.text = f"workspace: {self.workspace_id}\n{PLAIN}"
        self.saved = save(self.connection, self.text, NOON - 2 * DAY)
        self.fill()
        set_note(self.connection, self.saved.campaign_id, BROKEN_NOTE)
        self.wanted = {
            "a_saved_template_no_longer_validates": (
                "PIPL Connection, step 1, note (variant A)"
            )
        } | self.wanted_of_people()

    def fill(self):
        """Nobody waits for it."""

    def wanted_of_people(self):
        return {}

    def heal(self):
        save(self.connection, self.text, NOON)


class ParkedForOverADay(SavedTemplate):
    def fill(self):
        account_id = account_id_of(self.connection, self.workspace_id)
        make_enrollments(
            self.connection,
            self.workspace_id,
            account_id,
            self.saved.campaign_id,
            self.saved.step_ids[0],
            run_at=NOON - 26 * HOUR,
        )
        error = {"code": "template_error", "message": "broken", "field": "note"}
        self.connection.execute(
            "select outreach.park_step(%s, %s, %s, 'a send', %s)",
            [
                self.workspace_id,
                self.saved.step_ids[0],
                Jsonb(error | {"template": BROKEN_NOTE}),
                NOON - 25 * HOUR,
            ],
        )

    def wanted_of_people(self):
        return {"prospects_are_parked_for_over_a_day": "PIPL Connection, step 1"}


class UnknownSend(Fault):
    def inject(self):
        at = NOON - 27 * HOUR
        self.enroll(at)
        job_ids = claim(self.connection, self.workspace_id, as_of=at, dsn=self.dsn)
        ((_, self.attempt_id, _),) = begin(
            self.connection, self.workspace_id, job_ids, as_of=at
        )
        self.connection.execute(
            "select outreach.expire_send_leases(%s, %s)",
            [self.workspace_id, at + HOUR],
        )
        self.wanted = {
            "an_unknown_send_is_older_than_a_day": f"{self.account}, send_invite"
        }

    def heal(self):
        self.connection.execute(
            "select outreach.resolve_unknown_send(%s, %s, true, 'ines',"
            " 'seen among the sent invitations', %s)",
            [self.workspace_id, self.attempt_id, NOON],
        )


class AccountNotCovered(Fault):
    """At an address of which no list of subscriptions was ever read."""

    @property
    def dsn(self):
        return self.sandbox.dsn.replace("127.0.0.1", "localhost")

    def inject(self):
        self.wanted = {"an_active_account_is_not_covered": self.account}

    def heal(self):
        audit_webhooks(
            self.connection,
            self.dsn,
            self.sandbox.api_key,
            TARGET,
            NOON,
            service_key=self.sandbox.v2_service_key,
        )


class StatusWithoutAnAuditRow(Fault):
    def inject(self):
        self.past_the_rules(
            # status-writer: on purpose, it is the fault
            "update outreach.linkedin_accounts set status = 'disconnected'"
            " where account_id = %s",
            self.account_id,
        )
        self.wanted = {"an_account_status_is_not_explained": self.account}

    def heal(self):
        self.connection.execute(
            "select outreach.flip_linkedin_account_status(%s, %s, 'connected',"
            " 'the provider says OK', 'ines', %s)",
            [self.workspace_id, self.account_id, NOON],
        )


class OpenTransaction(Fault):
    """It belongs to nobody's workspace, and is seen once it is 15 minutes old."""

    def inject(self):
        self.workspace_id = 0
        self.keeper = connect(self.connection.info.dbname)
        self.keeper.execute("set transaction isolation level repeatable read")
        self.keeper.execute("select count(*) from outreach.workspaces")
        pid = self.keeper.info.backend_pid
        self.wanted = {"a_transaction_holds_back_vacuum": f"process {pid} (trueup)"}

    def heal(self):
        self.keeper.close()


FAULTS = (
    InflatedCounter,
    CounterWithoutEvents,
    EnrollmentWithoutAJob,
    TwoTimesThatDiffer,
    StaleNextAction,
    ParkedForOverADay,
    SavedTemplate,
    UnknownSend,
    AccountNotCovered,
    StatusWithoutAnAuditRow,
    OpenTransaction,
)


# Over the 15 minutes from which on it is marked.
AGE_OF_A_TRANSACTION = 16 * MINUTE
