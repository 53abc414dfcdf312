"""What a sender that stays did, minute by minute.

Belongs here: the counts since the last minute that was told. Does not: showing them.
"""

from collections.abc import Callable

from trueup.sender.clocks import elapsed_seconds
from trueup.sender.drain import DrainReport

MINUTE_SECONDS = 60.0


class Minutes:
    """Tells the counts of each minute in which anything was done.

    A sender that waits still makes a round each minute, so that the last counts before
    a wait are told within two minutes.
    """

    def __init__(
        self, tell: Callable[[DrainReport], None], seconds: float = MINUTE_SECONDS
    ) -> None:
        self._tell = tell
        self._seconds = seconds
        self._told_at = elapsed_seconds()
        self._told = DrainReport()
        self._latest = DrainReport()

    def note(self, report: DrainReport) -> None:
        """Take a report that counts on; one with fewer rounds begins anew."""
        if report.rounds < self._latest.rounds:
            self.end()
            self._told = DrainReport()
        self._latest = report.copy()
        if elapsed_seconds() - self._told_at >= self._seconds:
            self.end()

    def end(self) -> None:
        """Tell what was not told yet."""
        done = self._latest.since(self._told)
        self._told, self._told_at = self._latest, elapsed_seconds()
        if not done.is_empty:
            self._tell(done)


def sentence_of(report: DrainReport) -> str:
    """The counts as one line."""
    counts = {
        "sent": report.sent,
        "unknown": report.unknown,
        "parked": report.parked,
        "refused": report.refused.total(),
        "claimed": report.claimed,
    }
    return ", ".join(f"{count} {name}" for name, count in counts.items())
