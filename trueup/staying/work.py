"""The loops of a process that stays.

Belongs here: each loop's look, its work, and how often it looks. Does not: what the
work is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import LiteralString

import psycopg

from trueup.endpoints.delivering import deliver_due, queue_reached_limits
from trueup.inbound.accounts.hosted_auth import FinishedLogin, finish_logins
from trueup.inbound.accounts.reconnect import RestoreReport, refresh_and_restore
from trueup.inbound.accounts.refresh import RefreshReport
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.lists.polls import poll_due_accounts
from trueup.inbound.lists.reply_polls import keep_replies_read
from trueup.inbound.settings import (
    may_audit_webhooks,
    webhook_address,
    webhook_target_if_set,
    webhook_target_of_environment,
)
from trueup.inbound.webhooks.events import take_in_deliveries
from trueup.inbound.webhooks.subscriptions import audit_webhooks
from trueup.postgres import isolation
from trueup.postgres.connection import connect
from trueup.sender.clocks import elapsed_seconds
from trueup.sender.looping import connect_until_stopped, send_until_stopped
from trueup.sender.minutes import Minutes
from trueup.sender.pace import LOOK_SECONDS
from trueup.staying.loops import Ends, Listener, Loop, Work, repeat

# Between two looks. The look at what a provider is asked for costs more than the one at
# webhooks.
ACCOUNTS_SECONDS = 10.0
POLLS_SECONDS = 30.0
LIMITS_SECONDS = 60.0
AUDITS_SECONDS = 60.0
ASKED_AGAIN_SECONDS = 60.0


@dataclass(frozen=True)
class Refreshed:
    """What the provider said of accounts: logins, statuses, who is connected again."""

    logins: list[FinishedLogin]
    accounts: RefreshReport
    restored: RestoreReport | None


def loops_of(worker: str, providers: Sequence[tuple[str, str]]) -> list[Loop]:
    """The loops in the order in which a process takes their turns.

    providers: the address and the key of each. What a provider is asked for has a loop
    for each of them. The last loops may work for minutes before they hand over.
    """
    shared = [
        Loop("inbound_events", "inbound_events", _repeating(_take_in_webhooks)),
        Loop(
            "endpoint_deliveries",
            "endpoint_deliveries",
            _repeating(_Deliveries().work, role="operator"),
        ),
    ]
    senders: list[Loop] = []
    asking: list[Loop] = []
    polling: list[Loop] = []
    for dsn, api_key in providers:
        which = "" if dsn == providers[0][0] else f" at {dsn}"
        provider = _Provider(dsn, api_key)
        senders.append(
            Loop(
                f"send_queue{which}",
                turn_of("send_queue", dsn),
                _sender(worker, dsn, api_key),
            )
        )
        for asset, work, between_seconds, loops in (
            ("refreshed_accounts", provider.refresh, ACCOUNTS_SECONDS, asking),
            ("polled_replies", provider.poll_replies, POLLS_SECONDS, asking),
            ("webhook_subscriptions", provider.audit, AUDITS_SECONDS, asking),
            ("polled_lists", provider.poll_lists, POLLS_SECONDS, polling),
        ):
            run = _repeating(work, between_seconds, ASKED_AGAIN_SECONDS)
            loops.append(Loop(f"{asset}{which}", turn_of(asset, dsn), run))
    return [*senders, *shared, *asking, *polling]


def turn_of(asset: str, provider_dsn: str) -> str:
    """The name of the turn of a loop that asks a provider."""
    return f"{asset} at {provider_dsn}"


def _sender(
    worker: str, provider_dsn: str, api_key: str
) -> Callable[[Listener, Ends], None]:
    def run(listener: Listener, ends: Ends) -> None:
        minutes = Minutes(lambda report: listener.report("send_queue", report))
        connection = connect_until_stopped(
            lambda: connect(
                autocommit=True, role="sender", application_name=f"send {worker}"
            ),
            is_once=False,
            is_stopping=ends.stopping,
            on_trouble=listener.trouble,
        )
        if connection is None:
            return
        with connection:
            send_until_stopped(
                connection,
                worker=worker,
                provider=(provider_dsn, api_key),
                is_stopping=ends.stopping,
                is_relieved=ends.relieved.is_set,
                on_round=minutes.note,
                on_trouble=listener.trouble,
                on_ready=listener.ready,
            )
        minutes.end()

    return run


def _repeating(
    work: Work,
    between_seconds: float = LOOK_SECONDS,
    again_seconds: float = LOOK_SECONDS,
    role: str | None = None,
) -> Callable[[Listener, Ends], None]:
    def run(listener: Listener, ends: Ends) -> None:
        repeat(
            lambda: connect(autocommit=True, role=role, application_name="trueup loop"),
            work,
            listener,
            ends,
            between_seconds,
            again_seconds,
        )

    return run


def _take_in_webhooks(
    connection: psycopg.Connection, listener: Listener, _ends: Ends
) -> bool:
    """Read the webhooks that wait, then credit accepts and record replies."""
    if not _is_true(connection, "select outreach.has_unread_webhooks()"):
        return False
    listener.report("inbound_events", take_in_deliveries(connection))
    listener.report("resolved_accepts", resolve_inbound(connection))
    return True


class _Deliveries:
    """Deliveries to endpoints; limits that were reached are queued each minute."""

    def __init__(self) -> None:
        self._limits_at = 0.0

    def work(
        self, connection: psycopg.Connection, listener: Listener, ends: Ends
    ) -> bool:
        if elapsed_seconds() >= self._limits_at:
            queue_reached_limits(connection)
            self._limits_at = elapsed_seconds() + LIMITS_SECONDS
        if not _is_true(
            connection,
            "select exists (select 1 from outreach.workspaces"
            " where outreach.has_endpoint_work(workspaces.workspace_id))",
        ):
            return False
        report = deliver_due(connection, is_stopping=lambda: ends.are_near)
        listener.report("endpoint_deliveries", report)
        return True


@dataclass(frozen=True)
class _Provider:
    """What is asked of the provider: about accounts, replies and lists."""

    dsn: str
    api_key: str

    def refresh(
        self, connection: psycopg.Connection, listener: Listener, _ends: Ends
    ) -> bool:
        if not _is_true(
            connection, "select outreach.has_accounts_to_ask(%s)", self.dsn
        ):
            return False
        logins = finish_logins(connection, self.dsn, self.api_key)
        is_whole_round = _is_true(
            connection, "select outreach.are_accounts_due(%s)", self.dsn
        )
        accounts, restored = refresh_and_restore(
            connection,
            self.dsn,
            self.api_key,
            webhook_target_of_environment,
            is_whole_round=is_whole_round,
        )
        listener.report("refreshed_accounts", Refreshed(logins, accounts, restored))
        listener.report("resolved_accepts", resolve_inbound(connection))
        return True

    def poll_replies(
        self, connection: psycopg.Connection, listener: Listener, _ends: Ends
    ) -> bool:
        our_address = webhook_address(self.dsn)
        if not _is_true(
            connection,
            "select outreach.has_reply_polls_due(%s, %s)",
            self.dsn,
            our_address,
        ):
            return False
        report = keep_replies_read(connection, self.dsn, self.api_key, our_address)
        listener.report("polled_replies", report)
        return True

    def audit(
        self, connection: psycopg.Connection, listener: Listener, _ends: Ends
    ) -> bool:
        target = webhook_target_if_set()
        # Without them the coverage stays unknown, which an alert tells.
        if target is None or not may_audit_webhooks(self.dsn):
            return False
        if not _is_true(
            connection,
            "select outreach.is_webhook_audit_due(%s, %s)",
            self.dsn,
            target.url_at(self.dsn),
        ):
            return False
        report = audit_webhooks(connection, self.dsn, self.api_key, target)
        listener.report("webhook_subscriptions", report)
        return True

    def poll_lists(
        self, connection: psycopg.Connection, listener: Listener, _ends: Ends
    ) -> bool:
        if not _is_true(
            connection,
            "select exists (select 1 from outreach.accounts_to_poll(%s))",
            self.dsn,
        ):
            return False
        report = poll_due_accounts(connection, self.dsn, self.api_key)
        listener.report("polled_lists", report)
        listener.report("resolved_accepts", resolve_inbound(connection))
        return True


def _is_true(
    connection: psycopg.Connection, query: LiteralString, *values: object
) -> bool:
    return isolation.is_any(connection, query, values)
