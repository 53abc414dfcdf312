"""One call of an endpoint, with a time-out and a bounded answer.

Belongs here: the HTTP request and what counts as taken. Does not: the rows of tries.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import httpx

from trueup.certificates import trusted_certificates
from trueup.endpoints.signing import UnusableSecretError, signed_headers
from trueup.unipile.storable import storable

TIMEOUT_SECONDS = 10.0
MOST_ANSWER_BYTES = 2048
_MOST_ERROR_CHARACTERS = 300


@dataclass(frozen=True)
class Try:
    """A begun try of a delivery; see outreach.begin_endpoint_tries()."""

    delivery_id: int
    try_number: int
    endpoint_id: int
    url: str
    secret: str
    message_id: UUID
    body: str
    begun_at: datetime


@dataclass(frozen=True)
class EndpointAnswer:
    """http_status: None without an answer. error: None if the delivery was taken."""

    delivery_id: int
    try_number: int
    http_status: int | None
    error: str | None


def endpoint_client() -> httpx.AsyncClient:
    """A client for endpoints, which follows no redirect."""
    return httpx.AsyncClient(
        follow_redirects=False,
        timeout=TIMEOUT_SECONDS,
        verify=trusted_certificates(),
        headers={"user-agent": "trueup", "content-type": "application/json"},
    )


async def call_endpoint(client: httpx.AsyncClient, one: Try) -> EndpointAnswer:
    """Send a delivery. Any status from 200 to 299 means that it was taken.

    Ends within TIMEOUT_SECONDS, and reads at most MOST_ANSWER_BYTES of the answer. Does
    not raise: an address that no library takes must not keep the others' answers from
    being recorded.
    """
    status = None
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            body = one.body.encode()
            headers = signed_headers(
                one.secret, str(one.message_id), one.begun_at, body
            )
            async with client.stream(
                "POST", one.url, content=body, headers=headers
            ) as response:
                status = response.status_code
                error = await _error_of(response)
    except TimeoutError:
        error = f"no answer within {TIMEOUT_SECONDS:.0f} seconds"
    except UnusableSecretError as unusable:
        error = str(unusable)
    except Exception as failure:
        error = storable(f"{type(failure).__name__}: {failure}")
        error = error[:_MOST_ERROR_CHARACTERS]
    return EndpointAnswer(one.delivery_id, one.try_number, status, error)


async def _error_of(response: httpx.Response) -> str | None:
    if response.is_success:
        return None
    if response.has_redirect_location:
        return f"status {response.status_code}: redirects are not followed"
    kept = b""
    async for part in response.aiter_raw():
        kept += part
        if len(kept) >= MOST_ANSWER_BYTES:
            break
    text = " ".join(kept[:MOST_ANSWER_BYTES].decode(errors="replace").split())
    text = storable(text)[:_MOST_ERROR_CHARACTERS]
    return f"status {response.status_code}: {text}".removesuffix(": ")
