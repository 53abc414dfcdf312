"""Auditing and repairing our subscriptions at the provider.

Belongs here: the walk, the calls and their records. Does not: finding the faults
(`plan.py`). A subscription is ours only if it has our address, so that a copy of this
database with another address never deletes the original's subscriptions. A missing
event is registered for all accounts, including future ones, because an account that is
deleted and added again has a new id.
"""

import asyncio
import contextlib
import dataclasses
from collections.abc import Iterator
from datetime import datetime

import psycopg

from trueup.inbound.accounts.answers import refuse_unusable
from trueup.inbound.accounts.asking import KnownAccount, known_accounts
from trueup.inbound.lists.wide_reads import (
    database_time,
    keep_wide_walk,
)
from trueup.inbound.settings import WebhookTarget, service_key_of_environment
from trueup.inbound.webhooks.audits import AuditReport, update_audit_alerts
from trueup.inbound.webhooks.endpoints_v2 import EndpointAudit
from trueup.inbound.webhooks.plan import (
    CONTENT_TYPE,
    SECRET_HEADER,
    Gap,
    Plan,
    Stale,
    plan_repairs,
    read_subscriptions,
)
from trueup.unipile.addresses import version_of
from trueup.unipile.answer import Answer
from trueup.unipile.provider import Provider, open_provider

ACTOR = "webhook audit"
MOVED = "its accounts have moved to version 2, whose endpoint has told of events since"
# The name of the lock that keeps two audits from registering the same events.
_LOCK = "trueup.inbound.webhooks.subscriptions"


@dataclasses.dataclass(frozen=True)
class _Listed:
    """The result of a walk of the provider's subscriptions."""

    read_id: int
    plan: Plan
    subscriptions: int
    problem: str | None


def audit_webhooks(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    target: WebhookTarget,
    as_of: datetime | None = None,
    actor: str = ACTOR,
    service_key: str | None = None,
) -> AuditReport:
    """Compare the provider's subscriptions with our accounts' needs, and repair them.

    service_key: for endpoints of version 2; None for that of the environment. The
    connection must be in autocommit, because each repair is committed at once. Raises
    UnusableProviderError if the provider is unreachable or refuses the key, and
    UnusableSettingError without a service key.
    """
    if not connection.autocommit:
        raise ValueError("the audit keeps repair by repair: use autocommit")
    with _alone(connection) as is_alone:
        if not is_alone:
            return AuditReport(problem="another audit is under way")
        if version_of(provider_dsn) == 2:
            key = service_key_of_environment() if service_key is None else service_key
            return asyncio.run(
                EndpointAudit(connection, provider_dsn, key, target, as_of, actor).run()
            )
        return asyncio.run(
            _Audit(connection, provider_dsn, target, as_of, actor).run(api_key)
        )


