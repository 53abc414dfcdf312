"""Every error that the provider's contract names has its row in provider_error_classes.

What each class does is tested with the queue; a type without a row opens an alert.
"""

import pytest

# By HTTP status, as the provider publishes them; gateways answer 502 without one.
CONTRACT = {
    400: """invalid_parameters malformed_request content_too_large invalid_url
        too_many_characters unescaped_characters missing_parameters""",
    401: """missing_credentials multiple_sessions wrong_account invalid_credentials
        invalid_proxy_credentials invalid_checkpoint_solution checkpoint_error
        captcha_not_supported expired_credentials expired_link insufficient_privileges
        disconnected_account disconnected_feature""",
    403: """insufficient_permissions account_restricted account_mismatch
        unknown_authentication_context session_mismatch feature_not_subscribed
        subscription_required resource_access_restricted action_required""",
    404: "resource_not_found invalid_resource_identifier",
    415: "unsupported_media_type",
    422: """invalid_account invalid_recipient no_connection_with_recipient
        blocked_recipient user_unreachable unprocessable_entity payment_error
        action_already_performed invalid_message invalid_post not_allowed_inmail
        insufficient_credits cannot_resend_yet cannot_resend_within_24hrs limit_exceeded
        already_invited_recently already_connected connection_limit_reached
        cannot_invite_attendee limit_too_high cant_send_message
        realtime_client_not_initialized""",
    429: "too_many_requests",
    500: "unexpected_error provider_error authentication_intent_error",
    501: "feature_not_implemented",
    502: "",
    503: """no_client_session no_channel no_handler network_down service_unavailable
        proxy_error""",
    504: "request_timeout",
}
TYPES = [
    (status, error_type)
    for status, types in CONTRACT.items()
    for error_type in types.split()
]


def test_the_contract_names_66_types():
    assert len(set(TYPES)) == len({error_type for _, error_type in TYPES}) == 66


def test_each_type_of_the_contract_has_a_row_of_its_own(connection):
    unmapped = [
        (status, error_type)
        for status, error_type in TYPES
        if connection.execute(
            "select outreach.provider_error_class(%s, %s, is_typed_only => true)",
            [status, error_type],
        ).fetchone()
        == (None,)
    ]
    assert unmapped == []


@pytest.mark.parametrize("status", CONTRACT)
def test_each_status_has_a_default_for_a_type_that_is_new(connection, status):
    of_status, of_new_type = connection.execute(
        "select (select outcome from outreach.provider_error_classes"
        " where error_type = '*' and http_status = %(status)s),"
        " outreach.provider_error_class(%(status)s, 'new_since_yesterday')",
        {"status": status},
    ).fetchone()
    assert of_status == of_new_type
    assert of_status is not None
