"""Midnight, a change of time zone in mid-round, and a sender with a wrong clock."""

import datetime as dt
import subprocess
import sys

import pytest

from tests.support.rows import NOON
from tests.support.sender_campaigns import (
    ACCEPTED,
    DAY,
    HOUR,
    INVITE,
    MINUTE,
    SenderWorkspace,
)
from tests.support.sender_processes import SEND, one_round, sender_environment
from trueup.unipile.client import UnipileClient

SECOND = dt.timedelta(seconds=1)
LIMIT = 3
MONDAY = NOON.date()
TUESDAY = MONDAY + DAY
# Tokyo is nine hours ahead all year.
MIDNIGHT = NOON + 3 * HOUR


@pytest.fixture
def workspace(database, sandbox):
    """An account in Tokyo with three invites a day, two of Monday's sent."""
    with database.connect(autocommit=True) as connection:
        workspace = SenderWorkspace(connection, sandbox, limits={"send_invite": LIMIT})
        connection.execute(
            "update outreach.linkedin_accounts set timezone = 'Asia/Tokyo'"
        )
        workspace.running = workspace.campaign(INVITE, ACCEPTED)
        for _ in range(2):
            workspace.enroll(workspace.running)
        workspace.drain(NOON)
        for _ in range(6):
            workspace.enroll(workspace.running)
        yield workspace


class ClockOfARound:
    """A round's work, whose claim, begin and record each happen at their own moment."""

    def __init__(self, workspace, claimed_at, begun_at, recorded_at):
        self.workspace_id = workspace.workspace_id
        self.worker = "w1"
        self.provider_dsn = workspace.sandbox.dsn
        self.batch = 100
        # Parking and beginning are one step.
        self._moments = iter([claimed_at, begun_at, begun_at, recorded_at])

    @property
    def as_of(self):
        return next(self._moments)

    def is_stopping(self):
        return False


def sent_by_day(workspace):
    return dict(
        workspace.all(
            "select counted_on, count(*) from outreach.send_attempts"
            " group by counted_on order by counted_on"
        )
    )


def counters_by_day(workspace):
    return dict(
        workspace.all("select counted_on, count from outreach.linkedin_daily_counters")
    )


@pytest.mark.parametrize(
    ("begun_at", "first_two_days"),
    [
        (MIDNIGHT - SECOND, {MONDAY: 3, TUESDAY: 3}),
        (MIDNIGHT + SECOND, {MONDAY: 2, TUESDAY: 3}),
    ],
    ids=["begun before midnight", "begun after midnight"],
)
def test_a_round_over_midnight_counts_on_the_day_on_which_it_began(
    workspace, sandbox, begun_at, first_two_days
):
    work = ClockOfARound(workspace, MIDNIGHT - 2 * SECOND, begun_at, MIDNIGHT + MINUTE)
    assert one_round(workspace, work=work).outcomes == {"sent_proven": 1}
    workspace.drain(MIDNIGHT + HOUR)
    assert sent_by_day(workspace) == counters_by_day(workspace) == first_two_days
    assert len(sandbox.journal("invite_sent")) == sum(first_two_days.values())
    assert workspace.violations() == []


class MovesTheAccount(UnipileClient):
    """Sends for real, and moves the account to another time zone meanwhile."""

    def __init__(self, workspace, zone):
        super().__init__(workspace.sandbox.dsn, workspace.sandbox.api_key)
        self._desk, self._zone = workspace, zone

    async def send_invite(self, account_id, provider_id, message=None):
        move_account(self._desk, self._zone)
        return await super().send_invite(account_id, provider_id, message)


