"""One connection to the provider's API: address, key, time-outs, and the call itself.

Belongs here: sending a request, and how far it got. Does not: paths and fields.
"""

import asyncio
import time
import urllib.parse
from typing import Any

import httpx

from trueup.certificates import trusted_certificates
from trueup.unipile.addresses import (
    UnusableAddressError,
    api_address,
    settings_of,
)
from trueup.unipile.answer import Answer, read_failure, read_response
from trueup.unipile.walk import MAX_PAGES, Walk, walk

# Servers of this kind close an idle connection after 5 s. A call on a connection that
# is being closed ends as unanswered, so idle connections are closed earlier.
IDLE_CONNECTION_SECONDS = 2.0
CONNECT_TIMEOUT_SECONDS = 10.0


class ApiConnection:
    """Sends requests to one Unipile workspace and returns an `Answer` for each."""

    def __init__(
        self,
        dsn: str,
        api_key: str,
        timeout_seconds: float,
        http: httpx.AsyncClient | None,
    ) -> None:
        if not api_key or not api_key.isascii() or not api_key.isprintable():
            raise UnusableAddressError(
                f"{settings_of(dsn).api_key} is empty or has characters that no HTTP "
                "header may carry. Copy the key again from the provider's dashboard."
            )
        address = api_address(dsn)
        self.base_url, self.public_url = address.base_url, address.public_url
        self._parameters = address.parameters
        self._headers = {"X-API-KEY": api_key, "accept": "application/json"}
        self._timeout = httpx.Timeout(
            timeout_seconds, connect=min(timeout_seconds, CONNECT_TIMEOUT_SECONDS)
        )
        self._is_http_ours = http is None
        self._http = http or httpx.AsyncClient(
            limits=httpx.Limits(
                max_connections=None, keepalive_expiry=IDLE_CONNECTION_SECONDS
            ),
            # A loopback address is called without a proxy from the environment.
            trust_env=not _is_loopback(self.base_url),
            verify=trusted_certificates(),
        )

    async def close(self) -> None:
        """Close the connections, if they were opened here."""
        if self._is_http_ours:
            await self._http.aclose()

    async def walk(
        self,
        path: str,
        list_object: str,
        parameters: dict[str, str] | None = None,
        limit: int = 100,
        item_key: str = "id",
        max_pages: int = MAX_PAGES,
    ) -> Walk:
        """Read the whole list at `path`: see `walk.walk`."""

        async def fetch_page(cursor: str | None) -> Answer:
            # A cursor contains its limit; for relations the API accepts either a limit
            # or a cursor, not both.
            page = {"limit": limit} if cursor is None else {"cursor": cursor}
            return await self.call("GET", path, (parameters or {}) | page)

        return await walk(
            fetch_page,
            list_object=list_object,
            item_key=item_key,
            max_pages=max_pages,
        )

    async def call(
        self,
        method: str,
        path: str,
        parameters: dict[str, Any] | None = None,
        *,
        json: dict[str, Any] | None = None,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send one request, without retries. `form` is sent as multipart/form-data."""
        has_request_started = False

        async def note_progress(event: str, _info: dict[str, Any]) -> None:
            nonlocal has_request_started
            if event.endswith("send_request_headers.started"):
                has_request_started = True

        started = time.perf_counter()
        try:
            response = await self._http.request(
                method,
                self.base_url + path,
                params=self._parameters | given(parameters or {}),
                headers=self._headers | (headers or {}),
                json=json,
                # A part without a file name is a plain field of multipart/form-data.
                files=form and {key: (None, form[key]) for key in form},
                timeout=self._timeout,
                extensions={"trace": note_progress},
            )
        except (httpx.HTTPError, asyncio.CancelledError) as error:
            return read_failure(error, has_request_started, _milliseconds(started))
        return read_response(response, _milliseconds(started))


def path_of(*segments: str) -> str:
    """The path of percent-encoded segments; ValueError for an empty segment."""
    if not all(segments):
        raise ValueError(f"an id is empty in /{'/'.join(segments)}")
    return "".join(f"/{_quoted(segment)}" for segment in segments)


def _quoted(segment: str) -> str:
    # Dots are legal in a path, but a segment of only dots would lead to a parent.
    quoted = urllib.parse.quote(segment, safe="")
    return quoted.replace(".", "%2E") if not quoted.strip(".") else quoted


def given(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that are not None."""
    return {key: fields[key] for key in fields if fields[key] is not None}


def _is_loopback(base_url: str) -> bool:
    host = urllib.parse.urlsplit(base_url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _milliseconds(started: float) -> int:
    return round((time.perf_counter() - started) * 1_000)
