"""Wrong tokens make an address wait.

Belongs here: how long, and for which address. It keeps nothing but a bounded table in
memory, and never sleeps.
"""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE_TRIES = 3
LONGEST_WAIT_SECONDS = 30.0
MOST_ADDRESSES = 1_000
_FORGOTTEN_AFTER_SECONDS = 900.0
_IPV6_NETWORK_BITS = 64


@dataclass
class _Tries:
    wrong: int
    last_at: float
    next_at: float


class Throttle:
    """Lets an address try a token, or says how many seconds it has to wait.

    The first three wrong tokens cost nothing. Each later one doubles the wait, from one
    second to half a minute. A right token ends it. Not thread-safe: it belongs to the
    event loop.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def seconds_to_wait(self, address: str) -> float:
        """0 if the address may try now."""
        tries = self._tries.get(network_of(address))
        return max(0.0, tries.next_at - self._clock()) if tries else 0.0

    def count_wrong(self, address: str) -> None:
        """A wrong token came from this address."""
        now, network = self._clock(), network_of(address)
        tries = self._tries.pop(network, None)
        if tries is None or now - tries.last_at > _FORGOTTEN_AFTER_SECONDS:
            tries = _Tries(0, now, now)
        tries.wrong += 1
        tries.last_at = now
        # The exponent is bounded, so that no number of tries overflows.
        doublings = min(max(tries.wrong - FREE_TRIES - 1, 0), 10)
        wait = 0.0 if tries.wrong <= FREE_TRIES else 2.0**doublings
        tries.next_at = now + min(wait, LONGEST_WAIT_SECONDS)
        self._tries[network] = tries
        while len(self._tries) > MOST_ADDRESSES:
            self._tries.popitem(last=False)

    def forget(self, address: str) -> None:
        """A right token came from this address."""
        self._tries.pop(network_of(address), None)


def network_of(address: str) -> str:
    """The address itself, or the /64 network of an IPv6 address, which one host has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    network = ipaddress.ip_network((parsed, _IPV6_NETWORK_BITS), strict=False)
    return str(network)
