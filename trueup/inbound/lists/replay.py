"""Reading events that an account may have missed from the provider's lists.

Belongs here: the walk of one account and its result. Does not: which items become
events, which is the same as for polls.
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
    """The result of a replay. events: (event type, count). not_read: the reason."""

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
    """Walks the lists of one account; without commit it stores nothing."""
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
    # Each walk commits separately, except in a dry run, which has one transaction.
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
