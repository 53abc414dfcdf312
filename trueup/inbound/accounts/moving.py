"""Moving accounts from version 1 of the provider's API to version 2, one by one.

Belongs here: which account of version 2 is which of ours, and the steps of a move in
their order. Does not: the change of the address, which is
`outreach.move_account_to_version_2`, or options and printing.

The order keeps a person from being written to twice: the account is paused, nothing of
it is under way, its address changes, version 2 proves it, and only then it goes on.
What ends half-way is finished by the next run.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import psycopg
from psycopg.rows import class_row

from trueup.inbound.accounts.answers import (
    ProviderAccount,
    read_account,
    refuse_unusable,
)
from trueup.inbound.accounts.refresh import refresh_account
from trueup.unipile.provider import Provider, open_provider

LOOK_AGAIN_SECONDS = 1.0
PAUSE_REASON = "moves to version 2 of the provider's API"
ANSWER_WAITS = "An answer waits to be sent, in a chat that only version 1 knows."

Verdict = Literal[
    "ready", "disconnected", "absent", "unproven", "ambiguous", "waits", "to finish"
]


@dataclass(frozen=True)
class Candidate:
    """An account that may move; the fields of `outreach.accounts_to_move`."""

    workspace_id: int
    account_id: int
    account_name: str
    status: str
    linkedin_identity: str
    provider_account_id: str
    provider_dsn: str
    provider_version: int
    known_ids: list[str]
    is_paused: bool
    is_being_moved: bool
    in_hand: int
    answers: int

    @property
    def label(self) -> str:
        return f"{self.account_name} (account {self.account_id})"


@dataclass(frozen=True)
class Plan:
    """What a move of an account would do. v2_id: its id there, None if it has none.

    ready: it moves. disconnected: version 2 has it logged out. absent: version 2 does
    not show it. unproven, ambiguous: it is not certain which one it is. waits: an
    answer waits for its chat. to finish: an earlier run ended half-way. why: a sentence
    for every verdict but ready.
    """

    account: Candidate
    verdict: Verdict
    v2_id: str | None = None
    why: str = ""


@dataclass(frozen=True)
class Moved:
    """What became of a plan. status: of the account at version 2, None if it stayed."""

    plan: Plan
    status: str | None = None
    why: str = ""


def plan_moves(
    connection: psycopg.Connection,
    v2_dsn: str,
    v2_api_key: str,
    workspace_id: int | None = None,
    account_id: int | None = None,
) -> list[Plan]:
    """Find each account of version 1 among those of version 2. Writes nothing.

    The provider tells of an account where it comes from; if it does not, LinkedIn's own
    answer about the owner of each account decides. Raises UnusableProviderError.
    """
    accounts = _candidates(connection, workspace_id, account_id)
    return asyncio.run(_plan(accounts, v2_dsn, v2_api_key))


def move_accounts(
    connection: psycopg.Connection,
    v2_dsn: str,
    v2_api_key: str,
    plans: list[Plan],
    actor: str,
    *,
    with_disconnected: bool = False,
    wait_seconds: float = 0,
) -> Iterator[Moved]:
    """Move the accounts that are ready, each in steps that are committed one by one.

    with_disconnected: also those that version 2 has logged out; they send nothing until
    a person logs in there. wait_seconds: for a send of an account that is under way.
    The connection must be in autocommit.
    """
    if not connection.autocommit:
        raise ValueError("a move is committed step by step: use autocommit")
    for plan in plans:
        if plan.verdict == "to finish":
            yield _finish(connection, v2_dsn, v2_api_key, plan, actor)
        elif plan.verdict == "ready" or (
            with_disconnected and plan.verdict == "disconnected"
        ):
            yield _move(connection, v2_dsn, v2_api_key, plan, actor, wait_seconds)
        else:
            if plan.account.provider_version == 1:
                _resume(connection, plan.account, actor)
            yield Moved(plan, None, plan.why)


def _move(
    connection: psycopg.Connection,
    v2_dsn: str,
    v2_api_key: str,
    plan: Plan,
    actor: str,
    wait_seconds: float,
) -> Moved:
    account = plan.account
    if not account.is_paused:
        _set_pause(connection, account, actor, is_paused=True)
        account = replace(account, is_being_moved=True)
        plan = replace(plan, account=account)
    until = time.monotonic() + wait_seconds
    while (why_not := _change_address(connection, v2_dsn, plan, actor)) is not None:
        if _has_answers(connection, account):
            # A paused account would never send it.
            _resume(connection, account, actor)
            return Moved(plan, None, ANSWER_WAITS)
        if time.monotonic() >= until:
            # It stays paused: what is under way ends, and the next run goes on.
            return Moved(plan, None, f"{why_not}. Run the same command again.")
        time.sleep(LOOK_AGAIN_SECONDS)
    return _finish(connection, v2_dsn, v2_api_key, plan, actor)


def _candidates(
    connection: psycopg.Connection, workspace_id: int | None, account_id: int | None
) -> list[Candidate]:
    with connection.cursor(row_factory=class_row(Candidate)) as cursor:
        return cursor.execute(
            "select * from outreach.accounts_to_move(%s, %s, %s)",
            [workspace_id, account_id, PAUSE_REASON],
        ).fetchall()


def _has_answers(connection: psycopg.Connection, account: Candidate) -> bool:
    """Whether an answer was asked for since the plan."""
    now = _candidates(connection, account.workspace_id, account.account_id)
    return any(one.answers for one in now)


def _change_address(
    connection: psycopg.Connection, v2_dsn: str, plan: Plan, actor: str
) -> str | None:
    """Change the account's address and id; the reason if it cannot be done yet."""
    account = plan.account
    try:
        connection.execute(
            "select outreach.move_account_to_version_2(%s, %s, %s, %s, %s, %s)",
            [
                account.workspace_id,
                account.account_id,
                v2_dsn,
                plan.v2_id,
                actor,
                PAUSE_REASON,
            ],
        )
    except psycopg.errors.ObjectNotInPrerequisiteState as refusal:
        return refusal.diag.message_primary
    return None