@dataclasses.dataclass
class _Audit:
    connection: psycopg.Connection
    provider_dsn: str
    target: WebhookTarget
    as_of: datetime | None
    actor: str

    async def run(self, api_key: str) -> AuditReport:
        report = AuditReport()
        async with open_provider(self.provider_dsn, api_key) as provider:
            accounts = [
                account
                for account in known_accounts(self.connection, self.provider_dsn)
                if account.status != "deleted"
            ]
            report.accounts = len(accounts)
            listed = await self._list(provider, accounts)
            if listed.problem is None and (listed.plan.gaps or listed.plan.stale):
                await self._repair(provider, listed, accounts, report)
                # The list is read again, because the report describes its present
                # state.
                listed = await self._list(provider, accounts)
        report.subscriptions = listed.subscriptions
        report.problem = listed.problem
        report.uncovered = {
            gap.wanted_event: gap.account_ids for gap in listed.plan.gaps
        }
        update_audit_alerts(
            self.connection,
            self.provider_dsn,
            self.target.url,
            accounts,
            report,
            self.as_of,
        )
        return report

    async def _list(self, provider: Provider, accounts: list[KnownAccount]) -> _Listed:
        started_at = self.as_of or database_time(self.connection)
        walk = await provider.webhooks()
        if walk.stopped_by is not None:
            refuse_unusable(walk.stopped_by, self.provider_dsn)
        subscriptions = read_subscriptions(walk.items, self.target)
        read_id = keep_wide_walk(
            self.connection,
            self.provider_dsn,
            "webhooks",
            self.target.url,
            walk,
            [one.reduced() for one in subscriptions],
            started_at,
            self.as_of,
        )
        problem = None
        plan = Plan((), ())
        if walk.is_complete and not accounts and self._are_needless():
            stale = [Stale(one.webhook_id, MOVED) for one in subscriptions]
            plan = Plan((), tuple(stale))
        elif walk.is_complete:
            plan = plan_repairs(
                subscriptions,
                {account.provider_account_id for account in accounts},
                self._wanted(),
            )
        else:
            problem = f"the provider's list of webhooks broke off ({walk.why_stopped})"
        return _Listed(read_id, plan, len(subscriptions), problem)

    async def _repair(
        self,
        provider: Provider,
        listed: _Listed,
        accounts: list[KnownAccount],
        report: AuditReport,
    ) -> None:
        for gap in listed.plan.gaps:
            source = self._source(gap.wanted_event)
            answer = await provider.create_webhook(
                source=source,
                request_url=self.target.url,
                name=f"trueup {gap.wanted_event}",
                # The source of account statuses has no selectable events.
                events=None if source == gap.wanted_event else [gap.wanted_event],
                headers={
                    "Content-Type": CONTENT_TYPE,
                    SECRET_HEADER: self.target.secret,
                },
            )
            webhook_id = (answer.body or {}).get("webhook_id")
            is_done = answer.is_success and isinstance(webhook_id, str)
            reason = (
                f"{gap.wanted_event} was not subscribed for {_names(gap, accounts)}"
            )
            why_not = None if is_done else _said(answer)
            self._keep("registered", webhook_id if is_done else None, listed, reason,
                       why_not, gap.wanted_event)  # fmt: skip
            if why_not is None:
                report.registered.append(gap.wanted_event)
            else:
                report.failures.append(
                    f"registering {gap.wanted_event} failed ({why_not})"
                )
        if report.failures:
            return  # The stale subscriptions may be the only ones.
        for stale in listed.plan.stale:
            answer = await provider.delete_webhook(stale.webhook_id)
            is_gone = answer.is_success or answer.is_missing
            why_not = None if is_gone else _said(answer)
            self._keep("deleted", stale.webhook_id, listed, stale.reason, why_not)
            if why_not is None:
                report.deleted.append(stale)
            else:
                report.failures.append(
                    f"deleting {stale.webhook_id} failed ({why_not})"
                )

    def _are_needless(self) -> bool:
        row = self.connection.execute(
            "select outreach.are_old_webhooks_needless(%s)", [self.provider_dsn]
        ).fetchone()
        return row is not None and bool(row[0])

    def _wanted(self) -> dict[str, set[str]]:
        wanted: dict[str, set[str]] = {}
        for event, wanted_event in self.connection.execute(
            "select event, wanted_event from outreach.provider_webhook_events"
            " where api_version = 1 order by wanted_event, event"
        ):
            wanted.setdefault(wanted_event, set()).add(event)
        return wanted

    def _source(self, wanted_event: str) -> str:
        row = self.connection.execute(
            "select source from outreach.provider_webhook_events"
            " where wanted_event = %s and api_version = 1 limit 1",
            [wanted_event],
        ).fetchone()
        assert row is not None
        return row[0]

    def _keep(
        self,
        repair: str,
        webhook_id: str | None,
        listed: _Listed,
        reason: str,
        answer: str | None,
        wanted_event: str | None = None,
    ) -> None:
        self.connection.execute(
            "select outreach.record_webhook_repair("
            "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                self.provider_dsn,
                self.target.url,
                listed.read_id,
                repair,
                webhook_id,
                wanted_event,
                reason,
                answer,
                self.actor,
                self.as_of,
            ],
        )


def _names(gap: Gap, accounts: list[KnownAccount]) -> str:
    labels = [
        account.label
        for account in accounts
        if account.provider_account_id in gap.account_ids
    ]
    more = f" and {len(labels) - 3} more" if len(labels) > 3 else ""
    return ", ".join(labels[:3]) + more


def _said(answer: Answer) -> str:
    status = "" if answer.http_status is None else f"{answer.http_status} "
    said = answer.error_type or answer.detail or "an answer without an id"
    return f"{status}{said}"


@contextlib.contextmanager
def _alone(connection: psycopg.Connection) -> Iterator[bool]:
    """Whether this is the only audit; holds the lock until the block ends."""
    row = connection.execute(
        "select pg_try_advisory_lock(hashtextextended(%s, 0))", [_LOCK]
    ).fetchone()
    is_alone = row is not None and bool(row[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            connection.execute(
                "select pg_advisory_unlock(hashtextextended(%s, 0))", [_LOCK]
            )
