"""The provider's address and key are taken, or refused in words, before any call."""

import asyncio

import httpx
import pytest

from trueup.unipile.addresses import (
    UnusableAddressError,
    provider_address,
    version_of,
)
from trueup.unipile.client import UnipileClient
from trueup.unipile.provider import open_provider


@pytest.mark.parametrize(
    ("dsn", "url"),
    [
        ("http://127.0.0.1:8480", "http://127.0.0.1:8480/api/v1/accounts"),
        (
            "https://api1.unipile.com:13111/",
            "https://api1.unipile.com:13111/api/v1/accounts",
        ),
        ("api1.unipile.com:13111", "https://api1.unipile.com:13111/api/v1/accounts"),
        (
            "https://api1.unipile.com?port=13111",
            "https://api1.unipile.com/api/v1/accounts?port=13111",
        ),
        (
            "api1.unipile.com:443?port=13111",
            "https://api1.unipile.com/api/v1/accounts?port=13111",
        ),
    ],
)
def test_an_address_is_taken_with_or_without_its_scheme(dsn, url):
    urls = []

    def provider(request):
        urls.append((str(request.url), request.headers["x-api-key"]))
        return httpx.Response(200, json={})

    async def run():
        async with httpx.AsyncClient(transport=httpx.MockTransport(provider)) as http:
            await UnipileClient(dsn, "the-key", http=http).list_accounts()

    asyncio.run(run())

    assert urls == [(url, "the-key")]


@pytest.mark.parametrize(
    "dsn",
    [
        "",
        "ftp://api1.unipile.com",
        "https://api1.unipile.com/api/v1",
        "https://user@api1.unipile.com",
        "https://api1.unipile.com:port",
        "https://api1.unipile.com:99999",
        "https://api 1.unipile.com",
        "https://",
        "https://api1.unipile.com?port=0",
        "https://api1.unipile.com?port=13111&x=1",
        "https://api1.unipile.com?door=13111",
    ],
)
def test_a_bad_address_is_refused_with_an_example(dsn):
    with pytest.raises(ValueError, match=r"Give it as https://api1\.unipile\.com"):
        UnipileClient(dsn, "key")


@pytest.mark.parametrize(
    ("written", "version", "address"),
    [
        ("https://api.unipile.com", 2, "https://api.unipile.com/v2"),
        (" https://api.unipile.com/v2/ ", 2, "https://api.unipile.com/v2"),
        ("http://127.0.0.1:8480", 2, "http://127.0.0.1:8480/v2"),
        ("http://127.0.0.1:8480", 1, "http://127.0.0.1:8480"),
    ],
)
def test_an_address_tells_its_version(written, version, address):
    assert provider_address(written, version) == address
    assert version_of(address) == version
    assert open_provider(address, "key").version == version


@pytest.mark.parametrize(
    ("written", "version", "setting"),
    [
        ("https://api.unipile.com", 1, "UNIPILE_V2_DSN"),
        ("https://api.unipile.com/v2", 1, "UNIPILE_V2_DSN"),
        ("https://api8.unipile.com:13851", 2, "Set UNIPILE_DSN"),
    ],
)
def test_an_address_of_the_other_version_is_refused_with_its_setting(
    written, version, setting
):
    with pytest.raises(UnusableAddressError, match=setting):
        provider_address(written, version)


@pytest.mark.parametrize("key", ["", "two\nlines", "kéy"])
def test_a_key_that_no_header_can_carry_is_refused(key):
    with pytest.raises(ValueError, match="UNIPILE_API_KEY"):
        UnipileClient("http://127.0.0.1:1", key)
