"""The provider's error answers: slug, HTTP status, title.

Belongs here: the contract's table. Each route decides which error it answers.
"""

from typing import Any

_BY_STATUS: dict[int, str] = {
    400: "invalid_parameters malformed_request content_too_large invalid_url "
    "too_many_characters unescaped_characters missing_parameters",
    401: "missing_credentials multiple_sessions wrong_account invalid_credentials "
    "invalid_proxy_credentials invalid_checkpoint_solution checkpoint_error "
    "captcha_not_supported expired_credentials expired_link insufficient_privileges "
    "disconnected_account disconnected_feature",
    403: "insufficient_permissions account_restricted account_mismatch "
    "unknown_authentication_context session_mismatch feature_not_subscribed "
    "subscription_required resource_access_restricted action_required",
    404: "resource_not_found invalid_resource_identifier",
    415: "unsupported_media_type",
    422: "invalid_account invalid_recipient no_connection_with_recipient "
    "blocked_recipient user_unreachable unprocessable_entity payment_error "
    "action_already_performed invalid_message invalid_post not_allowed_inmail "
    "insufficient_credits cannot_resend_yet cannot_resend_within_24hrs limit_exceeded "
    "already_invited_recently already_connected connection_limit_reached "
    "cannot_invite_attendee limit_too_high cant_send_message "
    "realtime_client_not_initialized",
    429: "too_many_requests",
    500: "unexpected_error provider_error authentication_intent_error",
    501: "feature_not_implemented",
    503: "no_client_session no_channel no_handler network_down service_unavailable "
    "proxy_error",
    504: "request_timeout",
}

STATUS_OF: dict[str, int] = {
    slug: status for status, slugs in _BY_STATUS.items() for slug in slugs.split()
}


class ProviderError(Exception):
    """An error answer on its way out."""

    def __init__(self, slug: str, detail: str, status: int | None = None) -> None:
        super().__init__(f"{slug}: {detail}")
        self.slug = slug
        self.detail = detail
        # A scripted fault may use a slug outside the table, with its own status.
        self.status = STATUS_OF[slug] if status is None else status

    def body(self) -> dict[str, Any]:
        return {
            "title": self.slug.replace("_", " ").capitalize(),
            "detail": self.detail,
            "type": f"errors/{self.slug}",
            "status": self.status,
        }
