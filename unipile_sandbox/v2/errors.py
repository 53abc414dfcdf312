"""The error answers of version 2: type, HTTP status, envelope.

Belongs here: the contract's table, and what version 2 says instead of an error of
version 1. `api/…` was refused before LinkedIn, `provider/…` by LinkedIn or its session.
"""

from typing import Any

from unipile_sandbox.errors import STATUS_OF as V1_STATUS_OF
from unipile_sandbox.errors import ProviderError

_BY_STATUS: dict[int, str] = {
    400: "api/invalid_parameters provider/invalid_parameters api/invalid_auth_format",
    401: "api/missing_authorization api/expired_authorization "
    "provider/invalid_authorization provider/invalid_credentials "
    "provider/account_mismatch provider/invalid_checkpoint_code",
    403: "api/insufficient_permissions provider/insufficient_permissions "
    "api/account_restricted api/inactive_subscription "
    "provider/unknown_authentication_context",
    404: "provider/resource_not_found api/resource_not_found",
    405: "provider/method_not_allowed",
    409: "api/conflict provider/conflict api/already_exists",
    422: "provider/unprocessable_entity provider/invalid_file",
    429: "api/too_many_requests provider/too_many_requests",
    500: "api/internal_error provider/server_error",
    501: "api/not_implemented",
    # The contract names these types and not their numbers.
    502: "api/proxy_error api/proxy_auth_error",
    504: "api/proxy_timeout provider/timeout",
}
STATUS_OF: dict[str, int] = {
    kind: status for status, kinds in _BY_STATUS.items() for kind in kinds.split()
}
# What LinkedIn's refusal of an action is called, by the setting `v2_refusal_status`.
REFUSALS = {
    400: "provider/invalid_parameters",
    409: "provider/conflict",
    422: "provider/unprocessable_entity",
    429: "provider/too_many_requests",
}
_OF_V1_SLUG = {
    "missing_credentials": "api/missing_authorization",
    "expired_credentials": "provider/invalid_authorization",
    "disconnected_account": "provider/invalid_authorization",
    "wrong_account": "provider/account_mismatch",
    "account_restricted": "api/account_restricted",
    "account_mismatch": "provider/account_mismatch",
    "proxy_error": "api/proxy_error",
}
_OF_V1_STATUS = {
    400: "api/invalid_parameters",
    401: "provider/invalid_credentials",
    403: "provider/insufficient_permissions",
    404: "provider/resource_not_found",
    415: "api/invalid_parameters",
    429: "provider/too_many_requests",
    500: "provider/server_error",
    501: "api/not_implemented",
    503: "provider/server_error",
    504: "provider/timeout",
}


class V2Error(ProviderError):
    """An error answer of version 2 on its way out."""

    def __init__(self, kind: str, detail: str, status: int | None = None) -> None:
        super().__init__(kind, detail, STATUS_OF[kind] if status is None else status)

    def envelope(self, req_id: str) -> dict[str, Any]:
        """The body, with the number by which the provider finds the call again."""
        is_in_200 = self.status == 200
        return {
            "object": "Error",
            "type": self.slug,
            "status": STATUS_OF.get(self.slug, 500) if is_in_200 else self.status,
            "title": self.slug.rpartition("/")[2].replace("_", " ").capitalize(),
            "detail": self.detail,
            "req_id": req_id,
        }


def refusal(status: int) -> V2Error:
    """What LinkedIn refuses, whatever for: the contract gives the cause no type."""
    return V2Error(REFUSALS[status], "The provider refused this action.")


def as_v2(error: ProviderError, refusal_status: int) -> V2Error:
    """What version 2 answers where version 1 answers this error.

    A type that neither version knows stays as it is, with its status.
    """
    if isinstance(error, V2Error):
        return error
    if "/" in error.slug or error.slug not in V1_STATUS_OF:
        return V2Error(error.slug, error.detail, error.status)
    if error.status == 422:
        return refusal(refusal_status)
    kind = _OF_V1_SLUG.get(error.slug) or _OF_V1_STATUS[error.status]
    return V2Error(kind, error.detail)
