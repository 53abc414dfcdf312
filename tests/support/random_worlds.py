"""Workspaces drawn from a seed, in which anything may hold a send back.

Belongs here: drawing rows and inserting them past the triggers, as a loader does. Does
not: what the rules should say of them.
"""

import datetime as dt
import random
import zoneinfo

from tests.support.rows import DSN, NOON

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Karachi",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
LIMITED = ("resolve_profile", "send_invite", "send_message", "send_inmail", "comment")
STEPS = (*LIMITED, "wait_accept")
# What a job on a step does, and the status in which that may be done.
JOBS = {
    "resolve_profile": (("resolve_profile",), "ready_to_invite"),
    "send_invite": (
        ("send_invite", "send_invite", "resolve_profile"),
        "ready_to_invite",
    ),
    "send_message": (("send_message",), "ready_to_message"),
    "send_inmail": (("send_inmail",), "ready_to_message"),
    "comment": (("comment",), "ready_to_message"),
    "wait_accept": (("end_wait", "withdraw_invite"), "pending_accept"),
}
ACTIVE = ("ready_to_invite", "pending_accept", "ready_to_message")
MEANINGS = {"sent": "sent_proven", "unsent": "retry_safe", "unknown": "unknown"}
TABLES = (
    "workspaces",
    "linkedin_accounts",
    "provider_accounts",
    "linkedin_account_limits",
    "linkedin_account_sending_windows",
    "linkedin_account_holds",
    "reply_polls",
    "provider_read_spending",
    "campaigns",
    "campaign_steps",
    "prospects",
    "campaign_prospects",
    "campaign_send_jobs",
    "prospect_cooldowns",
    "send_attempts",
    "send_attempt_outcomes",
)
# Ids of one world: far from those that the database deals out, and from other worlds'.
IDS_PER_WORLD = 1000


