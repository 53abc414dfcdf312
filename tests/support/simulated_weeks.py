"""A forecast beside what a sender then does at a sandbox, on a simulated clock.

Belongs here: accounts, campaigns and people whose sends are held back by everything
that a forecast simulates; the sender's drains at each moment at which something may be
due; and the comparison. Nobody accepts or replies, because a forecast holds if nothing
changes. The test and scripts/bench/forecast.py use it.
"""

import dataclasses
import datetime as dt
import random
import statistics

import psycopg

from tests.support.rows import make_account, make_workspace
from tests.support.sender_campaigns import SenderWorkspace, step

# A sender looks at the queue every five seconds (trueup.sender.looping).
TICK = dt.timedelta(seconds=5)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
# A Friday; Europe's clocks go forward on the Sunday after it.
FRIDAY = dt.datetime(2026, 3, 27, 6, 30, tzinfo=dt.UTC)
WORK_DAYS = range(1, 6)

SENDERS = (
    {
        "name": "Anisha",
        "timezone": "Europe/Berlin",
        "windows": [(day, "09:00", "17:00") for day in WORK_DAYS],
        "limits": (
            ("send_invite", "day", 20, "8 minutes"),
            ("send_message", "day", 30, "4 minutes"),
            ("resolve_profile", "day", 60, "1 minute"),
            ("send_inmail", "day", 10, "0"),
            ("comment", "day", 10, "15 minutes"),
        ),
    },
    {
        "name": "Talha",
        "timezone": "America/New_York",
        "windows": [
            (day, *hours)
            for day in WORK_DAYS
            for hours in (("08:00", "12:00"), ("13:00", "18:00"))
        ],
        "limits": (
            ("send_invite", "day", 25, "5 minutes"),
            ("send_invite", "week", 70, "0"),
            ("send_message", "day", 25, "10 minutes"),
            ("resolve_profile", "day", 40, "2 minutes"),
            ("send_inmail", "day", 10, "0"),
            ("comment", "day", 10, "0"),
        ),
    },
    {
        "name": "Rohan",
        "timezone": "Asia/Kolkata",
        "windows": [(None, "10:00", "11:30")],
        "limits": (
            ("send_invite", "day", 30, "7 minutes"),
            ("send_message", "day", 30, "6 minutes"),
            ("resolve_profile", "day", 30, "1 minute"),
            ("send_inmail", "day", 10, "0"),
            ("comment", "day", 10, "0"),
        ),
    },
    {
        "name": "Lena",
        "timezone": "UTC",
        "windows": [(None, "00:00", "24:00")],
        "limits": (
            ("send_invite", "day", 15, "20 minutes"),
            ("send_invite", "outstanding", 60, "0"),
            ("send_message", "day", 20, "30 minutes"),
            ("send_message", "month", 45, "0"),
            ("resolve_profile", "day", 50, "0"),
            ("send_inmail", "day", 10, "0"),
            ("comment", "day", 10, "0"),
        ),
    },
)


@dataclasses.dataclass(frozen=True)
class Act:
    """One act of a forecast, and when the sender did it; None if it did not."""

    account: str
    enrollment_id: int
    act_number: int
    action: str
    blocker: str
    expected_at: dt.datetime
    earliest_at: dt.datetime
    latest_at: dt.datetime
    done_at: dt.datetime | None

    @property
    def error(self) -> dt.timedelta:
        assert self.done_at is not None
        return abs(self.done_at - self.expected_at)

    @property
    def is_inside(self) -> bool:
        return (
            self.done_at is not None
            and self.earliest_at <= self.done_at <= self.latest_at
        )


@dataclasses.dataclass(frozen=True)
class Comparison:
    """The acts of a forecast that were expected before the end, with what happened."""

    acts: list[Act]

    def of(self, act_number: int | None = None) -> "Comparison":
        return Comparison(
            [act for act in self.acts if act_number in (None, act.act_number)]
        )

    @property
    def done(self) -> list[Act]:
        return [act for act in self.acts if act.done_at is not None]

    @property
    def median_error(self) -> dt.timedelta:
        return statistics.median(act.error for act in self.done)

    @property
    def worst(self) -> Act:
        return max(self.done, key=lambda act: act.error)

    @property
    def share_inside(self) -> float:
        return sum(act.is_inside for act in self.acts) / len(self.acts)