def _finish(
    connection: psycopg.Connection,
    v2_dsn: str,
    v2_api_key: str,
    plan: Plan,
    actor: str,
) -> Moved:
    """Ask version 2 for the account's status, then end the pause of the move."""
    account = plan.account
    refresh = refresh_account(
        connection,
        v2_dsn,
        v2_api_key,
        account.workspace_id,
        account.account_id,
        actor,
        PAUSE_REASON,
    )
    _resume(connection, account, actor)
    return Moved(plan, refresh.to_status, refresh.why or "")


def _resume(connection: psycopg.Connection, account: Candidate, actor: str) -> None:
    """End the pause of the move; a pause for another reason stays."""
    if account.is_being_moved:
        _set_pause(connection, account, actor, is_paused=False)


def _set_pause(
    connection: psycopg.Connection, account: Candidate, actor: str, *, is_paused: bool
) -> None:
    connection.execute(
        "select outreach.set_pause(%s, 'account', %s, %s, %s, %s)",
        [account.workspace_id, account.account_id, is_paused, actor, PAUSE_REASON],
    )


async def _plan(accounts: list[Candidate], v2_dsn: str, v2_api_key: str) -> list[Plan]:
    if not accounts:
        return []
    async with open_provider(v2_dsn, v2_api_key) as provider:
        walk = await provider.accounts()
        if walk.stopped_by is not None:
            refuse_unusable(walk.stopped_by, v2_dsn)
        listed = [read_account(item) for item in walk.items]
        owners = _Owners(provider, v2_dsn)
        plans = []
        for account in accounts:
            plan = await _plan_of(account, listed, owners, v2_dsn)
            if plan.verdict == "absent" and not walk.is_complete:
                why = f"The list of version 2 was not read whole: {walk.why_stopped}."
                plan = replace(plan, verdict="unproven", why=why)
            plans.append(plan)
    return plans


class _Owners:
    """The owner of each account of version 2, as LinkedIn says it; asked once each."""

    def __init__(self, provider: Provider, dsn: str) -> None:
        self._provider = provider
        self._dsn = dsn
        self._known: dict[str, tuple[str | None, str]] = {}

    async def of(self, account: ProviderAccount) -> tuple[str | None, str]:
        """LinkedIn's id of the owner; None with the reason if it gives none."""
        key = account.provider_account_id
        if key not in self._known:
            answer = await self._provider.own_profile(key)
            refuse_unusable(answer, self._dsn)
            shown = (answer.body or {}).get("provider_id")
            found = shown if answer.is_success else None
            said = answer.error_type or answer.detail or f"status {answer.http_status}"
            self._known[key] = found, said
        return self._known[key]


async def _plan_of(
    account: Candidate, listed: list[ProviderAccount], owners: _Owners, v2_dsn: str
) -> Plan:
    if account.provider_version == 2:
        if account.provider_dsn != v2_dsn:
            why = f"It was moved to {account.provider_dsn}, not to {v2_dsn}."
            return Plan(account, "unproven", account.provider_account_id, why)
        return Plan(account, "to finish", account.provider_account_id)
    found = [one for one in listed if one.v1_account_id in account.known_ids]
    if not found:
        found = [
            one
            for one in listed
            if one.v1_account_id is None
            and _acts(one)
            and (await owners.of(one))[0] == account.linkedin_identity
        ]
    if not found:
        why = "Version 2 does not show it yet; it stays at version 1."
        return Plan(account, "absent", None, why)
    # One that works stands for the person, whatever else was added beside it.
    working = [one for one in found if _acts(one)] or found
    if len(working) > 1:
        ids = ", ".join(one.provider_account_id for one in working)
        why = f"Version 2 has it more than once: {ids}. Delete all but one there."
        return Plan(account, "ambiguous", None, why)
    return await _plan_to(account, working[0], owners)


async def _plan_to(account: Candidate, one: ProviderAccount, owners: _Owners) -> Plan:
    v2_id = one.provider_account_id
    if not _acts(one):
        why = (
            f"Version 2 has it as {', '.join(one.said.states) or 'unknown'}; it stays "
            "at version 1. Log in there, or move it with --also-disconnected."
        )
        return Plan(account, "disconnected", v2_id, why)
    owner, said = await owners.of(one)
    if owner is None:
        why = f"LinkedIn does not say at version 2 who it is ({said})."
        return Plan(account, "disconnected", v2_id, why)
    if owner != account.linkedin_identity:
        why = f"At version 2, {v2_id} is the LinkedIn member {owner}, another person."
        return Plan(account, "unproven", v2_id, why)
    if account.answers:
        return Plan(account, "waits", v2_id, ANSWER_WAITS)
    return Plan(account, "ready", v2_id)


def _acts(one: ProviderAccount) -> bool:
    return one.said.states[:1] in (("running",), ("degraded",), ("partial",))
