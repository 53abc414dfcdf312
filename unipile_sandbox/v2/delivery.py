"""Sends one event of version 2 to one endpoint, signed.

Belongs here: the call. `delivery` says when, and writes what came of it.
"""

import asyncio
import dataclasses
import datetime
import json
from typing import Any

import httpx

from unipile_sandbox.chance import chance_id
from unipile_sandbox.clock import real_now
from unipile_sandbox.records import Delivery, Endpoint
from unipile_sandbox.v2.signature import signature_headers
from unipile_sandbox.world import Sandbox

# The contract has neither; one integration speaks of 5 seconds and a few retries.
ANSWER_WITHIN_SECONDS = 5.0
RETRY_AFTER = [datetime.timedelta(seconds=seconds) for seconds in (10, 60, 300)]


@dataclasses.dataclass(frozen=True)
class Told:
    """What came of a call. problem: None when the endpoint answered 2xx in time.
    facts: for the journal, from which the delivery log is made."""

    problem: str | None
    facts: dict[str, Any]


async def tell_endpoint(
    sandbox: Sandbox,
    http: httpx.AsyncClient,
    endpoint: Endpoint,
    delivery: Delivery,
) -> Told:
    """Call the endpoint once. The signature's time is real time, as its reader's is."""
    payload = dict(delivery.payload)
    if sandbox.settings.v2_own_event_ids:
        own = chance_id(0, payload["id"], endpoint.endpoint_id)
        payload["id"] = f"evt_{own}"
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    form = sandbox.signature_forms.take() or delivery.form
    at = int(real_now().timestamp())
    if sandbox.settings.v2_signs_once and delivery.signed_at is not None:
        at = delivery.signed_at
    headers = {"content-type": "application/json"}
    headers |= signature_headers(form, endpoint.secret, at, body)
    facts: dict[str, Any] = {
        "event_id": payload["id"],
        "event_type": payload["type"],
        "endpoint_url": endpoint.url,
        "signature": form,
        "signed_at": at,
        "http_status": None,
        "response_body": None,
    }
    try:
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            response = await http.post(endpoint.url, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
        return Told(f"{type(error).__name__}: {error}", facts)
    facts |= {
        "http_status": response.status_code,
        "response_body": response.text[:1_000],
    }
    is_taken = 200 <= response.status_code < 300
    return Told(None if is_taken else f"answered {response.status_code}", facts)
