"""The answer to one call to the provider, unchanged but for what cannot be stored.

Belongs here: the `Answer`, and reading one from a response or from a failure. Does not:
what an answer means for a prospect or an account, which rows in the database define.
"""

import dataclasses
import json
from typing import Any, Literal

import httpx

from trueup.unipile.storable import storable, storable_json

Reached = Literal["not_sent", "unanswered", "answered"]

RAW_CHARACTERS = 10_000
ERROR_TYPE_PREFIX = "errors/"
# Version 2 writes its types whole, such as api/too_many_requests; they are kept so.
ERROR_FAMILIES = ("api/", "provider/")
# Errors about our key and not about an account; the rows of provider_error_classes with
# the outcome our_key_bad.
KEY_ERRORS = (
    "missing_credentials",
    "api/missing_authorization",
    "api/expired_authorization",
    "api/invalid_auth_format",
    "api/insufficient_permissions",
)
# What is asked for is not at the provider.
MISSING_ERRORS = ("resource_not_found", "api/resource_not_found")
# The headers that are kept with an answer: of its limit, and of a cache on its way.
KEPT_HEADERS = (
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-cache",
    "age",
)
LONGEST_HEADER = 200

# X-Cache of an answer that was made for the request. Any other value is in doubt.
_NEW_ANSWERS = ("miss", "bypass", "expired", "revalidated")

# Raised during name lookup, connect, or the wait for a pooled connection: no byte of
# the request has been written. After any other error the request may have reached the
# provider.
_BEFORE_THE_FIRST_BYTE = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


@dataclasses.dataclass(frozen=True)
class Answer:
    """The answer to one call.

    reached: 'not_sent' if the request certainly did not start, 'unanswered' if part of
        it may have been sent and no complete answer was received, else 'answered'.
    error_type: the slug after `errors/` in an error body, or a type of version 2 with
        its family (`api/…`, `provider/…`), unchanged.
    body: the JSON object of the answer; None if the answer is not a JSON object.
    raw: the first 10,000 characters of the answer's text.
    retry_after: the raw header, seconds or a date.
    headers: those of KEPT_HEADERS that the answer has, by their names in small letters.
    """

    reached: Reached
    http_status: int | None
    error_type: str | None
    detail: str | None
    body: dict[str, Any] | None
    raw: str
    retry_after: str | None
    latency_ms: int
    headers: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx; creation answers 200, 201 or 202 by route."""
        return self.http_status is not None and 200 <= self.http_status < 300

    @property
    def refuses_key(self) -> bool:
        """Whether the provider refuses our key, which concerns no account."""
        return self.error_type in KEY_ERRORS

    @property
    def is_missing(self) -> bool:
        """Whether the provider has not what was asked for by its id."""
        return self.error_type in MISSING_ERRORS

    @property
    def is_from_cache(self) -> bool:
        """Whether its headers leave open that it is older than the request.

        Such an answer shows what was there, and never that something is not there.
        """
        age = self.headers.get("age", "0").strip()
        # One word for each cache on the way.
        caches = self.headers.get("x-cache", "").casefold().split(",")
        words = [word.strip() for word in caches if word.strip()]
        return age not in ("", "0") or not all(
            word.startswith(_NEW_ANSWERS) for word in words
        )


def read_response(response: httpx.Response, latency_ms: int) -> Answer:
    """The answer in a complete response of any status and content."""
    text = response.text
    body = _json_object(text)
    is_error = not 200 <= response.status_code < 300
    return Answer(
        reached="answered",
        http_status=response.status_code,
        error_type=_error_type(body) if is_error else None,
        detail=_detail(body) if is_error else None,
        body=body,
        raw=storable(text[:RAW_CHARACTERS]),
        retry_after=response.headers.get("retry-after"),
        latency_ms=latency_ms,
        headers={
            name: response.headers[name][:LONGEST_HEADER]
            for name in KEPT_HEADERS
            if name in response.headers
        },
    )


def read_failure(
    error: BaseException, has_request_started: bool, latency_ms: int
) -> Answer:
    """The `Answer` after a failure: 'not_sent' or 'unanswered'."""
    is_unsent = isinstance(error, _BEFORE_THE_FIRST_BYTE) and not has_request_started
    return Answer(
        reached="not_sent" if is_unsent else "unanswered",
        http_status=None,
        error_type=None,
        detail=storable(f"{type(error).__name__}: {error}".rstrip(": ")),
        body=None,
        raw="",
        retry_after=None,
        latency_ms=latency_ms,
    )


def _json_object(text: str) -> dict[str, Any] | None:
    try:
        body = storable_json(json.loads(text))
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _error_type(body: dict[str, Any] | None) -> str | None:
    slug = (body or {}).get("type")
    if not isinstance(slug, str):
        return None
    if slug.startswith(ERROR_TYPE_PREFIX):
        return slug.removeprefix(ERROR_TYPE_PREFIX)
    return slug if slug.startswith(ERROR_FAMILIES) else None


def _detail(body: dict[str, Any] | None) -> str | None:
    for key in ("detail", "title"):
        text = (body or {}).get(key)
        if isinstance(text, str) and text:
            return text
    return None
