"""How old a stored result may be before the UI marks it as stale.

Belongs here: the assets that are refreshed by the clock. Does not: views, which are
live, and assets that skip while there is nothing to do.
"""

from collections.abc import Mapping
from datetime import timedelta

import dagster as dg


def _missed_twice(between_ticks: timedelta) -> dg.FreshnessPolicy:
    """Warns after one missed tick of the schedule, fails after two."""
    run_time = timedelta(minutes=15)
    return dg.FreshnessPolicy.time_window(
        warn_window=between_ticks + run_time, fail_window=2 * between_ticks + run_time
    )


_HALF_HOURLY = _missed_twice(timedelta(minutes=30))
_HOURLY = _missed_twice(timedelta(hours=1))
_DAILY = _missed_twice(timedelta(days=1))

FRESHNESS: Mapping[str, dg.FreshnessPolicy] = {
    "accounts": _HOURLY,
    "campaign_accept_stats": _HOURLY,
    "campaign_step_stats": _HOURLY,
    "campaigns": _HOURLY,
    "compared_timezone_rules": _HOURLY,
    "daily_account_counters": _HALF_HOURLY,
    "dates": _HOURLY,
    "deleted_dagster_runs": _DAILY,
    "emptied_raw_columns": _DAILY,
    "enrollments": _HOURLY,
    "healed_daily_counters": _HALF_HOURLY,
    "healed_next_actions": _HALF_HOURLY,
    "rearmed_enrollments": _HOURLY,
    "replies": _HOURLY,
    "send_forecast": _HOURLY,
    "send_proofs": _HOURLY,
    "sends": _HOURLY,
    "steps": _HOURLY,
    "template_validations": _HOURLY,
    "webhook_subscriptions": _DAILY,
}
