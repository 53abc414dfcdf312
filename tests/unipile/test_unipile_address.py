"""The provider's address and key are taken, or refused in words, before any call."""

import asyncio

import httpx
import pytest

from trueup.unipile.client import UnipileClient


@pytest.mark.parametrize(
    ("dsn", "url"),
    [
        ("http://127.0.0.1:8480", "http://127.0.0.1:8480/api/v1/accounts"),
        (
            "https://api1.unipile.com:13111/",
            "https://api1.unipile.com:13111/api/v1/accounts",
        ),
        ("api1.unipile.com:13111", "https://api1.unipile.com:13111/api/v1/accounts"),
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
    ],
)
def test_a_bad_address_is_refused_with_an_example(dsn):
    with pytest.raises(ValueError, match=r"Give it as https://api1\.unipile\.com"):
        UnipileClient(dsn, "key")


@pytest.mark.parametrize("key", ["", "two\nlines", "kéy"])
def test_a_key_that_no_header_can_carry_is_refused(key):
    with pytest.raises(ValueError, match="UNIPILE_API_KEY"):
        UnipileClient("http://127.0.0.1:1", key)
