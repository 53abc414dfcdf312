"""Midnight, a change of time zone in mid-round, and a sender with a wrong clock."""

import datetime as dt
import subprocess
import sys

import pytest

from tests.support.rows import NOON
from tests.support.sender_campaigns import ACCEPTED, DAY, HOUR, INVITE, MINUTE, Desk
from tests.support.sender_processes import SEND, one_round, sender_environment
from trueup.unipile.client import UnipileClient
from unipile_sandbox.control import start_sandbox

SECOND = dt.timedelta(seconds=1)
LIMIT = 3
MONDAY = NOON.date()
TUESDAY = MONDAY + DAY
# Tokyo is nine hours ahead all year.
MIDNIGHT = NOON + 3 * HOUR


@pytest.fixture(scope="module")
def running_sandbox(tmp_path_factory):
    journal = tmp_path_factory.mktemp("clocks") / "journal.jsonl"
    with start_sandbox(journal) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox):
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture
def desk(database, sandbox):
    """An account in Tokyo with three invites a day, two of Monday's sent."""
    with database.connect(autocommit=True) as connection:
        desk = Desk(connection, sandbox, limits={"send_invite": LIMIT})
        connection.execute(
            "update outreach.linkedin_accounts set timezone = 'Asia/Tokyo'"
        )
        desk.running = desk.campaign(INVITE, ACCEPTED)
        for _ in range(2):
            desk.enroll(desk.running)
        desk.drain(NOON)
        for _ in range(6):
            desk.enroll(desk.running)
        yield desk


class ClockOfARound:
    """A round's work, whose claim, begin and record each happen at their own moment."""

    def __init__(self, desk, claimed_at, begun_at, recorded_at):
        self.workspace_id = desk.workspace_id
        self.worker = "w1"
        self.provider_dsn = desk.sandbox.dsn
        self.batch = 100
        # Parking and beginning are one step.
        self._moments = iter([claimed_at, begun_at, begun_at, recorded_at])

    @property
    def as_of(self):
        return next(self._moments)

    def is_stopping(self):
        return False


def sent_by_day(desk):
    return dict(
        desk.all(
            "select counted_on, count(*) from outreach.send_attempts"
            " group by counted_on order by counted_on"
        )
    )


def counters_by_day(desk):
    return dict(
        desk.all("select counted_on, count from outreach.linkedin_daily_counters")
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
    desk, sandbox, begun_at, first_two_days
):
    work = ClockOfARound(desk, MIDNIGHT - 2 * SECOND, begun_at, MIDNIGHT + MINUTE)
    assert one_round(desk, work=work).outcomes == {"sent_proven": 1}
    desk.drain(MIDNIGHT + HOUR)
    assert sent_by_day(desk) == counters_by_day(desk) == first_two_days
    assert len(sandbox.journal("invite_sent")) == sum(first_two_days.values())
    assert desk.violations() == []


class MovesTheAccount(UnipileClient):
    """Sends for real, and moves the account to another time zone meanwhile."""

    def __init__(self, desk, zone):
        super().__init__(desk.sandbox.dsn, desk.sandbox.api_key)
        self._desk, self._zone = desk, zone

    async def send_invite(self, account_id, provider_id, message=None):
        move_account(self._desk, self._zone)
        return await super().send_invite(account_id, provider_id, message)


def move_account(desk, zone, at=MIDNIGHT - SECOND):
    desk.connection.execute(
        "select outreach.set_account_timezone(%s, %s, %s, 'me', %s)",
        [desk.workspace_id, desk.account_id, zone, at],
    )


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("moment", ["between claim and begin", "during the call"])
def test_a_change_of_zone_in_mid_round_opens_no_second_day(desk, sandbox, zone, moment):
    if moment == "during the call":
        provider, work = MovesTheAccount(desk, zone), None
    else:
        provider, work = None, MovesAfterTheClaim(desk, zone)
    started = MIDNIGHT - 2 * SECOND
    work = work or ClockOfARound(desk, started, started, started)
    assert one_round(desk, provider, work=work).outcomes == {"sent_proven": 1}
    desk.drain(MIDNIGHT - SECOND)
    assert sent_by_day(desk) == counters_by_day(desk) == {MONDAY: LIMIT}
    desk.drain(MIDNIGHT + 30 * HOUR)
    assert max(sent_by_day(desk).values()) == LIMIT
    assert sent_by_day(desk) == counters_by_day(desk)
    sent = sum(sent_by_day(desk).values())
    assert len(sandbox.journal("invite_sent")) == sent == 2 * LIMIT
    assert desk.violations() == []


class MovesAfterTheClaim(ClockOfARound):
    """The account moves when the round asks, after its claim, whether to go on."""

    def __init__(self, desk, zone):
        super().__init__(desk, *[MIDNIGHT - 2 * SECOND] * 3)
        self._desk, self._zone, self._is_moved = desk, zone, False

    def is_stopping(self):
        if not self._is_moved:
            self._is_moved = True
            move_account(self._desk, self._zone)
        return False


# Runs scripts/send.py in a process whose every clock of the day is wrong.
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
sys.argv.pop(0)
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize("hours", [2, -2])
def test_a_sender_whose_clock_is_two_hours_off_is_ruled_by_the_databases(
    database, sandbox, hours
):
    with database.connect(autocommit=True) as connection:
        desk = Desk(connection, sandbox)
        campaign = desk.campaign(INVITE, ACCEPTED)
        before = desk.one("select clock_timestamp()")
        due = desk.enroll(campaign, run_at=before - MINUTE)
        later = desk.enroll(campaign, run_at=before + HOUR)
        held = hold_until(desk, campaign, before + HOUR)
        freed = hold_until(desk, campaign, before - MINUTE)
        offset = str(hours * HOUR.total_seconds())
        sender = subprocess.run(
            [sys.executable, "-c", RUN_WITH_WRONG_CLOCK, offset, SEND, "--once"],
            env=sender_environment(database, sandbox),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        assert sender.returncode == 0
        people = {line["provider_id"] for line in sandbox.journal("invite_sent")}
        assert people == {desk.person(due), desk.person(freed)}
        assert desk.jobs(later) == desk.jobs(held) == [("send_invite", "queued")]
        first, last = desk.one(
            "select min(begun_at), max(recorded_at) from outreach.send_attempts"
            " inner join outreach.send_attempt_outcomes"
            " using (workspace_id, attempt_id)"
        )
        after = desk.one("select clock_timestamp()")
        assert before < first < last < after
        assert desk.violations() == []


def hold_until(desk, campaign, moment):
    """Somebody of another account, whose invites are held until then."""
    desk.account_id = desk.add_account({})
    desk.connection.execute(
        "insert into outreach.linkedin_account_holds values"
        " (%s, %s, 'send_invite', %s, 'a 429')",
        [desk.workspace_id, desk.account_id, moment],
    )
    return desk.enroll(campaign, run_at=moment - 2 * HOUR)
