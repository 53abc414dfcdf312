"""Every error that the provider's contract names has its row in provider_error_classes.

What each class does is tested with the queue; a type without a row opens an alert.
"""

import pytest

from trueup.sender.acts import UNEXPLAINED_TYPES
from trueup.unipile.answer import KEY_ERRORS

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


V2_TYPES = {
    400: "api/invalid_parameters provider/invalid_parameters api/invalid_auth_format",
    401: """api/missing_authorization api/expired_authorization
        provider/invalid_authorization provider/invalid_credentials
        provider/account_mismatch provider/invalid_checkpoint_code""",
    403: """api/insufficient_permissions provider/insufficient_permissions
        api/account_restricted api/inactive_subscription
        provider/unknown_authentication_context""",
    404: "provider/resource_not_found api/resource_not_found",
    405: "provider/method_not_allowed",
    409: "api/conflict provider/conflict api/already_exists",
    422: "provider/unprocessable_entity provider/invalid_file",
    429: "api/too_many_requests provider/too_many_requests",
    500: "api/internal_error provider/server_error",
    501: "api/not_implemented",
    502: "api/proxy_error api/proxy_auth_error",
    504: "api/proxy_timeout provider/timeout",
}


def class_of(connection, status, error_type, is_typed_only=False):
    return connection.execute(
        "select outreach.provider_error_class(%s, %s, %s)",
        [status, error_type, is_typed_only],
    ).fetchone()[0]


def test_each_of_the_31_types_of_version_2_has_a_row(connection):
    types = [(status, each) for status in V2_TYPES for each in V2_TYPES[status].split()]
    unmapped = [each for each in types if class_of(connection, *each, True) is None]

    assert len(types) == 31
    assert unmapped == []


@pytest.mark.parametrize("status", [400, 404, 418, 422, 500])
@pytest.mark.parametrize("family", ["api", "provider"])
def test_a_new_type_of_version_2_is_unknown_at_any_status(connection, status, family):
    new_type = f"{family}/new_since_yesterday"

    assert class_of(connection, status, new_type) == "unknown"
    assert class_of(connection, status, new_type, True) is None


def test_the_client_knows_the_types_that_concern_the_key_or_explain_nothing(connection):
    key_types, unexplained = connection.execute(
        "select array_agg(error_type) filter (where outcome = 'our_key_bad'),"
        " array_agg(error_type) filter (where asks_profile)"
        " from outreach.provider_error_classes"
    ).fetchone()

    assert sorted(KEY_ERRORS) == sorted(key_types)
    assert sorted(UNEXPLAINED_TYPES) == sorted(unexplained)
