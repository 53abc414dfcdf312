"""The events of version 2: names, envelopes, payloads, and when they are due.

Belongs here: what an event says. `delivery` sends them, to the endpoints that exist
when an event is due.
"""

import datetime
from typing import Any

from unipile_sandbox.chance import chance
from unipile_sandbox.clock import iso
from unipile_sandbox.core import Core
from unipile_sandbox.records import Account, Message, Relation
from unipile_sandbox.v2 import shown
from unipile_sandbox.v2.ids import APPLICATION_ID

# What an endpoint can be triggered by, without mail, calendars and tracking.
EVENTS = (
    "account.status.disconnected",
    "account.status.running",
    "account.status.errored",
    "account.status.degraded",
    "account.status.partial",
    "account.locked",
    "account.unlocked",
    "account.add",
    "account.reconnect",
    "account.remove",
    "account.initial_sync.running",
    "account.initial_sync.failed",
    "account.initial_sync.completed",
    "message.new",
    "message.update",
    "message.delete",
    "message.receipt.read",
    "message.receipt.delivery",
    "message.reaction.new",
    "message.reaction.delete",
    "chat.update",
    "chat.delete",
    "relation.new",
    "follower.new",
)
SOURCE = "v2"


def plan_event(
    core: Core,
    account: Account,
    kind: str,
    payload: dict[str, Any],
    *,
    waits_seconds: list[float] | None = None,
    form: str = "plain",
    is_short: bool | None = None,
) -> str:
    """Plan one event, which comes once after each wait, always with the same `evt_` id.

    form: of the signature. is_short: without the keys that an older contract lacks.
    """
    event_id = "evt_" + core.next_id("event")
    delay = core.settings.v2_event_delay_seconds
    for number, wait in enumerate([0.0] if waits_seconds is None else waits_seconds):
        spread = chance(core.settings.seed, "event delay", event_id, str(number))
        due_at = core.clock.now() + datetime.timedelta(seconds=wait + spread * delay)
        copy_id = event_id if number == 0 else f"{event_id}-again-{number}"
        core.record(
            "webhook_planned",
            event_id=copy_id,
            source=SOURCE,
            event=kind,
            account_id=account.account_id,
            payload=_envelope(core, account, event_id, kind, payload, due_at, is_short),
            due_at=iso(due_at),
            form=form,
        )
        core.schedule.add(core.world.planned[copy_id].due_at, "event", copy_id)
    return event_id


def _envelope(
    core: Core,
    account: Account,
    event_id: str,
    kind: str,
    payload: dict[str, Any],
    at: datetime.datetime,
    is_short: bool | None,
) -> dict[str, Any]:
    body = {
        "id": event_id,
        "created_at": iso(at),
        "type": kind,
        "account_id": account.account_id,
        "account_provider": "linkedin",
        "account_name": account.name,
        "application_id": APPLICATION_ID,
        "application_production": bool(core.settings.v2_is_production),
        "payload": payload,
    }
    if is_short or (is_short is None and core.settings.v2_short_envelopes):
        for key in (
            "account_provider",
            "account_name",
            "application_id",
            "application_production",
        ):
            del body[key]
    return body


def plan_account_event(
    core: Core,
    account: Account,
    kind: str,
    *,
    state: str | None = None,
    product: str | None = None,
) -> None:
    """kind: what follows `account.`, such as `status.running` or `add`."""
    payload: dict[str, Any] = {}
    if kind.startswith("status."):
        payload = {"timestamp": iso(core.clock.now())}
        if kind == "status.errored":
            payload["reason"] = account.error_reason
        if product is not None:
            payload["product"] = product
    elif kind in ("add", "reconnect"):
        payload = {"account": shown.account(account)}
        if state is not None:
            payload["state"] = state
    plan_event(core, account, f"account.{kind}", payload)


def plan_message_event(core: Core, message: Message) -> None:
    """Own messages come as well: they say `is_sender`."""
    for account in core.world.accounts_of(message.owner, 2):
        plan_event(core, account, "message.new", shown.message(core, message))


def plan_relation_event(
    core: Core, account: Account, relation: Relation, waits_seconds: list[float]
) -> None:
    odds = core.settings.v2_undated_odds
    payload = shown.relation(core.world, relation, odds)
    plan_event(core, account, "relation.new", payload, waits_seconds=waits_seconds)
