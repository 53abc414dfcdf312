"""Auditing and repairing our webhook endpoints of version 2.

Belongs here: the walk, the calls and their records, and storing the secrets. Does not:
finding the faults (`endpoint_plan.py`), or version 1 (`subscriptions.py`). An endpoint
is ours only if it has our address.
"""

import dataclasses
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from trueup.inbound.accounts.asking import KnownAccount, known_accounts
from trueup.inbound.lists.wide_reads import database_time, keep_wide_walk
from trueup.inbound.settings import SERVICE_KEY, WebhookTarget
from trueup.inbound.webhooks.audits import AuditReport, update_audit_alerts
from trueup.inbound.webhooks.endpoint_plan import (
    Endpoint,
    EndpointPlan,
    plan_endpoints,
    read_endpoints,
)
from trueup.inbound.webhooks.plan import Stale
from trueup.unipile.addresses import UnusableProviderError, unreachable
from trueup.unipile.answer import Answer
from trueup.unipile.v2_client import V2Client

NAME = "trueup"
NEEDLESS = "another endpoint tells everything that it tells"


@dataclasses.dataclass(frozen=True)
class _Listed:
    """The result of a walk of the endpoints."""

    read_id: int
    endpoints: list[Endpoint]
    plan: EndpointPlan
    problem: str | None


