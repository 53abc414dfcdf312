"""The run that stays: it sends, takes in webhooks, polls and delivers.

Belongs here: the op, and what its run shows while it works. Does not: the loops
(`trueup.staying`), or when a run starts (`schedules/staying.py`). Imports no
dagster_dbt: the sender's location loads this.
"""

from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg
import psycopg
from psycopg.types.json import Jsonb

from dagster_project.assets.accounts import refresh_metadata
from dagster_project.assets.endpoints import delivery_metadata
from dagster_project.assets.inbound import (
    accept_metadata,
    intake_metadata,
    poll_metadata,
    reply_metadata,
)
from dagster_project.assets.send_queue import drain_metadata
from dagster_project.assets.webhooks import audit_metadata
from dagster_project.resources import Postgres, Provider
from trueup.inbound.settings import UnusableSettingError
from trueup.postgres.connection import UnusableDatabaseError
from trueup.sender.clocks import elapsed_seconds
from trueup.sender.stopping import stopping_on_signals
from trueup.staying.shift import Ending, work_shift
from trueup.staying.work import loops_of

# A run is relieved by the next one, which starts half an hour after it. Without one it
# ends by itself, before Dagster ends it.
LONGEST_SECONDS = 3_300.0
SECONDS_BETWEEN_REPORTS = 60.0
# A trouble that is over sooner is in the run's log alone.
ALERT_AFTER_SECONDS = 30.0
WORK_FAILED = "work_failed"
_WHAT_TO_DO = (
    "What to do: read the sentence; the log of the run of keep_working has more. The "
    "work is tried again at least each minute by itself, and its success closes this "
    "alert."
)

_ENDINGS: Mapping[Ending, str] = {
    "stopped": "The run was told to stop.",
    "relieved": "The next run goes on with the work.",
    "time is up": "No next run came in time; the schedule starts one.",
    "turns lost": (
        "The session that holds the turns has ended, with the database or because this "
        "process stood still. The schedule starts the next run."
    ),
}

Metadata = dict[str, Any]
_METADATA: Mapping[str, Callable[[psycopg.Connection, Any], Metadata]] = {
    "send_queue": lambda _, report: drain_metadata(report),
    "inbound_events": lambda _, report: intake_metadata(report),
    "resolved_accepts": accept_metadata,
    "refreshed_accounts": lambda connection, done: refresh_metadata(
        connection, done.logins, done.accounts, done.restored
    ),
    "polled_replies": reply_metadata,
    "polled_lists": poll_metadata,
    "endpoint_deliveries": lambda _, report: delivery_metadata(report),
    "webhook_subscriptions": lambda _, report: audit_metadata(report),
}


@dg.op
def work_all_loops(
    context: dg.OpExecutionContext,
    postgres: dg.ResourceParam[Postgres],
    provider: dg.ResourceParam[Provider],
) -> None:
    """Sends, webhooks, polls and deliveries, each as soon as it is due.

    Each asset gets a materialization for each minute in which something was done for
    it. The run ends when the next one waits for its turns.
    """
    try:
        providers = provider.pairs()
    except UnusableSettingError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    run = RunAudience(context, postgres)
    with stopping_on_signals(passes_on=True) as is_stopping:
        ending = work_shift(
            loops_of(f"dagster {context.run.run_id[:8]}", providers),
            postgres.connect,
            is_stopping=is_stopping,
            longest_seconds=LONGEST_SECONDS,
            audience=run,
        )
        run.show()
    context.log.info(_ENDINGS[ending])


class RunAudience:
    """Shows in the run, and in alerts, what the loops tell."""

    def __init__(
        self,
        context: dg.OpExecutionContext,
        postgres: Postgres,
        *,
        alert_after_seconds: float = ALERT_AFTER_SECONDS,
    ) -> None:
        self._context = context
        self._postgres = postgres
        self._alert_after_seconds = alert_after_seconds
        self._shown_at = elapsed_seconds()
        self._reports: dict[str, list[object]] = {}
        # By loop: when the trouble began, and its newest sentence.
        self._troubles: dict[str, tuple[float, str]] = {}

    def started(self, loop: str) -> None:
        self._context.log.info(f"{loop}: this run has the turn.")

    def report(self, asset: str, done: object) -> None:
        self._reports.setdefault(asset, []).append(done)

    def trouble(self, loop: str, sentence: str) -> None:
        self._context.log.warning(f"{loop}: {sentence}")
        since, _ = self._troubles.get(loop, (elapsed_seconds(), ""))
        self._troubles[loop] = since, sentence

    def ready(self, loop: str) -> None:
        if self._troubles.pop(loop, None) is not None:
            self._context.log.info(f"{loop}: the trouble is over.")
        # Also what an earlier run has told.
        self._tell("select outreach.resolve_admin_alert(0, %s, %s)", WORK_FAILED, loop)

    def passed(self) -> None:
        now = elapsed_seconds()
        for loop, (since, sentence) in self._troubles.items():
            if now - since >= self._alert_after_seconds:
                self._troubles[loop] = float("inf"), sentence  # told once
                self._tell(
                    "select outreach.open_admin_alert(0, %s, %s, %s, %s)",
                    WORK_FAILED,
                    loop,
                    f"{loop} does not go on: {sentence}",
                    Jsonb({"what_to_do": _WHAT_TO_DO}),
                )
        if now - self._shown_at >= SECONDS_BETWEEN_REPORTS:
            self.show()

    def show(self) -> None:
        """A line and a materialization for each asset for which something was done."""
        self._shown_at = elapsed_seconds()
        if not self._reports:
            return
        reports, self._reports = self._reports, {}
        with self._postgres.connect() as connection:
            for asset, done in reports.items():
                metadata = merged([_METADATA[asset](connection, one) for one in done])
                counts = [
                    f"{count} {name}"
                    for name, count in metadata.items()
                    if type(count) is int and count
                ]
                if counts:
                    self._context.log.info(f"{asset}: {', '.join(counts)}")
                    self._context.log_event(
                        dg.AssetMaterialization(asset_key=asset, metadata=metadata)
                    )

    def _tell(self, call: str, *values: object) -> None:
        try:
            with self._postgres.connect() as connection:
                connection.execute(call, values)
        except (UnusableDatabaseError, psycopg.Error) as error:
            self._context.log.warning(f"The alert could not be written: {error}")


def merged(metadata: list[Metadata]) -> Metadata:
    """One minute's metadata: counts are added, of the rest the last one stays."""
    together: Metadata = {}
    for one in metadata:
        for name, value in one.items():
            if type(value) is int:
                together[name] = together.get(name, 0) + value
            else:
                together[name] = value
    return together