class World:
    """One workspace: its rows by table, its jobs, and a change of it."""

    def __init__(self, seed):
        self.seed = seed
        self._draw = random.Random(seed)
        self._last_id = 1_000_000_000 + seed * IDS_PER_WORLD
        self.rows = {table: [] for table in TABLES}
        self.accounts_of_jobs = {}
        self._enrollments_of_jobs = {}
        self._ended = {}
        self._version = self._draw.choice([1, 1, 1, 2])
        self.provider_dsn = DSN if self._version == 1 else f"{DSN}/v2"
        self.workspace_id = self._id()
        self._add(
            "workspaces",
            workspace_id=self.workspace_id,
            name="W",
            provider_dsn=self.provider_dsn,
        )
        self.campaigns = [self._campaign() for _ in range(2)]
        self.accounts = [self._account() for _ in range(2)]

    def __repr__(self):
        return f"World({self.seed})"

    @property
    def job_ids(self):
        return list(self.accounts_of_jobs)

    def ended_as(self, job_id):
        """The status in which change() ended the job's enrollment, if it did."""
        return self._ended.get(self._enrollments_of_jobs[job_id])

    def change(self, connection):
        """One thing, perhaps, that somebody does between a claim and its begin."""
        change = self._draw.choice([None, *CHANGES])
        if change == "end":
            enrollment_id = self._draw.choice(list(self._enrollments_of_jobs.values()))
            status = self._draw.choice(["completed", "replied", "failed", "withdrawn"])
            self._ended[enrollment_id] = status
            connection.execute("set local session_replication_role = replica")
            connection.execute(
                "update outreach.campaign_prospects set linkedin_status = %s"
                " where workspace_id = %s and enrollment_id = %s",
                [status, self.workspace_id, enrollment_id],
            )
            connection.execute("set local session_replication_role = origin")
        elif change is not None:
            connection.execute(CHANGES[change], [self.workspace_id])

    def _id(self):
        self._last_id += 1
        return self._last_id

    def _is(self, chance):
        return self._draw.random() < chance

    def _add(self, table, **row):
        self.rows[table].append({"workspace_id": self.workspace_id} | row)

    def _pause(self, chance):
        if not self._is(chance):
            return {"paused_at": None, "paused_by": None, "paused_reason": None}
        return {"paused_at": NOON - DAY, "paused_by": "me", "paused_reason": "asked"}

    def _campaign(self):
        campaign_id = self._id()
        self._add(
            "campaigns",
            campaign_id=campaign_id,
            name=f"Campaign {campaign_id}",
            status="running"
            if self._is(0.9)
            else self._draw.choice(["paused", "finished", "draft"]),
        )
        steps = {}
        for position, action in enumerate(STEPS):
            steps[action] = self._id()
            self._add(
                "campaign_steps",
                step_id=steps[action],
                campaign_id=campaign_id,
                position=position,
                action=action,
            )
        return campaign_id, steps

    def _account(self):
        account_id = self._id()
        zone = self._draw.choice(ZONES)
        self._add(
            "linkedin_accounts",
            account_id=account_id,
            name="Anisha",
            timezone=zone,
            status="connected" if self._is(0.93) else "disconnected",
            **self._pause(0.06),
        )
        if self._is(0.96):
            self._add(
                "provider_accounts",
                account_id=account_id,
                linkedin_identity=f"ACoAA{account_id}",
                provider_account_id=f"acc{account_id}",
                provider_dsn=self.provider_dsn,
                provider_version=self._version,
            )
        for weekday in range(1, 8) if self._is(0.97) else ():
            hours = (
                (0, 24) if self._is(0.7) else sorted(self._draw.sample(range(25), 2))
            )
            self._add(
                "linkedin_account_sending_windows",
                account_id=account_id,
                weekday=weekday,
                opens=f"{hours[0]:02}:00",
                closes=f"{hours[1]:02}:00",
            )
        for action in LIMITED:
            self._limits(account_id, action)
            if self._is(0.06):
                self._add(
                    "linkedin_account_holds",
                    account_id=account_id,
                    action=action,
                    held_until=NOON + self._draw.choice([-1, 0, 1, 30]) * HOUR,
                    reason="test",
                )
        is_busy = self._is(0.06)
        enrollments = [self._enrollment(account_id, is_busy) for _ in range(6)]
        for _ in range(self._draw.choice([0, 1, 3, 6])):
            self._attempt(account_id, zone, self._draw.choice(enrollments))
        is_old = self._is(0.1 if self._version == 1 else 0.5)
        # One in twenty accounts was never polled, and has no row.
        if is_old or self._is(0.95):
            self._add(
                "reply_polls",
                account_id=account_id,
                read_until=NOON - (is_old and self._draw.choice([0, 0.15, 1])) * HOUR,
                is_told=self._is(0.5),
            )
        if is_old:
            self._add(
                "provider_read_spending",
                account_id=account_id,
                purpose="replies",
                counted_on=NOON.astimezone(zoneinfo.ZoneInfo(zone)).date(),
                calls=self._draw.choice([7, 300]),
                held_until=None,
                noted_at=NOON - HOUR,
            )
        if account_id % 2:
            self._add(
                "provider_read_spending",
                account_id=account_id,
                purpose="sends",
                counted_on=NOON.astimezone(zoneinfo.ZoneInfo(zone)).date(),
                calls=100,
                held_until=None,
                noted_at=NOON - HOUR,
            )

    def _limits(self, account_id, action):
        gap = self._draw.choice(["0", "0", "0", "10 minutes", "5 hours", "30 hours"])
        spans = (("day", 0.94), ("week", 0.4), ("month", 0.3), ("outstanding", 0.3))
        for per, chance in spans:
            if self._is(chance) and (per != "outstanding" or action == "send_invite"):
                self._add(
                    "linkedin_account_limits",
                    account_id=account_id,
                    action=action,
                    per=per,
                    limit_count=self._draw.choice([0, 1, 2, 3, 80, 80, 80, 80]),
                    minimum_gap=gap if per == "day" else "0",
                )

    def _enrollment(self, account_id, is_busy):
        campaign_id, steps = self._draw.choice(self.campaigns)
        taken = {
            row["prospect_id"]
            for row in self.rows["campaign_prospects"]
            if row["campaign_id"] == campaign_id
        }
        others = [
            row["prospect_id"]
            for row in self.rows["prospects"]
            if row["prospect_id"] not in taken
        ]
        prospect_id = (
            self._draw.choice(others) if others and self._is(0.15) else self._person()
        )
        step = self._draw.choice((*STEPS, "send_invite", "send_invite", "wait_accept"))
        actions, status = JOBS[step]
        action = self._draw.choice(actions)
        job_status = self._draw.choices(
            ("queued", "claimed", "unknown", "parked", None), (85, 2, 4, 4, 5)
        )[0]
        if is_busy and not self._has_sending(account_id):
            job_status = "sending"
        if self._is(0.06):
            status = self._draw.choice(ACTIVE)
        if job_status == "parked":
            status = "pending_template_fix"
        run_at = NOON + self._draw.choice([-70, -5, -1, -1, -1, 0, 0, 2, 40]) * HOUR
        has_time = job_status not in ("parked", None)
        enrollment_id = self._id()
        self._add(
            "campaign_prospects",
            enrollment_id=enrollment_id,
            campaign_id=campaign_id,
            prospect_id=prospect_id,
            account_id=account_id,
            linkedin_status=status,
            current_step_id=steps[step],
            next_action_at=run_at if has_time else None,
            linkedin_invited_at=NOON - DAY if status == "pending_accept" else None,
            linkedin_accepted_at=NOON - DAY if status == "ready_to_message" else None,
            **self._pause(0.05),
        )
        if job_status is not None:
            self._job(account_id, enrollment_id, campaign_id, steps[step], action,
                      job_status, run_at if has_time else None)  # fmt: skip
        if self._is(0.08) and not self._is_cooled(prospect_id):
            self._add(
                "prospect_cooldowns",
                account_id=account_id,
                prospect_id=prospect_id,
                action=action,
                cooled_until=NOON + self._draw.choice([-1, 0, 1, 30]) * HOUR,
                reason="test",
            )
        return enrollment_id, campaign_id, steps[step], prospect_id, action

    def _is_cooled(self, prospect_id):
        return any(
            row["prospect_id"] == prospect_id for row in self.rows["prospect_cooldowns"]
        )

    def _has_sending(self, account_id):
        return any(
            row["account_id"] == account_id and row["status"] == "sending"
            for row in self.rows["campaign_send_jobs"]
        )

    def _person(self):
        prospect_id = self._id()
        is_marked = self._is(0.08)
        self._add(
            "prospects",
            prospect_id=prospect_id,
            provider_id=f"ACoAA{prospect_id}" if self._is(0.88) else None,
            public_identifier=f"person-{prospect_id}",
            first_name="Ada",
            do_not_contact_at=NOON - DAY if is_marked else None,
            do_not_contact_reason="asked" if is_marked else None,
        )
        return prospect_id

    def _job(self, account_id, enrollment_id, campaign_id, step_id, action, status,
             run_at):  # fmt: skip
        job_id = self._id()
        is_leased = status in ("claimed", "sending")
        self.accounts_of_jobs[job_id] = account_id
        self._enrollments_of_jobs[job_id] = enrollment_id
        self._add(
            "campaign_send_jobs",
            job_id=job_id,
            enrollment_id=enrollment_id,
            campaign_id=campaign_id,
            step_id=step_id,
            account_id=account_id,
            action=action,
            status=status,
            run_at=run_at,
            claimed_by="another" if is_leased else None,
            lease_expires_at=NOON + HOUR if is_leased else None,
        )

    def _attempt(self, account_id, zone, enrollment):
        """An earlier call for the enrollment, or for another whom nobody knows here."""
        enrollment_id, campaign_id, step_id, prospect_id, action = enrollment
        if action == "end_wait":
            return
        begun_at = NOON - self._draw.choice([0.1, 1, 3, 20, 30, 100, 170]) * HOUR
        attempt_id = self._id()
        self._add(
            "send_attempts",
            attempt_id=attempt_id,
            job_id=self._id(),
            enrollment_id=enrollment_id if self._is(0.15) else self._id(),
            campaign_id=campaign_id,
            step_id=step_id,
            prospect_id=prospect_id,
            account_id=account_id,
            action=action,
            worker="w0",
            begun_at=begun_at,
            counted_on=begun_at.astimezone(zoneinfo.ZoneInfo(zone)).date(),
            provider_account_id="acc",
            request_sha256="0",
            limit_per_day=80,
            minimum_gap="0",
            timezone=zone,
            window_weekday=1,
            window_opens="00:00",
            window_closes="24:00",
        )
        for means in self._draw.choice(
            [(), ("sent",), ("sent",), ("unsent",), ("unknown",), ("unknown", "unsent")]
        ):
            self._add(
                "send_attempt_outcomes",
                outcome_id=self._id(),
                attempt_id=attempt_id,
                outcome=MEANINGS[means],
                means=means,
                decided_by="answer",
                recorded_at=begun_at,
            )


