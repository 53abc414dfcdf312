"""Round after round until nothing is due or the time is up.

Belongs here: which workspaces, how long, and the report. One round is `round.py`.
"""

import asyncio
import dataclasses
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import psycopg

from dagster_project.sender import queue
from dagster_project.sender.round import Round, run_round
from dagster_project.unipile.client import UnipileClient

BATCH = 100


class UnusableProviderError(Exception):
    """The provider cannot be worked with; its text says why and what to do."""


@dataclasses.dataclass
class DrainReport:
    """What a drain did, by count.

    refused: by reason, between claim and begin. outcomes: by outcome class.
    """

    rounds: int = 0
    claimed: int = 0
    parked: int = 0
    released: int = 0
    expired_unknown: int = 0
    refused: Counter[str] = dataclasses.field(default_factory=Counter)
    outcomes: Counter[str] = dataclasses.field(default_factory=Counter)

    @property
    def sent(self) -> int:
        return self.outcomes["sent_proven"] + self.outcomes["sent_unproven"]

    @property
    def unknown(self) -> int:
        return self.outcomes["unknown"] + self.expired_unknown

    def add(self, done: Round) -> None:
        self.rounds += 1
        self.claimed += done.claimed
        self.parked += done.parked
        self.refused.update(done.refused)
        self.outcomes.update(done.outcomes)


def drain(
    connection: psycopg.Connection,
    *,
    worker: str,
    provider_dsn: str,
    api_key: str,
    until_seconds: float,
    as_of: datetime | None = None,
    batch: int = BATCH,
    is_stopping: Callable[[], bool] = lambda: False,
    on_round: Callable[[DrainReport], None] = lambda _: None,
) -> DrainReport:
    """Send what is due in every workspace of this provider's address.

    Ends when a pass over all workspaces claims nothing, when no new round fits before
    `until_seconds`, or when `is_stopping()` says so between rounds. The connection must
    be in autocommit, so that each step commits by itself.

    Raises UnusableProviderError, before anything is claimed, when the provider refuses
    the key.
    """
    return asyncio.run(
        _drain(
            connection,
            worker=worker,
            provider_dsn=provider_dsn,
            api_key=api_key,
            ends_at=time.monotonic() + until_seconds,
            as_of=as_of,
            batch=batch,
            is_stopping=is_stopping,
            on_round=on_round,
        )
    )


async def _drain(
    connection: psycopg.Connection,
    *,
    worker: str,
    provider_dsn: str,
    api_key: str,
    ends_at: float,
    as_of: datetime | None,
    batch: int,
    is_stopping: Callable[[], bool],
    on_round: Callable[[DrainReport], None],
) -> DrainReport:
    report = DrainReport()
    workspace_ids = queue.workspaces_of(connection, provider_dsn)

    async with UnipileClient(provider_dsn, api_key) as provider:
        await _check_key(connection, provider, provider_dsn, as_of)

        for workspace_id in workspace_ids:
            released, unknown = queue.expire_leases(connection, workspace_id, as_of)
            report.released += released
            report.expired_unknown += unknown

        has_claimed = True
        while has_claimed:
            has_claimed = False
            for workspace_id in workspace_ids:
                if is_stopping() or time.monotonic() >= ends_at:
                    return report
                done = await run_round(
                    connection,
                    provider,
                    workspace_id=workspace_id,
                    worker=worker,
                    batch=batch,
                    provider_dsn=provider_dsn,
                    as_of=as_of,
                )
                report.add(done)
                on_round(report)
                has_claimed = has_claimed or done.claimed > 0
                if done.outcomes["our_key_bad"]:
                    await _check_key(connection, provider, provider_dsn, as_of)
    return report


async def _check_key(
    connection: psycopg.Connection,
    provider: UnipileClient,
    provider_dsn: str,
    as_of: datetime | None,
) -> None:
    """Stop before anything is claimed if the provider is away or refuses our key."""
    answer = await provider.list_accounts(limit=1)
    if answer.reached == "not_sent":
        raise UnusableProviderError(
            f"The provider at {provider_dsn} cannot be reached ({answer.detail}). "
            "Check UNIPILE_DSN and that it is running; nothing was claimed."
        )
    if answer.http_status == 401:
        sentence = (
            f"The provider at {provider_dsn} refuses the API key. Set UNIPILE_API_KEY "
            "to a key of that workspace; nothing is sent until then and no account is "
            "blamed."
        )
        queue.open_key_alert(connection, provider_dsn, sentence, as_of)
        raise UnusableProviderError(sentence)
    queue.resolve_key_alert(connection, provider_dsn, as_of)
