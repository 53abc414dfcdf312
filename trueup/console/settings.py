"""What the console is told by its environment.

Belongs here: the tokens, the public address, and the errors if they are unusable.
"""

import hmac
import os
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

VIEWER_TOKEN = "TRUEUP_CONSOLE_VIEWER_TOKEN"
OPERATOR_TOKEN = "TRUEUP_CONSOLE_OPERATOR_TOKEN"
PUBLIC_URL = "TRUEUP_CONSOLE_URL"

Role = Literal["viewer", "operator"]
_SHORTEST_TOKEN = 16


class UnusableSettingsError(Exception):
    """A setting that the console cannot start with; the text is a sentence."""


@dataclass(frozen=True)
class Settings:
    """The tokens, and where the console is reached.

    origins: the addresses that a browser may name, such as http://127.0.0.1:8580.
    is_public: whether a proxy with TLS stands before the console.
    """

    viewer_token: str = field(repr=False)
    operator_token: str = field(repr=False)
    origins: frozenset[str]
    is_public: bool = False

    @property
    def hosts(self) -> frozenset[str]:
        """What the header Host may say."""
        return frozenset(origin.partition("://")[2] for origin in self.origins)

    def role_of(self, token: str) -> Role | None:
        """What the token lets in as. Compares both tokens in constant time."""
        given = token.encode()
        is_operator = hmac.compare_digest(given, self.operator_token.encode())
        is_viewer = hmac.compare_digest(given, self.viewer_token.encode())
        if is_operator:
            return "operator"
        return "viewer" if is_viewer else None


def settings_of(environment: Mapping[str, str], port: int) -> Settings:
    """The settings of a console that listens on `port`.

    Raises UnusableSettingsError for a token that is missing or too short, for two equal
    tokens, and for a public address that is not https.
    """
    viewer = _token(environment, VIEWER_TOKEN)
    operator = _token(environment, OPERATOR_TOKEN)
    if viewer == operator:
        raise UnusableSettingsError(
            f"{VIEWER_TOKEN} and {OPERATOR_TOKEN} are the same, so a viewer would be "
            "an operator. Give them different values."
        )
    public = environment.get(PUBLIC_URL, "").strip()
    origins = {f"http://{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}
    if public:
        origins.add(_origin(public))
    return Settings(viewer, operator, frozenset(origins), is_public=bool(public))


def settings_of_environment(port: int) -> Settings:
    """The same for this process's environment."""
    return settings_of(os.environ, port)


def _token(environment: Mapping[str, str], name: str) -> str:
    token = environment.get(name, "").strip()
    if len(token) < _SHORTEST_TOKEN:
        raise UnusableSettingsError(
            f"{name} has {len(token)} characters and needs at least {_SHORTEST_TOKEN}. "
            "scripts/up makes one; otherwise set a long random text."
        )
    return token


def _origin(url: str) -> str:
    try:
        parts = urllib.parse.urlsplit(url)
        is_usable = parts.scheme == "https" and bool(parts.hostname)
        is_bare = parts.path in ("", "/") and not (parts.query or parts.username)
        port = f":{parts.port}" if parts.port not in (None, 443) else ""
    except ValueError:
        is_usable = is_bare = False
    if not (is_usable and is_bare):
        raise UnusableSettingsError(
            f"{PUBLIC_URL} is {url!r}; give the address of the proxy before the "
            "console without a path, such as https://console.example.com."
        )
    return f"https://{parts.hostname}{port}"