CHANGES = {
    "end": None,
    "pause an account": "update outreach.linkedin_accounts set paused_at = now(),"
    " paused_by = 'me', paused_reason = 'holiday' where workspace_id = %s",
    "disconnect": "select outreach.flip_linkedin_account_status(workspace_id,"
    " account_id, 'restricted', 'a test', 'test') from outreach.linkedin_accounts"
    " where workspace_id = %s and paused_at is null",
    "unlink": "delete from outreach.provider_accounts where workspace_id = %s",
    "pause campaigns": "update outreach.campaigns set status = 'paused'"
    " where workspace_id = %s",
    "pause enrollments": "update outreach.campaign_prospects set paused_at = now(),"
    " paused_by = 'me', paused_reason = 'asked' where workspace_id = %s",
    "mark do-not-contact": "select outreach.set_do_not_contact(workspace_id,"
    " array_agg(prospect_id), true, 'asked', 'me', now()) from outreach.prospects"
    " where workspace_id = %s group by workspace_id",
    "forget profiles": "update outreach.prospects set provider_id = null"
    " where workspace_id = %s",
    "close windows": "delete from outreach.linkedin_account_sending_windows"
    " where workspace_id = %s",
    "lower limits": "update outreach.linkedin_account_limits set limit_count = 0"
    " where workspace_id = %s",
    "take limits away": "delete from outreach.linkedin_account_limits"
    " where workspace_id = %s",
    "lengthen gaps": "update outreach.linkedin_account_limits"
    " set minimum_gap = '200 hours' where workspace_id = %s and per = 'day'",
    "hold": "insert into outreach.linkedin_account_holds select limits.workspace_id,"
    " limits.account_id, limits.action, '2027-01-01', 'x'"
    " from outreach.linkedin_account_limits as limits where limits.workspace_id = %s"
    " and limits.per = 'day' on conflict (workspace_id, account_id, action)"
    " do update set held_until = excluded.held_until",
    "stop reading replies": "insert into outreach.reply_polls (workspace_id,"
    " account_id, read_until) select workspace_id, account_id, '-infinity'"
    " from outreach.linkedin_accounts where workspace_id = %s"
    " on conflict (workspace_id, account_id)"
    " do update set read_until = excluded.read_until",
}


def insert_worlds(connection, worlds):
    """Insert all rows past the triggers, but those of the queue's watermark.

    Then analyze them, as a bulk load does: an autovacuum may have counted the tables
    while they were empty, and joins of many rows are planned for one row then.
    """
    connection.execute("set local session_replication_role = replica")
    with connection.cursor() as cursor:
        for table in TABLES:
            rows = [row for world in worlds for row in world.rows[table]]
            if not rows:
                continue
            columns = list(rows[0])
            marks = ", ".join(f"%({column})s" for column in columns)
            cursor.executemany(
                f"insert into outreach.{table} ({', '.join(columns)})"
                f" overriding system value values ({marks})",
                rows,
            )
    connection.execute("set local session_replication_role = origin")
    tables = ", ".join(f"outreach.{table}" for table in TABLES)
    connection.execute(f"analyze {tables}")
