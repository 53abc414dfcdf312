"""The steps after an account is reconnected: subscriptions, then missed events.

Belongs here: the order. The flip is committed before, and no failure here reverts it
(LL#280). A subscription that cannot be registered leaves an alert and a log line, and
polls find the events meanwhile.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.types.json import Jsonb

from trueup.inbound.accounts.asking import ACTING, AccountRefresh, KnownAccount
from trueup.inbound.accounts.refresh import (
    RefreshReport,
    refresh_account,
    refresh_accounts,
    refresh_reported_accounts,
)
from trueup.inbound.lists.polls import PollReport, poll_accounts
from trueup.inbound.lists.provider_reads import ReadAccount
from trueup.inbound.settings import UnusableSettingError, WebhookTarget
from trueup.inbound.webhooks.audits import REREGISTER_FAILED
from trueup.inbound.webhooks.subscriptions import audit_webhooks
from trueup.unipile.addresses import UnusableProviderError

LOG_MARK = "[WEBHOOK-REREGISTER-FAILED]"

CatchUp = Callable[[psycopg.Connection, Sequence[ReadAccount]], PollReport]
"""Reads the events that accounts missed from the provider's lists."""

Target = Callable[[], WebhookTarget | None]
"""Returns the webhook address, None if polls read all events; raises
UnusableSettingError."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RestoreReport:
    """The result of restoring accounts.

    unsubscribed: the reason, by account ids, for each account without subscriptions.
        caught_up: the report of the polls; None if they could not run, with the reason
        in `not_caught_up`.
    """

    accounts: tuple[KnownAccount, ...]
    unsubscribed: dict[tuple[int, int], str]
    caught_up: PollReport | None
    not_caught_up: str | None = None


def restore_accounts(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    accounts: Sequence[KnownAccount],
    target: Target,
    as_of: datetime | None = None,
    catch_up: CatchUp | None = None,
) -> RestoreReport:
    """Register the subscriptions of reconnected accounts, then catch up.

    The connection must be in autocommit, and the flips committed. Does not raise errors
    of the provider or the settings.
    """
    if not connection.autocommit:
        raise ValueError("a reconnect is committed before this: use autocommit")
    unsubscribed = _register(connection, provider_dsn, api_key, accounts, target, as_of)
    for account in accounts:
        why = unsubscribed.get((account.workspace_id, account.account_id))
        if why is not None:
            _report_unregistered(connection, account, why, as_of)
    readable = [
        ReadAccount(
            account.workspace_id,
            account.account_id,
            account.provider_account_id,
            account.linkedin_identity,
        )
        for account in accounts
    ]
    try:
        caught_up = (
            poll_accounts(connection, provider_dsn, api_key, readable, as_of)
            if catch_up is None
            else catch_up(connection, readable)
        )
    except UnusableProviderError as error:
        # They are due at once, because nothing was read since they were connected.
        _logger.warning("Catching up has to wait for the next poll: %s", error)
        return RestoreReport(tuple(accounts), unsubscribed, None, str(error))
    return RestoreReport(tuple(accounts), unsubscribed, caught_up)


def refresh_and_restore(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    target: Target,
    as_of: datetime | None = None,
    *,
    is_whole_round: bool = True,
) -> tuple[RefreshReport, RestoreReport | None]:
    """Update accounts to the provider's states, and restore reconnected ones.

    is_whole_round: walk all accounts; else only those with status webhooks.
    """
    refresh = refresh_accounts if is_whole_round else refresh_reported_accounts
    report = refresh(connection, provider_dsn, api_key, as_of)
    back = [one.account_now for one in report.refreshes if one.has_reconnected]
    if not back:
        return report, None
    return report, restore_accounts(
        connection, provider_dsn, api_key, back, target, as_of
    )


def reconnect_account(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    workspace_id: int,
    account_id: int,
    actor: str,
    target: Target,
    as_of: datetime | None = None,
    catch_up: CatchUp | None = None,
) -> tuple[AccountRefresh, RestoreReport | None]:
    """Handle a person's report of a reconnect: flip, register, catch up.

    The status is flipped only if the provider confirms the report. An account that is
    already connected is registered and caught up too.
    """
    refresh = refresh_account(
        connection,
        provider_dsn,
        api_key,
        workspace_id,
        account_id,
        actor,
        "reconnected",
        as_of,
    )
    if refresh.to_status not in ACTING:
        return refresh, None
    return refresh, restore_accounts(
        connection,
        provider_dsn,
        api_key,
        [refresh.account_now],
        target,
        as_of,
        catch_up,
    )


def _register(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    accounts: Sequence[KnownAccount],
    target: Target,
    as_of: datetime | None,
) -> dict[tuple[int, int], str]:
    try:
        address = target()
        if address is None:
            return {}
        report = audit_webhooks(
            connection, provider_dsn, api_key, address, as_of, "reconnect"
        )
    except (UnusableProviderError, UnusableSettingError) as error:
        return {
            (account.workspace_id, account.account_id): str(error)
            for account in accounts
        }
    reasons = {
        (account.workspace_id, account.account_id): report.why_uncovered(
            account.provider_account_id
        )
        for account in accounts
    }
    return {key: why for key, why in reasons.items() if why is not None}


def _report_unregistered(
    connection: psycopg.Connection,
    account: KnownAccount,
    why: str,
    as_of: datetime | None,
) -> None:
    _logger.error(
        "%s %s of workspace %s is connected, and its webhooks are not: %s",
        LOG_MARK,
        account.label,
        account.workspace_id,
        why,
    )
    connection.execute(
        "select outreach.open_admin_alert(%s, %s, %s, %s, %s, %s)",
        [
            account.workspace_id,
            REREGISTER_FAILED,
            account.label,
            f"The account is connected again, and its webhooks are not registered: "
            f"{why.rstrip('.')}. The polls tell meanwhile; the daily audit tries "
            "again.",
            Jsonb({"account_id": account.account_id}),
            as_of,
        ],
    )
