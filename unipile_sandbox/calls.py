"""Reads an API call from a request: its key, account, person and fields.

Belongs here: the key, content types, and parsing of bodies. The routes check whether an
account or a person exists.
"""

import dataclasses
import hmac
import json
from typing import Any, Literal

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from unipile_sandbox.errors import ProviderError
from unipile_sandbox.paging import page_number
from unipile_sandbox.shapes import Shape, check_fields, check_query

BodyKind = Literal["json", "form"]
# Above what a message with its attachments may weigh.
LARGEST_BODY = 16 * 1024 * 1024


@dataclasses.dataclass
class Call:
    """One call. `fields` is its JSON body or its form; a form's values are lists.

    version: of the API, 1 or 2.
    person: the provider id or identifier that it is about, if it names one.
    page: which page of a walk it asks for, from 1.
    """

    route: str
    method: str
    path: dict[str, str]
    query: dict[str, Any] = dataclasses.field(default_factory=dict)
    fields: dict[str, Any] = dataclasses.field(default_factory=dict)
    account_id: str | None = None
    person: str | None = None
    page: int | None = None
    version: int = 1

    def ask_for_somebody_else(self, person: str | None = None) -> None:
        """Name another person in the path, as a provider that mixes up answers does."""
        for name in ("identifier", "user_id"):
            if name in self.path:
                other = person or f"somebody-else-than-{self.path[name]}"[:60]
                self.path[name] = other

    def form_value(self, name: str) -> str | None:
        """The one value of a form's field. Raises ProviderError when given twice."""
        values = self.fields.get(name, [])
        if len(values) > 1:
            raise ProviderError("invalid_parameters", f"{name!r} is given twice.")
        return values[0] if values else None


def check_key(request: Request, api_key: str) -> None:
    given = request.headers.get("x-api-key", "")
    if not hmac.compare_digest(given.encode(), api_key.encode()):
        raise ProviderError("missing_credentials", "The X-API-KEY header is not valid.")


async def read_into(
    call: Call, request: Request, query: Shape, body: Shape, body_kind: BodyKind | None
) -> None:
    """Read the fields of a call from its request, as far as possible.

    Raises ProviderError at the first error.
    """
    parameters = request.query_params
    call.account_id = call.path.get("account_id") or parameters.get("account_id")
    call.person = call.path.get("identifier") or call.path.get("attendee_id")
    if "cursor" in query:
        call.page = page_number(parameters.get("cursor"))
    if int(request.headers.get("content-length", "0")) > LARGEST_BODY:
        raise ProviderError("content_too_large", "The body is too large.")
    if body_kind == "json":
        call.fields = await read_json(request)
    elif body_kind == "form":
        call.fields = await _read_form(request)
    _note_subject(call)
    call.query = check_query(parameters.multi_items(), query)
    if body_kind == "json":
        check_fields(call.fields, body)
    elif body_kind == "form":
        _check_form(call.fields, body)


def _note_subject(call: Call) -> None:
    def first(name: str) -> str | None:
        value = call.fields.get(name)
        value = value[0] if isinstance(value, list) and value else value
        return value if isinstance(value, str) else None

    call.account_id = call.account_id or first("account_id")
    call.person = call.person or first("provider_id") or first("attendees_ids")


async def read_json(request: Request) -> dict[str, Any]:
    """The object that a body holds. Raises ProviderError."""
    if _content_type(request) != "application/json":
        raise ProviderError("unsupported_media_type", "Send application/json.")
    try:
        fields = json.loads(await request.body(), parse_constant=_refuse_constant)
        # A lone surrogate is valid in a Python string and cannot be encoded.
        json.dumps(fields, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ProviderError("malformed_request", "The body is not JSON.") from None
    if not isinstance(fields, dict):
        raise ProviderError("invalid_parameters", "The body must be an object.")
    return fields


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is Python's, not JSON's")


async def _read_form(request: Request) -> dict[str, list[Any]]:
    if _content_type(request) != "multipart/form-data":
        raise ProviderError("unsupported_media_type", "Send multipart/form-data.")
    fields: dict[str, list[Any]] = {}
    try:
        async with request.form(max_part_size=LARGEST_BODY) as form:
            for name, value in form.multi_items():
                fields.setdefault(name, []).append(value)
    except (HTTPException, MultiPartException):
        raise ProviderError("malformed_request", "The form is malformed.") from None
    return fields


def _check_form(fields: dict[str, list[Any]], shape: Shape) -> None:
    for name, values in fields.items():
        kind = shape[name].kind if name in shape else str
        for value in values:
            if kind is not object and not isinstance(value, str):
                raise ProviderError(
                    "invalid_parameters", f"{name!r} must be text, no file."
                )
    firsts = {name: values[0] for name, values in fields.items()}
    check_fields(firsts, shape)


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
