"""Planning repairs of our subscriptions from the provider's list.

Belongs here: which listed subscriptions are ours and valid, which accounts they do not
cover, and which are redundant. Does not: the database, or calls. Only a complete list
may be used.
"""

import hmac
import urllib.parse
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trueup.inbound.settings import WebhookTarget

SECRET_HEADER = "Unipile-Auth"
CONTENT_TYPE = "application/json"
# Means every account, including future ones.
EVERYBODY = "*"

Item = dict[str, Any]


@dataclass(frozen=True)
class Subscription:
    """One of our subscriptions. events: None if the list does not show them.

    account_ids: the provider's ids; empty means every account. unsound_because: why it
        covers no account; None if it works.
    """

    webhook_id: str
    events: tuple[str, ...] | None
    account_ids: tuple[str, ...]
    unsound_because: str | None

    def reduced(self) -> Item:
        """The stored fields, without the address and the secret."""
        return {
            "reference": self.webhook_id,
            "events": None if self.events is None else list(self.events),
            "account_ids": list(self.account_ids),
            "is_sound": self.unsound_because is None,
            "unsound_because": self.unsound_because,
        }


@dataclass(frozen=True)
class Gap:
    """A wanted event, and the provider's ids of the accounts without it."""

    wanted_event: str
    account_ids: tuple[str, ...]


@dataclass(frozen=True)
class Stale:
    """A subscription of ours to delete, and the reason."""

    webhook_id: str
    reason: str


@dataclass(frozen=True)
class Plan:
    """gaps: events to register. stale: subscriptions to delete after that."""

    gaps: tuple[Gap, ...]
    stale: tuple[Stale, ...]


def read_subscriptions(
    items: Sequence[Item], target: WebhookTarget
) -> list[Subscription]:
    """The listed subscriptions with our address; all others are ignored."""
    return [
        _read_subscription(item, target)
        for item in items
        if is_same_address(item.get("request_url"), target.url)
    ]


def plan_repairs(
    subscriptions: Sequence[Subscription],
    account_ids: Collection[str],
    wanted: Mapping[str, Collection[str]],
) -> Plan:
    """The events to register and the subscriptions to delete.

    account_ids: the provider's ids of our active accounts. wanted: each wanted event
        with the provider's names for it.
    """
    sound = [one for one in subscriptions if one.unsound_because is None]
    gaps = []
    for event, names in wanted.items():
        missing = tuple(
            account_id
            for account_id in sorted(account_ids)
            if not any(_tells(one, account_id, names) for one in sound)
        )
        if missing:
            gaps.append(Gap(event, missing))
    return Plan(
        tuple(gaps),
        tuple(
            _stale(
                subscriptions, account_ids, wanted, {gap.wanted_event for gap in gaps}
            )
        ),
    )


def is_same_address(one: object, other: str) -> bool:
    """Whether two web addresses are equal; their paths are compared exactly."""
    return isinstance(one, str) and _address(one) == _address(other)


def _address(text: str) -> tuple[str, str, int | None, str, str]:
    parts = urllib.parse.urlsplit(text.strip())
    try:
        port = parts.port
    except ValueError:
        port = -1
    default = {"http": 80, "https": 443}.get(parts.scheme.lower())
    return (
        parts.scheme.lower(),
        (parts.hostname or "").lower(),
        default if port is None else port,
        parts.path or "/",
        parts.query,
    )


def _read_subscription(item: Item, target: WebhookTarget) -> Subscription:
    events = item.get("events")
    accounts = item.get("account_ids")
    return Subscription(
        webhook_id=item["id"],
        events=(
            tuple(event.lower() for event in events if isinstance(event, str))
            if isinstance(events, list)
            else None
        ),
        account_ids=tuple(
            _account_id(account)
            for account in (accounts if isinstance(accounts, list) else [])
        ),
        unsound_because=_why_unsound(item, target),
    )


def _account_id(account: object) -> str:
    """An unreadable id matches no account, so that it does not mean all accounts."""
    found = account.get("id") if isinstance(account, dict) else account
    return found if isinstance(found, str) else ""


def _why_unsound(item: Item, target: WebhookTarget) -> str | None:
    headers = _headers(item.get("headers"))
    secret = headers.get(SECRET_HEADER.lower(), "")
    if item.get("enabled") is not True:
        return "it is not enabled"
    if not isinstance(item.get("events"), list):
        return "the list does not tell its events"
    if item.get("format", "json") != "json":
        return "it does not tell in JSON"
    if not hmac.compare_digest(
        secret.encode("utf-8", "replace"), target.secret.encode()
    ):
        return f"its header {SECRET_HEADER} is not our secret"
    if not headers.get("content-type", "").lower().startswith(CONTENT_TYPE):
        return "it sends no content type"
    return None


def _headers(pairs: object) -> dict[str, str]:
    return {
        pair["key"].lower(): pair["value"]
        for pair in (pairs if isinstance(pairs, list) else [])
        if isinstance(pair, dict)
        and isinstance(pair.get("key"), str)
        and isinstance(pair.get("value"), str)
    }


def _tells(one: Subscription, account_id: str, names: Collection[str]) -> bool:
    is_of_account = not one.account_ids or account_id in one.account_ids
    return is_of_account and any(event in names for event in one.events or ())


def _stale(
    subscriptions: Sequence[Subscription],
    account_ids: Collection[str],
    wanted: Mapping[str, Collection[str]],
    registered: Collection[str],
) -> list[Stale]:
    """Subscriptions whose events a new or a wider subscription covers."""
    everybody = [*account_ids, EVERYBODY]
    told = {(account_id, event) for event in registered for account_id in everybody}
    stale = []
    for one in sorted(subscriptions, key=_widest_first):
        if one.unsound_because is not None:
            stale.append(Stale(one.webhook_id, one.unsound_because))
            continue
        tells = {
            (account_id, event)
            for event, names in wanted.items()
            for account_id in everybody
            if _tells(one, account_id, names)
        }
        if not tells:
            reason = "it tells nothing that is wanted of any account that is ours"
            stale.append(Stale(one.webhook_id, reason))
        elif tells <= told:
            reason = "others tell everything that it tells"
            stale.append(Stale(one.webhook_id, reason))
        told |= tells
    return stale


def _widest_first(one: Subscription) -> tuple[bool, int, str]:
    return bool(one.account_ids), -len(one.account_ids), one.webhook_id
