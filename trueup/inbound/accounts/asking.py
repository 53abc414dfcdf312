"""Querying the provider about one account, and applying the answer.

Belongs here: the call, an account's two ids, and passing the answer to
`outreach.apply_provider_states`, which flips through `flip_linkedin_account_status`.
Does not: the choice of accounts and times (`refresh.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from trueup.inbound.accounts.answers import (
    ProviderAccount,
    ReportedStates,
    account_in,
    read_account,
    read_account_answer,
    refuse_unusable,
)
from trueup.inbound.lists.wide_reads import database_time
from trueup.unipile.addresses import settings_of
from trueup.unipile.provider import Provider

# Statuses in which an account acts, also with some of its products only.
ACTING = ("connected", "degraded", "partial")


@dataclass(frozen=True)
class KnownAccount:
    """An account in our tables, read before the call to the provider."""

    workspace_id: int
    account_id: int
    account_name: str
    status: str
    status_seq: int
    provider_account_id: str
    linkedin_identity: str

    @property
    def label(self) -> str:
        return f"{self.account_name} (account {self.account_id})"


@dataclass(frozen=True)
class AccountRefresh:
    """The result of a query about one account.

    outcome: flipped, same, superseded (another session flipped it during the call), or
        unproven (its state is unknown for the reason in `why`, and nothing was
        changed).
    """

    account: KnownAccount
    outcome: Literal["flipped", "same", "superseded", "unproven"]
    to_status: str
    provider_state: str | None = None
    why: str | None = None
    is_relinked: bool = False
    provider_account_id: str | None = None

    @property
    def account_now(self) -> KnownAccount:
        """The account with its current provider id and status."""
        return replace(
            self.account,
            status=self.to_status,
            provider_account_id=self.provider_account_id
            or self.account.provider_account_id,
        )

    @property
    def has_reconnected(self) -> bool:
        """Whether it is newly connected, or connected with a new id."""
        was_acting = self.account.status in ACTING and not self.is_relinked
        return not was_acting and self.to_status in ACTING


def known_accounts(
    connection: psycopg.Connection,
    provider_dsn: str,
    workspace_id: int | None = None,
    account_id: int | None = None,
) -> list[KnownAccount]:
    """The accounts linked at a provider's address, of all workspaces or one."""
    with connection.cursor(row_factory=class_row(KnownAccount)) as cursor:
        return cursor.execute(
            "select * from outreach.accounts_at_provider(%s, %s, %s)",
            [provider_dsn, workspace_id, account_id],
        ).fetchall()


async def check_account(
    connection: psycopg.Connection,
    provider: Provider,
    provider_dsn: str,
    account_key: tuple[int, int],
    actor: str,
    reason: str,
    as_of: datetime | None,
    listed: list[ProviderAccount] | None = None,
) -> AccountRefresh:
    """Query one account through an open client; see refresh_account.

    listed: the provider's accounts, if a complete walk was just made. Otherwise they
        are walked if the account is missing, to find it with another id.
    """
    refresh: AccountRefresh | None = None
    # Another session may flip the account during the call; then the call is repeated.
    for _ in range(2):
        account = _known_account(connection, provider_dsn, account_key)
        asked_at = as_of or database_time(connection)
        answer = await provider.get_account(account.provider_account_id)
        said = read_account_answer(answer, provider_dsn, account.linkedin_identity)
        if answer.is_success and answer.body is not None:
            shown = read_account(answer.body)
            shown = await proven(provider, provider_dsn, account, shown)
            said = shown.reported_states(account.linkedin_identity)
        is_gone = answer.is_missing
        if is_gone:
            if listed is None:
                walk = await provider.accounts()
                listed = [read_account(item) for item in walk.items]
            found = await found_account(provider, provider_dsn, account, listed)
            if found is not None and found.provider_account_id != (
                account.provider_account_id
            ):
                return apply_found(connection, account, found, actor, reason, asked_at)
        _keep_answer(connection, account, said, asked_at)
        refresh = _apply(connection, account, said, actor, reason, asked_at)
        if refresh.outcome != "superseded":
            break
    assert refresh is not None
    return refresh


async def found_account(
    provider: Provider,
    provider_dsn: str,
    account: KnownAccount,
    listed: Sequence[ProviderAccount],
) -> ProviderAccount | None:
    """The entry of a list that is this account, as `proven` shows it; None without one.

    An entry with another id is the account only if its owner is the same person.
    """
    found = account_in(listed, account.provider_account_id, account.linkedin_identity)
    if found is None:
        return None
    found = await proven(provider, provider_dsn, account, found)
    has_its_id = found.provider_account_id == account.provider_account_id
    is_its_owners = found.identity == account.linkedin_identity
    return found if has_its_id or is_its_owners else None


