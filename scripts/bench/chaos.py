"""Runs senders against the sandbox while nearly everything fails, and counts wrongs.

From a seed that it prints, it kills senders, Postgres and the sandbox, freezes senders
past their lease, pauses, lowers limits, changes time zones, marks people
do-not-contact, saves the campaign and rebuilds the marts during the sends. It judges by
the sandbox's journal and by the consistency sweep; each count must be 0. The server is
an embedded one of its own, durable and with its own settings.
"""

import collections
import contextlib
import dataclasses
import datetime as dt
import multiprocessing
import os
import pathlib
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

import click
import psutil
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from demo.journal_comparison import compare_with_journal
from tests.conftest import Database
from tests.support.campaign_files import save
from tests.support.rows import make_account, make_enrollments, make_workspace
from tests.support.sender_slots import Slots, send_until_told_to_stop
from trueup.heals.consistency import consistency_violations
from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.data_directory import UnusableServerError
from trueup.postgres.migrate import migrate
from trueup.postgres.server import Server, start_server
from trueup.postgres.witness import FOLDER_VARIABLE as WITNESS_FOLDER
from trueup.sender.spool import FOLDER_VARIABLE as SPOOL_FOLDER
from unipile_sandbox.control import (
    API_KEY,
    Sandbox,
    SandboxError,
    launch_sandbox,
    stop,
    wait_until_serving,
)

DATABASE = "trueup_chaos"
SENDERS = 6
PEOPLE_OF_AN_ACCOUNT = 16
LIMIT_PER_DAY = 12
# A lease lasts 120 seconds; a call starts within 30 seconds and ends within 45 more.
FROZEN_SECONDS = 130.0
LONGEST_CALL = dt.timedelta(seconds=80)
LONGEST_PAUSE_SECONDS = 1.0
WRONGS = (
    "duplicated",
    "lost",
    "over a limit",
    "outside a window",
    "after a stop",
    "after its deadline",
    "senders that ended by themselves",
)
TEXT = """\
name: Chaos
accounts: [{accounts}]
steps:
  - id: invite
    action: send_invite
    note: "Hi {{{{firstName}}}}, shall we connect? {number}"
  - action: wait_accept
  - id: thanks
    action: send_message
    message: "Thanks, {{{{firstName}}}}! {number}"
"""
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati")

Moment = dt.datetime


@dataclasses.dataclass
class Span:
    """A time in which nothing may begin, for certain: from one commit to the next."""

    begins: Moment
    ends: Moment | None = None

    def covers(self, moment: Moment) -> bool:
        return self.begins < moment and (self.ends is None or moment < self.ends)