@dataclasses.dataclass
class EndpointAudit:
    """One audit. service_key: the only kind of key that may see endpoints."""

    connection: psycopg.Connection
    provider_dsn: str
    service_key: str = dataclasses.field(repr=False)
    target: WebhookTarget
    as_of: datetime | None
    actor: str

    @property
    def url(self) -> str:
        return self.target.v2_url

    async def run(self) -> AuditReport:
        """Audit, repair, and audit again. Raises UnusableProviderError."""
        accounts = [
            account
            for account in known_accounts(self.connection, self.provider_dsn)
            if account.status != "deleted"
        ]
        report = AuditReport(accounts=len(accounts))
        wanted = self._wanted()
        async with V2Client(self.provider_dsn, self.service_key) as provider:
            listed = await self._list(provider, wanted)
            if listed.problem is None and accounts:
                await self._repair(provider, listed, accounts, wanted, report)
                if report.registered or report.deleted:
                    listed = await self._list(provider, wanted)
        report.subscriptions = len(listed.endpoints)
        report.problem = listed.problem
        report.uncovered = _uncovered(listed.endpoints, accounts, wanted)
        update_audit_alerts(
            self.connection, self.provider_dsn, self.url, accounts, report, self.as_of
        )
        return report

    async def _list(self, provider: V2Client, wanted: dict[str, list[str]]) -> _Listed:
        started_at = self.as_of or database_time(self.connection)
        walk = await provider.endpoints()
        if walk.stopped_by is not None:
            self._refuse_unusable(walk.stopped_by)
        endpoints = read_endpoints(walk.items, self.url)
        read_id = keep_wide_walk(
            self.connection,
            self.provider_dsn,
            "webhooks",
            self.url,
            walk,
            [one.reduced(wanted) for one in endpoints],
            started_at,
            self.as_of,
        )
        if not walk.is_complete:
            problem = f"the list of endpoints broke off ({walk.why_stopped})"
            return _Listed(read_id, endpoints, EndpointPlan(), problem)
        self._store_secrets(endpoints)
        return _Listed(read_id, endpoints, plan_endpoints(endpoints, wanted), None)

    async def _repair(
        self,
        provider: V2Client,
        listed: _Listed,
        accounts: list[KnownAccount],
        wanted: dict[str, list[str]],
        report: AuditReport,
    ) -> None:
        names = sorted(name for each in wanted.values() for name in each)
        if listed.plan.create:
            reason = f"no endpoint told of the {len(accounts)} accounts"
            answer = await provider.create_endpoint(self.url, names, NAME)
            made = answer.body or {}
            self._store_secrets([*listed.endpoints, *read_endpoints([made], self.url)])
            webhook_id = made.get("id") if answer.is_success else None
            self._note("registered", webhook_id, listed, reason, answer, report)
        elif listed.plan.change is not None:
            endpoint, reason = listed.plan.change
            answer = await provider.change_endpoint(
                endpoint.webhook_id,
                {"enabled": True, "trigger_events": names, "account_ids": []},
            )
            webhook_id = endpoint.webhook_id
            self._note("changed", webhook_id, listed, reason, answer, report)
        for webhook_id in listed.plan.stale:
            answer = await provider.delete_webhook(webhook_id)
            self._note("deleted", webhook_id, listed, NEEDLESS, answer, report)

    def _note(
        self,
        repair: str,
        webhook_id: str | None,
        listed: _Listed,
        reason: str,
        answer: Answer,
        report: AuditReport,
    ) -> None:
        """Keep a repair, and add it to the report."""
        self._refuse_unusable(answer)
        is_done = webhook_id is not None and (
            answer.is_success or (repair == "deleted" and answer.is_missing)
        )
        why_not = None if is_done else _said(answer)
        self.connection.execute(
            "select outreach.record_webhook_repair("
            "%s, %s, %s, %s, %s, null, %s, %s, %s, %s)",
            [
                self.provider_dsn,
                self.url,
                listed.read_id,
                repair,
                webhook_id,
                reason,
                why_not,
                self.actor,
                self.as_of,
            ],
        )
        if why_not is not None:
            report.failures.append(f"an endpoint was not {repair} ({why_not})")
        elif repair == "deleted":
            assert webhook_id is not None
            report.deleted.append(Stale(webhook_id, reason))
        else:
            report.registered.append(f"endpoint {webhook_id}")

    def _store_secrets(self, endpoints: list[Endpoint]) -> None:
        rows: list[dict[str, Any]] = [
            {
                "webhook_id": one.webhook_id,
                "application_id": one.application_id,
                "secret": one.secret,
            }
            for one in endpoints
        ]
        self.connection.execute(
            "select outreach.store_webhook_secrets(%s, %s, %s, %s)",
            [self.provider_dsn, self.url, Jsonb(rows), self.as_of],
        )

    def _wanted(self) -> dict[str, list[str]]:
        wanted: dict[str, list[str]] = {}
        for event, wanted_event in self.connection.execute(
            "select event, wanted_event from outreach.provider_webhook_events"
            " where api_version = 2 order by wanted_event, event"
        ):
            wanted.setdefault(wanted_event, []).append(event)
        return wanted

    def _refuse_unusable(self, answer: Answer) -> None:
        """Raises UnusableProviderError for what concerns the key or the way."""
        if answer.reached == "not_sent":
            why = "no endpoint was changed."
            raise UnusableProviderError(
                unreachable(self.provider_dsn, answer.detail, why)
            )
        if answer.refuses_key:
            raise UnusableProviderError(
                f"The provider at {self.provider_dsn} refuses the service key. Set "
                f"{SERVICE_KEY} to a service key of the application, as its dashboard "
                "shows it; no endpoint was changed."
            )


def _uncovered(
    endpoints: list[Endpoint],
    accounts: list[KnownAccount],
    wanted: dict[str, list[str]],
) -> dict[str, tuple[str, ...]]:
    """By wanted event, the accounts of which no endpoint tells of it."""
    uncovered = {}
    for event in wanted:
        telling = [
            one
            for one in endpoints
            if one.is_enabled and one.secret and event in one.told(wanted)
        ]
        missing = tuple(
            account.provider_account_id
            for account in accounts
            if not any(
                not one.account_ids or account.provider_account_id in one.account_ids
                for one in telling
            )
        )
        if missing:
            uncovered[event] = missing
    return uncovered


def _said(answer: Answer) -> str:
    status = "" if answer.http_status is None else f"{answer.http_status} "
    said = answer.error_type or answer.detail or "an answer without an id"
    return f"{status}{said}"
