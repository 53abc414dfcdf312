"""Planning repairs of our webhook endpoints of version 2 from the provider's list.

Belongs here: which endpoint is ours and tells everything of everybody, and what to do
if none does. Does not: the database, or calls. Only a complete list may be used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trueup.inbound.webhooks.plan import is_same_address

Item = dict[str, Any]


@dataclass(frozen=True)
class Endpoint:
    """One of our endpoints. account_ids: empty means every account, now and later."""

    webhook_id: str
    application_id: str | None
    secret: str
    is_enabled: bool
    events: frozenset[str]
    account_ids: tuple[str, ...]

    def told(self, wanted: Mapping[str, Sequence[str]]) -> list[str]:
        """The wanted events of which it tells under each of the provider's names."""
        return [event for event, names in wanted.items() if self.events >= set(names)]

    def why_unsound(self, wanted: Mapping[str, Sequence[str]]) -> str | None:
        """Why it does not tell everything of everybody; None if it does."""
        missing = sorted(set(wanted) - set(self.told(wanted)))
        if not self.secret:
            return "the list does not show its secret"
        if not self.is_enabled:
            return "it is not enabled"
        if missing:
            return f"it does not tell of {', '.join(missing)}"
        if self.account_ids:
            return "it tells of some accounts only"
        return None

    def reduced(self, wanted: Mapping[str, Sequence[str]]) -> Item:
        """The stored fields, without the address and the secret.

        Of a wanted event of which it tells under some names only, it shows none.
        """
        names = [name for event in self.told(wanted) for name in wanted[event]]
        is_sound = self.is_enabled and self.secret != ""
        return {
            "reference": self.webhook_id,
            "events": sorted(names),
            "account_ids": list(self.account_ids),
            "is_sound": is_sound,
            "unsound_because": self.why_unsound(wanted),
        }


@dataclass(frozen=True)
class EndpointPlan:
    """create: no endpoint is ours. change: the one to be changed, and why. stale: the
    ids of those that another one makes needless."""

    create: bool = False
    change: tuple[Endpoint, str] | None = None
    stale: tuple[str, ...] = ()


def read_endpoints(items: Sequence[Item], url: str) -> list[Endpoint]:
    """The listed endpoints with our address; all others are ignored."""
    return [_read(item) for item in items if is_same_address(item.get("url"), url)]


def plan_endpoints(
    endpoints: Sequence[Endpoint], wanted: Mapping[str, Sequence[str]]
) -> EndpointPlan:
    """What has to be done so that one endpoint tells everything of everybody.

    wanted: each wanted event with all of the provider's names for it.
    """
    if not endpoints:
        return EndpointPlan(create=True)
    why = {one.webhook_id: one.why_unsound(wanted) for one in endpoints}
    sound = [one for one in endpoints if why[one.webhook_id] is None]
    if sound:
        rest = tuple(one.webhook_id for one in endpoints if one is not sound[0])
        return EndpointPlan(stale=rest)
    readable = [one for one in endpoints if one.secret]
    if not readable:
        # A new one shows its secret when it is made; the next audit takes the others.
        return EndpointPlan(create=True)
    return EndpointPlan(change=(readable[0], why[readable[0].webhook_id] or ""))


def _read(item: Item) -> Endpoint:
    events = item.get("trigger_events")
    account_ids = item.get("account_ids")
    return Endpoint(
        webhook_id=item["id"],
        application_id=_text(item.get("application_id")),
        secret=_text(item.get("secret")) or "",
        is_enabled=item.get("enabled") is True,
        events=frozenset(
            event
            for event in (events if isinstance(events, list) else [])
            if isinstance(event, str)
        ),
        # An unreadable id matches no account, so that it does not mean all accounts.
        account_ids=tuple(
            account if isinstance(account, str) else ""
            for account in (account_ids if isinstance(account_ids, list) else [""])
        ),
    )


def _text(found: object) -> str | None:
    return found if isinstance(found, str) and found else None
