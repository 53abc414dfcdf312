"""The status of the accounts, as the provider gives it.

Belongs here: the assets `refreshed_accounts` and `reported_accounts`, and their
metadata. Asking, flipping and what follows when an account has come back:
`trueup.inbound`.
"""

import dataclasses
from collections import Counter
from collections.abc import Sequence

import dagster as dg
import psycopg

from dagster_project.assets.names import markdown_table, names_of
from dagster_project.assets.providers import each_provider, summed
from dagster_project.resources import Postgres, Provider
from trueup.inbound.accounts.hosted_auth import FinishedLogin, finish_logins
from trueup.inbound.accounts.reconnect import RestoreReport, refresh_and_restore
from trueup.inbound.accounts.refresh import RefreshReport
from trueup.inbound.settings import webhook_target_of_environment

MOST_ROWS = 60


@dg.asset(
    group_name="inbound",
    kinds={"python", "postgres"},
    owners=["team:data"],
    deps=["inbound_events"],
    pool="inbound",
)
def refreshed_accounts(
    postgres: dg.ResourceParam[Postgres], provider: dg.ResourceParam[Provider]
) -> dg.MaterializeResult:
    """Statuses of accounts as the provider says, each flip with actor and reason.

    First come logins on hosted pages, then accounts that a webhook named, then all
    accounts when their check is due. An account that is connected again gets its
    subscriptions, and its missed events are read at once.
    """
    with postgres.connect() as connection:

        def refresh(dsn: str, api_key: str) -> _Round:
            logins = finish_logins(connection, dsn, api_key)
            row = connection.execute(
                "select outreach.are_accounts_due(%s)", [dsn]
            ).fetchone()
            is_whole_round = row is not None and row[0]
            return _Round(logins, *_refresh(connection, dsn, api_key, is_whole_round))

        metadata = _metadata(connection, each_provider(provider, refresh))
    return dg.MaterializeResult(metadata=metadata)


@dg.asset(
    group_name="inbound",
    kinds={"python", "postgres"},
    owners=["team:data"],
    deps=["inbound_events"],
    pool="inbound",
)
def reported_accounts(
    postgres: dg.ResourceParam[Postgres], provider: dg.ResourceParam[Provider]
) -> dg.MaterializeResult:
    """Accounts that a status webhook named, asked about as soon as it is read.

    The provider's answer decides, as in refreshed_accounts, which asks again where this
    fails. Nothing depends on it, so accepts and replies do not wait for the provider.
    """
    with postgres.connect() as connection:
        metadata = _metadata(
            connection,
            each_provider(
                provider,
                lambda dsn, api_key: _Round(
                    [], *_refresh(connection, dsn, api_key, is_whole_round=False)
                ),
            ),
        )
    return dg.MaterializeResult(metadata=metadata)


@dataclasses.dataclass(frozen=True)
class _Round:
    """What one provider's accounts came to."""

    logins: list[FinishedLogin]
    report: RefreshReport
    back: RestoreReport | None


def _refresh(
    connection: psycopg.Connection, dsn: str, api_key: str, is_whole_round: bool
) -> tuple[RefreshReport, RestoreReport | None]:
    return refresh_and_restore(
        connection,
        dsn,
        api_key,
        webhook_target_of_environment,
        is_whole_round=is_whole_round,
    )


def _metadata(
    connection: psycopg.Connection, rounds: Sequence[_Round]
) -> dict[str, int | bool | dg.MarkdownMetadataValue]:
    backs = [one.back for one in rounds if one.back is not None]
    return refresh_metadata(
        connection,
        [login for one in rounds for login in one.logins],
        summed([one.report for one in rounds]),
        summed(backs) if backs else None,
    )


def refresh_metadata(
    connection: psycopg.Connection,
    logins: list[FinishedLogin],
    report: RefreshReport,
    back: RestoreReport | None,
) -> dict[str, int | bool | dg.MarkdownMetadataValue]:
    """The counts of a round, each flip, and what was refused or not told."""
    outcomes = Counter(one.outcome for one in report.refreshes)
    metadata: dict[str, int | bool | dg.MarkdownMetadataValue] = {
        "asked_about": len(report.refreshes),
        "is_complete": report.is_complete,
        "flipped": outcomes["flipped"],
        "unproven": outcomes["unproven"],
        "logins": len(logins),
        "brought_back": 0 if back is None else len(back.accounts),
    }
    flipped = report.of("flipped")[:MOST_ROWS]
    unproven = report.of("unproven")[:MOST_ROWS]
    unsubscribed = {} if back is None else back.unsubscribed
    shown = [one.account for one in (*flipped, *unproven)]
    keys = [(account.workspace_id, account.account_id) for account in shown]
    names = names_of(connection, "account", [*keys, *unsubscribed])
    rows = [
        (
            names[one.account.workspace_id, one.account.account_id],
            f"{one.account.status} → {one.to_status}",
            one.provider_state,
        )
        for one in flipped
    ]
    rows += [
        (names[one.account.workspace_id, one.account.account_id], "unproven", one.why)
        for one in unproven
    ]
    rows += [
        ("a login on a hosted page", "refused", one.refusal)
        for one in logins
        if one.refusal is not None
    ]
    rows += [(names[key], "not told", why) for key, why in unsubscribed.items()]
    if rows:
        table = markdown_table(("account", "what", "why"), rows)
        metadata["changes"] = dg.MetadataValue.md(table)
    return metadata
