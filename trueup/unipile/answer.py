"""What came back from one call to the provider, kept as it came.

Belongs here: the `Answer`, and reading one from a response or from a failure. What an
answer means for a prospect or an account does not: rows in the database map that.
"""

import dataclasses
import json
from typing import Any, Literal

import httpx

Reached = Literal["not_sent", "unanswered", "answered"]

RAW_CHARACTERS = 10_000
ERROR_TYPE_PREFIX = "errors/"

# Raised while the connection is looked up, opened or waited for: no byte of the
# request has been written. Everything else may have reached the provider.
_BEFORE_THE_FIRST_BYTE = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


@dataclasses.dataclass(frozen=True)
class Answer:
    """One call's answer.

    reached: 'not_sent' when the request provably never started, 'unanswered' when some
        of it may have been sent and no whole answer came back, else 'answered'.
    error_type: the slug behind `errors/` of an error body, as it came.
    body: the JSON object that came back; None for junk and for anything else.
    raw: the first 10,000 characters of the text that came back.
    retry_after: the raw header, seconds or a date.
    """

    reached: Reached
    http_status: int | None
    error_type: str | None
    detail: str | None
    body: dict[str, Any] | None
    raw: str
    retry_after: str | None
    latency_ms: int

    @property
    def is_success(self) -> bool:
        """A 2xx: creates answer 200 on some routes and 201 or 202 on others."""
        return self.http_status is not None and 200 <= self.http_status < 300


def read_response(response: httpx.Response, latency_ms: int) -> Answer:
    """The answer in a whole response, whatever its status and content."""
    text = response.text
    body = _json_object(text)
    is_error = not 200 <= response.status_code < 300
    return Answer(
        reached="answered",
        http_status=response.status_code,
        error_type=_error_type(body) if is_error else None,
        detail=_detail(body) if is_error else None,
        body=body,
        raw=text[:RAW_CHARACTERS],
        retry_after=response.headers.get("retry-after"),
        latency_ms=latency_ms,
    )


def read_failure(
    error: BaseException, has_request_started: bool, latency_ms: int
) -> Answer:
    """The answer when there is none: never sent, or sent and lost sight of."""
    is_unsent = isinstance(error, _BEFORE_THE_FIRST_BYTE) and not has_request_started
    return Answer(
        reached="not_sent" if is_unsent else "unanswered",
        http_status=None,
        error_type=None,
        detail=f"{type(error).__name__}: {error}".rstrip(": "),
        body=None,
        raw="",
        retry_after=None,
        latency_ms=latency_ms,
    )


def _json_object(text: str) -> dict[str, Any] | None:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _error_type(body: dict[str, Any] | None) -> str | None:
    slug = (body or {}).get("type")
    if isinstance(slug, str) and slug.startswith(ERROR_TYPE_PREFIX):
        return slug.removeprefix(ERROR_TYPE_PREFIX)
    return None


def _detail(body: dict[str, Any] | None) -> str | None:
    for key in ("detail", "title"):
        text = (body or {}).get(key)
        if isinstance(text, str) and text:
            return text
    return None
