"""The clock of the sandbox: real time, faster time, or set by hand.

Accepts, late webhooks and retries are due on this clock.
"""

import dataclasses
import datetime


def iso(at: datetime.datetime) -> str:
    """ISO 8601, UTC, milliseconds and Z: the only form that the provider writes."""
    utc = at.astimezone(datetime.UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def parse_iso(text: str) -> datetime.datetime:
    """A moment with a time zone. Raises ValueError for anything else."""
    at = datetime.datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return at.astimezone(datetime.UTC)


def real_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclasses.dataclass
class VirtualClock:
    """now = virtual_at + rate × (real time since real_at)."""

    virtual_at: datetime.datetime
    real_at: datetime.datetime
    rate: float = 1.0

    @classmethod
    def following_real_time(cls, rate: float = 1.0) -> "VirtualClock":
        now = real_now()
        return cls(now, now, rate)

    def now(self) -> datetime.datetime:
        return self.virtual_at + self.rate * (real_now() - self.real_at)

    def set(self, to: datetime.datetime, rate: float | None = None) -> None:
        """Continue from `to`, at a new rate if one is given."""
        self.virtual_at = to
        self.real_at = real_now()
        if rate is not None:
            self.rate = rate

    def real_seconds_until(self, due: datetime.datetime) -> float:
        """How long to sleep; infinite if the clock is stopped."""
        ahead = (due - self.now()).total_seconds()
        if ahead <= 0:
            return 0.0
        return ahead / self.rate if self.rate > 0 else float("inf")
