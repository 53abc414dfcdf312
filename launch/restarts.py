"""When a service that ended is started again.

Belongs here: the delays, and when a service counts as recovered. Does not: starting
anything, or telling a person.
"""

from dataclasses import dataclass, field

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 60.0
RECOVERED_AFTER_SECONDS = 300.0


@dataclass
class _State:
    ends_in_a_row: int = 0
    due_at: float | None = None
    started_at: float | None = None


@dataclass
class Restarts:
    """Times are seconds on one clock that the caller reads.

    The delay doubles from `first_delay` to a minute. A service that has run for
    `recovered_after` seconds begins again with the first delay.
    """

    first_delay: float = FIRST_DELAY_SECONDS
    recovered_after: float = RECOVERED_AFTER_SECONDS
    _states: dict[str, _State] = field(default_factory=dict)

    def note_end(self, name: str, now: float) -> float:
        """Plans the next start of the service; gives the delay in seconds."""
        state = self._states.setdefault(name, _State())
        delay = self.first_delay * 2 ** min(state.ends_in_a_row, 16)
        delay = min(delay, LONGEST_DELAY_SECONDS)
        state.ends_in_a_row += 1
        state.due_at = now + delay
        state.started_at = None
        return delay

    def take_due(self, now: float) -> list[str]:
        """The services to start now."""
        due = []
        for name, state in self._states.items():
            if state.due_at is not None and state.due_at <= now:
                state.due_at = None
                due.append(name)
        return due

    def note_start(self, name: str, now: float) -> None:
        """The service runs again; one that never ended is passed over."""
        if name in self._states:
            self._states[name].started_at = now

    def take_recovered(self, now: float) -> list[str]:
        """The services that have stayed since their last start; they are forgotten."""
        recovered = [
            name
            for name, state in self._states.items()
            if state.started_at is not None
            and state.started_at + self.recovered_after <= now
        ]
        for name in recovered:
            del self._states[name]
        return recovered

    def seconds_until_next(self, now: float) -> float | None:
        """Until a start is due or a service counts as recovered; None: nothing is."""
        starts = [state.due_at for state in self._states.values()]
        recoveries = [
            state.started_at + self.recovered_after
            for state in self._states.values()
            if state.started_at is not None
        ]
        moments = [moment for moment in (*starts, *recoveries) if moment is not None]
        return max(min(moments) - now, 0.0) if moments else None
