select
    error_type,
    http_status,
    outcome as outcome_class,
    hold_for

from {{ source('outreach', 'provider_error_classes') }}
