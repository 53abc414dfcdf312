"""Plans the events that subscribers receive, and how late each one comes.

Belongs here: delays, duplicates and lost events. `delivery` sends them, and chooses the
subscriptions when an event is due, not when it is planned.
"""

import datetime
from typing import Any

from unipile_sandbox import payloads
from unipile_sandbox.chance import chance
from unipile_sandbox.clock import iso
from unipile_sandbox.core import Core
from unipile_sandbox.records import Account, Chat, Message
from unipile_sandbox.v2.events import (
    plan_account_event,
    plan_message_event,
    plan_relation_event,
)

# What version 2 calls a message of an account that version 1 sends.
V2_MESSAGES = {
    "OK": "status.running",
    "CREDENTIALS": "status.disconnected",
    "ERROR": "status.errored",
    "DELETED": "remove",
}


def plan_account_status(core: Core, account_id: str, message: str) -> None:
    account = core.world.accounts[account_id]
    if account.version == 2:
        plan_account_event(core, account, V2_MESSAGES.get(message, message))
        return
    payload = payloads.account_status(account_id, message)
    _plan(core, "account_status", message.lower(), account_id, payload, 0.0)


def plan_message(core: Core, chat: Chat, message: Message) -> None:
    people = core.world.people
    sender, other = people.person(message.sender), people.person(chat.provider_id)
    for account in core.world.accounts_of(chat.owner, 1):
        payload = payloads.message_received(account, chat, message, sender, other)
        _plan(core, "messaging", "message_received", account.account_id, payload, 0.0)
    plan_message_event(core, message)


def plan_new_relation(
    core: Core, owner: str, provider_id: str, at: datetime.datetime
) -> None:
    """Plan the event of a connection made at `at`: late, twice, or never."""
    person = core.world.people.person(provider_id)
    passed = (core.clock.now() - at).total_seconds()
    for account in core.world.accounts_of(owner, 1):
        payload = payloads.new_relation(account, person)
        for delay in _delays(core, account, provider_id):
            wait = delay - passed
            _plan(core, "users", "new_relation", account.account_id, payload, wait)
    relation = core.world.relations[owner].get(provider_id)
    assert relation is not None, "the connection is made before its event"
    for account in core.world.accounts_of(owner, 2):
        waits = [delay - passed for delay in _delays(core, account, provider_id)]
        plan_relation_event(core, account, relation, waits)


def _delays(core: Core, account: Account, provider_id: str) -> list[float]:
    """Seconds from the connection to each event; empty if no event comes."""
    overrides = core.world.people.overrides(provider_id)
    if "webhook_delays_seconds" in overrides:
        return overrides["webhook_delays_seconds"]
    seed, names = core.settings.seed, (account.account_id, provider_id)
    luck = chance(seed, "webhook luck", *names)
    if luck < core.settings.webhook_never_odds:
        return []
    is_twice = luck > 1 - core.settings.webhook_twice_odds
    hours = core.settings.webhook_within_hours
    return [
        chance(seed, f"webhook delay {number}", *names) * hours * 3600
        for number in range(2 if is_twice else 1)
    ]


def _plan(
    core: Core,
    source: str,
    event: str,
    account_id: str,
    payload: dict[str, Any],
    wait_seconds: float,
) -> None:
    due_at = core.clock.now() + datetime.timedelta(seconds=wait_seconds)
    event_id = core.next_id("event")
    core.record(
        "webhook_planned",
        event_id=event_id,
        source=source,
        event=event,
        account_id=account_id,
        payload=payload,
        due_at=iso(due_at),
    )
    core.schedule.add(core.world.planned[event_id].due_at, "event", event_id)