def move_account(workspace, zone, at=MIDNIGHT - SECOND):
    workspace.connection.execute(
        "select outreach.set_account_timezone(%s, %s, %s, 'me', %s)",
        [workspace.workspace_id, workspace.account_id, zone, at],
    )


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("moment", ["between claim and begin", "during the call"])
def test_a_change_of_zone_in_mid_round_opens_no_second_day(
    workspace, sandbox, zone, moment
):
    if moment == "during the call":
        provider, work = MovesTheAccount(workspace, zone), None
    else:
        provider, work = None, MovesAfterTheClaim(workspace, zone)
    started = MIDNIGHT - 2 * SECOND
    work = work or ClockOfARound(workspace, started, started, started)
    assert one_round(workspace, provider, work=work).outcomes == {"sent_proven": 1}
    workspace.drain(MIDNIGHT - SECOND)
    assert sent_by_day(workspace) == counters_by_day(workspace) == {MONDAY: LIMIT}
    workspace.drain(MIDNIGHT + 30 * HOUR)
    assert max(sent_by_day(workspace).values()) == LIMIT
    assert sent_by_day(workspace) == counters_by_day(workspace)
    sent = sum(sent_by_day(workspace).values())
    assert len(sandbox.journal("invite_sent")) == sent == 2 * LIMIT
    assert workspace.violations() == []


class MovesAfterTheClaim(ClockOfARound):
    """The account moves when the round asks, after its claim, whether to go on."""

    def __init__(self, workspace, zone):
        super().__init__(workspace, *[MIDNIGHT - 2 * SECOND] * 3)
        self._desk, self._zone, self._is_moved = workspace, zone, False

    def is_stopping(self):
        if not self._is_moved:
            self._is_moved = True
            move_account(self._desk, self._zone)
        return False


# Runs `trueup send run` in a process whose every clock of the day is wrong.
RUN_WITH_WRONG_CLOCK = """
import datetime, runpy, sys, time
offset = float(sys.argv.pop(1))
real_time, real_datetime = time.time, datetime.datetime

class WrongDatetime(real_datetime):
    @classmethod
    def now(cls, tz=None):
        return real_datetime.now(tz) + datetime.timedelta(seconds=offset)

    @classmethod
    def utcnow(cls):
        return cls.now()

time.time = lambda: real_time() + offset
time.time_ns = lambda: int(time.time() * 1e9)
datetime.datetime = WrongDatetime
runpy.run_module("demo.cli", run_name="__main__")
"""


@pytest.mark.parametrize("hours", [2, -2])
def test_a_sender_whose_clock_is_two_hours_off_is_ruled_by_the_databases(
    database, sandbox, hours
):
    with database.connect(autocommit=True) as connection:
        workspace = SenderWorkspace(connection, sandbox)
        campaign = workspace.campaign(INVITE, ACCEPTED)
        before = workspace.one("select clock_timestamp()")
        due = workspace.enroll(campaign, run_at=before - MINUTE)
        later = workspace.enroll(campaign, run_at=before + HOUR)
        held = hold_until(workspace, campaign, before + HOUR)
        freed = hold_until(workspace, campaign, before - MINUTE)
        offset = str(hours * HOUR.total_seconds())
        sender = subprocess.run(
            [sys.executable, "-c", RUN_WITH_WRONG_CLOCK, offset, *SEND, "--once"],
            env=sender_environment(database, sandbox),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        assert sender.returncode == 0
        people = {line["provider_id"] for line in sandbox.journal("invite_sent")}
        assert people == {workspace.person(due), workspace.person(freed)}
        assert (
            workspace.jobs(later) == workspace.jobs(held) == [("send_invite", "queued")]
        )
        first, last = workspace.one(
            "select min(begun_at), max(recorded_at) from outreach.send_attempts"
            " inner join outreach.send_attempt_outcomes"
            " using (workspace_id, attempt_id)"
        )
        after = workspace.one("select clock_timestamp()")
        assert before < first < last < after
        assert workspace.violations() == []


def hold_until(workspace, campaign, moment):
    """Somebody of another account, whose invites are held until then."""
    workspace.account_id = workspace.add_account({})
    workspace.connection.execute(
        "insert into outreach.linkedin_account_holds values"
        " (%s, %s, 'send_invite', %s, 'a 429')",
        [workspace.workspace_id, workspace.account_id, moment],
    )
    return workspace.enroll(campaign, run_at=moment - 2 * HOUR)
