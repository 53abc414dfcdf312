"""The running sandbox: its world, clock, journal and schedule.

Belongs here: writing a journal line and applying it, rebuilding all state at a restart,
and the settings. The actions themselves are in `world`.
"""

import datetime
from typing import Any

from unipile_sandbox.chance import chance_id, chance_int
from unipile_sandbox.clock import (
    VirtualClock,
    iso,
    parse_iso,
    real_now,
)
from unipile_sandbox.faults import Faults
from unipile_sandbox.journal import Journal, Line
from unipile_sandbox.records import Invitation
from unipile_sandbox.schedule import Schedule
from unipile_sandbox.settings import Settings, changed
from unipile_sandbox.state import World
from unipile_sandbox.v2.cache import Cache
from unipile_sandbox.v2.forms import SignatureForms
from unipile_sandbox.v2.limits import RateLimits


class Core:
    """The world with its clock, its journal and its schedule."""

    def __init__(
        self, journal: Journal, settings: Settings, clock_rate: float = 1.0
    ) -> None:
        """Rebuild the world from the journal, then continue."""
        self.journal = journal
        self.initial_settings = settings
        self.settings = settings
        self.clock = VirtualClock.following_real_time(clock_rate)
        self.world = World(settings.seed)
        self.schedule = Schedule()
        self.faults = Faults()
        self.cache = Cache()
        self.limits = RateLimits()
        self.signature_forms = SignatureForms()
        # Profiles of version 2 that are being read: account and person of each call.
        self.profiles_in_flight: list[tuple[str, str]] = []
        # A call that waits notices by this count that it is older than a reset.
        self.reset_count = 0
        for line in journal.lines():
            self.world.apply(line)
            self._restore(line)
        if self.clock.rate != clock_rate:
            self.set_clock(self.clock.now(), clock_rate)
        self._plan_again()

    def record(self, kind: str, **facts: Any) -> Line:  # noqa: ANN401
        """Write a line to the journal, then apply it to the world."""
        line = self.journal.append(
            {
                "kind": kind,
                "at": iso(self.clock.now()),
                "real_at": iso(real_now()),
                **facts,
            }
        )
        self.world.apply(line)
        return line

    def _restore(self, line: Line) -> None:
        if line["kind"] == "clock_set":
            self.clock.virtual_at = parse_iso(line["to"])
            self.clock.real_at = parse_iso(line["real_at"])
            self.clock.rate = line["rate"]
        elif line["kind"] == "settings":
            self.settings = changed(self.settings, line["wanted"])
        elif line["kind"] == "reset":
            self.settings = self.initial_settings

    def _plan_again(self) -> None:
        self.schedule.clear()
        for invitation in self.world.pending_by_person.values():
            self.plan_accept(invitation)
        for reply in self.world.planned_replies.values():
            self.schedule.add(reply.due_at, "reply", reply.invitation_id)
        for event in self.world.planned.values():
            self.schedule.add(event.due_at, "event", event.event_id)
        for delivery in self.world.deliveries.values():
            self.schedule.add(delivery.due_at, "delivery", delivery.delivery_id)

    def plan_accept(self, invitation: Invitation) -> None:
        if invitation.accepts_at is not None:
            self.schedule.add(invitation.accepts_at, "accept", invitation.invitation_id)

    def next_id(self, what: str) -> str:
        return chance_id(self.settings.seed, what, str(self.journal.next_seq))

    def next_number(self, what: str) -> str:
        seq = str(self.journal.next_seq)
        return str(10**18 + chance_int(self.settings.seed, what, seq) % (8 * 10**18))

    def set_clock(self, to: datetime.datetime, rate: float | None = None) -> None:
        self.clock.set(to, rate)
        self.record("clock_set", to=iso(to), rate=self.clock.rate)
        self.schedule.changed.set()

    def change_settings(self, wanted: dict[str, Any]) -> None:
        self.settings = changed(self.settings, wanted)
        self.record("settings", wanted=wanted)

    def reset(self) -> None:
        """Remove everything except the journal's numbering and the clock."""
        self.faults.clear()
        self.cache.clear()
        self.limits.clear()
        self.signature_forms.clear()
        self.profiles_in_flight = []
        self.reset_count += 1
        self.settings = self.initial_settings
        self.record("reset")
        self.schedule.clear()