def add_senders(
    connection: psycopg.Connection,
    sandbox: object,
    people: int,
    starts_at: dt.datetime,
    senders: tuple[dict, ...] = SENDERS,
    seed: int = 1,
) -> SenderWorkspace:
    """A workspace with these accounts, and so many people of each in four campaigns."""
    draw = random.Random(seed)
    workspace = SenderWorkspace(connection, sandbox)
    workspace.workspace_id = make_workspace(connection, sandbox.dsn)
    invite = step("send_invite", texts={"note": "Hi {{firstName}}"})
    message = step("send_message", texts={"message": "Hello {{firstName}}"})
    later = step("send_message", "1 day", {"message": "Still there, {{firstName}}?"})
    inmail = step("send_inmail", texts={"subject": "Hello", "body": "Dear you"})
    comment = step("comment", texts={"comment": "Well said"}, post="custom.post")
    times_out = step("wait_accept", time_out="2 days", on_time_out="move_on")
    withdraws = step("wait_accept", time_out="3 days", on_time_out="withdraw")
    campaigns = (
        (workspace.campaign(invite, times_out, inmail), False, None),
        (workspace.campaign(invite, withdraws), True, None),
        (workspace.campaign(message, later, later), True, "ready_to_message"),
        (workspace.campaign(comment, invite, times_out), True, None),
    )
    for sender in senders:
        workspace.account_id = _add_account(workspace, sender)
        for number in range(people):
            campaign_id, is_known, status = campaigns[number % len(campaigns)]
            is_waiting = draw.random() < 0.6
            ahead = draw.uniform(-1, 0) if is_waiting else draw.uniform(0, 5)
            enrollment_id = workspace.enroll(
                campaign_id,
                status or "ready_to_invite",
                is_known,
                {"post": f"urn:li:activity:{number}"},
                starts_at + ahead * DAY,
            )
            if status == "ready_to_message":
                sandbox.connect_stranger(
                    workspace.account, workspace.person(enrollment_id)
                )
    connection.execute("analyze")
    return workspace


def _add_account(workspace: SenderWorkspace, sender: dict) -> int:
    account_id = make_account(
        workspace.connection,
        workspace.workspace_id,
        sender["name"],
        timezone=sender["timezone"],
        windows=sender["windows"],
        limits=(),
    )
    for action, per, limit_count, gap in sender["limits"]:
        workspace.connection.execute(
            "insert into outreach.linkedin_account_limits (workspace_id, account_id,"
            " action, per, limit_count, minimum_gap) values (%s, %s, %s, %s, %s, %s)",
            [workspace.workspace_id, account_id, action, per, limit_count, gap],
        )
    workspace.sandbox.register_accounts(
        [
            {
                "id": f"acc{account_id}",
                "name": sender["name"],
                "provider_id": f"ACoAA{workspace.workspace_id}-{account_id}",
                "public_identifier": f"sender-{workspace.workspace_id}-{account_id}",
            }
        ]
    )
    return account_id


def forecast(
    workspace: SenderWorkspace, starts_at: dt.datetime, ends_at: dt.datetime
) -> list[tuple]:
    return workspace.all(
        "select accounts.name, acts.enrollment_id, acts.act_number, acts.action,"
        " acts.step_id, acts.blocker, acts.expected_at, acts.earliest_at,"
        " acts.latest_at"
        " from outreach.forecast_acts(%s, null, %s, %s) as acts"
        " inner join outreach.linkedin_accounts as accounts"
        " on accounts.workspace_id = %s and acts.account_id = accounts.account_id"
        " where acts.expected_at < %s",
        workspace.workspace_id,
        starts_at,
        ends_at,
        workspace.workspace_id,
        ends_at,
    )


def send_until(
    workspace: SenderWorkspace, starts_at: dt.datetime, ends_at: dt.datetime
) -> int:
    """Drain at each moment at which something may be due; the number of drains."""
    drains = 0
    at = starts_at
    while at is not None and at < ends_at:
        workspace.drain(at)
        drains += 1
        due_at = _next_due(workspace, at)
        at = None if due_at is None else _on_a_tick(max(due_at, at + TICK), starts_at)
    return drains


def _on_a_tick(at: dt.datetime, starts_at: dt.datetime) -> dt.datetime:
    return starts_at - (starts_at - at) // TICK * TICK


def _next_due(workspace: SenderWorkspace, at: dt.datetime) -> dt.datetime | None:
    """When a job is due next, or a gate opens for one that is due already."""
    return workspace.connection.execute(
        "with queued as (select account_id, action, run_at"
        " from outreach.campaign_send_jobs"
        " where workspace_id = %(workspace)s and status = 'queued'),"
        " due as (select distinct account_id, action from queued"
        " where run_at <= %(at)s)"
        " select min(moment) from ("
        " select run_at as moment from queued where run_at > %(at)s"
        " union all"
        " select gates.lifts_at from outreach.action_gates(%(workspace)s,"
        " array(select account_id from due), array(select action from due), %(at)s)"
        " as gates"
        ") as moments",
        {"workspace": workspace.workspace_id, "at": at},
    ).fetchone()[0]


def compare(
    workspace: SenderWorkspace, expected: list[tuple], ends_at: dt.datetime
) -> Comparison:
    """Each act of the forecast with the moment at which the sender did it."""
    done = {
        (enrollment_id, step_id, action): at
        for enrollment_id, step_id, action, at in workspace.all(
            "select enrollment_id, step_id, action, begun_at"
            " from outreach.send_attempts where workspace_id = %s"
            " union all"
            " select enrollment_id, step_id, 'end_wait', occurred_at"
            " from outreach.campaign_events"
            " where workspace_id = %s and event_type = 'wait_ended'",
            workspace.workspace_id,
            workspace.workspace_id,
        )
    }
    return Comparison(
        [
            Act(
                account, enrollment_id, act_number, action, blocker,
                expected_at, earliest_at, latest_at,
                done.get((enrollment_id, step_id, action)),
            )
            for (
                account, enrollment_id, act_number, action, step_id, blocker,
                expected_at, earliest_at, latest_at,
            ) in expected
            # What is expected just before the end may be done just after it.
            if latest_at < ends_at
        ]
    )  # fmt: skip
