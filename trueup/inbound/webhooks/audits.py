"""The report of an audit of our subscriptions, and its alerts.

Belongs here: the report, and which rows of `linkedin_admin_alerts` it opens and
resolves. The alert about a repair is opened by `outreach.record_webhook_repair`.
"""

import dataclasses
import logging
from collections.abc import Sequence
from datetime import datetime

import psycopg
from psycopg.types.json import Jsonb

from trueup.inbound.accounts.asking import KnownAccount
from trueup.inbound.webhooks.plan import Stale

REGISTRATION_FAILED = "webhook_registration_failed"
REREGISTER_FAILED = "webhook_reregister_failed"
LIST_INCOMPLETE = "webhook_list_incomplete"

_logger = logging.getLogger(__name__)


@dataclasses.dataclass
class AuditReport:
    """The findings and changes of an audit.

    problem: why it proves nothing (an incomplete list, or a concurrent audit).
        uncovered: by wanted event, the accounts without a subscription after the audit.
    """

    accounts: int = 0
    subscriptions: int = 0
    registered: list[str] = dataclasses.field(default_factory=list)
    deleted: list[Stale] = dataclasses.field(default_factory=list)
    failures: list[str] = dataclasses.field(default_factory=list)
    uncovered: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    problem: str | None = None

    @property
    def is_all_covered(self) -> bool:
        return self.problem is None and not self.uncovered

    def why_uncovered(self, provider_account_id: str) -> str | None:
        """Why the account is not known to be covered; None if it is covered."""
        if self.problem is not None:
            return self.problem
        events = [
            event
            for event, account_ids in self.uncovered.items()
            if provider_account_id in account_ids
        ]
        if not events:
            return None
        because = f": {'; '.join(self.failures)}" if self.failures else ""
        return f"no subscription covers {', '.join(events)}{because}"


def update_audit_alerts(
    connection: psycopg.Connection,
    provider_dsn: str,
    url: str,
    accounts: Sequence[KnownAccount],
    report: AuditReport,
    as_of: datetime | None = None,
) -> None:
    """Open alerts for the problems of an audit, and resolve the fixed ones."""

    def say(code: str, message: str | None) -> None:
        if message is None:
            connection.execute(
                "select outreach.resolve_admin_alert(0, %s, %s, %s)", [code, url, as_of]
            )
            return
        _logger.warning("%s: %s", url, message)
        connection.execute(
            "select outreach.open_admin_alert(0, %s, %s, %s, %s, %s)",
            [code, url, message, Jsonb({"provider_dsn": provider_dsn}), as_of],
        )

    if report.problem is not None:
        say(LIST_INCOMPLETE, f"{report.problem}; it proves nothing.")
        return
    say(LIST_INCOMPLETE, None)
    say(REGISTRATION_FAILED, _what_is_left(report))
    for account in accounts:
        if report.why_uncovered(account.provider_account_id) is None:
            connection.execute(
                "select outreach.resolve_admin_alert(%s, %s, %s, %s)",
                [account.workspace_id, REREGISTER_FAILED, account.label, as_of],
            )
    if not (report.registered or report.deleted or report.failures):
        connection.execute(
            "select outreach.resolve_webhook_repairs(%s, %s)", [provider_dsn, as_of]
        )


def _what_is_left(report: AuditReport) -> str | None:
    left = [
        f"no subscription covers {event} for {len(account_ids)} accounts"
        for event, account_ids in report.uncovered.items()
    ]
    if not (left or report.failures):
        return None
    meanwhile = "Polls find these events meanwhile."
    return f"{'; '.join([*left, *report.failures])}. {meanwhile}"