async def proven(
    provider: Provider,
    provider_dsn: str,
    account: KnownAccount,
    shown: ProviderAccount,
) -> ProviderAccount:
    """What version 2 shows of an account, once LinkedIn has answered for its owner.

    It may call an account running that is not, and the owner's id that it shows may be
    old: the account's own profile proves both. It is read where the account comes back,
    also under another id, and where the owners differ. Raises UnusableProviderError as
    refuse_unusable does.
    """
    is_running = shown.said.states[:1] in (("running",), ("degraded",), ("partial",))
    is_new = (
        account.status not in ACTING
        or shown.identity != account.linkedin_identity
        or shown.provider_account_id != account.provider_account_id
    )
    if provider.version == 1 or not is_running or not is_new:
        return shown
    answer = await provider.own_profile(shown.provider_account_id)
    refuse_unusable(answer, provider_dsn)
    identity = (answer.body or {}).get("provider_id") if answer.is_success else None
    if identity is not None:
        return replace(shown, identity=identity)
    why = answer.error_type or answer.detail or f"status {answer.http_status}"
    types = () if answer.error_type is None else (answer.error_type,)
    said = ReportedStates("error", types, f"the profile of its owner: {why}")
    return replace(shown, identity=account.linkedin_identity, said=said)


def _known_account(
    connection: psycopg.Connection, provider_dsn: str, account_key: tuple[int, int]
) -> KnownAccount:
    found = known_accounts(connection, provider_dsn, *account_key)
    if not found:
        workspace_id, account_id = account_key
        raise LookupError(
            f"Workspace {workspace_id} has no account {account_id} that is linked at "
            f"the provider {provider_dsn}. Connect it with `trueup account connect`, "
            f"or set {settings_of(provider_dsn).dsn} to the address that its workspace "
            "was loaded for."
        )
    return found[0]


def apply_found(
    connection: psycopg.Connection,
    account: KnownAccount,
    found: ProviderAccount,
    actor: str,
    reason: str,
    asked_at: datetime,
) -> AccountRefresh:
    """Apply a list's entry for an account; link the account first if its id changed."""
    with connection.transaction():
        is_relinked = False
        if found.provider_account_id != account.provider_account_id:
            row = connection.execute(
                "select outreach.link_provider_account(%s, %s, %s, %s, %s, %s, %s)",
                [
                    account.workspace_id,
                    account.account_id,
                    account.linkedin_identity,
                    found.provider_account_id,
                    actor,
                    f"{reason}: added again at the provider",
                    asked_at,
                ],
            ).fetchone()
            is_relinked = row is not None and row[0]
        said = found.reported_states(account.linkedin_identity)
        refresh = _apply(connection, account, said, actor, reason, asked_at)
    return replace(
        refresh,
        is_relinked=is_relinked,
        provider_account_id=found.provider_account_id,
    )


def _apply(
    connection: psycopg.Connection,
    account: KnownAccount,
    said: ReportedStates,
    actor: str,
    reason: str,
    asked_at: datetime,
) -> AccountRefresh:
    row = connection.execute(
        "select outcome, provider_state, to_status"
        " from outreach.apply_provider_states(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            account.workspace_id,
            account.account_id,
            account.status_seq,
            said.state_field,
            list(said.states),
            actor,
            reason,
            asked_at,
            None if said.product_states is None else Jsonb(said.product_states),
        ],
    ).fetchone()
    assert row is not None
    outcome, provider_state, to_status = row
    return AccountRefresh(
        account=account,
        outcome=outcome,
        to_status=to_status,
        provider_state=provider_state,
        why=said.unknown_because if outcome == "unproven" else None,
    )


def _keep_answer(
    connection: psycopg.Connection,
    account: KnownAccount,
    said: ReportedStates,
    asked_at: datetime,
) -> None:
    """Store the call and its answer as a walk of one item."""
    connection.execute(
        "select outreach.record_provider_read("
        "%s, %s, 'account', %s, %s, %s, %s, 1, %s, %s)",
        [
            account.workspace_id,
            account.account_id,
            account.provider_account_id,
            asked_at,
            asked_at,
            bool(said.states),
            None if said.states else said.unknown_because,
            Jsonb([{"state_field": said.state_field, "states": list(said.states)}]),
        ],
    )
