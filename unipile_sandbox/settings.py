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
    v2_cache_seconds: float = 3_600.0
    # Calls of a route in a window of one account; 0 is no limit.
    v2_read_limit: int = 1_000
    v2_read_window_seconds: float = 3_600.0
    v2_send_limit: int = 100
    v2_send_window_seconds: float = 43_200.0
    # Rows that a page lacks, repeats, or announces beyond those that there are.
    v2_missing_rows: int = 0
    v2_repeated_rows: int = 0
    v2_announced_rows: int = 0
    # 1: lists of methods do not say how many rows they have.
    v2_uncounted: int = 0
    v2_undated_odds: float = 0.0
    # 1: of two profiles read at once, the later call gets the earlier one's.
    v2_mixes_profiles: int = 0
    # 1: Sales Navigator and Recruiter show people under ids of their own.
    v2_product_ids: int = 0
    # Webhooks of version 2. Switches are 0 or 1.
    v2_event_delay_seconds: float = 0.0
    v2_is_production: int = 1
    v2_short_envelopes: int = 0
    v2_own_event_ids: int = 0
    v2_signs_once: int = 0


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
    "v2_cache_seconds",
    "v2_read_limit",
    "v2_read_window_seconds",
    "v2_send_limit",
    "v2_send_window_seconds",
    "v2_missing_rows",
    "v2_repeated_rows",
    "v2_announced_rows",
    "v2_uncounted",
    "v2_undated_odds",
    "v2_mixes_profiles",
    "v2_product_ids",
    "v2_event_delay_seconds",
    "v2_is_production",
    "v2_short_envelopes",
    "v2_own_event_ids",
    "v2_signs_once",
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
