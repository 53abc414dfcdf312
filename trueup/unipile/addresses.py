"""Addresses of the provider's API, and the version of the API that each tells.

Belongs here: the forms of an address, and the settings that hold it. Does not: opening
a connection. The database keeps addresses as `provider_address` returns them: those of
version 2 end in /v2, which tells the version to the database too.
"""

import dataclasses
import urllib.parse
from typing import Literal

Version = Literal[1, 2]

V2_SUFFIX = "/v2"
# Version 2 has one host for all customers; version 1 has a host and port for each.
V2_HOST = "api.unipile.com"


class UnusableProviderError(Exception):
    """The provider cannot be used; the text says why and what to do."""


class UnusableAddressError(UnusableProviderError, ValueError):
    """The provider's address or key is malformed; the text says how to set it."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """The names of the variables that hold a version's address and key."""

    dsn: str
    api_key: str


SETTINGS: dict[Version, Settings] = {
    1: Settings("UNIPILE_DSN", "UNIPILE_API_KEY"),
    2: Settings("UNIPILE_V2_DSN", "UNIPILE_V2_API_KEY"),
}


@dataclasses.dataclass(frozen=True)
class ApiAddress:
    """Where calls go: the base of every path, and parameters of every call.

    public_url: the server's own address, as version 1 wants it for hosted pages.
    """

    base_url: str
    parameters: dict[str, str]
    public_url: str


def version_of(dsn: str) -> Version:
    """The version of the API at an address as `provider_address` returns it."""
    return 2 if dsn.endswith(V2_SUFFIX) else 1


def settings_of(dsn: str) -> Settings:
    """The settings that hold this address and its key."""
    return SETTINGS[version_of(dsn)]


def unreachable(dsn: str, why: str | None, then: str) -> str:
    """The sentence about a provider that cannot be reached, and what that means."""
    setting = settings_of(dsn).dsn
    return (
        f"The provider at {dsn} cannot be reached ({why}). Check {setting} and that it "
        f"is running; {then}"
    )


def refused_key(dsn: str, then: str) -> str:
    """The sentence about a provider that refuses the key, and what that means."""
    version = version_of(dsn)
    other = SETTINGS[1 if version == 2 else 2]
    return (
        f"The provider at {dsn} refuses the API key. Set {settings_of(dsn).api_key} to "
        f"a key of version {version} of the Unipile API and of that workspace; a key "
        f"of the other version belongs in {other.api_key}; {then}"
    )


def provider_address(written: str, version: Version) -> str:
    """The address that a setting holds, in the form in which accounts keep it.

    Raises UnusableAddressError for no address, and for one of the other version.
    """
    text = written.strip()
    host = _split(text).hostname or ""
    if version == 1:
        if text.rstrip("/").endswith(V2_SUFFIX) or host == V2_HOST:
            raise UnusableAddressError(
                f"UNIPILE_DSN is {written!r}, which is the address of version 2 of the "
                "Unipile API. Set UNIPILE_V2_DSN to it, and UNIPILE_V2_API_KEY to a "
                "key of version 2."
            )
        api_address(text)
        return text
    text = text.rstrip("/")
    if host.endswith(".unipile.com") and host != V2_HOST:
        raise UnusableAddressError(
            f"UNIPILE_V2_DSN is {written!r}, which is the address of version 1 of the "
            "Unipile API. Set UNIPILE_DSN to it, and UNIPILE_API_KEY to a key of "
            f"version 1. The address of version 2 is https://{V2_HOST}{V2_SUFFIX}."
        )
    with_version = text if text.endswith(V2_SUFFIX) else text + V2_SUFFIX
    api_address(with_version)
    return with_version


def api_address(dsn: str) -> ApiAddress:
    """Where the calls of an address go.

    Version 1: `http://host:port`, `https://…`, or `host:port`, which means https; or
    `https://host?port=13111` where only port 443 is open. Version 2: the same without
    the parameter, with the path `/v2`. Raises UnusableAddressError for anything else.
    """
    parts = _split(dsn.strip())
    version = 2 if parts.path == V2_SUFFIX else 1
    parameters = _port_parameter(parts.query) if version == 1 else {}
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path not in ("", "/", V2_SUFFIX)
        or any((parts.fragment, parts.username))
        or (parts.query and not parameters)
        or any(character.isspace() for character in dsn.strip())
    ):
        raise _unusable(dsn)
    server = f"{parts.scheme}://{parts.netloc}"
    if version == 2:
        return ApiAddress(f"{server}{V2_SUFFIX}", {}, server)
    public_url = (
        f"{parts.scheme}://{parts.hostname}:{parameters['port']}"
        if parameters
        else server
    )
    return ApiAddress(f"{server}/api/v1", parameters, public_url)


def _split(text: str) -> urllib.parse.SplitResult:
    """The parts of an address; an empty one where it has none or a bad port."""
    try:
        parts = urllib.parse.urlsplit(text if "://" in text else f"https://{text}")
        is_good = parts.port is None or parts.port > 0
    except ValueError:
        is_good = False
    return parts if is_good else urllib.parse.urlsplit("")


def _port_parameter(query: str) -> dict[str, str]:
    name, _, port = query.partition("=")
    is_port = port.isascii() and port.isdigit() and 0 < int(port) < 65_536
    return {"port": port} if name == "port" and is_port else {}


def _unusable(dsn: str) -> UnusableAddressError:
    if version_of(dsn) == 2:
        return UnusableAddressError(
            f"UNIPILE_V2_DSN is {dsn!r}, which is not the address of version 2 of the "
            f"Unipile API. Give it as https://{V2_HOST}{V2_SUFFIX}, or as "
            f"http://127.0.0.1:8480{V2_SUFFIX}."
        )
    return UnusableAddressError(
        f"UNIPILE_DSN is {dsn!r}, which is not the address of a Unipile server. "
        "Give it as https://api1.unipile.com:13111 or http://127.0.0.1:8480, without a "
        "path; where only port 443 is open, as https://api1.unipile.com?port=13111."
    )