class World:
    """The server, the sandbox and their rows, and what was changed when."""

    def __init__(self, folder: pathlib.Path, draw: random.Random, sends: int) -> None:
        self.folder = folder
        self.draw = draw
        self.happened: collections.Counter[str] = collections.Counter()
        self.ended_count = 0
        self.server: Server = start_server(folder / "pg")
        os.environ.update(self.server.environment())
        os.environ["PGDATABASE"] = DATABASE
        ensure_database(DATABASE)
        with connect(DATABASE) as connection:
            migrate(connection)
        self.connection = connect(DATABASE, autocommit=True)
        journal = folder / "journal.jsonl"
        self.sandbox_process = launch_sandbox(journal, port=0, latency_ms=20)
        dsn = wait_until_serving(self.sandbox_process)
        self.sandbox = Sandbox(dsn, API_KEY, journal)
        self.workspace_id = make_workspace(self.connection, dsn)
        # Half as many again as the limits need: windows, pauses and kills hold back.
        count = max(SENDERS, 3 * sends // (2 * LIMIT_PER_DAY))
        self.account_ids = [self._add_account(number) for number in range(count)]
        self.saved_count = 0
        self.campaign = self.save_campaign()
        self._enroll()
        # By account: its limits of invites a day, from when on each may count.
        self.limits = {each: [(None, LIMIT_PER_DAY)] for each in self.account_ids}
        self.stops: dict[tuple[str, int], list[Span]] = collections.defaultdict(list)

    def _add_account(self, number: int) -> int:
        """Every third account's window ends or begins soon."""
        now = self.now()
        windows = [(None, "00:00", "24:00")]
        if number % 3 == 1 and now.hour < 23:
            edge = now + dt.timedelta(seconds=self.draw.randint(60, 240))
            is_open_before = number % 2 == 0
            windows = [
                (None, "00:00", f"{edge:%H:%M:%S}")
                if is_open_before
                else (None, f"{edge:%H:%M:%S}", "24:00")
            ]
        name = f"Sender {number}"
        account_id = make_account(
            self.connection,
            self.workspace_id,
            name,
            windows=windows,
            limits=[("send_invite", "day", LIMIT_PER_DAY), ("send_message", "day", 80)],
        )
        self.sandbox.register_accounts(
            [
                {
                    "id": f"acc{account_id}",
                    "name": name,
                    "provider_id": f"ACoAAsender{account_id}",
                    "public_identifier": f"sender-{account_id}",
                }
            ]
        )
        return account_id

    def _enroll(self) -> None:
        now = self.now()
        with self.connection.transaction():
            for account_id in self.account_ids:
                make_enrollments(
                    self.connection,
                    self.workspace_id,
                    account_id,
                    self.campaign.campaign_id,
                    self.campaign.step_ids[0],
                    PEOPLE_OF_AN_ACCOUNT,
                    now,
                )
        self.connection.execute("analyze")

    def now(self) -> Moment:
        return self.one("select clock_timestamp()")

    def one(self, query: str, *values: object) -> object:
        return self.connection.execute(query, values).fetchone()[0]

    def sent(self) -> int:
        return self.one(
            "select count(*) from outreach.send_attempt_outcomes where means = 'sent'"
        )

    # What happens

    def save_campaign(self) -> object:
        self.saved_count += 1
        names = ", ".join(f"Sender {n}" for n in range(len(self.account_ids)))
        text = TEXT.format(accounts=names, number=self.saved_count)
        return save(self.connection, text, None)

    def kill_postgres(self) -> None:
        """As a loss of power does: all its processes at once, then the log's replay."""
        main = psutil.Process(self.server.process.pid)
        for each in [main, *main.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        self.server.process.wait()
        self.connection.close()
        for is_last in (False, False, True):
            try:
                self.server = start_server(self.folder / "pg")
                break
            except UnusableServerError:  # the dead one's memory is not free yet
                if is_last:
                    raise
        self.connection = connect(DATABASE, autocommit=True)

    def kill_sandbox(self) -> None:
        self.sandbox_process.kill()
        stop(self.sandbox_process)
        port = int(self.sandbox.dsn.rsplit(":", 1)[1])
        self.sandbox_process = launch_sandbox(
            self.sandbox.journal_path, port=port, latency_ms=20
        )
        wait_until_serving(self.sandbox_process)

    def lower_limit(self) -> None:
        account_id = self.draw.choice(self.account_ids)
        limit = self.draw.randint(0, self.limits[account_id][-1][1])
        self.connection.execute(
            "update outreach.linkedin_account_limits set limit_count = %s"
            " where workspace_id = %s and account_id = %s and action = 'send_invite'",
            [limit, self.workspace_id, account_id],
        )
        self.limits[account_id].append((self.now(), limit))

    def change_zone(self) -> None:
        self.connection.execute(
            "select outreach.set_account_timezone(%s, %s, %s, 'chaos')",
            [
                self.workspace_id,
                self.draw.choice(self.account_ids),
                self.draw.choice(ZONES),
            ],
        )

    def pause(self) -> None:
        """Pause an account or the campaign, or resume what is paused."""
        paused = [key for key, spans in self.stops.items() if _is_open(key, spans)]
        key = ("account", self.draw.choice(self.account_ids))
        if paused and self.draw.random() < 0.6:
            key = self.draw.choice(paused)
        elif self.draw.random() < 0.1:
            key = ("campaign", self.campaign.campaign_id)
        self.set_pause(key, is_paused=key not in paused)

    def resume_campaign(self) -> None:
        key = ("campaign", self.campaign.campaign_id)
        if _is_open(key, self.stops[key]):
            self.set_pause(key, is_paused=False)

    def set_pause(self, key: tuple[str, int], *, is_paused: bool) -> None:
        if not is_paused:
            self.stops[key][-1].ends = self.now()
        self.connection.execute(
            "select outreach.set_pause(%s, %s, %s, %s, 'chaos', 'a test')",
            [self.workspace_id, *key, is_paused],
        )
        if is_paused:
            self.stops[key].append(Span(self.now()))

    def mark_do_not_contact(self) -> None:
        prospect_id = self.one(
            "select prospect_id from outreach.campaign_prospects"
            " where workspace_id = %s order by md5(enrollment_id::text || %s) limit 1",
            self.workspace_id,
            str(self.draw.random()),
        )
        self.connection.execute(
            "select outreach.mark_do_not_contact(%s, %s, 'they asked', 'chaos')",
            [self.workspace_id, prospect_id],
        )
        self.stops["prospect", prospect_id].append(Span(self.now()))

    def accept_some(self) -> None:
        """People accept at the sandbox, and the ledger hears of it."""
        now = self.now()
        for enrollment_id, account_id, provider_id in self.connection.execute(
            "select enrollments.enrollment_id, enrollments.account_id,"
            " prospects.provider_id from outreach.campaign_prospects as enrollments"
            " inner join outreach.prospects using (workspace_id, prospect_id)"
            " where enrollments.workspace_id = %s"
            " and enrollments.linkedin_status = 'pending_accept'"
            " order by md5(enrollment_id::text || %s) limit 15",
            [self.workspace_id, str(self.draw.random())],
        ).fetchall():
            self.sandbox.accept(f"acc{account_id}", provider_id)
            self.connection.execute(
                "select outreach.accept_enrollment(%s, %s, %s, 'chaos', at => %s)",
                [self.workspace_id, enrollment_id, now, now],
            )

    def stop(self) -> None:
        self.connection.close()
        stop(self.sandbox_process)
        self.server.stop()


def _is_open(key: tuple[str, int], spans: list[Span]) -> bool:
    return key[0] != "prospect" and bool(spans) and spans[-1].ends is None


def rebuild_marts(database: str) -> None:
    from dbt_common.exceptions import DbtBaseException

    from trueup.marts.dbt_in_process import DbtFailureError, run_dbt

    try:
        run_dbt(database, "run")
    except (DbtFailureError, DbtBaseException):
        sys.exit(1)  # the database was killed meanwhile


class Chaos:
    """Draws what happens next, again and again."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.slots = Slots(
            SENDERS, Database(DATABASE), world.sandbox, send_until_told_to_stop
        )
        self.frozen: dict[int, float] = {}
        self.rebuilding: multiprocessing.process.BaseProcess | None = None
        self.events: dict[str, tuple[int, Callable[[], object]]] = {
            "senders killed": (50, self.kill_sender),
            "senders frozen past the lease": (6, self.freeze_sender),
            "times Postgres was killed": (2, world.kill_postgres),
            "times the sandbox was killed": (4, world.kill_sandbox),
            "pauses and resumptions": (14, world.pause),
            "limits lowered": (8, world.lower_limit),
            "zones changed": (6, world.change_zone),
            "people marked do-not-contact": (30, world.mark_do_not_contact),
            "saves of the campaign": (4, world.save_campaign),
            "rebuilds of the marts begun": (2, self.rebuild_marts),
            "rounds of accepts": (20, world.accept_some),
        }
        self.first = list(self.events)
        world.draw.shuffle(self.first)

    def happen(self) -> None:
        name = self._draw()
        if self.events[name][1]() is not False:
            self.world.happened[name] += 1
        self.world.resume_campaign()
        self.wake(time.monotonic())
        self.world.ended_count += self.slots.replace_ended()

    def _draw(self) -> str:
        """Each event once, in any order; then by weight."""
        if self.first:
            return self.first.pop()
        names = list(self.events)
        weights = [self.events[name][0] for name in names]
        return self.world.draw.choices(names, weights)[0]

    def kill_sender(self) -> bool:
        awake = [slot for slot in range(SENDERS) if slot not in self.frozen]
        return bool(awake) and self.slots.kill(self.world.draw.choice(awake))

    def freeze_sender(self) -> bool:
        """At most half of the senders, so that the others take over."""
        awake = [slot for slot in range(SENDERS) if slot not in self.frozen]
        if len(awake) <= SENDERS // 2:
            return False
        slot = self.world.draw.choice(awake)
        self.slots.send_signal(slot, signal.SIGSTOP)
        self.frozen[slot] = time.monotonic() + FROZEN_SECONDS
        return True

    def wake(self, until: float) -> None:
        for slot in [slot for slot, at in self.frozen.items() if at <= until]:
            del self.frozen[slot]
            self.slots.send_signal(slot, signal.SIGCONT)

    def rebuild_marts(self) -> bool:
        if self.rebuilding is not None and self.rebuilding.is_alive():
            return False
        processes = multiprocessing.get_context("spawn")
        self.rebuilding = processes.Process(target=rebuild_marts, args=[DATABASE])
        self.rebuilding.start()
        return True

    def finish(self) -> None:
        """Wake and end all senders, and let one more record what they wrote down."""
        self.wake(float("inf"))
        for slot in range(SENDERS):
            self.slots.send_signal(slot, signal.SIGTERM)
        self.slots.finish()
        if self.rebuilding is not None:
            self.rebuilding.join()


# What was wrong


@dataclasses.dataclass(frozen=True)
class Sent:
    """An action that the journal tells of, with the attempt that made it."""

    account_id: int
    prospect_id: int
    campaign_id: int
    action: str
    begun_at: Moment
    counted_on: dt.date
    is_inside_window: bool
    done_at: Moment


def really_sent(world: World) -> list[Sent]:
    """Each invite and message of the journal with its attempt, oldest first."""
    done: dict[tuple[str, str, str], list[Moment]] = collections.defaultdict(list)
    for line in world.sandbox.journal():
        if line["kind"] in ("invite_sent", "message_sent"):
            key = line["kind"], line["account_id"], line.get("provider_id")
            done[key].append(dt.datetime.fromisoformat(line["at"]))
    kinds = {"send_invite": "invite_sent", "send_message": "message_sent"}
    rows = world.connection.execute(
        "select attempts.account_id, attempts.prospect_id, attempts.campaign_id,"
        " attempts.action, attempts.begun_at, attempts.counted_on,"
        " attempts.provider_account_id, attempts.recipient_provider_id,"
        # Zones change at the next midnight only: all windows are still those of UTC.
        " (attempts.begun_at at time zone 'UTC')::time >= windows.opens"
        " and (attempts.begun_at at time zone 'UTC')::time < windows.closes"
        " from outreach.attempt_states as attempts"
        " inner join outreach.linkedin_account_sending_windows as windows"
        " on windows.workspace_id = attempts.workspace_id"
        " and windows.account_id = attempts.account_id"
        " and windows.weekday"
        " = extract(isodow from attempts.begun_at at time zone 'UTC')"
        " where attempts.state <> 'unsent' and attempts.workspace_id = %s"
        " order by attempts.begun_at",
        [world.workspace_id],
    ).fetchall()
    return [
        Sent(account, prospect, campaign, action, begun, day, is_inside, times[-1])
        for account, prospect, campaign, action, begun, day, at, to, is_inside in rows
        # The note of an accepted invite is the chat's first message, without a call.
        if (times := done[kinds[action], at, to])
    ]


def wrongs_by_journal(world: World) -> Iterator[tuple[str, str]]:
    spent: collections.Counter[tuple[int, dt.date]] = collections.Counter()
    for sent in really_sent(world):
        begun = sent.begun_at
        if not sent.is_inside_window:
            yield "outside a window", f"{sent}"
        keys = (
            ("account", sent.account_id),
            ("prospect", sent.prospect_id),
            ("campaign", sent.campaign_id),
        )
        if any(span.covers(begun) for key in keys for span in world.stops[key]):
            yield "after a stop", f"{sent}"
        if sent.action == "send_invite":
            spent[sent.account_id, sent.counted_on] += 1
            in_force = limit_at(world.limits[sent.account_id], begun)
            if spent[sent.account_id, sent.counted_on] > in_force:
                yield "over a limit", f"{sent}, limit {in_force}"
            if sent.done_at - begun > LONGEST_CALL:
                yield "after its deadline", f"{sent}"


def limit_at(limits: list[tuple[Moment | None, int]], moment: Moment) -> int:
    """The limit that was in force for certain; limits only become known when set."""
    return [limit for since, limit in limits if since is None or since < moment][-1]


def wrongs_of(world: World) -> list[tuple[str, str]]:
    names = {"over_limit": "over a limit", "outside_window": "outside a window"}
    found = list(wrongs_by_journal(world))
    found += [(WRONGS[-1], "see its error above")] * world.ended_count
    for kind, _, subject, detail in [
        *consistency_violations(world.connection),
        *compare_with_journal(world.connection, world.sandbox.journal_path),
    ]:
        found.append((names.get(kind, kind), f"{subject}: {detail}"))
    return found


def run(world: World, sends: int, seconds: float) -> None:
    chaos = Chaos(world)
    started = time.monotonic()
    told = 0
    try:
        while time.monotonic() - started < seconds or world.sent() < sends:
            time.sleep(world.draw.uniform(0, LONGEST_PAUSE_SECONDS))
            with contextlib.suppress(psycopg.errors.DeadlockDetected, SandboxError):
                chaos.happen()
            if time.monotonic() - started > told + 20:
                told += 20
                click.echo(f"{told} s: {world.sent()} sent")
            if time.monotonic() - started > 3 * seconds:
                break
    finally:
        chaos.finish()


@click.command(help=__doc__)
@click.option("--sends", default=2_000, show_default=True, help="At least so many.")
@click.option("--seconds", default=240.0, show_default=True, help="At least so long.")
@click.option("--seed", default=None, type=int, help="Draws what happens and when.")
def main(sends: int, seconds: float, seed: int | None) -> None:
    """Print what happened and what was wrong; ends with 1 if anything was."""
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    click.echo(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="trueup-", dir="/tmp") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)  # the server may be another user's
        os.environ[SPOOL_FOLDER] = str(folder / "spool")
        os.environ[WITNESS_FOLDER] = str(folder / "witness")
        world = World(folder, random.Random(seed), sends)
        try:
            run(world, sends, seconds)
            world.one(
                "select 1 from outreach.expire_send_leases(%s,"
                " clock_timestamp() + '3 minutes')",
                world.workspace_id,
            )
            found = wrongs_of(world)
            for what, count in world.happened.items():
                click.echo(f"{count} {what}")
            click.echo(f"{world.sent()} sent (wanted: {sends})")
            is_short = world.sent() < sends
        finally:
            world.stop()
    counts = collections.Counter(dict.fromkeys(WRONGS, 0))
    counts.update(kind for kind, _ in found)
    for kind, count in counts.items():
        click.echo(f"{count} {kind}")
    for kind, detail in found[:20]:
        click.echo(f"{kind}: {detail}")
    sys.exit(bool(found) or is_short)


if __name__ == "__main__":
    main()
