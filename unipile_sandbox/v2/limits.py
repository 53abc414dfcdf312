"""Unipile's own rate limits in version 2: for each account and route, in fixed windows.

Belongs here: windows and counts. A window opens with its first call. LinkedIn's limits
are refusals of another type, and are scripted as faults. The counts are in memory.
"""

import dataclasses
import datetime
import math

from unipile_sandbox.settings import Settings


@dataclasses.dataclass(frozen=True)
class Standing:
    """Where an account stands with a route after a call. reset_seconds: until the
    window ends."""

    limit: int
    remaining: int
    reset_seconds: int
    is_refused: bool = False

    def headers(self) -> dict[str, str]:
        told = {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(self.reset_seconds),
        }
        if self.is_refused:
            told["retry-after"] = str(self.reset_seconds)
        return told


class RateLimits:
    """The open windows of all accounts and routes."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], tuple[datetime.datetime, int]] = {}

    def take(
        self,
        account_id: str,
        route: str,
        now: datetime.datetime,
        allowed: tuple[int, float],
        *,
        counts: bool,
    ) -> Standing | None:
        """Count a call, unless it is answered from the cache; None without a limit.

        allowed: calls in a window, and its length in seconds.
        """
        limit, seconds = allowed
        if not limit:
            return None
        opened_at, used = self._windows.get((account_id, route), (now, 0))
        if (now - opened_at).total_seconds() >= seconds:
            opened_at, used = now, 0
        is_refused = counts and used >= limit
        if counts and not is_refused:
            used += 1
            self._windows[account_id, route] = (opened_at, used)
        left = seconds - (now - opened_at).total_seconds()
        return Standing(limit, limit - used, math.ceil(left), is_refused)

    def clear(self) -> None:
        self._windows.clear()


def allowed_calls(settings: Settings, method: str) -> tuple[int, float]:
    """Calls in a window and its length: sending has stricter ones than reading."""
    if method == "GET":
        return int(settings.v2_read_limit), settings.v2_read_window_seconds
    return int(settings.v2_send_limit), settings.v2_send_window_seconds
