"""The signature of a webhook of version 2: the header `unipile-signature`.

Belongs here: parsing the header, and comparing it with the body under each secret. Does
not: reading a request, or keeping secrets.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

HEADER = "unipile-signature"
TOLERANCE_SECONDS = 300
# The provider sends one part of each kind; more than these are no header of its own.
LONGEST_HEADER = 2_000
MOST_DIGESTS = 10

_SECONDS = re.compile(r"[0-9]{1,12}")
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")

Fault = Literal["wrong_signature", "old_signature"]


@dataclass(frozen=True)
class Signature:
    """The parts of a header. at: the text of its seconds since 1970, which is signed.

    digests: the HMAC-SHA256 digests, of which one has to fit.
    """

    at: str
    digests: tuple[bytes, ...]


@dataclass(frozen=True)
class Judgement:
    """endpoint: the key of the secret that fits; None if none does. fault: None if the
    webhook is the provider's, and was signed within the tolerance."""

    endpoint: str | None
    fault: Fault | None


def read_signature(header: str) -> Signature | None:
    """Parse `t=<seconds>,v0=<hex>`; None unless it has one time and a digest.

    Unknown parts, and digests that are not 64 hexadecimal digits, are ignored. Several
    `v0` are allowed.
    """
    if len(header) > LONGEST_HEADER:
        return None
    times = []
    digests = []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            times.append(value)
        elif name == "v0" and _DIGEST.fullmatch(value):
            digests.append(bytes.fromhex(value))
    if len(times) != 1 or not _SECONDS.fullmatch(times[0]):
        return None
    if not 0 < len(digests) <= MOST_DIGESTS:
        return None
    return Signature(times[0], tuple(digests))


def judge_signature(
    signature: Signature, body: bytes, secrets: Mapping[str, str], now: float
) -> Judgement:
    """Compare a signature with the raw body under each secret, in constant time.

    secrets: whole secrets, with their `wes_`, by the endpoint's id. now: seconds since
    1970. A right signature that is older or newer than the tolerance is
    `old_signature`: the clock is wrong, or somebody sends a webhook again.
    """
    signed = signature.at.encode() + b"." + body
    fitting = None
    for endpoint, secret in secrets.items():
        if not secret:
            continue
        wanted = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
        for digest in signature.digests:
            if hmac.compare_digest(digest, wanted):
                fitting = endpoint
    if fitting is None:
        return Judgement(None, "wrong_signature")
    is_timely = abs(now - int(signature.at)) <= TOLERANCE_SECONDS
    return Judgement(fitting, None if is_timely else "old_signature")
