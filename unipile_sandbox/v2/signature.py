"""The signature of a webhook of version 2, right, unusual and wrong.

Belongs here: the header. A receiver must take the unusual forms and refuse the wrong
ones.
"""

import hashlib
import hmac
from collections.abc import Callable

HEADER = "unipile-signature"
# A receiver that allows 300 seconds refuses these, also when the call is slow.
TOO_MANY_SECONDS = 600
WRONG_HEX = "0" * 64


def v0(secret: str, at: int, body: bytes) -> str:
    """The key is the whole secret, with its prefix."""
    message = str(at).encode() + b"." + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _at(at: int, secret: str, body: bytes) -> str:
    return f"t={at},v0={v0(secret, at, body)}"


Form = Callable[[str, int, bytes], str | None]

# What a receiver must take.
RIGHT: dict[str, Form] = {
    "plain": lambda secret, at, body: _at(at, secret, body),
    "extra_parts": lambda secret, at, body: (
        f"t={at},v1={WRONG_HEX},x,kid=a=b,v0={v0(secret, at, body)}"
    ),
    "two_v0": lambda secret, at, body: (
        f"t={at},v0={WRONG_HEX},v0={v0(secret, at, body)}"
    ),
    "v0_first": lambda secret, at, body: f"v0={v0(secret, at, body)},t={at}",
}
# What a receiver must refuse. `old` and `early` are signed with the right key.
WRONG: dict[str, Form] = {
    "missing": lambda _secret, _at, _body: None,
    "empty": lambda _secret, _at, _body: "",
    "wrong_key": lambda secret, at, body: _at(at, f"{secret}x", body),
    "bare_key": lambda secret, at, body: _at(at, secret.removeprefix("wes_"), body),
    "other_body": lambda secret, at, body: _at(at, secret, body + b" "),
    "other_t": lambda secret, at, body: f"t={at},v0={v0(secret, at - 1, body)}",
    "old": lambda secret, at, body: _at(at - TOO_MANY_SECONDS, secret, body),
    "early": lambda secret, at, body: _at(at + TOO_MANY_SECONDS, secret, body),
    "no_t": lambda secret, at, body: f"v0={v0(secret, at, body)}",
    "text_t": lambda secret, at, body: f"t=now,v0={v0(secret, at, body)}",
    "no_v0": lambda _secret, at, _body: f"t={at}",
    "not_hex": lambda _secret, at, _body: f"t={at},v0={'z' * 64}",
    "short_hex": lambda secret, at, body: f"t={at},v0={v0(secret, at, body)[:8]}",
}
FORMS = RIGHT | WRONG


def signature_headers(form: str, secret: str, at: int, body: bytes) -> dict[str, str]:
    """The header of a body in one of FORMS; empty when the form has none."""
    header = FORMS[form](secret, at, body)
    return {} if header is None else {HEADER: header}
