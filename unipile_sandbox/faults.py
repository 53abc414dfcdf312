"""Scripted faults: which calls fail, how often, and in which way.

Belongs here: the fields of a fault, and finding the fault for a call. `serving` carries
it out.
"""

import dataclasses
from typing import Any, Literal

from unipile_sandbox.calls import Call

Drop = Literal["before", "after", "mid_body"]


@dataclasses.dataclass
class Fault:
    """One scripted fault. A condition that is None matches every call.

    route: the name of a route, such as `send_invite`, or `*` for any.
    version: only calls of version 1 or 2 of the API.
    page: which page of a list walk, from 1. call_index: only the nth call that matches,
    from 1. times: how often it strikes; None means always.
    status, type, detail, retry_after: answer this error; `commits` says whether the
    effect happens first. drop: close the connection before the effect, after it, or in
    the middle of the answer's body. junk: after the effect, answer 200 with this text;
    with a status and no type, that status, and `commits` says whether the effect
    happens first. content_type: of that text. null_message_id: after the effect, answer
    without the message's id. several_message_ids: answer it as a list of several.
    wrong_person: answer the profile of somebody else.
    """

    route: str
    version: int | None = None
    account_id: str | None = None
    provider_id: str | None = None
    page: int | None = None
    call_index: int | None = None
    times: int | None = 1
    status: int | None = None
    type: str | None = None
    detail: str | None = None
    retry_after: str | None = None
    commits: bool = False
    delay_before_seconds: float = 0.0
    delay_after_seconds: float = 0.0
    drop: Drop | None = None
    junk: str | None = None
    content_type: str | None = None
    null_message_id: bool = False
    several_message_ids: bool = False
    wrong_person: bool = False
    seen: int = 0
    struck: int = 0

    def takes(self, call: Call) -> bool:
        """Whether the fault strikes this call; counts the call."""
        if not self._matches(call):
            return False
        self.seen += 1
        if self.call_index is not None:
            strikes = self.seen == self.call_index
        else:
            strikes = self.times is None or self.struck < self.times
        self.struck += strikes
        return strikes

    def _matches(self, call: Call) -> bool:
        return (
            self.route in ("*", call.route)
            and self.version in (None, call.version)
            and self.account_id in (None, call.account_id)
            and self.provider_id in (None, call.person)
            and self.page in (None, call.page)
        )

    @property
    def prevents_effect(self) -> bool:
        return self.drop == "before" or (self.status is not None and not self.commits)


_SCRIPTABLE = {field.name: field for field in dataclasses.fields(Fault)}
_COUNTERS = {"seen", "struck"}


def fault_from(script: dict[str, Any], routes: set[str]) -> Fault:
    """Reads a fault from JSON. Raises ValueError with a sentence."""
    for name in script:
        if name not in _SCRIPTABLE or name in _COUNTERS:
            known = ", ".join(sorted(_SCRIPTABLE.keys() - _COUNTERS))
            raise ValueError(f"a fault has no field {name}; it can have: {known}")
    route = script.get("route")
    if route != "*" and route not in routes:
        known = ", ".join(sorted(routes))
        raise ValueError(f"there is no route {route!r}; the routes are: {known}")
    is_page = script.get("junk") is not None and script.get("type") is None
    if not is_page and (script.get("status") is None) != (script.get("type") is None):
        raise ValueError("status and type of a fault are given together or not at all")
    if script.get("content_type") is not None and not is_page:
        raise ValueError("content_type of a fault is the type of its junk")
    if script.get("drop") not in (None, "before", "after", "mid_body"):
        raise ValueError(f"drop is before, after or mid_body, not {script['drop']!r}")
    return Fault(**script)


class Faults:
    """The scripted faults, in the order of their scripting."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def script(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()

    def take(self, call: Call) -> Fault | None:
        """The first fault that strikes this call."""
        for fault in self._faults:
            if fault.takes(call):
                return fault
        return None

    def dump(self) -> list[dict[str, Any]]:
        return [dataclasses.asdict(fault) for fault in self._faults]
