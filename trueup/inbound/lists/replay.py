"""What an account may have missed, read again from the provider's lists.

Belongs here: the walk of one account and what it found. What becomes an event is
decided where any poll is taken in.
"""

import contextlib
import datetime as dt
from dataclasses import dataclass

import psycopg

from trueup.inbound.accounts.asking import KnownAccount
from trueup.inbound.lists.polls import poll_accounts
from trueup.inbound.lists.provider_reads import ReadAccount

NEW_EVENTS = (
    "select event_type, count(*) from outreach.linkedin_events"
    " where workspace_id = %s and account_id = %s and event_id > %s"
    " and coalesce(occurred_at, received_at) >= %s group by 1 order by 1"
)


@dataclass(frozen=True)
class Replay:
    """What a walk found. events: (event type, count). not_read: why it was not read."""

    events: list[tuple[str, int]]
    reads: int
    incomplete: int
    not_read: list[str]


def replay_account(
    connection: psycopg.Connection,
    dsn: str,
    api_key: str,
    account: KnownAccount,
    since: dt.datetime,
    *,
    commit: bool,
) -> Replay:
    """Walks the lists of one account; without commit nothing of it is kept."""
    reader = ReadAccount(
        account.workspace_id,
        account.account_id,
        account.provider_account_id,
        account.linkedin_identity,
    )
    newest = connection.execute(
        "select coalesce(max(event_id), 0) from outreach.linkedin_events"
        " where workspace_id = %s",
        [account.workspace_id],
    ).fetchone()[0]
    dry_run = connection.transaction(force_rollback=True)
    # Each walk commits by itself, unless a dry run is around all of them.
    with contextlib.nullcontext() if commit else dry_run:
        report = poll_accounts(
            connection, dsn, api_key, [reader], received_via="replay"
        )
        events = connection.execute(
            NEW_EVENTS, [account.workspace_id, account.account_id, newest, since]
        ).fetchall()
    return Replay(
        events, report.reads, report.incomplete, list(report.not_polled.values())
    )
