"""The settings of a sandbox: odds, delays, and the API key that it accepts."""

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Settings:
    seed: int = 1
    api_key: str = "sandbox-key"
    v2_account_key: str = "sandbox-account-key"
    v2_service_key: str = "sandbox-service-key"
    latency_ms: int = 0
    accept_odds: float = 0.3
    accept_within_hours: float = 72.0
    # Of the people who accept, how many write, and within which time.
    reply_odds: float = 0.0
    reply_within_hours: float = 24.0
    webhook_within_hours: float = 8.0
    webhook_twice_odds: float = 0.1
    webhook_never_odds: float = 0.05
    # Version 2: the status of a refusal that the contract gives no type for.
    v2_refusal_status: int = 422


# Settings that can change while the sandbox runs; the others are fixed at its start.
CHANGEABLE = {
    "latency_ms",
    "accept_odds",
    "accept_within_hours",
    "reply_odds",
    "reply_within_hours",
    "webhook_within_hours",
    "webhook_twice_odds",
    "webhook_never_odds",
    "v2_refusal_status",
}
REFUSALS = (400, 409, 422, 429)


def changed(settings: Settings, wanted: dict[str, Any]) -> Settings:
    """The settings with these values. Raises ValueError with a sentence."""
    for name, value in wanted.items():
        if name not in CHANGEABLE:
            known = ", ".join(sorted(CHANGEABLE))
            raise ValueError(f"{name} is not a setting that can change: {known}")
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise ValueError(f"{name} must be a number of at least 0, not {value!r}")
        if name == "v2_refusal_status" and value not in REFUSALS:
            raise ValueError(f"{name} must be one of {REFUSALS}, not {value!r}")
        if name.endswith("_odds") and value > 1:
            raise ValueError(f"{name} must be at most 1, not {value!r}")
    return dataclasses.replace(settings, **wanted)
